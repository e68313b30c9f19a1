"""Bodies, their members and roles, and a board's site."""

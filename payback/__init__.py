"""Community Payback; the room is furnished by its own issue."""

"""Each person's start page by role, and oversight of all boards."""

"""The board's ground and its own work, one room per thing."""

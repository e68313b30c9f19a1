"""What the pages and desks of this room do."""

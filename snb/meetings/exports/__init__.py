"""What can be taken away from the room's pages; one module per noun."""

"""Pages about meetings, one module per noun."""

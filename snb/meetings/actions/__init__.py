"""Every write about meetings, one module per noun."""

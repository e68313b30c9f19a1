"""Clean input about meetings, one module per noun. Forms never save."""

"""What is read about meetings, one module per noun."""

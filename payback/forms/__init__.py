"""Clean input; forms never save."""

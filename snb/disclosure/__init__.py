"""Small-number suppression for every published count."""

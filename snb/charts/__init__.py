"""Tile maps and bars as SVG with a table beside them."""

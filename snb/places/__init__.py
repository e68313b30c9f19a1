"""Boroughs, wards, postcodes, boundaries and tiles."""

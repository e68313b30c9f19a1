"""Commands for meetings."""

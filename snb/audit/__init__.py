"""Append-only events, and each board's epoch."""

"""Check, re-encode, keep private, serve, and PDF."""

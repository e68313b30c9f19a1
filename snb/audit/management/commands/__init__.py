"""Commands of the audit record."""

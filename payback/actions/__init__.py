"""Every write of this room: one function, one transaction, one audit event."""

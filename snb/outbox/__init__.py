"""Messages that must leave: rows, leases, a sweep, back-off and dead letters."""

"""Pages about people: signing in, the second step, invitations, residency, my page, signed links."""

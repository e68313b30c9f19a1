"""Users, the shape of a role, invitations, sign-in, signed links and residency."""

"""Ward policing: the officers who serve a ward."""

"""Field classes, encrypted fields, retention and the identifier check."""

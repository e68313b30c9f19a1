"""One message per person, topic and key."""

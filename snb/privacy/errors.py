"""What a caller of this room may catch."""


class DecryptionFailed(Exception):
    """A sealed value does not open: its key is unknown, or it was moved or damaged."""


class UnknownKey(DecryptionFailed):
    """The value was sealed under a key that is not in ENCRYPTION_KEYS."""


class RowUnknown(TypeError):
    """A value cannot be sealed because its row has no key yet."""


class FieldAboveClearance(Exception):
    """An export or serializer asked for a field that its readers may not see."""

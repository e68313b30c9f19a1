"""What an importer says when it cannot go on."""


class UnusableFile(Exception):
    """The file cannot be imported, and nothing was changed; its text says why, in one sentence."""

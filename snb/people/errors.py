"""What a caller is meant to catch."""


class LinkNotUsable(Exception):
    """The signed link is unknown, used, expired, revoked or overtaken; `state` says which, empty when unknown."""

    def __init__(self, state: str = "") -> None:
        super().__init__(state)
        self.state = state

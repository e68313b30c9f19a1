"""Opening the London-wide site and the boards' sites."""

from cms.actions.sites import open_board, open_boards, open_london

__all__ = ["open_board", "open_boards", "open_london"]

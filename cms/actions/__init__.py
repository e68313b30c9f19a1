"""Opening the London-wide site and the boards' sites; publishing by the clock."""

from cms.actions.publishing import publish_scheduled
from cms.actions.sites import open_board, open_boards, open_london

__all__ = ["open_board", "open_boards", "open_london", "publish_scheduled"]

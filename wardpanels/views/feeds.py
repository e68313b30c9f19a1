"""Results of votes as an Atom feed, with the fingerprints of the published files: they lie outside the server once read."""

from __future__ import annotations

import json
from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from snb.boards.queries import board_of
from wardpanels import queries
from wardpanels.models import Round


class ResultFeed(Feed):
    """The latest results of this board's wards."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> HttpRequest:
        """The request stands for the site."""
        return request

    def title(self, request: HttpRequest) -> str:
        """Whose votes these are."""
        return _("Results of ward votes – %(site)s") % {"site": board_of(request)}

    def link(self, request: HttpRequest) -> str:
        """The wards of the site."""
        return "/wards/"

    def items(self, request: HttpRequest) -> list[Round]:
        """The newest results."""
        board = board_of(request)
        return queries.latest_results(board) if board else []

    def item_title(self, item: Round) -> str:
        """The round and its ward."""
        return str(item)

    def item_description(self, item: Round) -> str:
        """Ballots and fingerprints."""
        if not item.result:
            return _("Fewer than 10 people voted, so no ranking and no files are published.")
        said = json.loads(item.result)
        hashes = {**said["sha256"], "result.json": item.result_sha256}
        lines = [
            _("Ballots: %(number)s.") % {"number": said["ballots"]},
            *(f"SHA-256 {name}: {digest}" for name, digest in hashes.items()),
        ]
        return " ".join(lines)

    def item_pubdate(self, item: Round) -> datetime | None:
        """When it was counted."""
        return item.closed_at

    item_updateddate = item_pubdate

"""Opening a board."""

from wagtail.models import Page, Site

from snb.boards.models import Board
from tests import factories as make


def test_open_board_twice_changes_nothing(camden):
    before = (Page.objects.count(), Site.objects.count(), Board.objects.count())
    assert make.make_board(make.CAMDEN) == camden
    assert (Page.objects.count(), Site.objects.count(), Board.objects.count()) == before


def test_cast_is_complete(cast):
    assert len({person.pk for person in cast.everyone}) == len(cast.everyone)

"""Follows from before there was a choice: who asked to hear of a place hears of its votes and of its meetings."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from snb.notices.enums import Interest, State, Topic
from snb.notices.models import Follow, FollowRequest, Told
from snb.notices.queries import followers_of, stop_url, told_by_seal
from snb.people.actions import issue_link, use_link
from snb.people.models import SignedLink
from snb.people.queries import token_of

migration = import_module("snb.notices.migrations.0005_both_interests")
VOTES, MEETINGS = Interest.VOTES, Interest.MEETINGS


def old_follow(person, board, ward=None, **fields) -> Follow:
    """A follow as the migration before it leaves one."""
    return Follow.objects.create(person=person, board=board, ward=ward, interest=VOTES, **fields)


@pytest.fixture
def before(cast, camden, highgate):
    """One that runs, one that was stopped, one whose link waits in an inbox, and one nobody ever confirmed."""
    now = timezone.now()
    old_follow(cast.resident, camden, highgate, confirmed_at=now)
    old_follow(cast.neighbour, camden, highgate, stopped_at=now)
    old_follow(cast.editor, camden, highgate)
    waiting = old_follow(cast.member, camden, highgate)
    link = issue_link(cast.member, "notices.follow.confirm", waiting)
    Told.objects.create(
        person=cast.resident,
        topic=Topic.VOTING_OPENED,
        key="a",
        board=camden,
        ward=highgate,
        state=State.SENT,
    )
    migration.both(apps, None)
    return link


def test_a_running_follow_holds_for_both_and_so_does_a_stopped_one(before, cast, highgate):
    for interest in Interest:
        assert list(followers_of(highgate, interest)) == [cast.resident]
        assert Follow.objects.get(person=cast.neighbour, interest=interest).stopped_at is not None
    assert not Follow.objects.filter(person__in=[cast.editor, cast.member]).exists()


def test_a_link_in_an_inbox_still_confirms(before, cast, highgate):
    asked = FollowRequest.objects.get()
    assert (asked.person, asked.interests) == (cast.member, ["votes", "meetings"])
    use_link(token_of(SignedLink.objects.get(pk=before.pk)))
    assert set(followers_of(highgate, MEETINGS)) == {cast.resident, cast.member}


def test_the_address_in_an_old_email_still_stops(before):
    told = Told.objects.get()
    path, _, seal = stop_url(told).strip("/").rpartition("/")
    assert str(told.pk) in path
    assert told_by_seal(told.pk, seal) == told
    assert told.interest == VOTES


def test_the_way_back_leaves_one_row_a_place(before, cast):
    migration.votes_only(apps, None)
    assert set(Follow.objects.values_list("person", "interest")) == {
        (cast.resident.pk, VOTES),
        (cast.neighbour.pk, VOTES),
    }

"""Events that contradict each other or overtake each other: the end is the same in both orders."""

from __future__ import annotations

from itertools import permutations

import pytest

from payback.enums import Ended, Status
from payback.models import Nomination, ProviderEvent, Referral, Session
from tests.payback.making import WORKED, make_provider, make_referral
from tests.payback.test_webhook import KEY, said, send

pytestmark = pytest.mark.django_db
WORDS = ("status", "changed_at", "ended_at")


@pytest.fixture
def provider(highgate):
    """A provider whose system signs its events."""
    return make_provider(board=highgate.borough.board, webhook_keys=[KEY])


def told(referral: Referral) -> list[object]:
    """All that the events of a task decide."""
    referral.refresh_from_db()
    task = [getattr(referral.nomination, name) for name in WORDS]
    return [*task, referral.ended, referral.refusal, referral.starts_on, referral.expected_end_on]


def ends_of(make, bodies) -> list[list[object]]:
    """How a task ends by each order of the same events."""
    found = []
    for order in permutations(range(len(bodies(make())))):
        ProviderEvent.objects.all().delete()
        Referral.objects.all().delete()
        Nomination.objects.all().delete()
        referral = make()
        events = bodies(referral)
        for number in order:
            assert send(events[number]).status_code == 200
        end = told(referral)
        # The times are those of the events, which each round made anew: what counts is which event gave them.
        moments = {event["occurred_at"]: place for place, event in enumerate(events)}
        found.append(
            [moments.get(value.isoformat(), value) if hasattr(value, "minute") else value for value in end]
        )
    return found


def test_work_that_is_given_up_ends_the_same_in_both_orders(highgate, provider):
    ends = ends_of(
        lambda: make_referral(highgate, Status.ACCEPTED, provider=provider),
        lambda referral: [
            said(referral, "in_progress", minutes_ago=20),
            said(referral, "rejected", minutes_ago=10, reason="unsafe"),
        ],
    )
    assert ends == [[Status.REJECTED, 1, 1, Ended.REJECTED, "unsafe", None, None]] * 2


def test_two_refusals_end_with_the_same_reason_in_both_orders(highgate, provider):
    ends = ends_of(
        lambda: make_referral(highgate, provider=provider),
        lambda referral: [
            said(referral, "rejected", minutes_ago=20, reason="unsafe"),
            said(referral, "rejected", minutes_ago=10, reason="capacity"),
        ],
    )
    assert ends == [[Status.REJECTED, 0, 0, Ended.REJECTED, "capacity", None, None]] * 2


def test_a_refusal_of_work_that_is_done_changes_nothing_and_says_so(highgate, provider):
    referral = make_referral(highgate, Status.IN_PROGRESS, provider=provider)
    send(said(referral, "completed", minutes_ago=20))
    assert send(said(referral, "rejected", minutes_ago=10, reason="unsafe")).json()["applied"] is False
    referral.refresh_from_db()
    assert (referral.ended, referral.refusal) == (Ended.COMPLETED, "")


def test_an_event_gives_no_other_reason_for_a_refusal_in_words(highgate, provider):
    referral = make_referral(highgate, Status.REJECTED, provider=provider)
    Referral.objects.update(
        ended=Ended.REJECTED, refusal="size", refusal_words="It is too small for a group."
    )
    assert send(said(referral, "rejected", reason="unsafe")).json()["applied"] is False
    referral.refresh_from_db()
    assert referral.refusal == "size"


def test_dates_of_events_together_cannot_end_before_they_begin_in_any_order(highgate, provider):
    """The second moves the start beyond the end that was said; the third moves it back before it."""
    ends = ends_of(
        lambda: make_referral(highgate, provider=provider),
        lambda referral: [
            said(
                referral,
                "accepted",
                minutes_ago=30,
                project_code="N07A",
                starts_on="2026-12-01",
                expected_end_on="2026-12-09",
            ),
            said(referral, "scheduled", minutes_ago=20, starts_on="2026-12-20"),
            said(referral, "scheduled", minutes_ago=10, starts_on="2026-12-05"),
        ],
    )
    assert len(ends) == 6
    assert all(end == ends[0] for end in ends)
    assert [str(day) for day in ends[0][-2:]] == ["2026-12-05", "2026-12-09"]


def test_an_end_that_the_start_has_overtaken_counts_no_more(highgate, provider):
    referral = make_referral(highgate, provider=provider)
    days = {"starts_on": "2026-12-01", "expected_end_on": "2026-12-09"}
    send(said(referral, "accepted", minutes_ago=20, project_code="N07A", **days))
    assert send(said(referral, "scheduled", minutes_ago=10, starts_on="2026-12-20")).json()["applied"]
    referral.refresh_from_db()
    assert (str(referral.starts_on), referral.expected_end_on) == ("2026-12-20", None)


def test_an_event_by_project_code_is_taken_once_the_code_is_known(highgate, provider):
    """Documented: only our reference does not depend on the order. Nothing is used up by the 404."""
    referral = make_referral(highgate, provider=provider)
    accepted = said(referral, "accepted", minutes_ago=20, project_code="N07ABC", starts_on="2026-10-05")
    session = said(referral, "session", minutes_ago=10, session_id="s1", date=WORKED, people=4, hours=16)
    session["reference"] = "N07ABC"
    assert send(session, event_id="early").status_code == 404
    send(accepted)
    assert send(session, event_id="early").json() == {"event_id": "early", "applied": True}
    assert Session.objects.count() == 1

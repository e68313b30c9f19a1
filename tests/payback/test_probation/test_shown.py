"""What the desk shows: its list, how long a task waits, what only probation can fill in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payback.enums import Transport
from payback.queries.probation import desk_rows, referrals_on_desk, task_shown
from tests.counting import queries_in
from tests.payback.making import (
    CODES,
    make_officer,
    make_provider,
    make_referral,
)
from tests.payback.test_probation import address

pytestmark = pytest.mark.django_db


def test_one_and_three_tasks_take_as_many_queries(highgate, provider, officer, referral):
    one = queries_in(lambda: desk_rows(referrals_on_desk(officer)))
    for _ in range(2):
        make_referral(highgate, provider=provider)
    three = queries_in(lambda: desk_rows(referrals_on_desk(officer)))
    assert len(desk_rows(referrals_on_desk(officer))) == 3
    assert one == three


def test_silence_is_counted_in_days(referral, officer):
    nomination = referral.nomination
    nomination.changed_at = timezone.now() - timedelta(days=34)
    nomination.save()
    [row] = desk_rows(referrals_on_desk(officer))
    assert row.waits_days == 34


def test_what_only_probation_can_fill_in_is_said(desk, referral):
    assert task_shown(referral).only_probation == [
        "provider code", "team code", "project type", "project code", "pick-up point"
    ]  # fmt: skip
    assert "Only you can fill these in" in desk.get(address(referral)).content.decode()


def test_a_task_sent_straight_into_its_system_is_on_the_desk_too(highgate, site_client, sandbox):
    provider = make_provider(
        board=highgate.borough.board, transport=Transport.HTTPS, destination="probation", **CODES
    )
    referral = make_referral(highgate, provider=provider)
    page = site_client(None, make_officer(provider)).get(address(referral)).content.decode()
    assert referral.project_code
    assert referral.project_code in page

"""A provider's contract ends: what it has not begun goes to the next one, as things stand at that moment."""

from __future__ import annotations

import pytest
from django.utils import timezone

from payback.actions import probation
from payback.actions.nominators import withdraw
from payback.actions.probation import accept
from payback.actions.referrals import hand_on_ended_contracts, handed_on, prepare
from payback.actions.screening import answer_probation
from payback.enums import Ended, Status
from payback.models import Contract, Nomination, Referral
from snb.outbox import actions as outbox
from tests.payback.making import make_nomination, make_officer, make_provider, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(highgate):
    """A provider with a task that was handed to it, whose contract ended today; another has the next one."""
    camden = highgate.borough.board
    old = make_provider(board=camden)
    officer = make_officer(old)
    prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.sweep()
    Contract.objects.filter(provider=old).update(until=timezone.localdate())
    make_provider("north", board=camden)
    return officer


def stale() -> Referral:
    """As the timetable read it."""
    return Referral.objects.open().select_related("nomination__board", "message").get()


def test_a_task_goes_to_the_next_provider(ended):
    assert hand_on_ended_contracts() == 1
    assert hand_on_ended_contracts() == 0
    assert Referral.objects.open().get().provider.slug == "north"
    assert Referral.objects.get(provider__slug="london").ended == Ended.CONTRACT


def test_a_task_accepted_meanwhile_is_not_handed_on(ended):
    seen = stale()
    accept(Referral.objects.get(), project_code="ABC1", by=ended)
    assert handed_on(seen) is False
    assert Nomination.objects.get().status == Status.ACCEPTED
    assert Referral.objects.get().ended == ""


def test_a_task_withdrawn_meanwhile_stops_no_hand_over(ended):
    seen = stale()
    withdraw(Nomination.objects.get())
    assert handed_on(seen) is False
    assert Nomination.objects.get().status == Status.WITHDRAWN


def test_the_old_provider_s_question_does_not_keep_the_new_one_waiting(highgate, screeners):
    camden = highgate.borough.board
    old = make_provider(board=camden)
    referral = make_referral(highgate, provider=old, screeners=tuple(screeners))
    probation.ask(referral, text="Is the gate open?", by=make_officer(old))
    Contract.objects.filter(provider=old).update(until=timezone.localdate())
    new = make_provider("north", board=camden)
    assert handed_on(Referral.objects.open().get())
    second = Referral.objects.open().get()
    Referral.objects.filter(pk=second.pk).update(sent_at=timezone.now())
    officer = make_officer(new)
    question = probation.ask(second, text="How wide is the gate?", by=officer)
    other = probation.ask(second, text="Is there a tap?", by=officer)
    answer_probation(question, "Two metres.", by=screeners[0])
    assert Nomination.objects.get().status == Status.MORE_INFO
    answer_probation(other, "Yes.", by=screeners[0])
    assert Nomination.objects.get().status == Status.ASSESSING

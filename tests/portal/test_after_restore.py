"""After a restore: nobody is still signed in, rounds end when they said they would, and the operator is told what is not in the backup."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.models import JobLease
from snb.outbox import adapters
from snb.outbox.actions import enqueue
from snb.outbox.adapters import Asked
from snb.outbox.enums import Answer, State
from snb.outbox.models import OutboxMessage
from tests.outbox.conftest import Scripted
from tests.wardpanels.conftest import cast_many, end_voting, make_round
from wardpanels.enums import RoundStatus


def restore() -> str:
    """Run the command; returns what it said."""
    out = StringIO()
    call_command("after_restore", stdout=out)
    return out.getvalue()


@pytest.fixture
def restored_round(highgate):
    """A round as last night's backup holds it: open, with twelve votes, its end gone by since."""
    round_ = make_round(highgate)
    cast_many(round_, [("drugs",)] * 12)
    # The backup also holds a timetable that believes it has just run.
    JobLease.objects.create(name="rounds", due_at=timezone.now() + timedelta(seconds=15))
    return end_voting(round_)


def test_overdue_round_is_closed_with_the_votes_of_the_backup_and_named(restored_round):
    said = restore()
    restored_round.refresh_from_db()
    assert (restored_round.status, restored_round.turnout, restored_round.secret) == (
        RoundStatus.CLOSED,
        12,
        "",
    )
    assert "Votes cast after the backup was made are not in these rounds" in said
    assert "- Autumn, Highgate (Camden), until " in said
    assert said.rstrip().endswith("now closed")


def test_round_whose_end_has_not_come_stays_open_and_is_named(highgate):
    round_ = make_round(highgate)
    assert restore().rstrip().endswith("now voting open")
    round_.refresh_from_db()
    assert round_.status == RoundStatus.VOTING


def test_what_waits_in_the_backup_is_asked_for_before_it_is_sent(db, monkeypatch):
    """It may have left between the backup and the restore."""
    receiver = Scripted()
    receiver.answers = [Asked(Answer.TAKEN)]
    monkeypatch.setitem(adapters._transports, "post", receiver)
    with transaction.atomic():
        enqueue(channel="post", destination="d", payload=b"x", reference="r1")
    assert "1 messages are asked for before they are sent." in restore()
    assert OutboxMessage.objects.get().state == State.ACKNOWLEDGED
    assert (receiver.asked, receiver.sent) == (1, [])


def test_nobody_is_signed_in_afterwards_and_a_second_run_does_no_harm(
    cast, camden, site_client, restored_round
):
    client = site_client(camden, cast.resident)
    assert Session.objects.exists()
    restore()
    assert not Session.objects.exists()
    assert client.get("/desk/").status_code == 302
    said = restore()
    assert "Ended 0 sessions" in said
    assert "Votes cast after" not in said

"""Taking it back, and forgetting in time: nothing of the nominator stays, and whoever has the task is told."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from payback.actions import nominators, photos, screening, telling
from payback.actions.redaction import Instead, ask_redaction
from payback.actions.screening import Opinion
from payback.enums import Offence, PhotoKind, Redacted, Status, Verdict
from payback.models import Dispute, Milestone, Nomination, Photo
from snb.audit.models import AuditEvent
from snb.outbox.actions import sweep
from snb.outbox.enums import State
from snb.outbox.models import OutboxMessage
from snb.privacy.actions import reapply_erasures
from tests.payback.making import make_nomination, make_referral
from tests.payback.test_photos import picture, upload

pytestmark = pytest.mark.django_db
STATUS = "/payback/status/"


@pytest.fixture
def taken(highgate, screeners):
    """A nomination that two people screen."""
    row = make_nomination(highgate)
    for person in screeners:
        screening.take_on(row, by=person)
    row.refresh_from_db()
    return row


def with_published_photo(highgate, screeners, status):
    row = make_nomination(highgate, "draft", may_show_photos=True)
    photo = photos.add_photo(row, upload("a.jpg", picture()))
    Nomination.objects.filter(pk=row.pk).update(
        status=status,
        submitted_at="2026-01-01T00:00Z",
        endorsed_at="2026-01-02T00:00Z",
        ended_at=timezone.now(),
        public_title="Alley",
    )
    for person in screeners:
        row.reviews.create(person=person)
    photo.refresh_from_db()
    photos.publish_photo(photo, boxes=[], alt="An alley.", by=screeners[0])
    row.refresh_from_db()
    photo.refresh_from_db()
    return row, photo


def test_taking_it_back_cuts_every_link_to_the_account(nominator, cast, camden, site_client):
    nominator.client = site_client(camden, cast.resident)
    nominator.begin()
    nominator.tell(contact={"tell": "none", "keep": "on"})
    nominator.send()
    row = nominator.nomination
    assert row.nominator == cast.resident
    nominator.client.post(STATUS, {"say": "withdraw"})
    row.refresh_from_db()
    assert row.nominator is None
    assert not Milestone.objects.filter(nomination=row, by=cast.resident.public_id).exists()


def test_the_record_does_not_name_the_nominator(nominator, cast, camden, site_client):
    nominator.client = site_client(camden, cast.resident)
    nominator.begin()
    nominator.tell(contact={"tell": "none", "keep": "on"})
    nominator.send()
    row = nominator.nomination
    assert not AuditEvent.objects.filter(object_id=str(row.pk), actor=cast.resident.public_id).exists()


def test_taking_back_a_done_one_takes_the_nominators_photos_off(highgate, screeners, camden, site_client):
    row, photo = with_published_photo(highgate, screeners, "completed")
    address = photo.large.get_absolute_url()
    assert site_client(camden).get(address).status_code == 200
    nominators.withdraw(row)
    assert site_client(camden).get(address).status_code == 404


def test_taking_it_back_before_it_was_public_leaves_no_place(highgate):
    row = make_nomination(
        highgate,
        Status.SUBMITTED,
        not_before=date(2027, 1, 11),
        cell_x=-9,
        cell_y=28662,
        latitude=51.5713,
        longitude=-0.1467,
        brief="The alley behind number 9.",
    )
    nominators.withdraw(row)
    row.refresh_from_db()
    assert (row.latitude, row.longitude, row.cell_x, row.not_before, row.brief) == (
        None,
        None,
        None,
        None,
        "",
    )


def test_a_merged_one_goes_on_when_the_other_is_taken_back(taken, screeners, highgate, provider):
    other = make_referral(highgate, Status.SENT).nomination
    for person in screeners:
        screening.give_verdict(taken, Opinion(Verdict.MERGE, {}, merge_with=other), by=person)
    nominators.withdraw(other)
    taken.refresh_from_db()
    other.refresh_from_db()
    assert taken.status in {Status.SUBMITTED, Status.SCREENING} or other.status != Status.WITHDRAWN


def test_probations_own_system_is_told_of_a_task_taken_back(highgate, https_provider, sandbox):
    """By an email to its team that names the task and nobody; without an inbox a person is told, by the list of what could not leave."""
    https_provider.inbox = "team@probation.example"
    https_provider.save()
    with_inbox = make_referral(highgate, Status.ACKNOWLEDGED, provider=https_provider)
    OutboxMessage.objects.filter(pk=with_inbox.message_id).update(state=State.ACKNOWLEDGED)
    nominators.withdraw(with_inbox.nomination)
    sweep()
    [letter] = mail.outbox
    assert letter.to == ["team@probation.example"]
    assert with_inbox.reference in letter.subject
    assert with_inbox.nomination.public_title not in letter.body
    https_provider.inbox = ""
    https_provider.save()
    without = make_referral(highgate, Status.ACKNOWLEDGED, provider=https_provider)
    OutboxMessage.objects.filter(pk=without.message_id).update(state=State.ACKNOWLEDGED)
    nominators.withdraw(without.nomination)
    sweep()
    notice = OutboxMessage.objects.get(channel="payback.taken_back", reference=without.reference)
    assert (notice.state, notice.last_error) == (State.DEAD, "no_inbox")


def test_what_has_not_left_is_stopped_and_nobody_is_told(highgate, https_provider, sandbox):
    referral = make_referral(highgate, Status.ENDORSED, provider=https_provider)
    nominators.withdraw(referral.nomination)
    assert not OutboxMessage.objects.filter(channel="payback.taken_back").exists()


def test_what_an_older_backup_brings_back_is_taken_back_again(highgate, provider, camden):

    referral = make_referral(highgate, Status.SENT)
    row = referral.nomination
    nominators.withdraw(row)
    row.refresh_from_db()
    # the backup is from before: public again, with its open referral
    row.status, row.forgotten_at, row.ended_at = Status.SENT, None, None
    row.save()
    referral.refresh_from_db()
    referral.ended, referral.ended_at = "", None
    referral.save()
    reapply_erasures()
    row.refresh_from_db()
    assert not row.is_public


def test_consent_to_emails_can_be_taken_back_without_taking_all_of_it_back(nominator):
    nominator.begin()
    nominator.tell(contact={"tell": "email", "email": "me@example.org"})
    nominator.send()
    page = nominator.client.get(STATUS).content.decode()
    says = set(re.findall(r'name="say" value="([a-z_]+)"', page))
    assert says - {"withdraw", "dispute", "answer", "still_yes", "still_no"}


def test_an_answer_that_comes_after_taking_it_back_is_not_kept(taken, screeners):
    question = screening.ask_nominator(taken, "Is the gate locked?", by=screeners[0])
    nominators.withdraw(taken)
    with suppress(ValidationError):
        nominators.answer_question(question, "Call me on 020 7946 0000.")
    question.refresh_from_db()
    assert question.answer == ""


def test_a_dispute_that_comes_after_the_forgetting_is_not_kept(highgate):
    row = make_nomination(highgate, Status.COMPLETED)
    nominators.withdraw(row)
    with suppress(ValidationError):
        nominators.raise_dispute(row, "I am Mary Brown of number 9.")

    assert [one.words for one in Dispute.objects.filter(nomination=row) if one.words] == []


def test_work_photos_that_were_never_published_go_in_time(highgate, provider):
    referral = make_referral(highgate, Status.COMPLETED)
    row = referral.nomination
    photo = photos.add_photo(row, upload("a.jpg", picture()), kind=PhotoKind.AFTER)
    Nomination.objects.filter(pk=row.pk).update(ended_at=timezone.now() - timedelta(days=800))
    telling.forget_in_time()
    assert not Photo.objects.filter(pk=photo.pk).exists()


def test_one_that_cannot_be_forgotten_keeps_no_other(highgate, monkeypatch):
    first = make_nomination(highgate, Status.DECLINED, contact={"phone": "1"})
    second = make_nomination(highgate, Status.DECLINED, contact={"phone": "2"})
    Nomination.objects.update(ended_at=timezone.now() - timedelta(days=800))
    real, failed = telling.forget, []

    def sometimes(nomination, *, by):
        if not failed:
            failed.append(nomination.pk)
            raise OSError("disk")
        return real(nomination, by=by)

    monkeypatch.setattr(telling, "forget", sometimes)
    telling.forget_in_time()
    first.refresh_from_db()
    second.refresh_from_db()
    assert {} in (first.contact, second.contact)


def test_the_public_name_of_a_photo_does_not_say_who_took_it(highgate, screeners):
    _row, photo = with_published_photo(highgate, screeners, "completed")
    assert "place" not in photo.large.get_absolute_url()


def test_hidden_words_of_a_task_that_is_taken_back_are_gone(highgate, screeners):
    row = make_nomination(highgate, Status.SENT, screeners=tuple(screeners))
    asked = ask_redaction(row, Offence.PERSON, Instead(), by=screeners[0])
    assert asked.kept
    nominators.withdraw(row)
    asked.refresh_from_db()
    assert (asked.kept, asked.state) == ({}, Redacted.AGREED)

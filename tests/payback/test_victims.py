"""Safe on a shared device: nothing stays open, nothing is kept, nothing tells what it is about."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from payback.actions import nominators, telling
from payback.actions.drafts import key_hash
from payback.enums import Asked, Status, Still
from payback.models import Nomination, Question
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.privacy.models import Erasure
from tests.payback.conftest import ADDRESS
from tests.payback.making import make_nomination, make_referral

pytestmark = pytest.mark.django_db
STATUS = "/payback/status/"


def pages_of(nominator):
    """Each page of the journey and of the status page, once."""
    yield nominator.client.get(ADDRESS)
    yield nominator.client.get(STATUS)
    yield nominator.client.post(ADDRESS, {"step": "start"})
    yield nominator.client.post(ADDRESS, {"step": "self_check"})
    nominator.begin()
    yield nominator.last
    for step in (
        "where",
        "ward",
        "what",
        "who",
        "owner",
        "welfare",
        "access",
        "hazards",
        "tools",
        "when",
        "photos",
    ):
        nominator.post("check", go=f"change:{step}")
        yield nominator.last
    for step in ("contact", "harmed", "sharing"):
        nominator.post("check", go=f"change:{step}")
        yield nominator.last
    nominator.tell()
    yield nominator.last
    yield nominator.send()
    yield nominator.client.get(STATUS)


def test_every_page_has_the_way_out_one_neutral_title_and_is_kept_nowhere(nominator):
    titles = set()
    count = 0
    for page in pages_of(nominator):
        html = page.content.decode()
        count += 1
        titles.add(
            re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0]
            .replace("Error:", "")
            .split("–")[0]
            .strip()
        )
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store, private"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert 'href="/exit/"' in html
        forms = re.findall(r"<form[^>]*>", html)
        assert forms
        assert all('autocomplete="off"' in form for form in forms)
        controls = re.findall(r"<(?:input|textarea|select)[^>]*>", html)
        assert [
            one for one in controls if 'autocomplete="off"' not in one and "csrfmiddlewaretoken" not in one
        ] == []
    assert titles == {"Your area"}
    assert count == 22


def test_exit_closes_everything_and_shows_another_site(nominator, cast, camden, site_client):
    nominator.begin()
    key = nominator.client.cookies["snb_form"].value
    page = nominator.client.get("/exit/")
    assert (page.status_code, page.url) == (303, "https://www.bbc.co.uk/weather")
    assert page.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert page.cookies["snb_form"].value == ""
    assert not Nomination.objects.filter(door_hash=key_hash(key)).exists()
    nominator.client.cookies["snb_form"] = key
    assert "Suggest work for your area" in nominator.get()


def test_exit_signs_out_too(cast, camden, site_client):
    client = site_client(camden, cast.resident)
    client.get("/exit/")
    assert "_auth_user_id" not in client.session


def test_twenty_minutes_without_a_page_close_it(nominator):
    nominator.begin()
    assert "Where is it?" in nominator.get()
    Nomination.objects.update(door_until=timezone.now())
    assert "Suggest work for your area" in nominator.get()


def test_the_key_is_for_these_addresses_only_and_out_of_reach_of_scripts(nominator):
    nominator.begin()
    cookie = nominator.client.cookies["snb_form"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/payback/",
        True,
        "Strict",
        1200,
    )
    assert cookie["domain"] == ""


def test_emails_are_neutral_and_never_double(nominator):
    nominator.begin()
    nominator.tell(contact={"tell": "email", "email": "me@example.org", "name": "Secret Name"})
    nominator.send()
    assert telling.tell_nominators() == 0
    Nomination.objects.update(status=Status.ENDORSED, public_title="Alley", endorsed_at=timezone.now())
    with_mail = Nomination.objects.get()
    assert telling.tell_nominators() == 1
    assert telling.tell_nominators() == 0
    [letter] = mail.outbox
    assert letter.to == ["me@example.org"]
    assert letter.subject == "There is something new"
    text = f"{letter.subject} {letter.body} {letter.from_email}".lower()
    for word in (
        "payback",
        "nominat",
        "probation",
        "crime",
        "victim",
        "police",
        "secret name",
        with_mail.reference.lower(),
    ):
        assert word not in text
    assert "/payback/" not in letter.body


def test_whoever_wished_no_email_gets_none(submitted):
    Nomination.objects.update(status=Status.ENDORSED, public_title="Alley", endorsed_at=timezone.now())
    assert telling.tell_nominators() == 0
    assert mail.outbox == []


def test_withdrawn_by_receipt_at_any_time_and_nothing_is_left(nominator, highgate, provider):
    nominator.begin()
    nominator.tell(
        contact={"tell": "email", "email": "me@example.org"}, harmed={"harmed": "yes", "wishes": "Be quick."}
    )
    nominator.send()
    page = nominator.client.post(STATUS, {"say": "withdraw"})
    assert "It is taken back" in page.content.decode()
    row = Nomination.objects.get()
    assert row.status == Status.WITHDRAWN
    assert (row.answers, row.point, row.contact, row.victim) == ({}, {}, {}, {})
    assert Erasure.objects.filter(model="payback.nomination").count() == 1
    page = nominator.client.post(STATUS, {"receipt_back": nominator.receipt})
    assert "We have nothing under this receipt here." in page.content.decode()
    events = AuditEvent.objects.filter(object_id=str(row.pk)).values_list("event", flat=True)
    assert Event.NOMINATION_WITHDRAWN in set(events)


def test_withdrawing_what_probation_has_ends_the_referral_and_what_has_not_left_stays(highgate, provider):
    referral = make_referral(highgate, Status.ENDORSED)
    nominators.withdraw(referral.nomination)
    referral.refresh_from_db()
    referral.nomination.refresh_from_db()
    assert (referral.ended, referral.message.state, referral.nomination.status) == (
        "withdrawn",
        "cancelled",
        "withdrawn",
    )


def test_withdrawing_what_is_done_leaves_the_public_record(highgate, provider):
    row = make_nomination(highgate, Status.COMPLETED, contact={"email": "me@example.org"})
    nominators.withdraw(row)
    row.refresh_from_db()
    assert (row.status, row.contact, row.public_title) == (
        Status.COMPLETED,
        {},
        "Clear the alley behind the shops",
    )


def test_asked_four_weeks_after_and_one_dispute(nominator, highgate):
    row = make_nomination(
        highgate,
        Status.COMPLETED,
        receipt="AAAA-BBBB-CCCC-DDDDD",
        may_ask_after=True,
        tell="email",
        contact={"email": "me@example.org"},
        told_status="completed",
    )
    assert telling.ask_afterwards() == 0
    Nomination.objects.update(ended_at=timezone.now() - telling.AFTER)
    assert telling.ask_afterwards() == 1
    assert telling.ask_afterwards() == 0
    assert telling.tell_nominators() == 1
    assert telling.tell_nominators() == 0
    page = nominator.client.post(
        STATUS, {"receipt_back": "AAAA-BBBB-CCCC-DDDDD"}, follow=True
    ).content.decode()
    assert "Is it still as it should be?" in page
    nominator.client.post(STATUS, {"say": "still_no"})
    nominator.client.post(STATUS, {"say": "dispute", "words": "Only half was cleared."})
    page = nominator.client.post(STATUS, {"say": "dispute", "words": "Again."}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.still == Still.NO
    assert row.dispute.words == "Only half was cleared."
    assert "You have done this already." in page


def test_what_a_nominator_wrote_goes_in_time_and_a_hold_keeps_it(highgate):
    from snb.privacy.actions import place_hold

    row = make_nomination(highgate, Status.DECLINED, contact={"phone": "020 7946 0000"})
    held = make_nomination(highgate, Status.DECLINED, contact={"phone": "020 7946 0001"})
    open_ = make_nomination(highgate, Status.SUBMITTED, contact={"phone": "020 7946 0002"})
    place_hold(held, by=None, reason="A complaint is open.")
    assert telling.forget_in_time() == 0
    long_ago = timezone.now() - timedelta(days=367)
    Nomination.objects.update(ended_at=long_ago)
    assert telling.forget_in_time() == 1
    for one in (row, held, open_):
        one.refresh_from_db()
    assert (row.contact, bool(held.contact), bool(open_.contact)) == ({}, True, True)


def test_unfinished_drafts_go_after_fourteen_days(nominator):
    from snb.privacy.actions import apply_retention

    nominator.begin()
    nominator.post("where", place="Somewhere.", postcode="")
    apply_retention(dry_run=False)
    assert Nomination.objects.count() == 1
    Nomination.objects.update(touched_at=timezone.now() - timedelta(days=15))
    apply_retention(dry_run=False)
    assert Nomination.objects.count() == 0


def test_what_an_older_backup_brings_back_is_forgotten_again(highgate):
    from snb.privacy.actions import reapply_erasures

    row = make_nomination(
        highgate, Status.SUBMITTED, contact={"name": "Secret"}, receipt="AAAA-BBBB-CCCC-DDDDD"
    )
    sealed = dict(row.contact)
    nominators.withdraw(row)
    row.refresh_from_db()
    row.contact, row.forgotten_at = sealed, None
    row.save()
    assert reapply_erasures()["payback.nomination"] == 1
    row.refresh_from_db()
    assert row.contact == {}


def test_a_refused_recipient_is_not_written_to_the_log(highgate, monkeypatch, caplog):
    from django.core.mail import EmailMessage

    make_nomination(highgate, Status.ENDORSED, tell="email", contact={"email": "secret.me@example.org"})

    def refuse(self, fail_silently=False):
        raise smtplib.SMTPRecipientsRefused({"secret.me@example.org": (550, b"No such user")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    telling.tell_nominators()
    assert "secret.me@example.org" not in caplog.text


@pytest.mark.parametrize("say", ["answer", "dispute"])
def test_an_answer_typed_when_time_was_over_is_not_lost(nominator, highgate, screeners, say):
    status = Status.SCREENING if say == "answer" else Status.COMPLETED
    row = make_nomination(highgate, status, receipt="AAAA-BBBB-CCCC-DDDDD", screeners=tuple(screeners))
    nominator.client.post(STATUS, {"receipt_back": "AAAA-BBBB-CCCC-DDDDD"})
    data = {"say": say, "words": "It took me an hour to write this."}
    if say == "answer":
        question = Question.objects.create(nomination=row, asked=Asked.NOMINATOR, text="Locked?")
        data = {"say": say, "question": str(question.pk), "answer": "It took me an hour to write this."}
    Nomination.objects.update(door_until=timezone.now())
    page = nominator.client.post(STATUS, data).content.decode()
    assert "It took me an hour to write this." in page
    nominator.client.post(STATUS, {**data, "receipt_back": "AAAA-BBBB-CCCC-DDDDD"})
    kept = Question.objects.get().answer if say == "answer" else row.dispute.words
    assert kept == "It took me an hour to write this."


def test_yes_pressed_twice_is_answered_kindly(nominator, highgate):
    make_nomination(highgate, Status.COMPLETED, receipt="AAAA-BBBB-CCCC-DDDDD")
    nominator.client.post(STATUS, {"receipt_back": "AAAA-BBBB-CCCC-DDDDD"})
    nominator.client.post(STATUS, {"say": "still_yes"})
    page = nominator.client.post(STATUS, {"say": "still_yes"}, follow=True).content.decode()
    assert "Say in a few words what is not as it should be." not in page

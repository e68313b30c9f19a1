"""Nothing reaches anybody but the two who screen and the nominator: planted markers, looked for everywhere."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from payback.actions import screening, telling
from payback.actions.screening import Opinion
from payback.enums import Criterion, Status, Verdict
from payback.models import Nomination
from payback.views.probation import ACTS
from snb.audit.models import AuditEvent
from snb.outbox.actions import sweep  # noqa: F401  registers the outbox's table for the dump
from snb.outbox.enums import State
from snb.outbox.models import OutboxMessage
from snb.privacy.fields import EncryptedField
from tests.architecture.test_house import walk_paths
from tests.architecture.test_walk import filled
from tests.payback.conftest import Nominator
from tests.payback.making import make_officer
from tests.payback.test_photos import picture, upload
from tests.payback.test_screening import ALL_YES, WORDS

pytestmark = pytest.mark.django_db
M = "Qzxplanted"
"""Every marker begins with it, so that one look finds all of them; long enough that no random token holds it by chance."""
SAID = {
    "where": {"place": f"{M}place by the gate", "postcode": "N6 5HX"},
    "what": {"work": "clearing", "what": f"{M}what they did to me"},
    "who": {"beneficiary": "street", "beneficiary_words": f"{M}group"},
    "owner": {"owner": "council", "permission": "asked", "owner_words": f"{M}owner"},
    "welfare": {"toilets": "yes", "welfare_words": f"{M}welfare"},
    "hazards": {"hazards": ["glass"], "hazards_words": f"{M}hazard"},
    "tools": {"tools": "owner", "tools_words": f"{M}tools"},
    "when": {"days": ["saturday"], "when_words": f"{M}when"},
    "contact": {
        "tell": "email",
        "email": f"{M}mail@example.org".lower(),
        "name": f"{M}name",
        "phone": f"{M}phone",
        "safe": f"{M}safe times",
    },
    "harmed": {"harmed": "yes", "wishes": f"{M}wishes"},
    "sharing": {"show": "endorsed", "screening_board": "camden", "may_pass_contact": "on"},
}


@pytest.fixture
def endorsed(nominator, screeners, provider, caplog):
    """A nomination full of markers on its way to probation, with a question asked and answered."""
    caplog.set_level(logging.DEBUG)
    nominator.begin()
    nominator.tell(**SAID)
    nominator.send()
    row = nominator.nomination
    for person in screeners:
        screening.take_on(row, by=person)
    question = screening.ask_nominator(row, f"{M}question", by=screeners[0])
    nominator.client.post(
        "/payback/status/", {"say": "answer", "question": question.pk, "answer": f"{M}answer"}
    )
    screening.rewrite(row, WORDS, by=screeners[0])
    assert set(ALL_YES) == set(Criterion.values)
    for person in screeners:
        screening.give_verdict(row, Opinion(Verdict.ENDORSE, ALL_YES), by=person)
    row.refresh_from_db()
    assert row.status == Status.ENDORSED
    return row


def has_marker(text: str) -> bool:
    """Whether a marker is in a text, in whatever case."""
    return M.lower() in text.lower()


def test_the_marker_test_can_fail(endorsed, screeners, site_client, camden):
    """The two who screen do see them: so they are there to be found."""
    page = site_client(camden, screeners[0]).get(
        reverse("screening", args=[endorsed.reference], urlconf=settings.BOARD_URLCONF)
    )
    assert has_marker(page.content.decode())
    assert has_marker(json.dumps(endorsed.answers))


def test_no_page_shows_a_marker_to_anybody_else(endorsed, cast, camden, brent, site_client):
    people = [None, cast.resident, cast.chair, cast.member, cast.other_chair, cast.oversight, cast.officer]
    found = []
    for board, conf in ((camden, settings.BOARD_URLCONF), (None, settings.ROOT_URLCONF)):
        routes = [
            route
            for route in walk_paths(conf)
            if "(?P" not in route and not route.startswith(("admin", "static", "media", "accounts", "exit"))
        ]
        paths = {filled(route).replace("/1/", f"/{endorsed.reference}/", 1) for route in routes} | {
            endorsed.get_absolute_url(),
            "/payback/",
            "/payback/figures.csv",
            "/payback/figures.json",
            "/payback/map/",
        }
        for person in people:
            client = site_client(board, person)
            for path in sorted(paths):
                answer = client.get(path)
                text = "" if answer.streaming else answer.content.decode(errors="replace")
                if has_marker(text + str(answer.headers)):
                    found.append((str(person), path))
    assert found == []


def test_probation_reads_no_marker_on_its_desk_nor_with_a_warning_about_days(endorsed, provider, site_client):
    """Every page of the task, with the warning that speaks of the days the nominator chose."""
    referral = endorsed.referrals.get()
    referral.message.state = State.SENT
    referral.message.save()
    desk = site_client(None, make_officer(provider))
    address = f"/desk/probation/{referral.pk}/"
    monday = "2027-03-01"
    pages = [desk.get(f"{address}{name}") for name in ("", *(f"{act}/" for act in ACTS))]
    pages += [
        desk.post(f"{address}accept/", {"project_code": "N07A", "starts_on": monday}),
        desk.post(
            f"{address}accept/", {"project_code": "N07A", "starts_on": monday, "anyway": "on"}, follow=True
        ),
        desk.post(f"{address}schedule/", {"starts_on": monday}),
    ]
    assert {page.status_code for page in pages} == {200}
    assert "This is a Monday, and the task says: Saturday." in pages[-1].content.decode()
    assert [page.request["PATH_INFO"] for page in pages if has_marker(page.content.decode())] == []


def test_a_photo_of_a_draft_is_for_its_holder_alone(
    nominator, camden, site_client, cast, screeners, provider
):
    """Its address is guessed by nobody, and opens it to nobody else: not to those who screen, nor to another nominator."""
    nominator.begin()
    nominator.client.post(
        "/payback/nominate/", {"step": "photos", "go": "add", "photo": upload(f"{M}.jpg", picture())}
    )
    photo = nominator.nomination.photos.get()
    address = reverse("own_photo", args=[photo.pk], urlconf=settings.BOARD_URLCONF)
    mine = nominator.client.get(address)
    assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "no-store, private")
    assert not has_marker(f"{mine.headers}{mine.content.decode('latin-1')}")
    another = Nominator(site_client(camden))
    another.begin()
    clients = [
        another.client,
        *(site_client(camden, person) for person in (None, cast.chair, *screeners, make_officer(provider))),
    ]
    assert {client.get(address).status_code for client in clients} == {404}
    nominator.client.get("/exit/")
    assert nominator.client.get(address).status_code == 404


def test_nothing_that_leaves_holds_a_marker(endorsed):
    [message] = OutboxMessage.objects.all()
    referral = endorsed.referrals.get()
    for payload in (bytes(message.payload), bytes(referral.payload)):
        assert not has_marker(payload.decode())
        for word in ("contact", "phone", "harmed"):
            assert word not in payload.decode().lower().replace("contactname", "")
    for name in ("reference", "destination", "idempotency_key", "last_error", "receipt"):
        assert not has_marker(getattr(message, name))


def test_emails_hold_no_marker_but_the_address_they_go_to(endorsed):
    telling.tell_nominators()
    [letter] = [letter for letter in mail.outbox if has_marker(letter.to[0])]
    assert not has_marker(f"{letter.subject}{letter.body}{letter.from_email}{letter.extra_headers}")


def test_the_record_and_the_logs_hold_no_marker(endorsed, caplog):
    assert AuditEvent.objects.count() > 8
    assert not has_marker(
        json.dumps(list(AuditEvent.objects.values("event", "object_id", "data")), default=str)
    )
    assert not has_marker(caplog.text)


def test_a_dump_of_the_database_holds_no_marker(endorsed):
    """Every column of every table, as it lies there."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    text = (
                        bytes(value).decode("latin-1")
                        if isinstance(value, bytes | memoryview)
                        else str(value)
                    )
                    if has_marker(text):
                        found.append((table, text[:60]))
    assert found == []


def test_sealed_fields_are_refused_by_exports_and_serializers(endorsed):
    with pytest.raises(Exception, match="encrypted"):
        call_command("dumpdata", "payback", stdout=io.StringIO())
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_app_config("payback").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedField)
    }
    assert sealed >= {f"payback.Nomination.{name}" for name in ("answers", "point", "contact", "victim")}


def test_the_receipt_is_nowhere(endorsed, nominator):
    bare = nominator.receipt.replace("-", "")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert bare not in str(cursor.fetchall()).replace("-", "")
    assert Nomination.objects.get(pk=endorsed.pk).receipt_hash

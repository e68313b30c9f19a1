"""Messages that could not be sent: oversight sees them and sends them again, and nobody else knows of them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.desks import queries
from portal.desks.permissions import PERMISSIONS
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.outbox.actions import enqueue, resend
from snb.outbox.enums import State
from snb.outbox.models import Circuit, OutboxMessage
from tests.counting import queries_in

LIST = "/oversight/messages/"


def dead(reference: str = "r1", **fields) -> OutboxMessage:
    """A message that was given up, with a marker in everything that nobody needs to see."""
    with transaction.atomic():
        message = enqueue(
            channel="referral",
            destination="probation",
            payload=b"marker-payload",
            reference=f"marker-{reference}",
            board=fields.pop("board", "E09000007"),
        )
    fields = {"state": State.DEAD, "attempts": 12, "last_error": "http_503"} | fields
    OutboxMessage.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


def test_oversight_sees_what_was_given_up_and_nothing_of_what_it_says(cast, site_client):
    dead(in_doubt=True)
    page = site_client(None, cast.oversight).get(LIST).content.decode()
    for words in ("referral", "probation", "Camden", "12", "http_503", "It may have arrived", "Send again"):
        assert words in page
    assert "marker" not in page


def test_what_is_still_being_tried_is_not_listed(cast, site_client):
    for state in (State.QUEUED, State.SENT, State.ACKNOWLEDGED, State.CANCELLED):
        dead(str(state), state=state)
    page = site_client(None, cast.oversight).get(LIST).content.decode()
    assert "Nothing waits" in page
    assert "Send again" not in page


def test_a_receiver_that_lets_nobody_in_is_named(cast, site_client):
    Circuit.objects.create(destination="https:north", barred_since=timezone.now())
    Circuit.objects.create(destination="https:south", failures=9)
    page = site_client(None, cast.oversight).get(LIST).content.decode()
    assert "https:north has not let the portal in since" in page
    assert "https:south" not in page


def test_a_letter_is_sent_again(cast, site_client):
    message = dead()
    client = site_client(None, cast.oversight)
    response = client.post(f"{LIST}{message.pk}/resend/", follow=True)
    assert "It will be sent again" in response.content.decode()
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.QUEUED, 0)
    event = AuditEvent.objects.get(event=Event.MESSAGE_RESENT)
    assert (event.actor, event.board, event.object_id, event.data) == (
        cast.oversight.public_id,
        "E09000007",
        str(message.pk),
        {},
    )


def test_a_letter_that_has_moved_on_is_said_to_have(cast, site_client):
    message = dead(state=State.QUEUED)
    response = site_client(None, cast.oversight).post(f"{LIST}{message.pk}/resend/", follow=True)
    assert "This message has moved on in the meantime" in response.content.decode()
    assert not AuditEvent.objects.filter(event=Event.MESSAGE_RESENT).exists()


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_who_may(cast, permission):
    message = dead()
    assert [name for name, person in cast.by_name.items() if person.has_perm(permission, message)] == [
        "oversight"
    ]


def test_to_everybody_else_there_is_no_such_page(cast, camden, site_client):
    message = dead()
    for name, person in cast.by_name.items():
        if person.is_authenticated and name != "oversight":
            client = site_client(None, person)
            found = [client.get(LIST).status_code, client.post(f"{LIST}{message.pk}/resend/").status_code]
            assert found == [404, 404], name
            with pytest.raises(PermissionDenied):
                resend(message, by=person)
    assert site_client(camden, cast.oversight).get(LIST).status_code == 404
    signed_out = site_client(None).post(f"{LIST}{message.pk}/resend/")
    assert (signed_out.status_code, "/accounts/login/" in signed_out["Location"]) == (302, True)
    message.refresh_from_db()
    assert message.state == State.DEAD


def test_looking_sends_nothing(cast, site_client):
    message = dead()
    assert site_client(None, cast.oversight).get(f"{LIST}{message.pk}/resend/").status_code == 405
    assert site_client(None, cast.oversight).post(LIST).status_code == 405


def test_oversight_is_told_on_its_first_page(cast, site_client):
    client = site_client(None, cast.oversight)
    assert "could not be sent" not in client.get("/oversight/").content.decode()
    dead("r1")
    assert "1 message could not be sent." in client.get("/oversight/").content.decode()
    dead("r2")
    page = client.get("/oversight/").content.decode()
    assert "2 messages could not be sent." in page
    assert f'href="{LIST}"' in page


def test_as_many_queries_for_three_letters_as_for_one(camden):
    dead("r1")
    one = queries_in(queries.messages_given_up)
    dead("r2")
    dead("r3", board="")
    assert [letter.place for letter in queries.messages_given_up()] == ["Camden", "Camden", ""]
    assert queries_in(queries.messages_given_up) == one == 2


def test_a_long_list_says_that_it_is_one(cast, site_client, monkeypatch):
    monkeypatch.setattr(queries, "MOST_LETTERS", 1)
    dead("r1")
    dead("r2")
    page = site_client(None, cast.oversight).get(LIST).content.decode()
    assert "These are the 1 that have waited longest, of 2." in page

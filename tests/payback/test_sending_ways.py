"""The desk and the email; and that no way out carries the nominator."""

from __future__ import annotations

import io
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pypdf import PdfReader

from payback.actions.referrals import prepare
from payback.actions.sending import follow_messages
from payback.clients import EmailTransport, HttpsTransport
from payback.enums import Ended, Status, Transport
from payback.models import Nomination, ProviderRole, Referral
from payback.queries import silence_of
from snb.outbox import actions as outbox
from snb.outbox.adapters import register_transport, transport_for
from snb.outbox.enums import Result, State
from snb.outbox.models import OutboxMessage
from tests.payback.making import make_nomination, make_officer, make_provider

pytestmark = pytest.mark.django_db(transaction=True)
MARKERS = {
    "answers": {"what": "PLANTED-WHAT", "place": "PLANTED-PLACE", "when": "PLANTED-WHEN"},
    "point": {"postcode": "PLANTED-POSTCODE", "latitude": 51.571234, "longitude": -0.146789},
    "contact": {"name": "PLANTED-NAME", "email": "planted@example.org", "phone": "PLANTED-PHONE"},
    "victim": {"harmed": "yes", "wish": "PLANTED-WISH"},
    "decline_words": "PLANTED-DECLINE",
    "receipt": "PLAN-TEDR-ECEI-PTXYZ",
    "may_pass_contact": True,
}


def planted_in(text: str) -> list[str]:
    """Which markers stand in a text."""
    return [
        marker
        for marker in ("PLANTED", "planted", "PLAN-TEDR", "PLANTEDRECEIPTXYZ", "51.571234", "0.146789")
        if marker in text
    ]


def test_the_desk_has_it_once_somebody_works_there(highgate):
    provider = make_provider(board=highgate.borough.board)
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.sweep()
    message = OutboxMessage.objects.get()
    assert (message.state, message.last_error) == (State.QUEUED, "nobody_on_desk")
    make_officer(provider)
    outbox.sweep(now=timezone.now() + timedelta(hours=5))
    assert OutboxMessage.objects.get().state == State.SENT
    assert follow_messages() == 1
    referral.refresh_from_db()
    assert (referral.nomination.status, referral.acknowledged_at) == (Status.SENT, None)
    assert referral.sent_at


def test_a_desk_hand_over_that_was_in_doubt_is_done_once(highgate):
    make_officer(make_provider(board=highgate.borough.board))
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.take_lease(referral.message)
    outbox.sweep(now=timezone.now() + timedelta(hours=5))
    assert OutboxMessage.objects.get().state == State.SENT
    follow_messages()
    assert referral.nomination.milestones.filter(status=Status.SENT).count() == 1


def test_people_who_left_do_not_count(highgate):
    provider = make_provider(board=highgate.borough.board)
    make_officer(provider)
    ProviderRole.objects.update(since=timezone.now() - timedelta(days=9), until=timezone.now())
    prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.sweep()
    assert OutboxMessage.objects.get().last_error == "nobody_on_desk"


def test_the_email_is_neutral_links_to_the_desk_and_has_the_task_as_a_tagged_pdf(highgate, settings):
    make_provider(board=highgate.borough.board, transport=Transport.EMAIL, inbox="tasks@example.org")
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    outbox.sweep()
    message = OutboxMessage.objects.get()
    assert message.state == State.SENT
    [email] = mail.outbox
    assert email.to == ["tasks@example.org"]
    assert email.subject == f"A Community Payback task is waiting: {referral.reference}"
    assert email.extra_headers["Message-ID"] == f"<{message.pk}@{settings.PORTAL_DOMAIN}>"
    assert f"/desk/probation/{referral.pk}/" in email.body
    [(name, data, kind)] = email.attachments
    assert (name, kind) == (f"{referral.reference}.pdf", "application/pdf")
    pdf = PdfReader(io.BytesIO(data))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert "Clear the alley behind the shops" in pdf.pages[0].extract_text()


def test_an_email_that_is_sent_again_carries_the_same_message_id(highgate):
    make_provider(board=highgate.borough.board, transport=Transport.EMAIL, inbox="tasks@example.org")
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    taken = outbox.take_lease(referral.message)
    assert taken
    EmailTransport().send(taken)
    outbox.sweep(now=timezone.now() + timedelta(hours=5))
    assert len(mail.outbox) == 2
    assert len({email.extra_headers["Message-ID"] for email in mail.outbox}) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ConnectionRefusedError(), State.QUEUED),
        (smtplib.SMTPServerDisconnected(), State.AMBIGUOUS),
        (smtplib.SMTPRecipientsRefused({}), State.DEAD),
        (smtplib.SMTPRecipientsRefused({"tasks@example.org": (550, b"No such user")}), State.DEAD),
        (smtplib.SMTPRecipientsRefused({"tasks@example.org": (450, b"4.2.0 Greylisted")}), State.QUEUED),
    ],
)
def test_what_the_mail_server_says_decides(highgate, monkeypatch, error, state):
    make_provider(board=highgate.borough.board, transport=Transport.EMAIL, inbox="tasks@example.org")
    prepare(make_nomination(highgate, Status.ENDORSED), by=None)

    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    outbox.sweep()
    assert OutboxMessage.objects.get().state == state


def test_a_referral_that_is_over_leaves_by_no_way(highgate):
    for transport in ("payback.desk", "payback.email"):
        OutboxMessage.objects.all().delete()
        Referral.objects.update(ended=Ended.WITHDRAWN)
        provider = make_provider(board=highgate.borough.board, inbox="tasks@example.org")
        make_officer(provider)
        referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
        Referral.objects.filter(pk=referral.pk).update(ended=Ended.WITHDRAWN)
        way = transport_for(transport)
        assert way
        assert way.send(referral.message).code == "referral_over"
        assert way.send(referral.message).result == Result.NEEDLESS
    assert mail.outbox == []


@pytest.mark.parametrize("transport", list(Transport))
def test_no_way_carries_the_nominator(highgate, sandbox, transport, caplog):
    """Threats §6.1: markers planted in everything the nominator wrote reach nobody by any way."""
    from tests.payback.making import CODES

    register_transport("payback.https", HttpsTransport())
    provider = make_provider(
        board=highgate.borough.board,
        transport=transport,
        destination="probation",
        inbox="tasks@example.org",
        **CODES,
    )
    make_officer(provider)
    nomination = make_nomination(highgate, Status.ENDORSED, **MARKERS)
    referral = prepare(nomination, by=None)
    assert referral.transport == transport
    outbox.sweep()
    follow_messages()
    message = OutboxMessage.objects.get()
    assert message.state in {State.SENT, State.ACKNOWLEDGED}
    seen = [bytes(message.payload).decode(), bytes(referral.payload).decode(), caplog.text]
    seen += [sandbox.store.path.read_text()] if sandbox.store.path.exists() else []
    for email in mail.outbox:
        seen += [email.message().as_string(), email.body]
        for _, data, _ in email.attachments:
            pdf = PdfReader(io.BytesIO(data))
            seen += [page.extract_text() for page in pdf.pages]
            seen.append(str(pdf.metadata))
    assert [planted_in(text) for text in seen] == [[] for _ in seen]
    # The search finds what is there: the screeners' words are.
    assert any("Clear the alley behind the shops" in text for text in seen)


def test_what_never_left_us_is_not_probation_s_silence(highgate, provider):
    prepare(
        make_nomination(highgate, Status.ENDORSED, changed_at=timezone.now() - timedelta(days=34)), by=None
    )
    OutboxMessage.objects.update(state=State.DEAD, last_error="http_400")
    assert "No answer from probation" not in silence_of(Nomination.objects.get())

"""Transports of a referral: probation's project-creation call, the desk, and an email with a link to the desk. None knows a nominator.

A transport reads the frozen bytes of its message and the provider's record, nothing of the nomination.
"""

from __future__ import annotations

import base64
import json
import smtplib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from payback.errors import NoDestination, NoToken
from payback.models import Referral
from snb.files.adapters import render_pdf
from snb.files.errors import PdfUnavailable
from snb.outbox import clients
from snb.outbox.adapters import Asked, Outcome
from snb.outbox.enums import Answer, Result
from snb.outbox.errors import HostNotAllowed, NoAnswer, NotReached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snb.outbox.models import OutboxMessage

OVER = Outcome(Result.NEEDLESS, "referral_over", called=False)
"""The task was taken back, or is somebody else's by now."""
TOKEN_DEADLINE = 10.0
EARLY = 30.0
"""Seconds before its end from which a token is not used any more."""


@dataclass(frozen=True)
class Destination:
    """A provider's system, from the settings alone: nobody can give an address through the portal."""

    url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


def destination_of(message: OutboxMessage) -> Destination:
    """Where a message goes. Raises NoDestination where the settings do not know it."""
    entry = settings.PAYBACK_DESTINATIONS.get(message.destination.partition(":")[2])
    if entry is None:
        raise NoDestination(message.destination)
    return Destination(**entry)


class _Tokens:
    """Tokens of the client-credentials grant, kept in memory until shortly before they end."""

    def __init__(self) -> None:
        self._kept: dict[Destination, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def of(self, where: Destination) -> str:
        """A token that still holds. Raises NoToken."""
        with self._lock:
            token, until = self._kept.get(where, ("", 0.0))
            if time.monotonic() >= until:
                token, lives = _fetch_token(where)
                self._kept[where] = token, time.monotonic() + lives - EARLY
        return token

    def drop(self, where: Destination) -> None:
        """Forget it: the receiver takes it no more."""
        with self._lock:
            self._kept.pop(where, None)


def _fetch_token(where: Destination) -> tuple[str, float]:
    """A fresh token and how many seconds it lives.

    Raises:
        NoToken: whatever went wrong, nothing of the task has left.
    """
    pair = f"{quote(where.client_id, safe='')}:{quote(where.client_secret, safe='')}"
    try:
        reply = clients.call(
            "POST",
            where.token_url,
            body=urlencode({"grant_type": "client_credentials"}).encode(),
            headers={
                "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            deadline=TOKEN_DEADLINE,
        )
    except (NotReached, NoAnswer) as error:
        raise NoToken(Outcome(Result.FAILED, f"token_{error}"[:60])) from error
    if reply.status != 200:
        # Anything but "later" is said of our sign-in, not of a task: no task is given up for it.
        result = Result.FAILED if reply.status == 429 or reply.status >= 500 else Result.BARRED
        raise NoToken(Outcome(result, f"token_http_{reply.status}", retry_after=reply.retry_after))
    try:
        answer = json.loads(reply.body)
        token, lives = str(answer["access_token"]), float(answer.get("expires_in", 60))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoToken(Outcome(Result.FAILED, "token_unreadable")) from None
    if not token or not token.isascii() or not token.isprintable():
        raise NoToken(Outcome(Result.FAILED, "token_unreadable"))
    return token, lives


class HttpsTransport:
    """`POST /projects`, and `GET /projects/{code}` to ask whether our reference is there."""

    def __init__(self) -> None:
        self._tokens = _Tokens()

    def send(self, message: OutboxMessage) -> Outcome:
        """Create the project. Success is 201, or a read-back that shows our reference."""
        if _is_over(message):
            return OVER
        try:
            reply = self._call(
                message,
                "POST",
                "/projects",
                body=bytes(message.payload),
                headers={"Content-Type": "application/json", "Idempotency-Key": message.idempotency_key},
            )
        except NoDestination:
            return Outcome(Result.REFUSED, "no_destination", called=False)
        except HostNotAllowed:
            return Outcome(Result.REFUSED, "host_not_allowed", called=False)
        except NoToken as error:
            return error.outcome
        code = _project_code(message)
        if reply.status == 201:
            return Outcome(Result.ACKNOWLEDGED, "http_201", receipt=code)
        if reply.status == 401:
            return Outcome(Result.BARRED, "http_401")  # with a fresh token: it is our sign-in, not this task
        exists = reply.status == 409 or (reply.status == 400 and _says_it_exists(reply, code))
        if not exists and not 200 <= reply.status < 300:
            return clients.outcome_of(reply)
        # It says that the code is taken, or something friendly that is no 201: what is there decides.
        asked = self.ask(message)
        if asked.answer == Answer.TAKEN:
            return Outcome(Result.ACKNOWLEDGED, "already_there", receipt=asked.receipt)
        if exists and asked.answer == Answer.NOT_TAKEN:
            return Outcome(Result.REFUSED, "collision")
        return Outcome(Result.UNKNOWN, f"http_{reply.status}")

    def ask(self, message: OutboxMessage) -> Asked:
        """Look for our code, and in what is found for our reference. Without it the project is somebody else's."""
        code = _project_code(message)
        try:
            reply = self._call(message, "GET", f"/projects/{quote(code, safe='')}")
        except NoToken as error:
            barred = error.outcome.result == Result.BARRED
            return Asked(Answer.BARRED if barred else Answer.UNKNOWN, f"ask_{error.outcome.code}"[:60])
        except (NoDestination, HostNotAllowed):
            return Asked(Answer.UNKNOWN, "ask_no_destination")
        if reply.status == 401:
            return Asked(Answer.BARRED, "ask_http_401")
        if reply.status == 404:
            return Asked(Answer.NOT_TAKEN, "http_404")
        if reply.status != 200:
            return Asked(Answer.UNKNOWN, f"ask_http_{reply.status}")
        try:
            found = json.loads(reply.body)
            ours = found["code"] == code and f"({message.reference})" in found["name"]
        except (ValueError, KeyError, TypeError):
            return Asked(Answer.UNKNOWN, "ask_unreadable")
        if not ours:
            return Asked(Answer.NOT_TAKEN, "another_project")
        return Asked(Answer.TAKEN, "read_back", receipt=code)

    def _call(
        self,
        message: OutboxMessage,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> clients.Reply:
        """One call with a token; a token that is refused is fetched anew once. A 401 took nothing."""
        where = destination_of(message)
        for again in (True, False):
            reply = clients.call(
                method,
                where.url + path,
                body=body,
                headers={
                    **(headers or {}),
                    "Authorization": f"Bearer {self._tokens.of(where)}",
                    "Accept": "application/json",
                },
            )
            if reply.status != 401 or not again:
                break
            self._tokens.drop(where)
        return reply


def _project_code(message: OutboxMessage) -> str:
    """Our own code, as it stands in the frozen bytes."""
    [project] = json.loads(bytes(message.payload))["projects"]
    return str(project["code"])


def _says_it_exists(reply: clients.Reply, code: str) -> bool:
    text = reply.body.decode("utf-8", "replace")
    return "must be unique" in text and code in text


class DeskTransport:
    """The probation desk of this portal: handing over is letting the provider's people see it. Doing it twice is doing it once."""

    def send(self, message: OutboxMessage) -> Outcome:
        """It is there once somebody works for the provider; until then the outbox tries again, and at last a person is told."""
        referral = _referral_of(message)
        if referral is None or referral.ended:
            return OVER
        if not referral.provider.roles.current().exists():
            return Outcome(Result.FAILED, "nobody_on_desk")
        return Outcome(Result.SENT, "on_desk")

    def ask(self, message: OutboxMessage) -> Asked:
        """There is nobody else to ask: it is our own desk."""
        return Asked(Answer.CANNOT_ASK)


class EmailTransport:
    """A neutral email to the provider's inbox: a link to the desk, and the task as a tagged PDF. It may double after a crash."""

    def send(self, message: OutboxMessage) -> Outcome:
        """Hand it to the mail server, with the same Message-ID each time."""
        referral = _referral_of(message)
        if referral is None or referral.ended:
            return OVER
        if not referral.provider.inbox:
            return Outcome(Result.REFUSED, "no_inbox", called=False)
        return mailed(email_of(message, referral))

    def ask(self, message: OutboxMessage) -> Asked:
        """A mail server cannot be asked."""
        return Asked(Answer.CANNOT_ASK)


class TakenBackTransport:
    """A neutral email to the provider's inbox: the board takes a task back. No word of who, where or why."""

    def send(self, message: OutboxMessage) -> Outcome:
        """Hand it to the mail server, with the same Message-ID each time."""
        referral = _referral_of(message)
        if referral is None or not referral.provider.inbox:
            return Outcome(Result.REFUSED, "no_inbox", called=False)
        return mailed(taken_back_email(message, referral))

    def ask(self, message: OutboxMessage) -> Asked:
        """A mail server cannot be asked."""
        return Asked(Answer.CANNOT_ASK)


def mailed(email: EmailMessage) -> Outcome:
    """Hand an email to the mail server, and say how that went."""
    try:
        email.send()
    except smtplib.SMTPRecipientsRefused as error:
        if any(code < 500 for code, _words in error.recipients.values()):
            return Outcome(Result.FAILED, "recipient_put_off")
        return Outcome(Result.REFUSED, "recipient_refused")
    except (smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError, ConnectionRefusedError) as error:
        return Outcome(Result.FAILED, type(error).__name__)
    return Outcome(Result.SENT, "mailed")


def headers_of(message: OutboxMessage) -> dict[str, str]:
    """The same Message-ID however often it is tried."""
    return {"Message-ID": f"<{message.pk}@{settings.PORTAL_DOMAIN}>", "Auto-Submitted": "auto-generated"}


def taken_back_email(message: OutboxMessage, referral: Referral) -> EmailMessage:
    """The notice, from its frozen bytes."""
    with override("en-gb"):
        return EmailMessage(
            subject=_("A Community Payback task is taken back: %(reference)s")
            % {"reference": message.reference},
            body=render_to_string(
                "payback/email/taken_back.txt",
                {
                    "task": json.loads(bytes(message.payload)),
                    "provider": referral.provider,
                    "url": f"{settings.PORTAL_BASE_URL}/desk/probation/",
                },
            ),
            to=[referral.provider.inbox],
            headers=headers_of(message),
        )


def email_of(message: OutboxMessage, referral: Referral) -> EmailMessage:
    """The email of a referral, from its frozen bytes."""
    task = json.loads(bytes(message.payload))
    with override("en-gb"):
        shown: dict[str, Any] = {
            "task": task,
            "provider": referral.provider,
            "url": f"{settings.PORTAL_BASE_URL}/desk/probation/{referral.pk}/",
        }
        try:
            pdf = render_pdf(
                render_to_string("payback/referral_pdf.html", shown),
                title=_("Community Payback task %(reference)s") % {"reference": message.reference},
                lang="en-GB",
            )
        except PdfUnavailable:
            pdf = b""
        email = EmailMessage(
            subject=_("A Community Payback task is waiting: %(reference)s")
            % {"reference": message.reference},
            body=render_to_string("payback/email/referral.txt", {**shown, "has_pdf": bool(pdf)}),
            to=[referral.provider.inbox],
            headers=headers_of(message),
        )
        if pdf:
            email.attach(f"{message.reference}.pdf", pdf, "application/pdf")
    return email


def _referral_of(message: OutboxMessage) -> Referral | None:
    return Referral.objects.select_related("provider").filter(reference=message.reference).first()


def _is_over(message: OutboxMessage) -> bool:
    return Referral.objects.filter(reference=message.reference).exclude(ended="").exists()

"""Emails: plain text, a neutral sender, at most once.

A notice is marked *being sent* before the mail server hears of it, and that mark is kept. A worker that
dies afterwards leaves the
mark, and nobody sends it again: a notice never doubles, and after a crash it may be missing.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django_tasks import task

from snb.notices.enums import State
from snb.notices.models import FollowRequest, Told
from snb.notices.queries import stop_url
from snb.people.models import SignedLink
from snb.people.queries import link_url

logger = logging.getLogger(__name__)
NOT_TAKEN = (
    ConnectionRefusedError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPRecipientsRefused,
)
"""Errors that say that the mail server took nothing."""
MOST_ATTEMPTS = 8


@task(backend="durable")
def send_notice(told_id: str) -> str:
    """Send one notice, unless it has been sent, is being sent, or is not due."""
    return send(UUID(told_id))


def send(told_id: UUID) -> str:
    """Send one notice and say where it stands. Must not run inside a transaction: the mark is kept first."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        mine = Told.objects.filter(pk=told_id, state=State.WAITING, due_at__lte=now).update(
            state=State.SENDING, attempts=F("attempts") + 1, changed=now
        )
    told = Told.objects.select_related("person", "board__borough").filter(pk=told_id).first()
    if told is None or not mine:
        return told.state if told else "gone"
    if not told.person.is_active:
        return _keep(told, State.LOST)
    try:
        message = compose(told)
        message.send()
    except NOT_TAKEN as error:
        logger.warning("The mail server did not take a notice (%s).", type(error).__name__)
        if told.attempts >= MOST_ATTEMPTS:
            return _keep(told, State.LOST)
        return _keep(told, State.WAITING, due_at=now + timedelta(minutes=2**told.attempts))
    except Exception:
        _keep(told, State.LOST)
        raise
    return _keep(told, State.SENT)


def _keep(told: Told, state: State, **more: object) -> str:
    with transaction.atomic(durable=True):
        Told.objects.filter(pk=told.pk, state=State.SENDING).update(
            state=state, changed=timezone.now(), **more
        )
    return state


@task(backend="durable")
def send_follow_link(request_id: str, link_id: int) -> None:
    """Send the link that confirms what somebody asked to follow."""
    asked = (
        FollowRequest.objects.select_related("person", "ward", "board__borough").filter(pk=request_id).first()
    )
    link = SignedLink.objects.filter(pk=link_id, used_at__isnull=True).first()
    if asked is None or link is None or not asked.person.is_active:
        return
    words = rendered("follow_confirm", {"place": asked.place, "wanted": asked.labels, "url": link_url(link)})
    email_of(words, asked.person.email, {"Auto-Submitted": "auto-generated"}).send()


def rendered(name: str, context: dict[str, object]) -> str:
    """A template of ours as plain text."""
    with translation.override(settings.LANGUAGE_CODE):
        template = get_template(f"notices/{name}.txt")
        shown = Context({**context, "LONDON": settings.PORTAL_BASE_URL}, autoescape=False)
        return template.template.render(shown).strip()  # type: ignore[attr-defined]


def email_of(words: str, to: str, headers: dict[str, str]) -> EmailMessage:
    """An email whose first line is the subject."""
    subject, _, text = words.partition("\n")
    return EmailMessage(
        " ".join(subject.split()), text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to], headers=headers
    )


def compose(told: Told) -> EmailMessage:
    """The email of a notice, with the way to stop where there is one: in the text, and for the mail program's own button (RFC 8058)."""
    stop = stop_url(told)
    headers = {"Message-ID": f"<{told.pk}@{settings.PORTAL_DOMAIN}>", "Auto-Submitted": "auto-generated"}
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    context = {**told.context, "name": told.person.get_full_name(), "stop": stop}
    return email_of(rendered(told.topic, context), told.person.email, headers)

"""Emails of this room, as background tasks that take ids."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task

from snb.meetings.models import ActionItem
from snb.people.models import SignedLink
from snb.people.queries import link_url


def _send(template: str, to: str, **context: Any) -> None:
    """Render `meetings/email/<template>.txt`: the first line is the subject, the rest after a blank line the text."""
    text = render_to_string(f"meetings/email/{template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(
        " ".join(subject.split()), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to], headers=headers
    ).send()


@task(backend="durable")
def send_log_link(entry_id: str, link_id: int) -> None:
    """Send an owner the link that updates their action."""
    entry = ActionItem.objects.public().select_related("board__borough", "body").filter(pk=entry_id).first()
    link = SignedLink.objects.live().select_related("person").filter(pk=link_id, object_id=entry_id).first()
    if entry is None or link is None or not link.person.is_active:
        return
    _send(
        "log_link",
        link.person.email,
        entry=entry,
        url=link_url(link),
        days=(timezone.localdate() - entry.due_on).days if entry.due_on else 0,
        expires=link.expires_at,
    )

"""Emails about people, as background tasks that take ids. Subjects stay neutral: a preview on a shared phone tells nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task

from snb.people.models import FactorReset, Invitation, SignedLink, User
from snb.people.queries import invitation_url, invited_role, link_url


def _send(template: str, to: str, **context: Any) -> None:
    """Render `people/email/<template>.txt`: the first line is the subject, the rest after a blank line the text."""
    text = render_to_string(f"people/email/{template}.txt", {"LONDON": settings.PORTAL_BASE_URL, **context})
    subject, _, body = text.strip().partition("\n")
    EmailMessage(subject.strip(), body.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to]).send()


@task(backend="durable")
def send_invitation(pk: int) -> None:
    """Send an invitation, once per link: a second run finds that it was mailed."""
    invitation = (
        Invitation.objects.open().filter(pk=pk, mailed_at__isnull=True).select_related("invited_by").first()
    )
    if invitation is None:
        return
    role = invited_role(invitation)
    if role is None:
        return
    _send("invitation", invitation.email, invitation=invitation, role=role, url=invitation_url(invitation))
    Invitation.objects.filter(pk=pk, key=invitation.key).update(mailed_at=timezone.now())


@task(backend="durable")
def send_link_used(pk: int) -> None:
    """Tell a person what was done by a link of theirs, with the way to undo it."""
    link = SignedLink.objects.select_related("person").filter(pk=pk, undone_at__isnull=True).first()
    if link is not None and (link.used_at or link.uses.filter(undone_at__isnull=True).exists()):
        _send("link_used", link.person.email, link=link, url=link_url(link))


@task(backend="durable")
def send_reset_asked(pk: int, stop: int) -> None:
    """Tell a person that somebody who can read their email asked to reset their second factor, and how to stop it."""
    _send_reset(pk, stop, "reset_asked")


@task(backend="durable")
def send_reset_confirmed(pk: int, stop: int) -> None:
    """Tell a person that a second person confirmed the reset, when it will happen, and how to stop it."""
    _send_reset(pk, stop, "reset_confirmed")


@task(backend="durable")
def send_reset_done(pk: int) -> None:
    """Tell a person that the second factor is gone and has to be set up again."""
    reset = FactorReset.objects.select_related("person").filter(pk=pk, done_at__isnull=False).first()
    if reset is not None:
        _send("reset_done", reset.person.email, reset=reset)


def _send_reset(pk: int, stop: int, template: str) -> None:
    reset = (
        FactorReset.objects.select_related("person")
        .filter(pk=pk, done_at__isnull=True, stopped_at__isnull=True)
        .first()
    )
    link = SignedLink.objects.filter(pk=stop).first()
    if reset is not None and link is not None:
        _send(template, reset.person.email, reset=reset, url=link_url(link))


@task(backend="durable")
def send_reset_request(pk: int, people: list[int]) -> None:
    """Ask those who may confirm a reset to look at it. No name or address in the message."""
    if FactorReset.objects.filter(pk=pk, confirmed_at__isnull=True, stopped_at__isnull=True).exists():
        for person in User.objects.filter(pk__in=people, is_active=True):
            _send("reset_request", person.email)


def send_proof(email: str, code: str) -> None:
    """Send the code that proves an address, at once: it may belong to nobody yet, and a task row would have to hold it."""
    _send("proof", email, code=code)


@task(backend="durable")
def send_unused_account(pk: int, day: str) -> None:
    """Tell somebody who has not signed in for years that their account goes on that day, and how to keep it."""
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is not None:
        _send("unused_account", person.email, day=date.fromisoformat(day))

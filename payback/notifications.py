"""Emails to nominators: neutral sender, subject and words, a link to the site's home page, nothing else."""

from __future__ import annotations

import logging
import smtplib
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from payback.enums import Still, Tell
from payback.models import Nomination

logger = logging.getLogger(__name__)
NOT_TAKEN = (
    ConnectionRefusedError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)
"""Errors that say that the mail server took nothing: the sweep tries again."""


@task(backend="durable")
def tell_nominator(nomination_id: str) -> str:
    """Send the one neutral email about a change, unless it was sent."""
    return send(UUID(nomination_id))


def send(nomination_id: UUID) -> str:
    """Tell a nominator that there is something to look at. Must not run inside a transaction.

    The mark that they were told is kept before the mail server hears of it: an email never doubles, and after a crash it may be
    missing. The receipt shows everything an email could say.
    """
    with transaction.atomic(durable=True):
        nomination = (
            Nomination.objects.select_for_update(of=("self",))
            .select_related("board__borough")
            .filter(pk=nomination_id)
            .first()
        )
        if nomination is None or nomination.told_status == told_key(nomination):
            return "nothing"
        before, nomination.told_status = nomination.told_status, told_key(nomination)
        nomination.save(update_fields=["told_status"])
        address = nomination.contact.get("email", "") if nomination.tell == Tell.EMAIL else ""
    if not address:
        return "not_wished"
    try:
        compose(address, home=nomination.board.url()).send()
    except NOT_TAKEN as error:
        logger.warning("The mail server did not take a message (%s).", type(error).__name__)
        Nomination.objects.filter(pk=nomination_id, told_status=told_key(nomination)).update(
            told_status=before
        )
        return "later"
    return "sent"


def told_key(nomination: Nomination) -> str:
    """What a nominator was last told of: the state, or the question four weeks afterwards."""
    return "still_asked" if nomination.still == Still.ASKED else nomination.status


def compose(address: str, *, home: str) -> EmailMessage:
    """The same email for everything: whoever looks over a shoulder learns nothing from it."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("There is something new")
        text = _(
            "There is something new on a page that you use.\n\n%(home)s\n\nYou need not answer this email."
        ) % {"home": home}
    return EmailMessage(
        subject,
        text + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers={"Auto-Submitted": "auto-generated"},
    )

"""Emails of the public face, as background tasks that take ids."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django_tasks import task

from cms.models import MinutesPage
from snb.notices.notifications import email_of
from snb.people.models import SignedLink
from snb.people.queries import link_url


@task(backend="durable")
def send_review_link(link_id: int) -> None:
    """Send the link by which somebody reads draft minutes and comments on them."""
    link = SignedLink.objects.select_related("person").filter(pk=link_id, revoked_at__isnull=True).first()
    page = MinutesPage.objects.select_related("meeting").filter(pk=link.object_id).first() if link else None
    if link is None or page is None or not link.person.is_active:
        return
    context = {
        "meeting": str(page.meeting),
        "until": date_format(timezone.localtime(link.expires_at), "j F Y"),
        "url": link_url(link),
    }
    words = render_to_string("cms/email/minutes_review.txt", context).strip()
    email_of(words, link.person.email, {"Auto-Submitted": "auto-generated"}).send()

"""Brings the Site rows in line with the domain and the port the portal runs under."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from wagtail.models import Site

from cms.models import LondonHomePage
from snb.boards.models import Board


@transaction.atomic
def sync_sites() -> int:
    """Set host and port of London's and each board's Site from the settings. Returns how many rows changed."""
    wanted: dict[int, str] = {
        board.site_id: board.borough.hostname for board in Board.objects.select_related("borough")
    }
    london = Site.objects.filter(root_page__in=LondonHomePage.objects.all()).first()
    if london is not None:
        wanted[london.pk] = settings.PORTAL_DOMAIN
    changed = 0
    for site in Site.objects.filter(pk__in=wanted):
        if (site.hostname, site.port, site.is_default_site) != (wanted[site.pk], settings.PORTAL_PORT, False):
            site.hostname, site.port, site.is_default_site = wanted[site.pk], settings.PORTAL_PORT, False
            site.save()
            changed += 1
    return changed

"""What every template may ask for."""

from django.conf import settings


def site(request):
    """The board of this site (None on the London-wide one), and where the London-wide site is."""
    return {
        "board": getattr(request, "board", None),
        "LONDON": settings.PORTAL_BASE_URL,
        "DEMO": settings.PORTAL_DEMO,
    }

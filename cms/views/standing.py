"""What every site has: help, contact, accessibility, privacy, attributions, and its site map."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import queries
from snb.places.queries import attributions as place_attributions

STATEMENT = {
    "prepared": date(2026, 11, 22),
    "due": date(2027, 11, 22),
    "tested": date(2026, 11, 22),
}
"""Dates of the accessibility statement: written, to be reviewed by, last checked by machine. A day on which a person
reviews or tests the sites is said in words of its own, once it has happened."""


@require_safe
def help_and_report(request: HttpRequest) -> HttpResponse:
    """“Get help or report”: one text, kept by oversight, in this site's look."""
    return render(request, "cms/help_page.html", {"page": queries.help_page()})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach the board; works also while the board's own contact page is not published."""
    page = queries.standing_page(queries.site_of(request), "contact")
    if page is not None:
        page.gather_pictures()
    return render(request, "cms/contact.html", {"page": page})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement, one for all sites."""
    return render(request, "cms/accessibility.html", STATEMENT)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why and how long; the cookies."""
    cookies = [
        {
            "name": settings.SESSION_COOKIE_NAME,
            "purpose": _("Keeps you signed in, on every board’s site."),
            "when": _("When you sign in or join"),
            "life": _("Two weeks, or until you sign out"),
        },
        {
            "name": settings.CSRF_COOKIE_NAME,
            "purpose": _("Makes sure that a form you send was really sent by you."),
            "when": _("When you open a form"),
            "life": _("A year"),
        },
        {
            "name": settings.QUESTIONS_COOKIE_NAME,
            "purpose": _("Lets you support a question to a meeting once, and take back what you asked."),
            "when": _("When you put or support a question, or ask to speak"),
            "life": _("Ninety days"),
        },
        {
            "name": settings.FORM_COOKIE_NAME,
            "purpose": _(
                "Keeps a long form open in this browser while you write it. It does not say who you are."
            ),
            "when": _("When you open a form by its receipt"),
            "life": _("Twenty minutes, or until you leave the form"),
        },
        {
            "name": "snb_signed_out",
            "purpose": _("Makes this browser forget what was typed and not saved before you signed out."),
            "when": _("When you sign out"),
            "life": _("Twelve hours"),
        },
        {
            "name": settings.LANGUAGE_COOKIE_NAME,
            "purpose": _("Remembers the language you chose."),
            "when": _("When you choose a language"),
            "life": _("Until you close the browser"),
        },
    ]
    return render(request, "cms/privacy.html", {"cookies": cookies, "rules": queries.retention_rules()})


@require_safe
def attributions(request: HttpRequest) -> HttpResponse:
    """Whose data and work the sites are built on."""
    return render(request, "cms/attributions.html", {"credits": place_attributions()})


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public address of this site, for search engines."""
    entries = queries.site_map(request, getattr(request, "board", None))
    return render(request, "cms/sitemap.xml", {"entries": entries}, content_type="application/xml")

"""The standing agendas: what each kind of meeting begins with, before anybody has written a word.

Ward panels: the order of the Ward Panel Handbook, page 15. Boards: the pattern of their published agendas and minutes.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from snb.meetings.enums import ItemKind as Kind
from snb.meetings.enums import MeetingKind

Line = tuple[Kind, object, int]

WELCOME: Line = (Kind.APOLOGIES, _("Apologies and introductions"), 5)
LAST_MINUTES: Line = (Kind.MINUTES, _("Minutes of the last meeting"), 5)
ACTIONS: Line = (Kind.ACTIONS, _("Actions outstanding"), 10)
OTHER: Line = (Kind.AOB, _("Any other business"), 5)
NEXT: Line = (Kind.NEXT, _("Date of the next meeting"), 5)

TEMPLATES: dict[MeetingKind, tuple[Line, ...]] = {
    MeetingKind.BOARD: (
        WELCOME,
        LAST_MINUTES,
        ACTIONS,
        (Kind.PLAIN, _("Young people's group: report"), 10),
        (Kind.FIGURES, _("Police report and latest figures"), 20),
        (Kind.PANELS, _("Ward panels"), 10),
        (Kind.PRIORITIES, _("Ward priorities due and overdue"), 10),
        (Kind.STOP_SEARCH, _("Stop and search"), 10),
        (Kind.CUSTODY, _("Independent custody visiting"), 5),
        (Kind.PAYBACK, _("Community Payback"), 5),
        (Kind.PLAIN, _("Funding"), 10),
        (Kind.QUESTIONS, _("Questions from the public"), 10),
        OTHER,
        NEXT,
    ),
    MeetingKind.WARD_PANEL: (
        WELCOME,
        LAST_MINUTES,
        ACTIONS,
        (Kind.PRIORITIES, _("What the police did about the last priorities"), 15),
        (Kind.FIGURES, _("Police report: crime, anti-social behaviour, ward survey results, activity"), 15),
        (Kind.QUESTIONS, _("Community concerns"), 15),
        (Kind.PLAIN, _("Agreeing priorities and actions"), 15),
        (Kind.PLAIN, _("Community contact sessions"), 5),
        OTHER,
        NEXT,
    ),
    MeetingKind.CONTACT_SESSION: ((Kind.PLAIN, _("Meet your ward officers"), 60),),
    MeetingKind.MONITORING_GROUP: (
        WELCOME,
        LAST_MINUTES,
        ACTIONS,
        (Kind.STOP_SEARCH, _("Stop and search: latest figures"), 20),
        (Kind.PLAIN, _("Review of body-worn video"), 30),
        (Kind.PLAIN, _("Complaints and feedback from people who were stopped"), 15),
        OTHER,
        NEXT,
    ),
    MeetingKind.PUBLIC: (
        (Kind.APOLOGIES, _("Welcome"), 5),
        (Kind.FIGURES, _("Police report and latest figures"), 20),
        (Kind.PRIORITIES, _("Ward priorities due and overdue"), 15),
        (Kind.QUESTIONS, _("Questions from the public"), 45),
        NEXT,
    ),
}

"""What `manage.py check` refuses: a job that is not there, demo people outside a demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError
from django.http.request import split_domain_port


def check_jobs(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Every job of the timetable can be imported, under a name of its own."""
    from portal.timetable import JOBS

    problems: list[CheckMessage] = []
    for job in JOBS:
        try:
            job.function()
        except ImportError as error:
            problems.append(
                Error(f"The job {job.name} calls {job.call}, which is not there: {error}", id="portal.E001")
            )
    if len({job.name for job in JOBS}) != len(JOBS):
        problems.append(Error("Two jobs of the timetable have the same name.", id="portal.E002"))
    return problems


def check_demo_people(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Accounts with a known password exist in a demo only. A plain `check` asks the database for it, on purpose."""
    from snb.people.models import User

    if settings.PORTAL_DEMO:
        return []
    try:
        count = User.objects.filter(is_demo=True).count()
    except DatabaseError:
        return []  # not reachable, or not migrated yet: nobody can sign in either
    if not count:
        return []
    return [
        Error(
            f"There are {count} demo accounts, and PORTAL_DEMO is off: they have a known password.",
            hint="Start with a fresh database, or delete the users with is_demo=True.",
            id="portal.E003",
        )
    ]


def check_hosts(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The list of hosts is that of the Sites: nothing may widen it."""
    wanted = {settings.PORTAL_DOMAIN, f".{settings.PORTAL_DOMAIN}"}
    if set(settings.ALLOWED_HOSTS) - wanted or settings.USE_X_FORWARDED_HOST or settings.CSRF_TRUSTED_ORIGINS:
        return [
            Error(
                "ALLOWED_HOSTS, USE_X_FORWARDED_HOST or CSRF_TRUSTED_ORIGINS let in more than the Sites.",
                id="portal.E004",
            )
        ]
    if split_domain_port(settings.PORTAL_DOMAIN)[1]:
        return [Error("PORTAL_DOMAIN carries a port.", id="portal.E005")]
    return []

"""A person's own account: name, sessions, data, deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people.actions.roles import end_role
from snb.people.models import HeldAddress, SignedLink, User
from snb.people.queries import data_of, roles_held
from snb.privacy.actions import record_erasure

SPARED: list[Callable[[], Iterable[int]]] = []
"""What names people whom `remove_unconfirmed` leaves alone; see `spare_unconfirmed`."""


def spare_unconfirmed(keys: Callable[[], Iterable[int]]) -> None:
    """Say whose unconfirmed accounts a room still needs. Rooms call it from `apps.ready()`.

    Args:
        keys: gives the keys of those people, as a QuerySet of one column where there may be many.
    """
    if keys not in SPARED:
        SPARED.append(keys)


@transaction.atomic
def person_with_address(email: str) -> User:
    """The account of an address, however it is written; made silently and unconfirmed where there is none.

    It goes again after seven days (`remove_unconfirmed`) unless a signed link was used, is still live, or a room spares it.
    The account may be closed: the caller looks at `is_active`.
    """
    email = email.strip().lower()
    person = User.objects.filter(email__iexact=email).first()
    if person is not None:
        return person
    try:
        with transaction.atomic():
            person = User.objects.create_user(email)
    except IntegrityError:  # somebody else was quicker
        return User.objects.get(email__iexact=email)
    record(Event.PERSON_JOINED, person, by=person)
    return person


@transaction.atomic
def rename_person(person: User, *, name: str, by: User) -> User:
    """Change the name a person goes by.

    Raises:
        PermissionDenied: it is somebody else.
    """
    if not by.has_perm("people.page.view_own", person):
        raise PermissionDenied
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.name != name:
        person.name = name
        person.save(update_fields=["name"])
        record(Event.PERSON_RENAMED, person, by=by)
    return person


@transaction.atomic
def end_sessions(person: User, *, by: User | None, keep: str = "") -> int:
    """Sign a person out of every browser but the one with session key `keep`. Returns how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user=person).exclude(session_key=keep):
        session.end()
        ended += 1
    if ended:
        record(Event.SESSIONS_ENDED, person, by=by, count=ended)
    return ended


@transaction.atomic
def download_data(person: User, *, by: User) -> dict[str, Any]:
    """Everything personal we hold about a person, and a note that it was asked for.

    Raises:
        PermissionDenied: it is somebody else.
    """
    if not by.has_perm("people.page.view_own", person):
        raise PermissionDenied
    record(Event.DATA_DOWNLOADED, person, by=by)
    return data_of(person)


@transaction.atomic
def delete_account(person: User, *, by: User | None) -> None:
    """Delete a person: roles end, sessions end, the row and all that hangs on it goes. Audit keeps the public id only.

    Votes already cast stay counted; no result changes. The erasure is written down so that a restored backup repeats it.

    Args:
        by: the person; `None` for the retention sweep and after a restore.
    Raises:
        PermissionDenied: it is somebody else.
    """
    if by is not None and not by.has_perm("people.account.delete", person):
        raise PermissionDenied
    person = User.objects.select_for_update().get(pk=person.pk)
    for role in roles_held(person):
        end_role(role, by=by)
    end_sessions(person, by=by)
    for address in {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}:
        HeldAddress.hold(person, address)
    HeldAddress.objects.filter(account=person.public_id).update(released_on=timezone.localdate())
    record_erasure(person)
    record(Event.PERSON_DELETED, person, by=by)
    person.delete()


def remove_unconfirmed() -> int:
    """For the timetable: delete sign-ups whose address nobody confirmed for seven days. Returns how many.

    Whoever has a signed link that may still be used keeps the account, and so does whom a room needs.
    """
    stale = User.objects.filter(
        date_joined__lt=timezone.now() - timedelta(days=7), last_login__isnull=True, is_demo=False
    ).exclude(emailaddress__verified=True)
    stale = stale.exclude(pk__in=SignedLink.objects.live().values("person"))
    for keys in SPARED:
        stale = stale.exclude(pk__in=keys())
    count = 0
    for person in stale:
        with transaction.atomic():
            record(Event.PERSON_DELETED, person, by=None)
            person.delete()
        count += 1
    return count

"""Who may do what with nominations, tasks and referrals: the two who screen, the provider they go to, and nobody else."""

from __future__ import annotations

from typing import Any

from rules import is_authenticated, predicate

from payback.enums import PUBLIC, Ended, ProviderRoleKind, Status
from payback.models import Nomination, Photo, Provider, Referral
from snb.boards.permissions import board_code_of, is_officer_of_board, is_oversight
from snb.people.permissions import holds_role

SCREENER_ROLE, PROVIDER_ROLE = "payback.screenerrole", "payback.providerrole"


def nomination_of(obj: Any) -> Nomination | None:
    """The nomination that a photo, a referral, a question or a review belongs to; a nomination itself."""
    return obj if obj is None or isinstance(obj, Nomination) else getattr(obj, "nomination", None)


@predicate
def is_public_task(user: Any, obj: Any = None) -> bool:
    """The task is on the public pages."""
    nomination = nomination_of(obj)
    return nomination is not None and nomination.is_public


@predicate
def holds_screener_role(user: Any, obj: Any = None) -> bool:
    """Screens for the board that has this nomination, or for this board."""
    nomination = nomination_of(obj) if not hasattr(obj, "borough_id") else None
    code = nomination.screening_board_id if nomination is not None else board_code_of(obj)
    return bool(code) and holds_role(user, SCREENER_ROLE, board=code)


@predicate
def is_nominator(user: Any, obj: Any = None) -> bool:
    """Nominated it, under their account."""
    nomination = nomination_of(obj)
    return nomination is not None and user.is_authenticated and nomination.nominator_id == user.pk


@predicate
def is_submitted(user: Any, obj: Any = None) -> bool:
    """It has been sent to the board."""
    nomination = nomination_of(obj)
    return nomination is not None and nomination.status != Status.DRAFT


@predicate
def screens_it(user: Any, obj: Any = None) -> bool:
    """Is one of the two who screen it, having declared no interest."""
    nomination = nomination_of(obj)
    if nomination is None or not user.is_authenticated:
        return False
    return bool(nomination.reviews.standing().filter(person=user.pk).exists())


@predicate
def stepped_back(user: Any, obj: Any = None) -> bool:
    """Screened it once and stepped back."""
    nomination = nomination_of(obj)
    if nomination is None or not user.is_authenticated:
        return False
    return bool(nomination.reviews.filter(person=user.pk, stepped_back_at__isnull=False).exists())


@predicate
def lives_in_its_ward(user: Any, obj: Any = None) -> bool:
    """Has confirmed that they live in the ward."""
    nomination = nomination_of(obj)
    if nomination is None or not user.is_authenticated:
        return False
    return bool(user.residencies.current().filter(ward=nomination.ward_id).exists())


@predicate
def is_open_task(user: Any, obj: Any = None) -> bool:
    """Endorsed, and not yet over."""
    nomination = nomination_of(obj)
    return nomination is not None and nomination.status in PUBLIC and nomination.ended_at is None


def provider_of(obj: Any) -> str:
    """Key of the provider a referral, a question of probation's or a provider itself belongs to; else ""."""
    if isinstance(obj, Provider):
        return _key(obj)
    referral = obj if isinstance(obj, Referral) else getattr(obj, "referral", None)
    return _key(referral.provider) if referral is not None else ""


def _key(provider: Provider) -> str:
    """As `roles_of` reads it from the database: UUIDs have dashes on PostgreSQL and none on SQLite."""
    return provider.id.hex


@predicate
def works_for_provider(user: Any, obj: Any = None) -> bool:
    """Works for the provider it was sent to."""
    return _holds_provider_role(user, obj)


@predicate
def leads_provider(user: Any, obj: Any = None) -> bool:
    """Leads the provider's people here."""
    return _holds_provider_role(user, obj, ProviderRoleKind.LEAD)


def _holds_provider_role(user: Any, obj: Any, *kinds: str) -> bool:
    from snb.people.permissions import roles_of

    wanted = provider_of(obj)
    return bool(wanted) and any(
        role.model == PROVIDER_ROLE
        and (not kinds or role.kind in kinds)
        and role.scope.replace("-", "") == wanted
        for role in roles_of(user)
    )


@predicate
def has_any_provider_role(user: Any, obj: Any = None) -> bool:
    """Works for some provider."""
    return holds_role(user, PROVIDER_ROLE)


@predicate
def is_named_officer(user: Any, obj: Any = None) -> bool:
    """Is the officer named for this referral, and the nominator agreed to that."""
    return (
        isinstance(obj, Referral)
        and user.is_authenticated
        and not obj.ended
        and obj.named_officer_id == user.pk
        and obj.nomination.may_pass_contact
    )


@predicate
def is_with_this_provider(user: Any, obj: Any = None) -> bool:
    """A photo of a task that is with the person's provider: given on by consent while it is open; the provider's own when it is done, too."""
    if not isinstance(obj, Photo):
        return False
    theirs = obj.nomination.referrals.filter(ended__in=["", Ended.COMPLETED])
    referral = theirs.select_related("provider").first()
    return (
        referral is not None
        and (obj.kind != "place" or (obj.nomination.may_pass_photos and not referral.ended))
        and _holds_provider_role(user, referral)
    )


@predicate
def was_endorsed(user: Any, obj: Any = None) -> bool:
    """Two have endorsed it, so its words are public, were, or will be."""
    nomination = nomination_of(obj)
    return nomination is not None and nomination.endorsed_at is not None


@predicate
def is_shown_photo(user: Any, obj: Any = None) -> bool:
    """A photo that is on the public pages."""
    return isinstance(obj, Photo) and obj.published_at is not None and obj.nomination.is_public


# Probation is asked for its own eyes: whoever works for a provider neither reads what a nominator wrote nor decides on it.
may_screen = is_submitted & holds_screener_role & ~has_any_provider_role & ~is_nominator
may_begin = may_screen & ~stepped_back

PERMISSIONS = {
    "payback.desk.view": holds_screener_role | is_officer_of_board,
    "payback.task.view": is_public_task,
    "payback.task.support": is_authenticated
    & is_public_task
    & is_open_task
    & lives_in_its_ward
    & ~is_nominator,
    "payback.nomination.find": is_submitted & holds_screener_role & ~is_nominator & ~stepped_back,
    "payback.nomination.take": may_begin,
    "payback.nomination.read": may_screen & screens_it,
    "payback.nomination.decide": may_screen & screens_it,
    "payback.words.redact": may_begin & was_endorsed,
    "payback.photo.view": (may_screen & screens_it) | is_with_this_provider,
    "payback.photo.publish": may_screen & screens_it,
    "payback.photo.unpublish": (may_screen & screens_it) | (may_begin & is_shown_photo),
    "payback.dispute.answer": may_screen & screens_it,
    "payback.statistics.write": holds_screener_role | is_officer_of_board,
    "payback.probation.desk": has_any_provider_role,
    "payback.referral.view": works_for_provider,
    "payback.referral.work": works_for_provider,
    "payback.referral.contact": works_for_provider & is_named_officer,
    "payback.provider.staff": leads_provider,
    "payback.provider.manage": is_oversight,
}

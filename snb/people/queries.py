"""What is read about people: roles held, residency, sessions, factors, and everything we hold about one person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from snb.people.calculations import email_mark, read_code
from snb.people.enums import DEMO_ACCOUNTS
from snb.people.models import (
    CodeBatch,
    FactorReset,
    HeldAddress,
    Invitation,
    PrintedCode,
    Residency,
    Role,
    SignedLink,
    User,
)
from snb.people.permissions import HeldRole, forget_roles, holds_role, role_models, roles_of
from snb.privacy.calculations import lookup_hash, lookup_hashes
from snb.privacy.enums import FieldClass
from snb.privacy.queries import classes_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model

    from snb.places.models import Ward

__all__ = ["HeldRole", "forget_roles", "holds_role", "role_models", "roles_of"]

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


# ------------------------------------------------------------------------------------------------- roles
def roles_held(user: User) -> list[Role]:
    """The roles a person holds today, as records with their scope, for showing."""
    found: list[Role] = []
    for model in role_models():
        found += model.objects.current().filter(person=user).select_related("person", *model.RELATED)
    return found


def roles_on_board(code: str) -> list[Role]:
    """The roles held today on one board, of every room, with their people; "" for London-wide roles. One query a kind."""
    found: list[Role] = []
    for model in role_models():
        if bool(model.BOARD_PATH) == bool(code):
            rows = model.objects.current().select_related("person", *model.RELATED)
            found += rows.filter(**{model.BOARD_PATH: code}) if code else rows
    return found


def role_or_none(model: str, pk: int | None) -> Role | None:
    """The role with this label and key, if there is one; None too for a label that names no kind of role."""
    found = next((kind for kind in role_models() if kind._meta.label_lower == model), None)
    if found is None or pk is None or pk > 2**63 - 1:
        return None
    return found._default_manager.select_related("person", *found.RELATED).filter(pk=pk).first()


def invited_role(invitation: Invitation) -> Role | None:
    """The role an invitation would give, unsaved; None when what it is for is gone."""
    model = apps.get_model(invitation.role_model)
    role = model()
    if model.SCOPE:
        field = model._meta.get_field(model.SCOPE)
        scope = field.related_model._default_manager.filter(pk=invitation.scope_id).first()
        if scope is None:
            return None
        setattr(role, model.SCOPE, scope)
    if invitation.kind:
        role.kind = invitation.kind
    return role


def owns_email(user: User | AnonymousUser, email: str) -> bool:
    """Whether this person has confirmed this address."""
    addresses = EmailAddress.objects.filter(user_id=user.pk, email__iexact=email, verified=True)
    return user.is_authenticated and addresses.exists()


def invitations_of_board(code: str) -> QuerySet[Invitation]:
    """Open and lately expired invitations to roles of one board ("" for London-wide roles)."""
    recent = timezone.now() - timedelta(days=30)
    return (
        Invitation.objects.filter(
            board=code, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=recent
        )
        .select_related("invited_by")
        .order_by("-sent_at")
    )


# ------------------------------------------------------------------------------------------------- second factor
def needs_second_factor(user: User | AnonymousUser) -> bool:
    """Whether a role held today asks for a second factor."""
    return any(role.needs_second_factor for role in roles_of(user))


def has_second_factor(user: User | AnonymousUser) -> bool:
    """Whether the person has an authenticator app or a passkey; recovery codes alone do not count."""
    return (
        user.is_authenticated
        and Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()
    )


def open_reset_of(user: User) -> FactorReset | None:
    """The reset of this person's second factor that is under way."""
    return FactorReset.objects.filter(person=user, done_at__isnull=True, stopped_at__isnull=True).first()


def open_resets() -> QuerySet[FactorReset]:
    """Resets under way, oldest first."""
    return (
        FactorReset.objects.filter(done_at__isnull=True, stopped_at__isnull=True)
        .select_related("person", "confirmed_by")
        .order_by("asked_at")
    )


# ------------------------------------------------------------------------------------------------- tokens
def token_hash(token: str) -> str:
    """What is stored of a token of 160 bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def token_of(row: Invitation | SignedLink) -> str:
    """The secret part of a link, derived from the row and a key of this install: the row alone does not open it.

    After a rotation of keys a row keeps the token it was made with.
    """
    made = [
        mark.rpartition(":")[2][:40]
        for mark in lookup_hashes(f"{row._meta.label_lower}:{row.key}", "people.token")
    ]
    return next((token for token in made if token_hash(token) == row.token_hash), made[0])


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation a link belongs to."""
    return (
        Invitation.objects.select_related("invited_by", "accepted_by")
        .filter(token_hash=token_hash(token))
        .first()
    )


def link_by_token(token: str) -> SignedLink | None:
    """The signed link a token belongs to."""
    return SignedLink.objects.select_related("person").filter(token_hash=token_hash(token)).first()


def invitation_url(invitation: Invitation) -> str:
    """Absolute address of the invitation's page."""
    return f"{settings.PORTAL_BASE_URL}/accounts/invitations/{token_of(invitation)}/"


def link_url(link: SignedLink) -> str:
    """Absolute address of the link's page."""
    return f"{settings.PORTAL_BASE_URL}/accounts/links/{token_of(link)}/"


# ------------------------------------------------------------------------------------------------- residency
def residency_of(user: User | AnonymousUser) -> Residency | None:
    """The residency that counts today, with its ward and borough."""
    if not user.is_authenticated:
        return None
    return Residency.objects.current().filter(user_id=user.pk).select_related("ward__borough").first()


def latest_residency_of(user: User) -> Residency | None:
    """The newest residency, ended and expired ones included."""
    return Residency.objects.filter(user=user).select_related("ward__borough").order_by("-pk").first()


def may_change_ward_on(user: User) -> datetime | None:
    """When the person may next move to another ward; None when they may now (one change in 90 days)."""
    last = Residency.objects.filter(user=user, is_change=True).order_by("-since").first()
    if last is None:
        return None
    free = last.since + Residency.BETWEEN_CHANGES
    return free if free > timezone.now() else None


def postcode_mark(postcode: str) -> str:
    """The keyed mark under which a postcode is counted; the postcode cannot be read back from it."""
    return lookup_hash("".join(postcode.upper().split()), "people.residency.postcode")


def postcode_marks(postcode: str) -> list[str]:
    """The marks one postcode may be stored under, newest key first: for `proof_hash__in`."""
    return lookup_hashes("".join(postcode.upper().split()), "people.residency.postcode")


def code_mark(typed: str) -> str:
    """The keyed mark of a printed code, however it was typed; empty when it is no code at all."""
    code = read_code(typed)
    return lookup_hash(code, "people.printed_code") if code else ""


def code_marks(typed: str) -> list[str]:
    """The marks a printed code may be stored under, newest key first; empty when it is no code at all."""
    code = read_code(typed)
    return lookup_hashes(code, "people.printed_code") if code else []


def printed_code(typed: str) -> PrintedCode | None:
    """The printed code a person typed, with its batch and ward; None when it is no code of ours."""
    found = PrintedCode.objects.select_related("batch__ward__borough")
    return found.filter(code_hash__in=code_marks(typed)).first()


def batches_of_borough(code: str) -> QuerySet[CodeBatch]:
    """The code batches of a borough's wards, with how many codes were used."""
    return (
        CodeBatch.objects.filter(ward__borough_id=code)
        .select_related("ward", "made_by", "confirmed_by")
        .annotate(used=Count("codes", filter=Q(codes__used_on__isnull=False)))
    )


@dataclass(frozen=True)
class CodeCounts:
    """Printed codes of one ward, for the public."""

    issued: int
    used: int


def code_counts(ward: Ward) -> CodeCounts:
    """How many codes were printed for a ward and how many were used; withdrawn batches count what was used only."""
    codes = PrintedCode.objects.filter(batch__ward=ward, batch__printed_at__isnull=False)
    counted = codes.aggregate(
        issued=Count("pk", filter=Q(batch__withdrawn_at__isnull=True) | Q(used_on__isnull=False)),
        used=Count("pk", filter=Q(used_on__isnull=False)),
    )
    return CodeCounts(**counted)


# ------------------------------------------------------------------------------------------------- one person, one vote
def former_accounts(email: str) -> list[str]:
    """Public ids of every account that has held this address in the last months, deleted ones included."""
    marks = lookup_hashes(email_mark(email), HeldAddress.PURPOSE)
    return [
        str(account)
        for account in HeldAddress.objects.filter(mark__in=marks)
        .order_by("pk")
        .values_list("account", flat=True)
    ]


# ------------------------------------------------------------------------------------------------- my data
def sessions_of(user: User) -> list[UserSession]:
    """Browsers in which the person is signed in, newest first."""
    return sorted(
        UserSession.objects.purge_and_list(user), key=lambda session: session.last_seen_at, reverse=True
    )


def _row(row: Model) -> dict[str, Any]:
    """One record's public, board and personal columns. Special and secret ones never leave this way."""
    classes = classes_of(row._meta.model)
    found = {}
    for field in row._meta.concrete_fields:
        if classes.get(field.name, FieldClass.SECRET) <= FieldClass.PERSONAL:
            value = getattr(row, field.attname)
            found[field.name] = (
                value if isinstance(value, (str, int, float, bool, type(None), list, dict)) else str(value)
            )
    return found


def data_of(user: User) -> dict[str, list[dict[str, Any]]]:
    """Everything personal we hold about a person: each record of each model that points at them, of any room or package.

    Left out: secrets (passwords, keys, hashes), and how somebody voted in a round that is still open.
    """
    found = {User._meta.label_lower: [_row(user)]}
    for model in apps.get_models(include_auto_created=True):
        links = [
            field.name
            for field in model._meta.concrete_fields
            if field.related_model is User and model is not User
        ]
        if not links or model._meta.proxy:
            continue
        asked = Q()
        for name in links:
            asked |= Q(**{name: user})
        rows = [_row(row) for row in model._base_manager.filter(asked).order_by("pk")]
        if rows:
            found[model._meta.label_lower] = rows
    return found


def people_who_may_confirm_reset(person: User) -> list[User]:
    """Who may confirm that this person lost their second factor: those who may give one of their roles, never themselves.

    For somebody without a role it is whoever runs the board of the ward they live in; failing all, oversight.
    """
    held = roles_held(person)
    boards = {role.board_code for role in held if role.board_code}
    residency = residency_of(person)
    if not held and residency is not None:
        boards.add(residency.ward.borough_id)
    candidates: dict[int, User] = {}
    london: dict[int, User] = {}
    for model in role_models():
        for role in model.objects.current().exclude(person=person).select_related("person", *model.RELATED):
            if not role.person.is_active or not role.needs_second_factor:
                continue
            if not role.board_code:
                london[role.person_id] = role.person
            elif role.board_code in boards:
                candidates[role.person_id] = role.person
    if held:
        everyone = {**candidates, **london}
        fit = [
            user
            for user in everyone.values()
            if any(user.has_perm("people.role.give", role) for role in held)
        ]
    else:
        fit = [
            user
            for user in candidates.values()
            if residency and user.has_perm("boards.roles.manage", residency.ward)
        ]
    return sorted(fit or london.values(), key=lambda user: user.pk)


# -------------------------------------------------------------------------------------------------- demo
@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as in a demo."""

    email: str
    name: str
    role: str


def demo_people() -> list[DemoPerson]:
    """The named accounts of the demo that exist here, in the order in which they are worth trying."""
    known = {f"{account}@demo.example": who for account, who in DEMO_ACCOUNTS.items()}
    here = set(User.objects.filter(is_demo=True, email__in=known).values_list("email", flat=True))
    return [DemoPerson(email, name, str(role)) for email, (name, role) in known.items() if email in here]

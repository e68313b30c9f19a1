"""Who hears of what, and the address at which they stop it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from snb.boards.models import Board
from snb.notices.enums import BY_RESIDENCE, LONDON_WIDE, Interest
from snb.notices.models import Follow, Told, place_name
from snb.people.models import Residency, User
from snb.places.models import Ward

ALL = "all"
"""How forms name the whole board, or London, in the place of a ward."""
_signer = Signer(salt="notices.stop")


def followers_of(ward: Ward, interest: Interest) -> QuerySet[User]:
    """Everybody who hears of this about a ward: who follows it or its whole board, or lives there where that is enough, and has not stopped it."""
    follows = (
        Follow.objects.current()
        .filter(interest=interest)
        .filter(Q(ward=ward) | Q(ward=None, board=ward.borough_id))
    )
    hears = Q(pk__in=follows.values("person"))
    if interest in BY_RESIDENCE:
        hears |= Q(pk__in=Residency.objects.current().filter(ward=ward).values("user"))
    stopped = Follow.objects.filter(ward=ward, interest=interest, stopped_at__isnull=False)
    people = User.objects.filter(hears, is_active=True)
    return people.exclude(pk__in=stopped.values("person")).order_by("pk")


def followers_of_board(board: Board | None, interest: Interest) -> QuerySet[User]:
    """Everybody who follows the whole board; with None, the London-wide site. Following a ward is less than that."""
    follows = Follow.objects.current().filter(board=board, ward=None, interest=interest)
    return User.objects.filter(pk__in=follows.values("person"), is_active=True).order_by("pk")


def interests_on(board: Board | None) -> tuple[Interest, ...]:
    """What there is to follow on a site."""
    return LONDON_WIDE if board is None else tuple(Interest)


@dataclass(frozen=True)
class Heard:
    """What a person hears of about one place."""

    board: Board | None
    ward: Ward | None
    interests: tuple[Interest, ...]
    lives_there: bool = False

    @property
    def place(self) -> str:
        """For example: Highgate, Camden."""
        return place_name(self.board, self.ward)

    @property
    def key(self) -> str:
        """The place as forms name it."""
        return self.ward.pk if self.ward else ALL


def heard_by(person: User, board: Board | None) -> list[Heard]:
    """What a person hears of on a site, the whole board first, then its wards by name."""
    rows = list(Follow.objects.filter(person=person, board=board).select_related("ward"))
    home = None
    if board is not None:
        home = (
            Residency.objects.current()
            .filter(user=person, ward__borough=board.borough_id)
            .select_related("ward")
            .first()
        )
    found: dict[Ward | None, set[str]] = {}
    for row in rows:
        if row.confirmed_at and not row.stopped_at:
            found.setdefault(row.ward, set()).add(row.interest)
    if home is not None:
        stopped = {row.interest for row in rows if row.ward == home.ward and row.stopped_at}
        by_home = BY_RESIDENCE - stopped
        if by_home:
            found.setdefault(home.ward, set()).update(by_home)
    return [
        Heard(board, ward, in_order(found[ward]), lives_there=home is not None and home.ward == ward)
        for ward in sorted(found, key=lambda ward: ward.name if ward else "")
    ]


def in_order(interests: Iterable[str]) -> tuple[Interest, ...]:
    """Interests in the order of their list."""
    return tuple(interest for interest in Interest if interest in set(interests))


def stop_url(told: Told) -> str:
    """Where the reader of a notice stops such notices, without signing in; empty where it comes with a role or a deed of theirs."""
    if not told.interest:
        return ""
    path = f"/follow/stop/{told.pk}/{_signer.signature(told.pk.hex)}/"
    return told.board.borough.url(path) if told.board else f"{settings.PORTAL_BASE_URL}{path}"


def told_by_seal(told_id: UUID, seal: str) -> Told | None:
    """The notice whose address this is."""
    try:
        _signer.unsign(f"{told_id.hex}:{seal}")
    except BadSignature:
        return None
    return (
        Told.objects.filter(pk=told_id)
        .exclude(interest="")
        .select_related("person", "ward", "board__borough")
        .first()
    )

"""Who hears of what, and the address at which they stop it."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from snb.boards.models import Board
from snb.notices.models import Follow, Told
from snb.people.models import Residency, User
from snb.places.models import Ward

_signer = Signer(salt="notices.stop")


def followers_of(ward: Ward) -> QuerySet[User]:
    """Everybody who hears of a ward: who follows it or its board, or lives there, and has not stopped it."""
    follows = Follow.objects.current().filter(Q(ward=ward) | Q(ward=None, board=ward.borough_id))
    stopped = Follow.objects.filter(ward=ward, stopped_at__isnull=False)
    people = User.objects.filter(
        Q(pk__in=follows.values("person"))
        | Q(pk__in=Residency.objects.current().filter(ward=ward).values("user")),
        is_active=True,
    )
    return people.exclude(pk__in=stopped.values("person")).order_by("pk")


def follows_of(person: User, board: Board) -> QuerySet[Follow]:
    """What a person follows on a board's site."""
    return (
        Follow.objects.current().filter(person=person, board=board).select_related("ward", "board__borough")
    )


def stop_url(told: Told) -> str:
    """Where the reader of a notice stops such notices, without signing in; empty where they cannot."""
    if told.board is None:
        return ""
    seal = _signer.signature(told.pk.hex)
    return told.board.borough.url(f"/follow/stop/{told.pk}/{seal}/")


def told_by_seal(told_id: UUID, seal: str) -> Told | None:
    """The notice whose address this is."""
    try:
        _signer.unsign(f"{told_id.hex}:{seal}")
    except BadSignature:
        return None
    return (
        Told.objects.filter(pk=told_id, board__isnull=False)
        .select_related("person", "ward", "board__borough")
        .first()
    )

"""Fictional people of the demo: three full boards, their panels, residents and the named accounts."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from snb.boards.enums import BoardRoleKind, BodyKind, PanelRoleKind
from snb.boards.models import Board, BoardRole, Body, OversightRole, PanelRole
from snb.people.enums import DEMO_ACCOUNTS, DEMO_PASSWORD
from snb.people.models import Residency, User
from snb.places.models import Ward

FULL_BOROUGHS = ("camden", "brent", "lewisham")
FIRST = [
    "Amina",
    "Ben",
    "Chidi",
    "Dalia",
    "Emeka",
    "Farah",
    "Grace",
    "Hassan",
    "Ines",
    "Jamal",
    "Kiran",
    "Leila",
    "Marcus",
    "Nadia",
    "Owen",
    "Priya",
    "Quentin",
    "Rukhsana",
    "Samir",
    "Tessa",
    "Ursula",
    "Viktor",
    "Winston",
    "Xenia",
    "Yusuf",
    "Zoe",
    "Alan",
    "Brenda",
    "Colin",
    "Denise",
]
LAST = [
    "Abebe",
    "Bright",
    "Costa",
    "Dunn",
    "Evans",
    "Ferreira",
    "Georgiou",
    "Hussain",
    "Iqbal",
    "Jones",
    "Kaya",
    "Lindqvist",
    "Mensah",
    "Nowak",
    "Osei",
    "Patel",
    "Quigley",
    "Rahman",
    "Silva",
    "Tran",
    "Usman",
    "Vaughan",
    "Walsh",
    "Xavier",
    "Young",
    "Zaman",
    "Carter",
    "Doyle",
    "Ellis",
    "Fox",
]


class Crowd:
    """Makes fictional people, the same ones each time; one password hash for all of them."""

    def __init__(self) -> None:
        self.password = make_password(DEMO_PASSWORD)
        self.numbers = count()

    def person(self, account: str, name: str = "") -> User:
        """The demo person with this account name, made if need be; their address counts as confirmed."""
        number = next(self.numbers)
        email = f"{account}@demo.example"
        person, made = User.objects.get_or_create(
            email=email,
            defaults={
                "name": name or f"{FIRST[number * 7 % len(FIRST)]} {LAST[number * 11 % len(LAST)]}",
                "password": self.password,
                "is_demo": True,
                "date_joined": timezone.now() - timedelta(days=30 + number % 700),
            },
        )
        if made:
            EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        return person


def load_people() -> None:
    """The named accounts, and full boards and panels in three boroughs. Running it twice changes nothing."""
    crowd = Crowd()
    named = {account: crowd.person(account, name) for account, (name, _) in DEMO_ACCOUNTS.items()}
    boards = {
        board.borough.slug: board
        for board in Board.objects.filter(borough__slug__in=FULL_BOROUGHS).select_related("borough")
    }
    chairs = {"camden": named["chair"], "brent": named["chair.brent"]}
    secretaries = {"camden": named["secretary"]}
    for slug, board in boards.items():
        load_board(board, crowd, chair=chairs.get(slug), secretary=secretaries.get(slug))
    give(BoardRole, named["editor"], board=boards["camden"], kind=BoardRoleKind.EDITOR)
    give(OversightRole, named["oversight"])
    highgate = Body.objects.get(kind=BodyKind.WARD_PANEL, ward=ward_of("camden", "highgate"))
    for account in ("panelchair", "panelchair2"):
        give(PanelRole, named[account], body=highgate, kind=PanelRoleKind.CHAIR)
    settle(named["resident"], ward_of("camden", "highgate"))
    settle(named["neighbour"], ward_of("camden", "kentish-town-south"))


def load_board(board: Board, crowd: Crowd, *, chair: User | None, secretary: User | None) -> None:
    """A chair, a secretary, members, an editor, and a panel in all but two wards."""
    slug = board.borough.slug
    give(BoardRole, chair or crowd.person(f"chair.{slug}"), board=board, kind=BoardRoleKind.CHAIR)
    give(
        BoardRole,
        secretary or crowd.person(f"secretary.{slug}"),
        board=board,
        kind=BoardRoleKind.SECRETARY,
    )
    give(BoardRole, crowd.person(f"editor.{slug}"), board=board, kind=BoardRoleKind.EDITOR)
    for number in range(1, 9):
        give(BoardRole, crowd.person(f"member{number}.{slug}"), board=board, kind=BoardRoleKind.MEMBER)
    for place, ward in enumerate(Ward.objects.current().filter(borough=board.borough).order_by("code")):
        if place % 11 == 10:
            continue  # a ward without a panel: the gap a board must see
        panel, _ = Body.objects.get_or_create(board=board, kind=BodyKind.WARD_PANEL, ward=ward)
        give(PanelRole, crowd.person(f"panelchair.{ward.slug}.{slug}"), body=panel, kind=PanelRoleKind.CHAIR)
        for number in range(1, 5):
            person = crowd.person(f"panel{number}.{ward.slug}.{slug}")
            give(PanelRole, person, body=panel, kind=PanelRoleKind.MEMBER)
            settle(person, ward)


def ward_of(borough: str, slug: str) -> Ward:
    """A ward of today by its address."""
    return Ward.objects.current().get(borough__slug=borough, slug=slug)


def give(
    model: type[BoardRole] | type[PanelRole] | type[OversightRole], person: User, **fields: object
) -> None:
    """Give a role that the person does not hold yet."""
    if not model.objects.filter(person=person, until__isnull=True, **fields).exists():
        role = model.objects.create(person=person, since=timezone.localdate() - timedelta(days=400), **fields)
        role.sync_groups()


def settle(person: User, ward: Ward) -> None:
    """Confirm that a person lives in a ward, some months ago."""
    today = timezone.localdate()
    if not Residency.objects.filter(user=person).exists():
        Residency.objects.create(
            user=person,
            ward=ward,
            method="postcode",
            since=timezone.now() - timedelta(days=200),
            confirmed_on=today - timedelta(days=200),
            expires_on=today + timedelta(days=530),
        )

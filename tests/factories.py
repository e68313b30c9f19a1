"""Factories: real borough and ward codes, fictional people."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from cms.actions import open_board
from snb.boards.enums import BoardRoleKind, BodyKind, PanelRoleKind
from snb.boards.models import Board, BoardRole, Body, OversightRole, PanelRole
from snb.people.models import User
from snb.people.queries import needs_second_factor
from snb.places.models import Borough, Ward
from wardpanels.models import WardOfficer


class UserFactory(DjangoModelFactory):
    """A person with a confirmed address and a password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("a-long-password")

    @factory.post_generation
    def confirmed(self, create, extracted, **kwargs):
        """Confirm the address unless told otherwise."""
        if create and extracted is not False:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


CAMDEN, BRENT, LEWISHAM = (
    ("E09000007", "Camden", "camden"),
    ("E09000005", "Brent", "brent"),
    ("E09000023", "Lewisham", "lewisham"),
)


def make_board(place: tuple[str, str, str] = CAMDEN) -> Board:
    """An opened board with its site; the same one each time."""
    code, name, slug = place
    opened = (
        Board.objects.select_related("borough", "site__root_page", "collection", "editors")
        .filter(pk=code)
        .first()
    )
    if opened:
        return opened
    borough, _ = Borough.objects.get_or_create(code=code, defaults={"name": name, "slug": slug})
    return open_board(borough)


class WardFactory(DjangoModelFactory):
    """A ward of Camden, unless told otherwise."""

    class Meta:
        model = Ward
        django_get_or_create = ("code",)

    code = "E05013661"
    name = "Highgate"
    slug = "highgate"
    borough = factory.LazyFunction(lambda: make_board().borough)
    latitude = 51.5646
    longitude = -0.1504
    tile_q = 0
    tile_r = 0


def make_panel(ward: Ward) -> Body:
    """The ward's panel."""
    return Body.objects.get_or_create(board=ward.borough.board, kind=BodyKind.WARD_PANEL, ward=ward)[0]


def give(role_model, person: User, *, scope=None, kind: str = "", **fields):
    """Give a role as the actions would leave it."""
    if scope is not None:
        fields[role_model.SCOPE] = scope
    if kind:
        fields["kind"] = kind
    role = role_model.objects.create(person=person, **fields)
    role.sync_groups()
    return role


def use_second_factor(client, user: User) -> None:
    """Give the person an authenticator app, if they have none, and mark it as used in the client's session."""
    import time

    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    found = found or TOTP.activate(user, generate_totp_secret()).instance
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "id": found.pk, "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def sign_in_freshly(client, user: User) -> None:
    """Mark the client's session as signed in by emailed code a moment ago."""
    import time

    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time(), "email": user.email}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


# ------------------------------------------------------------------------------------------ pages and files of a site
def make_home(board: Board | None):
    """The home page of a board's site, or of the London-wide one."""
    from django.conf import settings
    from wagtail.models import Site

    hostname = board.borough.hostname if board else settings.PORTAL_DOMAIN
    return Site.objects.get(hostname=hostname).root_page.specific


def make_article(
    board: Board | None, title: str = "Lamps are mended", *, live: bool = True, body=(), **fields
):
    """A news article on a board's site, published the way an editor does; `live=False` leaves it a draft."""
    from django.utils.text import slugify

    from cms.models import NewsIndexPage, NewsPage

    index = NewsIndexPage.objects.child_of(make_home(board)).get()
    fields = {"slug": slugify(title), "intro": f"{title}, in short.", "live": False} | fields
    page = NewsPage(title=title, **fields)
    block = NewsPage._meta.get_field("body").stream_block
    page.body = block.normalize([(kind, block.child_blocks[kind].normalize(value)) for kind, value in body])
    page = index.add_child(instance=page)
    revision = page.save_revision()
    if live:
        revision.publish()
    return NewsPage.objects.get(pk=page.pk)


def make_picture(
    board: Board | None, title: str = "Roofs", data: bytes | None = None, name: str = "IMG_0001.png"
):
    """A picture in a board's collection (London's own for None)."""
    import io

    from django.core.files.base import ContentFile
    from PIL import Image
    from wagtail.models import Collection

    from cms.models import PortalImage

    if data is None:
        out = io.BytesIO()
        Image.new("RGB", (320, 180), "teal").save(out, "PNG")
        data = out.getvalue()
    collection = board.collection if board else Collection.objects.get(name="London", depth=2)
    return PortalImage.objects.create(title=title, collection=collection, file=ContentFile(data, name=name))


def make_document(
    board: Board | None,
    title: str = "Terms of reference",
    data: bytes = b"name,count\nlamps,14\n",
    name="old.csv",
):
    """A document in a board's collection (London's own for None)."""
    from django.core.files.base import ContentFile
    from wagtail.models import Collection

    from cms.models import PortalDocument

    collection = board.collection if board else Collection.objects.get(name="London", depth=2)
    return PortalDocument.objects.create(
        title=title, collection=collection, file=ContentFile(data, name=name)
    )


__all__ = [
    "BRENT",
    "CAMDEN",
    "LEWISHAM",
    "BoardRole",
    "BoardRoleKind",
    "OversightRole",
    "PanelRole",
    "PanelRoleKind",
    "UserFactory",
    "WardFactory",
    "WardOfficer",
    "give",
    "make_article",
    "make_board",
    "make_document",
    "make_home",
    "make_panel",
    "make_picture",
    "needs_second_factor",
    "sign_in_freshly",
    "use_second_factor",
]

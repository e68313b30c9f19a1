"""Opening the London-wide site and the boards': complete, repeatable, self-repairing, and nobody has rights elsewhere."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Revision,
    Site,
    Task,
    Workflow,
)

from cms.actions import open_board, open_london
from cms.models import BoroughHomePage, HelpPage, LondonHomePage, NewsIndexPage, StandingPage
from snb.audit.models import AuditEvent, Epoch
from snb.boards.enums import BodyKind
from snb.boards.models import Board, Body
from tests import factories as make

COUNTED = [
    Page, Site, Board, Body, Collection, Group, GroupPagePermission, GroupCollectionPermission, AuditEvent, Revision, Workflow, Task,
]  # fmt: skip


def everything():
    """How many of each, and each page's last change."""
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_a_board_opens_with_all_it_needs(camden):
    home = camden.site.root_page.specific
    assert isinstance(home, BoroughHomePage)
    assert [page.slug for page in home.get_children()] == [
        "news",
        "meetings",
        "about",
        "get-involved",
        "contact",
    ]
    assert list(camden.bodies.values_list("kind", flat=True)) == [BodyKind.BOARD]
    assert (camden.site.hostname, camden.site.port) == (
        f"camden.{settings.PORTAL_DOMAIN}",
        settings.PORTAL_PORT,
    )
    assert camden.collection.name == "Camden"
    assert camden.accent in {"river", "moss", "canal", "heather", "plum", "clay", "ochre", "slate"}


def test_opening_is_one_audit_event_and_moves_the_epochs(nothing_open, camden):
    event = AuditEvent.objects.get(event="boards.board.opened")
    assert (event.board, event.object_id, event.actor) == (camden.code, camden.code, None)
    assert Epoch.objects.get(board=camden.code).number > 0
    assert Epoch.objects.get(board="").number > 0


def test_opening_again_changes_nothing(camden, brent):
    before, epochs = everything(), list(Epoch.objects.order_by("board").values_list("board", "number"))
    open_london()
    open_board(camden.borough)
    open_board(brent.borough)
    assert everything() == before
    assert list(Epoch.objects.order_by("board").values_list("board", "number")) == epochs


def test_opening_again_keeps_what_the_board_wrote(camden):
    about = StandingPage.objects.child_of(camden.site.root_page).get(slug="about")
    about.title = "Who we are"
    about.save()
    open_board(camden.borough)
    assert StandingPage.objects.get(pk=about.pk).title == "Who we are"


def test_opening_again_puts_back_what_is_missing(camden):
    before = everything()
    home = camden.site.root_page
    StandingPage.objects.child_of(home).get(slug="contact").delete()
    Page.objects.get(pk=NewsIndexPage.objects.child_of(home).get().pk).specific.delete()
    GroupPagePermission.objects.filter(group=camden.editors).first().delete()
    GroupCollectionPermission.objects.filter(group=camden.editors).first().delete()
    camden.editors.permissions.clear()
    Body.objects.filter(board=camden).delete()
    epoch = Epoch.objects.get(board=camden.code).number
    open_board(camden.borough)
    # Two more events: the pages that were taken off the site.
    assert everything() == {**before, "AuditEvent": before["AuditEvent"] + 2}
    assert camden.editors.permissions.get().codename == "access_admin"
    assert Epoch.objects.get(board=camden.code).number == epoch + 1


def test_editors_have_rights_on_their_own_subtree_and_collection_only(camden, brent):
    for board in (camden, brent):
        pages = GroupPagePermission.objects.filter(group=board.editors)
        assert {right.page_id for right in pages} == {board.site.root_page_id}
        assert {right.permission.codename for right in pages} == {"add_page", "change_page", "publish_page"}
        files = GroupCollectionPermission.objects.filter(group=board.editors)
        assert {right.collection_id for right in files} == {board.collection_id}
        assert {right.permission.codename for right in files} == {
            "add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document",
        }  # fmt: skip
        assert [right.codename for right in board.editors.permissions.all()] == ["access_admin"]


def test_nothing_that_wagtail_brought_is_left(camden):
    assert not Site.objects.filter(is_default_site=True).exists()
    assert not Page.objects.filter(content_type__app_label="wagtailcore", depth__gt=1).exists()
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()
    assert not Workflow.objects.exists()
    assert not Task.objects.exists()
    root = Page.objects.get(depth=1)
    assert not GroupPagePermission.objects.filter(page=root).exists()
    assert not GroupCollectionPermission.objects.filter(collection=Collection.get_first_root_node()).exists()


def test_london_has_one_home_with_help_for_all(camden):
    home = LondonHomePage.objects.get()
    assert [page.slug for page in home.get_children()] == ["news", "meetings", "about", "contact", "help"]
    services = [service for section in HelpPage.objects.get().body for service in section.value["services"]]
    assert not any(service["last_checked"] for service in services)
    phones = {service["phone"] for service in services}
    assert {"999", "101", "0800 555 111", "0808 168 9111", "0808 2000 247", "0800 1111", "116 123"} <= phones


def test_the_command_opens_the_boroughs_named_and_refuses_unknown_ones(nothing_open, capsys):
    from snb.places.models import Borough

    Borough.objects.get_or_create(code="E09000007", defaults={"name": "Camden", "slug": "camden"})
    call_command("open_boards", "--borough", "camden")
    assert "1 boards are open." in capsys.readouterr().out
    assert Board.objects.get().borough.slug == "camden"
    with pytest.raises(CommandError, match="atlantis"):
        call_command("open_boards", "--borough", "atlantis")


def test_fixed_pages_cannot_be_taken_away(camden, cast):
    home = camden.site.root_page.specific
    pages = [home, NewsIndexPage.objects.child_of(home).get(), *StandingPage.objects.child_of(home)]
    for page in pages:
        may = page.permissions_for_user(cast.editor)
        assert (may.can_edit(), may.can_delete(), may.can_unpublish(), may.can_move()) == (
            True,
            False,
            False,
            False,
        ), page
    extra = home.add_child(instance=StandingPage(title="Fund", slug="fund", owner=cast.editor))
    assert extra.permissions_for_user(cast.editor).can_delete() is True


def test_an_editor_can_add_news_and_standing_pages_and_nothing_else(camden):
    home = camden.site.root_page.specific
    creatable = {model.__name__ for model in type(home).creatable_subpage_models()}
    assert creatable == {"StandingPage"}
    index = NewsIndexPage.objects.child_of(home).get()
    assert [model.__name__ for model in type(index).creatable_subpage_models()] == ["NewsPage"]
    article = make.make_article(camden)
    assert list(type(article).creatable_subpage_models()) == []


def test_oversight_edits_help_for_all_while_it_holds_the_role(camden, cast):
    from datetime import timedelta

    page = HelpPage.objects.get()
    assert page.permissions_for_user(cast.oversight).can_publish()
    assert not page.permissions_for_user(cast.editor).can_edit()
    role = cast.oversight.boards_oversightroles.get()
    role.since -= timedelta(days=30)
    role.until = role.since + timedelta(days=20)
    role.save()
    role.sync_groups()
    person = type(cast.oversight).objects.get(pk=cast.oversight.pk)
    assert not page.permissions_for_user(person).can_edit()

"""One by one: the ways in which a subtree-only editor of Wagtail was shown another board's things (threats.md §2.1)."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.urls import reverse
from wagtail.models import Page, Revision

from cms.models import NewsPage
from tests.cms.admin_routes import ABSENT
from tests.cms.forms import shown_form, stream
from tests.cms.planted import MARK, png

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(camdens, brents, cast, site_client):
    """Camden's editor, signed in, with Brent's things lying about."""
    return site_client(None, cast.editor)


def assert_not_there(response):
    assert response.status_code == 404
    assert MARK not in str(response.headers) + response.content.decode()


@pytest.mark.parametrize("kind", ["pages", "images", "documents"])
def test_the_admin_api_is_off(kind, editor, camdens, brents):
    own = {"pages": camdens.page, "images": camdens.image, "documents": camdens.document}[kind]
    for tail in ("", f"{own.pk}/", f"find/?id={own.pk}", f"?search={MARK}", "?fields=*&limit=100"):
        assert_not_there(editor.get(f"/admin/api/main/{kind}/{tail}"))


def test_the_page_chooser_shows_only_ones_own_pages(editor, camdens, brents):
    for query in (
        "",
        "?page_type=cms.NewsPage",
        "?page_type=cms.BoroughHomePage",
        "?can_choose_root=true",
        "?user_perms=move_to",
    ):
        for address in (
            "/admin/choose-page/",
            f"/admin/choose-page/{camdens.home.pk}/",
            "/admin/choose-page/1/",
        ):
            response = editor.get(address + query, follow=True)
            assert response.status_code == 200
            assert MARK not in response.content.decode()


def test_the_page_chooser_starts_at_home_and_not_at_the_common_ancestor_of_a_type(editor, camdens, brents):
    NewsPage.objects.descendant_of(camdens.home).delete()
    response = editor.get("/admin/choose-page/?page_type=cms.NewsPage")
    assert response["Location"] == f"/admin/choose-page/{camdens.home.pk}/?page_type=cms.NewsPage"


def test_the_page_chooser_does_not_open_another_boards_page(editor, brents):
    for page in brents.pages:
        assert_not_there(editor.get(f"/admin/choose-page/{page.pk}/"))


def test_the_page_choosers_search_finds_only_ones_own_drafts(editor, camdens):
    assert "camdenown draft" in editor.get("/admin/choose-page/search/?q=camdenown").content.decode()
    assert MARK not in editor.get(f"/admin/choose-page/search/?q={MARK[:6]}").content.decode().replace(
        f'value="{MARK[:6]}"', ""
    )


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/admin/choose-page/chosen-multiple/", "page"),
        ("/admin/images/chooser/chosen-multiple/", "image"),
        ("/admin/documents/chooser/chosen-multiple/", "document"),
    ],
)
def test_choosing_several_with_one_that_is_not_yours(address, kind, editor, camdens, brents):
    own, theirs = getattr(camdens, kind), getattr(brents, kind)
    assert editor.get(address, {"id": [own.pk]}).status_code == 200
    for other in (theirs.pk, ABSENT, "x", "-1", str(2**70), ""):
        response = editor.get(address, {"id": [own.pk, other]})
        assert response.status_code == 404, other


def test_moving_a_page_to_another_board(editor, camdens, brents):
    for target in (brents.index.pk, brents.home.pk, 1, ABSENT):
        address = f"/admin/pages/{camdens.page.pk}/move/{target}/confirm/"
        assert_not_there(editor.get(address))
        assert_not_there(editor.post(address))
        assert_not_there(editor.post(f"/admin/pages/{camdens.page.pk}/move/", {"new_parent_page": target}))
    assert Page.objects.get(pk=camdens.page.pk).is_descendant_of(camdens.home)


def test_moving_another_boards_page_here(editor, camdens, brents):
    address = f"/admin/pages/{brents.page.pk}/move/{camdens.index.pk}/confirm/"
    assert_not_there(editor.get(address))
    assert_not_there(editor.post(address))
    assert Page.objects.get(pk=brents.page.pk).is_descendant_of(brents.home)


def test_copying_to_and_from_another_board(editor, camdens, brents):
    body = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": brents.index.pk}
    assert_not_there(editor.post(f"/admin/pages/{camdens.page.pk}/copy/", body))
    assert_not_there(
        editor.post(f"/admin/pages/{brents.page.pk}/copy/", {**body, "new_parent_page": camdens.index.pk})
    )
    assert not Page.objects.filter(slug="copy").exists()


def test_an_alias_cannot_be_made(editor, camdens):
    form = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": camdens.index.pk}
    assert "alias" not in shown_form(editor, f"/admin/pages/{camdens.page.pk}/copy/", form_id="")
    assert_not_there(editor.post(f"/admin/pages/{camdens.page.pk}/copy/", {**form, "alias": "on"}))


@pytest.mark.parametrize("action", ["delete", "publish", "unpublish", "move"])
def test_bulk_actions_are_off(action, editor, camdens, brents):
    for pages in ([camdens.page.pk], [camdens.page.pk, brents.page.pk], [brents.page.pk]):
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        assert_not_there(editor.get(address, {"id": pages}))
        assert_not_there(editor.post(f"{address}?id={pages[-1]}", {"next": "/admin/"}))
    assert Page.objects.get(pk=camdens.page.pk).live
    assert Page.objects.get(pk=brents.page.pk).live


def test_reports_tags_workflows_people_and_collections_are_off(editor, camden):
    names = [
        "wagtailadmin_reports:page_types_usage",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_reports:locked_pages",
        "wagtailadmin_reports:aging_pages",
        "wagtailadmin_reports:workflow",
        "wagtailadmin_tag_autocomplete",
        "wagtailadmin_workflows:index",
        "wagtailadmin_workflows:task_chooser",
        "wagtailadmin_collections:index",
        "wagtailusers_users:index",
        "wagtailusers_groups:index",
        "wagtailsnippets:index",
        "wagtailadmin_dismissibles",
        "wagtailadmin_error_test",
    ]
    for name in names:
        assert_not_there(editor.get(reverse(name), {"term": "a"}))


def test_page_type_use_is_off(editor):
    assert_not_there(editor.get(reverse("wagtailadmin_pages:type_use", args=["cms", "newspage"])))


def test_filters_of_the_explorer_name_nobody_and_no_other_site(editor, camdens, brents, cast):
    page = editor.get(f"/admin/pages/{camdens.home.pk}/").content.decode()
    for word in (MARK, 'name="owner"', 'name="edited_by"', 'name="site"', cast.other_chair.name):
        assert word not in page
    for name, value in {
        "owner": cast.other_editor.pk,
        "edited_by": cast.editor.pk,
        "site": brents.board.site.pk,
        "locale": "en",
    }.items():
        assert_not_there(editor.get(f"/admin/pages/{camdens.home.pk}/", {name: value}))


def test_searching_the_whole_tree_stays_inside(editor, camdens):
    page = editor.get(f"/admin/pages/{camdens.home.pk}/", {"q": "draft", "search_all": "1"}).content.decode()
    assert "camdenown draft" in page
    assert MARK not in page


def test_a_parameter_nobody_has_listed_is_not_found(editor, camdens):
    assert_not_there(editor.get("/admin/images/?tag=x"))
    assert_not_there(editor.get("/admin/?new_in_wagtail_9=1"))


@pytest.mark.parametrize("where", ["query", "body"])
def test_a_way_back_leads_nowhere_else(where, editor, camdens, brents):
    bad = [
        f"/admin/pages/{brents.page.pk}/edit/",
        f"/admin/pages/{camdens.page.pk}/edit/?next=/admin/",
        "/admin/reports/locked/",
        "https://example.org/",
        "//example.org/",
        "/desk/",
        "/admin/choose-page/?target_pages[]=" + str(brents.page.pk),
    ]
    address = f"/admin/pages/{camdens.draft.pk}/delete/"
    for back in bad:
        response = (
            editor.get(address, {"next": back}) if where == "query" else editor.post(address, {"next": back})
        )
        assert_not_there(response)
    assert Page.objects.filter(pk=camdens.draft.pk).exists()
    good = f"/admin/pages/{camdens.index.pk}/?q=a"
    if where == "query":
        assert editor.get(address, {"next": good}).status_code == 200
    else:
        assert editor.post(address, {"next": good})["Location"] == good


@pytest.mark.parametrize(
    "name", ["collection", "image-chooser-upload-collection", "document-chooser-upload-collection"]
)
def test_uploading_into_another_boards_collection(name, editor, camden, brents):
    for collection in (brents.board.collection.pk, 1, ABSENT):
        for address in (
            "/admin/images/add/",
            "/admin/images/multiple/add/",
            "/admin/images/chooser/create/",
            "/admin/documents/add/",
        ):
            assert_not_there(editor.post(address, {"title": "x", name: collection, "file": png()}))
    assert_not_there(editor.get("/admin/images/multiple/add/", {"collection_id": brents.board.collection.pk}))
    assert (
        editor.get("/admin/images/multiple/add/", {"collection_id": camden.collection.pk}).status_code == 200
    )


def test_moving_ones_picture_into_another_boards_collection(editor, camdens, brents):
    body = {"title": "x", "collection": brents.board.collection.pk}
    assert_not_there(editor.post(f"/admin/images/{camdens.image.pk}/", body))
    multiple = f"/admin/images/multiple/{camdens.image.pk}/"
    assert_not_there(
        editor.post(multiple, {f"image-{camdens.image.pk}-collection": brents.board.collection.pk})
    )


@pytest.mark.parametrize("valid", [True, False])
@pytest.mark.parametrize(
    "kind",
    ["image field", "image block", "page block", "document block", "page in a text", "document in a text"],
)
def test_a_page_that_names_another_boards_things(kind, valid, editor, camdens, brents):
    """A rejected form would show the title and the picture of whatever it names: so it is refused before it is looked at."""
    address = f"/admin/pages/{camdens.page.pk}/edit/"

    def text(entity, data):
        block = {"key": "a", "text": "x", "type": "unstyled", "depth": 0, "inlineStyleRanges": []}
        spans = [{"offset": 0, "length": 1, "key": 0}]
        entities = {"0": {"type": entity, "mutability": "MUTABLE", "data": data}}
        return stream(
            ("text", {"": json.dumps({"blocks": [{**block, "entityRanges": spans}], "entityMap": entities})})
        )

    def link(**values):
        inner = {
            "-heading": "",
            "-links-count": "1",
            "-links-0-order": "0",
            "-links-0-deleted": "",
            "-links-0-type": "item",
        }
        parts = {"text": "x", "page": "", "document": "", "url": "", **values}
        return stream(
            ("links", {**inner, **{f"-links-0-value-{name}": value for name, value in parts.items()}})
        )

    def picture(pk):
        return stream(
            (
                "picture",
                {"-picture-image": pk, "-picture-decorative": "on", "-picture-alt_text": "", "-caption": ""},
            )
        )

    bodies = {
        "image field": lambda things: {"image": things.image.pk},
        "image block": lambda things: picture(things.image.pk),
        "page block": lambda things: link(page=things.page.pk),
        "document block": lambda things: link(document=things.document.pk),
        "page in a text": lambda things: text("LINK", {"id": things.page.pk, "url": "/"}),
        "document in a text": lambda things: text("DOCUMENT", {"id": things.document.pk, "url": "/"}),
    }
    nothing = type(
        "Nothing", (), {name: type("Row", (), {"pk": ABSENT}) for name in ("image", "page", "document")}
    )
    form = shown_form(editor, address)
    if not valid:
        form["title"] = ""
    before = Revision.objects.count()
    for things in (brents, nothing):
        revert = f"/admin/pages/{camdens.page.pk}/revisions/{camdens.old_revision.pk}/revert/"
        for to in (
            address,
            f"{address}preview/",
            revert,
            f"/admin/pages/add/cms/newspage/{camdens.index.pk}/",
        ):
            assert_not_there(editor.post(to, {**form, **bodies[kind](things)}))
    assert Revision.objects.count() == before
    answer = editor.post(address, {**form, **bodies[kind](camdens), "action-publish": "1"})
    assert (
        answer.status_code == 200 if not valid else answer["Location"] == f"/admin/pages/{camdens.index.pk}/"
    )


def test_a_body_that_is_no_form_of_the_page_is_not_found(editor, camdens):
    address = f"/admin/pages/{camdens.page.pk}/edit/"
    form = shown_form(editor, address)
    for broken in (
        {"body-count": "x"},
        {"body-count": "99999999999"},
        {
            "body-count": "1",
            "body-0-type": "text",
            "body-0-deleted": "",
            "body-0-order": "0",
            "body-0-value": "{",
        },
        {
            "body-count": "1",
            "body-0-type": "text",
            "body-0-deleted": "",
            "body-0-order": "z",
            "body-0-value": "null",
        },
    ):
        assert_not_there(editor.post(address, {**form, **broken}))


def test_another_pages_revision(editor, camdens, brents):
    for revision in (brents.revision.pk, ABSENT):
        for tail in ("view", "revert", "unschedule"):
            assert_not_there(editor.get(f"/admin/pages/{camdens.page.pk}/revisions/{revision}/{tail}/"))
        assert_not_there(editor.get(f"/admin/pages/{camdens.page.pk}/revisions/compare/{revision}...latest/"))
        assert_not_there(
            editor.get(f"/admin/pages/{camdens.page.pk}/revisions/compare/earliest...{revision}/")
        )
        form = shown_form(editor, f"/admin/pages/{camdens.page.pk}/edit/")
        for name in ("revision", "overwrite_revision_id", "loaded_revision_id"):
            assert_not_there(editor.post(f"/admin/pages/{camdens.page.pk}/edit/", {**form, name: revision}))


def test_editing_sessions_tell_nothing_of_other_pages(editor, camdens, brents, cast):
    ping = "/admin/editing-sessions/ping/{}/{}/{}/0/"
    for app, model, pk in (
        ("wagtailcore", "page", brents.page.pk),
        ("wagtailcore", "page", ABSENT),
        ("people", "user", cast.other_editor.pk),
        ("cms", "portalimage", brents.image.pk),
        ("no", "model", 1),
    ):
        assert_not_there(editor.post(ping.format(app, model, pk)))
    assert_not_there(
        editor.post(ping.format("wagtailcore", "page", camdens.page.pk), {"revision_id": brents.revision.pk})
    )
    answer = editor.post(
        ping.format("wagtailcore", "page", camdens.page.pk), {"revision_id": camdens.revision.pk}
    )
    assert answer.json()["other_sessions"] == []


def test_a_typed_address_is_not_turned_into_another_boards_page(editor, brents):
    address = brents.board.url("/news/")
    answer = editor.post(
        "/admin/choose-external-link/",
        {"external-link-chooser-url": address, "external-link-chooser-link_text": ""},
    )
    assert json.loads(answer.content)["result"] == {
        "url": address,
        "title": address,
        "prefer_this_title_as_link_text": False,
    }


def test_a_page_type_that_may_not_stand_there(editor, camdens):
    before = Page.objects.count()
    for app, model, parent in (
        ("cms", "boroughhomepage", camdens.home),
        ("cms", "londonhomepage", camdens.home),
        ("cms", "newsindexpage", camdens.home),
        ("cms", "newspage", camdens.home),
        ("cms", "portalimage", camdens.home),
        ("people", "user", camdens.home),
        ("no", "thing", camdens.home),
    ):
        address = f"/admin/pages/add/{app}/{model}/{parent.pk}/"
        assert_not_there(editor.get(address))
        assert_not_there(
            editor.post(address, {"title": "x", "slug": "x", "body-count": "0", "action-publish": "1"})
        )
        assert_not_there(editor.post(f"{address}preview/", {"title": "x", "slug": "x", "body-count": "0"}))
    assert Page.objects.count() == before


@pytest.mark.parametrize("action", ["delete", "unpublish", "move", "copy"])
def test_a_sites_home_page_and_news_list_stay(action, editor, camdens):
    for page in (camdens.home, camdens.index):
        address = f"/admin/pages/{page.pk}/{action}/"
        assert_not_there(editor.get(address))
        assert_not_there(
            editor.post(address, {"new_parent_page": camdens.index.pk, "new_title": "x", "new_slug": "x"})
        )
        assert Page.objects.get(pk=page.pk).live


@pytest.mark.parametrize("action", ["privacy", "lock", "unlock", "convert_alias", "workflow_history"])
def test_locks_privacy_and_workflows_of_ones_own_pages_are_off_too(action, editor, camdens):
    assert_not_there(editor.get(f"/admin/pages/{camdens.page.pk}/{action}/"))
    assert_not_there(editor.post(f"/admin/pages/{camdens.page.pk}/{action}/", {"restriction_type": "login"}))


def test_methods_that_a_route_does_not_take(editor, camdens):
    for method in ("put", "patch", "delete", "options"):
        assert_not_there(getattr(editor, method)(f"/admin/pages/{camdens.page.pk}/edit/"))
    assert_not_there(editor.generic("TRACE", "/admin/"))


def test_somebody_elses_half_finished_upload(editor, brents):
    for tail in ("create_from_uploaded_image", "delete_upload"):
        assert_not_there(editor.post(f"/admin/images/multiple/{tail}/{brents.upload.pk}/", {"title": "mine"}))


def test_no_form_takes_tags(editor, camdens):
    for address in ("/admin/images/add/", f"/admin/images/{camdens.image.pk}/", "/admin/documents/add/"):
        assert "tags" not in shown_form(editor, address, form_id="")


def test_the_account_page_takes_no_email_password_or_picture(editor, cast):
    page = editor.get("/admin/account/").content.decode()
    for word in ('name="name_email-email"', 'type="password"', 'type="file"', "avatar-avatar"):
        assert word not in page
    form = shown_form(editor, "/admin/account/", form_id="")
    attack = {
        "name_email-email": "x@example.org",
        "password-new_password1": "new-password-9",
        "name-name": "New Name",
    }
    editor.post("/admin/account/", {**form, **attack})
    cast.editor.refresh_from_db()
    assert (cast.editor.name, cast.editor.email) == ("New Name", "editor@example.org")
    assert cast.editor.check_password("a-long-password")


@pytest.mark.parametrize("address", ["/admin/login/", "/_util/login/"])
def test_wagtails_own_sign_in_pages_are_not_used(address, site_client, camden):
    answer = site_client(None).get(address, {"next": "/admin/images/"})
    assert (
        answer["Location"]
        == f"{settings.LOGIN_URL}?next=http%3A%2F%2Fsnb.localhost%3A{settings.PORTAL_PORT}%2Fadmin%2Fimages%2F"
    )
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        answer = site_client(None).get(address, {"next": elsewhere})
        assert answer["Location"].startswith(settings.LOGIN_URL)
        assert "example" not in answer["Location"]
        assert "javascript" not in answer["Location"]


def test_an_editor_who_is_signed_in_is_led_past_the_sign_in_page(editor):
    assert editor.get("/admin/login/")["Location"] == "/admin/"


def test_the_password_reset_of_the_admin_is_not_there(site_client, camden):
    answer = site_client(None).get("/admin/password_reset/")
    assert answer["Location"].startswith(settings.LOGIN_URL)
    assert MARK not in answer.content.decode()

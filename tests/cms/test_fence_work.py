"""What a borough's editor does inside the fence: a whole day's work, and it reaches the site."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.actions import publish_scheduled
from cms.models import NewsPage, StandingPage
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.enums import BoardRoleKind
from tests import factories as make
from tests.cms.forms import shown_form, stream
from tests.cms.planted import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(camdens, cast, site_client):
    """Camden's editor, signed in."""
    return site_client(None, cast.editor)


@pytest.fixture
def site(camden, site_client):
    """What a visitor of Camden's site sees at an address."""
    client = site_client(camden)
    return lambda path: client.get(path)


def written(camdens) -> dict[str, str]:
    """The inputs of a new article."""
    return {
        "title": "A new crossing",
        "slug": "crossing",
        "intro": "It opens on Monday.",
        "date": "2026-11-20",
        **stream(("heading", {"": "Where"})),
    }


def events(page) -> list[tuple[str, object, str]]:
    """What the audit record says about a page: event, who, board."""
    return list(
        AuditEvent.objects.filter(object_id=str(page.pk), object_type=page._meta.label_lower)
        .order_by("pk")
        .values_list("event", "actor", "board")
    )


def test_an_article_is_drafted_previewed_published_changed_back_and_deleted(
    editor, camdens, camden, cast, site
):
    new = f"/admin/pages/add/cms/newspage/{camdens.index.pk}/"
    editor.post(new, {**shown_form(editor, new), **written(camdens)})
    page = NewsPage.objects.get(slug="crossing")
    assert not page.live
    assert site("/news/crossing/").status_code == 404

    edit = f"/admin/pages/{page.pk}/edit/"
    form = {**shown_form(editor, edit), **written(camdens)}
    assert editor.post(f"{edit}preview/", {**form, "title": "Not said yet"}).json() == {
        "is_valid": True,
        "is_available": True,
    }
    preview = editor.get(f"{edit}preview/?in_preview_panel=true&mode=")
    assert "Not said yet" in preview.content.decode()
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert editor.delete(f"{edit}preview/").json() == {"success": True}

    editor.post(edit, {**form, "action-publish": "1"})
    assert "A new crossing" in site("/news/crossing/").content.decode()
    first = NewsPage.objects.get(pk=page.pk).live_revision

    editor.post(
        edit, {**shown_form(editor, edit), **written(camdens), "title": "No crossing", "action-publish": "1"}
    )
    assert "No crossing" in site("/news/crossing/").content.decode()
    revert = f"/admin/pages/{page.pk}/revisions/{first.pk}/revert/"
    back = {**shown_form(editor, revert), **written(camdens), "action-publish": "1"}
    editor.post(revert, back)
    assert "A new crossing" in site("/news/crossing/").content.decode()
    assert editor.get(f"/admin/pages/{page.pk}/revisions/compare/{first.pk}...latest/").status_code == 200

    editor.post(f"/admin/pages/{page.pk}/unpublish/")
    assert site("/news/crossing/").status_code == 404
    editor.post(f"/admin/pages/{page.pk}/delete/")
    assert not Page.objects.filter(pk=page.pk).exists()
    who = (cast.editor.public_id, camden.code)
    published, unpublished, deleted = Event.PAGE_PUBLISHED, Event.PAGE_UNPUBLISHED, Event.PAGE_DELETED
    assert events(page) == [(one, *who) for one in (published, published, published, unpublished, deleted)]


def test_an_article_goes_out_at_its_hour(editor, camdens, camden, cast):
    edit = f"/admin/pages/{camdens.draft.pk}/edit/"
    soon = timezone.localtime() + timedelta(hours=2)
    form = {
        **shown_form(editor, edit),
        **written(camdens),
        "go_live_at": soon.strftime("%Y-%m-%d %H:%M"),
        "action-publish": "1",
    }
    editor.post(edit, form)
    page = NewsPage.objects.get(pk=camdens.draft.pk)
    assert (page.live, bool(page.scheduled_revision)) == (False, True)
    assert [event for event, *_ in events(page)] == [Event.PAGE_SCHEDULED]
    due, past = page.scheduled_revision, timezone.now() - timedelta(minutes=1)
    due.approved_go_live_at, due.content["go_live_at"] = past, past.isoformat()
    due.save()
    assert publish_scheduled() == 1
    assert NewsPage.objects.get(pk=page.pk).live
    assert events(page) == [
        (Event.PAGE_SCHEDULED, cast.editor.public_id, camden.code),
        (Event.PAGE_PUBLISHED, None, camden.code),
    ]


def test_an_hour_set_for_a_live_article_is_no_publication(editor, camdens, camden, cast):
    edit = f"/admin/pages/{camdens.page.pk}/edit/"
    soon = timezone.localtime() + timedelta(hours=2)
    before = events(camdens.page)
    editor.post(
        edit,
        {
            **shown_form(editor, edit),
            **written(camdens),
            "go_live_at": soon.strftime("%Y-%m-%d %H:%M"),
            "action-publish": "1",
        },
    )
    assert events(camdens.page) == [*before, (Event.PAGE_SCHEDULED, cast.editor.public_id, camden.code)]


def test_unpublishing_a_page_with_all_below_it_is_an_event_for_each(editor, camdens, camden, cast):
    above = make.make_article(camden, "Above")
    below = above.add_child(instance=StandingPage(title="Below", slug="below"))
    editor.post(f"/admin/pages/{above.pk}/unpublish/", {"include_descendants": "on"})
    assert not Page.objects.filter(pk__in=[above.pk, below.pk], live=True).exists()
    for page in (above, below):
        assert events(page)[-1] == (Event.PAGE_UNPUBLISHED, cast.editor.public_id, camden.code)


def test_deleting_a_live_page_takes_it_off_the_site_too(editor, camden, cast):
    page = make.make_article(camden, "Gone")
    editor.post(f"/admin/pages/{page.pk}/delete/")
    who = (cast.editor.public_id, camden.code)
    assert events(page)[1:] == [(Event.PAGE_UNPUBLISHED, *who), (Event.PAGE_DELETED, *who)]


def test_a_schedule_is_taken_back(editor, camdens):
    camdens.revision.approved_go_live_at = timezone.now() + timedelta(days=3)
    camdens.revision.save()
    address = f"/admin/pages/{camdens.page.pk}/revisions/{camdens.revision.pk}/unschedule/"
    assert editor.get(address).status_code == 200
    editor.post(address)
    camdens.revision.refresh_from_db()
    assert camdens.revision.approved_go_live_at is None


def test_a_picture_is_uploaded_chosen_and_shown(editor, camdens, camden, site):
    answer = editor.post(
        "/admin/images/multiple/add/",
        {"files[]": SimpleUploadedFile("street.png", png("olive"), "image/png")},
    )
    assert answer.json()["success"] is True
    image = get_image_model().objects.order_by("-pk").first()
    assert image.collection == camden.collection
    multiple = f"/admin/images/multiple/{image.pk}/"
    assert editor.post(multiple, {f"image-{image.pk}-title": "Our street"}).json()["success"] is True
    assert "Our street" in editor.get("/admin/images/chooser/").content.decode()
    assert editor.get(f"/admin/images/chooser/chosen/{image.pk}/").json()["result"]["title"] == "Our street"

    edit = f"/admin/pages/{camdens.page.pk}/edit/"
    picture = stream(
        (
            "picture",
            {
                "-picture-image": image.pk,
                "-picture-decorative": "",
                "-picture-alt_text": "A street",
                "-caption": "",
            },
        )
    )
    form = {**shown_form(editor, edit), "image": image.pk, "image_alt": "A street", **picture}
    editor.post(edit, {**form, "action-publish": "1"})
    page = NewsPage.objects.get(pk=camdens.page.pk)
    assert page.image == image
    assert 'alt="A street"' in site("/news/camdenown-page/").content.decode()


def test_a_document_is_uploaded_and_deleted(editor, camden):
    editor.post(
        "/admin/documents/add/",
        {"title": "Our figures", "file": SimpleUploadedFile("f.csv", b"ward,count\nHighgate,3\n")},
    )
    document = get_document_model().objects.get(title="Our figures")
    assert document.collection == camden.collection
    editor.post(f"/admin/documents/delete/{document.pk}/")
    assert not get_document_model().objects.filter(pk=document.pk).exists()


def test_a_page_is_copied_and_moved_within_the_subtree(editor, camdens, camden, cast):
    body = {
        "new_title": "Again",
        "new_slug": "again",
        "new_parent_page": camdens.index.pk,
        "publish_copies": "on",
    }
    editor.post(f"/admin/pages/{camdens.page.pk}/copy/", body)
    copy = NewsPage.objects.get(slug="again")
    assert (copy.live, copy.alias_of) == (True, None)
    assert events(copy) == [(Event.PAGE_PUBLISHED, cast.editor.public_id, camden.code)]
    standing = camdens.home.add_child(instance=StandingPage(title="How we work", slug="how-we-work"))
    answer = editor.post(f"/admin/pages/{standing.pk}/move/", {"new_parent_page": camdens.home.pk})
    assert answer["Location"] == f"/admin/pages/{standing.pk}/move/{camdens.home.pk}/confirm/"
    assert editor.get(answer["Location"]).status_code == 200
    editor.post(answer["Location"])
    assert [event for event, *_ in events(Page.objects.get(pk=standing.pk).specific)] == [Event.PAGE_MOVED]


def test_a_failed_publication_leaves_neither_page_nor_event(editor, camdens, monkeypatch):
    from wagtail import hooks

    def breaks(request, page):
        raise RuntimeError("the disk is full")

    editor.raise_request_exception = False
    edit = f"/admin/pages/{camdens.draft.pk}/edit/"
    form = {**shown_form(editor, edit), **written(camdens), "action-publish": "1"}
    with hooks.register_temporarily("after_publish_page", breaks, order=99):
        assert editor.post(edit, form).status_code == 500
    assert not Page.objects.get(pk=camdens.draft.pk).live
    assert events(camdens.draft) == []


def test_a_role_that_ends_shuts_an_open_session_and_an_open_tab_at_once(editor, camdens, camden, cast):
    edit = f"/admin/pages/{camdens.page.pk}/edit/"
    form = {**shown_form(editor, edit), **written(camdens), "action-publish": "1"}
    role = cast.editor.boards_boardroles.get(board=camden)
    role.until = timezone.localdate()
    role.save()
    # Nobody has tidied up the group yet: the date alone decides.
    assert cast.editor.groups.filter(pk=camden.editors.pk).exists()
    assert editor.get("/admin/").status_code == 404
    assert editor.post(edit, form).status_code == 404
    assert NewsPage.objects.get(pk=camdens.page.pk).title == camdens.page.title


def test_a_stale_group_of_another_board_gives_nothing(editor, camdens, brents, cast):
    cast.editor.groups.add(brents.board.editors)
    assert editor.get(f"/admin/pages/{brents.page.pk}/edit/").status_code == 404
    for address in (
        "/admin/",
        "/admin/images/",
        "/admin/documents/",
        "/admin/pages/search/?q=q",
        "/admin/choose-page/search/?q=qzx",
    ):
        assert brents.page.title not in editor.get(address).content.decode()


@pytest.fixture
def lewisham(db):
    """A third board."""
    return make.make_board(make.LEWISHAM)


def test_somebody_who_edits_two_boards_has_both_and_nothing_else(
    lewisham, camdens, brents, cast, site_client
):
    make.give(make.BoardRole, cast.editor, scope=brents.board, kind=BoardRoleKind.EDITOR)
    client = site_client(None, cast.editor)
    page = client.get("/admin/pages/", follow=True).content.decode()
    assert camdens.home.title in page
    assert "Lewisham" not in page
    assert client.get(f"/admin/pages/{brents.page.pk}/edit/").status_code == 200
    assert client.get(f"/admin/pages/{lewisham.site.root_page_id}/edit/").status_code == 404
    assert "Lewisham" not in client.get("/admin/choose-page/", follow=True).content.decode()


def test_a_superuser_without_a_role_finds_no_admin(cast, camdens, site_client):
    cast.resident.is_superuser = True
    cast.resident.save()
    client = site_client(None, cast.resident)
    for address in ("/admin/", f"/admin/pages/{camdens.page.pk}/edit/", "/admin/users/"):
        assert client.get(address).status_code == 404


def test_oversight_with_the_london_group_edits_londons_pages_and_no_boards(camdens, cast, site_client):
    london = Group.objects.get(name="London editors")
    cast.oversight.groups.add(london)
    client = site_client(None, cast.oversight)
    home = Page.objects.get(slug="london", depth=2)
    assert client.get(f"/admin/pages/{home.pk}/edit/").status_code == 200
    assert client.get(f"/admin/pages/{camdens.page.pk}/edit/").status_code == 404
    cast.resident.groups.add(london)
    assert site_client(None, cast.resident).get("/admin/").status_code == 404


def test_the_front_page_shows_first_steps_and_ticks_what_is_done(cast, camden, site_client):
    client = site_client(None, cast.editor)
    page = client.get("/admin/")
    panel = page.context["panels"][0].get_context_data()
    assert [step.done for step in panel["sites"][0].steps] == [False, False, False]
    assert panel["sites"][0].url == camden.url("/")
    assert "See your site" in page.content.decode()
    get_image_model().objects.create(
        title="One", collection=camden.collection, file=SimpleUploadedFile("a.png", png())
    )
    for step in panel["sites"][0].steps:
        assert client.get(step.url).status_code == 200
    panel = client.get("/admin/").context["panels"][0].get_context_data()
    assert [step.done for step in panel["sites"][0].steps] == [False, False, True]


def test_the_front_page_lists_drafts_and_recent_pages_of_ones_own(editor, camdens, brents):
    panel = editor.get("/admin/").context["panels"][0].get_context_data()
    assert {page.pk for page in panel["drafts"]} == {camdens.draft.pk, camdens.page.pk}
    assert panel["recent"][0].pk == camdens.page.pk
    assert not {page.pk for page in [*panel["drafts"], *panel["recent"]]} & {page.pk for page in brents.pages}


def test_the_menu_holds_what_an_editor_can_open(editor):
    from wagtail.admin.menu import admin_menu

    response = editor.get("/admin/")
    items = admin_menu.menu_items_for_request(response.wsgi_request)
    assert [str(item.label) for item in items] == ["Pages", "Images", "Documents"]
    assert all(editor.get(item.url, follow=True).status_code == 200 for item in items)


def test_the_admins_policy_has_a_hash_for_each_inline_script_and_no_free_pass(editor, camdens):
    response = editor.get(f"/admin/pages/{camdens.page.pk}/edit/")
    policy = response["Content-Security-Policy"]
    assert policy.count("unsafe") == 1
    assert "style-src-elem 'self' 'unsafe-inline'" in policy
    assert "unsafe" not in editor.get(f"/admin/pages/{camdens.index.pk}/")["Content-Security-Policy"]
    scripts = policy.partition("script-src ")[2].partition(";")[0].split()
    assert scripts[0] == "'self'"
    assert [script[:8] for script in scripts[1:]] == ["'sha256-"] * (response.content.count(b"<script>"))
    assert response["X-Frame-Options"] == "DENY"


def test_a_script_that_is_not_wagtails_gets_no_hash():
    from django.http import HttpResponse

    from cms.middleware.policy import known_hashes

    for script in (
        "alert(1)",
        'initDateTimeChooser("id_go_live_at", {});alert(1)',
        'initDateTimeChooser("id_go_live_at", {});</script><script>alert(1)',
        'initDateTimeChooser("id"+alert(1), {});',
        'new PageChooser("id_page", {"a": alert(1)});',
    ):
        hashes = known_hashes(HttpResponse(f"<script>{script}</script>"))
        assert hashes == ([] if "</script>" not in script else hashes[:1]), script

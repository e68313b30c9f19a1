"""Pictures and documents: pixels only, private until a live page of the same board uses them, gone when it does not."""

import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.images.forms import get_image_form
from wagtail.models import UploadedFile

from cms.models import PortalDocument, PortalImage, PortalRendition, StandingPage, UsedFile
from snb.audit.enums import Event
from snb.audit.models import AuditEvent, Epoch
from tests import factories as make
from tests.files.samples import SECRET, photo, picture

pytestmark = pytest.mark.usefixtures("private_files")


def in_body(image, alt="Roofs at dusk"):
    """A body with this picture in it."""
    return [("picture", {"picture": {"image": image, "alt_text": alt, "decorative": False}, "caption": ""})]


def linking(document):
    """A body with a list that links to this document."""
    link = {"text": "The paper", "document": document, "page": None, "url": ""}
    return [("links", {"heading": "", "links": [link]})]


def stored(file) -> bytes:
    """The bytes in the store."""
    with file.storage.open(file.name) as opened:
        return opened.read()


# ------------------------------------------------------------------------------------------ what is kept of a picture
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_again_from_its_pixels_whatever_the_route(camden, format):
    sent = photo(format, orientation=6)
    assert SECRET in sent
    made = make.make_picture(camden, data=sent, name=f"Jane at home.{format.lower()}")
    kept = stored(made.file)
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.size == (made.width, made.height)
        assert dict(opened.getexif()) == {}
    assert made.file_size == len(kept)
    rendition = made.get_rendition("width-40|format-jpeg")
    assert SECRET not in stored(rendition.file)


def test_a_picture_changed_later_is_made_again_too(camden):
    made = make.make_picture(camden)
    first = made.file_hash
    made.file = ContentFile(photo("JPEG"), name="next.jpg")
    made.save()
    assert SECRET not in stored(made.file)
    assert made.file_hash != first


def test_saving_without_a_new_file_leaves_the_bytes_alone(camden):
    made = make.make_picture(camden)
    before = made.file.name
    made.title = "Other words"
    made.save()
    assert PortalImage.objects.get().file.name == before


def test_the_editor_s_form_refuses_a_damaged_picture_at_its_field(camden):
    form_class = get_image_form(PortalImage)
    cut = picture("JPEG", size=(400, 300))[:900]
    form = form_class(
        {"title": "x", "collection": camden.collection.pk},
        {"file": SimpleUploadedFile("x.jpg", cut, "image/jpeg")},
    )
    assert not form.is_valid()
    assert list(form.errors) == ["file"]
    assert "tags" not in form.fields


def test_the_editor_s_form_keeps_pixels_only(camden, cast):
    form_class = get_image_form(PortalImage)
    file = SimpleUploadedFile("Jane.jpg", photo("JPEG"), "image/jpeg")
    form = form_class(
        {"title": "x", "collection": camden.collection.pk, "description": ""},
        {"file": file},
        user=cast.editor,
    )
    assert form.is_valid(), form.errors
    made = form.save()
    assert SECRET not in stored(made.file)
    assert made.file_size == len(stored(made.file))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("x.gif", b"GIF89a" + bytes(40)),
        ("x.jpg", b"\xff\xd8\xff"),
    ],
    ids=["svg", "gif", "stump"],
)
def test_what_is_not_a_photo_is_refused_at_the_field(camden, name, data):
    form_class = get_image_form(PortalImage)
    form = form_class(
        {"title": "x", "collection": camden.collection.pk}, {"file": SimpleUploadedFile(name, data)}
    )
    assert list(form.errors) == ["file"]


def test_an_svg_is_refused_by_the_model_too(camden):
    with pytest.raises(ValidationError):
        make.make_picture(camden, data=b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="x.svg")
    assert not PortalImage.objects.exists()


def test_a_document_is_what_its_bytes_say(camden):
    with pytest.raises(ValidationError):
        make.make_document(camden, data=b"<html><script>alert(1)</script></html>", name="minutes.pdf")
    assert not PortalDocument.objects.exists()


def test_a_document_s_ending_is_that_of_its_bytes(camden, site_client):
    document = make.make_document(camden, title="Figures", name="figures.docx")
    make.make_article(camden, body=linking(document))
    answer = site_client(camden).get(document.url)
    assert document.url == f"/documents/{document.pk}/figures.csv"
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_nothing_of_a_file_s_own_name_is_kept(camden):
    image = make.make_picture(camden, name="Jane Example 12 High Street.png")
    document = make.make_document(camden, title="Fund 2026: terms", name="Jane Example CV.csv")
    for file in (image.file.name, document.file.name, document.url, document.filename):
        assert "jane" not in file.lower()
    assert document.filename == "fund-2026-terms.csv"


# ------------------------------------------------------------------------------------------ what is laid aside
@pytest.fixture
def editor(cast, site_client, settings, tmp_path):
    """Camden's editor, with an empty folder for what Wagtail lays aside."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return site_client(None, cast.editor)


def test_a_photo_without_a_title_is_laid_aside_without_its_place(editor, camden, tmp_path):
    """Wagtail keeps the file until it has a title, then moves it past the picture's own `save()`."""
    sent = photo("JPEG", orientation=6)
    assert SECRET in sent
    answer = editor.post(
        "/admin/images/multiple/add/", {"title": "", "files[]": SimpleUploadedFile("Jane Example.jpg", sent)}
    )
    upload = UploadedFile.objects.get()
    assert (answer.json()["uploaded_file_id"], PortalImage.objects.count()) == (upload.pk, 0)
    aside = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert [path.name for path in aside] == ["picture.jpg"]
    assert SECRET not in aside[0].read_bytes()
    with Image.open(aside[0]) as opened:
        assert dict(opened.getexif()) == {}

    prefix = f"uploaded-image-{upload.pk}"
    editor.post(
        f"/admin/images/multiple/create_from_uploaded_image/{upload.pk}/",
        {f"{prefix}-title": "At home", f"{prefix}-collection": camden.collection.pk},
    )
    made = PortalImage.objects.get()
    assert made.title == "At home"
    assert SECRET not in stored(made.file)
    assert made.file_size == len(stored(made.file))
    assert (UploadedFile.objects.count(), aside[0].exists()) == (0, False)


def test_a_document_without_a_title_is_laid_aside_under_no_name_of_its_own(editor, tmp_path):
    sent = SimpleUploadedFile("Jane Example CV.docx", b"name,count\nlamps,14\n")
    editor.post("/admin/documents/multiple/add/", {"title": "", "files[]": sent})
    assert UploadedFile.objects.count() == 1
    assert [path.name for path in (tmp_path / "media").rglob("*") if path.is_file()] == ["document.csv"]


@pytest.mark.parametrize("model", [PortalImage, PortalDocument])
def test_what_is_neither_picture_nor_document_is_not_even_laid_aside(editor, model, tmp_path):
    with pytest.raises(ValidationError):
        UploadedFile.objects.create(
            for_content_type=ContentType.objects.get_for_model(model),
            file=ContentFile(b"<html><script>alert(1)</script></html>", name="minutes.pdf"),
        )
    assert not UploadedFile.objects.exists()
    assert not (tmp_path / "media").exists()


# ------------------------------------------------------------------------------------------ who sees it
def test_a_picture_is_public_while_a_live_page_uses_it(
    camden, site_client, django_capture_on_commit_callbacks
):
    image = make.make_picture(camden)
    url = image.get_rendition("width-960|format-webp").url
    visitor = site_client(camden)
    assert visitor.get(url).status_code == 404
    page = make.make_article(camden, live=False, body=in_body(image))
    assert visitor.get(url).status_code == 404
    page.get_latest_revision().publish()
    answer = visitor.get(url)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "image/webp",
        "no-cache",
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = visitor.get(url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    with django_capture_on_commit_callbacks(execute=True):
        type(page).objects.get(pk=page.pk).unpublish()
    assert visitor.get(url).status_code == 404
    assert not PortalRendition.objects.exists()
    assert not UsedFile.objects.exists()


def test_unpublishing_removes_the_rendition_s_file(camden, private_files, django_capture_on_commit_callbacks):
    image = make.make_picture(camden)
    with django_capture_on_commit_callbacks(execute=True):
        page = make.make_article(camden, image=image)
    there = {path.name for path in private_files.glob("renditions/*")}
    assert len(there) == 2
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()
    assert list(private_files.glob("renditions/*")) == []
    assert len(list(private_files.glob("originals/*"))) == 1


def test_a_picture_two_pages_use_stays_until_the_second_goes(camden):
    image = make.make_picture(camden)
    first, second = (
        make.make_article(camden, "One", image=image),
        make.make_article(camden, "Two", body=in_body(image)),
    )
    image.get_rendition("width-960|format-webp")
    first.unpublish()
    assert PortalRendition.objects.exists()
    second.delete()
    assert not PortalRendition.objects.exists()
    assert PortalImage.objects.count() == 1


def test_a_draft_s_picture_stays_private_until_it_is_published(camden, site_client):
    old, new = make.make_picture(camden, "Old"), make.make_picture(camden, "New")
    page = make.make_article(camden, image=old)
    urls = {image: image.get_rendition("width-960|format-webp").url for image in (old, new)}
    page.image = new
    revision = page.save_revision()
    assert [site_client(camden).get(urls[image]).status_code for image in (old, new)] == [200, 404]
    revision.publish()
    assert site_client(camden).get(urls[new]).status_code == 200
    assert site_client(camden).get(urls[old]).status_code == 404


def test_what_a_live_page_uses_is_read_from_the_database_on_a_partial_save(camden):
    image = make.make_picture(camden)
    page = make.make_article(camden, image=None)
    page.image = image
    page.draft_title = "Later"
    page.save(update_fields=["draft_title"])
    assert not UsedFile.objects.exists()
    page = type(page).objects.get(pk=page.pk)
    page.image = image
    page.save(update_fields=["image"])
    assert UsedFile.objects.get().image == image
    page.live = False
    page.save(update_fields=["live"])
    assert not UsedFile.objects.exists()


def test_originals_have_no_address(camden, site_client):
    image = make.make_picture(camden)
    make.make_article(camden, image=image)
    name = image.file.name.rpartition("/")[2]
    for path in (
        f"/media/{image.file.name}",
        f"/media/originals/{name}",
        f"/media/renditions/{name}",
        f"/images/{image.pk}/",
    ):
        assert site_client(camden).get(path).status_code == 404


def test_a_document_is_public_while_a_live_page_links_to_it(camden, site_client):
    document = make.make_document(camden)
    visitor = site_client(camden)
    assert visitor.get(document.url).status_code == 404
    page = make.make_article(camden, body=linking(document))
    answer = visitor.get(document.url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"name,count\nlamps,14\n"
    assert answer["Content-Disposition"] == 'attachment; filename="terms-of-reference.csv"'
    page.unpublish()
    assert visitor.get(document.url).status_code == 404


def test_a_link_in_the_text_counts_as_use(camden, site_client):
    document = make.make_document(camden)
    text = f'<p>Read <a linktype="document" id="{document.pk}">the terms</a>.</p>'
    page = make.make_article(camden, body=[("text", text)])
    visitor = site_client(camden)
    assert f'href="{document.url}"' in visitor.get(page.get_url()).content.decode()
    assert visitor.get(document.url).status_code == 200


def test_files_of_one_board_do_not_exist_on_another_s_site(camden, brent, site_client):
    image, document = make.make_picture(camden), make.make_document(camden)
    make.make_article(camden, image=image, body=linking(document))
    urls = [image.get_rendition("width-960|format-webp").url, document.url]
    assert [site_client(camden).get(url).status_code for url in urls] == [200, 200]
    for elsewhere in (brent, None):
        assert [site_client(elsewhere).get(url).status_code for url in urls] == [404, 404]


def test_another_board_s_page_makes_no_file_of_ours_public(camden, brent, site_client):
    """Somebody with rights on both put Camden's picture and document on Brent's page."""
    image, document = make.make_picture(camden), make.make_document(camden)
    make.make_article(brent, image=image, body=linking(document))
    for board in (camden, brent, None):
        for url in (image.get_rendition("width-960|format-webp").url, document.url):
            assert site_client(board).get(url).status_code == 404


def test_editors_see_their_own_drafts_files_in_the_admin_only(camden, brent, cast, site_client):
    url = make.make_picture(camden).get_rendition("max-165x165").url
    document = make.make_document(camden).url
    for person, expected in {
        cast.editor: 200, cast.other_editor: 404, cast.resident: 404, cast.member: 404, cast.anonymous: 404,
    }.items():  # fmt: skip
        client = site_client(None, person)
        if person.is_authenticated:
            make.use_second_factor(client, person)
        assert [client.get(path).status_code for path in (url, document)] == [expected, expected], person
    client = site_client(camden, cast.editor)
    make.use_second_factor(client, cast.editor)
    assert client.get(url).status_code == 404
    client = site_client(None, cast.editor)
    make.use_second_factor(client, cast.editor)
    assert client.get(url)["Cache-Control"] == "private, no-store"


def test_files_answer_get_and_head_only(camden, site_client):
    image = make.make_picture(camden)
    make.make_article(camden, image=image)
    url = image.get_rendition("width-960|format-webp").url
    assert site_client(camden).head(url).status_code == 200
    assert site_client(camden).post(url).status_code in {403, 405}


@pytest.mark.parametrize(
    "name", ["..%2foriginals%2fx.png", "nothing.webp", "a" * 300 + ".png", "%00.png", "x|y.webp"]
)
def test_odd_names_of_renditions_are_not_found(camden, site_client, name):
    assert site_client(camden).get(f"/media/renditions/{name}").status_code in {400, 404}


@pytest.mark.parametrize(
    "path", ["/documents/99999999999999999999/x.csv", "/documents/0/x", "/documents/1/%00.csv"]
)
def test_odd_numbers_of_documents_are_not_found(camden, site_client, path):
    assert site_client(camden).get(path).status_code in {400, 404}


def test_a_deleted_page_s_files_are_private_again(camden, site_client):
    document = make.make_document(camden)
    page = StandingPage(title="Fund", slug="fund")
    page.body = [("text", f'<p><a linktype="document" id="{document.pk}">Terms</a></p>')]
    camden.site.root_page.add_child(instance=page)
    assert site_client(camden).get(document.url).status_code == 200
    page.delete()
    assert site_client(camden).get(document.url).status_code == 404


# ------------------------------------------------------------------------------------------ what the record says
def recorded(thing) -> list[tuple[str, object, str]]:
    """What the audit record says of a picture or document: event, who, board."""
    rows = AuditEvent.objects.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))
    return list(rows.order_by("pk").values_list("event", "actor", "board"))


def test_an_editor_s_picture_is_recorded_as_it_comes_changes_and_goes(camden, cast, site_client):
    editor = site_client(None, cast.editor)
    editor.post("/admin/images/multiple/add/", {"files[]": SimpleUploadedFile("x.jpg", photo("JPEG"))})
    made = PortalImage.objects.get()
    editor.post(f"/admin/images/multiple/{made.pk}/", {f"image-{made.pk}-title": "Our street"})
    editor.post(f"/admin/images/{made.pk}/delete/")
    who = (cast.editor.public_id, camden.code)
    assert recorded(made) == [
        (Event.PICTURE_ADDED, *who),
        (Event.PICTURE_CHANGED, *who),
        (Event.PICTURE_DELETED, *who),
    ]
    assert list(AuditEvent.objects.filter(object_id=str(made.pk)).values_list("data", flat=True)) == [{}] * 3


def test_an_editor_s_document_is_recorded_as_it_comes_changes_and_goes(camden, cast, site_client):
    editor = site_client(None, cast.editor)
    sent = SimpleUploadedFile("f.csv", b"ward,count\nHighgate,3\n")
    editor.post("/admin/documents/add/", {"title": "Our figures", "file": sent})
    made = PortalDocument.objects.get()
    editor.post(f"/admin/documents/edit/{made.pk}/", {"title": "Better figures"})
    assert PortalDocument.objects.get().title == "Better figures"
    editor.post(f"/admin/documents/delete/{made.pk}/")
    who = (cast.editor.public_id, camden.code)
    assert recorded(made) == [
        (Event.DOCUMENT_ADDED, *who),
        (Event.DOCUMENT_CHANGED, *who),
        (Event.DOCUMENT_DELETED, *who),
    ]


def test_files_outside_the_admin_are_recorded_without_a_person(camden):
    of_camden, of_london = make.make_picture(camden), make.make_document(None)
    PortalImage.objects.all().delete()
    assert recorded(of_camden) == [
        (Event.PICTURE_ADDED, None, camden.code),
        (Event.PICTURE_DELETED, None, camden.code),
    ]
    assert recorded(of_london) == [(Event.DOCUMENT_ADDED, None, "")]


def test_what_wagtail_notes_on_a_file_is_no_change(camden):
    made = make.make_picture(camden)
    PortalImage.objects.update(file_size=None)
    made = PortalImage.objects.get()
    assert made.get_file_size()
    assert [event for event, *_ in recorded(made)] == [Event.PICTURE_ADDED]


def test_a_file_in_a_folder_of_the_board_is_the_board_s(camden):
    folder = camden.collection.add_child(name="Summer fair")
    made = make.make_picture(camden)
    made.collection = folder
    made.save()
    assert recorded(made)[-1] == (Event.PICTURE_CHANGED, None, camden.code)


def test_changing_or_deleting_a_file_moves_the_epoch(camden):
    made = make.make_picture(camden)
    before = Epoch.objects.get_or_create(board=camden.code)[0].number
    made.save()
    made.delete()
    assert Epoch.objects.get(board=camden.code).number == before + 2

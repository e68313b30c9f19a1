"""Photos: made anew, private until a screener publishes them with boxes burnt in."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from payback.actions import nominators, photos
from payback.actions.progress import move
from payback.enums import Status
from payback.models import Nomination, Photo
from snb.files.models import StoredFile, private_store
from tests.counting import queries_in
from tests.payback.conftest import ADDRESS
from tests.payback.making import make_nomination, make_screener

pytestmark = pytest.mark.django_db


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), *, exif: bool = False) -> bytes:
    """A red picture with a white square in its upper left quarter."""
    made = Image.new("RGB", size, (200, 30, 30))
    made.paste((255, 255, 255), (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    if exif:
        tags = Image.Exif()
        tags[0x0110] = "PlantedCamera"
        tags[0x8825] = {1: "N", 2: (51.0, 34.0, 16.0)}
        made.save(out, kind, exif=tags)
    else:
        made.save(out, kind)
    return out.getvalue()


def upload(name: str, data: bytes, content_type: str = "image/jpeg") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data, content_type)


def add(nominator, name: str, data: bytes):
    """Add a photo on its page."""
    return nominator.client.post(
        ADDRESS, {"step": "photos", "go": "add", "photo": upload(name, data)}, follow=True
    )


def stored_bytes(stored: StoredFile) -> bytes:
    """What lies in the private store."""
    with private_store().open(str(stored.file)) as file:
        return file.read()


@pytest.fixture
def drafting(nominator):
    """A nominator on the page of photos."""
    nominator.begin()
    nominator.post("check", go="change:photos")
    return nominator


def test_a_photo_loses_place_camera_and_name(drafting):
    add(drafting, "my-house-number-12.jpg", picture(exif=True))
    photo = Photo.objects.get()
    data = stored_bytes(photo.original)
    assert b"PlantedCamera" not in data
    assert b"Exif" not in data
    assert (photo.original.name, photo.original.uploaded_by, photo.original.state) == ("", None, "private")
    assert "my-house" not in photo.original.public_name


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("big.jpg", picture() + b"0" * 20 * 1024 * 1024, "This photo is 20.1 MB."),
        ("heic.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + b"0" * 500, "HEIC"),
        (
            "drawing.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "This is a SVG file.",
        ),
        ("empty.jpg", b"", "This file is empty."),
        ("cut.jpg", picture()[:300], "This file is damaged or incomplete."),
    ],
)
def test_what_is_no_photo_we_take_is_said_at_the_field(drafting, name, data, words):
    page = add(drafting, name, data).content.decode()
    assert words in page
    assert "govuk-error-message" in page
    assert not Photo.objects.exists()


def test_sixty_megapixels_are_refused_from_the_header(drafting):
    header = bytearray(picture("PNG", (16, 16)))
    header[16:24] = (10_000).to_bytes(4, "big") + (6_000).to_bytes(4, "big")
    page = add(drafting, "huge.png", bytes(header)).content.decode()
    assert "This photo has 60 megapixels." in page
    assert not Photo.objects.exists()


def test_a_file_that_is_two_things_at_once_is_only_a_picture_afterwards(drafting):
    add(drafting, "both.jpg", picture() + b"<script>alert(1)</script>PK\x03\x04evil")
    data = stored_bytes(Photo.objects.get().original)
    assert b"<script>" not in data
    assert b"evil" not in data


def test_four_photos_at_most_and_each_can_be_taken_away(drafting):
    for number in range(4):
        add(drafting, f"{number}.png", picture("PNG"))
    page = add(drafting, "fifth.png", picture("PNG")).content.decode()
    assert Photo.objects.count() == 4
    assert "There are four photos already." in page
    first = Photo.objects.first()
    name = str(first.original.file)
    with pytest.MonkeyPatch.context() as patch:
        deleted = []
        patch.setattr(private_store(), "delete", deleted.append)
        drafting.post("photos", go=f"remove:{first.pk}")
    assert Photo.objects.count() == 3
    assert not StoredFile.objects.filter(file=name).exists()


def test_only_the_one_who_has_it_open_sees_it(drafting, camden, site_client):
    add(drafting, "a.png", picture("PNG"))
    photo = Photo.objects.get()
    address = f"/payback/nominate/photos/{photo.pk}/"
    assert drafting.client.get(address).status_code == 200
    assert drafting.client.get(address).headers["Cache-Control"] == "no-store, private"
    stranger = site_client(camden)
    assert stranger.get(address).status_code == 404
    assert stranger.get(photo.original.get_absolute_url()).status_code == 404


def test_the_check_of_the_answers_shows_each_photo_beside_the_way_to_change_them(drafting):
    for number in range(2):
        add(drafting, f"{number}.jpg", picture())
    page = drafting.post("photos", go="next", changing="1").content.decode()
    row = page[page.index("Photos</dt>") : page.index('value="change:photos"')]
    for number, photo in enumerate(Photo.objects.order_by("added_at"), start=1):
        assert f'src="/payback/nominate/photos/{photo.pk}/" alt="Your photo {number} of 2"' in row
    assert row.count("<img") == 2


def test_one_and_three_photos_on_the_check_take_as_many_queries(drafting):
    def look():
        return drafting.get()

    add(drafting, "0.jpg", picture())
    drafting.post("photos", go="next", changing="1")
    one = queries_in(look)
    assert drafting.get().count("<img") == 1
    for number in (1, 2):
        photos.add_photo(drafting.nomination, upload(f"{number}.jpg", picture()))
    assert queries_in(look) == one
    assert drafting.get().count("<img") == 3


def test_ones_own_photo_is_sent_small_and_kept_nowhere(drafting):
    add(drafting, "large.jpg", picture(size=(2400, 1800)))
    photo = Photo.objects.get()
    answer = drafting.client.get(f"/payback/nominate/photos/{photo.pk}/")
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "image/jpeg",
        "no-store, private",
    )
    assert Image.open(io.BytesIO(answer.content)).size == (600, 450)
    assert StoredFile.objects.count() == 1
    with private_store().open(str(photo.original.file), "wb") as file:
        file.write(b"spoilt")
    assert drafting.client.get(f"/payback/nominate/photos/{photo.pk}/").status_code == 404
    private_store().delete(str(photo.original.file))
    assert drafting.client.get(f"/payback/nominate/photos/{photo.pk}/").status_code == 404


@pytest.fixture
def with_photo(highgate, screeners):
    """A task with a photo its nominator lets us show."""
    row = make_nomination(highgate, "draft", may_show_photos=True)
    photo = photos.add_photo(row, upload("a.jpg", picture()))
    Nomination.objects.filter(pk=row.pk).update(
        status="endorsed",
        submitted_at="2026-01-01T00:00Z",
        endorsed_at="2026-01-02T00:00Z",
        public_title="Alley",
    )
    for person in screeners:
        row.reviews.create(person=person)
    photo.refresh_from_db()
    return photo


def test_a_screener_publishes_with_boxes_burnt_in(with_photo, screeners, site_client, camden):
    published = photos.publish_photo(with_photo, boxes=[[0, 0, 0.3, 0.3]], alt="An alley.", by=screeners[0])
    shown = Image.open(io.BytesIO(stored_bytes(published.large)))
    assert shown.size == (800, 600)
    red, green, blue = shown.getpixel((20, 20))
    assert (abs(red - 90) < 6, abs(green - 96) < 6, abs(blue - 92) < 6) == (True, True, True)
    assert Image.open(io.BytesIO(stored_bytes(published.small))).size == (400, 300)
    stranger = site_client(camden)
    assert stranger.get(published.large.get_absolute_url()).status_code == 200
    assert stranger.get(published.original.get_absolute_url()).status_code == 404
    photos.unpublish_photo(published, by=screeners[1])
    assert stranger.get(published.large.get_absolute_url()).status_code == 404


def test_a_photo_whose_nominator_did_not_agree_is_not_published(with_photo, screeners):
    Nomination.objects.update(may_show_photos=False)
    with_photo.refresh_from_db()
    with pytest.raises(ValidationError, match="did not agree"):
        photos.publish_photo(with_photo, boxes=[], alt="An alley.", by=screeners[0])


def test_nobody_else_publishes(with_photo, cast):
    with pytest.raises(PermissionDenied):
        photos.publish_photo(with_photo, boxes=[], alt="An alley.", by=cast.chair)


@pytest.mark.parametrize(
    "boxes", [[[0, 0, 0, 1]], [[1.2, 0, 0.1, 0.1]], [["a", 0, 1, 1]], [[0, 0, 1]], [[0, 0, 0.1, 0.1]] * 21]
)
def test_boxes_that_are_none_are_refused(with_photo, screeners, boxes):
    with pytest.raises(ValidationError):
        photos.publish_photo(with_photo, boxes=boxes, alt="An alley.", by=screeners[0])


def test_the_desk_publishes_with_boxes_written_in_per_cent(with_photo, screeners, site_client, camden):
    client = site_client(camden, screeners[0])
    address = f"/desk/payback/{with_photo.nomination.reference}/photos/{with_photo.pk}/"
    page = client.post(address, {"alt": "An alley.", "boxes": "0 0 30"}).content.decode()
    assert "is no box" in page
    assert "0 0 30" in page
    client.post(address, {"alt": "An alley.", "boxes": "0, 0, 30, 30\n50 50 10 10"})
    with_photo.refresh_from_db()
    assert with_photo.boxes == [[0.0, 0.0, 0.3, 0.3], [0.5, 0.5, 0.1, 0.1]]


def test_a_photo_published_before_its_task_is_public_waits_for_it(
    with_photo, screeners, site_client, camden, provider
):
    row = with_photo.nomination
    Nomination.objects.update(status="screening", show="done")
    with_photo.refresh_from_db()
    published = photos.publish_photo(with_photo, boxes=[], alt="An alley.", by=screeners[0])
    stranger = site_client(camden)
    address = published.large.get_absolute_url()
    assert stranger.get(address).status_code == 404
    for status in ("endorsed", "in_progress"):
        row.refresh_from_db()
        move(row, Status(status), by=None)
        assert stranger.get(address).status_code == 404
    move(row, Status.COMPLETED, by=None)
    assert stranger.get(address).status_code == 200


def test_a_photo_is_on_the_desk_of_the_board_that_screens(with_photo, brent, camden, cast, site_client):
    person = make_screener(brent)
    Nomination.objects.update(screening_board=brent)
    with_photo.nomination.reviews.create(person=person)
    address = f"/desk/payback/{with_photo.nomination.reference}/photos/{with_photo.pk}/original/"
    answer = site_client(brent, person).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert site_client(camden, person).get(address).status_code == 404
    assert site_client(brent, cast.other_chair).get(address).status_code == 404
    assert site_client(brent, person).get(address.replace("original", "small")).status_code == 404


def test_a_nominators_photo_can_be_taken_off_after_the_forgetting(with_photo, screeners, camden, site_client):
    row = with_photo.nomination
    photos.publish_photo(with_photo, boxes=[], alt="An alley.", by=screeners[0])
    move(row, Status.COMPLETED, by=None)
    nominators.forget(row, by=None)
    photo = Photo.objects.get()
    assert photo.original is None
    address = photo.large.get_absolute_url()
    assert site_client(camden).get(address).status_code == 200  # kept, as the board made it public
    desk = f"/desk/payback/{row.reference}/photos/{photo.pk}/"
    client = site_client(camden, screeners[0])
    assert desk in client.get(f"/desk/payback/{row.reference}/").content.decode()
    assert "Take it off" in client.get(desk).content.decode()
    client.post(desk, {"unpublish": "1"})
    assert site_client(camden).get(address).status_code == 404
    assert not Photo.objects.exists()


def test_any_one_who_screens_takes_a_public_photo_off_without_seeing_its_original(
    with_photo, screeners, site_client, camden
):
    published = photos.publish_photo(with_photo, boxes=[], alt="An alley.", by=screeners[0])
    address = published.large.get_absolute_url()
    client = site_client(camden, make_screener(camden))
    desk = f"/desk/payback/{with_photo.nomination.reference}/"
    photo = f"{desk}photos/{with_photo.pk}/"
    assert photo in client.get(desk).content.decode()
    assert client.get(f"{photo}large/").status_code == 200
    assert client.get(f"{photo}original/").status_code == 404
    page = client.get(photo).content.decode()
    assert ("original/" in page, "Publish" in page) == (False, False)
    client.post(photo, {"alt": "Mine.", "boxes": ""})
    assert Photo.objects.get().alt == "An alley."
    client.post(photo, {"unpublish": "1"})
    assert site_client(camden).get(address).status_code == 404
    assert client.get(photo).status_code == 404

"""Photos on the desk: the provider's own, and the nominator's where they agreed."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from payback.actions import probation
from payback.enums import PhotoKind
from payback.models import Photo
from snb.files.actions import store_file
from snb.files.enums import RASTERS
from tests.payback.making import (
    make_referral,
)
from tests.payback.test_probation import address, picture

pytestmark = pytest.mark.django_db


def test_photos_are_for_the_provider_that_has_the_task(site_client, referral, officer, stranger):
    probation.accept(referral, project_code="N07A", by=officer)
    photo = probation.add_work_photo(referral, file=picture(), kind=PhotoKind.BEFORE, by=officer)
    url = address(referral, f"photos/{photo.pk}/")
    desk = site_client(None, officer)
    assert url in desk.get(address(referral)).content.decode()
    shown = desk.get(url)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in shown["Cache-Control"]
    assert site_client(None, stranger).get(url).status_code == 404
    assert site_client(None).get(url).status_code == 302


@pytest.mark.parametrize("agreed", [True, False])
def test_the_nominators_photo_is_passed_on_where_they_agreed(
    site_client, highgate, provider, officer, agreed
):
    referral = make_referral(highgate, provider=provider, may_pass_photos=agreed)
    photo = Photo.objects.create(nomination=referral.nomination, kind=PhotoKind.PLACE)
    photo.original = store_file(
        picture(), owner=photo, kinds=RASTERS, by=None, board=referral.nomination.board_id
    )
    photo.save()
    answer = site_client(None, officer).get(address(referral, f"photos/{photo.pk}/"))
    assert answer.status_code == (200 if agreed else 404)


def test_five_photos_of_a_kind_are_too_many(referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    for _ in range(4):
        probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=officer)
    with pytest.raises(ValidationError):
        probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=officer)
    with pytest.raises(ValidationError):
        probation.add_work_photo(referral, file=picture(), kind=PhotoKind.PLACE, by=officer)


def test_what_is_no_photo_is_said_at_the_field(desk, referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    page = desk.post(
        address(referral, "photo/"),
        {"kind": "after", "file": SimpleUploadedFile("x.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")},
    ).content.decode()
    assert "govuk-error-message" in page
    assert Photo.objects.count() == 0

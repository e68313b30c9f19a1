"""The desk when somebody else was quicker, when the work is done, and when a day cannot be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from payback.actions import probation
from payback.enums import Ended, PhotoKind, Status
from payback.models import Nomination, Photo, Referral, Session
from payback.queries.probation import photos_for_provider
from tests.payback.making import make_nomination, make_officer, make_provider, make_referral
from tests.payback.test_probation import address, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(highgate):
    """Camden's provider, on the desk."""
    return make_provider(board=highgate.borough.board)


@pytest.fixture
def officer(provider):
    """Somebody who works there."""
    return make_officer(provider)


@pytest.fixture
def referral(highgate, provider):
    """A task that is accepted."""
    return make_referral(highgate, Status.ACCEPTED, provider=provider)


def hidden_in(page: str) -> str:
    """The dates the form says it showed."""
    return page.split('name="seen" value="')[1].split('"')[0]


def test_dates_that_somebody_else_changed_are_not_written_over_unseen(
    site_client, referral, provider, officer
):
    first, second = site_client(None, officer), site_client(None, make_officer(provider))
    where = address(referral, "schedule/")
    seen = [hidden_in(desk.get(where).content.decode()) for desk in (first, second)]
    assert seen == ["/", "/"]
    first.post(where, {"starts_on": "2026-12-01", "expected_end_on": "2026-12-04", "seen": seen[0]})
    page = second.post(where, {"starts_on": "2026-12-15", "seen": seen[1]}).content.decode()
    assert "Somebody else has changed these dates in the meantime" in page
    assert "1 December 2026" in page
    assert 'value="2026-12-15"' in page
    assert 'href="#id_starts_on"' in page
    referral.refresh_from_db()
    assert referral.planned == "2026-12-01/2026-12-04"
    # Having been told, they may.
    reply = second.post(where, {"starts_on": "2026-12-15", "seen": hidden_in(page)})
    assert reply.status_code == 302
    referral.refresh_from_db()
    assert referral.planned == "2026-12-15/"


def test_the_page_says_what_is_planned_now(site_client, referral, officer):
    Referral.objects.update(starts_on="2026-12-01")
    page = site_client(None, officer).get(address(referral, "schedule/")).content.decode()
    assert "Planned now: from 1 December 2026." in page


def test_other_dates_leave_the_state_as_it_is_and_need_a_task_that_is_accepted(highgate, referral, officer):
    day = timezone.localdate()
    probation.change_dates(referral, starts_on=day, expected_end_on=None, by=officer)
    assert Nomination.objects.get().status == Status.ACCEPTED
    Nomination.objects.update(status=Status.ASSESSING)
    with pytest.raises(ValidationError, match="Accept the task"):
        probation.change_dates(referral, starts_on=None, expected_end_on=None, by=officer)


@pytest.mark.parametrize("year", [26, 1926])
def test_a_session_of_another_century_is_refused_at_its_day(referral, officer, year):
    with pytest.raises(ValidationError) as error:
        probation.log_session(
            referral,
            date=timezone.localdate().replace(year=year, day=1),
            people=4,
            hours=Decimal(16),
            by=officer,
        )
    assert list(error.value.error_dict) == ["date"]
    assert not Session.objects.exists()


def test_a_provider_sees_its_photo_after_the_task_is_done(site_client, highgate, referral, provider, officer):
    Nomination.objects.update(status=Status.IN_PROGRESS, may_pass_photos=True)
    Session.objects.create(referral=referral, date=timezone.localdate(), people=4, hours=20)
    theirs = probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=officer)
    given = Photo.objects.create(
        nomination=referral.nomination, kind=PhotoKind.PLACE, original=theirs.original
    )
    client = site_client(None, officer)
    where = {photo: address(referral, f"photos/{photo.pk}/") for photo in (theirs, given)}
    assert [client.get(path).status_code for path in where.values()] == [200, 200]
    probation.complete(referral, by=officer)
    page = client.get(address(referral)).content.decode()
    assert [path in page for path in where.values()] == [True, False]
    assert [client.get(path).status_code for path in where.values()] == [200, 404]
    # Gone to somebody else, nothing is shown any more.
    Referral.objects.update(ended=Ended.CONTRACT)
    assert [client.get(path).status_code for path in where.values()] == [404, 404]
    assert photos_for_provider(Referral.objects.get()) == []


def test_list_and_permission_of_photos_agree(highgate, provider, officer):
    for may_pass in (True, False):
        for ended in ("", *Ended):
            nomination = make_nomination(highgate, Status.IN_PROGRESS, may_pass_photos=may_pass)
            referral = make_referral(highgate, Status.IN_PROGRESS, provider=provider)
            Referral.objects.filter(pk=referral.pk).update(
                nomination=nomination, ended=ended, refusal="size" if ended == Ended.REJECTED else ""
            )
            referral = Referral.objects.get(pk=referral.pk)
            stored = probation.store_file(
                picture(), owner=Photo.objects.create(nomination=nomination, kind="after"), kinds=probation.RASTERS,
                by=officer, board=nomination.board_id, public_name="x",
            )  # fmt: skip
            nomination.photos.update(original=stored)
            Photo.objects.create(nomination=nomination, kind="place", original=stored)
            allowed = {
                photo for photo in nomination.photos.all() if officer.has_perm("payback.photo.view", photo)
            }
            assert set(photos_for_provider(referral)) == allowed, (may_pass, ended)

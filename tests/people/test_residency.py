"""Where a person lives: by postcode, by printed code, by being seen; how often it may change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.people import actions
from snb.people.enums import ResidencyMethod
from snb.people.models import PrintedCode, Residency
from snb.people.queries import code_mark, may_change_ward_on, postcode_marks, residency_of
from snb.places.models import Postcode
from snb.privacy.actions import apply_retention
from tests import factories as make


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


@pytest.fixture
def postcodes(highgate, kilburn_brent):
    def row(postcode, ward, ended=""):
        return Postcode.objects.create(
            postcode=postcode, ward=ward, borough_code=ward.borough_id, ended=ended
        )

    return [
        row("N66ZZ", highgate),
        row("N66ZY", highgate),
        row("NW66ZZ", kilburn_brent),
        row("N61ZZ", highgate, "201903"),
    ]


def travel(residency, days):
    """Pretend that it was confirmed so many days ago."""
    gone = timedelta(days=days)
    Residency.objects.filter(pk=residency.pk).update(
        since=residency.since - gone,
        confirmed_on=residency.confirmed_on - gone,
        expires_on=residency.expires_on - gone,
    )


def test_by_postcode(cast, highgate, postcodes):
    found = actions.confirm_by_postcode(cast.resident, " n6 6zz", by=cast.resident)
    assert (found.ward, found.method, found.is_change) == (highgate, "postcode", False)
    assert found.expires_on - found.confirmed_on == timedelta(days=730)
    assert residency_of(cast.resident) == found
    event = AuditEvent.objects.get(event=Event.RESIDENCY_CONFIRMED)
    assert (event.actor, event.data) == (cast.resident.public_id, {"ward": highgate.pk, "method": "postcode"})


def test_the_postcode_itself_is_kept_nowhere(cast, postcodes):
    found = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    kept = str(list(Residency.objects.values_list())) + str(list(AuditEvent.objects.values_list()))
    assert "6ZZ" not in kept.upper()
    assert found.proof_hash in postcode_marks("n6 6zz")


@pytest.mark.parametrize("postcode", ["N6 1ZZ", "M1 1AA", "nonsense", "", "SW1A 1AA", "N6 9ZZ", "\x00"])
def test_a_postcode_that_is_not_live_in_london_is_refused_in_words(cast, postcodes, postcode):
    with pytest.raises(ValidationError) as refused:
        actions.confirm_by_postcode(cast.resident, postcode, by=cast.resident)
    assert refused.value.message_dict["postcode"][0].endswith((".", "?"))
    assert residency_of(cast.resident) is None


def test_for_somebody_else_is_refused(cast, postcodes):
    with pytest.raises(PermissionDenied):
        actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.neighbour)


def test_confirming_again_renews_and_keeps_the_beginning(cast, postcodes):
    first = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    travel(first, 400)
    again = actions.confirm_by_postcode(cast.resident, "N6 6ZY", by=cast.resident)
    assert again.pk == first.pk
    assert (timezone.now() - again.since).days == 400
    assert again.confirmed_on == timezone.localdate()


def test_one_change_in_ninety_days(cast, highgate, kilburn_brent, postcodes):
    actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    moved = actions.confirm_by_postcode(cast.resident, "NW6 6ZZ", by=cast.resident)
    assert (moved.ward, moved.is_change) == (kilburn_brent, True)
    with pytest.raises(ValidationError, match="less than 90 days ago"):
        actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    assert residency_of(cast.resident) == moved
    travel(moved, 89)
    assert may_change_ward_on(cast.resident) is not None
    with pytest.raises(ValidationError):
        actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    travel(Residency.objects.get(pk=moved.pk), 1)
    assert actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident).ward == highgate


def test_leaving_and_joining_another_ward_is_a_change_too(cast, postcodes):
    actions.end_residency(
        actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident), by=cast.resident
    )
    moved = actions.confirm_by_postcode(cast.resident, "NW6 6ZZ", by=cast.resident)
    actions.end_residency(moved, by=cast.resident)
    assert moved.is_change
    with pytest.raises(ValidationError):
        actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)


def test_an_expired_residency_counts_no_more_and_can_be_renewed(cast, postcodes):
    first = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    travel(first, 730)
    assert residency_of(cast.resident) is None
    again = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    assert (again.pk != first.pk, again.is_change) == (True, False)


def kept_until(residency) -> tuple[bool, bool]:
    """Whether retention leaves it on its last day, and on the day after."""
    left = []
    for days in (90, 91):
        apply_retention(dry_run=False, today=residency.expires_on + timedelta(days=days))
        left.append(Residency.objects.filter(pk=residency.pk).exists())
    return left[0], left[1]


def test_a_residency_that_ran_out_is_kept_ninety_days(cast, postcodes):
    found = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    travel(found, 730)
    found.refresh_from_db()
    assert found.expires_on == timezone.localdate()
    assert kept_until(found) == (True, False)


@pytest.mark.parametrize("days", [0, 30])
def test_a_residency_that_was_ended_is_kept_ninety_days_and_not_two_years(cast, postcodes, days):
    """What the privacy page says: the ward somebody has left is not kept for what was left of the two years."""
    found = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    travel(found, days)
    ended = actions.end_residency(found, by=cast.resident)
    assert ended.expires_on - timezone.localdate() == timedelta(days=0 if days else 1)
    assert kept_until(ended) == (True, False)


def test_the_ward_somebody_moved_from_is_kept_ninety_days(cast, postcodes):
    first = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    travel(first, 200)
    moved = actions.confirm_by_postcode(cast.resident, "NW6 6ZZ", by=cast.resident)
    first.refresh_from_db()
    assert (first.ended_on, first.expires_on) == (timezone.localdate(), timezone.localdate())
    assert kept_until(first) == (True, False)
    assert residency_of(cast.resident) == moved


@pytest.fixture
def code(cast, highgate):
    batch = actions.make_batch(highgate, count=2, by=cast.chair)
    actions.confirm_batch(batch, by=cast.secretary)
    return actions.print_batch(batch, by=cast.chair)[0]


def test_by_printed_code_once(cast, highgate, code):
    found = actions.confirm_by_code(cast.resident, code.lower().replace("-", " "), by=cast.resident)
    assert (found.ward, found.method, found.proof_hash) == (highgate, "code", code_mark(code))
    with pytest.raises(ValidationError, match="used already"):
        actions.confirm_by_code(cast.neighbour, code, by=cast.neighbour)
    assert PrintedCode.objects.filter(used_on__isnull=False).count() == 1


@pytest.mark.parametrize("typed", ["", "7K3F-9QWD-2MXB", "x" * 500, "\x00"])
def test_an_unknown_code_is_refused(cast, code, typed):
    with pytest.raises(ValidationError, match="do not know that code"):
        actions.confirm_by_code(cast.resident, typed, by=cast.resident)


def test_a_refused_change_of_ward_does_not_use_the_code_up(cast, code, postcodes):
    actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    actions.confirm_by_postcode(cast.resident, "NW6 6ZZ", by=cast.resident)
    with pytest.raises(ValidationError):
        actions.confirm_by_code(cast.resident, code, by=cast.resident)
    assert not PrintedCode.objects.filter(used_on__isnull=False).exists()


def test_a_code_strengthens_and_a_postcode_does_not_weaken(cast, code, postcodes):
    first = actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident)
    stronger = actions.confirm_by_code(cast.resident, code, by=cast.resident)
    assert (stronger.pk, stronger.method) == (first.pk, "code")
    assert actions.confirm_by_postcode(cast.resident, "N6 6ZZ", by=cast.resident).method == "code"


def test_a_batch_is_confirmed_by_somebody_else(cast, highgate):
    batch = actions.make_batch(highgate, count=1, by=cast.chair)
    with pytest.raises(PermissionDenied):
        actions.confirm_batch(batch, by=cast.chair)
    with pytest.raises(PermissionDenied):
        actions.confirm_batch(batch, by=cast.other_chair)
    with pytest.raises(ValidationError):
        actions.print_batch(batch, by=cast.chair)


@pytest.mark.parametrize("count", [0, 501, -1])
def test_a_batch_has_one_to_five_hundred_codes(cast, highgate, count):
    with pytest.raises(ValidationError):
        actions.make_batch(highgate, count=count, by=cast.chair)


def test_by_roll_is_for_the_boards_officers_and_never_oneself(cast, highgate):
    assert actions.confirm_by_roll(cast.resident, highgate, by=cast.secretary).method == "roll"
    for person, by in (
        (cast.chair, cast.chair),
        (cast.resident, cast.member),
        (cast.resident, cast.other_chair),
    ):
        with pytest.raises(PermissionDenied):
            actions.confirm_by_roll(person, highgate, by=by)


def test_each_method_says_what_it_proves():
    assert [method.rank for method in ResidencyMethod] == [0, 1, 2]
    assert ResidencyMethod.POSTCODE.strength == (
        "By postcode: anyone with an email address and a postcode in the ward could do this."
    )


# ---------------------------------------------------------------------------------------------- pages
def test_join_this_ward_from_its_page(cast, camden, highgate, postcodes, site_client, settings):
    signed_out = site_client(camden).get("/join/?ward=highgate&postcode=N6+6ZZ")["Location"]
    assert signed_out.startswith(f"{settings.PORTAL_BASE_URL}/accounts/signup/?next=")
    target = site_client(camden, cast.resident).get("/join/?ward=highgate&postcode=N6+6ZZ")["Location"]
    path = target.removeprefix(settings.PORTAL_BASE_URL)
    client = site_client(None, cast.resident)
    page = client.get(path).content.decode()
    assert "Join Highgate" in page
    assert 'value="N6 6ZZ"' in page
    done = client.post("/accounts/residency/", {"postcode": "N6 6ZZ", "ward": highgate.pk})
    assert done["Location"] == highgate.full_url


def test_a_postcode_in_another_ward_asks_first(cast, highgate, kilburn_brent, postcodes, site_client):
    client = site_client(None, cast.resident)
    page = client.post("/accounts/residency/", {"postcode": "NW6 6ZZ", "ward": highgate.pk}).content.decode()
    assert "That postcode is in Kilburn, Brent" in page
    assert residency_of(cast.resident) is None
    done = client.post(
        "/accounts/residency/", {"postcode": "NW6 6ZZ", "ward": kilburn_brent.pk, "agreed": "1"}
    )
    assert done["Location"] == kilburn_brent.full_url


def test_by_code_page(cast, highgate, code, site_client):
    client = site_client(None, cast.resident)
    assert (
        "do not know that code"
        in client.post("/accounts/residency/code/", {"code": "nonsense"}).content.decode()
    )
    assert client.post("/accounts/residency/code/", {"code": code})["Location"] == highgate.full_url


def test_guessing_codes_is_slowed(cast, site_client, highgate):
    client = site_client(None, cast.resident)
    pages = [
        client.post("/accounts/residency/code/", {"code": make.__name__ + str(n)}).content.decode()
        for n in range(11)
    ]
    assert ["Too many tries" in page for page in pages] == [False] * 10 + [True]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?ward=%00", 400),
        ("?ward=E05013661&postcode=%00", 400),
        ("?ward=" + "x" * 5000, 200),
        ("?ward=%ED%A0%80", 200),
        ("?ward=%C3%A9&postcode=" + "y" * 500, 200),
    ],
)
def test_residency_page_survives_anything(cast, highgate, site_client, query, status):
    assert site_client(None, cast.resident).get(f"/accounts/residency/{query}").status_code == status


def test_residency_pages_need_sign_in(site_client, camden):
    for path in ("/accounts/residency/", "/accounts/residency/code/"):
        assert "/accounts/login/" in site_client().get(path)["Location"]
    assert site_client().get("/accounts/residency/end/").status_code == 405

"""The journey: one address, saved as it goes, back only by receipt, sent once."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from payback.actions import drafts
from payback.enums import Status
from payback.models import Nomination
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.places.models import Postcode
from tests import factories as make
from tests.payback.conftest import ADDRESS, Nominator
from tests.payback.making import make_nomination
from tests.payback.test_photos import picture, upload

pytestmark = pytest.mark.django_db


def heading(page) -> str:
    """The page's one heading."""
    return re.sub(
        r"<[^>]+>", "", re.findall(r"<h1[^>]*>(.*?)</h1>", page.content.decode(), re.DOTALL)[0]
    ).strip()


def test_somebody_without_an_account_sends_a_nomination(nominator):
    receipt = nominator.begin()
    assert heading(nominator.last) == "Where is it?"
    nominator.tell()
    assert heading(nominator.last) == "Check your answers"
    page = nominator.send()
    assert heading(page) == "It is sent"
    row = Nomination.objects.get()
    assert (row.status, row.ward.slug, row.work, row.nominator) == (
        Status.SUBMITTED,
        "highgate",
        "clearing",
        None,
    )
    assert row.answers["what"] == "Rubbish all along the alley."
    assert row.point == {"postcode": "N6 5HX", "latitude": 51.5712, "longitude": -0.1467}
    assert row.reference in page.content.decode()
    assert receipt not in page.content.decode()
    assert [event.event for event in AuditEvent.objects.filter(object_id=str(row.pk)).order_by("at")] == [
        Event.NOMINATION_BEGUN,
        Event.NOMINATION_OPENED,
        Event.NOMINATION_SUBMITTED,
    ]
    assert not AuditEvent.objects.exclude(actor=None).exists()


def test_nothing_is_kept_before_the_receipt_is_shown(nominator):
    nominator.get()
    nominator.post("start")
    assert not Nomination.objects.exists()
    page = nominator.post("self_check", helps="on", safe="on")
    assert heading(page) == "Can it be done this way?"
    assert not Nomination.objects.exists()


@pytest.mark.parametrize("typed", ["lower", "spaced", "bare"])
def test_a_draft_comes_back_on_another_device_by_its_receipt_alone(nominator, camden, site_client, typed):
    receipt = nominator.begin()
    nominator.post("where", place="By the green gate.", postcode="")
    other = Nominator(site_client(camden))
    assert "Where is it?" not in other.get()
    written = {
        "lower": receipt.lower(),
        "spaced": receipt.replace("-", " "),
        "bare": receipt.replace("-", ""),
    }[typed]
    page = other.client.post(ADDRESS, {"receipt_back": written}, follow=True)
    assert heading(page) == "Which ward is it in?"
    assert "Type your receipt" not in page.content.decode()
    # One browser has it open at a time: the first one is out.
    assert heading(nominator.client.get(ADDRESS)) == "Suggest work for your area"


def test_what_was_typed_when_time_was_over_is_saved_with_the_receipt(nominator):
    receipt = nominator.begin()
    Nomination.objects.update(door_until="2020-01-01T00:00Z")
    page = nominator.post("where", place="The long alley.", postcode="")
    assert heading(page) == "Type your receipt to go on"
    assert "The long alley." in page.content.decode()
    page = nominator.client.post(
        ADDRESS,
        {"step": "where", "place": "The long alley.", "postcode": "", "receipt_back": receipt},
        follow=True,
    )
    assert heading(page) == "Which ward is it in?"
    assert Nomination.objects.get().answers["place"] == "The long alley."


def test_the_last_button_pressed_twice_sends_once(nominator):
    nominator.begin()
    nominator.tell()
    nominator.send()
    page = nominator.send()
    assert heading(page) == "It is sent"
    assert AuditEvent.objects.filter(event=Event.NOMINATION_SUBMITTED).count() == 1
    assert Nomination.objects.get().milestones.count() == 1


def test_going_back_after_sending_changes_nothing(nominator):
    nominator.begin()
    nominator.tell()
    nominator.send()
    page = nominator.post("what", work="litter", what="Something else.")
    assert heading(page) == "It is sent"
    assert Nomination.objects.get().work == "clearing"


def test_two_tabs_each_save_their_own_page(nominator):
    nominator.begin()
    nominator.post("where", place="Tab one.", postcode="N6 5HX")
    nominator.post("what", work="litter", what="Tab two.")
    nominator.post("where", place="Tab one again.", postcode="N6 5HX")
    row = Nomination.objects.get()
    assert (row.answers["place"], row.answers["what"], row.step) == ("Tab one again.", "Tab two.", "ward")


def test_changing_one_answer_leads_back_to_all_of_them(nominator):
    nominator.begin()
    nominator.tell()
    page = nominator.post("check", go="change:what")
    assert heading(page) == "What should be done?"
    assert 'name="changing"' in page.content.decode()
    page = nominator.post("what", work="litter", what="Only litter.", changing="1")
    assert heading(page) == "Check your answers"
    assert "Only litter." in page.content.decode()


def test_a_wrong_receipt_sends_nothing_and_says_so_at_the_field(nominator):
    nominator.begin()
    nominator.tell()
    page = nominator.send("AAAA-AAAA-AAAA-AAAAA")
    assert "This is not the receipt we showed you." in page.content.decode()
    assert Nomination.objects.get().status == Status.DRAFT


def test_a_nomination_without_ward_or_words_names_what_is_missing(nominator):
    nominator.begin()
    nominator.post("where", place="Somewhere.", postcode="")
    drafts.go_to(nominator.nomination, "check")
    page = nominator.send()
    assert "Something is still missing." in page.content.decode()
    assert page.content.decode().count("Please answer this.") == 1
    assert Nomination.objects.get().status == Status.DRAFT


def test_a_postcode_of_another_borough_is_said_at_the_field_with_the_way_there(nominator, kilburn_brent):
    Postcode.objects.create(postcode="NW65AA", ward=kilburn_brent, borough_code=kilburn_brent.borough_id)
    nominator.begin()
    page = nominator.post("where", place="By the bridge.", postcode="nw6 5aa").content.decode()
    assert "That postcode is in Brent, not in Camden." in page
    assert "Go to the site of Brent" in page
    assert "By the bridge." in page
    assert "nw6 5aa" in page


@pytest.mark.parametrize("step", ["where", "what", "contact", "harmed"])
def test_ten_thousand_words_are_refused_at_the_field_and_stay_there(nominator, step):
    nominator.begin()
    long = "mud " * 10_000
    data = {
        "where": {"place": long},
        "what": {"work": "litter", "what": long},
        "contact": {"tell": "none", "safe": long},
        "harmed": {"wishes": long},
    }[step]
    page = nominator.post(step, **data).content.decode()
    assert "Make this shorter:" in page
    assert page.count("mud mud mud") >= 1


def test_emoji_and_other_scripts_are_kept_as_written(nominator):
    nominator.begin()
    nominator.post("what", work="other", what="🌳 ناقص شجرة 植树 <b>&")
    assert Nomination.objects.get().answers["what"] == "🌳 ناقص شجرة 植树 <b>&"


def test_a_nul_is_refused_like_any_bad_letter(nominator):
    nominator.begin()
    page = nominator.post("what", work="other", what="a\x00b")
    assert "Null characters are not allowed." in page.content.decode()


def test_the_ward_that_was_worked_out_can_be_corrected(nominator, camden):
    other = make.WardFactory(code="E05013652", name="Belsize", slug="belsize", borough=camden.borough)
    nominator.begin()
    page = nominator.post("where", place="On the border.", postcode="N6 5HX")
    assert "We think it is Highgate." in page.content.decode()
    nominator.post("ward", ward="belsize")
    row = Nomination.objects.get()
    assert (row.ward, row.ward_corrected) == (other, True)


def test_a_receipt_cannot_be_guessed_a_thousand_times(nominator, camden, site_client):
    nominator.begin()
    client = site_client(camden)
    refused = 0
    for number in range(1000):
        page = client.post("/payback/status/", {"receipt_back": f"AAAA-AAAA-AAAA-A{number:04}"})
        refused += "Too many receipts were tried" in page.content.decode()
        assert settings.FORM_COOKIE_NAME not in page.cookies
    assert refused == 990
    page = client.post("/payback/status/", {"receipt_back": nominator.receipt}, follow=True)
    assert "Too many receipts were tried" in page.content.decode()


def test_a_receipt_of_one_borough_opens_nothing_on_another(nominator, brent, site_client):
    receipt = nominator.begin()
    page = site_client(brent).post(ADDRESS, {"receipt_back": receipt}, follow=True)
    assert heading(page) == "Suggest work for your area"
    assert "We have nothing under this receipt here." in page.content.decode()


def test_a_chair_without_a_second_factor_may_be_a_victim_too(cast, camden, site_client):
    """The journey stands on the receipt, not on a role: nobody is asked for their phone on the way."""
    person = Nominator(site_client(camden, cast.chair, second_factor=False))
    assert person.client.post("/desk/payback/x/").status_code == 302
    person.begin()
    person.tell()
    person.send()
    assert Nomination.objects.get().status == Status.SUBMITTED
    status = person.client.post("/payback/status/", {"receipt_back": person.receipt}, follow=True)
    assert status.redirect_chain[-1][0].endswith(("/payback/status/", "/payback/nominate/"))


def test_a_signed_in_person_leaves_no_trace_unless_they_wish_it(nominator, cast, camden, site_client):
    person = Nominator(site_client(camden, cast.resident))
    person.begin()
    person.tell()
    person.send()
    row = Nomination.objects.get()
    assert row.nominator is None
    session = person.client.session
    assert not any(str(row.pk) in str(value) or row.reference in str(value) for value in session.values())
    assert not AuditEvent.objects.filter(
        actor=cast.resident.public_id, object_type="payback.nomination"
    ).exists()


def test_a_signed_in_person_may_keep_it_under_their_account(nominator, cast, camden, site_client):
    person = Nominator(site_client(camden, cast.resident))
    person.begin()
    person.tell(contact={"tell": "none", "keep": "on"})
    person.send()
    row = Nomination.objects.get()
    assert row.nominator == cast.resident
    page = person.client.post("/payback/status/close/", follow=True)
    page = person.client.get("/payback/status/").content.decode()
    assert row.reference in page
    assert "Rubbish all along" not in page


def test_another_board_can_screen(nominator, brent):
    nominator.begin()
    nominator.tell(sharing={"show": "done", "screening_board": "brent"})
    nominator.send()
    row = Nomination.objects.get()
    assert (row.board.borough.slug, row.screening_board, row.show) == ("camden", brent, "done")


def test_an_endorsed_task_nearby_is_offered_and_taken_instead(nominator, highgate):
    task = make_nomination(highgate, Status.SENT)
    make_nomination(highgate, Status.SUBMITTED)
    nominator.begin()
    nominator.post("where", place="Same alley.", postcode="N6 5HX")
    page = nominator.post("ward", ward="highgate")
    assert heading(page) == "Is it one of these?"
    assert page.content.decode().count("support:CP-") == 1
    page = nominator.client.post(ADDRESS, {"step": "nearby", "go": f"support:{task.reference}"})
    assert page.url == task.get_absolute_url()
    assert not Nomination.objects.filter(status=Status.DRAFT).exists()


def test_a_draft_can_be_deleted_at_once(nominator):
    nominator.begin()
    nominator.post("where", place="Somewhere.", postcode="")
    page = nominator.client.post(ADDRESS, {"step": "ward", "go": "give_up"})
    assert page.url == "/payback/"
    assert not Nomination.objects.exists()
    assert page.cookies["snb_form"].value == ""


def test_the_london_site_has_no_journey(site_client):
    assert site_client(None).get(ADDRESS).status_code == 404


def test_many_beginnings_from_one_place_are_slowed(nominator):
    for _number in range(20):
        nominator.post("self_check", helps="on", not_paid="on", no_profit="on", safe="on")
    page = nominator.post("self_check", helps="on", not_paid="on", no_profit="on", safe="on")
    assert "Many people are doing this from here just now." in page.content.decode()
    assert Nomination.objects.count() == 20


def test_the_database_does_not_keep_the_address_of_an_anonymous_nominator(nominator):
    nominator.client.defaults["REMOTE_ADDR"] = "203.0.113.77"
    nominator.begin()
    nominator.client.post("/payback/status/", {"receipt_back": "AAAA"})
    keys = kept_keys()
    assert keys
    assert [key for key in keys if "203.0.113.77" in key or "payback" in key] == []


def kept_keys() -> list[str]:
    """Every key that the cache of limits holds: a table of the database, or Redis."""
    if isinstance(caches["default"], DatabaseCache):
        with connection.cursor() as cursor:
            cursor.execute("SELECT cache_key FROM portal_cache")
            return [key for (key,) in cursor.fetchall()]
    redis = caches["default"]._cache.get_client()
    return [key.decode() for key in redis.scan_iter(match=f"{settings.CACHE_PREFIX}*")]


def test_a_corrected_ward_stays_when_the_description_changes(nominator, camden):
    other = make.WardFactory(code="E05013652", name="Belsize", slug="belsize", borough=camden.borough)
    nominator.begin()
    nominator.tell(ward={"ward": "belsize"})
    assert nominator.nomination.ward == other
    nominator.post("check", go="change:where")
    nominator.post("where", place="The alley, by the green gate.", postcode="N6 5HX", changing="1")
    assert nominator.nomination.ward == other


def test_another_place_in_words_alone_does_not_keep_the_old_ward(nominator, camden):
    make.WardFactory(code="E05013652", name="Belsize", slug="belsize", borough=camden.borough)
    nominator.begin()
    nominator.tell()
    nominator.post("check", go="change:where")
    nominator.post("where", place="The yard behind Belsize library.", postcode="", changing="1")
    page = nominator.get()
    assert "Which ward is it in?" in page or nominator.nomination.ward is None


def test_a_refused_form_token_still_has_the_way_out(camden, site_client):
    client = site_client(camden, enforce_csrf_checks=True)
    page = client.post(ADDRESS, {"step": "what", "what": "Rubbish."})
    assert page.status_code == 403
    assert "no-store" in page.headers.get("Cache-Control", "")
    assert 'href="/exit/"' in page.content.decode()


def test_other_peoples_guesses_do_not_throw_out_whoever_has_just_begun(nominator, camden, site_client):
    """Sixty people in one library share an address; the receipt on the page opens its own draft all the same."""
    stranger = site_client(camden)
    for number in range(12):
        stranger.post("/payback/status/", {"receipt_back": f"AAAA-AAAA-AAAA-A{number:04}"})
    nominator.post("start")
    page = nominator.post("self_check", helps="on", not_paid="on", no_profit="on", safe="on").content.decode()
    hidden = dict(re.findall(r'name="(receipt_back|begun)" value="([^"]+)"', page))
    assert heading(nominator.client.post(ADDRESS, hidden, follow=True)) == "Where is it?"
    # The word on the page opens that draft and no other, and is no way to guess on.
    other = {**hidden, "receipt_back": "BBBB-BBBB-BBBB-BBBBB"}
    assert "We have nothing under this receipt here." in stranger.post(ADDRESS, other).content.decode()


def test_nothing_is_agreed_to_unread(nominator):
    nominator.begin()
    nominator.tell(sharing={"show": ""})
    assert "Choose when it may be shown." in nominator.last.content.decode()
    page = nominator.get()
    assert heading(nominator.last) == "What may be shared?"
    assert " checked" not in page
    nominator.post("check", go="send", receipt=nominator.receipt)
    assert nominator.nomination.status == Status.DRAFT


def test_a_photo_that_was_chosen_and_not_added_is_added_on_the_way(nominator):
    nominator.begin()
    nominator.tell()
    nominator.post("check", go="change:photos")
    nominator.post("photos", go="next", changing="1", photo=upload("a.jpg", picture()))
    assert nominator.nomination.photos.count() == 1
    assert heading(nominator.last) == "Check your answers"


def test_an_unknown_postcode_is_said_where_the_ward_is_asked(nominator):
    nominator.begin()
    nominator.post("where", place="The alley.", postcode="N6 6ZZ")
    assert "We do not know the postcode N6 6ZZ." in nominator.get()

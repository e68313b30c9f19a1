"""The voter's screens: whatever order a person comes in, nothing typed is lost, and it ends with a receipt."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command

from snb.people.models import PrintedCode, Residency, User
from snb.people.queries import residency_of
from tests import factories as make
from tests.places.conftest import BRENT, CAMDEN, directory, row
from tests.wardpanels.conftest import cast_many, close, end_voting, settle
from wardpanels import actions
from wardpanels.enums import OptionStatus
from wardpanels.models import Ballot, Option, RollEntry

VOTE = "/wards/highgate/vote/"


@pytest.fixture
def postcodes(tmp_path, highgate, kilburn_brent):
    """A directory with one postcode in Highgate, one in Brent and one that ended."""
    kilburn = kilburn_brent.pk
    rows = [
        row("NW5 1ZZ", CAMDEN, highgate.pk),
        row("NW6 5ZZ", BRENT, kilburn),
        row("N6 6ZZ", CAMDEN, highgate.pk, ended="201903"),
    ]
    call_command("import_postcodes", str(directory(tmp_path / "NSPL_TEST.csv", rows)), verbosity=0)


@pytest.fixture(autouse=True)
def many_mails(settings):
    """These tests ask for many codes for one address, and a shared cache remembers from test to test."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "email_proof": "1000/m/key"}


def receipt_in(response) -> str:
    """The receipt a page shows."""
    return re.search(r'class="snb-receipt">([-0-9A-Z]{19})<', response.content.decode()).group(1)


def emailed_code() -> str:
    """The code in the newest mail."""
    return re.search(r"The code is (\d{4}-\d{4})", mail.outbox[-1].body).group(1)


def text_of(response) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_newcomer_votes_in_four_screens(open_round, camden, site_client, postcodes):
    """Choose, address, code with postcode, receipt: no account before, signed in after."""
    client = site_client(camden)
    assert client.get(VOTE).status_code == 200
    asked = client.post(VOTE, {"choices": ["drugs", "asb"]})
    assert asked.templates[0].name == "wardpanels/vote_email.html"
    sent = client.post(VOTE, {"choices": ["drugs", "asb"], "email": "new@mine.example"})
    assert 'name="choices" value="asb"' in sent.content.decode()
    assert (len(mail.outbox), mail.outbox[0].to) == (1, ["new@mine.example"])
    done = client.post(
        VOTE,
        {
            "choices": ["drugs", "asb"],
            "email": "new@mine.example",
            "email_code": emailed_code(),
            "postcode": "nw51zz",
        },
    )
    assert "You have voted" in text_of(done)
    person = User.objects.get(email="new@mine.example")
    assert residency_of(person).ward == open_round.ward
    assert client.session["_auth_user_id"] == str(person.pk)
    again = client.post("/wards/highgate/vote/receipt/")
    assert receipt_in(again) == receipt_in(done)
    assert Ballot.objects.count() == 1


def test_the_mail_says_nothing_of_the_choice(open_round, camden, site_client, postcodes):
    client = site_client(camden)
    client.post(VOTE, {"choices": ["drugs"], "email": "new@mine.example"})
    said = f"{mail.outbox[0].subject} {mail.outbox[0].body}".lower()
    assert not any(word in said for word in ("drugs", "vote", "highgate"))


def test_eligible_person_votes_in_two_screens_and_is_told_of_the_vote_before(
    open_round, camden, cast, site_client, highgate
):
    settle(cast.resident, highgate)
    client = site_client(camden, cast.resident)
    first = client.post(VOTE, {"choices": ["drugs"]})
    assert "You have voted. Voting again replaces it." in text_of(client.get(VOTE))
    second = client.post(VOTE, {"choices": ["asb"]})
    assert "Your vote is replaced" in text_of(second)
    assert receipt_in(first) == receipt_in(second)


def test_earlier_choices_are_never_shown(open_round, camden, cast, site_client, highgate):
    """Threats §1.10."""
    settle(cast.resident, highgate)
    client = site_client(camden, cast.resident)
    client.post(VOTE, {"choices": ["drugs"]})
    assert "checked" not in client.get(VOTE).content.decode()
    assert "Drugs" not in text_of(client.post("/wards/highgate/vote/receipt/"))


def test_double_click_reload_and_back_are_one_vote(open_round, camden, cast, site_client, highgate):
    settle(cast.resident, highgate)
    client = site_client(camden, cast.resident)
    receipts = {receipt_in(client.post(VOTE, {"choices": ["drugs"]})) for _ in range(3)}
    assert len(receipts) == 1
    assert (Ballot.objects.count(), RollEntry.objects.count()) == (1, 1)


def test_printed_code_alone_is_enough(open_round, camden, cast, site_client, highgate):
    from snb.people.actions import confirm_batch, make_batch, print_batch

    code = print_batch(
        confirm_batch(make_batch(highgate, count=1, by=cast.chair), by=cast.secretary), by=cast.chair
    )[0]
    client = site_client(camden)
    client.post(VOTE, {"choices": ["drugs"]})
    done = client.post(VOTE, {"choices": ["drugs"], "email": "", "printed": code.lower()})
    assert "You have voted" in text_of(done)
    assert User.objects.filter(residencies__isnull=False).count() == 0
    assert PrintedCode.objects.get().used_on is not None
    assert "snb_session" not in client.cookies


def test_wrong_code_keeps_everything_typed(open_round, camden, site_client, postcodes):
    client = site_client(camden)
    client.post(VOTE, {"choices": ["drugs", "asb"], "email": "new@mine.example"})
    page = client.post(
        VOTE,
        {
            "choices": ["drugs", "asb"],
            "email": "new@mine.example",
            "email_code": "0000-0000",
            "postcode": "NW5 1ZZ",
        },
    )
    html = page.content.decode()
    assert "That is not the code we sent" in html
    assert 'value="NW5 1ZZ"' in html
    assert 'name="choices" value="asb"' in html
    assert not User.objects.filter(email="new@mine.example").exists()


def test_a_code_is_guessed_five_times_at_most(open_round, camden, site_client, postcodes):
    client = site_client(camden)
    client.post(VOTE, {"choices": ["drugs"], "email": "new@mine.example"})
    right = emailed_code()
    form = {"choices": ["drugs"], "email": "new@mine.example", "postcode": "NW5 1ZZ"}
    for _ in range(5):
        client.post(VOTE, {**form, "email_code": "0000-0000"})
    assert "too old, or was tried too often" in text_of(client.post(VOTE, {**form, "email_code": right}))


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("NW6 5ZZ", "That postcode is in Kilburn, Brent, so your vote belongs there."),
        ("N6 6ZZ", "That postcode ended in March 2019"),
        ("", "Write your postcode."),
        ("hello", "postcode"),
    ],
)
def test_wrong_postcode_is_said_at_the_field_and_nothing_is_lost(
    open_round, camden, site_client, postcodes, postcode, words
):
    client = site_client(camden)
    client.post(VOTE, {"choices": ["drugs"], "email": "new@mine.example"})
    code = emailed_code()
    form = {"choices": ["drugs"], "email": "new@mine.example", "email_code": code}
    page = client.post(VOTE, {**form, "postcode": postcode})
    assert words in text_of(page)
    assert 'name="choices" value="drugs"' in page.content.decode()
    assert Ballot.objects.count() == 0
    assert Residency.objects.count() == 0
    # The next try must not ask for another mail.
    done = client.post(VOTE, {**form, "postcode": "NW5 1ZZ"})
    assert "You have voted" in text_of(done)


def test_person_with_a_second_factor_is_not_signed_in_by_an_emailed_code(
    open_round, camden, cast, site_client, postcodes
):
    client = site_client(camden)
    client.post(VOTE, {"choices": ["drugs"], "email": cast.chair.email})
    done = client.post(
        VOTE,
        {
            "choices": ["drugs"],
            "email": cast.chair.email,
            "email_code": emailed_code(),
            "postcode": "NW5 1ZZ",
        },
    )
    assert "You have voted" in text_of(done)
    assert "_auth_user_id" not in client.session


def test_forged_withdrawn_and_too_many_options(open_round, camden, cast, site_client, highgate):
    settle(cast.resident, highgate)
    client = site_client(camden, cast.resident)
    Option.objects.filter(round=open_round, code="knife").update(
        status=OptionStatus.REJECTED, reason="Named somebody."
    )
    for choices, words in (
        (["forged"], "not on the ballot any more"),
        (["knife"], "not on the ballot any more"),
        (["drugs", "asb", "traffic", "burglary"], "Take some away until 3 are left"),
        ([], "Choose at least one"),
    ):
        page = client.post(VOTE, {"choices": choices})
        assert words in text_of(page)
    assert Ballot.objects.count() == 0
    kept = client.post(VOTE, {"choices": ["drugs", "asb", "traffic", "burglary"]}).content.decode()
    assert kept.count("checked") == 4


def test_closed_while_somebody_was_choosing(open_round, camden, cast, site_client, highgate):
    settle(cast.resident, highgate)
    end_voting(open_round)
    page = site_client(camden, cast.resident).post(VOTE, {"choices": ["drugs"]})
    assert page.status_code == 409
    assert "There is no vote open just now" in text_of(page)
    assert Ballot.objects.count() == 0


def test_sixty_at_one_postcode_are_told_at_once_that_they_wait(
    open_round, camden, cast, site_client, highgate
):
    for number in range(10):
        from tests.wardpanels.conftest import voter
        from wardpanels.actions import cast_vote

        cast_vote(open_round.pk, ["drugs"], voter=voter(number, postcode="shared"))
    settle(cast.resident, highgate, proof_hash="shared")
    page = text_of(site_client(camden, cast.resident).post(VOTE, {"choices": ["drugs"]}))
    assert "Your vote is taken, and waits" in page
    assert "confirm it with a printed code" in page


def test_somebody_confirmed_elsewhere_is_told_before_anything_is_written(
    open_round, camden, cast, site_client, postcodes, kilburn_brent
):
    """A changed ward counts from the next round on, so a postcode typed here must not move a person for nothing."""
    settle(cast.resident, kilburn_brent)
    form = {"choices": ["drugs"], "email": cast.resident.email, "postcode": "NW5 1ZZ"}
    stranger = site_client(camden)
    stranger.post(VOTE, {"choices": ["drugs"], "email": cast.resident.email})
    for client, typed in (
        (site_client(camden, cast.resident), form),
        (stranger, {**form, "email_code": emailed_code()}),
    ):
        page = client.post(VOTE, typed)
        assert page.templates[0].name == "wardpanels/vote_elsewhere.html"
        assert kilburn_brent.full_url in page.content.decode()
    assert residency_of(cast.resident).ward == kilburn_brent
    assert Ballot.objects.count() == 0


def test_choice_can_be_changed_on_the_way(open_round, camden, site_client):
    client = site_client(camden)
    html = client.post(VOTE, {"choices": ["drugs", "asb"], "choose_again": "1"}).content.decode()
    assert html.count(" checked") == 2
    assert len(mail.outbox) == 0


def test_late_vote_is_told_that_it_came_too_late(open_round, camden, site_client):
    end_voting(open_round)
    client = site_client(camden)
    late = "Voting ended before your vote reached us"
    assert late in text_of(client.post(VOTE, {"choices": ["drugs"]}))
    assert late not in text_of(client.get(VOTE))


def test_ward_page_says_why_a_round_was_extended_or_cancelled(open_round, camden, cast, site_client):
    """Reasons are given in public (threats §1.8)."""
    actions.ask_extension(
        open_round,
        closes_at=open_round.closes_at + timedelta(days=1),
        reason="The leaflets came late.",
        by=cast.panel_chair,
    )
    client = site_client(camden, make.UserFactory())
    assert "The leaflets came late." not in text_of(client.get("/wards/highgate/"))
    actions.agree_extension(open_round, by=cast.chair)
    assert "The leaflets came late." in text_of(client.get("/wards/highgate/"))
    actions.cancel_round(open_round, reason="The leaflets named the wrong ward.", by=cast.panel_chair)
    for path in ("/wards/highgate/", VOTE):
        assert "The leaflets named the wrong ward." in text_of(client.get(path))


def test_ward_and_result_page_say_why_a_result_was_annulled_once_two_people_agree(
    open_round, camden, cast, site_client
):
    cast_many(open_round, [("drugs",)] * 12)
    closed = close(open_round)
    client = site_client(camden, make.UserFactory())
    actions.ask_annulment(closed, reason="Codes were lost in the post.", by=cast.panel_chair)
    assert "Codes were lost" not in text_of(client.get("/wards/highgate/"))
    assert "Codes were lost" not in text_of(client.get(closed.get_absolute_url()))
    actions.agree_annulment(closed, by=cast.chair)
    for path in ("/wards/highgate/", VOTE, closed.get_absolute_url()):
        assert "Codes were lost in the post." in text_of(client.get(path))


def test_another_boards_site_does_not_know_the_ward(open_round, brent, site_client):
    assert site_client(brent).get(VOTE).status_code == 404
    assert site_client(None).get(VOTE).status_code == 404


def test_ward_page_shows_turnout_and_nothing_else_while_open(open_round, camden, site_client):
    """Sealed until close: in words until ten, then the number; no option's name beside a count."""
    cast_many(open_round, [("drugs",)] * 9)
    assert "Votes so far: fewer than 10 ." in text_of(site_client(camden).get("/wards/highgate/"))
    cast_many(open_round, [("drugs",)] * 3, start=20)
    page = text_of(site_client(camden, make.UserFactory()).get("/wards/highgate/"))
    assert "Votes so far: 12 ." in page
    assert "Drugs" not in page


@pytest.mark.parametrize(
    "path",
    ["results/autumn/", "results/autumn/ballots.txt", "results/autumn/result.json", "results/autumn/check/"],
)
def test_nothing_of_a_result_before_the_close(open_round, camden, cast, site_client, path):
    cast_many(open_round, [("drugs",)] * 12)
    for person in (None, cast.panel_chair, cast.chair, cast.oversight):
        assert site_client(camden, person).get(f"/wards/highgate/{path}").status_code == 404


def test_results_page_and_receipt_look_up(open_round, camden, site_client):
    receipts = cast_many(open_round, [("asb", "drugs")] * 8 + [("burglary",)] * 6 + [("traffic",)] * 2)
    closed = close(open_round)
    client = site_client(camden)
    page = client.get(closed.get_absolute_url())
    said = text_of(page)
    assert "Ballots: 16 ." in said
    assert "By postcode: anyone with an email address and a postcode" in said
    assert closed.result_sha256 in said
    check = f"{closed.get_absolute_url()}check/"
    assert "Yes, this receipt is on the list." in text_of(
        client.post(check, {"receipt": receipts[0].lower().replace("-", " ")})
    )
    assert "No, this receipt is not on the list" in text_of(
        client.post(check, {"receipt": "0000-0000-0000-0000"})
    )
    assert receipts[0] not in client.get(check, {"receipt": receipts[0]}).content.decode()


def test_feed_carries_the_fingerprints(open_round, camden, site_client):
    cast_many(open_round, [("drugs",)] * 12)
    closed = close(open_round)
    assert closed.result_sha256 in site_client(camden).get("/results/feed/").content.decode()


def test_ward_and_results_pages_ask_the_same_number_of_queries_with_one_round_and_with_three(
    highgate, camden, site_client, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portal.middleware import pages
    from tests.wardpanels.conftest import make_round

    numbers = []
    for slugs in (["first"], ["second", "third"]):
        for slug in slugs:
            round_ = make_round(highgate, slug=slug)
            cast_many(round_, [("asb", "drugs")] * 8 + [("burglary",)] * 6)
            close(round_)
        counted = []
        for path in (
            "/wards/highgate/",
            "/wards/highgate/results/",
            "/wards/highgate/results/first/",
            "/results/feed/",
        ):
            pages.clear()
            with CaptureQueriesContext(
                connection,
            ) as queries_run:
                assert site_client(camden).get(path).status_code == 200
            counted.append(len(queries_run))
        numbers.append(counted)
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 15

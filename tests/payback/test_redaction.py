"""Public words taken off again: hidden by one at once, gone when a second agrees, or put back."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from payback import queries
from payback.actions import nominators, redaction, screening
from payback.actions.redaction import Instead
from payback.enums import Offence, Redacted, Status
from payback.models import Nomination, Redaction, ScreenerRole
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.people.actions.roles import end_role
from tests.counting import queries_in
from tests.payback.making import make_nomination, make_screener

pytestmark = pytest.mark.django_db
NAMED = "As Mary Brown of number 9 said, rubbish has piled up."
CLEAN = Instead("Clear the alley behind the shops", "Rubbish has piled up.", "Alley off Swains Lane")


@pytest.fixture
def named(highgate, screeners):
    """A done task whose public words name somebody."""
    return make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners), public_words=NAMED)


def public_pages(row, client) -> str:
    """Everything on which a public task stands."""
    addresses = (row.get_absolute_url(), "/payback/", "/payback/map/")
    return "".join(client.get(address).content.decode() for address in addresses)


def test_public_words_that_turn_out_to_name_somebody_can_be_taken_off(named, screeners, camden, site_client):
    stranger = site_client(camden)
    assert "Mary Brown" in public_pages(named, stranger)
    asked = redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[0])
    pages = public_pages(named, stranger)
    assert "Mary Brown" not in pages
    assert "Some words are not shown while the board looks at them again." in pages
    assert "Clear an alley or wasteland" in pages  # its kind of work
    redaction.answer_redaction(asked, agree=True, by=screeners[1])
    pages = public_pages(named, stranger)
    assert "Mary Brown" not in pages
    assert "Rubbish has piled up." in pages
    asked.refresh_from_db()
    day = f"{asked.answered_at.day} {asked.answered_at:%B %Y}"
    assert f"Words were taken off on {day}. They could tell who somebody is." in pages
    assert (asked.state, asked.kept, asked.instead) == (Redacted.AGREED, {}, {})
    events = AuditEvent.objects.filter(event__startswith="payback.redaction").order_by("pk")
    assert [(event.event, event.actor) for event in events] == [
        (Event.REDACTION_ASKED, screeners[0].public_id),
        (Event.REDACTION_AGREED, screeners[1].public_id),
    ]
    assert "Mary" not in json.dumps([event.data for event in events])


def test_they_come_back_as_they_were_when_the_second_does_not_agree(named, screeners, camden, site_client):
    before = queries.public_words_in(named)
    asked = redaction.ask_redaction(named, Offence.WRONG, Instead(), by=screeners[0])
    named.refresh_from_db()
    assert (named.public_words, named.public_place, named.latitude) == ("", "", None)
    redaction.answer_redaction(asked, agree=False, by=screeners[1])
    named.refresh_from_db()
    assert queries.public_words_in(named) == before
    assert named.latitude is not None
    assert queries.notes_on(named) == []
    assert AuditEvent.objects.filter(event=Event.REDACTION_REFUSED).count() == 1
    redaction.ask_redaction(named, Offence.WRONG, Instead(), by=screeners[0])  # once more is another one


def test_whoever_asked_does_not_agree_with_themselves_and_may_put_them_back(named, screeners):
    asked = redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[0])
    with pytest.raises(ValidationError, match="somebody else has to agree"):
        redaction.answer_redaction(asked, agree=True, by=screeners[0])
    redaction.answer_redaction(asked, agree=False, by=screeners[0])
    named.refresh_from_db()
    assert named.public_words == NAMED
    with pytest.raises(ValidationError, match="Somebody has looked at this already"):
        redaction.answer_redaction(asked, agree=True, by=screeners[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Redaction.objects.filter(pk=asked.pk).update(state=Redacted.AGREED)


def test_the_word_of_somebody_who_left_does_not_count(named, screeners, camden):
    asked = redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[0])
    end_role(ScreenerRole.objects.get(person=screeners[0]), by=None)
    asked = redaction.answer_redaction(asked, agree=True, by=screeners[1])
    assert (asked.state, asked.asked_by) == (Redacted.ASKED, screeners[1])
    asked = redaction.answer_redaction(asked, agree=True, by=make_screener(camden))
    assert asked.state == Redacted.AGREED


def test_two_who_hold_the_role_do_it_also_when_those_who_screened_have_left(named, screeners, camden):
    for person in screeners:
        end_role(ScreenerRole.objects.get(person=person), by=None)
    one, two = make_screener(camden), make_screener(camden)
    asked = redaction.ask_redaction(named, Offence.LAW, CLEAN, by=one)
    assert redaction.answer_redaction(asked, agree=True, by=two).state == Redacted.AGREED
    with pytest.raises(PermissionDenied):
        redaction.ask_redaction(named, Offence.LAW, Instead(), by=screeners[0])


def test_one_at_a_time_and_not_without_a_change(named, screeners):
    same = Instead(
        *(queries.public_words_in(named)[name] for name in ("public_title", "public_words", "public_place"))
    )
    with pytest.raises(ValidationError, match="nothing would be different"):
        redaction.ask_redaction(named, Offence.PERSON, same, by=screeners[0])
    told = Instead("Alley", "Ask Mr Brown.")
    with pytest.raises(ValidationError) as caught:
        redaction.ask_redaction(named, Offence.PERSON, told, by=screeners[0])
    assert list(caught.value.message_dict) == ["public_words"]
    redaction.ask_redaction(named, Offence.PERSON, told, confirmed=True, by=screeners[0])
    with pytest.raises(ValidationError, match="hidden already"):
        redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[1])


def test_the_boards_answer_to_a_dispute_goes_the_same_way(named, screeners, camden, site_client):
    dispute = nominators.raise_dispute(named, "Only half was cleared.")
    screening.answer_dispute(dispute, "Mary Brown is right.", by=screeners[0])
    Nomination.objects.filter(pk=named.pk).update(public_words="Rubbish.")
    keep = queries.public_words_in(Nomination.objects.get(pk=named.pk))
    only_answer = Instead(keep["public_title"], "Rubbish.", keep["public_place"], "She is right.")
    asked = redaction.ask_redaction(named, Offence.PERSON, only_answer, by=screeners[0])
    assert "Mary Brown" not in public_pages(named, site_client(camden))
    redaction.answer_redaction(asked, agree=True, by=screeners[1])
    dispute.refresh_from_db()
    assert dispute.answer == "She is right."


def test_an_answer_given_while_words_are_hidden_stays(named, screeners):
    dispute = nominators.raise_dispute(named, "Only half was cleared.")
    asked = redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[0])
    screening.answer_dispute(dispute, "Probation comes again.", by=screeners[0])
    redaction.answer_redaction(asked, agree=False, by=screeners[1])
    dispute.refresh_from_db()
    assert dispute.answer == "Probation comes again."


def test_what_was_taken_back_in_the_meantime_is_not_put_back(highgate, screeners):
    row = make_nomination(highgate, Status.SENT, screeners=tuple(screeners), public_words=NAMED)
    asked = redaction.ask_redaction(row, Offence.PERSON, CLEAN, by=screeners[0])
    nominators.withdraw(row)
    with pytest.raises(ValidationError):
        redaction.answer_redaction(asked, agree=False, by=screeners[1])
    row.refresh_from_db()
    asked.refresh_from_db()
    assert ("Mary" in row.public_words, asked.kept) == (False, {})


def test_a_task_handed_on_while_its_words_are_hidden_names_its_ward(highgate, screeners, provider):
    from payback.actions.referrals import prepare

    row = make_nomination(highgate, Status.ENDORSED, public_words=NAMED)
    redaction.ask_redaction(row, Offence.PERSON, CLEAN, by=screeners[0])
    row.refresh_from_db()
    sent = json.loads(bytes(prepare(row, by=None).payload))
    assert (sent["title"], sent["place"]) == ("Clear an alley or wasteland", "Highgate")


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.SCREENING, Status.DECLINED])
def test_before_the_endorsement_there_is_nothing_to_take_off(highgate, screeners, status):
    with pytest.raises(PermissionDenied):
        redaction.ask_redaction(make_nomination(highgate, status), Offence.PERSON, CLEAN, by=screeners[0])


# ------------------------------------------------------------------------------------------ the desk's pages
def test_one_asks_and_another_agrees_on_the_desk(named, screeners, camden, site_client):
    first, third = site_client(camden, screeners[0]), site_client(camden, make_screener(camden))
    desk = f"/desk/payback/{named.reference}/"
    page = first.get(desk).content.decode()
    assert "Take words off the public pages" in page
    assert NAMED in page
    said = {
        "public_title": "Clear the alley",
        "public_words": "For Mrs Brown.",
        "public_place": "",
        "show_cell": "on",
    }
    page = first.post(f"{desk}redact/", said).content.decode()
    assert "Choose why." in page
    assert "For Mrs Brown." in page
    page = first.post(f"{desk}redact/", {**said, "reason": "person"}).content.decode()
    assert "This may tell who somebody is: Mrs Brown." in page
    assert "For Mrs Brown." in page
    first.post(f"{desk}redact/", {**said, "reason": "person", "public_words": "Rubbish."})
    assert NAMED not in public_pages(named, site_client(camden))
    page = first.get(desk).content.decode()
    assert "Agree: these words are gone for good" not in page
    assert "Put the words back as they were" in page
    assert "a second person has to look" in third.get("/desk/payback/").content.decode()
    page = third.get(desk).content.decode()
    assert (NAMED in page, "Rubbish." in page, "Sam Screener took the words off" in page) == (
        True,
        True,
        True,
    )
    asked = Redaction.objects.get()
    third.post(f"{desk}redactions/{asked.pk}/", {"agree": "1"})
    named.refresh_from_db()
    assert (named.public_title, named.public_words, named.public_place) == ("Clear the alley", "Rubbish.", "")
    assert NAMED not in third.get(desk).content.decode()
    page = third.post(f"{desk}redactions/{asked.pk}/", {"put_back": "1"}, follow=True).content.decode()
    assert "Somebody has looked at this already." in page


@pytest.mark.parametrize("name", ["chair", "member", "other_chair", "resident", "oversight", "officer"])
def test_nobody_else_finds_it(named, screeners, cast, camden, site_client, name):
    asked = redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[0])
    client = site_client(camden, cast.by_name[name])
    desk = f"/desk/payback/{named.reference}/"
    assert client.post(f"{desk}redact/").status_code == 404
    assert client.post(f"{desk}redactions/{asked.pk}/", {"agree": "1"}).status_code == 404


def test_a_screener_of_another_board_and_an_unknown_one_find_nothing(
    named, screeners, brent, camden, site_client
):
    asked = redaction.ask_redaction(named, Offence.PERSON, CLEAN, by=screeners[0])
    other = make_nomination(named.ward, Status.COMPLETED)
    stranger, own = site_client(camden, make_screener(brent)), site_client(camden, screeners[1])
    assert stranger.post(f"/desk/payback/{named.reference}/redactions/{asked.pk}/").status_code == 404
    assert own.post(f"/desk/payback/{other.reference}/redactions/{asked.pk}/").status_code == 404
    assert own.get(f"/desk/payback/{named.reference}/redactions/{asked.pk}/").status_code == 405


def test_the_public_side_asks_as_often_however_often_words_went(named, screeners):
    user = screeners[1]

    def go():
        asked = redaction.ask_redaction(
            named, Offence.PERSON, Instead(public_words=f"{Redaction.objects.count()}"), by=screeners[0]
        )
        redaction.answer_redaction(asked, agree=True, by=user)

    go()
    named.refresh_from_db()
    one = queries_in(lambda: queries.public_side_of(named, user=user))
    go()
    go()
    named.refresh_from_db()
    assert queries_in(lambda: queries.public_side_of(named, user=user)) == one == 4
    assert len(queries.notes_on(named)) == 3

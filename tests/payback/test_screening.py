"""Two people, neither the nominator, neither with an interest; what both say happens, in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from payback import queries
from payback.actions import nominators, screening, telling
from payback.actions.photos import add_photo
from payback.actions.screening import Opinion, Words
from payback.enums import Asked, Check, Criterion, Decline, PhotoKind, Status, Verdict
from payback.errors import NoProvider
from payback.models import Contract, Nomination, Question, Referral
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.outbox.models import OutboxMessage
from tests.counting import queries_in
from tests.payback.conftest import hidden_in
from tests.payback.making import make_nomination, make_referral, make_screener
from tests.payback.test_photos import picture, upload

pytestmark = pytest.mark.django_db
ALL_YES = {criterion.value: Check.YES.value for criterion in Criterion}
WORDS = Words("Clear the alley", "Rubbish has piled up.", "Off Swains Lane", "Through the gate on the left.")
ENDORSE = Opinion(Verdict.ENDORSE, ALL_YES)


@pytest.fixture
def taken(highgate, screeners):
    """A nomination that two people have taken on."""
    row = make_nomination(highgate)
    for person in screeners:
        screening.take_on(row, by=person)
    row.refresh_from_db()
    return row


def test_taking_on_begins_the_screening(highgate, screeners):
    row = make_nomination(highgate)
    screening.take_on(row, by=screeners[0])
    row.refresh_from_db()
    assert row.status == Status.SCREENING
    assert AuditEvent.objects.filter(event=Event.NOMINATION_TAKEN, actor=screeners[0].public_id).count() == 1


def test_a_third_person_is_not_needed(taken, camden):
    with pytest.raises(ValidationError, match="Two people screen this already"):
        screening.take_on(taken, by=make_screener(camden))


def test_the_nominator_never_screens_their_own(highgate, screeners):
    row = make_nomination(highgate, nominator=screeners[0])
    with pytest.raises(PermissionDenied):
        screening.take_on(row, by=screeners[0])


def test_whoever_stepped_back_does_not_come_back(taken, screeners, camden):
    screening.step_back(taken, by=screeners[0])
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    with pytest.raises(PermissionDenied):
        screening.take_on(taken, by=screeners[0])
    assert not screeners[0].has_perm("payback.nomination.read", taken)
    screening.take_on(taken, by=make_screener(camden))
    screening.step_back(taken, by=screeners[1])


def test_when_both_step_back_it_waits_again(taken, screeners):
    for person in screeners:
        screening.step_back(taken, by=person)
    taken.refresh_from_db()
    assert taken.status == Status.SUBMITTED


def test_two_endorsements_of_the_same_words_endorse_and_send_in_one_transaction(taken, screeners, provider):
    screening.rewrite(taken, WORDS, by=screeners[0])
    screening.give_verdict(taken, ENDORSE, by=screeners[0])
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    screening.give_verdict(taken, ENDORSE, by=screeners[1])
    taken.refresh_from_db()
    assert taken.status == Status.ENDORSED
    referral = Referral.objects.get()
    assert (referral.provider, referral.nomination, OutboxMessage.objects.count()) == (provider, taken, 1)
    assert taken.is_public


def test_one_person_twice_is_not_two(taken, screeners, provider):
    screening.rewrite(taken, WORDS, by=screeners[0])
    screening.give_verdict(taken, ENDORSE, by=screeners[0])
    screening.give_verdict(taken, ENDORSE, by=screeners[0])
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING


def test_changed_words_need_a_new_verdict(taken, screeners, provider):
    screening.rewrite(taken, WORDS, by=screeners[0])
    screening.give_verdict(taken, ENDORSE, by=screeners[0])
    screening.rewrite(taken, Words("Another title", "Words.", "Place", "Brief."), by=screeners[1])
    screening.give_verdict(taken, ENDORSE, by=screeners[1])
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    assert taken.reviews.get(person=screeners[0]).verdict == ""


def test_without_a_provider_nothing_is_kept(taken, screeners):
    screening.rewrite(taken, WORDS, by=screeners[0])
    screening.give_verdict(taken, ENDORSE, by=screeners[0])
    with pytest.raises(NoProvider):
        screening.give_verdict(taken, ENDORSE, by=screeners[1])
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    assert taken.reviews.get(person=screeners[1]).verdict == ""
    assert not OutboxMessage.objects.exists()


def test_an_open_point_of_the_checklist_stops_an_endorsement(taken, screeners):
    screening.rewrite(taken, WORDS, by=screeners[0])
    with pytest.raises(ValidationError, match="this must be “Yes”"):
        screening.give_verdict(
            taken, Opinion(Verdict.ENDORSE, {**ALL_YES, "safe": "unsure"}), by=screeners[0]
        )


def test_two_declines_for_the_same_reason_decline_and_the_nominator_sees_why(taken, screeners):
    opinion = Opinion(Verdict.DECLINE, {}, Decline.DUTY, "The council is paid to do it: ask them.")
    screening.give_verdict(taken, opinion, by=screeners[0])
    screening.give_verdict(taken, Opinion(Verdict.DECLINE, {}, Decline.UNSAFE, "x"), by=screeners[1])
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    screening.give_verdict(taken, opinion, by=screeners[1])
    taken.refresh_from_db()
    state = queries.state_for_nominator(taken)
    assert (state.label, state.reason) == (
        "Not taken forward",
        "Somebody is already paid and bound by law to do it.",
    )
    assert state.words == "The council is paid to do it: ask them."
    assert not taken.is_public


def test_a_decline_needs_a_reason_and_a_sentence(taken, screeners):
    for opinion, field in (
        (Opinion(Verdict.DECLINE, {}), "reason"),
        (Opinion(Verdict.DECLINE, {}, Decline.DUTY), "words"),
    ):
        with pytest.raises(ValidationError) as caught:
            screening.give_verdict(taken, opinion, by=screeners[0])
        assert list(caught.value.message_dict) == [field]


def test_duplicates_are_merged_by_two_and_the_nominator_is_led_to_the_other(taken, screeners, highgate):
    other = make_nomination(highgate, Status.SENT)
    for person in screeners:
        screening.give_verdict(taken, Opinion(Verdict.MERGE, {}, merge_with=other), by=person)
    taken.refresh_from_db()
    assert (taken.status, taken.decline_reason, taken.merged_into) == (
        Status.DECLINED,
        Decline.DUPLICATE,
        other,
    )
    assert queries.state_for_nominator(taken).twin == other


def test_words_that_may_tell_who_somebody_is_are_asked_about(taken, screeners):
    told = Words("Clear the alley", "Call 020 7946 0999 for Mr Smith.", "Off Swains Lane", "Brief.")
    with pytest.raises(ValidationError) as caught:
        screening.rewrite(taken, told, by=screeners[0])
    assert list(caught.value.message_dict) == ["public_words"]
    screening.rewrite(taken, told, confirmed=True, by=screeners[0])


def test_the_map_square_can_be_left_out(taken, screeners):
    screening.rewrite(taken, WORDS, by=screeners[0])
    taken.refresh_from_db()
    assert taken.cell_x is not None
    screening.rewrite(taken, Words(*list(vars(WORDS).values())[:4], show_cell=False), by=screeners[0])
    taken.refresh_from_db()
    assert (taken.cell_x, taken.latitude) == (None, None)


def test_contact_and_harm_are_read_by_the_two_alone_and_each_look_is_on_the_record(taken, screeners, camden):
    Nomination.objects.get(pk=taken.pk)
    taken.contact, taken.victim = {"phone": "020 7946 0001"}, {"harmed": "yes"}
    taken.save()
    for _look in range(2):
        assert screening.read_contact(taken, by=screeners[0])["contact"] == {"phone": "020 7946 0001"}
    events = AuditEvent.objects.filter(event=Event.NOMINATION_READ)
    assert [event.actor for event in events] == [screeners[0].public_id] * 2
    with pytest.raises(PermissionDenied):
        screening.read_contact(taken, by=make_screener(camden))


def test_the_nominator_is_asked_back_and_answers_by_receipt(taken, screeners, nominator):
    screening.ask_nominator(taken, "Is the gate locked?", by=screeners[0])
    with pytest.raises(ValidationError, match="A question waits"):
        screening.ask_nominator(taken, "And?", by=screeners[1])
    question = Question.objects.get()
    Nomination.objects.filter(pk=taken.pk).update(tell="email")
    taken.refresh_from_db()
    taken.contact = {"email": "me@example.org"}
    taken.save()
    assert (telling.tell_nominators(), telling.tell_nominators()) == (1, 0)
    nominators.answer_question(question, "Only at night.")
    with pytest.raises(ValidationError):
        nominators.answer_question(question, "Again.")
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Only at night.", None)


def test_probation_is_answered_by_the_board_in_words_that_name_nobody(highgate, screeners, provider):
    referral = make_referral(highgate, Status.MORE_INFO, screeners=tuple(screeners))
    question = Question.objects.create(
        nomination=referral.nomination, referral=referral, asked="board", text="Where is water?"
    )
    with pytest.raises(ValidationError):
        screening.answer_probation(question, "Ask Mrs Jones on 020 7946 0999.", by=screeners[0])
    screening.answer_probation(question, "In the hall, weekdays.", by=screeners[0])
    referral.nomination.refresh_from_db()
    assert referral.nomination.status == Status.ASSESSING


def test_a_task_whose_contract_ends_midway_goes_to_the_next_provider(highgate, provider, camden):
    from payback.actions.referrals import hand_on_ended_contracts
    from tests.payback.making import make_provider

    referral = make_referral(highgate, Status.ACKNOWLEDGED)
    planned = make_referral(highgate, Status.SCHEDULED)
    assert hand_on_ended_contracts() == 0
    Contract.objects.update(until="2026-01-01", since="2025-01-01")
    assert hand_on_ended_contracts() == 0
    other = make_provider("second", board=camden)
    assert hand_on_ended_contracts() == 1
    assert hand_on_ended_contracts() == 0
    referral.refresh_from_db()
    planned.refresh_from_db()
    referral.nomination.refresh_from_db()
    assert (referral.ended, planned.ended, referral.nomination.status) == ("contract", "", Status.ENDORSED)
    assert referral.nomination.referrals.open().get().provider == other


# ------------------------------------------------------------------------------------------ the desk's pages
def test_the_desk_leads_from_the_queue_to_the_endorsement(
    submitted, screeners, provider, site_client, camden
):
    first, second = (site_client(camden, person) for person in screeners)
    assert submitted.reference in first.get("/desk/payback/").content.decode()
    desk = f"/desk/payback/{submitted.reference}/"
    page = first.get(desk).content.decode()
    assert "Rubbish all along the alley." not in page
    assert "Tick this if it is true." in first.post(f"{desk}take/").content.decode()
    for client in (first, second):
        client.post(f"{desk}take/", {"no_interest": "on"})
    assert "Rubbish all along the alley." in first.get(desk).content.decode()
    words = {
        "public_title": "Clear the alley",
        "public_words": "Rubbish has piled up.",
        "public_place": "Off Swains Lane",
        "brief": "Through the gate.",
        "show_cell": "on",
    }
    unseen = hidden_in(first.get(desk).content.decode(), f"{desk}words/")
    page = first.post(
        f"{desk}words/", {**unseen, **words, "brief": "Ring Mr Smith on 020 7946 0999."}, follow=True
    ).content.decode()
    assert "This may tell who somebody is" in page
    assert "I looked at what is marked above" in page
    first.post(f"{desk}words/", {**hidden_in(page, f"{desk}words/"), **words})
    said = {"verdict": "endorse", **{f"check_{name}": "yes" for name in Criterion.values}}
    for client in (first, second):
        unseen = hidden_in(client.get(desk).content.decode(), f"{desk}verdict/")
        client.post(f"{desk}verdict/", {**unseen, **said})
    submitted.refresh_from_db()
    assert submitted.status == Status.ENDORSED
    page = site_client(camden).get(submitted.get_absolute_url()).content.decode()
    assert "Clear the alley" in page
    assert "Rubbish all along" not in page


def test_contact_is_shown_on_the_page_of_one_post_only(submitted, screeners, site_client, camden):
    submitted.contact = {"phone": "020 7946 0001"}
    submitted.save()
    client = site_client(camden, screeners[0])
    desk = f"/desk/payback/{submitted.reference}/"
    client.post(f"{desk}take/", {"no_interest": "on"})
    assert "020 7946 0001" not in client.get(desk).content.decode()
    page = client.post(f"{desk}contact/").content.decode()
    assert "020 7946 0001" in page
    assert "Telephone number" in page
    assert "020 7946 0001" not in client.get(desk).content.decode()
    assert client.get(f"{desk}contact/").status_code == 405


@pytest.mark.parametrize("name", ["chair", "member", "other_chair", "resident", "oversight", "officer"])
def test_whoever_does_not_screen_here_finds_nothing(submitted, cast, site_client, camden, name):
    client = site_client(camden, cast.by_name[name])
    desk = f"/desk/payback/{submitted.reference}/"
    assert client.get(desk).status_code == 404
    for verb in ("take", "contact", "words", "verdict", "ask", "step-back", "dispute"):
        assert client.post(f"{desk}{verb}/").status_code == 404


def test_a_screener_of_another_board_finds_nothing(submitted, brent, site_client, camden):
    client = site_client(camden, make_screener(brent))
    assert client.get("/desk/payback/").status_code == 404
    assert client.get(f"/desk/payback/{submitted.reference}/").status_code == 404


def test_signed_out_people_sign_in_first(submitted, site_client, camden):
    page = site_client(camden).get("/desk/payback/")
    assert page.status_code == 302
    assert "/accounts/login/" in page.url


def test_the_queue_asks_as_often_for_three_as_for_one(highgate, camden, screeners):
    def look():
        return [
            (row.ward.name, row.screeners, row.is_mine) for row in queries.queue_of(camden, user=screeners[0])
        ]

    make_nomination(highgate)
    one = queries_in(look)
    make_nomination(highgate)
    make_nomination(highgate, Status.SENT, screeners=tuple(screeners))
    assert queries_in(look) == one == 1
    assert len(look()) == 3


def test_the_queue_begins_with_what_waits_for_the_board(highgate, camden, screeners):
    over = make_nomination(highgate, Status.DECLINED)
    with_probation = make_nomination(highgate, Status.SENT)
    for_the_nominator = make_nomination(highgate, Status.SCREENING, screeners=(screeners[0],))
    Question.objects.create(nomination=for_the_nominator, asked=Asked.NOMINATOR, text="Which gate?")
    younger = make_nomination(highgate, submitted_at=timezone.now() - timedelta(days=2))
    older = make_nomination(highgate, submitted_at=timezone.now() - timedelta(days=9))
    referral = make_referral(highgate, Status.MORE_INFO, submitted_at=timezone.now() - timedelta(days=30))
    asked = referral.nomination
    Question.objects.create(nomination=asked, referral=referral, asked=Asked.BOARD, text="Is there a key?")
    assert list(queries.queue_of(camden, user=screeners[0])) == [
        asked,
        older,
        younger,
        for_the_nominator,
        with_probation,
        over,
    ]


def test_a_photo_from_probation_waits_in_the_queue(highgate, camden, screeners, site_client):
    row = make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners))
    add_photo(row, upload("after.jpg", picture()), kind=PhotoKind.AFTER)
    page = site_client(camden, screeners[0]).get("/desk/payback/", {"show": "photo_waits"}).content.decode()
    assert "A photo from probation waits to be looked at." in page


@pytest.mark.parametrize(
    ("show", "found"),
    [("waiting", 1), ("mine", 1), ("with_probation", 1), ("over", 1), ("probation_asks", 0), ("", 4)],
)
def test_the_queue_is_filtered(highgate, camden, screeners, site_client, show, found):
    make_nomination(highgate)
    make_nomination(highgate, Status.SCREENING, screeners=(screeners[0],))
    make_nomination(highgate, Status.SENT)
    make_nomination(highgate, Status.DECLINED)
    page = site_client(camden, screeners[0]).get("/desk/payback/", {"show": show}).content.decode()
    assert page.count('class="snb-card__title"') == found


def test_the_clock_of_the_board_is_public_and_shows_silence(highgate, camden):
    assert queries.pace_of(camden).median_days is None
    make_nomination(highgate)
    clock = queries.pace_of(camden)
    assert (clock.waiting, clock.oldest_days) == (1, 20)
    assert "fewer than five" in clock.words
    for _number in range(5):
        make_nomination(highgate, Status.DECLINED)
    assert queries.pace_of(camden).median_days == 20

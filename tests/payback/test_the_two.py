"""Who the two are on any day, and that both have read what they decide on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from payback import queries
from payback.actions import nominators, screening
from payback.actions.screening import Opinion, Words
from payback.enums import Check, Criterion, Decline, ProviderRoleKind, Status, Verdict
from payback.models import ProviderRole, Question, ScreenerRole
from snb.people.actions.roles import end_role
from tests import factories as make
from tests.counting import queries_in
from tests.payback.conftest import hidden_in
from tests.payback.making import make_nomination, make_referral, make_screener

pytestmark = pytest.mark.django_db
ALL_YES = {criterion.value: Check.YES.value for criterion in Criterion}
WORDS = Words("Clear the alley", "Rubbish has piled up.", "Off Swains Lane", "Through the gate on the left.")
ENDORSE = Opinion(Verdict.ENDORSE, ALL_YES)
CHECKS = {f"check_{criterion.value}": "yes" for criterion in Criterion}


@pytest.fixture
def taken(highgate, screeners):
    """A nomination that two people have taken on."""
    row = make_nomination(highgate)
    for person in screeners:
        screening.take_on(row, by=person)
    row.refresh_from_db()
    return row


def test_nobody_endorses_words_they_have_not_seen(taken, screeners, provider, site_client, camden):
    first, second = screeners
    screening.rewrite(taken, WORDS, by=first)
    reading = site_client(camden, second)
    page = reading.get(f"/desk/payback/{taken.reference}/").content.decode()
    assert "Rubbish has piled up." in page
    other = Words("Clear the alley", "Mrs Brown at number 9 asked for this.", "Off Swains Lane", "Gate.")
    screening.rewrite(taken, other, confirmed=True, by=first)
    screening.give_verdict(taken, ENDORSE, by=first)
    verdict = f"/desk/payback/{taken.reference}/verdict/"
    said = {"verdict": "endorse", **CHECKS}
    page = reading.post(verdict, {**hidden_in(page, verdict), **said}).content.decode()
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    assert "The words have changed since you opened this page." in page
    assert "Mrs Brown at number 9 asked for this." in page
    assert page.count(" checked") == len(CHECKS) + 2  # the checklist, the verdict, the square on the map
    reading.post(verdict, said)
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    reading.post(verdict, {**hidden_in(page, verdict), **said})
    taken.refresh_from_db()
    assert taken.status == Status.ENDORSED


def test_the_second_does_not_overwrite_the_firsts_words_unseen(taken, screeners, site_client, camden):
    first, second = screeners
    stale = site_client(camden, second)
    page = stale.get(f"/desk/payback/{taken.reference}/").content.decode()
    address = f"/desk/payback/{taken.reference}/words/"
    other = {
        "public_title": "Other",
        "public_words": "Other words.",
        "public_place": "Other",
        "brief": "Other.",
    }
    screening.rewrite(taken, WORDS, by=first)
    page = stale.post(address, {**hidden_in(page, address), **other}).content.decode()
    taken.refresh_from_db()
    assert taken.public_words == "Rubbish has piled up."
    assert "The words have changed since you opened this page." in page
    assert "Rubbish has piled up." in page
    assert "Other words." in page
    stale.post(address, {**hidden_in(page, address), **other})
    taken.refresh_from_db()
    assert taken.public_words == "Other words."


def test_words_changed_on_the_page_are_kept_with_the_verdict(taken, screeners, provider, site_client, camden):
    """One form: whoever changes a word and presses the verdict has said it of the changed words."""
    first, second = screeners
    screening.rewrite(taken, WORDS, by=first)
    screening.give_verdict(taken, ENDORSE, by=first)
    client = site_client(camden, second)
    address = f"/desk/payback/{taken.reference}/verdict/"
    page = client.get(f"/desk/payback/{taken.reference}/").content.decode()
    typed = {
        "public_title": "Clear the alley",
        "public_words": "Rubbish lies all along the alley.",
        "show_cell": "on",
    }
    typed |= {"public_place": "Off Swains Lane", "brief": "Through the gate on the left."}
    said = {**hidden_in(page, address), **typed, "verdict": "endorse"}
    page = client.post(
        address, said
    ).content.decode()  # the checklist is not ticked: nothing is kept, all stays typed
    assert "To endorse it, this must be “Yes”." in page
    assert "Rubbish lies all along the alley." in page
    taken.refresh_from_db()
    assert taken.public_words == "Rubbish has piled up."
    client.post(address, {**said, **CHECKS})
    taken.refresh_from_db()
    assert (taken.status, taken.public_words) == (Status.SCREENING, "Rubbish lies all along the alley.")
    verdicts = dict(taken.reviews.values_list("person", "verdict"))
    assert verdicts == {first.pk: "", second.pk: "endorse"}  # the first has not seen them


def test_an_identifier_in_words_typed_with_the_verdict_is_asked_about(taken, screeners, site_client, camden):
    client = site_client(camden, screeners[1])
    address = f"/desk/payback/{taken.reference}/verdict/"
    page = client.get(f"/desk/payback/{taken.reference}/").content.decode()
    typed = {
        "public_title": "Clear the alley",
        "public_words": "Ask Mrs Brown on 020 7946 0000.",
        "public_place": "Off Swains Lane",
    }
    said = {**hidden_in(page, address), **typed, "brief": "Left.", "verdict": "endorse", **CHECKS}
    page = client.post(address, said).content.decode()
    assert "This may tell who somebody is" in page
    assert "I looked at what is marked above." in page
    client.post(address, {**said, "confirmed": "on"})
    taken.refresh_from_db()
    assert taken.public_words == "Ask Mrs Brown on 020 7946 0000."


def test_what_was_chosen_stays_when_the_words_are_kept(taken, screeners, site_client, camden):
    client = site_client(camden, screeners[0])
    address = f"/desk/payback/{taken.reference}/words/"
    page = client.get(f"/desk/payback/{taken.reference}/").content.decode()
    typed = {
        "public_title": "Clear",
        "public_words": "Rubbish.",
        "public_place": "Off Swains Lane",
        "brief": "Left.",
    }
    page = client.post(
        address, {**hidden_in(page, address), **typed, "verdict": "endorse", **CHECKS}
    ).content.decode()
    assert "The words are kept." in page
    assert page.count(" checked") >= len(CHECKS) + 1
    assert not taken.reviews.exclude(verdict="").exists()


def test_a_verdict_of_somebody_whose_role_has_ended_does_not_count(taken, screeners, provider, camden):
    first, second = screeners
    screening.rewrite(taken, WORDS, by=first)
    screening.give_verdict(taken, ENDORSE, by=first)
    end_role(ScreenerRole.objects.get(person=first), by=None)
    screening.give_verdict(taken, ENDORSE, by=second)
    taken.refresh_from_db()
    assert taken.status == Status.SCREENING
    third = make_screener(camden)
    screening.take_on(taken, by=third)
    screening.give_verdict(taken, ENDORSE, by=third)
    taken.refresh_from_db()
    assert taken.status == Status.ENDORSED


def test_the_place_of_somebody_whose_role_has_ended_is_free(taken, screeners, camden):
    end_role(ScreenerRole.objects.get(person=screeners[0]), by=None)
    third = make_screener(camden)
    screening.take_on(taken, by=third)
    assert taken.reviews.filter(person=third).exists()


def test_deleting_the_account_of_a_screener_frees_the_place(taken, screeners, camden):
    taken.reviews.filter(person=screeners[0]).update(person=None)  # what SET_NULL leaves
    third = make_screener(camden)
    screening.take_on(taken, by=third)
    assert taken.reviews.filter(person=third).exists()


def test_a_dispute_can_be_answered_when_the_two_have_left(highgate, screeners, camden):
    row = make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners))
    dispute = nominators.raise_dispute(row, "Only half was cleared.")
    for person in screeners:
        end_role(ScreenerRole.objects.get(person=person), by=None)
    third = make_screener(camden)
    with_nobody = row.reviews.standing().exclude(person__in=screeners).exists()
    assert not with_nobody
    screening.take_on(row, by=third)
    screening.answer_dispute(dispute, "We ask probation to come again.", by=third)


def test_probation_can_be_answered_when_the_two_have_left(highgate, screeners, provider, camden):
    referral = make_referral(highgate, Status.MORE_INFO, screeners=tuple(screeners))
    question = Question.objects.create(
        nomination=referral.nomination, referral=referral, asked="board", text="Where is water?"
    )
    for person in screeners:
        end_role(ScreenerRole.objects.get(person=person), by=None)
    third = make_screener(camden)
    screening.take_on(referral.nomination, by=third)
    screening.answer_probation(question, "In the hall.", by=third)


def test_words_to_the_nominator_of_somebody_who_stepped_back_are_not_sent(taken, screeners, camden):
    first, second = screeners
    screening.give_verdict(
        taken,
        Opinion(Verdict.DECLINE, {}, Decline.DUTY, "Stop complaining about my brother's shop."),
        by=first,
    )
    screening.step_back(taken, by=first)
    third = make_screener(camden)
    screening.take_on(taken, by=third)
    for person in (second, third):
        try:
            screening.give_verdict(taken, Opinion(Verdict.DECLINE, {}, Decline.DUTY, ""), by=person)
        except ValidationError:
            return  # they must write their own
    taken.refresh_from_db()
    assert "my brother" not in queries.state_for_nominator(taken).words


def test_a_merged_one_does_not_carry_words_of_a_dropped_decline(taken, screeners, highgate, provider):
    other = make_nomination(highgate, Status.ENDORSED)
    screening.give_verdict(
        taken, Opinion(Verdict.DECLINE, {}, Decline.DUTY, "The council is paid for this."), by=screeners[0]
    )
    for person in screeners:
        screening.give_verdict(taken, Opinion(Verdict.MERGE, {}, merge_with=other), by=person)
    taken.refresh_from_db()
    assert taken.status == Status.DECLINED
    assert queries.state_for_nominator(taken).words == ""


def test_both_who_decline_agree_to_the_words_the_nominator_reads(taken, screeners):
    first, second = screeners
    screening.give_verdict(
        taken, Opinion(Verdict.DECLINE, {}, Decline.DUTY, "The council is paid for it."), by=first
    )
    screening.give_verdict(taken, Opinion(Verdict.DECLINE, {}, Decline.DUTY, "Go away."), by=second)
    taken.refresh_from_db()
    assert not (taken.status == Status.DECLINED and taken.decline_words == "Go away.")
    assert taken.status == Status.SCREENING
    screening.give_verdict(taken, Opinion(Verdict.DECLINE, {}, Decline.DUTY, "Go away."), by=first)
    taken.refresh_from_db()
    assert (taken.status, taken.decline_words) == (Status.DECLINED, "Go away.")


def test_a_dispute_whose_words_are_forgotten_waits_for_nobody(highgate, screeners, camden):
    row = make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners))
    nominators.raise_dispute(row, "Only half was cleared.")
    nominators.withdraw(row)
    found = queries.queue_of(camden, user=screeners[0]).get(pk=row.pk)
    assert not found.disputed


def test_a_question_of_probations_to_a_withdrawn_one_waits_for_nobody(highgate, screeners, camden, provider):
    referral = make_referral(highgate, Status.MORE_INFO, screeners=tuple(screeners))
    Question.objects.create(
        nomination=referral.nomination, referral=referral, asked="board", text="Where is water?"
    )
    nominators.withdraw(referral.nomination)
    found = queries.queue_of(camden, user=screeners[0]).get(pk=referral.nomination_id)
    assert not found.probation_asks


def test_a_postcode_or_house_number_in_the_public_place_is_asked_about(taken, screeners):
    words = Words("Clear the alley", "Rubbish has piled up.", "12 Swains Lane", "Gate.")
    with pytest.raises(ValidationError) as caught:
        screening.rewrite(taken, words, by=screeners[0])
    assert caught.value.message_dict == {
        "public_place": [
            "This may tell who somebody is: 12 Swains. Change it, or confirm below that it does not."
        ]
    }
    screening.rewrite(taken, words, confirmed=True, by=screeners[0])


def test_the_timeline_does_not_say_nominated_twice(taken, screeners, camden, provider):
    for person in screeners:
        screening.step_back(taken, by=person)
    two = [make_screener(camden), make_screener(camden)]
    for person in two:
        screening.take_on(taken, by=person)
    screening.rewrite(taken, WORDS, by=two[0])
    for person in two:
        screening.give_verdict(taken, ENDORSE, by=person)
    taken.refresh_from_db()
    labels = [label for label, _when in queries.timeline_of(taken)]
    assert taken.status == Status.ENDORSED
    assert labels.count("Nominated") == 1


def test_words_to_the_nominator_that_the_second_has_not_seen_stop_their_verdict(
    taken, screeners, site_client, camden
):
    first, second = screeners
    client = site_client(camden, second)
    address = f"/desk/payback/{taken.reference}/verdict/"
    page = client.get(f"/desk/payback/{taken.reference}/").content.decode()
    screening.give_verdict(
        taken, Opinion(Verdict.DECLINE, {}, Decline.DUTY, "The council is paid for it."), by=first
    )
    said = {"verdict": "decline", "reason": "duty", "words": "Go away."}
    page = client.post(address, {**hidden_in(page, address), **said}).content.decode()
    taken.refresh_from_db()
    assert taken.decline_words == "The council is paid for it."
    assert "To the nominator: “The council is paid for it.”" in page
    assert "Go away." in page
    client.post(address, {**hidden_in(page, address), **said})
    taken.refresh_from_db()
    assert (taken.status, taken.decline_words) == (Status.SCREENING, "Go away.")
    page = site_client(camden, first).get(f"/desk/payback/{taken.reference}/").content.decode()
    assert "The words to the nominator are not the ones you gave your verdict with." in page


def test_whoever_holds_the_role_again_takes_it_on_again(taken, screeners, camden):
    end_role(ScreenerRole.objects.get(person=screeners[0]), by=None)
    third = make_screener(camden)
    screening.take_on(taken, by=third)
    assert taken.reviews.count() == 2
    make.give(ScreenerRole, screeners[0], scope=camden)
    with pytest.raises(ValidationError, match="Two people screen this already"):
        screening.take_on(taken, by=make.UserFactory._meta.model.objects.get(pk=screeners[0].pk))
    screening.step_back(taken, by=third)
    screening.take_on(taken, by=make.UserFactory._meta.model.objects.get(pk=screeners[0].pk))
    assert set(taken.reviews.current().values_list("person", flat=True)) == {
        person.pk for person in screeners
    }


def test_past_screening_nobody_takes_it_on_unless_something_waits_and_one_has_left(
    highgate, screeners, camden
):
    row = make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners))
    third = make_screener(camden)
    with pytest.raises(ValidationError, match="This is past screening"):
        screening.take_on(row, by=third)
    nominators.raise_dispute(row, "Only half was cleared.")
    with pytest.raises(ValidationError, match="Two people screen this already"):
        screening.take_on(row, by=third)


def test_the_desk_lets_somebody_new_answer_when_the_two_have_left(highgate, screeners, camden, site_client):
    row = make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners))
    nominators.raise_dispute(row, "Only half was cleared.")
    for person in screeners:
        end_role(ScreenerRole.objects.get(person=person), by=None)
    client = site_client(camden, make_screener(camden))
    desk = f"/desk/payback/{row.reference}/"
    page = client.get(desk).content.decode()
    assert "Something waits for the board’s answer" in page
    client.post(f"{desk}take/", {"no_interest": "on"})
    assert "Only half was cleared." in client.get(desk).content.decode()
    client.post(f"{desk}dispute/", {"answer": "We ask probation to come again."})
    row.dispute.refresh_from_db()
    assert row.dispute.answer == "We ask probation to come again."


def test_nothing_is_answered_once_its_words_are_forgotten(highgate, screeners):
    row = make_nomination(highgate, Status.COMPLETED, screeners=tuple(screeners))
    dispute = nominators.raise_dispute(row, "Only half was cleared.")
    nominators.forget(row, by=None)
    with pytest.raises(ValidationError, match="nothing to answer any more"):
        screening.answer_dispute(dispute, "We look.", by=screeners[0])


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.REJECTED])
def test_a_fresh_one_is_not_merged_into_one_that_was_over_before(taken, screeners, highgate, status):
    before = taken.submitted_at - timedelta(days=300)
    over = make_nomination(highgate, status, submitted_at=before, endorsed_at=before, ended_at=before)
    just_done = make_nomination(highgate, status, ended_at=timezone.now())
    assert queries.alike(taken) == [just_done]
    with pytest.raises(ValidationError) as caught:
        screening.give_verdict(taken, Opinion(Verdict.MERGE, {}, merge_with=over), by=screeners[0])
    assert caught.value.message_dict == {
        "merge_with": [
            "That one was over before this one was sent, so this is a new task. Choose one that goes on."
        ]
    }
    screening.give_verdict(taken, Opinion(Verdict.MERGE, {}, merge_with=just_done), by=screeners[0])


def test_whoever_begins_to_work_for_probation_screens_no_more(taken, screeners, provider, camden):
    make.give(ProviderRole, screeners[0], scope=provider, kind=ProviderRoleKind.OFFICER)
    gone = make.UserFactory._meta.model.objects.get(pk=screeners[0].pk)
    for act in (screening.read_contact, screening.step_back):
        with pytest.raises(PermissionDenied):
            act(taken, by=gone)
    screening.take_on(taken, by=make_screener(camden))


def test_somebody_of_probation_is_told_why_they_cannot_screen(highgate, camden, provider, site_client):
    both = make_screener(camden)
    make.give(ProviderRole, both, scope=provider, kind=ProviderRoleKind.OFFICER)
    row = make_nomination(highgate)
    client = site_client(camden, both)
    desk = f"/desk/payback/{row.reference}/"
    page = client.get(desk).content.decode()
    assert "You also work for a provider of Community Payback, so you cannot screen." in page
    assert "Take it on" not in page
    assert client.post(f"{desk}take/", {"no_interest": "on"}).status_code == 404
    assert "so you cannot screen" in client.get("/desk/payback/").content.decode()


def test_the_queue_with_people_who_left_asks_as_often(highgate, camden, screeners, provider):
    row = make_nomination(highgate, Status.SCREENING, screeners=tuple(screeners))
    end_role(ScreenerRole.objects.get(person=screeners[0]), by=None)

    def look():
        return [(one.screeners, one.is_mine) for one in queries.queue_of(camden, user=screeners[1])]

    assert look() == [(1, True)]
    assert row.reviews.current().count() == 1
    for _number in range(2):
        make_nomination(highgate, Status.SCREENING, screeners=tuple(screeners))
    assert queries_in(look) == 1

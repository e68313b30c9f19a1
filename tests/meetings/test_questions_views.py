"""The pages of questions and speaking, with and without an account, and the desk at the table."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal.middleware import pages
from snb.meetings.actions import questions as actions
from snb.meetings.enums import Openness, QuestionStatus, SpeakerStatus
from snb.meetings.models import MeetingRules, Question, QuestionSupport, Speaker
from snb.meetings.queries import questions as queries
from tests.counting import queries_in
from tests.meetings.conftest import board_body, make_meeting
from tests.meetings.test_questions import listed, put, register

MARKERS = (
    "marker-waiting",
    "marker-rejected",
    "marker-reason",
    "marker-withheld",
    "marker-withdrawn",
    "marker-speaker",
)


@pytest.fixture(autouse=True)
def many_presses(settings):
    """These tests press often, and a shared cache remembers from test to test."""
    generous = dict.fromkeys(("question", "question_support", "speaker", "question_new_browser"), "1000/m/ip")
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **generous}


@pytest.fixture
def meeting(board_meeting):
    """Camden's next meeting, as the views fetch it."""
    return queries.open_meeting(board_meeting.board, board_meeting.slug)


@pytest.fixture
def address(meeting) -> str:
    """Of the questions."""
    return f"/meetings/{meeting.slug}/questions/"


def text_of(response) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def ask(client, address, text="Why is the lamp broken?", **more):
    """Put a question as the form does, and see the page after it."""
    return client.post(address, {"text": text, "name": "", "seen": "", **more}, follow=True)


def test_a_visitor_asks_and_sees_their_own_wait_which_nobody_else_sees(camden, site_client, address):
    client = site_client(camden)
    page = ask(client, address)
    assert page.redirect_chain == [(address, 302)]
    assert "Your question is in." in text_of(page)
    assert "What you asked Why is the lamp broken? Waiting" in text_of(page)
    assert "lamp" not in text_of(site_client(camden).get(address))


def test_reading_sets_no_mark_and_asking_sets_one_that_scripts_cannot_read(camden, site_client, address):
    client = site_client(camden)
    client.get(address)
    assert settings.QUESTIONS_COOKIE_NAME not in client.cookies
    ask(client, address)
    mark = client.cookies[settings.QUESTIONS_COOKIE_NAME]
    assert (mark["httponly"], mark["samesite"], mark["domain"], mark["path"]) == (True, "Lax", "", "/")
    before = mark.value
    ask(client, address, "Another?")
    assert client.cookies[settings.QUESTIONS_COOKIE_NAME].value == before


def test_the_privacy_page_names_the_mark(camden, site_client):
    assert settings.QUESTIONS_COOKIE_NAME in text_of(site_client(camden).get("/privacy/"))


def test_a_forged_mark_is_none(camden, site_client, address):
    ask(site_client(camden), address)
    client = site_client(camden)
    client.cookies[settings.QUESTIONS_COOKIE_NAME] = "x:y:z"
    assert "What you asked" not in text_of(client.get(address))


def test_signed_in_the_account_is_the_mark(camden, cast, site_client, address):
    client = site_client(camden, cast.resident)
    ask(client, address)
    assert settings.QUESTIONS_COOKIE_NAME not in client.cookies
    assert Question.objects.get().author == cast.resident
    assert "What you asked" in text_of(site_client(camden, cast.resident).get(address))
    assert "What you asked" not in text_of(site_client(camden, cast.neighbour).get(address))


def test_what_looks_like_an_identifier_is_shown_first_and_sent_at_will(camden, site_client, address):
    client, text = site_client(camden), "Why did PC 1234 not come?"
    warned = ask(client, address, text, name="Ana")
    assert "Please look at: PC 1234" in text_of(warned)
    assert (warned.redirect_chain, Question.objects.count()) == ([], 0)
    assert 'value="Ana"' in warned.content.decode()
    changed = ask(client, address, "Why did PC 4321 not come?", seen=text)
    assert "Please look at: PC 4321" in text_of(changed)
    ask(client, address, text, seen=text)
    assert Question.objects.get().found == ["collar_number"]


def test_errors_stand_at_the_field_and_nothing_typed_is_lost(camden, site_client, address):
    page = ask(site_client(camden), address, "", name="Ana")
    assert "Write your question." in text_of(page)
    assert 'value="Ana"' in page.content.decode()
    long = ask(site_client(camden), address, "x" * 301)
    assert "Use 300 letters at most; you used 301." in text_of(long)
    assert "x" * 301 in long.content.decode()


def test_too_many_are_refused_kindly(camden, site_client, address, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "question": "1/m/key"}
    client = site_client(camden)
    ask(client, address)
    page = ask(client, address, "Another?")
    assert "Wait a minute and try again." in text_of(page)
    assert Question.objects.count() == 1


def test_browsers_without_a_mark_have_a_limit_of_their_own(
    camden, cast, site_client, meeting, address, settings
):
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS,
        "question_new_browser": "2/d/ip",
    }
    question = listed(cast, meeting)
    for number in range(4):
        client = site_client(camden, REMOTE_ADDR="198.51.100.77")
        # A refused press leaves no mark, with which the next one would pass.
        for _ in range(2):
            client.post(f"{address}{question.pk}/support/", {"support": "yes"})
        question.refresh_from_db()
        assert question.supports == min(number + 1, 2)


def test_support_is_one_press_and_one_more_takes_it_back(camden, cast, site_client, meeting, address):
    question = listed(cast, meeting)
    client = site_client(camden)
    for _ in range(2):
        page = client.post(f"{address}{question.pk}/support/", {"support": "yes"}, follow=True)
    assert 'value="no" aria-pressed="true"' in page.content.decode()
    assert QuestionSupport.objects.count() == 1
    stranger = site_client(camden).get(address).content.decode()
    assert 'value="yes" aria-pressed="false"' in stranger
    assert '<span class="snb-support__count">1</span>' in stranger
    client.post(f"{address}{question.pk}/support/", {"support": "no"})
    question.refresh_from_db()
    assert question.supports == 0


def test_the_script_gets_the_visitors_marks(camden, cast, site_client, meeting, address):
    question = listed(cast, meeting)
    client = site_client(camden)
    support = f"{address}{question.pk}/support/"
    answer = client.post(support, {"support": "yes"}, headers={"accept": "application/json"})
    assert answer.json() == {
        "supported": [str(question.pk)],
        "own": [],
        "awaits": False,
        "html": answer.json()["html"],
    }
    assert client.get(f"{address}mine/").json()["supported"] == [str(question.pk)]
    assert site_client(camden).get(f"{address}mine/").json()["supported"] == []


def test_two_first_presses_of_one_browser_count_once(camden, cast, site_client, meeting, address):
    question = listed(cast, meeting)
    first, second = site_client(camden), site_client(camden)
    first.get(address)
    second.cookies[settings.CSRF_COOKIE_NAME] = first.cookies[settings.CSRF_COOKIE_NAME].value
    for client in (first, second):
        client.post(f"{address}{question.pk}/support/", {"support": "yes"})
    question.refresh_from_db()
    assert question.supports == 1
    for client in (first, second):
        page = client.get(address).content.decode()
        assert 'value="no" aria-pressed="true"' in page
    site_client(camden).post(f"{address}{question.pk}/support/", {"support": "yes"})
    question.refresh_from_db()
    assert question.supports == 2


def test_the_script_is_told_why_a_press_is_refused(camden, cast, site_client, meeting, address):
    question = listed(cast, meeting)
    actions.answer_question(question, answer="Soon.", by=cast.chair)
    answer = site_client(camden).post(
        f"{address}{question.pk}/support/", {"support": "yes"}, headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "This question can no longer be supported."},
    )


def test_a_question_that_is_not_listed_cannot_be_supported(camden, cast, site_client, meeting, address):
    waiting = put(meeting)
    client = site_client(camden)
    assert client.post(f"{address}{waiting.pk}/support/").status_code == 404
    question = actions.admit(waiting, by=cast.chair)
    actions.answer_question(question, answer="Soon.", by=cast.chair)
    page = client.post(f"{address}{question.pk}/support/", {"support": "yes"}, follow=True)
    assert "This question can no longer be supported." in text_of(page)


def test_own_question_is_taken_back_and_nobody_elses(camden, site_client, address):
    client = site_client(camden)
    ask(client, address)
    question = Question.objects.get()
    assert site_client(camden).post(f"{address}{question.pk}/withdraw/").status_code == 404
    page = client.post(f"{address}{question.pk}/withdraw/", follow=True)
    assert "Your question is taken back." in text_of(page)
    assert "lamp" not in text_of(page)
    page = client.post(f"{address}{question.pk}/withdraw/", follow=True)
    assert "dealt with this question already" in text_of(page)


@pytest.mark.parametrize("site", ["brent", "london"])
def test_on_another_site_there_is_nothing(camden, brent, cast, site_client, meeting, address, site):
    question, speaker = listed(cast, meeting), register(meeting)
    client = site_client(brent if site == "brent" else None, cast.other_chair)
    for path in ("", "list/", "mine/"):
        assert client.get(f"{address}{path}").status_code == 404
    for path in ("", f"{question.pk}/support/", f"{question.pk}/withdraw/"):
        assert client.post(f"{address}{path}", {"text": "x"}).status_code == 404
    speak = f"/meetings/{meeting.slug}/speak/"
    assert client.get(speak).status_code == 404
    assert client.get(f"{speak}asked/").status_code == 404
    assert client.post(f"{speak}{speaker.pk}/withdraw/").status_code == 404


@pytest.mark.parametrize(
    "fields", [{"announced_at": None}, {"openness": Openness.MEMBERS}], ids=["secret", "members"]
)
def test_what_is_not_announced_or_not_for_everybody_is_not_found(cast, camden, site_client, fields):
    meeting = make_meeting(board_body(camden), **fields)
    client = site_client(camden)
    for path in ("questions/", "questions/list/", "questions/mine/", "speak/"):
        assert client.get(f"/meetings/{meeting.slug}/{path}").status_code == 404


def test_oversights_own_meeting_is_asked_and_moderated_on_the_london_site(cast, site_client):
    meeting = make_meeting(None)
    address = f"/meetings/{meeting.slug}/questions/"
    ask(site_client(), address)
    question = Question.objects.get()
    desk = site_client(None, cast.oversight)
    assert "lamp" in text_of(desk.get(f"/desk{address}"))
    desk.post(f"/desk{address}{question.pk}/admit/")
    assert "lamp" in text_of(site_client().get(address))
    assert site_client(None, cast.chair).get(f"/desk{address}").status_code == 404


def test_a_page_with_a_form_is_never_kept_and_one_without_is(camden, cast, site_client, meeting, address):
    actions.mark_taken(listed(cast, meeting), by=cast.chair)
    page = site_client(camden).get(address)
    assert "Being answered now" in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert len(pages) == 0
    meeting.status = "held"
    meeting.save()
    page = site_client(camden).get(address)
    assert ("csrfmiddlewaretoken" in page.content.decode(), len(pages)) == (False, 1)
    assert "This meeting takes no questions now." in text_of(page)
    assert "Being answered now" not in text_of(page)


def test_a_form_without_its_token_is_refused(camden, cast, meeting, address):
    client = Client(enforce_csrf_checks=True, headers={"host": f"camden.{settings.PORTAL_NETLOC}"})
    assert client.post(address, {"text": "Why?"}).status_code == 403
    assert client.post(f"{address}{listed(cast, meeting).pk}/support/").status_code == 403


def test_the_list_as_data_is_the_same_for_all_and_kept_some_seconds(
    camden, cast, site_client, meeting, address
):
    question = listed(cast, meeting)
    mine = site_client(camden)
    mine.post(f"{address}{question.pk}/support/", {"support": "yes"})
    theirs = site_client(camden).get(f"{address}list/")
    assert mine.get(f"{address}list/").json() == theirs.json()
    assert theirs.json()["current"] == [str(question.pk)]
    assert "csrfmiddlewaretoken" not in theirs.content.decode()
    assert len(pages) == 1
    (kept,) = pages._pages.values()
    assert kept.changes_at - timezone.now().timestamp() < 5
    assert theirs.json()["version"] == queries.questions_for(meeting).version


def plant(cast, meeting) -> None:
    """Words that no stranger may see, and a speaker."""
    for status in ("waiting", "rejected", "withheld", "withdrawn"):
        question = put(meeting, f"marker-{status} question?", mark=f"browser:{status}")
        Question.objects.filter(pk=question.pk).update(status=status, reason="marker-reason")
    register(meeting, name="marker-speaker", email="marker-speaker@demo.example", topic="marker-speaker")


@pytest.mark.parametrize("name", ["anonymous", "resident", "member", "other_chair", "oversight"])
def test_planted_words_reach_no_stranger(camden, cast, site_client, meeting, address, name):
    plant(cast, meeting)
    listed(cast, meeting)
    client = site_client(camden, cast.by_name[name])
    speak = f"/meetings/{meeting.slug}/speak/"
    for path in (
        address,
        f"{address}list/",
        f"{address}mine/",
        speak,
        f"{speak}asked/",
        f"/desk{address}",
        f"/desk{address}part/",
    ):
        page = client.get(path, follow=True).content.decode()
        assert [marker for marker in MARKERS if marker in page] == []


def test_author_reads_why_and_never_the_words_that_were_withheld(camden, cast, site_client, meeting, address):
    client = site_client(camden, cast.resident)
    ask(client, address, "marker-one?")
    ask(client, address, "marker-two?")
    first, second = Question.objects.order_by("asked_at")
    actions.reject(first, reason="That is for Brent.", by=cast.chair)
    actions.withhold(second, by=cast.chair)
    page = text_of(client.get(address))
    assert "marker-one? Not taken up That is for Brent." in page
    assert "One of your questions is not shown" in page
    assert "marker-two" not in page


# ------------------------------------------------------------------------------------------------ speaking
def fields(**more) -> dict[str, str]:
    """A wish to speak."""
    return {"name": "Sam", "email": "sam@demo.example", "topic": "Lamps", **more}


def test_asking_to_speak_ends_on_a_page_that_says_so(camden, cast, site_client, meeting):
    address, client = f"/meetings/{meeting.slug}/speak/", site_client(camden)
    page = client.post(address, fields(), follow=True)
    assert page.redirect_chain == [(f"{address}asked/", 302)]
    assert "You have asked to speak" in text_of(page)
    speaker = Speaker.objects.get()
    actions.accept_speaker(speaker, by=cast.chair)
    assert "You are on the list of speakers" in text_of(client.get(address))
    assert "Lamps" not in text_of(site_client(camden).get(address))
    assert site_client(camden).get(f"{address}asked/").status_code == 302
    client.post(f"{address}{speaker.pk}/withdraw/")
    speaker.refresh_from_db()
    assert speaker.status == SpeakerStatus.WITHDRAWN


def test_after_the_bodys_hour_the_error_says_when_it_closed(camden, cast, site_client, meeting):
    MeetingRules.objects.create(body=meeting.body, speak_hours=336)
    meeting.starts_at = timezone.now() + timedelta(hours=300)
    meeting.save()
    closed = queries.in_words(meeting.starts_at - timedelta(hours=336))
    address = f"/meetings/{meeting.slug}/speak/"
    assert f"Asking to speak closed at {closed}." in text_of(site_client(camden).get(address))
    page = site_client(camden).post(address, fields())
    assert f"Asking to speak closed at {closed}." in text_of(page)
    assert 'value="sam@demo.example"' in page.content.decode()
    assert not Speaker.objects.exists()


def test_wrong_fields_of_a_speaker_are_said(camden, site_client, meeting):
    page = site_client(camden).post(f"/meetings/{meeting.slug}/speak/", fields(email="sam", topic=""))
    assert "Write an email address like name@example.org." in text_of(page)
    assert "Say in a few words" in text_of(page)


# ------------------------------------------------------------------------------------------------ the desk
def test_the_desk_shows_what_waits_and_each_press_moves_it(camden, cast, site_client, meeting, address):
    question, speaker = put(meeting, "Is PC 1234 back?"), register(meeting)
    desk, client = f"/desk{address}", site_client(camden, cast.chair)
    page = text_of(client.get(desk))
    assert "Waiting for you 1" in page
    assert "It may tell who somebody is" in page
    assert "sam@demo.example" in page

    def press(name: str) -> str:
        said = client.post(f"{desk}{question.pk}/{name}/", follow=True)
        question.refresh_from_db()
        return text_of(said)

    assert "The question is on the list." in press("admit")
    assert "is being answered now" in press("take")
    assert question.status == QuestionStatus.TAKEN
    press("admit")
    assert question.status == QuestionStatus.OPEN
    assert "nobody else sees it" in press("withhold")
    assert "dealt with" in press("take")
    press("admit")
    assert client.get(f"{desk}{question.pk}/answer/").status_code == 200
    wrong = client.post(f"{desk}{question.pk}/answer/", {"answer": " "})
    assert "Write what was answered" in text_of(wrong)
    client.post(f"{desk}{question.pk}/answer/", {"answer": "Yes, since May."})
    question.refresh_from_db()
    assert (question.status, question.answer) == (QuestionStatus.ANSWERED, "Yes, since May.")
    assert "Yes, since May." in text_of(site_client(camden).get(address))
    assert "Yes, since May.</textarea>" in client.get(f"{desk}{question.pk}/answer/").content.decode()
    for name, status in (("decline", "declined"), ("accept", "accepted")):
        client.post(f"{desk}speakers/{speaker.pk}/{name}/")
        speaker.refresh_from_db()
        assert speaker.status == status


def test_leaving_out_needs_a_reason(camden, cast, site_client, meeting, address):
    question, client = put(meeting), site_client(camden, cast.secretary)
    reject = f"/desk{address}{question.pk}/reject/"
    assert "whoever asked reads it" in text_of(client.post(reject, {"reason": ""}))
    assert "x" * 301 in client.post(reject, {"reason": "x" * 301}).content.decode()
    assert "can read why" in text_of(client.post(reject, {"reason": "Elsewhere."}, follow=True))
    question.refresh_from_db()
    assert (question.status, question.reason) == (QuestionStatus.REJECTED, "Elsewhere.")


@pytest.mark.parametrize("name", ["resident", "member", "other_chair", "oversight", "panel_chair"])
def test_the_desk_is_not_found_for_others(camden, cast, site_client, meeting, address, name):
    question, speaker = put(meeting), register(meeting)
    client, desk = site_client(camden, cast.by_name[name]), f"/desk{address}"
    paths = ["", "part/", f"{question.pk}/answer/", f"{question.pk}/reject/"]
    assert {client.get(f"{desk}{path}").status_code for path in paths} == {404}
    presses = [f"{question.pk}/{press}/" for press in ("admit", "withhold", "take", "answer", "reject")]
    presses += [f"speakers/{speaker.pk}/{press}/" for press in ("accept", "decline")]
    assert {client.post(f"{desk}{path}", {"answer": "x", "reason": "x"}).status_code for path in presses} == {
        404
    }
    assert (Question.objects.get().status, Speaker.objects.get().status) == ("waiting", "asked")


def test_signed_out_the_desk_asks_to_sign_in_and_get_changes_nothing(
    camden, cast, site_client, meeting, address
):
    question = put(meeting)
    assert site_client(camden).get(f"/desk{address}").status_code == 302
    client = site_client(camden, cast.chair)
    for press in ("admit", "withhold", "take"):
        assert client.get(f"/desk{address}{question.pk}/{press}/").status_code == 405
    for path in (f"{address}{question.pk}/support/", f"{address}{question.pk}/withdraw/"):
        assert client.get(path).status_code == 405


def test_a_question_of_another_meeting_is_not_found_on_this_desk(camden, cast, site_client, meeting, address):
    other = put(make_meeting(board_body(camden), days=40))
    client = site_client(camden, cast.chair)
    assert client.post(f"/desk{address}{other.pk}/admit/").status_code == 404


def test_pages_take_the_same_queries_at_one_and_at_three(camden, cast, site_client):
    counts = []
    client, chair = site_client(camden, cast.resident), site_client(camden, cast.chair)
    for number in (1, 3):
        meeting = make_meeting(board_body(camden), days=20 + number)
        for text in range(number):
            question = listed(cast, meeting, f"Question {text}?", mark=f"browser:{text}")
            put(meeting, f"Waiting {text}?", mark=f"browser:{text}")
            register(meeting, mark=f"browser:{text}")
            actions.answer_question(
                listed(cast, meeting, f"Answered {text}?", mark=f"browser:{text}"),
                answer="Yes.",
                by=cast.chair,
            )
            client.post(f"/meetings/{meeting.slug}/questions/{question.pk}/support/", {"support": "yes"})
        address = f"/meetings/{meeting.slug}/questions/"
        counts.append(
            [
                queries_in(partial(who.get, path))
                for who, path in (
                    (client, address),
                    (site_client(camden), address),
                    (client, f"{address}mine/"),
                    (chair, f"/desk{address}"),
                    (chair, f"/desk{address}part/"),
                )
            ]
        )
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


def test_an_answer_written_meanwhile_is_not_written_over(camden, cast, site_client, meeting, address):
    question = listed(cast, meeting)
    page = f"/desk{address}{question.pk}/answer/"
    chair, secretary = (site_client(camden, person) for person in (cast.chair, cast.secretary))
    seen = {
        name: client.get(page).context["form"]["was"].value()
        for name, client in (("c", chair), ("s", secretary))
    }
    chair.post(page, {"answer": "The chair’s words.", "was": seen["c"]})
    refused = secretary.post(page, {"answer": "The secretary’s words.", "was": seen["s"]})
    question.refresh_from_db()
    assert question.answer == "The chair’s words."
    said = text_of(refused)
    for words in ("Somebody wrote an answer while you did", "The chair’s words.", "The secretary’s words."):
        assert words in said
    again = refused.context["form"]["was"].value()
    assert secretary.post(page, {"answer": "Both say so.", "was": again}).status_code == 302
    question.refresh_from_db()
    assert question.answer == "Both say so."


def test_a_question_that_comes_too_late_is_shown_to_be_copied(camden, site_client, meeting, address):
    client = site_client(camden)
    client.get(address)
    now = timezone.now()
    type(meeting).objects.filter(pk=meeting.pk).update(
        starts_at=now - timedelta(hours=2), ends_at=now - timedelta(minutes=1)
    )
    said = text_of(ask(client, address, "Written in the last minute?"))
    assert "This meeting takes no questions now." in said
    assert "It was not sent." in said
    assert "Written in the last minute?" in said

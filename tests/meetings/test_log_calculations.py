"""Colours, answers and quorums: pure."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snb.meetings.calculations import SOON, answer_words, one_line, quorum, rag_of, without_controls
from snb.meetings.enums import Answer, LogStatus, Rag

pytestmark = pytest.mark.pure
TODAY = date(2026, 11, 25)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
colours = st.sampled_from(["", *Rag])


@given(days, days, colours, st.text(max_size=20), st.booleans())
def test_overdue_is_red_whatever_anybody_says(due, today, rag, reason, reported):
    colour, why = rag_of(LogStatus.OPEN, due, rag, reason, today, reported=reported)
    late = (today - due).days
    if late > 0:
        assert (colour, why) == (Rag.RED, f"{late} day{'' if late == 1 else 's'} overdue.")
    elif rag:
        assert (colour, why) == (rag, reason)
    else:
        assert colour == (Rag.AMBER if -late <= SOON and not reported else Rag.GREEN)
        assert why.endswith(".")


@given(st.one_of(st.none(), days), days, colours, st.text(max_size=20), st.booleans())
def test_what_is_over_has_no_colour(due, today, rag, reason, reported):
    for status in (LogStatus.DONE, LogStatus.DROPPED):
        assert rag_of(status, due, rag, reason, today, reported=reported) == (None, "")


@pytest.mark.parametrize(
    ("due", "rag", "reported", "expected"),
    [
        (-12, Rag.GREEN, True, (Rag.RED, "12 days overdue.")),
        (-1, "", False, (Rag.RED, "1 day overdue.")),
        (0, "", False, (Rag.AMBER, "Due today. Nothing has been reported yet.")),
        (14, "", False, (Rag.AMBER, "Due in 14 days. Nothing has been reported yet.")),
        (14, "", True, (Rag.GREEN, "Due in 14 days.")),
        (15, "", False, (Rag.GREEN, "Due in 15 days.")),
        (1, Rag.RED, True, (Rag.RED, "The lamps are out of stock.")),
        (None, "", True, (Rag.AMBER, "No date was set.")),
        (None, Rag.GREEN, True, (Rag.GREEN, "The lamps are out of stock.")),
    ],
)
def test_colours_by_example(due, rag, reported, expected):
    due_on = None if due is None else TODAY + timedelta(days=due)
    assert (
        rag_of(LogStatus.OPEN, due_on, rag, "The lamps are out of stock.", TODAY, reported=reported)
        == expected
    )


@pytest.mark.parametrize(
    ("answer", "ago", "words"),
    [
        (Answer.NONE, 34, "No answer for 34 days."),
        (Answer.NONE, 1, "No answer for 1 day."),
        (Answer.NONE, 0, "No answer yet."),
        (Answer.NONE, None, "No answer yet."),
        (Answer.REFUSED, 34, ""),
    ],
)
def test_how_long_an_answer_is_due(answer, ago, words):
    published = None if ago is None else TODAY - timedelta(days=ago)
    assert answer_words(answer, published, TODAY) == words


@given(st.integers(0, 40), st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40)))
def test_a_quorum_is_met_from_its_number_on(there, others, needed):
    found = quorum(there, there + others, needed)
    assert found.met == (None if needed is None else there >= needed)


@pytest.mark.parametrize(
    ("there", "members", "needed", "words"),
    [
        (7, 9, 5, "Voting members there: 7 of 9. The quorum of 5 is met."),
        (3, 9, 5, "Voting members there: 3 of 9. The quorum is 5: 2 too few."),
        (3, 9, None, "Voting members there: 3 of 9. No quorum is set."),
        (1, 1, 1, "Voting members there: 1 of 1. The quorum of 1 is met."),
    ],
)
def test_quorums_in_a_sentence(there, members, needed, words):
    assert quorum(there, members, needed).words == words


@given(st.text())
def test_words_without_controls_keep_everything_that_is_seen(words):
    clean = without_controls(words)
    assert not {letter for letter in clean if unicodedata.category(letter) == "Cc"} - {"\n", "\t"}
    seen = [letter for letter in words if unicodedata.category(letter) != "Cc" and not letter.isspace()]
    assert [letter for letter in clean if not letter.isspace()] == seen
    assert without_controls(clean) == clean
    assert one_line(words) == " ".join(clean.split())


def test_words_pasted_from_word_keep_their_lines():
    assert without_controls("Door 1\x0bthen up\r\nand left") == "Door 1\nthen up\nand left"
    assert one_line("Board\x0bmeeting\x07 ") == "Board meeting"

"""What may stand in an event, and finding it again."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from snb.audit import queries
from snb.audit.actions import move_epoch, record
from snb.audit.calculations import canonical, is_code
from snb.audit.enums import Event
from snb.audit.errors import NotACode
from snb.audit.models import AuditEvent
from tests.committed import at_once


@pytest.mark.parametrize(
    "value",
    [
        "",
        "accepted",
        "E05013661",
        "2026-11-22T10:00:00+00:00",
        "boards.board.opened",
        "e64c7ef6-2790-41af-a1b3-b7415f5ec3ae",
        "a/b_c",
        "x" * 64,
        7,
        True,
        None,
        ["a", 1],
    ],
)
@pytest.mark.pure
def test_codes_are_taken(value):
    assert is_code(value)


@pytest.mark.parametrize(
    "value",
    [
        "person@example.org",
        "Mary Smith",
        "x" * 65,
        "line\n",
        "naïve",
        "a\x00b",
        2**63,
        1.5,
        {"a": 1},
        [["a"]],
        ["fine", "not fine"],
        b"x",
    ],
)
@pytest.mark.pure
def test_words_are_not(value):
    assert not is_code(value)


@pytest.mark.pure
@given(st.text())
def test_no_code_has_blanks_or_an_at_sign(text):
    if is_code(text):
        assert len(text) <= 64
        assert text.isascii()
        assert not set(text) & set("@ \t\r\n'\"")


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"why": "because I say so"}, {"email": "a@example.org"}, {"amount": 1.5}])
def test_record_refuses_words(data):
    with pytest.raises(NotACode):
        record(Event.PAGE_PUBLISHED, None, by=None, **data)
    assert not AuditEvent.objects.exists()


def test_record_writes_who_did_what_to_what(cast, camden):
    event = record(
        Event.ROLE_GIVEN, camden, by=cast.oversight, board=camden.code, kind="chair", wards=["E05013661"]
    )
    event.refresh_from_db()
    assert (event.event, event.actor, event.board, event.object_type, event.object_id, event.data) == (
        "people.role.given",
        cast.oversight.public_id,
        "E09000007",
        "boards.board",
        "E09000007",
        {"kind": "chair", "wards": ["E05013661"]},
    )


def test_events_of_an_object_and_of_a_board_are_its_own(camden, brent):
    ours = record(Event.BOARD_SETTINGS_CHANGED, camden, by=None, board=camden.code)
    record(Event.BOARD_SETTINGS_CHANGED, brent, by=None, board=brent.code)
    assert queries.events_of(camden).first() == ours
    assert set(queries.events_of(camden).values_list("object_id", flat=True)) == {camden.code}
    assert queries.events_of_board(camden.code).first() == ours
    assert set(queries.events_of_board(camden.code).values_list("board", flat=True)) == {camden.code}


def test_only_a_public_event_moves_the_epoch(camden, brent):
    before = (queries.epoch_of(camden.code), queries.epoch_of(brent.code))
    record(Event.BOARD_SETTINGS_CHANGED, camden, by=None, board=camden.code)
    assert queries.epoch_of(camden.code) == before[0]
    record(Event.BOARD_SETTINGS_CHANGED, camden, by=None, board=camden.code, public=True)
    assert (queries.epoch_of(camden.code), queries.epoch_of(brent.code)) == (before[0] + 1, before[1])


@pytest.mark.django_db
def test_epoch_of_a_board_that_never_changed_is_nought():
    assert queries.epoch_of("E09000099") == 0


@pytest.mark.postgres
@pytest.mark.postgres  # SQLite lets one transaction write at a time
@pytest.mark.django_db(transaction=True)
def test_no_move_of_an_epoch_is_lost_in_a_race():
    """Eight at once, on a board that has no row yet."""

    def move():
        with transaction.atomic():
            move_epoch("E09000007")

    at_once([move] * 8)
    assert queries.epoch_of("E09000007") == 8


@pytest.mark.pure
def test_the_canonical_form_is_written_down():
    assert canonical(
        {"id": 1, "at": "2026-01-02T03:04:05.000006+00:00", "data": {"b": [1, "x"], "a": None}}
    ) == (b'{"at":"2026-01-02T03:04:05.000006+00:00","data":{"a":null,"b":[1,"x"]},"id":1}\n')

"""The close: nothing joins a person to a choice, every confirmed vote counts, and nobody closes early."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.middleware import pages
from snb.audit.models import AuditEvent
from tests import factories as make
from tests.committed import at_once
from tests.wardpanels.conftest import cast_many, close, end_voting, make_round, voter
from tests.wardpanels.test_tally import RECOUNT
from wardpanels import actions, queries
from wardpanels.actions.priorities import Adopted
from wardpanels.enums import Concern, RoundStatus, SetBy
from wardpanels.errors import InvalidTransition, VoteRefused
from wardpanels.models import Ballot, CountedBallot, Option, Receipt, RollEntry, RollMark, Round

MIXED = [("drugs",), ("asb", "drugs"), ("burglary",), ("asb",), ("drugs", "traffic")] * 40


def everything_left(round_: Round) -> list[tuple]:
    """Every hidden and shown column of what stays after a close, in the order the database keeps it."""
    hidden = "t.ctid::text, t.xmin::text" if connection.vendor == "postgresql" else "t.rowid"
    rows = []
    with connection.cursor() as cursor:
        for model, column in ((CountedBallot, "choices"), (Receipt, "code")):
            order = "t.ctid" if connection.vendor == "postgresql" else "t.rowid"
            cursor.execute(
                f"SELECT {hidden}, {column} FROM {model._meta.db_table} t WHERE round_id = %s ORDER BY {order}",
                [db_id(round_)],
            )
            rows.append(cursor.fetchall())
    return rows


def db_id(round_: Round) -> str:
    """The round's key as the database stores it."""
    return str(round_.pk) if connection.vendor == "postgresql" else round_.pk.hex


def test_nothing_left_predicts_a_choice(highgate, brent):
    """Rule 1: 200 votes in a known order, then in the opposite one: what stays is the same in both, row by row."""
    left = []
    for slug, votes in (("first", MIXED), ("second", MIXED[::-1])):
        round_ = make_round(highgate, slug=slug)
        cast_many(round_, votes)
        closed = close(round_)
        ballots, receipts = everything_left(closed)
        assert [row[-1] for row in ballots] == sorted(row[-1] for row in ballots)
        assert [row[-1] for row in receipts] == sorted(row[-1] for row in receipts)
        if connection.vendor == "postgresql":
            assert len({row[1] for row in ballots}) == 1
        left.append([row[-1] for row in ballots])
    assert left[0] == left[1]
    assert RollEntry.objects.count() == RollMark.objects.count() == Ballot.objects.count() == 0


def test_receipts_in_their_order_say_nothing_of_ballots_in_theirs(highgate):
    """Rule 1: guessing the n-th voter's choice from the n-th receipt is no better than guessing by the totals."""
    round_ = make_round(highgate)
    receipts = cast_many(round_, MIXED)
    close(round_)
    ballots, listed = everything_left(round_)
    chosen = dict(zip(receipts, (" ".join(sorted(votes)) for votes in MIXED), strict=True))
    right = sum(chosen[receipt[-1]] == ballot[-1] for receipt, ballot in zip(listed, ballots, strict=True))
    # Five kinds of ballot, 40 each: 40 right by chance, standard deviation 5.7 (random receipts); six of those are refused.
    assert abs(right - 40) < 35


def test_closing_destroys_roll_box_and_secret_and_unlinks_authors(open_round, cast):
    """Rules 1 and 10."""
    Option.objects.filter(round=open_round, code="drugs").update(author=cast.resident)
    cast_many(open_round, [("drugs",)] * 12)
    assert open_round.secret
    closed = Round.objects.get(pk=close(open_round).pk)
    assert closed.secret == ""
    assert Option.objects.get(round=closed, code="drugs").author is None
    assert (closed.status, closed.turnout) == (RoundStatus.CLOSED, 12)
    assert AuditEvent.objects.filter(event="wardpanels.round.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_secret_is_gone_from_the_database_files(highgate_committed, on_disk):
    """Rule 1: the bytes themselves, on SQLite's log too; a second round's rows keep the tables from being cut short."""
    round_ = make_round(highgate_committed)
    other = make_round(make.WardFactory(code="E05013662", name="Gospel Oak", slug="gospel-oak"))
    cast_many(round_, [("drugs",)] * 12)
    cast_many(other, [("drugs",)] * 3)
    stored = raw("SELECT secret FROM wardpanels_round WHERE id = %s", round_)
    sealed = raw("SELECT sealed FROM wardpanels_ballot WHERE round_id = %s", round_)
    assert stored in database_files("wardpanels_round")
    assert sealed in database_files("wardpanels_ballot")
    closed = close(round_)
    clean_until_done(closed)
    assert stored not in database_files("wardpanels_round")
    assert sealed not in database_files("wardpanels_ballot")
    assert Ballot.objects.filter(round=other).count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_somebody_reading_with_an_older_view_delays_the_cleaning(highgate_committed, monkeypatch):
    """Their view would carry the ballots over into the new table; the timetable asks again."""
    monkeypatch.setattr("wardpanels.adapters.PATIENCE_SECONDS", 0.2)
    round_ = make_round(highgate_committed)
    cast_many(round_, [("drugs",)] * 12)
    sealed = raw("SELECT sealed FROM wardpanels_ballot WHERE round_id = %s", round_)
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1")
            close(round_)
            assert actions.clean_closed_rounds() == 0
            assert Round.objects.get(pk=round_.pk).cleaned_at is None
            cursor.execute("COMMIT")
            cursor.execute("BEGIN")
            cursor.execute("LOCK wardpanels_ballot IN ACCESS SHARE MODE")
            assert actions.clean_closed_rounds() == 0
            cursor.execute("COMMIT")
    finally:
        reader.close()
    clean_until_done(round_, lambda: actions.keep_time()["clean_closed_rounds"])
    assert sealed not in database_files("wardpanels_ballot")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize("foreseen", [True, False])
def test_a_transaction_in_another_database_of_the_server_delays_the_cleaning_too(
    highgate_committed, monkeypatch, foreseen
):
    """The view that rewrites a table begins at the oldest transaction of them all, also where nobody looked for it before."""
    monkeypatch.setattr("wardpanels.adapters.PATIENCE_SECONDS", 0.2)
    round_ = make_round(highgate_committed)
    cast_many(round_, [("drugs",)] * 12)
    sealed = raw("SELECT sealed FROM wardpanels_ballot WHERE round_id = %s", round_)
    elsewhere = connection.copy()
    elsewhere.settings_dict = {**connection.settings_dict, "NAME": "postgres"}
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")
            close_without_cleaning(round_)
            if not foreseen:
                monkeypatch.setattr("wardpanels.adapters.older_views_are_gone", lambda cursor: True)
            assert actions.clean_closed_rounds() == 0
            assert sealed in database_files("wardpanels_ballot")
            cursor.execute("COMMIT")
    finally:
        elsewhere.close()
    clean_until_done(round_)
    assert sealed not in database_files("wardpanels_ballot")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_role_that_does_not_own_the_tables_never_marks_them_as_cleaned(highgate_committed, caplog):
    """PostgreSQL would only warn."""
    round_ = make_round(highgate_committed)
    cast_many(round_, [("drugs",)] * 12)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE snb_stranger")
        cursor.execute("GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO snb_stranger")
        close_without_cleaning(round_)
        try:
            cursor.execute("SET ROLE snb_stranger")
            until = time.monotonic() + 60
            while "the portal's role must own them" not in caplog.text and time.monotonic() < until:
                assert actions.clean_closed_rounds() == 0
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP OWNED BY snb_stranger")
            cursor.execute("DROP ROLE snb_stranger")
    assert "the portal's role must own them" in caplog.text
    assert Round.objects.get(pk=round_.pk).cleaned_at is None
    clean_until_done(round_)


def clean_until_done(round_: Round, clean: Callable[[], int] = actions.clean_closed_rounds) -> None:
    """As the timetable does. Tests that run beside this one, in databases of their own, hold views that delay it."""
    until = time.monotonic() + 60
    while Round.objects.get(pk=round_.pk).cleaned_at is None:
        assert time.monotonic() < until, "The tables were not cleaned within a minute."
        clean()


def close_without_cleaning(round_: Round) -> None:
    """As if the process died right after the commit."""
    close(round_)
    Round.objects.filter(pk=round_.pk).update(cleaned_at=None)


@pytest.fixture
def on_disk(transactional_db, tmp_path):
    """SQLite's suite runs in memory; here a copy of that database lies in a file, with a log beside it, as an installation's does."""
    if connection.vendor != "sqlite":
        yield
        return
    path = tmp_path / "db.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, path
    yield
    connection.close()
    connection.connection, connection.settings_dict["NAME"] = in_memory, name


def raw(sql: str, round_: Round) -> bytes:
    """One column as it is stored."""
    key = round_.pk if connection.vendor == "postgresql" else round_.pk.hex
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        return bytes(cursor.fetchone()[0])


def database_files(table: str) -> bytes:
    """What the disk holds of a table: SQLite's file and log, or the table's own file on PostgreSQL."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return b"".join(path.read_bytes() for path in (name, Path(f"{name}-wal")) if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [table])
        return bytes(cursor.fetchone()[0])


@pytest.fixture
def highgate_committed(transactional_db):
    """Highgate, where transactions really commit."""
    from tests.committed import ground

    ground()
    return make.WardFactory()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_votes_at_the_last_second_are_counted_or_refused_never_lost(highgate_committed):
    """Rule 7: twenty people vote without pause while the round closes under them."""
    round_ = make_round(highgate_committed)
    Round.objects.filter(pk=round_.pk).update(closes_at=timezone.now() + timedelta(seconds=2))
    confirmed: list[str] = []
    refused: list[str] = []
    guard = threading.Lock()

    def people(first: int) -> None:
        for number in range(first, first + 200):
            try:
                done = actions.cast_vote(round_.pk, ["drugs"], voter=voter(number))
            except VoteRefused as error:
                with guard:
                    refused.append(error.messages[0])
                return
            with guard:
                confirmed.append(done.receipt)

    def timetable() -> None:
        for _ in range(400):
            if actions.keep_time()["close_round"]:
                return
            threading.Event().wait(0.01)

    at_once([*(partial(people, first * 1000) for first in range(20)), timetable, timetable])
    assert len(refused) == 20
    assert len(confirmed) > 20
    assert sorted(Receipt.objects.values_list("code", flat=True)) == sorted(confirmed)
    assert CountedBallot.objects.count() == len(confirmed)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_the_same_person_in_many_tabs_is_one_vote(highgate_committed):
    """Rule 7: a double click, ten tabs at once."""
    round_ = make_round(highgate_committed)
    receipts: list[str] = []

    def tab() -> None:
        receipts.append(actions.cast_vote(round_.pk, ["drugs"], voter=voter(1)).receipt)

    at_once([tab] * 10)
    assert len(receipts) == 10
    assert len(set(receipts)) == 1
    assert Ballot.objects.count() == 1


def test_nobody_closes_early(open_round):
    """Rule 8."""
    with pytest.raises(InvalidTransition):
        actions.close_round(open_round.pk)
    assert actions.keep_time()["close_round"] == 0


def test_closing_late_or_twice_changes_nothing(open_round):
    """Rule 7: a late worker changes nothing; the timetable run twice neither."""
    cast_many(open_round, [("drugs",)] * 11)
    first = close(open_round)
    again = actions.close_round(open_round.pk)
    assert (again.result_sha256, again.closed_at) == (first.result_sha256, first.closed_at)
    assert CountedBallot.objects.count() == 11
    assert actions.keep_time()["close_round"] == 0


def test_the_timetable_goes_through_a_whole_round(highgate):
    """Draft, collecting, voting, closed by the published times alone."""
    now = timezone.now()
    round_ = make_round(
        highgate,
        status=RoundStatus.DRAFT,
        collects_at=now - timedelta(hours=1),
        opens_at=now + timedelta(hours=1),
        closes_at=now + timedelta(days=2),
    )
    actions.keep_time()
    assert Round.objects.get().status == RoundStatus.COLLECTING
    Round.objects.update(collects_at=now - timedelta(days=3), opens_at=now - timedelta(minutes=1))
    actions.keep_time()
    actions.keep_time()
    assert Round.objects.get().status == RoundStatus.VOTING
    end_voting(round_)
    actions.keep_time()
    assert Round.objects.get().status == RoundStatus.CLOSED


def test_paper_waits_in_counting_and_web_votes_are_refused(highgate, cast):
    """Rule 9: the state is there from the start."""
    round_ = make_round(highgate, paper=True)
    cast_many(round_, [("drugs",)] * 10)
    assert close(round_).status == RoundStatus.COUNTING
    assert Ballot.objects.count() == 10
    with pytest.raises(VoteRefused, match="Voting has closed"):
        actions.cast_vote(round_.pk, ["asb"], voter=voter(99))
    assert actions.confirm_count(round_.pk, by=cast.panel_chair).status == RoundStatus.CLOSED


def test_under_ten_ballots_nothing_is_ranked_or_published(open_round):
    """Rule 5."""
    cast_many(open_round, [("drugs",)] * 9)
    closed = close(open_round)
    assert (closed.result, closed.turnout, closed.turnout_by_method) == ("", None, {})
    assert CountedBallot.objects.count() == Receipt.objects.count() == 0
    result = queries.result_of(closed)
    assert (result.published, result.turnout, result.left_to_panel) == (False, "fewer than 10", 2)


def test_downloaded_files_recount_in_a_process_of_their_own(open_round, camden, site_client, tmp_path):
    """A stranger downloads four files and counts."""
    cast_many(open_round, [("asb", "drugs")] * 8 + [("burglary",)] * 6 + [("traffic",)] * 2)
    closed = close(open_round)
    client = site_client(camden)
    for name in ("ballots.txt", "receipts.txt", "result.json"):
        (tmp_path / name).write_bytes(client.get(f"{closed.get_absolute_url()}{name}").content)
    done = subprocess.run(
        [sys.executable, "-I", str(RECOUNT), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("All is well: 16 ballots, winners: asb, drugs.\n", 0)
    assert json.loads((tmp_path / "result.json").read_text())["votes"] == {
        "asb": 8,
        "drugs": 8,
        "burglary": 6,
        "other": 2,
    }


def test_a_cancelled_round_is_never_counted(open_round, cast):
    """Rule 8: only before a tally exists, destroying ballots untallied."""
    cast_many(open_round, [("drugs",)] * 12)
    cancelled = actions.cancel_round(open_round, reason="The ward's boundary changed.", by=cast.panel_chair)
    assert (cancelled.status, cancelled.result, cancelled.turnout) == (RoundStatus.CANCELLED, "", None)
    assert Ballot.objects.count() == RollEntry.objects.count() == CountedBallot.objects.count() == 0
    assert Round.objects.get().secret == ""


def test_a_counted_round_cannot_be_cancelled(open_round, cast):
    cast_many(open_round, [("drugs",)] * 12)
    closed = close(open_round)
    with pytest.raises(InvalidTransition):
        actions.cancel_round(closed, reason="We do not like it.", by=cast.panel_chair)


def test_annulled_by_two_people_and_the_files_stay(open_round, cast, camden, site_client):
    """Rule 8."""
    cast_many(open_round, [("drugs",)] * 12)
    closed = close(open_round)
    actions.ask_annulment(closed, reason="Two hundred codes were lost.", by=cast.panel_chair)
    with pytest.raises(Exception, match="Somebody else"):
        actions.agree_annulment(closed, by=cast.panel_chair)
    annulled = actions.agree_annulment(closed, by=cast.chair)
    assert annulled.status == RoundStatus.ANNULLED
    assert site_client(camden).get(f"{annulled.get_absolute_url()}ballots.txt").content == b"drugs\n" * 12


def test_asking_to_annul_keeps_the_panels_reason_and_says_its_own_once_agreed(
    open_round, cast, camden, site_client
):
    cast_many(open_round, [("drugs",), ("asb", "drugs")] * 6)
    closed = close(open_round)
    panels = [Adopted(SetBy.PANEL, "Lamps by the steps", Concern.ASB)]
    actions.adopt_priorities(closed, panels, reason="Drugs were dealt with in May.", by=cast.panel_chair)
    actions.ask_annulment(closed, reason="Two hundred codes were lost.", by=cast.panel_chair)
    page = site_client(camden).get(closed.get_absolute_url()).content.decode()
    assert "Drugs were dealt with in May." in page
    assert "Two hundred codes" not in page
    actions.agree_annulment(closed, by=cast.chair)
    pages.clear()
    page = site_client(camden).get(closed.get_absolute_url()).content.decode()
    assert "Drugs were dealt with in May." in page
    assert "Two hundred codes were lost." in page


def test_extended_once_by_two_people_before_the_end(open_round, cast):
    """Rule 8."""
    later = open_round.closes_at + timedelta(days=2)
    actions.ask_extension(open_round, closes_at=later, reason="The post was late.", by=cast.panel_chair)
    with pytest.raises(Exception, match="Somebody else"):
        actions.agree_extension(open_round, by=cast.panel_chair)
    assert actions.agree_extension(open_round, by=cast.chair).closes_at == later
    with pytest.raises(InvalidTransition, match="once at most"):
        actions.ask_extension(open_round, closes_at=later + timedelta(days=1), reason="Again.", by=cast.chair)


def test_an_extension_after_the_end_is_refused(open_round, cast):
    actions.ask_extension(
        open_round,
        closes_at=timezone.now() + timedelta(days=3),
        reason="The post was late.",
        by=cast.panel_chair,
    )
    end_voting(open_round)
    with pytest.raises(InvalidTransition):
        actions.agree_extension(open_round, by=cast.chair)


def test_opening_freezes_options_and_plan(open_round, cast):
    """Rule 8."""
    assert len(open_round.frozen_sha256) == 64
    with pytest.raises(InvalidTransition):
        actions.add_option(open_round, concern="gangs", text="Gangs", by=cast.panel_chair)
    with pytest.raises(InvalidTransition):
        actions.reject_option(open_round.options.first(), reason="Changed our mind.", by=cast.panel_chair)
    with pytest.raises(InvalidTransition):
        actions.change_round(open_round, picks=1, by=cast.panel_chair)


def test_tables_that_hold_secrets_are_the_ones_that_are_rewritten():
    from wardpanels.actions.closing import SECRET_TABLES

    assert set(SECRET_TABLES) == {
        "wardpanels_rollmark",
        "wardpanels_rollentry",
        "wardpanels_ballot",
        "wardpanels_round",
    }
    assert (
        settings.SQLITE is False
        or "secure_delete=ON" in settings.DATABASES["default"]["OPTIONS"]["init_command"]
    )

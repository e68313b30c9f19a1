"""The action log: entering, changing, updating, taking back, publishing, and who may."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.models import Body
from snb.meetings import notifications
from snb.meetings.actions import log as actions
from snb.meetings.actions import owners
from snb.meetings.enums import Addressee, Answer, LogKind, LogStatus, MeetingStatus, Rag
from snb.meetings.errors import InvalidTransition
from snb.meetings.exports import log as exports
from snb.meetings.models import ActionItem, ActionUpdate
from snb.meetings.queries import log as queries
from snb.people.actions import remove_unconfirmed
from snb.people.models import SignedLink, User
from snb.people.queries import link_url, token_of
from snb.privacy.errors import FieldAboveClearance
from tests import factories as make
from tests.committed import at_once
from tests.counting import queries_in
from tests.meetings.conftest import add_items, board_body, make_meeting

TODAY = timezone.localdate


@pytest.fixture
def board(cast, camden) -> Body:
    """Camden's board as a body."""
    return board_body(camden)


@pytest.fixture
def enter(cast, board):
    """`enter(**fields)`: an entry between meetings, owned by a member."""

    def make_entry(body=board, *, by=cast.chair, **fields) -> ActionItem:
        fields = {"text": "Mend the lamps", "owner": cast.member} | fields
        return actions.enter(body, by=by, **fields)

    return make_entry


@pytest.fixture
def minuted(cast, board):
    """A board meeting whose minutes are being written, with a private item."""
    meeting = make_meeting(board, days=-3, status=MeetingStatus.MINUTES_DRAFT)
    [item] = add_items(meeting, "In private")
    item.is_private = True
    item.save()
    return meeting


def late(entry: ActionItem, days: int = 12) -> ActionItem:
    """The same, due so many days ago."""
    ActionItem.objects.filter(pk=entry.pk).update(due_on=TODAY() - timedelta(days=days))
    entry.refresh_from_db()
    return entry


def events() -> list[str]:
    """What happened to the log, in order."""
    found = AuditEvent.objects.filter(event__startswith="meetings.log.").order_by("pk")
    return list(found.values_list("event", flat=True))


# ---------------------------------------------------------------------------------------------- entering
def test_numbers_count_up_within_a_body(cast, enter, highgate):
    panel = make.make_panel(highgate)
    labels = [
        enter().label,
        enter(
            kind=LogKind.RECOMMENDATION, addressee=Addressee.POLICE, owner_name="Chief Inspector Demo"
        ).label,
        enter(panel, by=cast.panel_chair).label,
        enter().label,
        enter(None, by=cast.oversight).label,
    ]
    assert labels == ["A1", "R2", "A1", "A3", "A1"]
    assert events() == [Event.LOG_ENTERED] * 5
    assert AuditEvent.objects.filter(event=Event.LOG_ENTERED).earliest("pk").board == "E09000007"


def test_between_meetings_it_is_public_at_once_and_of_a_meeting_with_its_minutes(cast, enter, minuted):
    assert enter().is_public
    assert not enter(is_private=True).is_public
    waits = enter(meeting=minuted)
    private = enter(meeting=minuted, item=minuted.items.get())
    assert (waits.published_at, private.is_private) == (None, True)
    with transaction.atomic():
        assert actions.publish_entries(minuted, by=cast.secretary) == 1
        assert actions.publish_entries(minuted, by=cast.secretary) == 0
    waits.refresh_from_db()
    private.refresh_from_db()
    assert (waits.is_public, private.published_at) == (True, None)
    assert events().count(Event.LOG_PUBLISHED) == 1
    minuted.status = MeetingStatus.MINUTES_PUBLISHED
    minuted.save()
    assert enter(meeting=minuted).is_public


def test_publishing_is_for_who_publishes_minutes(cast, minuted):
    for person in (cast.member, cast.other_chair, cast.resident):
        with pytest.raises(PermissionDenied):
            actions.publish_entries(minuted, by=person)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": "  "}, "text"),
        ({"owner": None}, "owner_name"),
        ({"kind": LogKind.RECOMMENDATION}, "addressee"),
        ({"owner": None, "owner_name": "X", "owner_email": "closed@example.org"}, "owner_email"),
    ],
)
def test_what_is_missing_is_said_at_its_field(enter, fields, field):
    make.UserFactory(email="closed@example.org", is_active=False)
    with pytest.raises(ValidationError) as refused:
        enter(**fields)
    assert list(refused.value.message_dict) == [field]
    assert not ActionItem.objects.exists()
    assert events() == []


def test_a_meeting_or_item_of_another_body_is_refused(cast, enter, minuted, panel_meeting):
    with pytest.raises(ValidationError):
        enter(meeting=panel_meeting)
    with pytest.raises(ValidationError):
        enter(item=minuted.items.get())


@pytest.mark.parametrize("who", ["member", "editor", "resident", "panel_chair", "other_chair", "oversight"])
def test_only_who_runs_the_body_enters_changes_updates_and_removes(cast, enter, minuted, who):
    person = getattr(cast, who)
    entry = enter(meeting=minuted)
    for deed in (
        lambda: enter(by=person),
        lambda: actions.change(entry, text="x", owner_name="x", by=person),
        lambda: actions.update(entry, note="x", by=person),
        lambda: actions.remove(entry, by=person),
        lambda: owners.send_link(entry, by=person),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert events() == [Event.LOG_ENTERED]


def test_an_owner_by_address_has_an_account_while_the_entry_is_open(cast, enter):
    entry = enter(owner=None, owner_name="The lighting team", owner_email="Lamps@Example.org")
    assert (entry.owner.email, entry.owner_name) == ("lamps@example.org", "The lighting team")
    User.objects.filter(pk=entry.owner_id).update(date_joined=timezone.now() - timedelta(days=9))
    assert remove_unconfirmed() == 0
    actions.update(entry, by=cast.chair, status=LogStatus.DONE, evidence="Seen.")
    assert remove_unconfirmed() == 1
    entry.refresh_from_db()
    assert (entry.owner, entry.owner_name) == (None, "The lighting team")


@pytest.mark.postgres  # SQLite lets one transaction write at a time
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["chair", "oversight"])
def test_numbers_are_given_once_each_however_many_write_at_once(cast, who):
    body, person = board_body(make.make_board()) if who == "chair" else None, getattr(cast, who)
    writes = [lambda: actions.enter(body, text="x", owner_name="x", by=person)] * 6
    at_once(writes)
    numbers = sorted(ActionItem.objects.filter(body=body).values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]


# ---------------------------------------------------------------------------------------------- before publication
def test_words_change_until_everybody_can_read_them(cast, enter, minuted):
    entry = enter(meeting=minuted)
    actions.change(entry, text="Mend all lamps", owner_name="The council", by=cast.secretary)
    entry.refresh_from_db()
    assert (entry.text, entry.owner_name, entry.owner) == ("Mend all lamps", "The council", None)
    actions.publish_entries(minuted, by=cast.chair)
    for deed in (
        lambda: actions.change(entry, text="x", owner_name="x", by=cast.chair),
        lambda: actions.remove(entry, by=cast.chair),
    ):
        with pytest.raises(ValidationError, match="Everybody can read it already"):
            deed()
    assert events() == [Event.LOG_ENTERED, Event.LOG_CHANGED, Event.LOG_PUBLISHED]


def test_what_nobody_has_read_can_be_removed(cast, enter, minuted):
    entry = enter(meeting=minuted)
    actions.remove(entry, by=cast.chair)
    assert not ActionItem.objects.exists()
    assert events() == [Event.LOG_ENTERED, Event.LOG_REMOVED]


def test_what_was_private_by_mistake_comes_out_where_its_minutes_have(cast, enter):
    entry = enter(is_private=True)
    assert not actions.change(entry, text="x", owner_name="x", is_private=True, by=cast.chair).is_public
    assert actions.change(entry, text="x", owner_name="x", by=cast.chair).is_public


# ---------------------------------------------------------------------------------------------- updating
def test_an_update_is_a_step_with_what_was_before(cast, enter):
    entry = enter(due_on=TODAY() + timedelta(days=30))
    step = actions.update(
        entry, by=cast.secretary, rag=Rag.AMBER, rag_reason="The lamps are late.", note="Ordered."
    )
    entry.refresh_from_db()
    assert (entry.rag, entry.rag_reason) == (Rag.AMBER, "The lamps are late.")
    assert step.before == {"rag": "", "rag_reason": ""}
    assert (step.by, step.by_link, step.note) == (cast.secretary.public_id, False, "Ordered.")
    event = AuditEvent.objects.get(event=Event.LOG_UPDATED)
    assert (event.data["changed"], event.data["by_link"]) == (["rag", "rag_reason"], False)


def test_done_has_a_day_and_evidence_and_no_colour(cast, enter):
    entry = enter()
    actions.update(entry, by=cast.chair, rag=Rag.RED, rag_reason="No money.")
    actions.update(entry, by=cast.chair, status=LogStatus.DONE, evidence="All lit on Monday.")
    entry.refresh_from_db()
    assert (entry.status, entry.done_on, entry.rag, entry.rag_reason) == (LogStatus.DONE, TODAY(), "", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "note"),
        ({"rag": Rag.RED}, "rag_reason"),
        ({"rag_reason": "Late."}, "rag"),
        ({"status": LogStatus.DONE}, "evidence"),
        ({"status": LogStatus.DROPPED}, "note"),
        ({"due_on": None}, "note"),
        ({"answer": Answer.ACCEPTED}, "answer"),
        ({"answer_text": "Yes."}, "answer"),
        ({"owner_name": " "}, "owner_name"),
    ],
)
def test_what_does_not_fit_together_is_said_at_its_field(cast, enter, changes, field):
    entry = enter(due_on=TODAY())
    with pytest.raises(ValidationError) as refused:
        actions.update(entry, by=cast.chair, **changes)
    assert list(refused.value.message_dict) == [field]
    assert not ActionUpdate.objects.exists()


def test_days_to_come_are_no_days_on_which_something_was_done(cast, enter):
    tomorrow = TODAY() + timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        actions.update(enter(), by=cast.chair, status=LogStatus.DONE, evidence="x", done_on=tomorrow)
    assert list(refused.value.message_dict) == ["done_on"]
    asked = enter(kind=LogKind.RECOMMENDATION, addressee=Addressee.POLICE)
    with pytest.raises(ValidationError) as refused:
        actions.update(asked, by=cast.chair, answer=Answer.REFUSED, answered_on=tomorrow)
    assert set(refused.value.message_dict) == {"answered_on", "answer_text"}


def test_what_is_over_is_opened_with_a_reason(cast, enter):
    entry = enter()
    actions.update(entry, by=cast.chair, status=LogStatus.DROPPED, note="The lamps are gone.")
    with pytest.raises(InvalidTransition):
        actions.update(entry, by=cast.chair, status=LogStatus.DONE, evidence="x")
    with pytest.raises(ValidationError):
        actions.update(entry, by=cast.chair, status=LogStatus.OPEN)
    actions.update(entry, by=cast.chair, status=LogStatus.OPEN, note="They are back.")
    entry.refresh_from_db()
    assert entry.status == LogStatus.OPEN


def test_a_recommendation_is_answered(cast, enter):
    entry = enter(kind=LogKind.RECOMMENDATION, addressee=Addressee.COUNCIL)
    actions.update(entry, by=cast.chair, answer=Answer.PARTLY, answer_text="Two of three.")
    entry.refresh_from_db()
    assert (entry.answer, entry.answered_on, entry.status) == (Answer.PARTLY, TODAY(), LogStatus.OPEN)
    assert queries.history_of(entry)[0].facts == [
        ("Answer", "Accepted in part"),
        ("What they said", "Two of three."),
        ("Answered on", f"{TODAY():%-d %B %Y}"),
    ]


def test_an_entry_is_handed_over_and_back(cast, enter):
    entry = enter()
    step = actions.update(entry, by=cast.chair, owner=cast.editor)
    entry.refresh_from_db()
    assert (entry.owner, entry.owner_name) == (cast.editor, cast.editor.name)
    actions.undo_update(step, by=cast.chair)
    entry.refresh_from_db()
    assert (entry.owner, entry.owner_name) == (cast.member, cast.member.name)


def test_only_the_newest_update_is_taken_back(cast, enter):
    entry = enter(due_on=TODAY() + timedelta(days=3))
    day = TODAY() + timedelta(days=40)
    first = actions.update(entry, by=cast.chair, due_on=day, note="More time.")
    second = actions.update(entry, by=cast.chair, rag=Rag.GREEN, rag_reason="All well.")
    with pytest.raises(ValidationError, match="Something came after"):
        actions.undo_update(first, by=cast.chair)
    actions.undo_update(second, by=cast.chair)
    actions.undo_update(first, by=cast.secretary)
    entry.refresh_from_db()
    assert (entry.rag, entry.due_on) == ("", TODAY() + timedelta(days=3))
    with pytest.raises(ValidationError, match="taken back already"):
        actions.undo_update(first, by=cast.chair)
    with pytest.raises(PermissionDenied):
        actions.undo_update(first, by=cast.other_chair)
    assert events().count(Event.LOG_UPDATE_UNDONE) == 2


def test_history_is_read_back_from_how_it_stands(cast, enter):
    entry = enter()
    actions.update(entry, by=cast.chair, rag=Rag.RED, rag_reason="No money.")
    actions.update(entry, by=cast.chair, rag=Rag.GREEN, rag_reason="Money came.")
    undone = actions.update(entry, by=cast.chair, note="marker-undone")
    actions.undo_update(undone, by=cast.chair)
    entry.refresh_from_db()
    history = queries.history_of(entry)
    assert [step.is_undone for step in history] == [True, False, False]
    assert [step.can_undo for step in history] == [False, True, False]
    assert history[1].facts == [("How it goes", "On track"), ("Why", "Money came.")]
    assert history[2].facts == [("How it goes", "Off track"), ("Why", "No money.")]


def test_an_unknown_field_is_a_mistake(cast, enter):
    with pytest.raises(TypeError):
        actions.update(enter(), by=cast.chair, text="x")


# ---------------------------------------------------------------------------------------------- queries
def test_overdue_stands_on_top(cast, enter):
    done = enter(text="done")
    actions.update(done, by=cast.chair, status=LogStatus.DONE, evidence="x")
    enter(text="no date")
    enter(text="soon", due_on=TODAY() + timedelta(days=1))
    late(enter(text="late"), 2)
    late(enter(text="later"), 20)
    rows = queries.rows_of(queries.public_entries(make.make_board()))
    assert [(row.entry.text, row.state) for row in rows] == [
        ("later", "Overdue"),
        ("late", "Overdue"),
        ("soon", "At risk"),
        ("no date", "At risk"),
        ("done", "Done"),
    ]
    assert rows[0].why == "20 days overdue."


def test_counts_in_a_sentence(cast, camden, enter):
    late(enter())
    enter()
    enter(kind=LogKind.RECOMMENDATION, addressee=Addressee.POLICE)
    actions.update(enter(), by=cast.chair, status=LogStatus.DONE, evidence="x")
    counts = queries.counts_of(queries.public_entries(camden))
    assert counts.sentence == (
        "3 are open, 1 of them overdue. 1 is done. 1 recommendation waits for an answer."
    )
    assert queries.counts_of(ActionItem.objects.none()).sentence == ""


def test_a_recommendation_waits_from_its_publication(enter):
    entry = enter(kind=LogKind.RECOMMENDATION, addressee=Addressee.POLICE)
    ActionItem.objects.update(published_at=timezone.now() - timedelta(days=34))
    row = queries.row_by_key(entry.pk)
    assert (row.state, row.answer) == ("No answer yet", "No answer for 34 days.")


def test_lists_take_as_many_queries_for_three_as_for_one(cast, camden, highgate, enter):
    panel = make.make_panel(highgate)

    def public():
        return queries.rows_of(queries.public_entries(camden))

    def desk():
        return queries.rows_of(queries.entries_kept_by(cast.chair, camden))

    def ward():
        return queries.open_actions_of(highgate)

    def as_csv():
        return exports.log_csv(queries.public_entries(camden))

    enter(panel)
    ones = [queries_in(call) for call in (public, desk, ward, as_csv)]
    enter(panel, due_on=TODAY())
    enter(panel, owner=cast.chair)
    assert [queries_in(call) for call in (public, desk, ward, as_csv)] == ones
    assert len(ward()) == 3


def test_the_desk_lists_what_one_may_keep(cast, camden, brent, highgate, enter, minuted):
    enter(make.make_panel(highgate), by=cast.panel_chair)
    enter(meeting=minuted)
    enter(is_private=True)
    enter(None, by=cast.oversight)
    enter(board_body(brent), by=cast.other_chair)
    for user in cast.everyone:
        for site in (camden, brent, None):
            kept = set(queries.entries_kept_by(user, site))
            allowed = {
                entry
                for entry in ActionItem.objects.for_board(site)
                if user.has_perm("meetings.log.manage", entry)
            }
            assert kept == allowed
            assert {queries.entry_kept_by(user, site, entry.pk) for entry in allowed} == allowed


# ---------------------------------------------------------------------------------------------- CSV
def test_csv_runs_nothing_and_holds_nothing_that_is_not_public(cast, camden, enter, minuted):
    enter(text='=HYPERLINK("x")', owner_name="@lamps", due_on=TODAY())
    enter(text="\t=1+1", owner_name=" -2")
    enter(text="marker-private", is_private=True)
    enter(text="marker-unpublished", meeting=minuted)
    words = exports.log_csv(ActionItem.objects.all())
    assert "marker" not in words
    assert cast.member.email not in words
    rows = list(csv.DictReader(io.StringIO(words)))
    assert {row["text"] for row in rows} == {'\'=HYPERLINK("x")', "'=1+1"}
    assert {row["owner_name"] for row in rows} == {"'@lamps", "'-2"}
    assert {row["overdue"] for row in rows} == {"no"}


def test_csv_refuses_what_is_not_for_the_public(camden, monkeypatch):
    monkeypatch.setattr(exports, "FIELDS", (*exports.FIELDS, "owner"))
    with pytest.raises(FieldAboveClearance):
        exports.log_csv(ActionItem.objects.all())


# ---------------------------------------------------------------------------------------------- owners' links
def send(entry, by) -> SignedLink:
    """The link, as the email brings it."""
    link = owners.send_link(entry, by=by)
    notifications.send_log_link.call(str(entry.pk), link.pk)
    return link


def path(link) -> str:
    return f"/accounts/links/{token_of(link)}/"


def test_an_owner_reports_by_link_and_takes_it_back(cast, enter, site_client):
    entry = enter(due_on=TODAY() + timedelta(days=30))
    link = send(entry, cast.chair)
    assert mail.outbox[-1].to == [cast.member.email]
    assert link_url(link) in mail.outbox[-1].body
    client = site_client(None)
    page = client.get(path(link)).content.decode()
    assert "Mend the lamps" in page
    assert ("Answer" in page, "id_due_on" in page) == (False, False)
    assert not ActionUpdate.objects.exists()
    refused = client.post(path(link), {"status": "open", "rag": "red", "rag_reason": "", "note": "Typed"})
    assert "Write one sentence why." in refused.content.decode()
    assert "Typed" in refused.content.decode()
    client.post(path(link), {"status": "done", "evidence": "All lit.", "note": "Finished."})
    step = ActionUpdate.objects.get()
    assert (step.by_link, step.by, step.note) == (True, cast.member.public_id, "Finished.")
    entry.refresh_from_db()
    assert (entry.status, entry.evidence) == (LogStatus.DONE, "All lit.")
    assert "snb_session" not in client.cookies
    assert AuditEvent.objects.get(event=Event.LOG_UPDATED).data["by_link"] is True
    client.post(path(link), {"do": "undo"})
    entry.refresh_from_db()
    assert (entry.status, entry.evidence) == (LogStatus.OPEN, "")


def test_a_recommendation_is_answered_by_link(cast, enter, site_client):
    entry = enter(
        kind=LogKind.RECOMMENDATION,
        addressee=Addressee.POLICE,
        owner=None,
        owner_name="Chief Inspector Demo",
        owner_email="ci@example.org",
    )
    link = send(entry, cast.chair)
    client = site_client(None)
    assert 'name="status"' not in client.get(path(link)).content.decode()
    client.post(path(link), {"answer": "refused", "answer_text": "No officers."})
    entry.refresh_from_db()
    assert (entry.answer, entry.answer_text) == (Answer.REFUSED, "No officers.")
    assert entry.owner.emailaddress_set.get().verified


def test_a_link_changes_no_date_and_no_owner(cast, enter):
    entry = enter()
    for changes in ({"due_on": TODAY()}, {"owner_name": "x"}, {"answer": Answer.ACCEPTED}):
        with pytest.raises(PermissionDenied):
            actions.update(entry, by=cast.member, by_link=True, note="x", **changes)
    with pytest.raises(PermissionDenied):
        actions.update(entry, by=cast.member, by_link=True, note="x", owner=cast.editor)
    with pytest.raises(PermissionDenied):
        actions.update(entry, by=cast.editor, by_link=True, note="x")


def kill(link, entry, cast, how):
    if how == "expired":
        SignedLink.objects.update(expires_at=timezone.now())
    elif how == "newer":
        owners.send_link(entry, by=cast.chair)
    elif how == "handed over":
        actions.update(entry, by=cast.chair, owner=cast.editor)
    elif how == "done":
        actions.update(entry, by=cast.chair, status=LogStatus.DONE, evidence="x")


@pytest.mark.parametrize("how", ["expired", "newer", "handed over", "done"])
def test_a_dead_link_reports_nothing(cast, enter, site_client, how):
    entry = enter()
    link = send(entry, cast.chair)
    kill(link, entry, cast, how)
    before = ActionUpdate.objects.count()
    client = site_client(None)
    page = client.post(path(link), {"status": "open", "note": "Too late"}, follow=True).content.decode()
    assert ('name="note"' in page, ActionUpdate.objects.count()) == (False, before)


def test_an_undo_by_link_is_refused_once_something_came_after(cast, enter, site_client):
    entry = enter()
    link = send(entry, cast.chair)
    client = site_client(None)
    client.post(path(link), {"status": "open", "note": "Ordered."})
    actions.update(entry, by=cast.chair, note="Thank you.")
    page = client.post(path(link), {"do": "undo"}).content.decode()
    assert "Something came after this update." in page


@pytest.mark.parametrize("how", ["private", "unpublished", "done", "nobody", "closed"])
def test_a_link_is_not_sent_where_it_would_show_too_much_or_nothing(cast, enter, minuted, how):
    entry = enter(
        **{
            "private": {"is_private": True},
            "unpublished": {"meeting": minuted},
            "nobody": {"owner": None, "owner_name": "x"},
        }.get(how, {})
    )
    if how == "done":
        actions.update(entry, by=cast.chair, status=LogStatus.DONE, evidence="x")
    if how == "closed":
        User.objects.filter(pk=cast.member.pk).update(is_active=False)
    with pytest.raises(ValidationError):
        owners.send_link(entry, by=cast.chair)
    assert not SignedLink.objects.exists()


def test_owners_are_reminded_once_before_and_once_after_the_day(cast, enter):
    now = timezone.localtime().replace(hour=10, minute=0)
    entry = enter(due_on=TODAY() + timedelta(days=7))
    enter(due_on=TODAY() + timedelta(days=8))
    enter(due_on=TODAY(), owner=None, owner_name="Nobody")
    enter(due_on=TODAY(), is_private=True)
    sent = DBTaskResult.objects.filter(task_path="snb.meetings.notifications.send_log_link")
    assert owners.remind_owners(now=now.replace(hour=6)) == 0
    assert [owners.remind_owners(now=now), owners.remind_owners(now=now)] == [1, 0]
    late(entry)
    assert [owners.remind_owners(now=now), owners.remind_owners(now=now)] == [1, 0]
    assert sent.count() == 2
    step = actions.update(entry, by=cast.chair, due_on=TODAY() + timedelta(days=2), note="More time.")
    assert owners.remind_owners(now=now) == 1
    actions.undo_update(step, by=cast.chair)
    assert owners.remind_owners(now=now) == 1
    notifications.send_log_link.call(str(entry.pk), SignedLink.objects.latest("pk").pk)
    assert mail.outbox[-1].subject == "A1 is overdue: how does it stand?"


def test_a_link_that_died_meanwhile_is_not_mailed(cast, enter):
    entry = enter()
    link = owners.send_link(entry, by=cast.chair)
    owners.send_link(entry, by=cast.chair)
    notifications.send_log_link.call(str(entry.pk), link.pk)
    assert mail.outbox == []

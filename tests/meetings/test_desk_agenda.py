"""Writing an agenda, its papers, publishing it by a second person, and what the public sees in between."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone

from snb.audit.models import AuditEvent, Epoch
from snb.files.enums import State
from snb.files.models import StoredFile
from snb.meetings import adapters
from snb.meetings.actions import agenda as actions
from snb.meetings.actions.agenda import ItemDraft
from snb.meetings.actions.meetings import postpone_meeting
from snb.meetings.actions.templates import TEMPLATES
from snb.meetings.enums import ItemKind, MeetingKind, MeetingStatus
from snb.meetings.errors import InvalidTransition, SecondPersonNeeded
from snb.meetings.exports.documents import agenda_document
from snb.meetings.models import AgendaItem, Meeting, Paper
from snb.meetings.queries.agenda import (
    Fact,
    Facts,
    draft_agenda,
    facts_from,
    fingerprint,
    members_agenda,
    published_agenda,
)
from tests.counting import queries_in
from tests.files.samples import file
from tests.meetings.conftest import add_items, board_body, make_meeting

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SECRET = "marker-sealed-envelope"


@pytest.fixture(autouse=True)
def private_root(tmp_path):
    """An empty private store."""
    with override_settings(PRIVATE_ROOT=tmp_path / "private"):
        yield tmp_path / "private"


def events() -> list[str]:
    """What the audit record says of this room, oldest first."""
    return list(
        AuditEvent.objects.filter(event__startswith="meetings.")
        .order_by("pk")
        .values_list("event", flat=True)
    )


def epoch(board) -> int:
    """Moves with every change of the board's public pages."""
    return Epoch.objects.get(board=board.code).number


def written(meeting: Meeting, cast, *titles: str) -> list[AgendaItem]:
    """An agenda the secretary wrote."""
    return actions.write_agenda(meeting, [ItemDraft(title) for title in titles], by=cast.secretary)


def drafts(meeting: Meeting) -> list[ItemDraft]:
    """The agenda as an editor sends it back unchanged."""
    return [
        ItemDraft(
            item.row.title,
            ItemKind(item.row.kind),
            item.row.minutes,
            item.row.lead,
            item.row.note,
            item.row.is_private,
            item.row.pk,
        )
        for item in draft_agenda(meeting)
    ]


def attach(item: AgendaItem, cast, title: str = "Report") -> Paper:
    """A paper the secretary attached."""
    return actions.add_paper(item, title=title, file=file(PDF, "scan_0001.pdf"), by=cast.secretary)


def titles(meeting: Meeting) -> list[str]:
    """What the public reads."""
    return [item.title for item in published_agenda(Meeting.objects.get(pk=meeting.pk))]


# ------------------------------------------------------------------------------------------------ writing
def test_writing_keeps_ids_and_papers_reorders_and_takes_away(cast, camden, board_meeting):
    first, second, third = written(board_meeting, cast, "One", "Two", "Three")
    paper = attach(second, cast)
    again = actions.write_agenda(
        board_meeting,
        [ItemDraft("Two, longer", id=second.pk, minutes=20), ItemDraft("New"), ItemDraft("One", id=first.pk)],
        by=cast.chair,
    )
    assert [(item.position, item.title, item.pk) for item in board_meeting.items.all()] == [
        (1, "Two, longer", second.pk),
        (2, "New", again[1].pk),
        (3, "One", first.pk),
    ]
    assert list(second.papers.all()) == [paper]
    assert not AgendaItem.objects.filter(pk=third.pk).exists()
    assert set(Meeting.objects.get().agenda_written_by) == {
        str(cast.secretary.public_id),
        str(cast.chair.public_id),
    }
    assert events() == ["meetings.agenda.written", "meetings.paper.added", "meetings.agenda.written"]


def test_whole_agenda_turns_round_without_a_clash(cast, board_meeting):
    written(board_meeting, cast, *"abcdef")
    actions.write_agenda(board_meeting, drafts(board_meeting)[::-1], by=cast.secretary)
    assert [item.title for item in board_meeting.items.all()] == list("fedcba")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (ItemDraft("  "), "Item 1 needs a title."),
        (ItemDraft("x" * 161), "Item 1 is too long."),
        (ItemDraft("x", minutes=0), "Item 1 may take from 1 to 600 minutes."),
        (ItemDraft("x", kind="surprise"), "Item 1 is of a kind we do not know."),
    ],
)
def test_item_that_cannot_be_leaves_the_agenda_as_it_was(cast, board_meeting, item, words):
    written(board_meeting, cast, "One")
    with pytest.raises(ValidationError, match=words):
        actions.write_agenda(board_meeting, [item], by=cast.secretary)
    assert [row.title for row in board_meeting.items.all()] == ["One"]
    with pytest.raises(ValidationError, match="60 items at most"):
        actions.write_agenda(board_meeting, [ItemDraft("x")] * 61, by=cast.secretary)


def test_nobody_overwrites_what_somebody_else_wrote_meanwhile(cast, board_meeting):
    written(board_meeting, cast, "One", "Two")
    mine, seen = drafts(board_meeting), fingerprint(draft_agenda(board_meeting))
    actions.write_agenda(board_meeting, mine[:1], by=cast.chair, seen=seen)
    for stale in (seen, None):
        with pytest.raises(ValidationError, match="Somebody else has changed this agenda"):
            actions.write_agenda(board_meeting, mine, by=cast.secretary, seen=stale)
    assert [row.title for row in board_meeting.items.all()] == ["One"]


def test_item_of_another_meeting_is_not_taken_over(cast, camden, panel_meeting, board_meeting):
    (theirs,) = add_items(panel_meeting, "Panel's")
    with pytest.raises(ValidationError, match="Somebody else has changed"):
        actions.write_agenda(board_meeting, [ItemDraft("Mine", id=theirs.pk)], by=cast.secretary)
    assert theirs.meeting == panel_meeting


@pytest.mark.parametrize("who", ["member", "panel_chair", "other_chair", "oversight", "resident"])
def test_only_who_runs_the_body_writes(cast, board_meeting, who):
    (item,) = add_items(board_meeting, "One")
    by = cast.by_name[who]
    for act in (
        lambda: actions.write_agenda(board_meeting, [], by=by),
        lambda: actions.add_paper(item, title="x", file=file(PDF, "x.pdf"), by=by),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert (events(), StoredFile.objects.count()) == ([], 0)


@pytest.mark.parametrize("status", [MeetingStatus.HELD, MeetingStatus.CANCELLED])
def test_agenda_of_a_meeting_that_is_over_stays(cast, camden, status):
    meeting = make_meeting(board_body(camden), days=-2, status=status)
    (item,) = add_items(meeting, "One")
    for act in (
        lambda: actions.write_agenda(meeting, [], by=cast.chair),
        lambda: attach(item, cast),
        lambda: actions.freeze_agenda(meeting, by=cast.chair),
    ):
        with pytest.raises(InvalidTransition, match="stays as it is"):
            act()


# ------------------------------------------------------------------------------------------------ the standing agenda
def test_ward_panel_begins_with_the_handbooks_order(cast, panel_meeting):
    actions.start_from_template(panel_meeting, by=cast.panel_chair)
    assert list(panel_meeting.items.values_list("kind", "title", "minutes")) == [
        ("apologies", "Apologies and introductions", 5),
        ("minutes", "Minutes of the last meeting", 5),
        ("actions", "Actions outstanding", 10),
        ("priorities", "What the police did about the last priorities", 15),
        ("figures", "Police report: crime, anti-social behaviour, ward survey results, activity", 15),
        ("questions", "Community concerns", 15),
        ("plain", "Agreeing priorities and actions", 15),
        ("plain", "Community contact sessions", 5),
        ("aob", "Any other business", 5),
        ("next", "Date of the next meeting", 5),
    ]
    with pytest.raises(ValidationError, match="an agenda already"):
        actions.start_from_template(panel_meeting, by=cast.panel_chair)


def test_board_begins_with_the_published_pattern(cast, board_meeting):
    actions.start_from_template(board_meeting, by=cast.secretary)
    kinds = list(board_meeting.items.values_list("kind", flat=True))
    assert kinds == [
        "apologies",
        "minutes",
        "actions",
        "plain",
        "figures",
        "panels",
        "priorities",
        "stop_search",
        "custody",
        "payback",
        "plain",
        "questions",
        "aob",
        "next",
    ]


def test_every_kind_of_meeting_has_a_standing_agenda_that_fits(cast):
    assert set(TEMPLATES) == set(MeetingKind)
    for lines in TEMPLATES.values():
        actions.check_items([ItemDraft(str(title), kind, minutes) for kind, title, minutes in lines])


# ------------------------------------------------------------------------------------------------ papers
def test_paper_is_private_and_named_by_its_title(cast, camden, board_meeting, site_client):
    (item,) = written(board_meeting, cast, "One")
    paper = attach(item, cast, "  Police   report, Q3 ")
    stored = paper.file
    assert (paper.title, stored.public_name, stored.state) == (
        "Police report, Q3",
        "police-report-q3.pdf",
        State.PRIVATE,
    )
    found = {
        name: site_client(camden, person).get(stored.get_absolute_url()).status_code
        for name, person in cast.by_name.items()
    }
    assert {name for name, status in found.items() if status == 200} == {
        "chair",
        "secretary",
        "member",
        "oversight",
    }


@pytest.mark.parametrize(
    ("data", "name", "field", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"0" * 40, "x.png", "file", "We can take these"),
        (b"", "x.pdf", "file", "This file is empty."),
        (bytes(range(8)) * 20, "x.pdf", "file", "We cannot tell"),
    ],
)
def test_file_that_is_no_paper_is_refused_at_its_field(cast, board_meeting, data, name, field, words):
    (item,) = written(board_meeting, cast, "One")
    with pytest.raises(ValidationError, match=words) as refused:
        actions.add_paper(item, title="Report", file=file(data, name), by=cast.secretary)
    assert list(refused.value.error_dict) == [field]
    assert Paper.objects.count() == 0
    with pytest.raises(ValidationError, match="Give the paper a name"):
        actions.add_paper(item, title=" ", file=file(PDF, "x.pdf"), by=cast.secretary)


def test_paper_of_a_draft_goes_at_once(cast, board_meeting):
    (item,) = written(board_meeting, cast, "One")
    actions.remove_paper(attach(item, cast), by=cast.chair)
    assert (Paper.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert events()[-1] == "meetings.paper.removed"


# ------------------------------------------------------------------------------------------------ publishing
def test_a_second_person_publishes_and_everybody_reads(cast, camden, board_meeting):
    item, _other = written(board_meeting, cast, "One", "Two")
    paper = attach(item, cast)
    published = actions.freeze_agenda(board_meeting, by=cast.chair)
    assert (published.status, published.sequence, published.agenda_written_by) == (
        MeetingStatus.AGENDA_PUBLISHED,
        1,
        [],
    )
    assert published.agenda_published_at == pytest.approx(timezone.now(), abs=timedelta(seconds=20))
    one, two = published_agenda(published)
    assert (one.number, one.title, two.title, one.id) == (1, "One", "Two", item.pk)
    assert [(shown.title, shown.name, shown.kind, shown.size) for shown in one.papers] == [
        ("Report", "report.pdf", "PDF", len(PDF))
    ]
    assert one.papers[0].url == f"/files/{paper.file_id}/report.pdf"
    assert StoredFile.objects.get().state == State.PUBLISHED
    assert events()[-1] == "meetings.agenda.published"


def test_who_wrote_it_does_not_publish_it_alone(cast, board_meeting):
    written(board_meeting, cast, "One")
    with pytest.raises(SecondPersonNeeded, match="somebody else reads it"):
        actions.freeze_agenda(board_meeting, by=cast.secretary)
    actions.write_agenda(board_meeting, drafts(board_meeting), by=cast.chair)
    with pytest.raises(SecondPersonNeeded):
        actions.freeze_agenda(board_meeting, by=cast.chair)
    assert published_agenda(Meeting.objects.get()) == []
    assert actions.freeze_agenda(board_meeting, by=cast.oversight).status == MeetingStatus.AGENDA_PUBLISHED, (
        "oversight is the second pair of eyes where both officers wrote"
    )


def test_paper_and_removal_count_as_writing(cast, board_meeting):
    (item,) = add_items(board_meeting, "One")
    paper = attach(item, cast)
    with pytest.raises(SecondPersonNeeded):
        actions.freeze_agenda(board_meeting, by=cast.secretary)
    actions.freeze_agenda(board_meeting, by=cast.chair)
    actions.remove_paper(paper, by=cast.chair)
    with pytest.raises(SecondPersonNeeded):
        actions.freeze_agenda(board_meeting, by=cast.chair)


@pytest.mark.parametrize("who", ["member", "panel_chair", "panel_member", "other_chair", "resident"])
def test_nobody_else_publishes(cast, board_meeting, who):
    written(board_meeting, cast, "One")
    with pytest.raises(PermissionDenied):
        actions.freeze_agenda(board_meeting, by=cast.by_name[who])


def test_publishing_needs_an_announced_meeting_with_a_date_and_an_item(cast, camden, board_meeting):
    with pytest.raises(ValidationError, match="at least one item"):
        actions.freeze_agenda(board_meeting, by=cast.chair)
    unannounced = make_meeting(board_body(camden), slug="secret", announced_at=None)
    with pytest.raises(InvalidTransition, match="Announce the meeting"):
        actions.freeze_agenda(unannounced, by=cast.chair)
    written(board_meeting, cast, "One")
    postponed = postpone_meeting(board_meeting, reason="Strike.", by=cast.chair)
    with pytest.raises(InvalidTransition, match="new date"):
        actions.freeze_agenda(postponed, by=cast.chair)


def test_public_goes_on_seeing_what_was_published(cast, camden, board_meeting, site_client):
    item, other = written(board_meeting, cast, "One", "Two")
    paper, other_paper = attach(item, cast), attach(other, cast, "Other")
    actions.freeze_agenda(board_meeting, by=cast.chair)
    kept = published_agenda(Meeting.objects.get())
    actions.write_agenda(
        board_meeting, [ItemDraft("One, changed", id=item.pk), ItemDraft("New")], by=cast.secretary
    )
    actions.remove_paper(Paper.objects.get(pk=paper.pk), by=cast.secretary)
    added = attach(AgendaItem.objects.get(title="New"), cast, "Late paper")
    meeting = Meeting.objects.get()
    assert published_agenda(meeting) == kept
    assert meeting.agenda_changed
    stranger = site_client(camden)
    assert [stranger.get(shown.url).status_code for shown_item in kept for shown in shown_item.papers] == [
        200,
        200,
    ]
    assert stranger.get(added.file.get_absolute_url()).status_code == 404
    assert [item.row.title for item in draft_agenda(meeting)] == ["One, changed", "New"]
    assert draft_agenda(meeting)[0].papers == ()

    again = actions.freeze_agenda(meeting, by=cast.chair)
    assert (titles(again), again.sequence, again.agenda_changed) == (["One, changed", "New"], 2, False)
    assert set(StoredFile.objects.values_list("pk", "state")) == {(added.file_id, State.PUBLISHED)}
    assert not Paper.objects.filter(pk__in=[paper.pk, other_paper.pk]).exists()
    assert stranger.get(kept[0].papers[0].url).status_code == 404


@pytest.mark.parametrize(
    "status", [MeetingStatus.AGENDA_PUBLISHED, MeetingStatus.POSTPONED, MeetingStatus.APPROVED]
)
def test_a_paper_that_should_not_be_public_is_withdrawn_at_once(
    cast, camden, board_meeting, site_client, status
):
    (item,) = written(board_meeting, cast, "One")
    paper, other = attach(item, cast, "With an address"), attach(item, cast, "Other")
    actions.freeze_agenda(board_meeting, by=cast.chair)
    Meeting.objects.update(status=status)
    stranger, member = site_client(camden), site_client(camden, cast.member)
    address = paper.file.get_absolute_url()
    assert stranger.get(address).status_code == 200
    path = f"/desk/meetings/{board_meeting.slug}/papers/"
    secretary = site_client(camden, cast.secretary)
    assert "With an address" in secretary.get(path).content.decode()

    for who in ("member", "editor", "panel_chair", "other_chair", "resident"):
        client = site_client(camden, cast.by_name[who])
        assert client.post(f"{path}{paper.pk}/withdraw/").status_code == 404
    before = epoch(camden)
    said = secretary.post(f"{path}{paper.pk}/withdraw/", follow=True).content.decode()

    assert "The paper is withdrawn." in said
    assert (stranger.get(address).status_code, epoch(camden) > before) == (404, True)
    (shown,) = published_agenda(Meeting.objects.get())
    assert ([one.title for one in shown.papers], shown.withdrawn) == (["Other"], (timezone.localdate(),))
    assert stranger.get(other.file.get_absolute_url()).status_code == 200
    assert member.get(address).status_code == 200
    assert events()[-1] == "meetings.paper.withdrawn"
    again = secretary.post(f"{path}{paper.pk}/withdraw/", follow=True).content.decode()
    assert "This paper is not public." in again
    if status == MeetingStatus.AGENDA_PUBLISHED:
        page = Meeting.objects.get()
        actions.write_agenda(page, drafts(page), by=cast.secretary)
        actions.freeze_agenda(page, by=cast.chair)
        assert stranger.get(address).status_code == 404
        assert not Paper.objects.filter(pk=paper.pk).exists()


def test_withdrawing_is_said_on_page_and_paper(cast, camden, board_meeting, site_client):
    item, _other = written(board_meeting, cast, "One", "Two")
    paper = attach(item, cast)
    actions.freeze_agenda(board_meeting, by=cast.chair)
    actions.withdraw_paper(paper, by=cast.chair)
    meeting = Meeting.objects.get()
    day = f"{timezone.localdate():%-d %B %Y}"
    page = render_to_string("meetings/_agenda.html", {"items": published_agenda(meeting), "level": 3})
    document = agenda_document(meeting)
    assert page.count(f"A paper was withdrawn on {day}.") == 1
    assert document.html.count(f"A paper was withdrawn on {day}.") == 1
    assert "Report" not in page + document.html


def test_a_paper_nobody_reads_is_not_withdrawn(cast, board_meeting):
    (item,) = written(board_meeting, cast, "One")
    with pytest.raises(ValidationError, match="not public"):
        actions.withdraw_paper(attach(item, cast), by=cast.secretary)
    with pytest.raises(PermissionDenied):
        actions.withdraw_paper(Paper.objects.get(), by=cast.member)


def test_files_set_aside_outlive_the_sweep(cast, board_meeting):
    from snb.files.actions import sweep_files

    (item,) = written(board_meeting, cast, "One")
    attach(item, cast)
    actions.freeze_agenda(board_meeting, by=cast.chair)
    actions.write_agenda(board_meeting, [ItemDraft("Other")], by=cast.secretary)
    StoredFile.objects.update(created=timezone.now() - timedelta(days=3))
    sweep_files()
    assert StoredFile.objects.get().state == State.PUBLISHED


# ------------------------------------------------------------------------------------------------ private items
def test_private_items_and_their_papers_stay_private(cast, camden, board_meeting, site_client):
    item, _public = written(board_meeting, cast, SECRET, "Open")
    actions.write_agenda(
        board_meeting,
        [
            ItemDraft(SECRET, ItemKind.ACTIONS, 25, SECRET, SECRET, True, item.pk),
            ItemDraft("Open", id=_public.pk, minutes=5),
        ],
        by=cast.secretary,
    )
    paper = attach(item, cast, SECRET)
    meeting = actions.freeze_agenda(board_meeting, by=cast.chair)
    private, public = published_agenda(meeting)
    assert (private.number, private.title, private.is_private) == (1, "Private item", True)
    assert (
        private.minutes,
        private.lead,
        private.note,
        private.facts,
        private.papers,
        private.id,
        private.kind,
    ) == (None, "", "", (), (), None, ItemKind.PLAIN)
    assert public.begins is None, "when the next item begins would tell how long the private one takes"
    assert SECRET not in json.dumps(meeting.agenda_published)
    assert meeting.agenda_published[0] == {"id": str(item.pk), "is_private": True}
    assert paper.file.state == State.PRIVATE
    assert site_client(camden).get(paper.file.get_absolute_url()).status_code == 404
    assert site_client(camden, cast.member).get(paper.file.get_absolute_url()).status_code == 200
    assert not any(SECRET in str(data) for data in AuditEvent.objects.values_list("data", flat=True))
    known, _open = members_agenda(meeting)
    assert (known.title, known.minutes, known.note, [paper.title for paper in known.papers]) == (
        SECRET,
        25,
        SECRET,
        [SECRET],
    )


def test_item_made_private_takes_its_papers_back_when_it_is_published_again(cast, camden, board_meeting):
    (item,) = written(board_meeting, cast, "One")
    paper = attach(item, cast)
    actions.freeze_agenda(board_meeting, by=cast.chair)
    actions.write_agenda(board_meeting, [ItemDraft("One", is_private=True, id=item.pk)], by=cast.secretary)
    assert StoredFile.objects.get().state == State.PUBLISHED
    actions.freeze_agenda(board_meeting, by=cast.chair)
    assert (titles(board_meeting), StoredFile.objects.get(pk=paper.file_id).state) == (
        ["Private item"],
        State.PRIVATE,
    )


# ------------------------------------------------------------------------------------------------ facts, frozen
def test_facts_are_frozen_with_their_day_and_anew_on_a_second_publication(cast, board_meeting, monkeypatch):
    today, count = timezone.localdate(), iter([3, 4])

    def reader(meeting):
        number = next(count)
        day = today + timedelta(days=number)
        return [Facts("Lamps", (Fact(f"{number} lamps are out.", "/wards/"),), day)]

    monkeypatch.setattr(adapters, "_readers", {ItemKind.FIGURES: [reader]})
    actions.write_agenda(board_meeting, [ItemDraft("Figures", ItemKind.FIGURES)], by=cast.secretary)
    first = published_agenda(actions.freeze_agenda(board_meeting, by=cast.chair))[0]
    assert first.facts == (Facts("Lamps", (Fact("3 lamps are out.", "/wards/"),), today + timedelta(days=3)),)
    assert facts_from(AgendaItem.objects.get().facts) == first.facts
    again = published_agenda(actions.freeze_agenda(board_meeting, by=cast.chair))[0]
    assert (again.facts[0].lines[0].text, again.facts[0].as_of) == (
        "4 lamps are out.",
        today + timedelta(days=4),
    )


def test_kind_without_a_reader_shows_nothing(cast, board_meeting):
    actions.write_agenda(board_meeting, [ItemDraft("Custody", ItemKind.CUSTODY)], by=cast.secretary)
    assert published_agenda(actions.freeze_agenda(board_meeting, by=cast.chair))[0].facts == ()


def test_running_times_go_on_as_long_as_they_are_known(cast, board_meeting):
    actions.write_agenda(
        board_meeting,
        [ItemDraft("a", minutes=5), ItemDraft("b", minutes=10), ItemDraft("c"), ItemDraft("d", minutes=5)],
        by=cast.secretary,
    )
    start = board_meeting.starts_at
    expected = [start, start + timedelta(minutes=5), start + timedelta(minutes=15), None]
    assert [item.begins for item in draft_agenda(board_meeting)] == expected
    published = published_agenda(actions.freeze_agenda(board_meeting, by=cast.chair))
    assert [item.begins for item in published] == expected
    assert [bool(item.at) for item in published] == [True, True, True, False]


# ------------------------------------------------------------------------------------------------ queries
def test_as_many_queries_for_three_items_as_for_one(cast, board_meeting):
    for item in written(board_meeting, cast, "One"):
        attach(item, cast)
    meeting = actions.freeze_agenda(board_meeting, by=cast.chair)
    asks = (draft_agenda, published_agenda, members_agenda)
    one = [queries_in(lambda ask=ask: ask(meeting)) for ask in asks]
    assert one == [2, 0, 2]
    for item in actions.write_agenda(
        meeting, [*drafts(meeting), ItemDraft("Two"), ItemDraft("Three")], by=cast.secretary
    ):
        attach(item, cast, "Another")
    meeting = actions.freeze_agenda(meeting, by=cast.chair)
    assert len(published_agenda(meeting)) == 3
    assert [queries_in(lambda ask=ask: ask(meeting)) for ask in asks] == one

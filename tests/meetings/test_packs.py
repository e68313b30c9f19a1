"""Board packs: who makes and reads them, what is in them, and that nothing touches them afterwards."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pypdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings
from django.utils import timezone

from snb.audit.models import AuditEvent
from snb.files.actions import sweep_files
from snb.files.errors import PdfUnavailable
from snb.files.models import StoredFile
from snb.meetings.actions import packs as actions
from snb.meetings.actions.agenda import ItemDraft, add_paper, freeze_agenda, remove_paper, write_agenda
from snb.meetings.actions.meetings import cancel_meeting, change_meeting
from snb.meetings.actions.packs import make_pack
from snb.meetings.enums import ItemKind, LogStatus
from snb.meetings.models import ActionItem, BoardPack, Meeting, Paper
from tests import factories as make
from tests.counting import queries_in
from tests.files import samples
from tests.meetings.conftest import board_body, make_meeting
from tests.meetings.test_take_away_documents import accessible, headers_of_cells, tags, words

PDF = samples.PDF.replace(b"%%EOF", b"%the lights\n%%EOF")


@pytest.fixture(autouse=True)
def private_root(tmp_path):
    """An empty private store."""
    with override_settings(PRIVATE_ROOT=tmp_path / "private"):
        yield


@pytest.fixture
def prepared(cast, camden) -> Meeting:
    """A meeting with an agenda, a private item, a paper on each, and open actions."""
    meeting = make_meeting(board_body(camden))
    for number, private in ((1, False), (2, True)):
        ActionItem.objects.create(
            board=camden,
            body=meeting.body,
            number=number,
            text=f"Do number {number}",
            owner_name="Secretary",
            is_private=private,
            due_on=timezone.localdate() - timedelta(days=1) if private else None,
            published_at=timezone.now(),
        )
    first, second, _ = write_agenda(
        meeting,
        [
            ItemDraft("Actions outstanding", ItemKind.ACTIONS, 15, "Amina Example", "One by one."),
            ItemDraft("An appointment", ItemKind.PLAIN, 20, is_private=True),
            ItemDraft("Any other business", ItemKind.AOB),
        ],
        by=cast.chair,
    )
    add_paper(first, title="Street lights", file=samples.file(PDF, "lights.pdf"), by=cast.chair)
    add_paper(second, title="The candidates", file=samples.file(samples.docx(), "c.docx"), by=cast.chair)
    return meeting


@pytest.fixture
def pack(prepared, cast) -> BoardPack:
    """A pack of it."""
    return make_pack(prepared, by=cast.chair)


def address(meeting: Meeting, end: str = "pack/") -> str:
    """An address on the desk."""
    return f"/desk/meetings/{meeting.slug}/{end}"


def pdf_of(pack: BoardPack) -> bytes:
    """The pack's PDF."""
    with BoardPack.objects.get(pk=pack.pk).pdf.file.open() as file:
        return file.read()


def frozen(pack: BoardPack) -> list[bytes]:
    """Every byte of a pack: its page, its PDF and its papers."""
    row = BoardPack.objects.get(pk=pack.pk)
    papers = []
    for paper in row.contents:
        with StoredFile.objects.get(pk=paper["file"]).file.open() as file:
            papers.append(file.read())
    return [row.html.encode(), row.sha256.encode(), repr(row.contents).encode(), pdf_of(pack), *papers]


# ------------------------------------------------------------------------------------------ what is in it
def test_a_pack_holds_agenda_papers_figures_and_open_actions(pack, prepared):
    base = prepared.url(pack.get_absolute_url())
    for part in (
        "1. Actions outstanding",
        "One by one.",
        "15 minutes. Led by Amina Example",
        "1 outstanding, none overdue.",
        f'href="{base}papers/1/">Street lights</a> (PDF, ',
        "2. An appointment",
        "Private item: for members only.",
        f'href="{base}papers/2/">The candidates</a> (Word document, ',
        "Do number 1",
        "Do number 2 <strong>(private)</strong>",
        "The agenda had not been published yet.",
    ):
        assert part in pack.html
    assert pack.html.index("Do number 2") < pack.html.rindex("Do number 1")
    assert [(paper["title"], paper["kind"]) for paper in pack.contents] == [
        ("Street lights", "PDF"),
        ("The candidates", "Word document"),
    ]


def test_the_pdf_is_tagged_and_carries_the_papers(pack, prepared):
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(pack)))
    accessible(reader, f"Meeting pack: {prepared}")
    found = tags(reader)
    assert [name for name, _ in found].count("/H1") == 1
    assert headers_of_cells(reader) == [[row, column] for row in (5, 6) for column in range(1, 5)]
    assert {"/H2", "/H3", "/L", "/Link", "/TD"} <= {name for name, _ in found}
    text = words(reader)
    assert "For members. Made on" in text
    assert "2. An appointment Private item: for members only." in text
    inside = {name: hashlib.sha256(data[0]).hexdigest() for name, data in reader.attachments.items()}
    assert inside == {
        "1-street-lights.pdf": pack.contents[0]["sha256"],
        "2-the-candidates.docx": pack.contents[1]["sha256"],
    }
    assert pack.contents[0]["sha256"] == hashlib.sha256(PDF).hexdigest()


def test_papers_too_large_for_the_pdf_are_left_to_their_links(prepared, cast, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ATTACHED", len(PDF))
    pack = make_pack(prepared, by=cast.chair)
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(pack)))
    assert list(reader.attachments) == ["1-street-lights.pdf"]
    assert "1 paper is too large to travel inside this file." in words(reader)
    assert len(pack.contents) == 2


def test_making_one_leaves_one_event(pack, cast, camden):
    event = AuditEvent.objects.get(event="meetings.pack.made")
    assert (event.object_id, event.board, event.actor) == (str(pack.pk), camden.code, cast.chair.public_id)
    assert event.data == {"meeting": str(pack.meeting_id), "number": 1, "papers": 2, "pdf": True}


def test_a_pack_says_how_its_agenda_stands_to_the_public_one(prepared, cast):
    freeze_agenda(prepared, by=cast.secretary)
    meeting = Meeting.objects.get(pk=prepared.pk)
    assert "The agenda was published on " in make_pack(meeting, by=cast.chair).html
    write_agenda(meeting, [ItemDraft("Something new")], by=cast.chair)
    meeting.refresh_from_db()
    changed = make_pack(meeting, by=cast.chair)
    assert "and has been changed since." in changed.html
    assert "Something new" in changed.html


# ------------------------------------------------------------------------------------------ nothing touches it
def test_nothing_that_changes_afterwards_touches_a_pack(pack, prepared, cast, camden, site_client):
    before = frozen(pack)
    page = site_client(camden, cast.member).get(pack.get_absolute_url()).content.decode()
    shown = page[page.index('<div class="snb-pack">') : page.index("SHA-256")]

    for paper in Paper.objects.filter(item__meeting=prepared):
        remove_paper(paper, by=cast.chair)
    write_agenda(prepared, [ItemDraft("Everything is new", note="New words.")], by=cast.chair)
    freeze_agenda(prepared, by=cast.secretary)
    change_meeting(prepared, by=cast.chair, title="Another name", access_note="Another door.")
    for entry in ActionItem.objects.filter(body=prepared.body):
        entry.text, entry.status, entry.done_on = "Changed", LogStatus.DONE, timezone.localdate()
        entry.save()
    camden.body_label = "Renamed board"
    camden.save()
    cancel_meeting(prepared, reason="All changed.", by=cast.chair)
    make_pack(Meeting.objects.get(pk=prepared.pk), by=cast.chair)
    StoredFile.objects.update(created=timezone.now() - timedelta(days=3))
    sweep_files()

    assert frozen(pack) == before
    page = site_client(camden, cast.member).get(pack.get_absolute_url()).content.decode()
    assert page[page.index('<div class="snb-pack">') : page.index("SHA-256")] == shown


# ------------------------------------------------------------------------------------------ each way out
def test_whoever_does_not_run_the_meetings_makes_no_pack(prepared, cast):
    for person in (
        cast.member,
        cast.other_chair,
        cast.panel_chair,
        cast.oversight,
        cast.resident,
        cast.editor,
    ):
        with pytest.raises(PermissionDenied):
            make_pack(prepared, by=person)
    assert not BoardPack.objects.exists()


def test_an_empty_agenda_makes_no_pack(board_meeting, cast):
    with pytest.raises(ValidationError, match="at least one item"):
        make_pack(board_meeting, by=cast.chair)


def test_two_people_at_once_make_one_pack(prepared, cast, monkeypatch):
    real = actions.pdf_of_pack

    def slower(pack, *args):
        if pack.made_by == cast.chair.public_id:
            make_pack(prepared, by=cast.secretary)
        return real(pack, *args)

    monkeypatch.setattr(actions, "pdf_of_pack", slower)
    with pytest.raises(ValidationError, match="Somebody else has just made a pack"):
        make_pack(prepared, by=cast.chair)
    assert [pack.made_by for pack in BoardPack.objects.all()] == [cast.secretary.public_id]


def test_a_paper_that_vanishes_meanwhile_stops_the_pack(prepared, cast):
    stored = Paper.objects.get(title="Street lights").file
    stored.file.storage.delete(stored.file.name)
    with pytest.raises(ValidationError, match="changed the papers"):
        make_pack(prepared, by=cast.chair)
    assert not BoardPack.objects.exists()


def test_without_pdfs_a_pack_has_its_page(prepared, cast, camden, site_client, monkeypatch):
    def unavailable(*args, **kwargs):
        raise PdfUnavailable

    monkeypatch.setattr(actions, "render_pdf", unavailable)
    pack = make_pack(prepared, by=cast.chair)
    assert pack.pdf is None
    page = site_client(camden, cast.chair).get(pack.get_absolute_url()).content.decode()
    assert "This server could not make a PDF." in page


# ------------------------------------------------------------------------------------------ who reads
READERS = {"chair", "secretary", "member"}
PANEL_READERS = {"chair", "secretary", "panel_chair", "panel_member"}


def test_a_pack_is_read_by_those_of_the_body_and_nobody_else(pack, prepared, cast, camden, site_client):
    read = set()
    for name, person in cast.by_name.items():
        if not person.is_authenticated:
            continue
        client = site_client(camden, person)
        answers = {
            client.get(path).status_code
            for path in (
                address(prepared),
                pack.get_absolute_url(),
                f"{pack.get_absolute_url()}papers/1/",
                pack.pdf.get_absolute_url(),
                StoredFile.objects.get(pk=pack.contents[1]["file"]).get_absolute_url(),
            )
        }
        assert answers <= ({200, 302} if name in READERS else {404})
        read |= {name} if 404 not in answers else set()
    assert read == READERS


def test_the_permission_says_the_same(pack, prepared, cast, highgate, camden):
    panel = make_meeting(make.make_panel(highgate))
    london = make_meeting(None)
    for meeting, may_read, may_make in (
        (prepared, READERS, {"chair", "secretary"}),
        (panel, PANEL_READERS, {"chair", "secretary", "panel_chair"}),
        (london, {"oversight"}, {"oversight"}),
    ):
        for permission, expected in (("read", may_read), ("make", may_make)):
            found = {
                name
                for name, person in cast.by_name.items()
                if person.has_perm(f"meetings.pack.{permission}", meeting)
            }
            assert found == expected


def test_signed_out_one_signs_in_first(pack, prepared, camden, site_client):
    for path in (address(prepared), pack.get_absolute_url(), f"{pack.get_absolute_url()}papers/1/"):
        answer = site_client(camden).get(path)
        assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)
    assert site_client(camden).get(pack.pdf.get_absolute_url()).status_code == 404


def test_a_pack_is_on_its_own_boards_host_only(pack, cast, brent, site_client):
    for board in (brent, None):
        assert site_client(board, cast.chair).get(pack.get_absolute_url()).status_code == 404
        assert site_client(board, cast.chair).get(pack.pdf.get_absolute_url()).status_code == 404


def test_oversight_makes_packs_of_its_own_meetings(cast, site_client):
    meeting = make_meeting(None)
    write_agenda(meeting, [ItemDraft("Welcome")], by=cast.oversight)
    client = site_client(None, cast.oversight)
    answer = client.post(address(meeting))
    pack = BoardPack.objects.get(meeting=meeting)
    assert answer["Location"] == pack.get_absolute_url()
    assert client.get(pack.get_absolute_url()).status_code == 200
    assert client.get(pack.pdf.get_absolute_url()).status_code == 200


# ------------------------------------------------------------------------------------------ the desk
def test_the_button_makes_a_pack_and_shows_it(prepared, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    assert "Make a pack now" in client.get(address(prepared)).content.decode()
    answer = client.post(address(prepared), follow=True)
    assert answer.redirect_chain == [(f"/desk/meetings/{prepared.slug}/packs/1/", 302)]
    assert "The pack is made." in answer.content.decode()


def test_a_member_sees_the_packs_and_no_button(pack, prepared, cast, camden, site_client):
    client = site_client(camden, cast.member)
    page = client.get(address(prepared)).content.decode()
    assert ("Make a pack now" in page, f'href="{pack.get_absolute_url()}"' in page) == (False, True)
    assert client.post(address(prepared)).status_code == 403
    assert BoardPack.objects.count() == 1


def test_a_refusal_is_said_on_the_page(board_meeting, cast, camden, site_client):
    answer = site_client(camden, cast.chair).post(address(board_meeting), follow=True)
    assert "Put at least one item on the agenda before you make a pack." in answer.content.decode()


def test_a_paper_leads_to_the_packs_own_copy(pack, prepared, cast, camden, site_client):
    client = site_client(camden, cast.member)
    answer = client.get(f"{pack.get_absolute_url()}papers/1/", follow=True)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Cache-Control"] == "private, no-store"
    for wrong in ("papers/0/", "papers/3/"):
        assert client.get(f"{pack.get_absolute_url()}{wrong}").status_code == 404
    assert client.get(address(prepared, "packs/2/")).status_code == 404
    assert client.post(pack.get_absolute_url()).status_code == 405


def test_the_list_is_newest_first_and_asks_as_often_at_one_pack_as_at_three(
    pack, prepared, cast, camden, site_client
):
    client = site_client(camden, cast.chair)
    client.get(address(prepared))
    one = queries_in(lambda: client.get(address(prepared)))
    make_pack(prepared, by=cast.chair)
    make_pack(prepared, by=cast.secretary)
    assert queries_in(lambda: client.get(address(prepared))) == one
    page = client.get(address(prepared)).content.decode()
    assert page.index("Pack 3,") < page.index("Pack 2,") < page.index("Pack 1,")

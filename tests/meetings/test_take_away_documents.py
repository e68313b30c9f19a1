"""Agenda and minutes as PDF: what a screen reader finds in them, and what nobody may find in them."""

from __future__ import annotations

import io
import threading

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import override_settings
from django.utils import timezone

from snb.files.errors import PdfUnavailable
from snb.meetings.actions.agenda import ItemDraft, add_paper, freeze_agenda, write_agenda
from snb.meetings.enums import (
    Capacity,
    ItemKind,
    LogKind,
    MeetingStatus,
    Openness,
    Presence,
    VersionKind,
)
from snb.meetings.exports import documents
from snb.meetings.models import ActionItem, Attendance, Decision, Meeting, MinutesVersion
from tests.counting import queries_in
from tests.files import samples
from tests.meetings.conftest import board_body, make_meeting

MINUTES = """
<h2 class="govuk-heading-l">1. Welcome</h2>
<div class="snb-prose"><p>The chair welcomed <a href="/wards/highgate/">Highgate</a>.</p><ul><li>One</li><li>Two</li></ul></div>
<div class="snb-scroll" tabindex="0" role="region"><table class="govuk-table"><caption>Burglaries</caption>
<thead><tr><th scope="col">Month</th><th scope="col">Number</th></tr></thead>
<tbody><tr><th scope="row">May</th><td>12</td></tr></tbody></table></div>
<figure><img src="/media/renditions/pond.png" alt="The pond in Pond Square" srcset="x 2x" loading="lazy"></figure>
<p><img src="https://elsewhere.example/x.png" alt="A picture of somebody else"> stays a word.</p>
<h3>A detail</h3><p>More.</p>
"""


@pytest.fixture(autouse=True)
def private_root(tmp_path):
    """An empty private store, and nothing made yet."""
    documents._made.clear()
    with override_settings(PRIVATE_ROOT=tmp_path / "private"):
        yield


@pytest.fixture
def published(cast, camden) -> Meeting:
    """A meeting with a published agenda: a public item with a paper, and a private one with another."""
    meeting = make_meeting(board_body(camden), openness=Openness.PART_PRIVATE)
    ActionItem.objects.create(
        board=camden,
        body=meeting.body,
        number=12,
        text="Mend the lamp",
        owner_name="The council",
        published_at=timezone.now(),
    )
    lamps, secret = write_agenda(
        meeting,
        [
            ItemDraft(
                "Actions and lamps",
                ItemKind.ACTIONS,
                15,
                "Amina Example",
                "One by one.\n\nIn the order of the log.",
            ),
            ItemDraft("marker-title", ItemKind.PLAIN, 20, "marker-lead", "marker-note", is_private=True),
        ],
        by=cast.chair,
    )
    add_paper(lamps, title="Street lights", file=samples.file(samples.PDF, "lights.pdf"), by=cast.chair)
    add_paper(secret, title="marker-paper", file=samples.file(samples.PDF, "s.pdf"), by=cast.chair)
    return freeze_agenda(meeting, by=cast.secretary)


@pytest.fixture
def minuted(cast, camden) -> Meeting:
    """A meeting with draft minutes that everybody may read, and private records beside them."""
    storages["private"].save("renditions/pond.png", ContentFile(samples.picture("PNG")))
    meeting = make_meeting(board_body(camden), days=-20, status=MeetingStatus.MINUTES_PUBLISHED)
    version(meeting, VersionKind.DRAFT)
    for name, capacity, presence in (
        ("Amina Example", Capacity.MEMBER, Presence.PRESENT),
        ("Bo Sample", Capacity.MEMBER, Presence.APOLOGIES),
        ("PC Dee Example", Capacity.POLICE, Presence.REMOTE),
        ("marker-resident", Capacity.PUBLIC, Presence.PRESENT),
    ):
        Attendance.objects.create(meeting=meeting, name=name, capacity=capacity, presence=presence)
    Decision.objects.create(meeting=meeting, number="2026/1", text="Lamps are to be mended.", votes_for=5)
    Decision.objects.create(meeting=meeting, number="2026/2", text="marker-decision", is_private=True)
    for number, fields in enumerate(
        (
            {"text": "Ask for lamps", "published_at": timezone.now()},
            {"text": "More patrols", "kind": LogKind.RECOMMENDATION, "published_at": timezone.now()},
            {"text": "marker-private-action", "is_private": True, "published_at": timezone.now()},
            {"text": "marker-draft-action"},
        ),
        1,
    ):
        ActionItem.objects.create(
            board=camden, body=meeting.body, meeting=meeting, number=number, owner_name="Secretary", **fields
        )
    return meeting


def version(meeting: Meeting, kind: VersionKind, *, html: str = MINUTES, reason: str = "") -> MinutesVersion:
    """A published version of the minutes."""
    return MinutesVersion.objects.create(
        meeting=meeting,
        number=meeting.versions.count() + 1,
        kind=kind,
        body="[]",
        html=html,
        sha256="0" * 64,
        reason=reason,
    )


def fetched(client, meeting: Meeting, name: str) -> pypdf.PdfReader:
    """A document as a visitor opens it."""
    answer = client.get(f"/meetings/{meeting.slug}/{name}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return pypdf.PdfReader(io.BytesIO(answer.content))


def words(reader: pypdf.PdfReader) -> str:
    """All text in a line."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def elements(reader: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    """Structure elements in reading order."""
    found = []

    def walk(node) -> None:
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for child in node:
                walk(child)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(reader.root_object["/StructTreeRoot"]["/K"])
    return found


def tags(reader: pypdf.PdfReader) -> list[tuple[str, str]]:
    """Names of the elements in reading order, each with its alternative text."""
    return [(str(node["/S"]), str(node.get("/Alt", ""))) for node in elements(reader)]


def headers_of_cells(reader: pypdf.PdfReader) -> list[list[int]]:
    """For each cell of each table the headers it names, row before column, by their place among all headers."""
    nodes = elements(reader)
    heads = [node["/ID"] for node in nodes if node["/S"] == "/TH"]
    assert len(set(heads)) == len(heads)
    return [[heads.index(head) for head in node["/A"]["/Headers"]] for node in nodes if node["/S"] == "/TD"]


def accessible(reader: pypdf.PdfReader, title: str) -> None:
    """Language, title and the mark of an accessible PDF."""
    root = reader.root_object
    assert (root["/Lang"], reader.metadata.title) == ("en-GB", title)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert "pdfuaid" in root["/Metadata"].get_data().decode()


# ------------------------------------------------------------------------------------------ agenda
def test_an_agenda_is_a_tagged_document(published, camden, site_client):
    reader = fetched(site_client(camden), published, "agenda")
    accessible(reader, f"Agenda: {published}")
    names = [name for name, _ in tags(reader)]
    assert [name for name in names if name in {"/H1", "/H2", "/H3"}] == [
        "/H1",
        "/H2",
        "/H2",
        "/H3",
        "/H3",
        "/H2",
    ]
    assert {"/L", "/LI", "/LBody", "/P", "/Link"} <= set(names)
    text = words(reader)
    assert "Agenda, published on" in text
    assert "1. Actions and lamps" in text
    assert "15 minutes. Led by Amina Example" in text
    assert "A12: Mend the lamp. The council." in text
    assert "Street lights (PDF, " in text
    assert "2. Private item This item is taken in the private part of the meeting." in text
    assert "Page 1 of " in text


def test_nothing_private_is_in_any_public_answer(published, minuted, camden, site_client):
    client = site_client(camden)
    answers = [
        client.get(path).content
        for path in ("/meetings/calendar.ics", "/meetings/feed/", f"/meetings/{published.slug}/meeting.ics")
    ]
    for meeting, name in ((published, "agenda"), (minuted, "minutes")):
        reader = fetched(client, meeting, name)
        links = [
            str(mark.get_object().get("/A", {}).get("/URI", ""))
            for page in reader.pages
            for mark in page.get("/Annots", [])
        ]
        answers += [words(reader).encode(), " ".join(links).encode(), str(reader.metadata).encode()]
        answers.append(reader.root_object["/Metadata"].get_data())
    assert b"marker" not in b" ".join(answers)


def test_the_draft_of_an_agenda_is_never_in_the_pdf(published, cast, camden, site_client):
    client = site_client(camden)
    before = client.get(f"/meetings/{published.slug}/agenda.pdf")
    write_agenda(published, [ItemDraft("marker-draft")], by=cast.chair)
    again = client.get(f"/meetings/{published.slug}/agenda.pdf", headers={"if-none-match": before["ETag"]})
    assert again.status_code == 304
    assert "marker" not in words(fetched(client, published, "agenda"))


def test_links_on_paper_lead_to_the_site(published, camden, site_client):
    reader = fetched(site_client(camden), published, "agenda")
    links = {
        str(mark.get_object()["/A"]["/URI"]) for page in reader.pages for mark in page.get("/Annots", [])
    }
    assert published.full_url in links
    assert any(link.startswith(camden.url("/files/")) for link in links)
    assert not [link for link in links if not link.startswith(camden.url("/"))]


@pytest.mark.parametrize(("openness", "shown"), [(Openness.PUBLIC, True), (Openness.MEMBERS, False)])
def test_the_joining_link_is_on_paper_unless_it_is_for_members_only(published, openness, shown):
    published.openness, published.joining_url = openness, "https://meet.example/join"
    assert ("https://meet.example/join" in documents.agenda_document(published).html) is shown


# ------------------------------------------------------------------------------------------ minutes
def test_minutes_are_a_tagged_document(minuted, camden, site_client):
    reader = fetched(site_client(camden), minuted, "minutes")
    accessible(reader, f"Minutes: {minuted}")
    found = tags(reader)
    assert [name for name, _ in found if name in {"/H1", "/H2", "/H3"}] == [
        "/H1",
        "/H2",
        "/H2",
        "/H3",
        "/H2",
        "/H2",
    ]
    assert [name for name, _ in found].count("/Table") == 2
    columns = range(4, 8)
    rows = (8, 9)
    assert headers_of_cells(reader) == [[2, 1], *([row, column] for row in rows for column in columns)]
    assert [alt for name, alt in found if name == "/Figure"] == ["The pond in Pond Square"]
    assert {"/Caption", "/TD", "/L", "/LI"} <= {name for name, _ in found}


def test_minutes_say_who_came_what_was_decided_and_what_is_to_do(minuted, camden, site_client):
    text = words(fetched(site_client(camden), minuted, "minutes"))
    for part in (
        "Member: Amina Example",
        "Police: PC Dee Example, online",
        "1 member of the public",
        "Apologies: Bo Sample",
        "2026/1 Lamps are to be mended. (for: 5, against: 0, abstained: 0)",
        "A1 Ask for lamps Secretary No date Open",
        "R2 More patrols",
        "[Picture: A picture of somebody else] stays a word.",
    ):
        assert part in text


def test_each_page_of_a_draft_says_that_it_is_one(minuted, camden, site_client):
    version(minuted, VersionKind.DRAFT, html="<p>" + "Many words were said. " * 700 + "</p>")
    reader = fetched(site_client(camden), minuted, "minutes")
    assert len(reader.pages) > 2
    assert all("Draft, to be agreed" in page.extract_text() for page in reader.pages)


def test_a_correction_says_when_and_why(minuted, camden, site_client):
    client = site_client(camden)
    assert "Draft, to be agreed" in words(fetched(client, minuted, "minutes"))
    Meeting.objects.filter(pk=minuted.pk).update(status=MeetingStatus.APPROVED, approved_at=timezone.now())
    version(minuted, VersionKind.APPROVED)
    documents._made.clear()
    from portal.middleware import pages

    pages.clear()
    text = words(fetched(client, minuted, "minutes"))
    assert ("Approved" in text, "Draft" in text) == (True, False)
    version(minuted, VersionKind.CORRECTED, reason="A name was wrong.", html="<p>Right name.</p>")
    pages.clear()
    text = words(fetched(client, minuted, "minutes"))
    assert "Approved, corrected on " in text
    assert "Corrected because: A name was wrong." in text
    assert "Right name." in text


def test_minutes_that_are_not_published_are_not_found(minuted, camden, site_client):
    Meeting.objects.filter(pk=minuted.pk).update(status=MeetingStatus.MINUTES_DRAFT)
    assert site_client(camden).get(f"/meetings/{minuted.slug}/minutes.pdf").status_code == 404


# ------------------------------------------------------------------------------------------ one at a time
def test_the_same_document_is_made_once(minuted, camden, site_client, monkeypatch):
    made = []
    real = documents.render_pdf
    monkeypatch.setattr(
        documents, "render_pdf", lambda *args, **kwargs: made.append(1) or real(*args, **kwargs)
    )
    first = documents.pdf_of(documents.minutes_as_document(minuted))
    assert (documents.pdf_of(documents.minutes_as_document(minuted)) is first, made) == (True, [1])
    version(minuted, VersionKind.DRAFT, html="<p>Other words.</p>")
    documents.pdf_of(documents.minutes_as_document(minuted))
    assert made == [1, 1]


def test_what_is_kept_has_a_limit(monkeypatch):
    monkeypatch.setattr(documents, "LARGEST_STORE", 10)
    for key in "abc":
        documents.keep(key, b"12345")
    assert list(documents._made) == ["b", "c"]


@pytest.mark.parametrize("name", ["agenda", "minutes"])
def test_a_machine_without_pdfs_answers_kindly(published, minuted, camden, site_client, monkeypatch, name):
    def unavailable(*args, **kwargs):
        raise PdfUnavailable

    monkeypatch.setattr(documents, "render_pdf", unavailable)
    meeting = published if name == "agenda" else minuted
    answer = site_client(camden).get(f"/meetings/{meeting.slug}/{name}.pdf")
    page = meeting.minutes_path if name == "minutes" else meeting.get_absolute_url()
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "This server cannot make PDFs." in answer.content.decode()
    assert f'href="{page}"' in answer.content.decode()


def test_a_burst_waits_and_is_then_asked_to_come_back(published, camden, site_client, monkeypatch):
    monkeypatch.setattr(documents, "PATIENCE", 0.05)
    with documents._one_at_a_time:
        answer = site_client(camden).get(f"/meetings/{published.slug}/agenda.pdf")
    assert (answer.status_code, "try again in a minute" in answer.content.decode()) == (503, True)
    assert documents._one_at_a_time.acquire(blocking=False)
    documents._one_at_a_time.release()


def test_only_one_is_made_at_a_time(monkeypatch):
    running, most = [], []

    def slow(html, **kwargs):
        running.append(html)
        most.append(len(running))
        threading.Event().wait(0.02)
        running.remove(html)
        return html.encode()

    monkeypatch.setattr(documents, "render_pdf", slow)
    threads = [
        threading.Thread(target=documents.pdf_of, args=(documents.Document("t", f"page {number}"),))
        for number in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6


def test_what_is_far_too_long_is_not_made(minuted, camden, site_client):
    version(minuted, VersionKind.DRAFT, html="<p>" + "x" * documents.LONGEST + "</p>")
    answer = site_client(camden).get(f"/meetings/{minuted.slug}/minutes.pdf")
    assert (answer.status_code, "too long" in answer.content.decode()) == (503, True)


def test_pictures_beyond_the_limit_are_their_words(minuted, monkeypatch):
    monkeypatch.setattr(documents, "MOST_PICTURES", 10)
    document = documents.minutes_as_document(minuted)
    assert document.files == {}
    assert "[Picture: The pond in Pond Square]" in document.html


@pytest.mark.parametrize(
    "address",
    [
        "/media/renditions/../stored/aa/secret",
        "/media/originals/x.png",
        "//elsewhere.example/media/renditions/pond.png",
        "/media/renditions/gone.png",
        "data:image/png;base64,AAAA",
        "file:///etc/hostname",
    ],
)
def test_only_our_pictures_are_brought_along(minuted, address):
    html, files = documents.with_pictures(f'<p><img src="{address}" alt="words"></p>', minuted)
    assert (files, "<img" in html, "[Picture: words]" in html) == ({}, False, True)


def test_characters_nobody_sees_stop_no_pdf(minuted, camden, site_client):
    MinutesVersion.objects.update(html='<p>Seen\x0bhere. <img src="/x.png" alt="A\x0blamp\x01"></p>')
    Meeting.objects.update(title="Board\x0bmeeting\x01")
    answer = site_client(camden).get(f"/meetings/{minuted.slug}/minutes.pdf")
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    assert answer["Content-Type"] == "application/pdf"
    assert read.metadata.title.startswith("Minutes: Board meeting, ")
    assert "[Picture: A" in read.pages[0].extract_text()
    assert read.xmp_metadata.dc_title["x-default"] == read.metadata.title


def test_minutes_ask_as_often_at_one_row_as_at_three(minuted):
    def asked() -> int:
        return queries_in(lambda: documents.minutes_as_document(Meeting.objects.get(pk=minuted.pk)))

    one = asked()
    for number in (7, 8):
        Decision.objects.create(meeting=minuted, number=f"2026/{number}", text="Yes.")
        Attendance.objects.create(meeting=minuted, name=f"P{number}", presence=Presence.PRESENT)
        ActionItem.objects.create(
            board=minuted.board,
            body=minuted.body,
            meeting=minuted,
            number=number,
            owner_name="S",
            text="Do",
            published_at=timezone.now(),
        )
    assert asked() == one

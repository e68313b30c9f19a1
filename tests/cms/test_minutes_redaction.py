"""Earlier minutes taken off: hidden from everybody by one, gone from everywhere when a second agrees, or put back."""

from __future__ import annotations

import json
import re
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from wagtail.models import Revision

from cms.actions.meetings import keep_meeting_page
from cms.actions.minutes import publish_minutes, write_minutes
from cms.actions.redaction import answer_redaction, take_version_off
from cms.models import MinutesPage
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.models import BoardRole
from snb.files.enums import Kind
from snb.files.models import StoredFile
from snb.meetings.actions.minutes import approve_minutes, comment, digest, keep_intake, take_intake
from snb.meetings.enums import MeetingStatus, Offence, Redacted
from snb.meetings.exports.documents import minutes_as_document
from snb.meetings.models import Meeting, MinutesIntake, MinutesRedaction, ReviewComment
from snb.people.actions.roles import end_role
from tests import factories as make
from tests.files.samples import docx
from tests.meetings.conftest import board_body, make_meeting

pytestmark = pytest.mark.django_db
NAME = "Zenobia"
"""Somebody who must not be found: no other word of the tests is like it."""
NAMED = [
    ("heading", {"text": "1. Welcome", "level": "2", "language": ""}),
    ("text", f"<p>{NAME} was robbed.</p>"),
]
CLEAN = [
    ("heading", {"text": "1. Welcome", "level": "2", "language": ""}),
    ("text", "<p>A person was robbed.</p>"),
]


@pytest.fixture(autouse=True)
def own_store(private_files):
    """Each test has an empty private store."""
    return private_files


@pytest.fixture
def named(cast, camden) -> Meeting:
    """Draft minutes that name somebody, brought in from Word, talked about by a reader, and published by the chair."""
    meeting = make_meeting(board_body(camden), days=-7, status=MeetingStatus.HELD)
    keep_meeting_page(meeting)
    bring_in(meeting, cast)
    write_minutes(meeting, [*NAMED, ("text", "<p>Half of it.</p>")], by=cast.secretary)
    write_minutes(meeting, NAMED, by=cast.secretary)
    comment(meeting, text=f"Should {NAME} be in here?", by=cast.member)
    publish_minutes(meeting, by=cast.chair)
    return Meeting.objects.get(pk=meeting.pk)


@pytest.fixture
def corrected(named, cast, camden) -> Meeting:
    """The same agreed, then corrected without the name."""
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    approve_minutes(named, in_meeting=later, by=cast.chair)
    return correct(named, cast)


def correct(meeting: Meeting, cast, body=CLEAN) -> Meeting:
    """Publish another text after the approval."""
    page = MinutesPage.objects.get(meeting=meeting)
    page.body = MinutesPage._meta.get_field("body").stream_block.normalize(body)
    page.save_revision(user=cast.secretary)
    publish_minutes(meeting, reason="A name was in it.", by=cast.chair)
    return Meeting.objects.get(pk=meeting.pk)


def bring_in(meeting: Meeting, cast) -> MinutesIntake:
    """A Word file with the name in its words, its report and what it proposes; used."""
    file = BytesIO(docx())
    intake = keep_intake(
        meeting,
        file,
        kind=Kind.DOCX,
        blocks=[{"type": "text", "value": f"<p>{NAME} was robbed.</p>"}],
        html=f"<p>{NAME} was robbed.</p>",
        report={"sections": [{"heading": NAME, "findings": []}]},
        proposals={"decisions": [{"text": f"To write to {NAME}."}]},
        pictures={},
        by=cast.secretary,
    )
    return take_intake(intake, by=cast.secretary)


def version(meeting: Meeting, number: int):
    return meeting.versions.get(number=number)


def address(meeting: Meeting, number: int) -> str:
    return f"{meeting.minutes_path}{number}/"


def desk(meeting: Meeting, more: str = "") -> str:
    return f"/desk/meetings/{meeting.slug}/minutes/{more}"


def public_pages(meeting: Meeting, client) -> str:
    """Everything of these minutes that is public: each version, the meeting, the feed, what a search finds, the text of the PDF."""
    addresses = [
        meeting.minutes_path,
        meeting.get_absolute_url(),
        "/meetings/",
        "/meetings/feed/",
        "/search/?q=robbed",
    ]
    addresses += [address(meeting, one.number) for one in meeting.versions.all()]
    pages = [client.get(path).content.decode() for path in addresses]
    return "".join(pages) + minutes_as_document(meeting).html


def dump() -> dict[str, str]:
    """What every table of the database says, as text; of the search index too."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = " ".join(
                bytes(value).decode("utf-8", "replace")
                if isinstance(value, bytes | memoryview)
                else str(value)
                for row in cursor.fetchall()
                for value in row
            )
    return found


def tables_with(word: str) -> list[str]:
    return sorted(table for table, text in dump().items() if word.casefold() in text.casefold())


# ---------------------------------------------------------------------------------------------- the first press
def test_one_press_hides_every_earlier_version_with_these_words_from_everybody(
    corrected, cast, camden, site_client
):
    everyone = [
        site_client(camden, person) for person in (cast.anonymous, cast.resident, cast.chair, cast.editor)
    ]
    assert all(NAME in client.get(address(corrected, 1)).content.decode() for client in everyone)
    asked = take_version_off(version(corrected, 2), Offence.PERSON, by=cast.secretary)
    assert [one.number for one in asked.versions.order_by("number")] == [1, 2]
    for client in everyone:
        assert NAME not in public_pages(corrected, client)
    day = f"{asked.asked_at.day} {asked.asked_at:%B %Y}"
    note = f"These words have been hidden since {day}, while the board looks at them again. They could tell who somebody is"
    for number in (1, 2):
        assert note in everyone[0].get(address(corrected, number)).content.decode()
    assert "A person was robbed." in everyone[0].get(corrected.minutes_path).content.decode()
    # Until the second press nothing is lost.
    assert "meetings_minutesversion" in tables_with(NAME)


def test_pictures_of_a_hidden_version_are_hidden_too_and_come_back_with_it(named, cast, camden):
    picture = make.make_picture(camden)
    value = {"picture": {"image": picture.pk, "alt_text": "A map.", "decorative": False}, "caption": ""}
    write_minutes(named, [{"type": "picture", "value": value}], by=cast.secretary)
    publish_minutes(named, by=cast.chair)
    write_minutes(named, CLEAN, by=cast.secretary)
    publish_minutes(named, by=cast.chair)
    assert picture.uses.exists()
    asked = take_version_off(version(named, 2), Offence.PERSON, by=cast.secretary)
    assert not picture.uses.exists()
    answer_redaction(asked, agree=False, by=cast.chair)
    assert picture.uses.exists()
    asked = take_version_off(version(named, 2), Offence.PERSON, by=cast.secretary)
    answer_redaction(asked, agree=True, by=cast.chair)
    assert not picture.uses.exists()
    assert version(named, 2).pictures == []


def test_the_newest_words_are_not_taken_off(named, corrected, cast):
    with pytest.raises(ValidationError, match="The newest version says the same"):
        take_version_off(version(corrected, 3), Offence.PERSON, by=cast.secretary)
    assert not MinutesRedaction.objects.exists()


def test_pressed_twice_it_is_hidden_once(corrected, cast):
    take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    for person in (cast.secretary, cast.chair):
        with pytest.raises(ValidationError, match="off already"):
            take_version_off(version(corrected, 2), Offence.PERSON, by=person)
    assert MinutesRedaction.objects.count() == 1


@pytest.mark.parametrize("who", ["member", "editor", "panel_chair", "other_chair", "resident", "officer"])
def test_a_stranger_to_the_meeting_takes_nothing_off_and_agrees_to_nothing(corrected, cast, who):
    with pytest.raises(PermissionDenied):
        take_version_off(version(corrected, 1), Offence.PERSON, by=cast.by_name[who])
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    for agree in (True, False):
        with pytest.raises(PermissionDenied):
            answer_redaction(asked, agree=agree, by=cast.by_name[who])
    asked.refresh_from_db()
    assert asked.state == Redacted.ASKED


# ---------------------------------------------------------------------------------------------- the second
def test_when_a_second_agrees_the_words_are_nowhere_and_the_rest_of_the_record_stays(
    corrected, cast, camden, site_client, own_store, django_capture_on_commit_callbacks
):
    before = {one.number: one for one in corrected.versions.all()}
    assert set(tables_with(NAME)) >= {
        "meetings_minutesintake",
        "meetings_minutesversion",
        "meetings_reviewcomment",
        "wagtailcore_revision",
    }
    files = [path for path in own_store.rglob("*") if path.is_file()]
    assert len(files) == StoredFile.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
        done = answer_redaction(asked, agree=True, by=cast.chair)
    assert tables_with(NAME) == []
    assert [path for path in own_store.rglob("*") if path.is_file()] == []
    assert StoredFile.objects.count() == MinutesIntake.objects.count() == ReviewComment.objects.count() == 0
    page = MinutesPage.objects.get(meeting=corrected)
    assert [one.pk for one in Revision.objects.for_instance(page)] == [page.live_revision_id]
    for number, was in before.items():
        now = version(corrected, number)
        kept = (now.kind, now.sha256, now.published_at, now.published_by)
        assert kept == (was.kind, was.sha256, was.published_at, was.published_by)
        assert (now.body, now.html) == (("", "") if number < 3 else (was.body, was.html))
    client = site_client(camden)
    day = f"{done.answered_at.day} {done.answered_at:%B %Y}"
    for number in (1, 2):
        shown = client.get(address(corrected, number)).content.decode()
        assert (
            f"These words were taken off on {day}. They could tell who somebody is or where somebody lives."
            in shown
        )
        assert before[number].sha256 in shown
    assert "A person was robbed." in client.get(corrected.minutes_path).content.decode()
    assert corrected.minutes_path in client.get("/search/?q=person").content.decode()


def test_what_was_done_is_recorded_in_codes(corrected, cast):
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    answer_redaction(asked, agree=True, by=cast.chair)
    events = AuditEvent.objects.filter(event__startswith="meetings.redaction").order_by("pk")
    assert [(one.event, one.actor) for one in events] == [
        (Event.MINUTES_HIDDEN, cast.secretary.public_id),
        (Event.MINUTES_TAKEN_OFF, cast.chair.public_id),
    ]
    expected = {"meeting": str(corrected.pk), "reason": "person", "versions": [1, 2]}
    assert all(expected.items() <= one.data.items() for one in events)
    assert NAME not in json.dumps([one.data for one in events])


def test_the_minutes_still_hold_against_their_hash_and_can_be_corrected_again(
    corrected, cast, camden, site_client
):
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    answer_redaction(asked, agree=True, by=cast.chair)
    shown = site_client(camden, cast.chair).get(desk(corrected)).content.decode()
    assert "no longer says what was published" not in shown
    last = version(corrected, 3)
    assert digest(last.body) == last.sha256
    correct(corrected, cast, [*CLEAN, ("text", "<p>Nobody was hurt.</p>")])
    assert "Nobody was hurt." in site_client(camden).get(corrected.minutes_path).content.decode()


def test_a_draft_is_taken_off_once_another_draft_is_out(named, cast, camden, site_client):
    write_minutes(named, CLEAN, by=cast.secretary)
    publish_minutes(named, by=cast.chair)
    asked = take_version_off(version(named, 1), Offence.PERSON, by=cast.chair)
    answer_redaction(asked, agree=True, by=cast.secretary)
    assert tables_with(NAME) == []
    assert NAME not in public_pages(named, site_client(camden))
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    approve_minutes(named, in_meeting=later, by=cast.chair)
    assert version(named, 3).redaction is None


def test_why_a_correction_was_made_goes_with_the_words_of_that_correction(
    corrected, cast, camden, site_client
):
    corrected.versions.filter(number=3).update(reason=f"{NAME} asked for it.")
    correct(corrected, cast, [("text", "<p>Somebody was robbed.</p>")])
    client = site_client(camden)
    assert NAME in client.get(corrected.minutes_path).content.decode()
    taken = [
        take_version_off(version(corrected, number), Offence.LAW, by=cast.secretary) for number in (1, 3)
    ]
    assert NAME not in public_pages(corrected, client)
    assert (
        f"{NAME} asked for it." not in site_client(camden, cast.member).get(desk(corrected)).content.decode()
    )
    for asked in taken:
        answer_redaction(asked, agree=True, by=cast.chair)
    assert tables_with(NAME) == []


def test_whoever_asked_does_not_agree_with_themselves_and_may_put_it_back(
    corrected, cast, camden, site_client
):
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    with pytest.raises(ValidationError, match="somebody else has to agree"):
        answer_redaction(asked, agree=True, by=cast.secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        MinutesRedaction.objects.filter(pk=asked.pk).update(
            state=Redacted.AGREED, answered_by=cast.secretary, answered_at=asked.asked_at
        )
    answer_redaction(asked, agree=False, by=cast.secretary)
    assert NAME in site_client(camden).get(address(corrected, 1)).content.decode()
    assert AuditEvent.objects.filter(event=Event.MINUTES_PUT_BACK).count() == 1


def test_put_back_by_the_second_it_is_as_it_was_and_a_late_press_changes_nothing(
    corrected, cast, camden, site_client
):
    before = list(corrected.versions.values())
    asked = take_version_off(version(corrected, 1), Offence.WRONG, by=cast.secretary)
    answer_redaction(asked, agree=False, by=cast.chair)
    assert list(corrected.versions.values()) == before
    for agree in (True, False):
        with pytest.raises(ValidationError, match="Somebody has looked at this already"):
            answer_redaction(asked, agree=agree, by=cast.chair)
    assert NAME in site_client(camden).get(address(corrected, 1)).content.decode()
    take_version_off(version(corrected, 1), Offence.WRONG, by=cast.secretary)  # once more is another one


def test_the_word_of_somebody_who_left_does_not_count(corrected, cast):
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    end_role(BoardRole.objects.get(person=cast.secretary), by=cast.chair)
    waiting = answer_redaction(asked, agree=True, by=cast.chair)
    assert (waiting.state, waiting.asked_by) == (Redacted.ASKED, cast.chair)
    assert version(corrected, 1).body
    with pytest.raises(ValidationError, match="somebody else has to agree"):
        answer_redaction(asked, agree=True, by=cast.chair)
    assert answer_redaction(asked, agree=True, by=cast.oversight).state == Redacted.AGREED


def test_nothing_is_destroyed_while_a_changed_text_waits_that_may_hold_the_words(corrected, cast):
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    page = MinutesPage.objects.get(meeting=corrected)
    for body in (NAMED, CLEAN):
        draft = page.get_latest_revision_as_object()
        draft.body = MinutesPage._meta.get_field("body").stream_block.normalize(body)
        draft.save_revision(user=cast.secretary)
        if body is NAMED:
            with pytest.raises(ValidationError, match="A changed text waits"):
                answer_redaction(asked, agree=True, by=cast.chair)
            asked.refresh_from_db()
            assert asked.state == Redacted.ASKED
            assert version(corrected, 1).body
            assert StoredFile.objects.count() == 1
    answer_redaction(asked, agree=True, by=cast.chair)
    assert tables_with(NAME) == []


def test_words_that_are_out_again_are_not_destroyed(named, cast):
    write_minutes(named, CLEAN, by=cast.secretary)
    publish_minutes(named, by=cast.chair)
    asked = take_version_off(version(named, 1), Offence.PERSON, by=cast.secretary)
    write_minutes(named, NAMED, by=cast.secretary)
    publish_minutes(named, by=cast.chair)
    with pytest.raises(ValidationError, match="The newest version says the same"):
        answer_redaction(asked, agree=True, by=cast.chair)
    write_minutes(named, CLEAN, by=cast.secretary)
    publish_minutes(named, by=cast.chair)
    answer_redaction(asked, agree=True, by=cast.chair)
    assert tables_with(NAME) == []
    assert version(named, 3).redaction == asked


# ---------------------------------------------------------------------------------------------- after a restore
def test_what_a_backup_brings_back_is_hidden_again_until_two_people_look(
    corrected, cast, camden, site_client, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.ERASURE_LOG = tmp_path / "erasures.log"
    rows = list(corrected.versions.order_by("number").values("pk", "body", "html"))
    with django_capture_on_commit_callbacks(execute=True):
        asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
        answer_redaction(asked, agree=True, by=cast.chair)
    call_command("after_restore", stdout=StringIO())
    assert [one.state for one in MinutesRedaction.objects.all()] == [
        Redacted.AGREED
    ]  # no harm where nothing came back
    for row in rows:
        corrected.versions.filter(pk=row["pk"]).update(body=row["body"], html=row["html"], redaction=None)
    MinutesRedaction.objects.all().delete()
    for _again in range(2):
        call_command("after_restore", stdout=StringIO())
    client = site_client(camden)
    assert NAME not in public_pages(corrected, client)
    assert "A person was robbed." in client.get(corrected.minutes_path).content.decode()
    waiting = MinutesRedaction.objects.all()
    assert {(one.state, one.reason, one.asked_by) for one in waiting} == {(Redacted.ASKED, "", None)}
    shown = site_client(camden, cast.chair).get(desk(corrected)).content.decode()
    assert "a backup brought it back" in shown


def test_minutes_whose_only_version_is_hidden_after_a_restore_say_so(named, cast, camden, site_client):
    from cms.actions.redaction import hide_again

    hide_again(version(named, 1))
    client = site_client(camden)
    assert NAME not in public_pages(named, client)
    assert "while the board looks at them again" in client.get(named.minutes_path).content.decode()
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    with pytest.raises(ValidationError, match="hidden"):
        approve_minutes(named, in_meeting=later, by=cast.chair)


# ---------------------------------------------------------------------------------------------- the desk
def test_two_people_take_a_version_off_on_the_desk(corrected, cast, camden, site_client):
    secretary, chair = site_client(camden, cast.secretary), site_client(camden, cast.chair)
    assert "Take an earlier version off" in secretary.get(desk(corrected)).content.decode()
    done = secretary.post(desk(corrected, "redact/"), {"version": "2", "reason": "person"}, follow=True)
    assert "Nobody reads this version any more. A second person has to look." in done.content.decode()
    asked = MinutesRedaction.objects.get()
    own = secretary.get(desk(corrected)).content.decode()
    assert "You asked for it, so somebody else has to agree." in own
    assert 'name="agree"' not in own
    theirs = chair.get(desk(corrected)).content.decode()
    assert f"<li>{NAME} was robbed.</li>" in theirs
    assert "<li>1. Welcome</li>" not in theirs
    done = chair.post(
        desk(corrected, f"redactions/{asked.pk}/"), {"agree": "1"}, follow=True
    ).content.decode()
    assert "The words are gone. A dated note stands in their place." in done
    assert "These words were taken off on" in done
    assert NAME not in done
    late = secretary.post(desk(corrected, f"redactions/{asked.pk}/"), {"put_back": "1"}, follow=True)
    assert "Somebody has looked at this already." in late.content.decode()


def test_what_is_not_chosen_or_off_already_is_said_at_its_field(corrected, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    empty = client.post(desk(corrected, "redact/"), {})
    assert empty.status_code == 422
    text = empty.content.decode()
    assert "Choose the version that must go." in text
    assert "Choose why." in text
    assert re.search(r'<details class="govuk-details" open>\s*<summary[^>]*><span[^>]*>Take an earlier', text)
    for number in ("3", "9", "x"):
        refused = client.post(desk(corrected, "redact/"), {"version": number, "reason": "person"})
        assert "This version is off already, or the newest says the same." in refused.content.decode()
    client.post(desk(corrected, "redact/"), {"version": "1", "reason": "person"})
    twice = client.post(desk(corrected, "redact/"), {"version": "1", "reason": "person"})
    assert "This version is off already" in twice.content.decode()
    assert MinutesRedaction.objects.count() == 1


def test_who_may_not_publish_sees_no_form_and_no_hidden_words_and_finds_no_address(
    corrected, cast, camden, brent, site_client
):
    asked = take_version_off(version(corrected, 1), Offence.PERSON, by=cast.secretary)
    read = site_client(camden, cast.member).get(desk(corrected)).content.decode()
    assert "These words have been hidden since" in read
    assert "minutes/redact" not in read
    addresses = {"redact/": {"version": "1", "reason": "person"}, f"redactions/{asked.pk}/": {"agree": "1"}}
    for board, who in ((camden, cast.other_chair), (camden, cast.member), (brent, cast.other_chair)):
        for path, data in addresses.items():
            assert site_client(board, who).post(desk(corrected, path), data).status_code == 404
    assert site_client(camden, cast.secretary).get(desk(corrected, "redact/")).status_code == 405
    other = make_meeting(board_body(camden), days=-9, status=MeetingStatus.HELD, slug="other")
    wrong = site_client(camden, cast.chair).post(desk(other, f"redactions/{asked.pk}/"), {"agree": "1"})
    assert wrong.status_code == 404
    asked.refresh_from_db()
    assert asked.state == Redacted.ASKED


def test_the_desk_and_the_public_page_take_as_many_queries_for_one_taken_off_as_for_three(
    corrected, cast, camden, site_client, counted
):
    chair, stranger, seen = site_client(camden, cast.chair), site_client(camden), []
    for text in ("One.", "Two.", "Three."):
        correct(corrected, cast, [("text", f"<p>{text}</p>")])
    for numbers in ((1,), (3, 4)):
        for number in numbers:
            take_version_off(version(corrected, number), Offence.PERSON, by=cast.secretary)
        for client, path in ((chair, desk(corrected)), (stranger, corrected.minutes_path)):
            counted(client, path)
            seen.append(counted(client, path)[1])
    assert seen[:2] == seen[2:]

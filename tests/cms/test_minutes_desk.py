"""The desk of minutes: a Word file becomes a draft with records, sections typed here, readers by link, and who finds the pages at all."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cms.actions.meetings import keep_meeting_page
from cms.actions.minutes import publish_minutes, write_minutes
from cms.models import MinutesPage, PortalImage
from cms.queries.minutes import _capacity, proposed
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.files.models import StoredFile
from snb.meetings.actions import log, room
from snb.meetings.actions.minutes import approve_minutes
from snb.meetings.enums import MeetingStatus, VersionKind
from snb.meetings.models import ActionItem, Attendance, Decision, Meeting, MinutesIntake, ReviewComment
from snb.people.models import SignedLink, User
from snb.people.queries import token_of
from tests.cms.forms import shown_form
from tests.counting import queries_in
from tests.meetings.conftest import add_items, board_body, make_meeting

pytestmark = pytest.mark.django_db
WORD = Path(__file__).parent.parent / "meetings" / "word" / "files"
ACTION_OWNER = {f"actions-{number}-owner_name": "Secretary" for number in range(20)}
BODY = [
    ("heading", {"text": "1. Welcome", "level": "2", "language": ""}),
    ("text", "<p>All were welcome.</p>"),
]


@pytest.fixture(autouse=True)
def own_store(private_files):
    """Each test has an empty private store."""
    return private_files


@pytest.fixture
def held(cast, camden) -> Meeting:
    """A board meeting of last week, with its page and an agenda."""
    meeting = make_meeting(board_body(camden), days=-7, status=MeetingStatus.HELD)
    add_items(meeting, "Welcome", "Police report")
    keep_meeting_page(meeting)
    return meeting


def at(meeting: Meeting, more: str = "") -> str:
    return f"/desk/meetings/{meeting.slug}/minutes/{more}"


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (WORD / name).read_bytes())


def posted(html: str) -> dict[str, str]:
    """What a browser would post of the form that uses a file: each field as it stands."""
    form = html[html.index("people-TOTAL_FORMS") - 400 :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or name[1] == "csrfmiddlewaretoken":
            continue
        value = re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' not in tag:
            found[name[1]] = value[1] if value else ""
        elif "checked" in tag:
            found[name[1]] = "on"
    found |= dict(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


# ---------------------------------------------------------------------------------------------- from Word
def test_a_word_file_becomes_a_draft_with_what_was_ticked(held, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    first = client.post(at(held, "word/"), {"file": upload("action-table.docx")})
    intake = MinutesIntake.objects.get()
    assert first["Location"] == at(held, f"word/{intake.pk}/")
    seen = client.get(first["Location"]).content.decode()
    assert "What your file becomes" in seen
    assert "No word is lost" in seen
    assert "The file says: by the next meeting" in seen
    assert Attendance.objects.count() == Decision.objects.count() == ActionItem.objects.count() == 0
    form = posted(seen)
    wanted = sum(1 for name in form if re.fullmatch(r"actions-\d+-keep", name))
    assert wanted > 0
    for name in list(form):
        if re.fullmatch(r"actions-\d+-owner_name", name) and not form[name]:
            form[name] = "Secretary"
    form["actions-0-text"] = "Mended by the chair."
    done = client.post(first["Location"], form)
    assert done.status_code == 302, re.findall(
        r"error-message[^<]*<[^>]*>[^<]*</span>([^<]*)", done.content.decode()
    )
    held.refresh_from_db()
    assert held.status == MeetingStatus.MINUTES_DRAFT
    assert ActionItem.objects.filter(meeting=held).count() == wanted
    assert ActionItem.objects.filter(meeting=held, text="Mended by the chair.", published_at=None).exists()
    intake.refresh_from_db()
    assert intake.keep_until is None
    draft = MinutesPage.objects.get(meeting=held).get_latest_revision_as_object()
    assert len(draft.body) > 2
    assert client.get(at(held)).status_code == 200


def test_pictures_of_a_file_come_along_and_its_original_stays_private(held, cast, camden, brent, site_client):
    client = site_client(camden, cast.secretary)
    where = client.post(at(held, "word/"), {"file": upload("pictures.docx")})["Location"]
    intake = MinutesIntake.objects.get()
    stored = StoredFile.objects.of(intake)
    assert stored.count() == 1 + len(intake.pictures)
    client.post(where, posted(client.get(where).content.decode()))
    assert PortalImage.objects.filter(collection=camden.collection).count() == len(intake.pictures)
    original = stored.get(kind="docx")
    address = original.get_absolute_url()
    assert client.get(address).status_code == 200
    for who, board in (
        (cast.member, camden),
        (cast.editor, camden),
        (cast.other_chair, camden),
        (cast.anonymous, camden),
        (cast.secretary, brent),
    ):
        assert site_client(board, who).get(address).status_code == 404


def test_another_file_takes_the_drafts_place_and_doubles_no_record(held, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    for _again in range(2):
        where = client.post(at(held, "word/"), {"file": upload("action-table.docx")})["Location"]
        form = posted(client.get(where).content.decode())
        for name in list(form):
            if name.endswith("owner_name") and not form[name]:
                form[name] = "Secretary"
        assert client.post(where, form).status_code == 302
    texts = list(ActionItem.objects.values_list("text", flat=True))
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing.docx", "This file is empty."),
        ("renamed-doc.docx", "old"),
        ("password.docx", "password"),
        ("macros.docx", "macros"),
        ("cut-short.docx", "damaged"),
    ],
)
def test_a_bad_file_gets_its_sentence_at_the_field(held, cast, camden, site_client, name, words):
    response = site_client(camden, cast.secretary).post(at(held, "word/"), {"file": upload(name)})
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text[text.index("id_file_error") :]
    assert MinutesIntake.objects.count() == StoredFile.objects.count() == 0


def test_a_person_of_whom_the_file_says_nothing_has_no_tick(held):
    people = [
        ("Pat Example", "present"),
        ("Sam Sample", ""),
        ("Lee Muster", "absent"),
        ("Kim Demo", "apologies"),
    ]
    rows = [{"name": name, "capacity": "", "state": state} for name, state in people]
    found = proposed(MinutesIntake(meeting=held, proposals={"attendance": rows})).attendance
    assert [(row["keep"], row["presence"]) for row in found] == [
        (True, "present"), (False, "present"), (True, "absent"), (True, "apologies"),
    ]  # fmt: skip


def test_what_a_page_cannot_show_of_a_long_file_is_said_and_the_rest_is_recorded(
    held, cast, camden, site_client
):
    def file(people: int, decisions: int, actions: int) -> MinutesIntake:
        return MinutesIntake.objects.create(
            meeting=held,
            proposals={
                "attendance": [{"name": f"Person {number}", "state": "present"} for number in range(people)],
                "decisions": [{"text": f"Decided {number}."} for number in range(decisions)],
                "actions": [{"text": f"Do {number}.", "owner": "Secretary"} for number in range(actions)],
            },
        )

    client = site_client(camden, cast.secretary)
    exact = client.get(at(held, f"word/{file(300, 200, 200).pk}/")).content.decode()
    assert ("than fit on this page" in exact, "than fits on this page" in exact) == (False, False)
    where = at(held, f"word/{file(303, 201, 202).pk}/")
    seen = client.get(where).content.decode()
    for words in ("3 more people were found", "1 more decision was found", "2 more actions were found"):
        assert words in seen
    form = posted(seen)
    for name, most in (("people", 300), ("decisions", 200), ("actions", 200)):
        kept = [one for one in form if re.fullmatch(rf"{name}-\d+-keep", one)]
        assert (form[f"{name}-TOTAL_FORMS"], len(kept)) == (str(most), most)
    few = {name: value for name, value in form.items() if not name.endswith("-keep")}
    few |= {"people-299-keep": "on", "decisions-199-keep": "on", "actions-199-keep": "on"}
    assert client.post(where, few).status_code == 302
    assert Attendance.objects.get().name == "Person 299"
    assert Decision.objects.get().text == "Decided 199."
    assert ActionItem.objects.get().text == "Do 199."


def test_no_file_is_said_at_the_field(held, cast, camden, site_client):
    response = site_client(camden, cast.secretary).post(at(held, "word/"), {})
    assert "Choose the Word file of the minutes." in response.content.decode()


def test_what_was_mended_stays_when_something_is_wrong(held, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    where = client.post(at(held, "word/"), {"file": upload("action-table.docx")})["Location"]
    form = posted(client.get(where).content.decode())
    form |= {"actions-0-text": "Kept while wrong.", "actions-0-owner_name": "", "actions-0-due_on": "soon"}
    response = client.post(where, form)
    text = response.content.decode()
    assert response.status_code == 200
    assert "Kept while wrong." in text
    assert "Write who does it." in text
    assert "Write a date such as" in text
    assert ActionItem.objects.count() == 0
    assert not MinutesPage.objects.filter(meeting=held).exists()


# ---------------------------------------------------------------------------------------------- written here
def test_the_agenda_is_the_skeleton_and_what_is_typed_comes_back(held, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    assert "1. Welcome" in client.get(at(held, "write/")).content.decode()
    typed = {"part_0": "All were welcome.\n\n- Ann\n- Bob", "part_1": "Figures < last year & falling."}
    assert client.post(at(held, "write/"), typed).status_code == 302
    body = MinutesPage.objects.get(meeting=held).get_latest_revision_as_object().body
    assert [child.block_type for child in body] == ["heading", "text", "heading", "text"]
    assert "<li>Ann</li>" in str(body[1].value)
    again = client.get(at(held, "write/")).content.decode()
    assert "- Ann\n- Bob" in again
    assert "Figures &lt; last year &amp; falling." in again


def test_nothing_typed_is_said(held, cast, camden, site_client):
    response = site_client(camden, cast.secretary).post(at(held, "write/"), {"part_0": " ", "part_1": ""})
    assert "Write something under at least one item." in response.content.decode()


def test_a_private_item_is_no_box_of_the_public_minutes(held, cast, camden, site_client):
    held.items.filter(position=2).update(title="marker-private", is_private=True)
    assert (
        "marker-private" not in site_client(camden, cast.secretary).get(at(held, "write/")).content.decode()
    )


# ---------------------------------------------------------------------------------------------- the way out
def test_the_whole_way_on_the_desk(held, cast, camden, site_client):
    secretary, chair = site_client(camden, cast.secretary), site_client(camden, cast.chair)
    secretary.post(at(held, "write/"), {"part_0": "All were welcome.", "part_1": "Falling."})
    refused = secretary.post(at(held, "publish/"), follow=True).content.decode()
    assert "somebody else publishes it" in refused
    assert held.versions.count() == 0
    chair.post(at(held, "publish/"), shown_form(chair, at(held), ""))
    held.refresh_from_db()
    assert held.status == MeetingStatus.MINUTES_PUBLISHED
    assert "No later meeting" in chair.get(at(held, "approve/")).content.decode()
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    nothing = chair.post(at(held, "approve/"), {})
    assert "Choose the meeting that agreed them." in nothing.content.decode()
    form = shown_form(chair, at(held, "approve/"), "")
    assert chair.post(at(held, "approve/"), form | {"in_meeting": later.pk}).status_code == 302
    held.refresh_from_db()
    assert (held.status, held.approved_in) == (MeetingStatus.APPROVED, later)
    page = MinutesPage.objects.get(meeting=held)
    page.body = BODY
    page.save_revision(user=cast.secretary)
    without = chair.post(at(held, "publish/"), shown_form(chair, at(held), ""))
    assert (without.status_code, held.versions.count()) == (422, 2)
    assert "Say what was wrong." in without.content.decode()
    chair.post(at(held, "publish/"), shown_form(chair, at(held), "") | {"reason": "A slip."})
    assert held.versions.latest("number").kind == VersionKind.CORRECTED


def shared_writing(meeting, *clients) -> list[dict[str, str]]:
    """The boxes as each of them has them open."""
    return [shown_form(client, at(meeting, "write/"), "") for client in clients]


def test_two_secretaries_do_not_overwrite_each_other(held, cast, camden, site_client):
    secretary, chair = site_client(camden, cast.secretary), site_client(camden, cast.chair)
    first, second = shared_writing(held, secretary, chair)
    mine = {"part_0": "All were welcome.", "part_1": "Falling."}
    assert secretary.post(at(held, "write/"), first | mine).status_code == 302
    # Pressed twice it is the same.
    assert secretary.post(at(held, "write/"), first | mine).status_code == 302
    refused = chair.post(
        at(held, "write/"), second | {"part_0": "Nobody came.", "part_1": ""}
    ).content.decode()
    assert ("Somebody else has changed these minutes" in refused, "Nobody came." in refused) == (True, True)
    assert "All were welcome." in chair.get(at(held, "write/")).content.decode()
    (third,) = shared_writing(held, chair)
    assert chair.post(at(held, "write/"), third | {"part_1": "Rising."}).status_code == 302


def test_what_was_typed_stays_when_a_text_with_tables_came_in_meanwhile(held, cast, camden, site_client):
    secretary, chair = site_client(camden, cast.secretary), site_client(camden, cast.chair)
    (mine,) = shared_writing(held, chair)
    where = secretary.post(at(held, "word/"), {"file": upload("action-table.docx")})["Location"]
    secretary.post(where, posted(secretary.get(where).content.decode()) | ACTION_OWNER)
    response = chair.post(at(held, "write/"), mine | {"part_0": "An hour of typing."})
    shown = response.content.decode()
    assert (response.status_code, "An hour of typing." in shown, "1. Welcome" in shown) == (200, True, True)
    assert "Somebody else has changed these minutes" in shown


def test_nobody_publishes_words_they_have_not_read(held, cast, camden, site_client):
    chair = site_client(camden, cast.chair)
    write_minutes(held, BODY, by=cast.secretary)
    form = shown_form(chair, at(held), "")
    changes = (
        lambda: write_minutes(held, [*BODY, ("text", "<p>And a slander.</p>")], by=cast.secretary),
        lambda: room.record_decision(held, text="To sell the hall.", by=cast.secretary),
        lambda: log.enter(
            held.body, meeting=held, text="Sell it.", owner_name="The chair", by=cast.secretary
        ),
        lambda: room.take_attendance(
            held, [room.Seat("PC Demo", capacity="police", presence="present")], by=cast.secretary
        ),
    )
    for change in changes:
        change()
        said = chair.post(at(held, "publish/"), form, follow=True).content.decode()
        assert "Somebody has changed these minutes since you opened them." in said
        assert held.versions.count() == 0
        form = shown_form(chair, at(held), "")
    shown = chair.get(at(held)).content.decode()
    assert all(words in shown for words in ("And a slander.", "To sell the hall.", "Sell it.", "PC Demo"))
    assert "changed these minutes" in chair.post(at(held, "publish/"), follow=True).content.decode()
    chair.post(at(held, "publish/"), form)
    assert held.versions.count() == 1


def test_nobody_records_as_agreed_what_they_have_not_read(drafted, cast, camden, site_client):
    chair = site_client(camden, cast.chair)
    publish_minutes(drafted, by=cast.chair)
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    form = shown_form(chair, at(drafted, "approve/"), "") | {"in_meeting": later.pk}
    write_minutes(drafted, [*BODY, ("text", "<p>And a slander.</p>")], by=cast.secretary)
    publish_minutes(drafted, by=cast.oversight)
    refused = chair.post(at(drafted, "approve/"), form).content.decode()
    assert "The draft was published anew since you opened this page." in refused
    form = shown_form(chair, at(drafted, "approve/"), "") | {"in_meeting": later.pk}
    assert chair.post(at(drafted, "approve/"), form).status_code == 302


def test_a_file_used_twice_is_recorded_once(held, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    where = client.post(at(held, "word/"), {"file": upload("action-table.docx")})["Location"]
    form = posted(client.get(where).content.decode()) | ACTION_OWNER
    counts = []
    for _press in range(2):
        assert client.post(where, form).status_code == 302
        counts.append((ActionItem.objects.count(), Decision.objects.count(), Attendance.objects.count()))
    assert counts[0] == counts[1]
    assert counts[0][0] > 0


# ---------------------------------------------------------------------------------------------- readers
@pytest.fixture
def drafted(held, cast) -> Meeting:
    """Its minutes are a draft."""
    write_minutes(held, BODY, by=cast.secretary)
    held.refresh_from_db()
    return held


@pytest.fixture
def reader(drafted, cast, camden, site_client):
    """The link that somebody without an account was sent."""
    response = site_client(camden, cast.secretary).post(
        at(drafted, "review/"), {"email": "Reader@Elsewhere.example"}
    )
    assert response.status_code == 302
    link = SignedLink.objects.get(purpose="cms.minutes.review")
    return f"/accounts/links/{token_of(link)}/"


def test_a_reader_reads_the_draft_and_comments_again_and_again(reader, drafted, site_client):
    client = site_client(None)
    seen = client.get(reader)
    assert "All were welcome." in seen.content.decode()
    assert (seen["X-Robots-Tag"], "no-store" in seen["Cache-Control"]) == ("noindex", True)
    assert ReviewComment.objects.count() == 0
    for text in ("It was the library.", "And it rained."):
        client.post(reader, {"text": text})
    made = ReviewComment.objects.order_by("at")
    assert [one.text for one in made] == ["It was the library.", "And it rained."]
    assert all(one.by_link for one in made)
    assert "_auth_user_id" not in client.session


def test_an_empty_comment_is_said_and_nothing_is_kept(reader, site_client):
    response = site_client(None).post(reader, {"text": "  "})
    assert "Write your comment." in response.content.decode()
    assert ReviewComment.objects.count() == 0


def test_a_readers_link_ends_with_the_draft_and_with_its_days(reader, drafted, cast, camden, site_client):
    client = site_client(None)
    publish_minutes(drafted, by=cast.chair)
    assert "All were welcome." in client.get(reader).content.decode()
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    approve_minutes(Meeting.objects.get(pk=drafted.pk), in_meeting=later, by=cast.chair)
    assert "All were welcome." not in client.get(reader).content.decode()
    client.post(reader, {"text": "Too late."})
    assert ReviewComment.objects.count() == 0
    link = SignedLink.objects.get(purpose="cms.minutes.review")
    assert timedelta(days=13) < link.expires_at - timezone.now() < timedelta(days=15)


def test_a_readers_link_is_ended_by_hand(reader, drafted, cast, camden, site_client):
    client, link = site_client(camden, cast.secretary), SignedLink.objects.get(purpose="cms.minutes.review")
    page, end = client.get(at(drafted)).content.decode(), at(drafted, f"review/{link.pk}/end/")
    assert ("Who can read the draft by a link" in page, link.person.email in page, end in page) == (True,) * 3
    members = site_client(camden, cast.member).get(at(drafted)).content.decode()
    assert (link.person.email in members, end in members) == (False, False)
    for who in (cast.member, cast.editor, cast.panel_chair, cast.other_chair):
        assert site_client(camden, who).post(end).status_code == 404
    other = make_meeting(board_body(camden), days=-3, status=MeetingStatus.HELD, slug="other")
    assert client.get(end).status_code == 405
    assert client.post(at(other, f"review/{link.pk}/end/")).status_code == 404
    assert "All were welcome." in site_client(None).get(reader).content.decode()
    before = AuditEvent.objects.count()
    for _press in range(2):
        assert "The link is ended." in client.post(end, follow=True).content.decode()
    event = AuditEvent.objects.latest("pk")
    assert (AuditEvent.objects.count() - before, event.event, event.actor) == (
        1,
        Event.LINK_REVOKED,
        cast.secretary.public_id,
    )
    assert link.person.email not in str(event.data)
    assert end not in client.get(at(drafted)).content.decode()
    ended = site_client(None).get(reader)
    site_client(None).post(reader, {"text": "Too late."})
    assert ReviewComment.objects.count() == 0
    SignedLink.objects.update(revoked_at=None, expires_at=timezone.now())
    expired = site_client(None).get(reader)
    assert ("All were welcome." in ended.content.decode(), ended.status_code) == (False, expired.status_code)


def test_the_desk_asks_as_often_for_three_readers_as_for_one(reader, drafted, cast, camden, site_client):
    client, counts = site_client(camden, cast.secretary), []
    client.get(at(drafted))
    for more in (0, 2):
        for number in range(more):
            client.post(at(drafted, "review/"), {"email": f"reader{number}@elsewhere.example"})
            client.get(at(drafted))
        counts.append(queries_in(lambda: client.get(at(drafted))))
    assert counts[0] == counts[1]
    assert SignedLink.objects.filter(purpose="cms.minutes.review").count() == 3


def test_a_reader_never_sees_the_private_part(reader, drafted, cast, site_client):
    page = MinutesPage.objects.get(meeting=drafted).get_latest_revision_as_object()
    page.private_body = [("text", "<p>privatemarker</p>")]
    page.save_revision(user=cast.secretary)
    assert "privatemarker" not in site_client(None).get(reader).content.decode()


def test_a_reader_without_an_account_gets_one_that_waits(reader):
    assert User.objects.filter(email__iexact="reader@elsewhere.example").count() == 1


def test_a_comment_is_dealt_with(reader, drafted, cast, camden, site_client):
    site_client(None).post(reader, {"text": "It was the library."})
    made = ReviewComment.objects.get()
    client = site_client(camden, cast.secretary)
    assert "It was the library." in client.get(at(drafted)).content.decode()
    client.post(at(drafted, f"comments/{made.pk}/settle/"))
    made.refresh_from_db()
    assert made.settled_at is not None


# ---------------------------------------------------------------------------------------------- who finds it
PATHS = ("", "word/", "write/", "publish/", "approve/", "review/")


@pytest.mark.parametrize(
    "who", ["resident", "editor", "panel_chair", "officer", "other_chair", "other_editor"]
)
@pytest.mark.parametrize("path", PATHS)
def test_the_desk_is_not_found_for_others(drafted, cast, camden, site_client, who, path):
    client = site_client(camden, cast.by_name[who])
    for method in ("get", "post"):
        assert getattr(client, method)(at(drafted, path)).status_code in {404, 405}


@pytest.mark.parametrize("path", PATHS)
def test_signed_out_people_are_asked_to_sign_in(drafted, camden, site_client, path):
    response = site_client(camden).get(at(drafted, path))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_members_read_the_draft_and_write_nothing(drafted, cast, camden, site_client):
    client = site_client(camden, cast.member)
    assert "All were welcome." in client.get(at(drafted)).content.decode()
    for path in ("word/", "write/", "publish/", "review/"):
        assert client.post(at(drafted, path), {"part_0": "No."}).status_code == 404


@pytest.mark.parametrize("path", ["word/", "publish/", "review/"])
def test_reading_changes_nothing(drafted, cast, camden, site_client, path):
    assert site_client(camden, cast.secretary).get(at(drafted, path)).status_code == 405


def test_a_file_of_another_meeting_is_not_found(drafted, held, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    where = client.post(at(held, "word/"), {"file": upload("action-table.docx")})["Location"]
    other = make_meeting(board_body(camden), days=-3, status=MeetingStatus.HELD, slug="other")
    assert client.get(where.replace(held.slug, other.slug)).status_code == 404


@pytest.mark.parametrize(
    ("name", "words", "capacity"),
    [
        ("Cllr Pat Example", "Chair", "member"),
        ("Sgt Ali Khan", "", "police"),
        ("Robin", "PCSO, Highgate team", "police"),
        ("Cllr Jo", "", "council"),
        ("Alex", "", "member"),
        ("Sam", "Kentish Town ward panel", "guest"),
        ("Pcs Adlb", "", "member"),
    ],
)
def test_capacity_is_read_from_name_and_words(name, words, capacity):
    assert _capacity(name, words) == capacity

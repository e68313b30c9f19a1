"""The way of minutes: written, published by a second person, agreed at a later meeting, corrected in public; whatever door is tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import Page, Revision

from cms.actions.meetings import keep_meeting_page, publish_agenda
from cms.actions.minutes import publish_minutes, write_minutes
from cms.models import MeetingPage, MinutesPage
from cms.models.meetings import acting
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.meetings.actions.agenda import ItemDraft, write_agenda
from snb.meetings.actions.minutes import approve_minutes, begin_minutes, comment, settle_comment
from snb.meetings.enums import ItemKind, MeetingStatus, VersionKind
from snb.meetings.errors import InvalidTransition, SecondPersonNeeded
from snb.meetings.models import Decision, Meeting, MinutesVersion, ReviewComment
from tests.cms.forms import shown_form
from tests.meetings.conftest import board_body, make_meeting

pytestmark = pytest.mark.django_db

BODY = [
    ("heading", {"text": "1. Welcome", "level": "2", "language": ""}),
    ("text", "<p>All were welcome.</p>"),
]
OTHER = [("text", "<p>Nobody was welcome.</p>")]


@pytest.fixture
def held(cast, camden) -> Meeting:
    """A board meeting of last week, with its page."""
    meeting = make_meeting(board_body(camden), days=-7, status=MeetingStatus.HELD)
    keep_meeting_page(meeting)
    return meeting


@pytest.fixture
def board_meeting(cast, camden) -> Meeting:
    """The next board meeting, announced."""
    return make_meeting(board_body(camden))


@pytest.fixture
def written(held, cast) -> Meeting:
    """Its minutes written by the secretary."""
    write_minutes(held, BODY, by=cast.secretary)
    held.refresh_from_db()
    return held


@pytest.fixture
def published(written, cast) -> Meeting:
    """And published by the chair."""
    publish_minutes(written, by=cast.chair)
    written.refresh_from_db()
    return written


@pytest.fixture
def approved(published, cast, camden) -> Meeting:
    """And agreed at a meeting held yesterday."""
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    approve_minutes(published, in_meeting=later, by=cast.chair)
    published.refresh_from_db()
    return published


def events(event: Event) -> int:
    return AuditEvent.objects.filter(event=event).count()


# ---------------------------------------------------------------------------------------------- writing
def test_writing_makes_a_draft_that_nobody_else_sees(written, cast, camden, site_client):
    assert written.status == MeetingStatus.MINUTES_DRAFT
    page = MinutesPage.objects.get(meeting=written)
    assert page.live is False
    assert events(Event.MINUTES_WRITTEN) == 1
    assert site_client(camden).get(written.minutes_path).status_code == 404
    assert site_client(camden, cast.other_chair).get(written.minutes_path).status_code == 404


def test_writing_marks_a_meeting_held_that_has_begun(cast, camden):
    meeting = make_meeting(board_body(camden), days=-1, status=MeetingStatus.AGENDA_PUBLISHED)
    keep_meeting_page(meeting)
    write_minutes(meeting, BODY, by=cast.secretary)
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.MINUTES_DRAFT


def test_there_are_no_minutes_before_a_meeting_or_of_a_cancelled_one(cast, camden, board_meeting):
    with pytest.raises(InvalidTransition):
        begin_minutes(board_meeting, by=cast.secretary)
    cancelled = make_meeting(board_body(camden), days=-1, status=MeetingStatus.CANCELLED, slug="off")
    with pytest.raises(InvalidTransition):
        begin_minutes(cancelled, by=cast.secretary)


@pytest.mark.parametrize(
    "who", ["member", "editor", "panel_chair", "other_chair", "resident", "officer", "oversight"]
)
def test_only_who_runs_the_meeting_writes(held, cast, who):
    with pytest.raises(PermissionDenied):
        write_minutes(held, BODY, by=cast.by_name[who])


# ---------------------------------------------------------------------------------------------- four eyes
def test_a_second_person_publishes(written, cast, camden, site_client):
    version = publish_minutes(written, by=cast.chair)
    assert (version.number, version.kind) == (1, VersionKind.DRAFT)
    assert events(Event.MINUTES_PUBLISHED) == 1
    shown = site_client(camden).get(written.minutes_path).content.decode()
    assert "All were welcome." in shown
    assert "to be agreed at a later meeting" in shown


def test_the_one_who_wrote_does_not_publish(written, cast):
    with pytest.raises(SecondPersonNeeded):
        publish_minutes(written, by=cast.secretary)
    assert MinutesVersion.objects.count() == 0
    assert MinutesPage.objects.get(meeting=written).live is False


def test_whoever_mends_a_word_before_publishing_has_written_too(written, cast):
    write_minutes(written, OTHER, by=cast.chair)
    for person in (cast.secretary, cast.chair):
        with pytest.raises(SecondPersonNeeded):
            publish_minutes(written, by=person)
    assert publish_minutes(written, by=cast.oversight).number == 1


def test_after_publication_the_writers_start_afresh(published, cast):
    write_minutes(published, OTHER, by=cast.chair)
    assert publish_minutes(published, by=cast.secretary).number == 2


def test_nothing_changed_is_not_published_again(published, cast):
    with pytest.raises(ValidationError, match="Nothing has changed"):
        publish_minutes(published, by=cast.oversight)
    assert MinutesVersion.objects.count() == 1


@pytest.mark.parametrize("who", ["member", "editor", "panel_chair", "other_chair", "resident", "officer"])
def test_a_stranger_to_the_meeting_does_not_publish(written, cast, who):
    with pytest.raises(PermissionDenied):
        publish_minutes(written, by=cast.by_name[who])


def test_an_agenda_has_two_pairs_of_eyes_too(board_meeting, cast):
    keep_meeting_page(board_meeting)
    write_agenda(board_meeting, [ItemDraft("Welcome", ItemKind.APOLOGIES)], by=cast.secretary)
    with pytest.raises(SecondPersonNeeded):
        publish_agenda(board_meeting, by=cast.secretary)
    page = MeetingPage.objects.get(meeting=board_meeting)
    page.body = [("text", "<p>Bring your own cup.</p>")]
    page.save_revision(user=cast.chair)
    with pytest.raises(SecondPersonNeeded):
        publish_agenda(board_meeting, by=cast.chair)
    publish_agenda(board_meeting, by=cast.oversight)
    page.refresh_from_db()
    assert "own cup" in str(page.body)


def test_what_stands_above_the_agenda_is_read_before_it_is_published(
    board_meeting, cast, camden, site_client
):
    page = keep_meeting_page(board_meeting)
    write_agenda(board_meeting, [ItemDraft("Welcome", ItemKind.APOLOGIES)], by=cast.secretary)
    chair, path = site_client(camden, cast.chair), f"/desk/meetings/{board_meeting.slug}/"
    form = shown_form(chair, path, "")
    page.body = [("text", "<p>Bring <b>a slander</b>.</p>")]
    page.save_revision(user=cast.editor)
    said = chair.post(f"{path}publish-agenda/", form, follow=True).content.decode()
    assert "Somebody has changed this agenda since you opened it." in said
    assert "Bring <b>a slander</b>." in said
    assert Meeting.objects.get(pk=board_meeting.pk).agenda_published_at is None
    chair.post(f"{path}publish-agenda/", shown_form(chair, path, ""))
    assert (
        "Bring <b>a slander</b>."
        in site_client(camden).get(board_meeting.get_absolute_url()).content.decode()
    )


def test_new_words_above_an_agenda_that_is_out_wait_for_a_second_person(
    board_meeting, cast, camden, site_client
):
    keep_meeting_page(board_meeting)
    write_agenda(board_meeting, [ItemDraft("Welcome", ItemKind.APOLOGIES)], by=cast.secretary)
    publish_agenda(board_meeting, by=cast.chair)
    page = MeetingPage.objects.get(meeting=board_meeting)
    page.save_revision(user=cast.editor)
    assert not Meeting.objects.get(pk=board_meeting.pk).agenda_changed
    page.body = [("text", "<p>Use the side door.</p>")]
    page.save_revision(user=cast.chair)
    path = f"/desk/meetings/{board_meeting.slug}/"
    writer, second = site_client(camden, cast.chair), site_client(camden, cast.secretary)
    text = writer.get(path).content.decode()
    waits = "You wrote part of it, so somebody else publishes it: it waits for them."
    assert (waits in text, "publish-agenda/" in text) == (True, False)
    assert (
        "Use the side door." not in site_client(camden).get(board_meeting.get_absolute_url()).content.decode()
    )
    second.post(f"{path}publish-agenda/", shown_form(second, path, ""))
    assert "Use the side door." in site_client(camden).get(board_meeting.get_absolute_url()).content.decode()
    assert "publish-agenda/" not in second.get(path).content.decode()


# ---------------------------------------------------------------------------------------------- Wagtail's doors
DOORS = {
    "publish": lambda page, user: page.get_latest_revision().publish(user=user),
    "publish, unchecked": lambda page, user: page.get_latest_revision().publish(skip_permission_checks=True),
    "unpublish": lambda page, user: page.unpublish(user=user),
    "move": lambda page, user: page.move(page.get_parent().get_parent(), pos="last-child", user=user),
    "copy": lambda page, user: page.copy(update_attrs={"slug": "copied"}, user=user),
    "delete": lambda page, user: page.delete(user=user),
}


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.parametrize("kind", [MeetingPage, MinutesPage])
def test_no_door_of_the_pages_own_opens(published, cast, door, kind):
    page = kind.objects.get(meeting=published)
    write_minutes(published, OTHER, by=cast.secretary)
    if kind is MeetingPage:
        page.save_revision(user=cast.secretary)
    before = (page.path, page.live, page.live_revision_id, kind.objects.count())
    with pytest.raises(PermissionDenied):
        DOORS[door](page, cast.chair)
    page = kind.objects.get(meeting=published)
    assert (page.path, page.live, page.live_revision_id, kind.objects.count()) == before


@pytest.fixture
def secretary(cast, site_client):
    """The secretary in the Wagtail admin."""
    return site_client(None, cast.secretary)


@pytest.mark.parametrize("action", ["action-publish", "action-submit", ""])
def test_the_editor_saves_and_never_publishes(published, secretary, action):
    page = MinutesPage.objects.get(meeting=published)
    live = page.live_revision_id
    address = f"/admin/pages/{page.pk}/edit/"
    form = shown_form(secretary, address) | {"private_body-count": "0"}
    form |= {
        "body-count": "1",
        "body-0-type": "notice",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value-kind": "note",
        "body-0-value-text": "Slipped in.",
    }
    response = secretary.post(address, form | ({action: "yes"} if action else {}))
    assert response.status_code == 302
    page.refresh_from_db()
    assert page.live_revision_id == live
    assert "Slipped in" in str(page.get_latest_revision_as_object().body)
    assert "Slipped in" not in str(page.body)


def test_writing_on_after_the_publication_is_new_writing(published, secretary, cast):
    page = MinutesPage.objects.get(meeting=published)
    address = f"/admin/pages/{page.pk}/edit/"
    form = shown_form(secretary, address) | {"private_body-count": "0"}
    form |= {
        "body-count": "1",
        "body-0-type": "notice",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value-kind": "note",
        "body-0-value-text": "Slipped in.",
        # The editor was open all along and saves by itself, over what the secretary saved last: that is out by now.
        "overwrite_revision_id": str(page.live_revision_id),
    }
    response = secretary.post(address, form, headers={"accept": "application/json"})
    assert (response.status_code, response.json()["success"]) == (200, True)
    page.refresh_from_db()
    assert page.latest_revision_id > page.live_revision_id
    with pytest.raises(SecondPersonNeeded):
        publish_minutes(published, by=cast.secretary)
    assert "Slipped in" in publish_minutes(published, by=cast.chair).body


@pytest.mark.parametrize("route", ["unpublish", "delete", "move", "copy"])
@pytest.mark.parametrize("kind", [MeetingPage, MinutesPage])
def test_the_admin_has_no_page_for_it(published, secretary, route, kind):
    page = kind.objects.get(meeting=published)
    for method in ("get", "post"):
        assert getattr(secretary, method)(f"/admin/pages/{page.pk}/{route}/").status_code == 404
    assert kind.objects.get(pk=page.pk).live


@pytest.mark.parametrize("name", ["meetingpage", "minutespage", "meetingindexpage"])
def test_the_admin_makes_none(held, secretary, camden, name):
    for parent in Page.objects.descendant_of(camden.site.root_page, inclusive=True):
        assert secretary.get(f"/admin/pages/add/cms/{name}/{parent.pk}/").status_code == 404


def test_an_older_revision_brings_its_words_back_and_no_state(approved, secretary, cast):
    first = Revision.page_revisions.filter(
        object_id=str(MinutesPage.objects.get(meeting=approved).pk)
    ).earliest("pk")
    write = MinutesPage.objects.get(meeting=approved)
    write.body = OTHER
    write.save_revision(user=cast.secretary)
    with pytest.raises(PermissionDenied):
        first.publish(user=cast.secretary)
    approved.refresh_from_db()
    assert approved.status == MeetingStatus.APPROVED


# ---------------------------------------------------------------------------------------------- approval
def test_approval_is_a_decision_of_a_later_meeting_and_freezes_the_text(approved, camden, site_client):
    decision = Decision.objects.get(approves=approved)
    assert decision.meeting == approved.approved_in
    versions = list(approved.versions.order_by("number"))
    assert [version.kind for version in versions] == [VersionKind.DRAFT, VersionKind.APPROVED]
    assert versions[0].sha256 == versions[1].sha256
    assert events(Event.MINUTES_APPROVED) == 1
    shown = site_client(camden).get(approved.minutes_path).content.decode()
    assert "Agreed as a true record" in shown
    assert versions[1].sha256 in shown


@pytest.mark.parametrize("wrong", ["earlier", "other body", "not held yet", "never announced", "itself"])
def test_another_meeting_does_not_approve(published, cast, camden, highgate, wrong):
    from tests import factories as make

    body = board_body(camden)
    meeting = {
        "earlier": lambda: make_meeting(body, days=-30, status=MeetingStatus.HELD, slug="earlier"),
        "other body": lambda: make_meeting(make.make_panel(highgate), days=-1, status=MeetingStatus.HELD),
        "not held yet": lambda: make_meeting(body, days=5, slug="ahead"),
        "never announced": lambda: make_meeting(body, days=-1, slug="unheard", announced_at=None),
        "itself": lambda: published,
    }[wrong]()
    with pytest.raises(ValidationError) as refused:
        approve_minutes(published, in_meeting=meeting, by=cast.chair)
    assert list(refused.value.error_dict) == ["in_meeting"]


def test_a_draft_that_is_not_published_cannot_be_approved(written, cast, camden):
    later = make_meeting(board_body(camden), days=-1, status=MeetingStatus.HELD, slug="later")
    with pytest.raises(InvalidTransition):
        approve_minutes(written, in_meeting=later, by=cast.chair)


def test_a_page_that_no_longer_matches_shows_the_approved_text_and_an_error_to_the_board(
    approved, camden, cast, site_client
):
    page = MinutesPage.objects.get(meeting=approved)
    page.body = OTHER
    page.save()
    shown = site_client(camden).get(approved.minutes_path).content.decode()
    assert "All were welcome." in shown
    assert "Nobody was welcome." not in shown
    desk = site_client(camden, cast.chair).get(f"/desk/meetings/{approved.slug}/minutes/").content.decode()
    assert "no longer says what was published" in desk


def test_a_page_that_no_longer_matches_is_put_back_from_the_desk_without_a_new_version(
    approved, camden, cast, site_client
):
    page = MinutesPage.objects.get(meeting=approved)
    page.body = OTHER
    page.save()
    chair = site_client(camden, cast.chair)
    address = f"/desk/meetings/{approved.slug}/minutes/"
    desk = chair.get(address)
    assert "Put the published text back" in desk.content.decode()
    assert "What was wrong?" not in desk.content.decode()
    answer = chair.post(f"{address}publish/", {"seen": desk.context["state"].seen}, follow=True)
    assert "The published text is back." in answer.content.decode()
    assert "no longer says what was published" not in answer.content.decode()
    assert "All were welcome." in str(MinutesPage.objects.get(pk=page.pk).body)
    assert approved.versions.count() == 2
    with pytest.raises(ValidationError):
        publish_minutes(approved, by=cast.chair)


def test_a_page_that_no_longer_matches_is_put_back_by_another_than_who_saved_the_right_text(
    published, camden, cast, site_client
):
    page = MinutesPage.objects.get(meeting=published)
    page.body = OTHER
    page.save_revision(user=cast.secretary)
    page.save()
    page.body = BODY
    page.save_revision(user=cast.secretary)
    with pytest.raises(SecondPersonNeeded):
        publish_minutes(published, by=cast.secretary)
    assert publish_minutes(published, by=cast.chair).number == 1
    assert "All were welcome." in str(MinutesPage.objects.get(pk=page.pk).body)


def test_a_correction_needs_its_reason_and_a_second_person_and_is_shown(approved, camden, cast, site_client):
    page = MinutesPage.objects.get(meeting=approved)
    page.body = OTHER
    page.save_revision(user=cast.secretary)
    with pytest.raises(SecondPersonNeeded):
        publish_minutes(approved, reason="Wrong.", by=cast.secretary)
    with pytest.raises(ValidationError) as refused:
        publish_minutes(approved, by=cast.chair)
    assert list(refused.value.error_dict) == ["reason"]
    assert "All were welcome." in str(MinutesPage.objects.get(pk=page.pk).body)
    version = publish_minutes(approved, reason="It was the other way round.", by=cast.chair)
    assert (version.number, version.kind) == (3, VersionKind.CORRECTED)
    assert events(Event.MINUTES_CORRECTED) == 1
    approved.refresh_from_db()
    assert approved.status == MeetingStatus.APPROVED
    client = site_client(camden)
    shown = client.get(approved.minutes_path).content.decode()
    assert "It was the other way round." in shown
    assert "Nobody was welcome." in shown
    assert "Corrected on" in shown
    old = client.get(f"{approved.minutes_path}2/").content.decode()
    assert "All were welcome." in old
    assert "earlier version" in old
    assert "Corrected on" not in old


def test_minutes_are_not_written_anew_after_approval(approved, cast):
    with pytest.raises(InvalidTransition):
        write_minutes(approved, OTHER, by=cast.secretary)


def test_a_version_cannot_be_asked_for_that_is_not_there(published, camden, site_client):
    assert site_client(camden).get(f"{published.minutes_path}7/").status_code == 404


# ---------------------------------------------------------------------------------------------- the private part
def test_the_private_part_reaches_nobody_outside(written, cast, camden, site_client):
    page = MinutesPage.objects.get(meeting=written).get_latest_revision_as_object()
    page.private_body = [("text", "<p>privatemarker</p>")]
    page.save_revision(user=cast.secretary)
    version = publish_minutes(written, by=cast.chair)
    assert "privatemarker" not in version.body + version.html
    client = site_client(camden)
    for path in (
        written.minutes_path,
        "/search/?q=privatemarker",
        "/meetings/",
        "/sitemap.xml",
        "/meetings/feed/",
    ):
        assert "privatemarker" not in client.get(path).content.decode().replace(
            'value="privatemarker"', ""
        ).replace("“privatemarker”", ""), path


def test_a_picture_of_the_private_part_stays_private(written, cast, camden):
    from tests import factories as make

    picture = make.make_picture(camden)
    page = MinutesPage.objects.get(meeting=written).get_latest_revision_as_object()
    value = {"picture": {"image": picture.pk, "alt_text": "A map.", "decorative": False}, "caption": ""}
    page.private_body = page._meta.get_field("private_body").stream_block.to_python(
        [{"type": "picture", "value": value}]
    )
    page.save_revision(user=cast.secretary)
    publish_minutes(written, by=cast.chair)
    assert not picture.uses.exists()


# ---------------------------------------------------------------------------------------------- comments
def test_members_comment_and_the_board_deals_with_it(written, cast):
    made = comment(written, text="It was the library.", by=cast.member)
    assert events(Event.REVIEW_COMMENTED) == 1
    settle_comment(made, by=cast.secretary)
    assert ReviewComment.objects.get().settled_at is not None
    assert events(Event.REVIEW_SETTLED) == 1


@pytest.mark.parametrize("who", ["resident", "other_chair", "panel_member", "editor"])
def test_others_do_not_comment(written, cast, who):
    with pytest.raises(PermissionDenied):
        comment(written, text="Hello.", by=cast.by_name[who])


def test_there_is_no_commenting_after_approval(approved, cast):
    with pytest.raises(InvalidTransition):
        comment(approved, text="Too late.", by=cast.member)


def test_doors_open_only_inside_our_actions(published):
    page = MinutesPage.objects.get(meeting=published)
    with acting():
        page.unpublish()
    with pytest.raises(PermissionDenied):
        page.get_latest_revision().publish()
    assert timezone.now() - published.minutes_published_at < timedelta(minutes=5)

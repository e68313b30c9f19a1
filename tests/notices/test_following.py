"""Following a board, a ward or London by email: confirmed by a link, stopped by one press that a mail scanner cannot make."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.notices.actions import (
    ask_to_follow,
    choose_interests,
    confirm_follow,
    follow_place,
    stop_everything,
    stop_following,
    tell,
)
from snb.notices.enums import Interest, Topic
from snb.notices.models import Follow, FollowRequest, Told
from snb.notices.notifications import compose, send_follow_link
from snb.notices.queries import Heard, followers_of, followers_of_board, heard_by, stop_url
from snb.people.models import SignedLink, User
from snb.privacy.actions import apply_retention
from tests import factories as make
from tests.counting import queries_in
from tests.wardpanels.conftest import settle

VOTES, MEETINGS = Interest.VOTES, Interest.MEETINGS
CONTEXT = {"ward": "Highgate", "round": "Autumn", "closes": "Friday", "url": "https://example.org/"}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "email_proof": "1000/m/ip"}


@pytest.fixture
def told(cast, highgate) -> Told:
    """A notice to somebody who follows Highgate."""
    follow_place(cast.neighbour, highgate.borough.board, highgate, interests=Interest)
    with transaction.atomic():
        return tell(
            cast.neighbour, Topic.VOTING_OPENED, "a round", context=CONTEXT, interest=VOTES, ward=highgate
        )


def path_of(told: Told) -> str:
    """The path of the address that stops such notices."""
    return "/follow/" + stop_url(told).partition("/follow/")[2]


def both(**fields) -> dict[str, object]:
    """What the form sends with everything ticked."""
    return {"interests": ["votes", "meetings"], **fields}


def test_a_stranger_follows_by_a_link_and_nothing_happens_before_it(camden, highgate, site_client):
    page = site_client(camden).post("/follow/", both(ward="highgate", email="New@Example.org"))
    for _again in range(2):  # a task may run twice; the link is one
        send_follow_link.call(str(FollowRequest.objects.get().pk), SignedLink.objects.get().pk)
    assert "new@example.org" in page.content.decode().lower()
    assert not Follow.objects.exists()
    letter = mail.outbox[-1]
    assert letter.to == ["new@example.org"]
    assert "about Highgate, Camden:\n\n- Votes and priorities\n- Meetings and minutes\n" in letter.body
    address = re.search(r"/accounts/links/\S+", letter.body)[0]
    reader = site_client(None)
    question = "Shall we write to you about Highgate, Camden: votes and priorities, meetings and minutes?"
    assert question in reader.get(address).content.decode()
    assert not Follow.objects.exists()  # a scanner's GET changes nothing
    assert reader.post(address, follow=True).status_code == 200
    person = followers_of(highgate, VOTES).get()
    assert followers_of(highgate, MEETINGS).get() == person
    assert person.email == "new@example.org"
    assert person.emailaddress_set.get().verified
    event = AuditEvent.objects.get(event=Event.FOLLOWED, actor=person.public_id)
    assert event.data == {"interests": ["votes", "meetings"]}


def test_a_link_confirms_what_its_own_email_named_and_no_later_wish(cast, camden, highgate):
    ask_to_follow(cast.resident.email, camden, highgate, interests=[VOTES])
    ask_to_follow(cast.resident.email, camden, highgate, interests=[MEETINGS])
    first = FollowRequest.objects.earliest("asked_at")
    confirm_follow(first, by=cast.resident)
    assert list(Follow.objects.values_list("interest", flat=True)) == [VOTES]
    with pytest.raises(PermissionDenied):
        confirm_follow(first, by=cast.neighbour)


def test_the_answer_is_the_same_for_an_address_we_know(cast, camden, highgate, site_client):
    pages = [
        site_client(camden)
        .post("/follow/", both(ward="all", email=email))
        .content.decode()
        .replace(email, "")
        for email in (cast.resident.email, "nobody@example.org")
    ]
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert strip.sub("", pages[0]) == strip.sub("", pages[1])


def test_everything_is_ticked_until_one_unticks_it(camden, highgate, site_client):
    page = site_client(camden).get("/follow/?ward=highgate").content.decode()
    assert len(re.findall(r'<input type="checkbox" name="interests"[^>]* checked', page)) == 2


def test_signed_in_it_begins_at_once_and_is_changed_and_stopped_on_the_same_page(
    cast, camden, highgate, site_client
):
    client = site_client(camden, cast.resident)
    assert "Your email address" not in client.get("/follow/").content.decode()
    page = client.post("/follow/", both(ward="highgate")).content.decode()
    assert "You will hear about Highgate, Camden." in page
    assert f'name="place" value="{highgate.pk}"' in page
    said = client.post("/follow/change/", {"place": highgate.pk, "interests": ["meetings"]}, follow=True)
    assert "Saved. You will hear about Highgate, Camden." in said.content.decode()
    assert (list(followers_of(highgate, VOTES)), list(followers_of(highgate, MEETINGS))) == (
        [],
        [cast.resident],
    )
    for _twice in range(2):
        stop = {"place": highgate.pk, "interests": ["meetings"], "stop": "yes"}
        said = client.post("/follow/change/", stop, follow=True).content.decode()
        assert "You will hear no more about Highgate, Camden." in said
    assert not Follow.objects.current().exists()
    assert "You hear about" not in client.get("/follow/").content.decode()


@pytest.mark.parametrize("place", ["", "nowhere", "of Brent"])
def test_a_place_of_another_site_is_not_found(cast, camden, highgate, kilburn_brent, site_client, place):
    asked = {"place": kilburn_brent.pk if place == "of Brent" else place, "interests": ["votes"]}
    for who in (cast.resident, None):
        assert site_client(camden, who).post("/follow/change/", asked).status_code == 404
    assert site_client(None, cast.resident).post("/follow/change/", {"place": highgate.pk}).status_code == 404
    assert not Follow.objects.exists()


def test_only_the_signed_in_change_and_only_their_own(cast, camden, highgate, site_client):
    follow_place(cast.neighbour, camden, highgate, interests=Interest)
    stop = {"place": highgate.pk, "stop": "yes"}
    assert site_client(camden).post("/follow/change/", stop).status_code == 404
    assert site_client(camden, cast.resident).post("/follow/change/", stop).status_code == 302
    assert site_client(camden, cast.neighbour).get("/follow/change/").status_code == 405
    assert list(followers_of(highgate, VOTES)) == [cast.neighbour]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (both(ward="highgate", email=""), "Write your email address."),
        (both(ward="highgate", email="me"), "Write an email address like name@example.org."),
        (both(ward="kilburn-of-brent", email="me@example.org"), "Choose a ward from the list."),
        (both(ward="", email="me@example.org"), "Choose a ward from the list, or all of them."),
        ({"ward": "highgate", "email": "me@example.org"}, "Choose at least one thing to hear about."),
    ],
)
def test_bad_input_is_said_at_the_field_and_kept(camden, highgate, site_client, fields, said):
    page = site_client(camden).post("/follow/", fields).content.decode()
    assert said in page
    assert f'value="{fields["email"]}"' in page or not fields["email"]
    assert not FollowRequest.objects.exists()


def test_who_hears_of_a_ward(cast, camden, brent, highgate, kilburn_brent):
    other = make.WardFactory(code="E05013650", name="Belsize", slug="belsize", borough=camden.borough)
    settle(cast.resident, highgate)
    follow_place(cast.neighbour, camden, interests=Interest)
    follow_place(cast.member, camden, other, interests=[VOTES])
    follow_place(cast.other_chair, brent, interests=Interest)
    follow_place(cast.oversight, None, interests=[MEETINGS])
    follow_place(cast.editor, camden, highgate, interests=Interest)
    User.objects.filter(pk=cast.editor.pk).update(is_active=False)
    assert set(followers_of(highgate, VOTES)) == {cast.resident, cast.neighbour}
    assert set(followers_of(highgate, MEETINGS)) == {cast.neighbour}
    assert set(followers_of(other, VOTES)) == {cast.neighbour, cast.member}
    assert set(followers_of(other, MEETINGS)) == {cast.neighbour}
    assert set(followers_of(kilburn_brent, VOTES)) == {cast.other_chair}
    assert set(followers_of_board(camden, MEETINGS)) == {cast.neighbour}
    assert set(followers_of_board(None, MEETINGS)) == {cast.oversight}
    assert not followers_of_board(None, VOTES).exists()


def test_a_resident_may_stop_hearing_of_their_own_ward_and_begin_again(cast, camden, highgate):
    settle(cast.resident, highgate)
    for _twice in range(2):
        stop_following(cast.resident, camden, highgate, interest=VOTES)
    assert not followers_of(highgate, VOTES).exists()
    assert AuditEvent.objects.filter(event=Event.FOLLOW_STOPPED).count() == 1
    follow_place(cast.resident, camden, interests=[MEETINGS])
    assert not followers_of(highgate, VOTES).exists()
    follow_place(cast.resident, camden, interests=[VOTES])  # all wards means all
    assert list(followers_of(highgate, VOTES)) == [cast.resident]


def test_stopping_one_thing_leaves_the_other(cast, camden, highgate):
    follow_place(cast.neighbour, camden, highgate, interests=Interest)
    follow_place(cast.neighbour, camden, interests=Interest)
    stop_following(cast.neighbour, camden, highgate, interest=MEETINGS)
    assert not followers_of(highgate, MEETINGS).exists()
    assert not followers_of_board(camden, MEETINGS).exists()  # who says stop wants less, not a riddle
    assert list(followers_of(highgate, VOTES)) == [cast.neighbour]
    assert AuditEvent.objects.get(event=Event.FOLLOW_STOPPED).data == {"interests": ["meetings"]}


def test_on_the_page_a_place_is_changed_by_itself_so_all_but_one_ward_can_be_had(cast, camden, highgate):
    other = make.WardFactory(code="E05013650", name="Belsize", slug="belsize", borough=camden.borough)
    for place in (None, highgate):
        follow_place(cast.neighbour, camden, place, interests=Interest)
    choose_interests(cast.neighbour, camden, highgate, interests=[VOTES])
    assert list(followers_of(highgate, VOTES)) == [cast.neighbour]
    assert not followers_of(highgate, MEETINGS).exists()
    assert list(followers_of(other, MEETINGS)) == [cast.neighbour]
    choose_interests(cast.neighbour, camden, interests=[])
    assert [heard.ward for heard in heard_by(cast.neighbour, camden)] == [highgate]


def test_stopping_everything_is_everything_of_that_board_and_of_no_other(
    cast, camden, brent, highgate, kilburn_brent
):
    settle(cast.resident, highgate)
    follow_place(cast.resident, camden, interests=[MEETINGS])
    follow_place(cast.resident, brent, kilburn_brent, interests=Interest)
    stop_everything(cast.resident, camden)
    assert heard_by(cast.resident, camden) == []
    assert not followers_of(highgate, VOTES).exists()
    assert [heard.place for heard in heard_by(cast.resident, brent)] == ["Kilburn, Brent"]
    event = AuditEvent.objects.get(event=Event.FOLLOW_STOPPED)
    assert (event.board, event.data) == (camden.pk, {"interests": ["votes", "meetings"]})


def test_the_page_shows_a_resident_s_own_ward_too(cast, camden, highgate, site_client):
    settle(cast.resident, highgate)
    follow_place(cast.resident, camden, interests=[MEETINGS])
    assert heard_by(cast.resident, camden) == [
        Heard(camden, None, (MEETINGS,)),
        Heard(camden, highgate, (VOTES,), lives_there=True),
    ]
    page = site_client(camden, cast.resident).get("/follow/").content.decode()
    assert "You told us that you live here." in page
    choose_interests(cast.resident, camden, highgate, interests=[VOTES, MEETINGS])
    assert list(Follow.objects.filter(ward=highgate).values_list("interest", flat=True)) == [MEETINGS]
    choose_interests(cast.resident, camden, highgate, interests=[MEETINGS])
    assert heard_by(cast.resident, camden)[1] == Heard(camden, highgate, (MEETINGS,), lives_there=True)


def test_what_one_hears_of_takes_the_same_queries_at_one_place_and_at_three(
    cast, camden, highgate, site_client
):
    client = site_client(camden, cast.resident)
    follow_place(cast.resident, camden, highgate, interests=Interest)
    client.get("/follow/")
    one = queries_in(lambda: client.get("/follow/"))
    other = make.WardFactory(code="E05013650", name="Belsize", slug="belsize", borough=camden.borough)
    follow_place(cast.resident, camden, other, interests=Interest)
    follow_place(cast.resident, camden, interests=Interest)
    assert queries_in(lambda: client.get("/follow/")) == one


def test_london_s_meetings_are_followed_and_stopped_on_the_london_site(cast, site_client):
    client = site_client(None, cast.neighbour)
    page = client.get("/follow/").content.decode()
    assert "Hear about London-wide meetings by email" in page
    assert 'name="interests"' not in page  # there is one thing only
    assert "You will hear about London." in client.post("/follow/", {}).content.decode()
    assert list(followers_of_board(None, MEETINGS)) == [cast.neighbour]
    with transaction.atomic():
        told = tell(cast.neighbour, Topic.MEETING_ANNOUNCED, "m", context={}, interest=MEETINGS)
    done = site_client(None).post(path_of(told)).content.decode()
    assert "We will not write to you about meetings and minutes in London again." in done
    assert "Stop all emails" not in done  # there was one thing only
    assert not followers_of_board(None, MEETINGS).exists()
    client.post("/follow/", {})
    client.post("/follow/change/", {"place": "all", "stop": "yes"})
    assert not followers_of_board(None, MEETINGS).exists()


def test_a_stranger_follows_london_by_a_link(site_client):
    site_client(None).post("/follow/", {"email": "new@example.org"})
    asked = FollowRequest.objects.get()
    send_follow_link.call(str(asked.pk), SignedLink.objects.get().pk)
    address = re.search(r"/accounts/links/\S+", mail.outbox[-1].body)[0]
    assert "about London: meetings and minutes?" in site_client(None).get(address).content.decode()
    site_client(None).post(address)
    assert followers_of_board(None, MEETINGS).get().email == "new@example.org"


def test_an_email_says_how_to_stop_to_people_and_to_mail_programs(told):
    letter = compose(told)
    address = stop_url(told)
    assert f"To get no more of these: {address}" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == f"<{address}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_comes_with_a_role_says_no_way_to_stop(cast, highgate):
    with transaction.atomic():
        told = tell(cast.panel_chair, Topic.AGENDA_DUE, "m", context={}, ward=highgate)
    assert stop_url(told) == ""
    assert "List-Unsubscribe" not in compose(told).extra_headers


def test_a_scanner_s_get_stops_nothing_and_one_press_stops_this_and_a_second_the_rest(
    told, camden, highgate, site_client
):
    path = path_of(told)
    reader = site_client(camden, enforce_csrf_checks=True)
    page = reader.get(path)
    assert "Stop these emails?" in page.content.decode()
    assert "about votes and priorities in Highgate again" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert followers_of(highgate, VOTES).exists()
    done = reader.post(path, {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, followers_of(highgate, VOTES).exists()) == (200, False)
    assert followers_of(highgate, MEETINGS).exists()
    assert "Stop all emails about Camden" in done.content.decode()
    assert reader.post(path).status_code == 200
    assert followers_of(highgate, MEETINGS).exists()
    reader.get(path, {"everything": "yes"})
    assert followers_of(highgate, MEETINGS).exists()
    rest = reader.post(path, {"everything": "yes"})
    assert "We will not write to you about anything in Camden again" in rest.content.decode()
    assert not Follow.objects.current().exists()


@pytest.mark.parametrize("part", ["seal", "notice", "board"])
def test_an_address_that_is_not_whole_is_not_found(told, brent, camden, highgate, site_client, part):
    path = path_of(told)
    board = camden
    if part == "seal":
        path = path[:-2] + ("A/" if path[-2] != "A" else "B/")
    elif part == "notice":
        path = path.replace(str(told.pk)[:4], "0000" if str(told.pk)[:4] != "0000" else "1111")
    else:
        board = brent
    assert site_client(board).post(path).status_code == 404
    assert followers_of(highgate, VOTES).exists()


def test_a_closed_account_is_sent_nothing(cast, camden):
    User.objects.filter(pk=cast.resident.pk).update(is_active=False)
    ask_to_follow(cast.resident.email, camden, interests=Interest)
    assert not FollowRequest.objects.exists()
    assert not SignedLink.objects.exists()


def test_a_request_goes_when_its_link_is_over(cast, camden, highgate):
    for days in (6, 8):
        ask_to_follow(cast.resident.email, camden, highgate, interests=[VOTES])
        newest = FollowRequest.objects.latest("asked_at")
        FollowRequest.objects.filter(pk=newest.pk).update(asked_at=timezone.now() - timedelta(days=days))
    apply_retention(dry_run=False)
    left = FollowRequest.objects.get()
    assert left.asked_at > timezone.now() - timedelta(days=7)


@pytest.mark.parametrize("place", ["ward", "board", "london"])
def test_the_database_holds_one_row_for_a_place_and_an_interest(cast, camden, highgate, place):
    board, ward = {"ward": (camden, highgate), "board": (camden, None), "london": (None, None)}[place]
    for interest in Interest:
        Follow.objects.create(person=cast.resident, board=board, ward=ward, interest=interest)
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(person=cast.resident, board=board, ward=ward, interest=VOTES)


def test_a_ward_without_its_board_is_refused(cast, highgate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(person=cast.resident, ward=highgate, interest=VOTES)

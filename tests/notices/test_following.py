"""Following a board or a ward by email: confirmed by a link, stopped by one press that a mail scanner cannot make."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import transaction

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.notices.actions import ask_to_follow, follow_place, stop_following, tell
from snb.notices.enums import Topic
from snb.notices.models import Follow, Told
from snb.notices.notifications import compose, send_follow_link
from snb.notices.queries import followers_of, stop_url
from snb.people.models import SignedLink, User
from tests import factories as make
from tests.wardpanels.conftest import settle

CONTEXT = {"ward": "Highgate", "round": "Autumn", "closes": "Friday", "url": "https://example.org/"}


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "email_proof": "1000/m/ip"}


@pytest.fixture
def told(cast, highgate) -> Told:
    """A notice to somebody who follows Highgate."""
    follow_place(cast.neighbour, highgate.borough.board, highgate)
    with transaction.atomic():
        return tell(cast.neighbour, Topic.VOTING_OPENED, "a round", context=CONTEXT, ward=highgate)


def path_of(told: Told) -> str:
    """The path of the address that stops such notices."""
    return "/follow/" + stop_url(told).partition("/follow/")[2]


def test_a_stranger_follows_by_a_link_and_nothing_happens_before_it(camden, highgate, site_client):
    page = site_client(camden).post("/follow/", {"ward": "highgate", "email": "New@Example.org"})
    for _again in range(2):  # a task may run twice; the link is one
        send_follow_link.call(str(Follow.objects.get().pk), SignedLink.objects.get().pk)
    assert "new@example.org" in page.content.decode().lower()
    assert not followers_of(highgate).exists()
    letter = mail.outbox[-1]
    assert letter.to == ["new@example.org"]
    assert "Highgate, Camden" in letter.body
    address = re.search(r"/accounts/links/\S+", letter.body)[0]
    reader = site_client(None)
    assert "Shall we tell you by email about Highgate, Camden?" in reader.get(address).content.decode()
    assert not followers_of(highgate).exists()  # a scanner's GET changes nothing
    assert reader.post(address, follow=True).status_code == 200
    person = followers_of(highgate).get()
    assert person.email == "new@example.org"
    assert person.emailaddress_set.get().verified
    assert AuditEvent.objects.filter(event=Event.FOLLOWED, actor=person.public_id).count() == 1


def test_the_answer_is_the_same_for_an_address_we_know(cast, camden, highgate, site_client):
    pages = [
        site_client(camden).post("/follow/", {"ward": "", "email": email}).content.decode().replace(email, "")
        for email in (cast.resident.email, "nobody@example.org")
    ]
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert strip.sub("", pages[0]) == strip.sub("", pages[1])


def test_signed_in_it_begins_at_once_and_is_stopped_on_the_same_page(cast, camden, highgate, site_client):
    client = site_client(camden, cast.resident)
    assert "Your email address" not in client.get("/follow/").content.decode()
    page = client.post("/follow/", {"ward": "highgate"}).content.decode()
    assert "You will hear about Highgate, Camden." in page
    mine = Follow.objects.get(person=cast.resident)
    assert list(followers_of(highgate)) == [cast.resident]
    client.post(f"/follow/{mine.pk}/stop/")
    assert not followers_of(highgate).exists()


def test_another_persons_follow_is_not_found(cast, camden, highgate, site_client):
    follow = follow_place(cast.resident, camden, highgate)
    assert site_client(camden, cast.neighbour).post(f"/follow/{follow.pk}/stop/").status_code == 404
    assert site_client(camden).post(f"/follow/{follow.pk}/stop/").status_code == 404
    assert Follow.objects.current().filter(pk=follow.pk).exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ward": "highgate", "email": ""}, "Write your email address."),
        ({"ward": "highgate", "email": "me"}, "Write an email address like name@example.org."),
        ({"ward": "kilburn-of-brent", "email": "me@example.org"}, "Choose a ward from the list."),
    ],
)
def test_bad_input_is_said_at_the_field_and_kept(camden, highgate, site_client, fields, said):
    page = site_client(camden).post("/follow/", fields).content.decode()
    assert said in page
    assert f'value="{fields["email"]}"' in page or not fields["email"]
    assert not Follow.objects.exists()


def test_who_hears_of_a_ward(cast, camden, brent, highgate, kilburn_brent):
    other = make.WardFactory(code="E05013650", name="Belsize", slug="belsize", borough=camden.borough)
    settle(cast.resident, highgate)
    follow_place(cast.neighbour, camden)
    follow_place(cast.member, camden, other)
    follow_place(cast.other_chair, brent)
    gone = follow_place(cast.editor, camden, highgate).person
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert set(followers_of(highgate)) == {cast.resident, cast.neighbour}
    assert set(followers_of(other)) == {cast.neighbour, cast.member}
    assert set(followers_of(kilburn_brent)) == {cast.other_chair}


def test_a_resident_may_stop_hearing_of_their_own_ward_and_begin_again(cast, camden, highgate):
    settle(cast.resident, highgate)
    stop_following(cast.resident, camden, highgate)
    stop_following(cast.resident, camden, highgate)
    assert not followers_of(highgate).exists()
    assert AuditEvent.objects.filter(event=Event.FOLLOW_STOPPED).count() == 1
    follow_place(cast.resident, camden)  # all wards means all
    assert list(followers_of(highgate)) == [cast.resident]


def test_an_email_says_how_to_stop_to_people_and_to_mail_programs(told):
    letter = compose(told)
    address = stop_url(told)
    assert f"To get no more of these: {address}" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == f"<{address}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_scanner_s_get_stops_nothing_and_one_press_does(told, camden, highgate, site_client):
    path = path_of(told)
    reader = site_client(camden, enforce_csrf_checks=True)
    page = reader.get(path)
    assert "Stop these emails?" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert followers_of(highgate).exists()
    done = reader.post(path, {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, followers_of(highgate).exists()) == (200, False)
    assert reader.post(path).status_code == 200


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
    assert followers_of(highgate).exists()


def test_a_closed_account_is_sent_nothing(cast, camden):
    User.objects.filter(pk=cast.resident.pk).update(is_active=False)
    ask_to_follow(cast.resident.email, camden)
    assert not Follow.objects.exists()
    assert not SignedLink.objects.exists()

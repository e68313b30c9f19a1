"""Signed links: one deed, once, without signing in; and resetting a lost factor, which uses one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.models import BoardRole
from snb.people import actions, notifications
from snb.people.actions.links import PURPOSES, LinkPurpose, register_purpose, state_of
from snb.people.enums import LinkState, ResetState
from snb.people.errors import LinkNotUsable
from snb.people.models import FactorReset, SignedLink
from snb.people.queries import token_of
from tests import factories as make

NAME = "tests.person.rename"


@pytest.fixture
def purpose():
    """A deed that any row can be tried with: changing a person's name, and changing it back."""

    def rename(person, *, by):
        person.name = f"done by {by.name}"
        person.save()

    def back(person, *, by):
        person.name = "Resident"
        person.save()

    made = LinkPurpose(
        name=NAME,
        title="Rename",
        question=lambda person: f"Rename {person.name}?",
        perform=rename,
        undo=back,
        version_of=lambda person: str(len(person.email)),
    )
    register_purpose(made)
    yield made
    del PURPOSES[NAME]


@pytest.fixture
def link(cast, purpose):
    return actions.issue_link(cast.chair, NAME, cast.resident, version=str(len(cast.resident.email)))


def path(link) -> str:
    return f"/accounts/links/{token_of(link)}/"


def test_looking_changes_nothing_and_the_button_does(cast, link, site_client):
    client = site_client()
    page = client.get(path(link))
    assert "Rename Resident?" in page.content.decode()
    assert (page["X-Robots-Tag"], "no-store" in page["Cache-Control"]) == ("noindex", True)
    cast.resident.refresh_from_db()
    assert cast.resident.name == "Resident"
    assert client.post(path(link))["Location"] == path(link)
    cast.resident.refresh_from_db()
    assert cast.resident.name == "done by Chair"
    assert "snb_session" not in client.cookies
    event = AuditEvent.objects.get(event=Event.LINK_USED)
    assert (event.actor, event.data["purpose"]) == (cast.chair.public_id, NAME)


def test_once_only(link, site_client):
    client = site_client()
    client.post(path(link))
    with pytest.raises(LinkNotUsable):
        actions.use_link(token_of(link))
    assert "Done" in client.get(path(link)).content.decode()
    assert AuditEvent.objects.filter(event=Event.LINK_USED).count() == 1


def test_the_person_is_told_and_can_undo(cast, link, site_client):
    actions.use_link(token_of(link))
    notifications.send_link_used.call(link.pk)
    assert mail.outbox[0].to == [cast.chair.email]
    assert path(link) in mail.outbox[0].body
    client = site_client()
    assert "Take it back" in client.get(path(link)).content.decode()
    client.post(path(link), {"do": "undo"})
    cast.resident.refresh_from_db()
    assert cast.resident.name == "Resident"
    assert "Taken back" in client.get(path(link)).content.decode()
    with pytest.raises(LinkNotUsable):
        actions.undo_link(token_of(link))


def test_undo_ends_after_seven_days(link):
    actions.use_link(token_of(link))
    SignedLink.objects.update(used_at=timezone.now() - timedelta(days=8))
    with pytest.raises(LinkNotUsable):
        actions.undo_link(token_of(link))


def kill(link, cast, how):
    if how == "expired":
        SignedLink.objects.update(expires_at=timezone.now())
    elif how == "revoked":
        actions.revoke_link(link, by=cast.chair)
    elif how == "stale":
        cast.resident.email = "somebody.else@example.org"
        cast.resident.save()
    elif how == "inactive":
        cast.chair.is_active = False
        cast.chair.save()
    elif how == "gone":
        cast.resident.delete()


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("expired", LinkState.EXPIRED),
        ("revoked", LinkState.REVOKED),
        ("stale", LinkState.STALE),
        ("inactive", LinkState.REVOKED),
        ("gone", LinkState.STALE),
    ],
)
def test_a_dead_link_does_nothing_and_says_why(cast, link, site_client, how, state):
    kill(link, cast, how)
    fresh = SignedLink.objects.select_related("person").get(pk=link.pk)
    assert state_of(fresh) == state
    with pytest.raises(LinkNotUsable) as refused:
        actions.use_link(token_of(link))
    assert refused.value.state == state
    client = site_client()
    client.post(path(link))
    page = client.get(path(link)).content.decode()
    assert "Rename" not in page
    assert not AuditEvent.objects.filter(event=Event.LINK_USED).exists()


def test_it_dies_with_the_role(cast, purpose):
    role = BoardRole.objects.get(person=cast.member)
    link = actions.issue_link(cast.member, NAME, cast.resident, role=role)
    assert state_of(link) == LinkState.LIVE
    actions.end_role(role, by=cast.chair)
    link.refresh_from_db()
    assert state_of(link) == LinkState.REVOKED


def test_it_dies_with_a_role_that_ended_by_date(cast, purpose):
    role = BoardRole.objects.get(person=cast.member)
    link = actions.issue_link(cast.member, NAME, cast.resident, role=role)
    BoardRole.objects.filter(pk=role.pk).update(until=timezone.localdate())
    assert state_of(link) == LinkState.REVOKED


def test_the_row_alone_does_not_open_it(link):
    kept = str(SignedLink.objects.values_list().get(pk=link.pk))
    assert token_of(link) not in kept


def test_unknown_tokens_are_not_found(site_client, camden):
    assert site_client().get("/accounts/links/nonsense/").status_code == 404
    assert site_client().post("/accounts/links/nonsense/").status_code == 404
    with pytest.raises(LinkNotUsable):
        actions.use_link("nonsense")


def test_an_unknown_purpose_is_a_mistake(cast):
    with pytest.raises(ValueError, match="Nobody registered"):
        actions.issue_link(cast.chair, "no.such.thing", cast.resident)


def test_a_purpose_is_registered_once(purpose):
    with pytest.raises(ValueError, match="registered twice"):
        register_purpose(LinkPurpose(name=NAME, title="x", question=str, perform=print))


# ---------------------------------------------------------------------------------------------- lost factors
@pytest.fixture
def reset(cast, site_client):
    make.use_second_factor(site_client(None, cast.member), cast.member)
    return actions.ask_for_reset(cast.member)


def pass_a_day():
    FactorReset.objects.update(confirmed_at=timezone.now() - timedelta(hours=24))


def test_reset_takes_a_second_person_and_a_day(cast, reset):
    assert actions.finish_resets() == 0
    actions.confirm_reset(reset, by=cast.secretary)
    assert actions.finish_resets() == 0
    assert Authenticator.objects.filter(user=cast.member).exists()
    pass_a_day()
    assert actions.finish_resets() == 1
    assert actions.finish_resets() == 0
    assert not Authenticator.objects.filter(user=cast.member).exists()
    reset.refresh_from_db()
    assert reset.state == ResetState.DONE


@pytest.mark.parametrize("who", ["member", "editor", "resident", "other_chair", "oversight", "panel_chair"])
def test_reset_is_confirmed_by_whoever_may_give_the_role(cast, reset, who):
    with pytest.raises(PermissionDenied):
        actions.confirm_reset(reset, by=getattr(cast, who))


def test_reset_of_a_chair_may_be_confirmed_by_oversight(cast, site_client):
    make.use_second_factor(site_client(None, cast.chair), cast.chair)
    reset = actions.ask_for_reset(cast.chair)
    with pytest.raises(PermissionDenied):
        actions.confirm_reset(reset, by=cast.chair)
    actions.confirm_reset(reset, by=cast.oversight)


def test_reset_of_a_resident_is_confirmed_by_the_board_of_their_ward(cast, highgate, site_client):
    actions.confirm_by_roll(cast.resident, highgate, by=cast.chair)
    make.use_second_factor(site_client(None, cast.resident), cast.resident)
    reset = actions.ask_for_reset(cast.resident)
    with pytest.raises(PermissionDenied):
        actions.confirm_reset(reset, by=cast.other_chair)
    actions.confirm_reset(reset, by=cast.chair)


def test_reset_is_told_and_can_be_stopped_by_its_person(cast, reset, site_client):
    actions.confirm_reset(reset, by=cast.chair)
    for link in SignedLink.objects.order_by("pk"):
        notifications.send_reset_confirmed.call(reset.pk, link.pk)
    client = site_client()
    stop = path(SignedLink.objects.latest("pk"))
    assert stop in mail.outbox[-1].body
    client.get(stop)
    client.post(stop)
    reset.refresh_from_db()
    assert reset.state == ResetState.STOPPED
    pass_a_day()
    assert actions.finish_resets() == 0
    assert Authenticator.objects.filter(user=cast.member).exists()


def test_reset_is_asked_once(cast, reset):
    assert actions.ask_for_reset(cast.member) == reset
    assert AuditEvent.objects.filter(event=Event.FACTOR_RESET_ASKED).count() == 1


def test_reset_without_a_factor_is_refused(cast):
    with pytest.raises(ValidationError):
        actions.ask_for_reset(cast.resident)


def test_reset_nobody_confirms_lapses(cast, reset):
    FactorReset.objects.update(asked_at=timezone.now() - timedelta(days=8))
    actions.finish_resets()
    reset.refresh_from_db()
    assert reset.state == ResetState.STOPPED


def test_reset_is_asked_after_the_first_step_only(cast, site_client):
    make.use_second_factor(site_client(None, cast.member), cast.member)
    client = site_client()
    assert client.get("/accounts/2fa/lost/")["Location"] == "/accounts/login/"
    client.post("/accounts/login/", {"login": cast.member.email, "password": "a-long-password"})
    assert "recovery codes" in client.get("/accounts/2fa/lost/").content.decode()
    assert not FactorReset.objects.exists()
    client.post("/accounts/2fa/lost/")
    assert FactorReset.objects.get().person == cast.member
    assert "speak with one of them" in client.get("/accounts/2fa/lost/").content.decode()
    assert "_auth_user_id" not in client.session


def test_reset_mails_keep_names_out(cast, reset):
    notifications.send_reset_request.call(reset.pk, [cast.chair.pk])
    assert cast.member.email not in mail.outbox[-1].body
    assert mail.outbox[-1].subject == "Something waits for you"

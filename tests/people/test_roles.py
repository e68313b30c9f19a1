"""Giving, ending and handing over roles; invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.enums import BoardRoleKind
from snb.boards.models import BoardRole, OversightRole, PanelRole
from snb.people import actions, notifications
from snb.people.enums import InvitationState
from snb.people.models import Invitation
from snb.people.permissions import holds_role, roles_of
from snb.people.queries import invitation_by_token, invitation_url, token_of
from tests import factories as make


def events(event) -> int:
    return AuditEvent.objects.filter(event=event).count()


def role(cast, camden, kind=BoardRoleKind.MEMBER):
    return BoardRole(board=camden, kind=kind)


def test_give_role_syncs_groups_and_is_audited(cast, camden):
    given = actions.give_role(
        BoardRole(board=camden, kind=BoardRoleKind.EDITOR, person=cast.resident), by=cast.chair
    )
    assert given.is_current
    assert camden.editors.user_set.filter(pk=cast.resident.pk).exists()
    event = AuditEvent.objects.get(event=Event.ROLE_GIVEN)
    assert (event.actor, event.board, event.data["kind"]) == (cast.chair.public_id, camden.code, "editor")
    assert holds_role(cast.resident, "boards.boardrole", "editor", board=camden.code)


def test_give_role_twice_changes_nothing(cast, camden):
    first = actions.give_role(
        BoardRole(board=camden, kind=BoardRoleKind.MEMBER, person=cast.resident), by=cast.chair
    )
    assert (
        actions.give_role(
            BoardRole(board=camden, kind=BoardRoleKind.MEMBER, person=cast.resident), by=cast.chair
        )
        == first
    )
    assert events(Event.ROLE_GIVEN) == 1


@pytest.mark.parametrize("who", ["resident", "member", "editor", "panel_chair", "officer", "other_chair"])
def test_give_role_is_refused_to_others(cast, camden, who):
    with pytest.raises(PermissionDenied):
        actions.give_role(
            BoardRole(board=camden, kind=BoardRoleKind.MEMBER, person=cast.resident), by=getattr(cast, who)
        )
    assert events(Event.ROLE_GIVEN) == 0


def test_oversight_gives_chairs_and_itself_only(cast, camden):
    actions.give_role(
        BoardRole(board=camden, kind=BoardRoleKind.CHAIR, person=cast.resident), by=cast.oversight
    )
    actions.give_role(OversightRole(person=cast.resident), by=cast.oversight)
    with pytest.raises(PermissionDenied):
        actions.give_role(
            BoardRole(board=camden, kind=BoardRoleKind.EDITOR, person=cast.resident), by=cast.oversight
        )


def test_end_role_takes_effect_at_once(cast, camden):
    held = BoardRole.objects.get(person=cast.editor)
    assert camden.editors.user_set.filter(pk=cast.editor.pk).exists()
    actions.end_role(held, by=cast.chair)
    actions.end_role(held, by=cast.chair)
    assert not camden.editors.user_set.filter(pk=cast.editor.pk).exists()
    cast.editor.refresh_from_db()
    assert roles_of(cast.editor) == ()
    assert events(Event.ROLE_ENDED) == 1


def test_end_role_by_its_holder_but_no_stranger(cast):
    held = BoardRole.objects.get(person=cast.member)
    with pytest.raises(PermissionDenied):
        actions.end_role(held, by=cast.other_chair)
    actions.end_role(held, by=cast.member)
    held.refresh_from_db()
    assert not held.is_current


def test_end_expired_follows_up_roles_that_ended_by_date(cast, camden):
    held = BoardRole.objects.get(person=cast.editor)
    BoardRole.objects.filter(pk=held.pk).update(
        since=timezone.localdate() - timedelta(days=9), until=timezone.localdate()
    )
    assert camden.editors.user_set.filter(pk=cast.editor.pk).exists()
    assert actions.end_expired() == 1
    assert actions.end_expired() == 0
    assert not camden.editors.user_set.filter(pk=cast.editor.pk).exists()


def invite(cast, camden, email="newcomer@example.org", kind=BoardRoleKind.MEMBER):
    return actions.invite(role(cast, camden, kind), email=email, by=cast.chair)


def invite_too_late(cast, camden, state):
    """An invitation that was withdrawn, or has expired."""
    invitation = invite(cast, camden)
    if state == "withdrawn":
        actions.withdraw_invitation(invitation, by=cast.secretary)
    else:
        Invitation.objects.update(expires_at=timezone.now())
    return invitation


def test_invite_mails_a_link_once(cast, camden):
    invitation = invite(cast, camden, "New.Comer@Example.org")
    notifications.send_invitation.call(invitation.pk)
    notifications.send_invitation.call(invitation.pk)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["new.comer@example.org"], "An invitation")
    assert invitation_url(invitation) in message.body
    assert "Board member, Camden" in message.body
    assert events(Event.INVITATION_SENT) == 1


def test_the_row_alone_does_not_open_an_invitation(cast, camden):
    invitation = invite(cast, camden)
    token = token_of(invitation)
    values = {str(value) for value in Invitation.objects.filter(pk=invitation.pk).values_list().get()}
    assert not any(token in value for value in values)
    assert invitation_by_token(token) == invitation
    assert invitation_by_token(invitation.token_hash) is None
    assert invitation_by_token("\ud800\x00") is None


def test_invite_again_sends_the_same_one_with_a_new_link(cast, camden):
    first = invite(cast, camden)
    old = token_of(first)
    second = invite(cast, camden)
    assert second.pk == first.pk
    assert invitation_by_token(old) is None
    assert Invitation.objects.count() == 1


def test_invite_who_holds_it_is_refused(cast, camden):
    with pytest.raises(ValidationError, match="holds this role already"):
        invite(cast, camden, cast.member.email)


@pytest.mark.parametrize(
    "who", ["resident", "member", "editor", "panel_chair", "officer", "oversight", "other_chair"]
)
def test_invite_is_refused_to_others(cast, camden, who):
    with pytest.raises(PermissionDenied):
        actions.invite(role(cast, camden), email="a@example.org", by=getattr(cast, who))


@pytest.fixture
def newcomer(db):
    return make.UserFactory(email="newcomer@example.org", name="Newcomer")


def test_accept_gives_the_role_in_the_name_of_whoever_invited(cast, camden, newcomer):
    invitation = invite(cast, camden)
    given = actions.accept_invitation(invitation, by=newcomer)
    invitation.refresh_from_db()
    assert (given.person, given.kind, invitation.state) == (newcomer, "member", InvitationState.ACCEPTED)
    assert AuditEvent.objects.get(event=Event.ROLE_GIVEN).actor == cast.chair.public_id
    with pytest.raises(ValidationError, match="no longer open"):
        actions.accept_invitation(invitation, by=newcomer)


def test_accept_with_another_address_is_refused(cast, camden):
    with pytest.raises(ValidationError, match="another email address"):
        actions.accept_invitation(invite(cast, camden), by=cast.resident)


def test_accept_with_an_unconfirmed_address_is_refused(cast, camden, newcomer):
    newcomer.emailaddress_set.update(verified=False)
    with pytest.raises(ValidationError, match="another email address"):
        actions.accept_invitation(invite(cast, camden), by=newcomer)


def test_accept_when_the_inviter_has_left_is_refused(cast, camden, newcomer):
    invitation = invite(cast, camden)
    actions.end_role(BoardRole.objects.get(person=cast.chair), by=cast.secretary)
    with pytest.raises(ValidationError, match="no longer holds"):
        actions.accept_invitation(invitation, by=newcomer)
    assert not BoardRole.objects.filter(person=newcomer).exists()


def test_accept_when_the_inviter_deleted_the_account_is_refused(cast, camden, newcomer):
    invitation = invite(cast, camden)
    cast.chair.delete()
    with pytest.raises(ValidationError, match="no longer holds"):
        actions.accept_invitation(invitation, by=newcomer)


@pytest.mark.parametrize("state", ["withdrawn", "expired"])
def test_accept_late_is_refused(cast, camden, newcomer, state):
    invitation = invite_too_late(cast, camden, state)
    with pytest.raises(ValidationError, match="no longer open"):
        actions.accept_invitation(invitation, by=newcomer)


def test_withdraw_after_acceptance_is_refused(cast, camden, newcomer):
    invitation = invite(cast, camden)
    actions.accept_invitation(invitation, by=newcomer)
    with pytest.raises(ValidationError):
        actions.withdraw_invitation(invitation, by=cast.chair)


@pytest.mark.parametrize("action", [actions.resend_invitation, actions.withdraw_invitation])
def test_another_board_may_not_touch_an_invitation(cast, camden, action):
    with pytest.raises(PermissionDenied):
        action(invite(cast, camden), by=cast.other_chair)


def test_hand_over_ends_the_old_role_only_on_acceptance(cast, camden, newcomer):
    held = BoardRole.objects.get(person=cast.chair)
    invitation = actions.hand_over(held, email=newcomer.email, by=cast.chair)
    held.refresh_from_db()
    assert held.is_current
    actions.accept_invitation(invitation, by=newcomer)
    held.refresh_from_db()
    assert not held.is_current
    cast.chair.refresh_from_db()
    assert holds_role(newcomer, "boards.boardrole", "chair", board=camden.code)
    assert not cast.chair.has_perm("boards.roles.manage", camden)
    assert not held.is_last


def test_hand_over_an_ended_role_is_refused(cast, camden, newcomer):
    held = actions.end_role(PanelRole.objects.get(person=cast.panel_member), by=cast.chair)
    with pytest.raises(ValidationError):
        actions.hand_over(held, email=newcomer.email, by=cast.chair)


def test_unsent_invitations_are_swept(cast, camden):
    invitation = invite(cast, camden)
    assert actions.send_unsent_invitations() == 0
    Invitation.objects.update(sent_at=timezone.now() - timedelta(minutes=11))
    assert actions.send_unsent_invitations() == 1
    notifications.send_invitation.call(invitation.pk)
    assert actions.send_unsent_invitations() == 0


def test_first_oversight_person_by_command(camden, capsys):
    call_command("invite_oversight", "first@example.org")
    printed = capsys.readouterr().out
    invitation = Invitation.objects.get()
    assert invitation_url(invitation) in printed
    first = make.UserFactory(email="first@example.org")
    assert isinstance(actions.accept_invitation(invitation, by=first), OversightRole)
    with pytest.raises(CommandError):
        call_command("invite_oversight", "not an address")
    with pytest.raises(CommandError):
        call_command("invite_oversight", "first@example.org")


def page(client, invitation) -> str:
    return client.get(f"/accounts/invitations/{token_of(invitation)}/").content.decode()


def test_invitation_page_signed_out(cast, camden, site_client):
    invitation = invite(cast, camden)
    text = page(site_client(), invitation)
    assert "Chair invites you to this role" in text
    assert "Board member, Camden" in text
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN


def test_invitation_page_with_another_account(cast, camden, site_client):
    invitation = invite(cast, camden)
    client = site_client(None, cast.resident)
    assert "but the invitation went to" in page(client, invitation)
    client.post(f"/accounts/invitations/{token_of(invitation)}/")
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN


def test_invitation_accepted_on_its_page_leads_to_the_second_step(cast, camden, site_client, newcomer):
    invitation = invite(cast, camden)
    client = site_client(None, newcomer)
    assert "Accept" in page(client, invitation)
    done = client.post(f"/accounts/invitations/{token_of(invitation)}/")
    assert done["Location"] == "/accounts/second-factor/"
    assert client.session["second_factor_next"] == camden.url("/desk/")
    assert "accepted already" in page(client, invitation)
    assert (
        "accepted already" in client.post(f"/accounts/invitations/{token_of(invitation)}/").content.decode()
    )


@pytest.mark.parametrize("state", ["withdrawn", "expired"])
def test_invitation_page_too_late_says_whom_to_ask(cast, camden, site_client, state):
    invitation = invite_too_late(cast, camden, state)
    text = page(site_client(), invitation)
    assert {"withdrawn": "was withdrawn", "expired": "is too old"}[state] in text
    assert "Chair" in text


def test_unknown_invitation_is_not_found(site_client, camden):
    assert site_client().get("/accounts/invitations/nonsense/").status_code == 404

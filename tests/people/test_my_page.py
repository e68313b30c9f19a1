"""My page, my data, deleting my account."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.boards.models import BoardRole
from snb.people import actions, notifications
from snb.people.models import Residency, User
from snb.people.queries import data_of
from snb.privacy.models import Erasure
from tests import factories as make
from tests.counting import queries_in


@pytest.fixture
def lives(cast, highgate):
    return actions.confirm_by_roll(cast.resident, highgate, by=cast.chair)


def test_my_page(cast, lives, site_client):
    page = site_client(None, cast.resident).get("/accounts/me/").content.decode()
    assert "Highgate, Camden" in page
    assert "Seen by a panel officer" in page
    assert "resident@example.org" in page


def test_my_page_of_a_chair_shows_the_roles(cast, site_client):
    page = site_client(None, cast.chair).get("/accounts/me/").content.decode()
    assert "Chair, Camden Safer Neighbourhood Board" in page
    assert "Leave this role" in page


def test_my_page_queries_do_not_grow(cast, camden, site_client):
    client = site_client(None, cast.chair)
    client.get("/accounts/me/")
    few = queries_in(lambda: client.get("/accounts/me/"))
    for kind in (make.BoardRoleKind.SECRETARY, make.BoardRoleKind.MEMBER):
        make.give(make.BoardRole, cast.chair, scope=camden, kind=kind)
    assert queries_in(lambda: client.get("/accounts/me/")) <= few


def test_leave_my_ward(cast, lives, site_client):
    site_client(None, cast.resident).post("/accounts/residency/end/")
    lives.refresh_from_db()
    assert lives.ended_on


def test_change_my_name(cast, site_client):
    client = site_client(None, cast.resident)
    client.post("/accounts/me/name/", {"name": "Ann"})
    cast.resident.refresh_from_db()
    assert cast.resident.name == "Ann"
    with pytest.raises(PermissionDenied):
        actions.rename_person(cast.resident, name="x", by=cast.neighbour)


def test_my_data_has_everything_and_no_secret(cast, camden, lives, site_client):
    client = site_client(None, cast.chair)
    make.use_second_factor(client, cast.chair)
    response = client.get("/accounts/me/data/")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(response.content)["data"]
    assert data["people.user"][0]["email"] == "chair@example.org"
    assert data["boards.boardrole"][0]["kind"] == "chair"
    assert {"account.emailaddress", "mfa.authenticator"} <= set(data)
    text = response.content.decode()
    kept = Authenticator.objects.get(user=cast.chair).data["secret"]
    assert kept not in text
    assert cast.chair.password not in text
    assert "open" in json.loads(response.content)["about"]
    assert AuditEvent.objects.filter(event=Event.DATA_DOWNLOADED, actor=cast.chair.public_id).count() == 1


def test_my_data_is_mine(cast, lives):
    data = data_of(cast.resident)
    assert data["people.residency"][0]["ward"] == lives.ward_id
    assert "proof_hash" not in data["people.residency"][0]
    assert "neighbour@example.org" not in json.dumps(data)
    with pytest.raises(PermissionDenied):
        actions.download_data(cast.resident, by=cast.neighbour)


def test_delete_my_account(cast, camden, lives, site_client):
    person = cast.editor
    public_id = person.public_id
    page = camden.site.root_page
    page.owner = person
    page.save()
    client = site_client(None, person)
    asks = client.get("/accounts/me/delete/").content.decode()
    assert "Site editor, Camden" in asks
    assert User.objects.filter(pk=person.pk).exists()
    assert client.post("/accounts/me/delete/")["Location"] == "/"
    assert not User.objects.filter(public_id=public_id).exists()
    assert client.get("/accounts/me/").status_code == 302
    page.refresh_from_db()
    assert page.owner_id is None
    assert not camden.editors.user_set.exclude(pk__in=[cast.chair.pk, cast.secretary.pk]).exists()
    assert Erasure.objects.count() == 1
    happened = AuditEvent.objects.filter(actor=public_id)
    assert {event.event for event in happened} >= {Event.ROLE_ENDED, Event.PERSON_DELETED}
    assert "editor@example.org" not in str(list(happened.values_list()))


def test_the_only_chair_is_warned_before_deleting(cast, site_client):
    page = site_client(None, cast.chair).get("/accounts/me/delete/").content.decode()
    assert "You are the only one with this role" in page
    assert BoardRole.objects.filter(person=cast.chair).exists()


def test_nobody_deletes_another(cast):
    with pytest.raises(PermissionDenied):
        actions.delete_account(cast.resident, by=cast.chair)


def test_unconfirmed_sign_ups_go_after_a_week(db):
    old, new = (make.UserFactory(confirmed=False) for _ in range(2))
    kept = make.UserFactory()
    User.objects.exclude(pk=new.pk).update(date_joined=timezone.now() - timedelta(days=8))
    assert actions.remove_unconfirmed() == 1
    assert set(User.objects.all()) == {new, kept}
    assert old not in User.objects.all()


def test_an_unused_account_is_warned(db):
    person = make.UserFactory()
    notifications.send_unused_account.call(person.pk, "2027-01-31")
    assert "deleted on 31 January 2027" in mail.outbox[0].body


@pytest.mark.parametrize("path", ["", "name/", "data/", "delete/"])
def test_signed_out_leads_to_sign_in(site_client, camden, path):
    assert "/accounts/login/" in site_client().get(f"/accounts/me/{path}")["Location"]


def test_another_persons_role_is_not_found(cast, site_client):
    role = BoardRole.objects.get(person=cast.member)
    for model in ("boards.boardrole", "people.user", "nonsense"):
        assert (
            site_client(None, cast.resident).post(f"/accounts/me/roles/{model}/{role.pk}/leave/").status_code
            == 404
        )


def test_one_residency_at_a_time(cast, lives):
    assert Residency.objects.filter(user=cast.resident, ended_on__isnull=True).count() == 1

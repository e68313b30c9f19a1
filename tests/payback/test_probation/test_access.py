"""Who may be on the desk and take a step there; another provider's task is not found."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from payback.actions import probation
from payback.actions.referrals import prepare
from payback.enums import PhotoKind, Refusal, Status
from payback.queries.probation import referrals_on_desk
from snb.outbox.enums import State
from tests.payback.making import (
    make_nomination,
    make_provider,
    make_referral,
)
from tests.payback.test_probation import PATHS, TODAY, address, picture, status_of

pytestmark = pytest.mark.django_db


def test_another_providers_task_is_not_found(site_client, referral, stranger):
    client = site_client(None, stranger)
    assert client.get("/desk/probation/").status_code == 200
    assert "Clear the alley" not in client.get("/desk/probation/").content.decode()
    answers = {
        (path, method): getattr(client, method)(address(referral, path)).status_code
        for path in PATHS
        for method in ("get", "post")
    }
    assert {key: status for key, status in answers.items() if status != 404} == {}


def test_the_desk_is_not_found_for_everybody_else(site_client, cast, referral):
    for person in (cast.chair, cast.oversight, cast.resident, cast.other_chair):
        client = site_client(None, person)
        for path in ("/desk/probation/", "/desk/probation/sheet/", address(referral)):
            assert (person.name, client.get(path).status_code) == (person.name, 404)
    signed_out = site_client(None).get("/desk/probation/")
    assert signed_out.status_code == 302
    assert "/accounts/login/" in signed_out["Location"]


def test_the_desk_is_on_the_london_site_only(site_client, camden, officer):
    assert site_client(camden, officer).get("/desk/probation/").status_code == 404


def test_every_action_asks_who_it_is(referral, stranger, officer):
    calls = [
        lambda by: probation.acknowledge(referral, by=by),
        lambda by: probation.begin_assessing(referral, by=by),
        lambda by: probation.ask(referral, text="?", by=by),
        lambda by: probation.accept(referral, project_code="N07A", by=by),
        lambda by: probation.refuse(referral, reason=Refusal.SIZE, words="No.", by=by),
        lambda by: probation.schedule(referral, starts_on=TODAY(), by=by),
        lambda by: probation.log_session(referral, date=TODAY(), people=1, hours=Decimal(1), by=by),
        lambda by: probation.complete(referral, by=by),
        lambda by: probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=by),
        lambda by: probation.name_officer(referral, officer=officer, by=by),
        lambda by: probation.read_contact(referral, by=by),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call(stranger)
    assert status_of(referral) == Status.SENT


def test_a_task_that_has_not_left_yet_is_not_on_the_desk(highgate, provider, officer):
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    assert not referrals_on_desk(officer).exists()
    referral.message.state = State.SENT
    referral.message.save()
    assert referrals_on_desk(officer).get() == referral


def test_the_list_agrees_with_the_permission(highgate, kilburn_brent, provider, officer, stranger, referral):
    other = make_referral(kilburn_brent, provider=make_provider("north"))
    for person in (officer, stranger):
        allowed = {found for found in (referral, other) if person.has_perm("payback.referral.view", found)}
        assert set(referrals_on_desk(person)) == allowed
        assert len(allowed) == 1


def test_get_changes_nothing(desk, referral):
    for path in ("acknowledge/", "assess/", "complete/", "contact/"):
        assert desk.get(address(referral, path)).status_code == 405
    assert status_of(referral) == Status.SENT

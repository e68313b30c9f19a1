"""The whole matrix: each permission of the room, each person of the cast, before and after endorsement."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from payback.enums import ProviderRoleKind, Status
from payback.models import Photo, ProviderRole
from payback.permissions import PERMISSIONS
from tests import factories as make
from tests.payback.making import (
    make_nomination,
    make_officer,
    make_provider,
    make_referral,
    make_screener,
    settle,
)

pytestmark = pytest.mark.django_db
PEOPLE = (
    "screener", "second", "third", "stepped_back", "of_both", "nominator", "resident", "neighbour", "chair", "secretary", "member",
    "other_screener", "other_chair", "lead", "officer_of_provider", "named", "other_provider", "oversight", "ward_officer", "anonymous",
)  # fmt: skip
TWO = {"screener", "second"}
STAFF = {"lead", "officer_of_provider", "named"}
MATRIX: dict[str, set[str]] = {
    "payback.desk.view": {"screener", "second", "third", "stepped_back", "of_both", "chair", "secretary"},
    "payback.task.view": set(PEOPLE),
    "payback.task.support": {"resident"},
    "payback.nomination.find": {"screener", "second", "third", "of_both"},
    "payback.nomination.take": {"screener", "second", "third"},
    "payback.nomination.read": TWO,
    "payback.nomination.decide": TWO,
    "payback.photo.view": TWO | STAFF,
    "payback.photo.publish": TWO,
    "payback.photo.unpublish": {"screener", "second", "third"},
    "payback.words.redact": {"screener", "second", "third"},
    "payback.dispute.answer": TWO,
    "payback.statistics.write": {
        "screener",
        "second",
        "third",
        "stepped_back",
        "of_both",
        "chair",
        "secretary",
    },
    "payback.probation.desk": STAFF | {"other_provider", "of_both"},
    "payback.referral.view": STAFF,
    "payback.referral.work": STAFF,
    "payback.referral.contact": {"named"},
    "payback.provider.staff": {"lead"},
    "payback.provider.manage": {"oversight"},
}


@pytest.fixture
def people(cast, camden, brent, highgate):
    """Everybody by name."""
    provider, other = make_provider(board=camden), make_provider("other", board=brent)
    found = {
        "screener": make_screener(camden),
        "second": make_screener(camden),
        "third": make_screener(camden),
        "stepped_back": make_screener(camden),
        "of_both": make_screener(camden),
        "nominator": make.UserFactory(),
        "resident": cast.resident,
        "neighbour": cast.neighbour,
        "chair": cast.chair,
        "secretary": cast.secretary,
        "member": cast.member,
        "other_screener": make_screener(brent),
        "other_chair": cast.other_chair,
        "lead": make_officer(provider, kind=ProviderRoleKind.LEAD),
        "officer_of_provider": make_officer(provider),
        "named": make_officer(provider),
        "other_provider": make_officer(other),
        "oversight": cast.oversight,
        "ward_officer": cast.officer,
        "anonymous": AnonymousUser(),
    }
    make.give(ProviderRole, found["of_both"], scope=other, kind=ProviderRoleKind.OFFICER)
    for name in ("resident", "nominator"):
        settle(found[name], highgate)
    return found


@pytest.fixture
def objects(people, highgate):
    """What each permission is asked about."""
    referral = make_referral(
        highgate, Status.SENT, screeners=(people["screener"], people["second"]), nominator=people["nominator"],
        may_pass_contact=True, may_pass_photos=True,
    )  # fmt: skip
    nomination = referral.nomination
    nomination.reviews.create(person=people["stepped_back"], stepped_back_at="2026-01-01T00:00Z")
    nomination.reviews.create(person=people["of_both"])
    referral.named_officer = people["named"]
    referral.save()
    photo = Photo.objects.create(nomination=nomination, alt="An alley.", published_at="2026-01-01T00:00Z")
    by_kind = {
        "desk": nomination.board,
        "statistics": nomination.board,
        "task": nomination,
        "nomination": nomination,
    }
    by_kind |= {
        "photo": photo,
        "words": nomination,
        "dispute": nomination,
        "probation": None,
        "referral": referral,
        "provider": referral.provider,
    }
    return {name: by_kind[name.split(".")[1]] for name in PERMISSIONS}


def test_every_permission_is_in_the_matrix():
    assert set(MATRIX) == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_who_may(permission, people, objects):
    allowed = {name for name, person in people.items() if person.has_perm(permission, objects[permission])}
    assert allowed == MATRIX[permission]


def test_the_nominator_may_nothing_else_than_anybody_even_as_a_screener(people, highgate):
    row = make_nomination(highgate, nominator=people["screener"])
    row.reviews.create(person=people["screener"])
    for permission in ("payback.nomination.take", "payback.nomination.read", "payback.nomination.decide"):
        assert not people["screener"].has_perm(permission, row)


@pytest.mark.parametrize(
    "status", [Status.DRAFT, Status.SUBMITTED, Status.SCREENING, Status.DECLINED, Status.WITHDRAWN]
)
def test_before_the_endorsement_nobody_sees_a_task(people, highgate, status):
    row = make_nomination(highgate, status)
    assert [name for name, person in people.items() if person.has_perm("payback.task.view", row)] == []


def test_no_consent_no_contact_and_after_the_end_neither(people, objects):
    referral = objects["payback.referral.contact"]
    referral.ended = "completed"
    assert not people["named"].has_perm("payback.referral.contact", referral)
    referral.ended = ""
    referral.nomination.may_pass_contact = False
    assert not people["named"].has_perm("payback.referral.contact", referral)


def test_a_draft_is_on_nobodys_desk(people, highgate):
    row = make_nomination(highgate, Status.DRAFT)
    row.reviews.create(person=people["screener"])
    assert not people["screener"].has_perm("payback.nomination.read", row)
    assert not people["third"].has_perm("payback.nomination.take", row)


def test_somebody_of_probation_does_not_screen(highgate, camden, provider):
    both = make_screener(camden)
    make.give(ProviderRole, both, scope=provider, kind=ProviderRoleKind.OFFICER)
    row = make_nomination(highgate, contact={"phone": "020 7946 0000"}, may_pass_contact=False)
    assert not both.has_perm("payback.nomination.take", row)
    row.reviews.create(person=both)
    for permission in ("payback.nomination.read", "payback.nomination.decide", "payback.photo.publish"):
        assert not both.has_perm(permission, row)


def test_a_photo_nobody_sees_is_not_the_business_of_a_third(people, objects):
    photo = objects["payback.photo.unpublish"]
    photo.published_at = None
    assert not people["third"].has_perm("payback.photo.unpublish", photo)
    assert people["screener"].has_perm("payback.photo.unpublish", photo)

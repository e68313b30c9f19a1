"""Nothing of the nominator is on the desk but what they agreed to, for one named officer."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from payback.actions import probation
from payback.enums import ProviderRoleKind
from snb.audit.models import AuditEvent
from tests.payback.making import (
    make_officer,
    make_referral,
)
from tests.payback.test_probation import PATHS, address
from tests.payback.test_sending_ways import MARKERS, planted_in

pytestmark = pytest.mark.django_db


def test_nothing_on_the_desk_shows_the_nominator(site_client, highgate, provider, officer):
    referral = make_referral(highgate, provider=provider, **MARKERS)
    client = site_client(None, officer)
    pages = [
        "/desk/probation/",
        "/desk/probation/sheet/",
        *[address(referral, path) for path in PATHS[:1] + PATHS[6:12]],
    ]
    texts = [client.get(path).content.decode() for path in pages]
    texts.append(client.post("/desk/probation/sheet/download/").content.decode())
    assert [planted_in(text) for text in texts] == [[] for _ in texts]
    assert "Clear the alley behind the shops" in texts[0]


def test_the_contact_is_shown_to_the_named_officer_alone_by_post_and_on_record(
    site_client, highgate, provider, officer
):
    referral = make_referral(highgate, provider=provider, **MARKERS)
    lead = make_officer(provider, kind=ProviderRoleKind.LEAD)
    assert site_client(None, officer).post(address(referral, "contact/")).status_code == 404
    site_client(None, lead).post(address(referral, "officer/"), {"officer": str(officer.public_id)})
    named = site_client(None, officer)
    assert named.get(address(referral, "contact/")).status_code == 405
    page = named.post(address(referral, "contact/")).content.decode()
    assert "PLANTED-NAME" in page
    assert planted_in(named.get(address(referral)).content.decode()) == []
    assert site_client(None, lead).post(address(referral, "contact/")).status_code == 404
    assert AuditEvent.objects.filter(event="payback.referral.contact_read").count() == 1


def test_without_consent_no_officer_is_named(site_client, highgate, provider, officer):
    referral = make_referral(highgate, provider=provider, may_pass_contact=False)
    lead = make_officer(provider, kind=ProviderRoleKind.LEAD)
    assert site_client(None, lead).get(address(referral, "officer/")).status_code == 404
    with pytest.raises(ValidationError):
        probation.name_officer(referral, officer=officer, by=lead)

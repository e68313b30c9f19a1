"""The yearly consultation: one PDF with public facts, figures and the board's comments."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from payback.enums import Status
from payback.models import Session
from tests.payback.making import make_nomination, make_referral

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/payback/consultation/"


def test_one_document_with_figures_and_comments(highgate, screeners, site_client, camden):
    referral = make_referral(highgate, Status.COMPLETED)
    year = referral.created_at.year
    referral.nomination.ended_at = referral.created_at
    referral.nomination.save()
    Session.objects.create(referral=referral, date=f"{year}-01-15", people=6, hours=30)
    make_nomination(highgate, Status.SUBMITTED, answers={"what": "PlantedWords"})
    page = site_client(camden, screeners[0]).post(
        ADDRESS, {"year": year, "comments": "Residents want more planting."}
    )
    assert page.headers["Content-Type"] == "application/pdf"
    text = " ".join(
        " ".join(part.extract_text() for part in PdfReader(io.BytesIO(page.content)).pages).split()
    )
    for words in (
        f"Community Payback in Camden, {year}",
        "Residents want more planting.",
        "Hours given back: 30",
        "Clear the alley behind the shops",
    ):
        assert words in text
    assert "PlantedWords" not in text


def test_comments_that_name_somebody_are_sent_back(screeners, site_client, camden):
    page = site_client(camden, screeners[0]).post(
        ADDRESS, {"year": 2026, "comments": "Ask Mr Smith on 020 7946 0999."}
    )
    assert "This may tell who somebody is" in page.content.decode()
    assert "Ask Mr Smith" in page.content.decode()


def test_others_find_nothing(cast, site_client, camden):
    for person in (cast.member, cast.other_chair, cast.oversight):
        assert site_client(camden, person).get(ADDRESS).status_code == 404
    assert site_client(camden, cast.chair).get(ADDRESS).status_code == 200

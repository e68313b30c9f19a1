"""The body of a page from a converted document, with the site's own images in it."""

import pytest
from wagtail.rich_text import RichText

from cms.blocks import MinutesBlock
from cms.importers import minutes_body
from cms.queries import report_of
from snb.meetings.importers import Conversion
from snb.meetings.models import MinutesIntake
from tests import factories as make
from tests.meetings.word.expecting import converted


def intake_of(conversion: Conversion, kept: dict[str, int]) -> MinutesIntake:
    """The row of a file of which these pictures could be kept."""
    return MinutesIntake(
        blocks=list(conversion.blocks), report=conversion.report.as_json(), pictures=dict.fromkeys(kept, "")
    )


@pytest.mark.usefixtures("private_files")
def test_pictures_become_the_images_of_the_site(camden):
    conversion = converted("pictures")
    ids = {name: make.make_picture(camden).pk for name in conversion.pictures}
    body = minutes_body(conversion.blocks, ids)
    value = MinutesBlock().normalize(body)
    shown = [child.value["picture"] for child in value if child.block_type == "picture"]
    assert [picture.contextual_alt_text for picture in shown] == [
        "Three lamp posts along a path between two hedges", "", "", "", "The path by night",
    ]  # fmt: skip
    assert [picture.decorative for picture in shown] == [False, False, False, True, False]
    assert [picture.pk for picture in shown] == [ids[f"picture-{at}.png"] for at in (1, 2, 3, 1, 4)]
    assert report_of(intake_of(conversion, ids)) == conversion.report.as_json()


@pytest.mark.pure
def test_a_picture_that_was_not_kept_is_said_in_the_page_and_in_the_report():
    conversion = converted("pictures")
    body = minutes_body(conversion.blocks, {})
    notices = [value["text"] for kind, value in body if kind == "notice"]
    assert notices[:2] == [
        "A picture is missing here: Three lamp posts along a path between two hedges",
        "A picture is missing here.",
    ]
    told = report_of(intake_of(conversion, {"picture-1.png": 1}))["sections"][0]
    assert [finding["sentence"] for finding in told["findings"]] == [
        f"picture-{at}.png could not be kept. Add the picture to the page." for at in (2, 3, 4)
    ]


@pytest.mark.pure
def test_text_of_a_converted_document_is_rich_text_of_the_editor():
    value = MinutesBlock().normalize(minutes_body(converted("bold-headings").blocks, {}))
    assert {type(child.value) for child in value if child.block_type == "text"} == {RichText}

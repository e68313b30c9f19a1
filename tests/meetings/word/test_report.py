"""The report: a sentence for every code, headings in a fixed order, and words compared."""

import re
from pathlib import Path

import pytest

from snb.meetings.importers import reporting
from snb.meetings.importers.reporting import COUNTED, SECTIONS, TOLD, report_of, words_sentences
from snb.meetings.importers.results import Words
from tests.meetings.word.expecting import converted
from tests.meetings.word.make_corpus import GOOD

pytestmark = pytest.mark.pure
SOURCE = "".join(
    path.read_text() for path in Path(reporting.__file__).parent.rglob("*.py") if path.name != "reporting.py"
)


def test_every_code_that_is_counted_or_told_has_its_sentence():
    counted = set(re.findall(r'counted\["([a-z_.]+)"', SOURCE))
    counted |= {"lists.numbered", "lists.bullets", "languages.known", "languages.unknown"}
    counted |= {"removed.hidden", "removed.covered"}
    told = set(re.findall(r'(?:tell|leave_out)\(\s*"([a-z_.]+)"', SOURCE))
    told |= {
        "left.chart",
        "left.diagram",
        "left.drawn_words",
        "left.header",
        "left.footer",
        "headings.none",
        "tables.header_guessed",
    }
    told |= {f"links.dropped.{reason}" for reason in ("inside", "scheme", "broken")}
    assert counted == set(COUNTED)
    assert told == set(TOLD)


@pytest.mark.parametrize("code", COUNTED)
def test_a_number_makes_a_sentence(code):
    one, many = (COUNTED[code](number) % {"n": number} for number in (1, 7))
    assert one != many
    assert one.endswith(".")
    assert many.endswith(".")


@pytest.mark.parametrize("code", TOLD)
def test_words_make_a_sentence(code):
    words = dict.fromkeys(re.findall(r"%\((\w+)\)s", str(TOLD[code])), "x")
    assert (str(TOLD[code]) % words).endswith(".")


@pytest.mark.parametrize("name", GOOD)
def test_sections_come_in_their_order_and_only_where_there_is_something_to_say(name):
    codes = [section.code for section in converted(name).report]
    assert codes == [code for code in SECTIONS if code in codes]
    assert all(section.findings for section in converted(name).report)


def test_findings_are_found_by_their_code():
    report = converted("tracked-changes").report
    assert [finding.code for finding in report.of("removed.deletions")] == ["removed.deletions"]
    assert report.of("removed.del") == ()
    assert len(report.of("removed")) == 6


def test_a_loss_is_said_with_the_words():
    assert words_sentences(Words(10, 7, 1, 2, ("lamp", "post"))) == [
        "The document has 10 words and the page has 7 of them.",
        "1 word was left out for a reason named above.",
        "2 words were lost. Compare with the document: lamp, post.",
    ]


def test_a_document_without_headings_is_told_so():
    result = {
        "counted": {}, "findings": [], "title": "",
        "words": {"before": 1, "after": 1, "left_out": 0, "lost": 0, "missing": []},
    }  # fmt: skip
    assert [finding.code for finding in report_of(result).of("headings")] == ["headings.none"]

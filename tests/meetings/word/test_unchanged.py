"""A converted document that is opened in the editor and saved without a change loses nothing."""

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from cms.blocks import MinutesBlock
from cms.importers import minutes_body
from snb.meetings.importers.conversion import Empty, convert_bytes, texts_of_blocks
from snb.meetings.importers.reporting import report_of
from snb.meetings.importers.results import Conversion, Proposals
from snb.meetings.importers.words import count
from tests.meetings.word.expecting import converted
from tests.meetings.word.make_corpus import GOOD, sixty_pages
from tests.meetings.word.ooxml import (
    BULLETS,
    FROM_FOUR,
    LEGAL,
    LETTERED,
    bold,
    docx,
    numbering,
    p,
    r,
    tbl,
    tc,
    tr,
)
from tests.meetings.word.saving import inputs, outline, saved


def convert_here(data: bytes) -> Conversion:
    """A conversion in this process, which is quicker than in a child."""
    result = convert_bytes(data)
    return Conversion(
        result["html"], tuple(result["blocks"]), report_of(result), Proposals.from_json(result["proposals"])
    )


def assert_unchanged(conversion: Conversion) -> None:
    """Save it, and compare words, numbers, tables, languages and links."""
    block = MinutesBlock()
    value = block.normalize(minutes_body(conversion.blocks, {}))
    before = block.get_prep_value(value)
    after_value = saved(block, value)
    after = block.get_prep_value(after_value)
    assert [each["type"] for each in after] == [each["type"] for each in before]
    assert count(_texts(after)) == count(_texts(before))
    assert outline(block.render(after_value)) == outline(block.render(value))


def _texts(blocks):
    """The words of stored values; pictures that are missing are notices."""
    plain = []
    for each in blocks:
        value = each["value"]
        if each["type"] == "notice":
            plain.append({"type": "heading", "value": {"text": value["text"]}})
        elif each["type"] == "notes":
            notes = [note["value"] for note in value["notes"]]
            plain.append({"type": "notes", "value": {"heading": value["heading"], "notes": notes}})
        else:
            plain.append(each)
    return texts_of_blocks(plain)


@pytest.mark.pure
@pytest.mark.parametrize("name", GOOD)
def test_a_converted_file_saved_unchanged_is_unchanged(name):
    assert_unchanged(converted(name))


@pytest.mark.pure
@pytest.mark.parametrize("name", GOOD)
def test_the_page_says_what_the_conversion_said(name):
    conversion = converted(name)
    block = MinutesBlock()
    shown = outline(block.render(block.normalize(minutes_body(conversion.blocks, {}))))
    kinds = {"number", "bullet", "td", "th", "caption", "h2", "h3", "h4"}
    made = [each for each in outline(conversion.html) if each[0] in kinds]
    assert _comparable(made) == _comparable([each for each in shown if each[0] in kinds])


def _comparable(rows):
    """Without the list of notes, which the page numbers itself, and without how a mark of a note looks."""
    kept = []
    for row in rows:
        words = row[-1].replace("[", "").replace("]", "").replace("Note ", "")
        if "Back to note" not in words:
            kept.append((*row[:-1], words))
    return kept


WORDS = st.text(alphabet="abcXYZ 019äłı’“”–&<>\"'é\u00a0شב語", min_size=1, max_size=12).map(
    lambda text: f"w{text}w"
)
RUNS = st.lists(
    st.tuples(WORDS, st.sampled_from(["", "b", "i", "bi", "+", "-", "s", "u"])), min_size=1, max_size=4
)
PARAGRAPHS = st.builds(
    lambda runs, number, style: p(*(r(text, look) for text, look in runs), number=number, style=style),
    RUNS,
    st.one_of(st.none(), st.tuples(st.integers(1, 7), st.integers(0, 2))),
    st.sampled_from(["", "", "", "Heading1", "Heading4", "Title", "Caption"]),
)
CELLS = st.lists(st.one_of(PARAGRAPHS, WORDS.map(bold)), max_size=3).map(lambda content: tc(*content))


@st.composite
def tables(draw):
    """Tables with merged cells here and there."""
    width = draw(st.integers(1, 4))
    rows = []
    for _row in range(draw(st.integers(1, 4))):
        cells, left = [], width
        while left:
            across = draw(st.integers(1, left))
            cells.append(
                tc(draw(WORDS), across=across, merge=draw(st.sampled_from(["", "", "restart", "continue"])))
            )
            left -= across
        rows.append(tr(*cells, header=draw(st.booleans()) and not rows))
    return tbl(*rows, borders=draw(st.booleans()))


PLAIN_TABLES = (
    st.integers(2, 4)
    .flatmap(
        lambda width: st.lists(
            st.lists(CELLS, min_size=width, max_size=width).map(lambda cells: tr(*cells)),
            min_size=2,
            max_size=4,
        )
    )
    .map(lambda rows: tbl(*rows))
)
NUMBERS = numbering(BULLETS, LETTERED, LEGAL, FROM_FOUR, LETTERED, starts={2: 7, 3: 2})


@pytest.mark.pure
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.one_of(PARAGRAPHS, PARAGRAPHS, tables(), PLAIN_TABLES), min_size=1, max_size=9))
@example([p("one", number=(1, 0)), p("first", number=(2, 0)), p("another first", number=(5, 0))])
@example([p("a", number=(2, 0)), p("b", number=(1, 1)), p("c", number=(2, 0)), p("d", number=(2, 2))])
def test_any_document_loses_nothing_and_is_saved_unchanged(body):
    try:
        conversion = convert_here(docx(*body, parts={"word/numbering.xml": NUMBERS}))
    except Empty:
        assert "<w:t " not in "".join(body)
        return
    words = conversion.report.words
    assert (words.lost, words.missing) == (0, ())
    if conversion.blocks:  # a document of nothing but its title has no body
        assert_unchanged(conversion)


@pytest.mark.pure
def test_sixty_pages_saved_unchanged_are_unchanged_and_fit_into_one_form():
    conversion = convert_here(sixty_pages())
    assert_unchanged(conversion)
    block = MinutesBlock()
    value = block.normalize(minutes_body(conversion.blocks, {}))
    posted = inputs(block, block.get_form_state(value), "body")
    assert len(posted) < django_settings.DATA_UPLOAD_MAX_NUMBER_FIELDS / 2
    assert sum(len(key) + len(text) for key, text in posted.items()) < 2 * 1024 * 1024

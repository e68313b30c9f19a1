"""The blocks of minutes: what each shows, what each refuses, and the marks that become links."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from wagtail.blocks import BlockWidget

from cms.blocks import MinutesBlock
from cms.blocks.minutes import LANGUAGES, RIGHT_TO_LEFT, link_notes

CHILDREN = list(MinutesBlock().child_blocks.items())
NOTES = {"heading": "Notes", "notes": [{"number": 1, "text": "<p>Counted twice.</p>"}]}


def stream(*blocks):
    """These blocks as a stream value."""
    return MinutesBlock().to_python([{"type": kind, "value": value} for kind, value in blocks])


def shown(*blocks) -> str:
    """What these blocks look like on a page, without the space between tags."""
    return re.sub(r">\s+<", "><", MinutesBlock().render(stream(*blocks)))


def table(rows, headings=("Ward", "Offences"), merged=(), **more):
    """A table of plain cells."""
    return (
        "table",
        {
            "table": {
                "columns": [{"type": "text", "heading": heading} for heading in headings],
                "rows": [{"values": list(row)} for row in rows],
                "caption": "Figures",
            },
            "row_headers": False,
            "merged": [dict(zip(("row", "column", "across", "down"), one, strict=True)) for one in merged],
            "language": "",
            **more,
        },
    )


def refusal(*blocks) -> str:
    """Why these blocks are refused."""
    with pytest.raises(ValidationError) as caught:
        MinutesBlock().clean(stream(*blocks))
    return str(caught.value.as_json_data())


@pytest.mark.parametrize(("name", "block"), CHILDREN, ids=[name for name, _ in CHILDREN])
def test_every_block_says_what_it_is_for_and_shows_itself(name, block, db):
    assert block.meta.icon not in {"", "placeholder"}
    assert str(block.get_description())
    value = block.get_preview_value()
    context = block.get_preview_context(value)
    context |= {"page_title": "x", "bound_block": block.bind(value), "block_def": block}
    html = render_to_string(block.get_preview_template(value, context), context)
    assert len(html[html.index("<main") : html.index("</main>")]) > 120


@pytest.mark.pure
@pytest.mark.parametrize(("level", "tag"), [("2", "h2"), ("3", "h3"), ("4", "h4")])
def test_a_heading_is_of_its_level(level, tag):
    html = shown(("heading", {"text": "3. Police <report>", "level": level, "language": ""}))
    assert re.findall(r"<(h\d)[^>]*>([^<]*)</\1>", html) == [(tag, "3. Police &lt;report&gt;")]


@pytest.mark.pure
@pytest.mark.parametrize("language", [code for code, _label in LANGUAGES])
def test_another_language_is_named_and_runs_its_own_way(language):
    html = shown(("passage", {"language": language, "text": "<p>x</p>"}))
    assert ('dir="rtl"' in html) is (language in RIGHT_TO_LEFT)
    assert (f'lang="{language}"' in html) is (language != "rtl")


@pytest.mark.pure
def test_a_list_keeps_its_numbers_though_the_editor_cuts_it_at_each_part_with_bullets():
    html = shown(
        (
            "numbered_list",
            {
                "text": "<ol><li>a<ul><li>b</li></ul></li></ol><ol><li>c<ol><li>d</li></ol></li></ol><ol><li>e</li></ol>",
                "start": 4,
                "style": "1",
                "second_style": "a",
                "third_style": "i",
                "language": "",
            },
        )
    )
    assert (
        '<ol start="4"><li>a<ul><li>b</li></ul></li><li>c<ol type="a"><li>d</li></ol></li><li>e</li></ol>'
        in html
    )


@pytest.mark.pure
def test_merged_cells_are_one_cell():
    html = shown(table([("Highgate", "12"), ("", "14")], merged=[(1, 1, 1, 2)], row_headers=True))
    assert '<th class="govuk-table__header" scope="row" dir="auto" rowspan="2">Highgate</th>' in html
    assert html.count("<td") == 2
    assert html.count('scope="col"') == 2


@pytest.mark.pure
def test_a_merge_that_would_hide_words_is_refused_and_not_made():
    wrong = table([("Highgate", "12"), ("Kentish Town", "14")], merged=[(1, 1, 1, 2)])
    assert "Kentish Town" in shown(wrong)
    assert "The cell in row 2, column 1 holds words" in refusal(wrong)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("merged", "words"),
    [
        ([(2, 1, 1, 2)], "reaches out of the table"),
        ([(1, 1, 2, 1), (1, 2, 1, 2)], "reaches over another merged cell"),
    ],
)
def test_a_merge_that_does_not_fit_is_refused(merged, words):
    assert words in refusal(table([("", ""), ("", "")], merged=merged))


@pytest.mark.pure
def test_a_table_names_its_columns_or_its_rows():
    assert "Give the columns headings" in refusal(table([("a", "b")], headings=("", "")))
    named = stream(table([("a", "b")], headings=("", ""), row_headers=True))
    assert MinutesBlock().clean(named)[0].value["row_headers"] is True
    assert "<thead" not in MinutesBlock().render(named)


@pytest.mark.pure
def test_a_mark_becomes_a_link_to_its_note_and_back():
    html = shown(("text", "<p>Up by 4%[note 1] again[note 1].</p>"), ("notes", NOTES))
    assert html.count('href="#note-1"') == 2
    assert html.count('id="note-1-mark"') == 1
    assert 'id="note-1" value="1"' in html
    assert 'href="#note-1-mark">Back to note 1 in the text</a>' in html


@pytest.mark.pure
def test_a_mark_without_a_note_stays_text_and_is_refused():
    blocks = [("text", "<p>Up by 4%[note 2].</p>"), ("notes", NOTES)]
    assert "4%[note 2]." in shown(*blocks)
    assert "The text speaks of note 2, but there is no such note." in refusal(*blocks)


@pytest.mark.pure
def test_no_link_is_put_into_a_link_or_an_attribute():
    html = '<p title="[note 1]"><a href="/x">[note 1]</a></p>'
    assert link_notes(html, frozenset({1})) == html


@pytest.mark.pure
def test_two_notes_of_one_number_are_refused():
    twice = {"heading": "Notes", "notes": [NOTES["notes"][0]] * 2}
    assert "Two notes have the same number." in refusal(("notes", twice))


def test_the_editor_can_open_every_block(db):
    widget = BlockWidget(MinutesBlock())
    value = stream(
        ("heading", {"text": "x", "level": "3", "language": ""}),
        ("text", "<p>x</p>"),
        table([("a", "b")], merged=[(1, 1, 2, 1)]),
        ("notes", NOTES),
    )
    html = widget.render("body", value, {"id": "body"})
    assert "data-w-block-data-value" in html
    assert "wagtailadmin/js/draftail" in str(widget.media)
    assert "typed_table_block" in str(widget.media)


@pytest.mark.pure
def test_no_block_of_minutes_takes_raw_html_or_embeds():
    def kinds(block):
        yield type(block).__name__
        for child in getattr(block, "child_blocks", {}).values():
            yield from kinds(child)
        if hasattr(block, "child_block"):
            yield from kinds(block.child_block)

    assert not set(kinds(MinutesBlock())) & {"RawHTMLBlock", "EmbedBlock"}

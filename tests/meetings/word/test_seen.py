"""What a reader sees of a document comes along; what nobody sees does not, neither on the page nor in a proposal or the report."""

import io
import json
import zipfile

import pytest

from snb.files.calculations import check_upload
from snb.files.enums import Kind
from snb.meetings.importers.child import answer
from snb.meetings.importers.conversion import convert_bytes
from snb.meetings.importers.reporting import report_of
from snb.meetings.importers.symbols import shown_as
from tests.meetings.word.ooxml import (
    NAMESPACES,
    STYLES,
    bold,
    docx,
    footnote,
    notes,
    p,
    picture,
    png,
    r,
    tbl,
    tc,
    tr,
    zipped,
)

pytestmark = pytest.mark.pure


def run(text: str, properties: str) -> str:
    """A run with properties of its own."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def html(*body: str, **how) -> str:
    """The page of a document, on which no word is lost."""
    result = convert_bytes(docx(*body, **how))
    assert result["words"]["missing"] == []
    return result["html"]


def told(*body: str, **how) -> dict[str, list[str]]:
    """The report's sentences by their code."""
    found: dict[str, list[str]] = {}
    for section in report_of(convert_bytes(docx(*body, **how))):
        for finding in section.findings:
            found.setdefault(finding.code, []).append(finding.sentence)
    return found


# ------------------------------------------------------------------------------------------- words behind their colour
BLACK = '<w:highlight w:val="black"/>'
WHITE = '<w:color w:val="FFFFFF"/>'


@pytest.mark.parametrize(
    "properties",
    [BLACK, '<w:color w:val="ffffff"/>', '<w:color w:val="FEFEFE"/>', f'<w:color w:val="000000"/>{BLACK}', WHITE, '<w:color w:val="112233"/><w:shd w:val="clear" w:fill="112233"/>'],
)  # fmt: skip
def test_words_in_the_colour_of_what_is_behind_them_are_removed_and_counted(properties):
    body = p("Action: ", run("Pat Example to move house", properties), "Sam Sample to write")
    result = convert_bytes(docx(body))
    assert result["html"] == "<p>Action: Sam Sample to write</p>"
    assert [each["owner"] for each in result["proposals"]["actions"]] == ["Sam Sample"]
    assert "Pat" not in json.dumps(result)
    assert result["words"]["lost"] == 0
    assert result["counted"]["removed.covered"] == 1


@pytest.mark.parametrize(
    "body",
    [
        tbl(tr(*(tc(p(run(name, f"<w:b/>{WHITE}")), fill="112233") for name in ("Seen", "Role"))), tr("x", "y")),
        p(run("Seen", WHITE), more='<w:shd w:val="clear" w:fill="112233"/>'),
        p(run("Seen", f'{WHITE}<w:highlight w:val="blue"/>')),
        p(run("Seen", f'{WHITE}{BLACK}')),
        p(run("Seen", f'{WHITE}<w:shd w:val="clear" w:fill="112233"/>')),
        p('<w:r><w:drawing><wp:anchor behindDoc="1"><wp:docPr/></wp:anchor></w:drawing></w:r>') + p(run("Seen", WHITE)),
        p(run("Seen", '<w:color w:val="auto"/><w:shd w:val="clear" w:fill="000000"/>')),
    ],
)  # fmt: skip
def test_white_words_on_a_colour_stay(body):
    assert "Seen" in html(body, p("Below."))


@pytest.mark.parametrize(
    "shape",
    [
        '<w:drawing><wp:anchor><wp:docPr id="1" name="Box" hidden="1"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx>'
        "<w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>",
        '<w:pict><v:shape style="width:9pt;visibility:hidden"><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox>'
        "</v:shape></w:pict>",
    ],
)
def test_a_drawing_that_was_switched_off_is_removed_and_counted(shape):
    body = p("Words.", f"<w:r>{shape.format(p('GONE'))}</w:r>")
    assert html(body) == "<p>Words.</p>"
    assert len(told(body)["removed.hidden"]) == 1


def test_a_hidden_picture_is_counted():
    hidden = picture("rId1", alt="GONE").replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>")
    found = told(
        p("Words.", hidden),
        relationships={"rId1": ("image", "media/1.png")},
        parts={"word/media/1.png": png(60, 60)},
    )
    assert len(found["removed.hidden"]) == 1


def test_hidden_and_moved_words_of_a_page_header_are_not_told():
    header = p("Camden board ", run("HIDDEN", "<w:vanish/>"),
               '<w:moveFrom w:id="1" w:author="A"><w:r><w:t>MOVED</w:t></w:r></w:moveFrom>')  # fmt: skip
    found = told(
        p("Words."),
        parts={"word/header1.xml": f"<w:hdr {NAMESPACES}>{header}</w:hdr>"},
        relationships={"rId1": ("header", "header1.xml")},
    )
    assert found["left.header"] == ["The page header is not part of the text. Its words: “Camden board”."]


def test_a_cell_whose_deletion_is_tracked_is_empty():
    gone = '<w:tc><w:tcPr><w:cellDel w:id="3" w:author="X"/></w:tcPr><w:p><w:r><w:t>GONE</w:t></w:r></w:p></w:tc>'
    assert "GONE" not in html(tbl(tr("A", "B", header=True), tr("kept", gone)), p("Below."))


# --------------------------------------------------------------------------------------------------------------- fields
def mark(kind: str, inside: str = "") -> str:
    """Beginning, middle or end of a field."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'


def order(text: str) -> str:
    """What a field is told to do."""
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def test_a_value_that_a_field_only_compares_is_not_shown():
    inner = mark("begin") + order(" MERGEFIELD who ") + mark("separate") + r("COMPARED") + mark("end")
    field = (
        mark("begin") + order(" IF ") + inner + order(' = "x" ') + mark("separate") + r("shown") + mark("end")
    )
    assert html(p("It is ", field, " here.")) == "<p>It is shown here.</p>"


def test_a_field_without_an_end_hides_nothing():
    assert html(p(mark("begin"), "First."), p("Second.")) == "<p>First.</p>\n<p>Second.</p>"


def test_the_choice_of_an_old_form_is_shown():
    choices = (
        '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Absent"/><w:listEntry w:val="Here"/>'
        "</w:ddList></w:ffData>"
    )
    assert (
        html(p("She was: ", mark("begin", choices), order(" FORMDROPDOWN "), mark("end")))
        == "<p>She was: Here</p>"
    )


def test_a_link_written_as_a_simple_field_is_kept():
    field = "<w:fldSimple w:instr=' HYPERLINK \"https://demo.example/a\" '><w:r><w:t>the plan</w:t></w:r></w:fldSimple>"
    assert html(p("See ", field)) == '<p>See <a href="https://demo.example/a">the plan</a></p>'


# ---------------------------------------------------------------------------------------------------------------- signs
@pytest.mark.parametrize(
    ("text", "font", "seen"),
    [("ü", "Wingdings", "✓"), ("\uf0fc", "Wingdings", "✓"), ("a", "Symbol", "α"), ("ü", "Arial", "ü"), ("a b", "Wingdings", "♋ ♌")],
)  # fmt: skip
def test_a_letter_of_a_picture_font_is_the_sign_people_see(text, font, seen):
    assert shown_as(text, font) == seen


def test_a_tick_in_a_picture_font_says_who_came():
    tick = p(run("ü", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'))
    head = tr(*(tc(bold(name)) for name in ("Name", "Apologies", "Present")))
    found = convert_bytes(
        docx(tbl(head, tr("Pat Example", "", tc(tick)), tr("Sam Sample", tc(tick), "")), p("Below."))
    )
    assert found["html"].count("✓") == 2
    assert [(each["name"], each["state"]) for each in found["proposals"]["attendance"]] == [
        ("Pat Example", "present"),
        ("Sam Sample", "apologies"),
    ]
    assert found["words"]["lost"] == 0


def test_an_emoji_as_word_writes_it_is_kept():
    emoji = (
        '<w:r><mc:AlternateContent><mc:Choice xmlns:w16se="http://schemas.microsoft.com/office/word/2015/wordml/symex" '
        'Requires="w16se"><w16se:symEx w16se:font="Segoe UI Emoji" w16se:char="1F60A"/></mc:Choice><mc:Fallback>'
        "<w:t>😊</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert html(p("Thank you ", emoji)) == "<p>Thank you 😊</p>"


# ------------------------------------------------------------------------------------------------- drawings and formulas
def test_two_formulas_in_one_block_are_text():
    block = "".join(f"<m:oMath><m:r><m:t>{text}</m:t></m:r></m:oMath>" for text in ("a=1", "b=2"))
    assert html(p(f"<m:oMathPara>{block}</m:oMathPara>")) == "<p>a=1 b=2</p>"


def drawing(inside: str, description: str = "") -> str:
    """A drawing in the line."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{description}"/><a:graphic>{inside}</a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def test_the_words_of_a_drawing_from_another_program_are_told():
    inside = '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/lockedCanvas"><a:p><a:r><a:t>Two streets</a:t></a:r></a:p></a:graphicData>'
    assert told(p(drawing(inside)), p("Below."))["left.drawn_words"] == [
        "A drawing with words in it was not taken over. Write what it says. Its words: “Two streets”."
    ]


def test_the_description_of_a_chart_is_told():
    inside = '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/>'
    assert "“Burglary fell”" in told(p(drawing(inside, "Burglary fell")), p("Below."))["left.chart"][0]


def test_a_picture_with_too_many_pixels_is_not_called_of_an_unknown_kind():
    found = told(
        p(picture("rId1", alt="A crowd")),
        p("Below."),
        relationships={"rId1": ("image", "media/1.png")},
        parts={"word/media/1.png": png(6100, 4000)},
    )
    assert "left.picture" not in found
    assert len(found["left.huge_picture"]) == 1


# ------------------------------------------------------------------------------------------------- notes of title and table
def noted(*body: str) -> dict:
    """A document with one note."""
    return convert_bytes(
        docx(
            *body,
            parts={"word/footnotes.xml": notes("footnote", {1: "Counted in June."})},
            relationships={"rId1": ("footnotes", "footnotes.xml")},
        )
    )


def test_a_note_of_a_caption_is_kept():
    result = noted(
        p("Table 1: Offences", footnote(1)), tbl(tr("A", "B", header=True), tr("x", "1")), p("Below.")
    )
    assert result["words"]["missing"] == []
    assert "Counted in June." in result["html"]


def test_a_note_of_the_title_leaves_no_mark_in_it_and_no_way_back_to_nothing():
    result = noted(p("Minutes of the panel", footnote(1), style="Title"), p("Below."))
    assert result["title"] == "Minutes of the panel"
    assert '<li id="note-1">Counted in June.</li>' in result["html"]


# ---------------------------------------------------------------------------------------------- how programs write the file
def renamed(data: bytes, names: dict[str, str]) -> bytes:
    """The same file with other names for its parts, wherever they are named."""
    parts: dict[str, str | bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        for name in source.namelist():
            content = source.read(name)
            for old, new in names.items():
                content, name = content.replace(old.encode(), new.encode()), name.replace(old, new)
            parts[name] = content
    return zipped(parts)


def test_parts_are_found_where_the_file_says_they_are():
    """Word on the web saves `word/document2.xml` with `styles2.xml` and the like."""
    data = docx(
        p("First", style="Heading1"),
        p("Words", footnote(1)),
        parts={"word/footnotes.xml": notes("footnote", {1: "Counted in June."})},
        relationships={"rId1": ("footnotes", "footnotes.xml"), "rId2": ("styles", "styles.xml")},
    )
    moved = renamed(
        data,
        {"document.xml": "document2.xml", "styles.xml": "styles2.xml", "footnotes.xml": "footnotes3.xml"},
    )
    assert convert_bytes(moved)["html"] == convert_bytes(data)["html"]
    assert "<h2>First</h2>" in convert_bytes(moved)["html"]
    assert check_upload(io.BytesIO(moved), kinds={Kind.DOCX}).kind is Kind.DOCX


def test_headings_are_found_in_a_file_without_styles():
    data = renamed(docx(p("The Minutes", style="Title"), p("First", style="Heading1"), p("x"), p("Sub", style="Heading2"), p("y")),
                   {"word/styles.xml": "word/nothing.xml"})  # fmt: skip
    result = convert_bytes(data)
    assert result["title"] == "The Minutes"
    assert result["html"] == "<h2>First</h2>\n<p>x</p>\n<h3>Sub</h3>\n<p>y</p>"


def test_a_file_that_only_holds_another_document_is_not_called_empty():
    data = docx(
        '<w:altChunk r:id="rId9"/>',
        relationships={"rId9": ("aFChunk", "chunk.html")},
        parts={"word/chunk.html": "<p>Minutes</p>"},
    )
    assert json.loads(answer(data)) == {"failed": "nested"}


def test_a_deleted_end_of_a_paragraph_before_a_table_is_no_loss():
    mark_deleted = '<w:del w:id="1" w:author="X"/>'
    assert html(p("Before", mark=mark_deleted), tbl(tr("A", "B", header=True), tr("1", "2"))).startswith(
        "<p>Before</p>"
    )


# --------------------------------------------------------------------------------------------------------------- headings
def test_a_bold_date_below_the_title_is_neither_a_heading_nor_an_item():
    result = convert_bytes(
        docx(bold("Minutes of the panel"), bold("12 November 2026"), bold("7pm, Town Hall"), p("Welcome."),
             bold("1. Report"), p("Nothing."))
    )  # fmt: skip
    assert result["html"].count("<h") == 1
    assert result["proposals"]["agenda_items"] == [{"number": "1", "title": "Report"}]


def test_a_heading_that_keeps_its_level_is_not_told():
    found = told(p("One", style="Heading1"), p("x"), p("Deep", style="Heading3"), p("y"))
    assert "headings.level" not in found


def test_a_quotation_is_no_heading():
    styles = STYLES.replace(
        "</w:styles>",
        '<w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Intense Quote"/><w:rPr><w:b/></w:rPr></w:style></w:styles>',
    )
    assert "<h2>" not in html(p("They said so", style="Q"), p("Words."), parts={"word/styles.xml": styles})


def test_underlined_headings_of_old_minutes_are_headings():
    result = convert_bytes(
        docx(
            p(r("Minutes of the panel", "u")),
            p(r("1. Police report", "u")),
            p("Nothing."),
            p(r("2. Any other business", "u")),
            p("x"),
        )
    )
    assert result["title"] == "Minutes of the panel"
    assert result["html"].count("<h2>") == 2
    assert [each["number"] for each in result["proposals"]["agenda_items"]] == ["1", "2"]


def test_an_underlined_link_is_no_heading():
    link = '<w:hyperlink r:id="rId1"><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>The survey of the ward</w:t></w:r></w:hyperlink>'
    made = html(p(link), p("Words."), relationships={"rId1": ("hyperlink", "https://demo.example/")})
    assert "<h2>" not in made

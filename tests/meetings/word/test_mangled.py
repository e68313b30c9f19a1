"""Files that were cut short, changed on the way, or made to hurt: a page or a sentence, never anything else."""

import io
import json
import zipfile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from snb.files.calculations import check_upload
from snb.files.enums import Kind
from snb.files.errors import FileRefused
from snb.meetings.errors import ConversionFailed
from snb.meetings.importers import child, convert
from tests.meetings.word.make_corpus import GOOD
from tests.meetings.word.ooxml import W, docx, p, tbl, tr

pytestmark = pytest.mark.pure
SOURCES = [
    "merged-cells",
    "nested-lists",
    "tracked-changes",
    "footnotes",
    "drawings",
    "content-controls",
    "links",
]
SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def outcome(data: bytes) -> str:
    """What becomes of a file, in this process: `page`, or the code of the refusal. A bug of ours is an error here."""
    try:
        check_upload(io.BytesIO(data), kinds={Kind.DOCX})
    except FileRefused as error:
        return str(error.code)
    answer = json.loads(child.answer(data))
    assert "bug" not in answer, answer
    return answer.get("failed", "page")


@SETTINGS
@given(st.sampled_from(SOURCES), st.data())
def test_flipped_bytes_and_cut_files_never_crash(name, data):
    mangled = bytearray(GOOD[name]())
    for _ in range(data.draw(st.integers(1, 8))):
        mangled[data.draw(st.integers(0, len(mangled) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(mangled[: data.draw(st.integers(len(mangled) // 2, len(mangled)))])).isidentifier()


@SETTINGS
@given(st.sampled_from(SOURCES), st.data())
def test_changed_xml_in_a_sound_zip_never_crashes(name, data):
    """The zip is whole, so that the change reaches the parser and what comes after it."""
    with zipfile.ZipFile(io.BytesIO(GOOD[name]())) as source:
        parts = {part: source.read(part) for part in source.namelist()}
    part = data.draw(st.sampled_from(sorted(each for each in parts if each.endswith((".xml", ".rels")))))
    tokens = parts[part].split(b"<")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(tokens) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "swap", "number"]))
        if change == "drop" and tokens[at].rstrip().endswith(b"/>"):
            del tokens[at]
        elif change == "double" and tokens[at].rstrip().endswith(b"/>"):
            tokens.insert(at, tokens[at])
        elif change == "number":
            tokens[at] = (
                tokens[at]
                .replace(b'="1"', b'="-99999999999"')
                .replace(b'="0"', b'="x"')
                .replace(b'="2"', b'=""')
            )
        else:
            other = data.draw(st.integers(0, len(tokens) - 1))
            tokens[at], tokens[other] = tokens[other], tokens[at]
    parts[part] = b"<".join(tokens)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for each, content in parts.items():
            made.writestr(each, content)
    assert outcome(out.getvalue()).isidentifier()


@pytest.mark.parametrize("cut", [40, 400, 1500, 2300])
def test_a_file_cut_short_gets_a_sentence_from_the_child_too(cut):
    with pytest.raises(ValidationError) as caught:
        convert(io.BytesIO(GOOD["merged-cells"]()[:cut]))
    assert isinstance(caught.value, FileRefused | ConversionFailed)
    assert caught.value.messages[0].endswith(".")


def deep(levels: int) -> str:
    """A table in a table in a table."""
    inside = p("bottom")
    for _level in range(levels):
        inside = tbl(tr(f"<w:tc>{inside}</w:tc>", "beside"), tr("a", "b"))
    return inside


HOSTILE = {
    "deep tables": docx(deep(20)),
    "deeper than XML may be": docx(deep(200)),
    "entities": docx(p("x")).replace(b"<w:document", b"<w:document"),
    "a style based on itself": docx(
        p("Words", style="A"),
        parts={
            "word/styles.xml": f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/>'
            '<w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
        },
    ),
    "a cell over a million columns": docx(
        tbl(tr('<w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr><w:p/></w:tc>', "x"), tr("a", "b"))
    ),
    "a list of no kind": docx(p("Words", number=(99, 8))),
    "a relationship out of the zip": docx(
        p('<w:r><w:drawing><wp:inline><wp:docPr/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="rId1"/>'
          "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>", "Words"),
        relationships={"rId1": ("image", "../../../../etc/passwd")},
    ),
    "a picture that lies": docx(
        p('<w:r><w:drawing><wp:inline><wp:docPr/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="rId1"/>'
          "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>", "Words"),
        relationships={"rId1": ("image", "media/a.png")},
        parts={"word/media/a.png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\xff\xff\xff\0\xff\xff\xff\x08\x02\0\0\0"},
    ),
    "a note without a number": docx(p("<w:r><w:footnoteReference/></w:r>", "Words")),
    "a body without a document": docx().replace(b"w:body", b"w:b0dy"),
}  # fmt: skip


def test_a_text_too_long_for_the_parser_is_too_big_and_not_called_damaged():
    assert json.loads(child.answer(docx(p("lamp post " * 1_100_000)))) == {"failed": "too_big"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_hurt_is_a_page_or_a_sentence(name):
    assert outcome(HOSTILE[name]) in {"page", "damaged", "too_big", "empty"}

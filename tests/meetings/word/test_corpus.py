"""Every file of the corpus: what it becomes, that no word is lost silently, and the sentence for each that is refused."""

import io
import itertools
import random
import re
import zipfile
from collections import Counter
from html.parser import HTMLParser

import pytest
from lxml import html as lxml_html

from snb.files.enums import Refusal
from snb.files.errors import FileRefused
from snb.meetings.errors import ConversionFailed, Failure
from snb.meetings.importers import convert
from snb.meetings.importers.pieces import clean_address
from snb.meetings.importers.words import words_of
from snb.meetings.importers.writing import ATTRIBUTES, TAGS
from tests.meetings.word.expecting import converted, expected, refusal
from tests.meetings.word.make_corpus import BAD, FILES, GOOD, bomb, sixty_pages
from tests.meetings.word.ooxml import docx

pytestmark = pytest.mark.pure
every_page = pytest.mark.parametrize("name", GOOD)
SECRETS = [
    "Quillfeather",
    "Zebedee",
    "Marchbanks",
    "Ottoline",
    "Quentin",
    "Hidden words",
    "Secret by",
    "refused ",
    "Deleted row",
]


@pytest.mark.parametrize("name", [*GOOD, *BAD])
def test_the_committed_file_is_what_the_script_makes(name):
    make, path = (GOOD[name], f"{name}.docx") if name in GOOD else (BAD[name], name)
    assert (FILES / path).read_bytes() == make()


@every_page
def test_a_file_becomes_what_is_written_down_beside_it(name):
    assert converted(name).as_json() == expected(name)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_its_sentence(name):
    assert refusal(FILES / name) == expected(name)
    assert expected(name)["sentence"].endswith(".")


def test_the_sentences_name_what_is_wrong():
    assert {name: expected(name)["code"] for name in BAD} == {
        "nothing.docx": "empty",
        "no-text.docx": "empty",
        "renamed-doc.docx": "old_office",
        "password.docx": "locked",
        "macros.docx": "macros",
        "cut-short.docx": "damaged",
        "doctype.docx": "damaged",
        "not-a-document.docx": "wrong_kind",
        "open-document.odt": "open_document",
        "photo.docx": "wrong_kind",
    }


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(FileRefused) as caught:
        convert(io.BytesIO(bomb()))
    assert caught.value.refusal is Refusal.UNPACKS_TOO_BIG


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(FileRefused) as caught:
        convert(
            io.BytesIO(docx(parts={"word/media/photo.jpg": random.Random(1).randbytes(21 * 1024 * 1024)}))
        )
    assert caught.value.messages == ["This file is 21.1 MB. The most we can take is 20 MB."]


# ------------------------------------------------------------------------------------------------------------ words
def seen_in(data: bytes) -> Counter[str]:
    """The words somebody sees in a Word file, by cutting at its XML with patterns: nothing of the converter is used."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = [
            source.read(n).decode()
            for n in source.namelist()
            if re.fullmatch(r"word/(document|footnotes|endnotes)\.xml", n)
        ]
    main = parts[0]
    gone = [
        r"<mc:Fallback>.*?</mc:Fallback>",
        r"<w:tr><w:trPr><w:del .*?</w:tr>",
        r"<w:(del|moveFrom) [^>]*[^/]>.*?</w:\1>",
        r"<w:r><w:rPr><w:vanish/></w:rPr>.*?</w:r>",
        r'<w:r><w:rPr><w:rStyle w:val="Secret"/></w:rPr>.*?</w:r>',
        r"<w:sdt><w:sdtPr><w:showingPlcHdr/>.*?</w:sdt>",
    ]
    texts = []
    for part in parts:
        for pattern in gone:
            part = re.sub(pattern, "", part, flags=re.DOTALL)
        if not texts:
            main = part
        for kind in ("footnote", "endnote"):
            for number in re.findall(rf'<w:{kind} w:id="(\d+)">', part):
                if f'<w:{kind}Reference w:id="{number}"/>' not in main:
                    part = re.sub(rf'<w:{kind} w:id="{number}">.*?</w:{kind}>', "", part)
        part = re.sub(r"<w:p>(?=<w:pPr><w:rPr><w:del )(.*?)</w:p><w:p>", r"<w:p>\1", part)
        part = re.sub(r"<(w:tab|w:br|w:p|w:txbxContent)[ />]", r" \g<0>", part)
        part = re.sub(r"<w:noBreakHyphen/>", "\u2011", part)
        part = re.sub(r"<(w:instrText|w:delText)[^>]*>.*?</\1>", "", part)
        text = re.sub(r"<[^>]*>", "", part)
        texts.append(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return Counter(word for text in texts for word in words_of(text))


class Shown(HTMLParser):
    """The text of a page; what stands in tags of different paragraphs is apart."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.parts.append(" " if tag not in {"strong", "em", "s", "sup", "sub", "a"} else "")

    def handle_data(self, data):
        self.parts.append(data)


def shown_in(html: str) -> Counter[str]:
    """The words of a page, without marks of notes and the way back to them."""
    html = re.sub(r'<sup><a href="#note-\d+"[^>]*>\[\d+\]</a></sup>', "", html)
    html = re.sub(r'<a href="#note-\d+-mark">[^<]*</a>|<section><h2>Notes</h2>', "", html)
    parser = Shown()
    parser.feed(html)
    return Counter(words_of("".join(parser.parts)))


@every_page
def test_no_word_is_lost_silently(name):
    conversion = converted(name)
    words = conversion.report.words
    seen = (
        seen_in((FILES / f"{name}.docx").read_bytes())
        if name != "strict"
        else seen_in(GOOD["bold-headings"]())
    )
    assert words.before == seen.total()
    assert (words.lost, words.missing) == (0, ())
    assert words.before == words.after + words.left_out
    missing = seen - shown_in(conversion.html)
    told = " ".join(
        [conversion.report.title]
        + [finding.sentence for section in conversion.report for finding in section.findings]
    )
    assert missing - Counter(words_of(told)) == Counter()
    assert missing.total() <= words.left_out


def test_sixty_pages_lose_nothing():
    conversion = convert(io.BytesIO(sixty_pages()))
    words = conversion.report.words
    assert words.before > 25_000
    assert (words.lost, words.before - words.after) == (0, words.left_out)
    assert len(conversion.proposals.agenda_items) == 30
    assert len(conversion.proposals.actions) == 30
    assert [note["number"] for note in conversion.blocks[-1]["value"]["notes"]] == list(range(1, 31))


# ------------------------------------------------------------------------------------------------------------ safety
@every_page
def test_nothing_but_the_allowed_tags_and_attributes_comes_out(name):
    for element in lxml_html.fragment_fromstring(converted(name).html, create_parent="div").iterdescendants():
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set()) | ATTRIBUTES["*"]
        address = element.get("href")
        if address is not None and not address.startswith("#note-"):
            assert re.match(r"https?://|mailto:", address)


@every_page
def test_the_outline_begins_at_two_and_skips_no_level(name):
    levels = [2] + [int(level) for level in re.findall(r"<h(\d)", converted(name).html)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert set(levels) <= {2, 3, 4}
    assert levels[:2] in ([2], [2, 2])


@every_page
def test_every_table_names_its_columns_or_rows(name):
    for table in lxml_html.fragment_fromstring(converted(name).html, create_parent="div").iter("table"):
        assert table.findall(".//th")
        widths = {
            sum(int(cell.get("colspan", 1)) for cell in row)
            for row in table.iter("tr")
            if not table.xpath(".//*[@rowspan]")
        }
        assert len(widths) <= 1


@every_page
def test_no_name_comment_deleted_or_hidden_word_comes_out(name):
    made = str(converted(name).as_json())
    assert [secret for secret in SECRETS if secret in made] == []


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://demo.example/a b", "https://demo.example/a%20b"),
        ("HTTP://demo.example", "HTTP://demo.example"),
        ("www.demo.example", "https://www.demo.example"),
        (" mailto:a@demo.example ", "mailto:a@demo.example"),
        ("mailto:nobody", ""),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//demo.example/x", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://a:b@demo.example", ""),
        ("vbscript:x", ""),
        ('https://demo.example/"><script>', ""),
        ("../minutes.docx", ""),
        ("#_Toc1", ""),
    ],
)
def test_only_web_and_email_addresses_are_links(address, kept):
    assert clean_address(address)[0] == kept


def test_pictures_are_cut_as_the_document_shows_them():
    import PIL.Image

    conversion = converted("pictures")
    sizes = {name: PIL.Image.open(io.BytesIO(data)).size for name, data in conversion.pictures.items()}
    assert sizes == {
        "picture-1.png": (320, 200),
        "picture-2.png": (240, 160),
        "picture-3.png": (120, 160),
        "picture-4.png": (200, 100),
    }


def test_a_scan_says_that_nobody_can_read_it():
    assert [finding.code for finding in converted("scanned").report.of("pictures")] == [
        "pictures.undescribed",
        "pictures.scanned",
    ]


def test_every_failure_is_a_sentence():
    assert all(str(ConversionFailed(failure).messages[0]).endswith(".") for failure in Failure)

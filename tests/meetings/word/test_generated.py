"""Documents made at random: every word that is seen comes along or is named in the report, and no other word does.

`WORD_DOCUMENTS` in the environment makes more of them than the suite does.
"""

from __future__ import annotations

import json
import os
import random
import re
from itertools import pairwise

import pytest

from snb.meetings.importers.conversion import convert_bytes
from tests.meetings.word.ooxml import (
    BULLETS,
    LEGAL,
    LETTERED,
    docx,
    footnote,
    notes,
    numbering,
    p,
    r,
    tbl,
    tc,
    tr,
)

pytestmark = pytest.mark.pure
DOCUMENTS = int(os.environ.get("WORD_DOCUMENTS", "60"))
WHO = 'w:id="1" w:author="Ottoline Marchbanks"'
LOOKS = ["", "", "", "b", "i", "u", "bi", "s", "+"]


class Writer:
    """Writes a document and keeps account of its words: each is there once, `seen7` to be read and `gone8` not."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.seen: list[str] = []
        self.gone: list[str] = []
        self.notes: dict[int, str] = {}

    def words(self, most: int = 4) -> str:
        """Words to be read."""
        made = [f"seen{len(self.seen) + at}" for at in range(self.chance.randint(1, most))]
        self.seen += made
        return " ".join(made)

    def lost(self) -> str:
        """A word that nobody reads."""
        self.gone.append(f"gone{len(self.gone)}")
        return self.gone[-1]

    def document(self) -> bytes:
        """A document of a few parts."""
        body = [self.part() for _ in range(self.chance.randint(1, 12))]
        return docx(
            *body,
            parts={
                "word/numbering.xml": numbering(BULLETS, LETTERED, LEGAL),
                "word/footnotes.xml": notes("footnote", self.notes),
            },
            relationships={
                "rId1": ("footnotes", "footnotes.xml"),
                "rId2": ("hyperlink", "https://demo.example/"),
            },
        )

    def part(self) -> str:
        """A paragraph, a table, or one of them in a frame."""
        kind = self.chance.choice(
            ["paragraph"] * 8 + ["table"] * 3 + ["control", "custom", "joined", "moved"]
        )
        if kind == "table":
            return self.table(2)
        if kind == "control":
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{self.part()}</w:sdtContent></w:sdt>"
        if kind == "custom":
            return f'<w:customXml w:element="x"><w:customXmlPr/>{self.part()}</w:customXml>'
        if kind == "joined":
            return p(self.run(), mark=f"<w:del {WHO}/>") + p(" ", self.run())
        if kind == "moved":
            return p(f"<w:moveFrom {WHO}>{r(self.lost())}</w:moveFrom>", mark=f"<w:moveFrom {WHO}/>")
        return self.paragraph()

    def paragraph(self) -> str:
        """A paragraph: plain, of a list, a heading, or bold."""
        style = self.chance.choice(
            [""] * 8 + ["Heading1", "Heading2", "Heading3", "Heading5", "Title", "Caption"]
        )
        number = (
            (self.chance.randint(1, 3), self.chance.randint(0, 2)) if self.chance.random() < 0.25 else None
        )
        if self.chance.random() < 0.15:
            start = self.chance.choice(
                ["1. ", "2.1 ", "- ", "• ", "ACTION: ", "Present: ", "Apologies: ", "12 May 2026 "]
            )
            return p(r(start + self.words(), "b"), style=style)
        pieces = [each for _ in range(self.chance.randint(1, 4)) for each in (self.run(), " ")]
        return p(*pieces, style=style, number=number)

    def run(self) -> str:
        """Some words in a line, or what may stand there instead."""
        made = [
            self.plain, self.plain, self.plain, self.deleted, self.inserted, self.hidden, self.covered, self.field, self.compared,
            self.link, self.control, self.tagged, self.box, self.note, self.formula, self.broken, self.ruby,
        ]  # fmt: skip
        return self.chance.choice(made)()

    def plain(self) -> str:
        return r(self.words(), self.chance.choice(LOOKS))

    def deleted(self) -> str:
        return f"<w:del {WHO}><w:r><w:delText>{self.lost()}</w:delText></w:r></w:del>"

    def inserted(self) -> str:
        return f"<w:ins {WHO}>{self.run()}</w:ins>"

    def hidden(self) -> str:
        return r(self.lost(), "h")

    def covered(self) -> str:
        return f'<w:r><w:rPr><w:highlight w:val="black"/></w:rPr><w:t>{self.lost()}</w:t></w:r>'

    def field(self) -> str:
        return (
            self._mark("begin")
            + self._order("REF x")
            + self._mark("separate")
            + self.plain()
            + self._mark("end")
        )

    def compared(self) -> str:
        inside = (
            self._mark("begin")
            + self._order("REF y")
            + self._mark("separate")
            + r(self.lost())
            + self._mark("end")
        )
        return (
            self._mark("begin")
            + self._order("IF")
            + inside
            + self._mark("separate")
            + self.plain()
            + self._mark("end")
        )

    def link(self) -> str:
        return f'<w:hyperlink r:id="rId2">{self.plain()}</w:hyperlink>'

    def control(self) -> str:
        if self.chance.random() < 0.3:
            return "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click here</w:t></w:r></w:sdtContent></w:sdt>"
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{self.run()}</w:sdtContent></w:sdt>"

    def tagged(self) -> str:
        return f'<w:smartTag w:element="x"><w:smartTagPr/>{self.run()}</w:smartTag>'

    def box(self) -> str:
        inside = self.table(0) + p(self.plain()) if self.chance.random() < 0.3 else p(self.plain())
        modern = (
            '<w:drawing><wp:anchor><wp:docPr id="1" name="Box"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx>'
            f"<w:txbxContent>{inside}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        )
        old = f"<w:pict><v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict>"
        if self.chance.random() < 0.3:
            return f"<w:r>{old}</w:r>"
        return (
            f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{modern}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
            "</mc:AlternateContent></w:r>"
        )

    def note(self) -> str:
        number = len(self.notes) + 1
        self.notes[number] = ""
        self.notes[number] = self.words()
        return self.plain() + footnote(number)

    def formula(self) -> str:
        inside = "".join(f"<m:oMath><m:r><m:t>{self.words(1)}</m:t></m:r></m:oMath>" for _ in range(2))
        return f"<m:oMathPara>{inside}</m:oMathPara>"

    def broken(self) -> str:
        return r(f"{self.words()}\n{self.words()}\t{self.words()}")

    def ruby(self) -> str:
        return f"<w:r><w:ruby><w:rubyPr/><w:rt>{r(self.words(1))}</w:rt><w:rubyBase>{r(self.words(1))}</w:rubyBase></w:ruby></w:r>"

    def table(self, deeper: int) -> str:
        """A table with cells merged to the side and down, deleted rows and cells, and tables inside."""
        width = self.chance.randint(1, 4)
        rows = []
        for at in range(self.chance.randint(1, 5)):
            if self.chance.random() < 0.1:
                rows.append(tr(tc(p(r(self.lost()))), properties=f"<w:del {WHO}/>"))
                continue
            cells, left = [], width
            while left:
                across = min(left, self.chance.choice([1, 1, 1, 2]))
                left -= across
                merge = self.chance.choice([""] * 6 + ["restart", "continue"])
                cells.append(tc(*self.cell(deeper), across=across, merge=merge))
            rows.append(tr(*cells, header=at == 0 and self.chance.random() < 0.4))
        return tbl(*rows, borders=self.chance.random() < 0.7)

    def cell(self, deeper: int) -> list[str]:
        """What is in a cell; mostly a word or two."""
        if deeper and self.chance.random() < 0.1:
            return [self.table(deeper - 1), p(r(self.words()))]
        return [self.paragraph() for _ in range(self.chance.choice([0, 1, 1, 1, 2]))]

    def _mark(self, kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def _order(self, text: str) -> str:
        return f"<w:r><w:instrText> {text} </w:instrText></w:r>"


def words_in(html: str) -> list[str]:
    """The words of a page; a name over two columns is the name of both, so names of columns may be there twice."""
    inline = r"</?(?:strong|em|s|sup|sub|a)(?: [^>]*)?>"
    return re.findall(r"seen\d+", re.sub(r"<[^>]*>", " ", re.sub(inline, "", html)))


def faults(seed: int) -> list[str]:
    """What is wrong with the page of a random document."""
    writer = Writer(seed)
    data = writer.document()
    if not writer.seen:
        return []
    result = convert_bytes(data)
    everything = json.dumps(result)
    page = words_in(result["html"])
    body = words_in(re.sub(r"<thead>.*?</thead>", "", result["html"], flags=re.DOTALL))
    named = re.findall(r"seen\d+", json.dumps([result["title"], result["findings"]]))
    levels = [1, *(int(level) for level in re.findall(r"<h([2-4])", result["html"]))]
    wrong = [f"{word} is lost" for word in writer.seen if word not in page and word not in named]
    wrong += [f"{word} is there twice" for word in writer.seen if body.count(word) > 1]
    wrong += [f"{word} is shown" for word in writer.gone if re.search(rf"\b{word}\b", everything)]
    wrong += [f"h{two} after h{one}" for one, two in pairwise(levels) if two > one + 1]
    wrong += [f"lost: {word}" for word in result["words"]["missing"]]
    wrong += ["an author is named"] if "Marchbanks" in everything else []
    return wrong


@pytest.mark.parametrize("block", range(3))
def test_no_word_of_a_random_document_is_lost_doubled_or_let_out(block):
    size = DOCUMENTS // 3
    found = {seed: wrong for seed in range(block * size, (block + 1) * size) if (wrong := faults(seed))}
    assert found == {}

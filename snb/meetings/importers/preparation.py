"""A document made ready for mammoth: clean XML in which each paragraph carries a key to what mammoth would not hand on."""

from __future__ import annotations

import io
import posixpath
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from snb.meetings.importers.cleaning import Cleaner
from snb.meetings.importers.findings import Notes
from snb.meetings.importers.layout import Tables, caption_of, rows_of
from snb.meetings.importers.numbering import Mark, Numbering
from snb.meetings.importers.package import MAIN, A, Package, R, V, W, is_on
from snb.meetings.importers.pictures import Shown
from snb.meetings.importers.styles import Style, Styles, number_of
from snb.meetings.importers.tree import remove, replace, run_of, runs_of, style_of, text_of

KEY = "snb-"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KNOWN_LANGUAGES = {"ar", "fa", "he", "ur", "ps", "ckb", "yi"}


@dataclass
class Paragraph:
    """What is known of a paragraph besides its words."""

    style: str = ""
    level: int | None = None
    mark: Mark | None = None
    is_bold: bool = False
    is_underlined: bool = False
    size: int = 0
    is_centred: bool = False
    language: str = ""


@dataclass
class Table:
    """What is known of a table besides its cells."""

    header_rows: int = 0
    first_row_stands_out: bool = False
    first_column_stands_out: bool = False
    caption: str = ""


@dataclass
class Prepared:
    """A document for mammoth, and the keys in it."""

    file: io.BytesIO
    paragraphs: dict[str, Paragraph] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    shown: dict[str, Shown] = field(default_factory=dict)


def prepare(package: Package, styles: Styles, notes: Notes) -> Prepared:
    """Clean the document and its notes, and write them as a new file.

    Raises:
        Damaged: a part cannot be read.
    """
    made = Prepared(io.BytesIO())
    numbering = Numbering(package.xml("word/numbering.xml"), styles)
    parts: dict[str, Any] = {}
    for name in (MAIN, "word/footnotes.xml", "word/endnotes.xml"):
        root = package.main if name == MAIN else package.xml(name)
        if root is None:
            continue
        Cleaner(package, name, styles, notes, made.shown).clean(root)
        keys = _Keys(made, styles, numbering, notes)
        if name == MAIN:
            body = root.find(f"{W}body")
            _drop_contents(body, styles, notes)
            Tables(styles, notes).take_apart(body)
            keys.give_to_body(body)
        else:
            _flatten_tables(root)
        keys.give(root)
        parts[name] = root
    _write(package, parts, made)
    return made


def _drop_contents(body: Any, styles: Styles, notes: Notes) -> None:
    """Leave out the table of contents: its page numbers mean nothing on a web page."""
    lines: list[str] = []
    for paragraph in list(body.iter(f"{W}p")):
        name = styles.paragraph(style_of(paragraph)).name.lower()
        if name == "toc heading" or (name.startswith("toc ") and name[4:].isdigit()):
            lines.append(text_of(paragraph))
            remove(paragraph)
    if any(line.strip() for line in lines):
        notes.leave_out("left.contents", " · ".join(lines), count=len(lines))


def _flatten_tables(root: Any) -> None:
    """A table in a note becomes its paragraphs."""
    for table in list(root.iter(f"{W}tbl")):
        if table.getparent() is not None:
            replace(table, list(table.iter(f"{W}p")))


class _Keys:
    """Gives paragraphs and tables their keys, and makes runs plain."""

    def __init__(self, made: Prepared, styles: Styles, numbering: Numbering, notes: Notes) -> None:
        self.made, self.styles, self.numbering, self.notes = made, styles, numbering, notes

    def give_to_body(self, body: Any) -> None:
        """Tables first, while their paragraphs still have their properties."""
        for table in list(body.iterchildren(f"{W}tbl")):
            rows = rows_of(table)
            first = next((p for p in table.iter(f"{W}p") if _has_content(p)), None)
            if first is None:
                remove(table)
                continue
            known = Tables(self.styles, self.notes)
            header = 0
            for row in table.iterchildren(f"{W}tr"):
                if not is_on(row.find(f"{W}trPr/{W}tblHeader")):
                    break
                header += 1
            key = f"{KEY}table-{len(self.made.tables)}"
            self.made.tables[key] = Table(
                header_rows=header,
                first_row_stands_out=known.is_bold(rows[0]) or _is_shaded(rows),
                first_column_stands_out=all(known.is_bold([row[0], row[0]]) for row in rows[1:] if row)
                and len(rows) > 1,
                caption=caption_of(table, self.styles, self.notes),
            )
            _mark(first, key)

    def give(self, root: Any) -> None:
        """Every paragraph with words or pictures in it gets its key; every run only what a web page shows."""
        for paragraph in list(root.iter(f"{W}p")):
            style = self.styles.paragraph(style_of(paragraph))
            properties = paragraph.find(f"{W}pPr")
            known = self._known(paragraph, properties, style)
            for run in runs_of(paragraph):
                _plain(run, self.styles.run(run.find(f"{W}rPr"), style))
            if properties is not None:
                remove(properties)
            if not _has_content(paragraph):
                continue
            if known.mark is not None and known.mark.style is None:
                self._write_out(paragraph, known)
            key = f"{KEY}{len(self.made.paragraphs)}"
            self.made.paragraphs[key] = known
            _mark(paragraph, key)

    def _known(self, paragraph: Any, properties: Any, style: Style) -> Paragraph:
        runs = [run for run in runs_of(paragraph) if text_of(run).strip()]
        held = [self.styles.run(run.find(f"{W}rPr"), style) for run in runs]
        level = style.heading_level
        centred = False
        if properties is not None:
            outline = properties.find(f"{W}outlineLvl")
            if outline is not None and (outline.get(f"{W}val") or "").isdigit():
                direct = int(outline.get(f"{W}val")) + 1
                level = direct if direct <= 9 else None
            alignment = properties.find(f"{W}jc")
            centred = alignment is not None and alignment.get(f"{W}val") == "center"
        number = number_of(properties)
        if number is not None and not number[0] and style.number is not None:
            number = (style.number[0], number[1])
        number = number or style.number
        mark = None
        if number and number[0] not in {"", "0"}:
            mark = self.numbering.next(*number)
        return Paragraph(
            style=style.name,
            level=level,
            mark=mark,
            is_bold=bool(held) and all(each.get("b") for each in held),
            is_underlined=bool(held)
            and all(each.get("u", "none") != "none" for each in held)
            and next(paragraph.iter(f"{W}hyperlink", f"{W}instrText"), None) is None,
            size=max((int(each["sz"]) for each in held if str(each.get("sz", "")).isdigit()), default=0),
            is_centred=centred,
            language=_language(text_of(paragraph), held),
        )

    def _write_out(self, paragraph: Any, known: Paragraph) -> None:
        """A number that no HTML list can show becomes text."""
        assert known.mark is not None
        run = run_of(f"{known.mark.label} ")
        if known.is_bold:
            etree.SubElement(etree.SubElement(run, f"{W}rPr"), f"{W}b")
            run.insert(0, run[-1])
        paragraph.insert(0, run)
        self.notes.added.append(known.mark.label)
        self.notes.counted["lists.written_out"] += 1


def _language(text: str, held: list[dict[str, Any]]) -> str:
    """A language written from right to left: its code where all runs agree, “rtl” where they do not, else ""."""
    directions = Counter(
        direction in {"R", "AL"}
        for direction in map(unicodedata.bidirectional, text)
        if direction in {"L", "R", "AL"}
    )
    if not directions[True] or directions[True] < directions[False]:
        return ""
    named = {str(each.get("bidi", "")).split("-")[0].lower() for each in held}
    only = named.pop() if len(named) == 1 else ""
    return only if only in _KNOWN_LANGUAGES else "rtl"


def _is_shaded(rows: list[list[Any]]) -> bool:
    """Whether the first row, and it alone, has a colour of its own."""

    def shaded(row: list[Any]) -> bool:
        fills = [cell.find(f"{W}tcPr/{W}shd") for cell in row]
        return bool(row) and all(
            fill is not None and fill.get(f"{W}fill") not in {None, "auto", "FFFFFF"} for fill in fills
        )

    return len(rows) > 1 and shaded(rows[0]) and not all(shaded(row) for row in rows)


def _has_content(paragraph: Any) -> bool:
    """Whether there is anything to see in a paragraph."""
    kinds = [f"{W}footnoteReference", f"{W}endnoteReference", f"{A}blip", f"{V}imagedata", f"{W}ffData"]
    return bool(text_of(paragraph).strip()) or next(paragraph.iter(*kinds), None) is not None


def _mark(paragraph: Any, key: str) -> None:
    marker = etree.Element(f"{W}bookmarkStart")
    marker.set(f"{W}name", key)
    paragraph.insert(1 if paragraph.find(f"{W}pPr") is not None else 0, marker)


def _plain(run: Any, held: dict[str, Any]) -> None:
    """Leave of a run's look what a web page shows: bold, italic, struck out, raised and lowered."""
    properties = run.find(f"{W}rPr")
    if properties is not None:
        run.remove(properties)
    made = etree.Element(f"{W}rPr")
    for name in ("b", "i"):
        if held.get(name):
            etree.SubElement(made, f"{W}{name}")
    if held.get("strike") or held.get("dstrike"):
        etree.SubElement(made, f"{W}strike")
    if held.get("vertAlign") in {"superscript", "subscript"} and text_of(run).strip():
        etree.SubElement(made, f"{W}vertAlign").set(f"{W}val", str(held["vertAlign"]))
    if len(made):
        run.insert(0, made)


_PARTS = {"word/footnotes.xml": "footnotes", "word/endnotes.xml": "endnotes"}
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)


def _write(package: Package, parts: dict[str, Any], made: Prepared) -> None:
    """Write the parts, the addresses they point at and the pictures they show; nothing else comes along."""
    media: set[str] = set()
    with zipfile.ZipFile(made.file, "w", zipfile.ZIP_STORED) as out:
        out.writestr("[Content_Types].xml", _TYPES)
        out.writestr("_rels/.rels", _relationships([("main", f"{_OFFICE}/officeDocument", MAIN)]))
        for name, root in parts.items():
            rows: list[tuple[str, str, str]] = []
            for key, target in package.relationships(name).items():
                if target.kind == "hyperlink":
                    rows.append((key, f"{_OFFICE}/hyperlink", target.target))
                elif target.kind == "image" and not target.is_external and target.target in package:
                    rows.append((key, f"{_OFFICE}/image", "/" + target.target))
                    media.add(target.target)
            if name == MAIN:
                rows += [
                    (f"snb-{kind}", f"{_OFFICE}/{kind}", posixpath.basename(part))
                    for part, kind in _PARTS.items()
                    if part in parts
                ]
            known = {key for key, _kind, _target in rows}
            for link in root.iter(f"{W}hyperlink"):
                if link.get(f"{R}id") is not None and link.get(f"{R}id") not in known:
                    link.attrib.pop(f"{R}id")
            out.writestr(name, etree.tostring(root, encoding="utf-8", xml_declaration=True))
            out.writestr(f"word/_rels/{posixpath.basename(name)}.rels", _relationships(rows))
        for name in sorted(media):
            out.writestr(name, package.read(name))
    made.file.seek(0)


def _relationships(rows: list[tuple[str, str, str]]) -> bytes:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    root = etree.Element(f"{{{namespace}}}Relationships", nsmap={None: namespace})
    for key, kind, target in rows:
        each = etree.SubElement(root, f"{{{namespace}}}Relationship")
        each.set("Id", key)
        each.set("Type", kind)
        each.set("Target", target)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)

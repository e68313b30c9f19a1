"""From the bytes of a Word file to everything the portal wants of it; runs in the child process."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import mammoth
from mammoth import images

from snb.meetings.importers.cleaning import PARTS_INSIDE, Cleaner
from snb.meetings.importers.findings import Notes, short
from snb.meetings.importers.grids import find_grids
from snb.meetings.importers.headings import find_headings, find_title
from snb.meetings.importers.lists import find_lists
from snb.meetings.importers.package import MAIN, Damaged, Package, W
from snb.meetings.importers.pictures import SCAN_PIXELS, Pictures, Shown
from snb.meetings.importers.pieces import MARK, Note, Piece, Reader
from snb.meetings.importers.preparation import Prepared, prepare
from snb.meetings.importers.proposals import propose
from snb.meetings.importers.styles import Styles
from snb.meetings.importers.tree import text_of
from snb.meetings.importers.words import count, visible_words, words_of
from snb.meetings.importers.writing import as_blocks, as_html

SCANNED_WORDS = 40
"""A document of pictures with fewer words than this is a scan."""
SHOWN_MISSING = 20
MOST_OF_HEADER = 1000
"""Characters of a page header or footer that the report names."""


class Empty(Exception):
    """There is nothing in the document: no word and no picture."""


class Nested(Exception):
    """All there is stands in a document inside the document, which Word would show."""


def convert_bytes(data: bytes) -> dict[str, Any]:
    """Convert a Word file. The result is plain data: HTML, blocks, findings, proposals, words, pictures.

    Raises:
        Damaged: the file is no Word document that can be read.
        Empty: there is nothing in it.
        Nested: there is nothing in it but another document.
    """
    package = Package(io.BytesIO(data))
    has_parts = next(package.main.iter(*PARTS_INSIDE), None) is not None
    notes = Notes()
    styles = Styles(package.xml("word/styles.xml"))
    before = visible_words(package, styles)
    _tell_removed(package, notes)
    _tell_headers(package, styles, notes)
    prepared = prepare(package, styles, notes)
    pictures = Pictures()
    shown: dict[str, tuple[str, Shown]] = {}
    html = _through_mammoth(prepared, pictures, shown)
    pieces, found_notes = Reader(prepared, pictures, notes, shown).read(html)
    find_title(pieces, notes)
    pieces = find_grids(pieces, notes)
    pieces = [_known_picture(piece, shown) for piece in pieces]
    find_headings(pieces, notes)
    pieces = find_lists(pieces, notes)
    _tell_pictures(pieces, pictures, before, notes)
    if not before and not pictures.data:
        raise Nested if has_parts else Empty
    if found_notes:
        notes.counted["footnotes.kept"] = len(found_notes)
    for piece in pieces:
        if piece.language and piece.kind != "picture":
            notes.counted["languages.known" if piece.language != "rtl" else "languages.unknown"] += 1
    blocks = as_blocks(pieces, found_notes)
    used = {piece.name for piece in pieces if piece.kind == "picture"}
    return {
        "html": as_html(pieces, found_notes),
        "blocks": blocks,
        "title": notes.title,
        "findings": notes.found,
        "counted": {code: number for code, number in notes.counted.items() if number > 0},
        "words": _compare(before, blocks, found_notes, notes),
        "proposals": propose(pieces, notes.title),
        "pictures": {name: data for name, data in pictures.data.items() if name in used},
    }


def _through_mammoth(prepared: Prepared, pictures: Pictures, shown: dict[str, tuple[str, Shown]]) -> str:
    def keep(image: Any) -> dict[str, str]:
        key = image.alt_text or ""
        known = prepared.shown.get(key, Shown())
        with image.open() as opened:
            shown[key] = (pictures.add(opened.read(), known), known)
        return {"src": key}

    try:
        return mammoth.convert_to_html(
            prepared.file, include_default_style_map=False, convert_image=images.img_element(keep)
        ).value
    except (KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        raise Damaged(f"mammoth: {type(error).__name__}") from error


def _known_picture(piece: Piece, shown: dict[str, tuple[str, Shown]]) -> Piece:
    """A picture taken out of a table is only a key yet."""
    if piece.kind == "picture" and piece.name in shown:
        piece.name, piece.shown = shown[piece.name]
    return piece


def _tell_removed(package: Package, notes: Notes) -> None:
    """Count what the file says about people; no name is written down."""
    names: set[str] = set()
    core = package.xml("docProps/core.xml")
    for each in core if core is not None else ():
        kind = each.tag.rpartition("}")[2]
        if (each.text or "").strip():
            if kind in {"creator", "lastModifiedBy"}:
                names.add((each.text or "").strip())
            elif kind in {"created", "modified", "lastPrinted"}:
                notes.counted["removed.dates"] += 1
            elif kind in {"title", "subject", "description", "keywords", "category"}:
                notes.counted["removed.properties"] += 1
    extended = package.xml("docProps/app.xml")
    for each in extended if extended is not None else ():
        if each.tag.rpartition("}")[2] in {"Company", "Manager"} and (each.text or "").strip():
            notes.counted["removed.company"] += 1
    custom = package.xml("docProps/custom.xml")
    notes.counted["removed.properties"] += len(custom) if custom is not None else 0
    comments = package.xml("word/comments.xml")
    if comments is not None:
        notes.counted["removed.comments"] += sum(1 for _ in comments.iterchildren(f"{W}comment"))
    for root in (package.main, comments, package.xml("word/footnotes.xml"), package.xml("word/endnotes.xml")):
        for each in root.iter() if root is not None else ():
            names.add((each.get(f"{W}author") or "").strip())
    notes.counted["removed.authors"] = len(names - {""})


def _tell_headers(package: Package, styles: Styles, notes: Notes) -> None:
    """Page headers and footers are not part of the text; the words that are seen in them are told."""
    for kind in ("header", "footer"):
        texts: list[str] = []
        for target in package.relationships(MAIN).values():
            if target.kind == kind and target.target in package:
                root = package.xml(target.target)
                Cleaner(package, target.target, styles, Notes(), {}).clean(root)
                texts.append(" ".join(text_of(root).split()))
        words = " · ".join(dict.fromkeys(text for text in texts if words_of(text)))
        if words:
            notes.tell(f"left.{kind}", text=short(words, MOST_OF_HEADER))
    held = sum(name.startswith("word/embeddings/") for name in package.names)
    shown = sum(1 for _ in package.main.iter(f"{W}object")) + sum(
        name.startswith("word/charts/chart") for name in package.names
    )
    notes.counted["left.embedded"] = max(0, held - shown)  # an object or a chart is told of by itself


def _tell_pictures(pieces: list[Piece], pictures: Pictures, before: Counter[str], notes: Notes) -> None:
    shown = [piece for piece in pieces if piece.kind == "picture"]
    for piece in shown:
        if piece.shown.is_decorative:
            notes.counted["pictures.decorative"] += 1
        elif piece.shown.alt:
            notes.counted["pictures.described"] += 1
        else:
            notes.tell("pictures.undescribed", name=piece.name)
    largest = max((pictures.pixels.get(piece.name, 0) for piece in shown), default=0)
    if shown and before.total() < SCANNED_WORDS and largest >= SCAN_PIXELS:
        notes.tell("pictures.scanned")


def _compare(
    before: Counter[str], blocks: list[dict[str, Any]], found_notes: list[Note], notes: Notes
) -> dict[str, Any]:
    """Words before and after; what is missing is what was neither taken over nor told as left out."""
    after = count(texts_of_blocks(blocks))
    after -= Counter({"Notes": 1}) if found_notes else Counter()
    kept = after - count(notes.added)
    left_out = (before - kept) & count(notes.left_out)
    missing = before - kept - left_out
    return {
        "before": before.total(),
        "after": kept.total(),
        "left_out": left_out.total(),
        "lost": missing.total(),
        "missing": list(missing)[:SHOWN_MISSING],
    }


def texts_of_blocks(blocks: list[dict[str, Any]]) -> list[str]:
    """The words of block values, a text for each paragraph, item and cell; marks of notes are no words."""
    texts: list[str] = []

    def rich(html: str) -> None:
        from lxml import html as lxml_html

        if not html:
            return
        root = lxml_html.fragment_fromstring(html, create_parent="div")
        for each in root.iter("br", "p", "li", "ul", "ol"):
            each.tail = " " + (each.tail or "")
            if each.tag in {"p", "li"}:
                each.text = " " + (each.text or "")
        texts.append(MARK.sub("", root.text_content()))

    for block in blocks:
        kind, value = block["type"], block["value"]
        if kind == "heading":
            texts.append(MARK.sub("", value["text"]))
        elif kind == "text":
            rich(value)
        elif kind in {"passage", "numbered_list"}:
            rich(value["text"])
        elif kind == "table":
            table = value["table"]
            texts.append(table["caption"])
            texts += [MARK.sub("", column["heading"]) for column in table["columns"]]
            for row in table["rows"]:
                for column, cell in zip(table["columns"], row["values"], strict=True):
                    if column["type"] == "rich":
                        rich(cell)
                    else:
                        texts.append(MARK.sub("", cell))
        elif kind == "notes":
            texts.append(value["heading"])
            for note in value["notes"]:
                rich(note["text"])
    return [re.sub(r"\s+", " ", text) for text in texts]

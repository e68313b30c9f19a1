"""What must not go on, and what mammoth does not know: taken out, unwrapped or made plain before it reads the document."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from lxml import etree

from snb.meetings.importers.fields import chosen, spelled_out, words_of_orders
from snb.meetings.importers.findings import Notes, short
from snb.meetings.importers.hiding import Hiding, is_hidden_drawing
from snb.meetings.importers.package import MC, WP, A, M, O, Package, R, V, W, is_on
from snb.meetings.importers.pictures import Shown
from snb.meetings.importers.styles import Styles
from snb.meetings.importers.symbols import SYMBOL_EXTENSION, UNREADABLE, shown_as, symbol
from snb.meetings.importers.tree import remove, replace, run_of, runs_of, style_of, text_of

_UNWRAPPED = {f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo")}
_CHANGES = re.compile(r"(rPr|pPr|sectPr|tblPr|tblGrid|trPr|tcPr|tblPrEx|numbering)Change$")
_INSERTED = {f"{W}ins", f"{W}moveTo"}
_DELETED = {f"{W}del", f"{W}moveFrom"}
_DROPPED = {
    f"{W}{name}"
    for name in (
        "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "proofErr", "permStart",
        "permEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "bookmarkStart", "bookmarkEnd", "lastRenderedPageBreak", "softHyphen", "sectPr", "footnoteRef",
        "endnoteRef", "separator", "continuationSeparator", "cellIns", "cellDel", "cellMerge",
    )
}  # fmt: skip
PARTS_INSIDE = (f"{W}altChunk", f"{W}subDoc")
"""A document inside the document: Word shows it as text, and writes it as text when it saves the file."""
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
MOST_FOREIGN = 1000
"""Characters of a chart or diagram that the report names."""
_CHART = re.compile(r"/(chart|chartex)$")
_AUTOMATIC = re.compile(
    r"automatically generated|^(picture|image|graphic|logo|photo|img|shape|object|bild)?[\s_-]*\d*$|"
    r"\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|heic|webp)$",
    re.IGNORECASE,
)
"""Descriptions that a program wrote or that only name a file."""


class Cleaner:
    """Brings one part of a document to what everybody sees of it."""

    def __init__(
        self, package: Package, part: str, styles: Styles, notes: Notes, shown: dict[str, Shown]
    ) -> None:
        self.package, self.part, self.styles, self.notes, self.shown = package, part, styles, notes, shown
        self.relationships = package.relationships(part)

    def clean(self, root: Any) -> None:
        """Change the part in place."""
        self._choose_alternatives(root)
        self._accept_changes(root)
        self._fill_in(root)
        self._results_of_fields(root)
        self._drop_hidden(root)
        self._signs(root)
        self._plain_text(root)
        self._drawings(root)
        self._take_out_boxes(root)

    # ------------------------------------------------------------------------------------ two versions of one thing
    def _choose_alternatives(self, root: Any) -> None:
        for element in list(root.iter(f"{MC}AlternateContent")):
            if element.getparent() is None:
                continue
            chosen = element.find(f"{MC}Choice")
            if chosen is None or len(chosen) == 0:
                chosen = element.find(f"{MC}Fallback")
            replace(element, list(chosen) if chosen is not None else [])

    # ------------------------------------------------------------------------------------------------ tracked changes
    def _accept_changes(self, root: Any) -> None:
        counted = self.notes.counted
        for element in list(root.iter(f"{W}tc")):
            if element.find(f"{W}tcPr/{W}cellDel") is not None:
                counted["removed.deletions"] += 1
                for content in list(element.iterchildren(f"{W}p", f"{W}tbl")):
                    element.remove(content)
                etree.SubElement(element, f"{W}p")
        for element in list(root.iter(f"{W}tr")):
            if element.find(f"{W}trPr/{W}del") is not None:
                counted["removed.deletions"] += 1
                remove(element)
        for element in list(root.iter(f"{W}del", f"{W}moveFrom")):
            holder = element.getparent()
            if holder is None or holder.tag == f"{W}trPr" or (holder.tag == f"{W}rPr" and _is_mark(holder)):
                continue
            counted["removed.deletions"] += 1
            remove(element)
        for element in list(root.iter(*_INSERTED)):
            if element.getparent().tag != f"{W}rPr":
                counted["removed.insertions"] += 1
        for element in list(root.iter()):
            if isinstance(element.tag, str) and _CHANGES.search(element.tag):
                counted["removed.formatting"] += 1
                remove(element)
        for paragraph in list(root.iter(f"{W}p")):
            self._join_with_next(paragraph)

    def _join_with_next(self, paragraph: Any) -> None:
        """Where the end of a paragraph was deleted, its text goes on in the next one."""
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is None:
            return
        self.notes.counted["removed.deletions"] += 1
        following = paragraph.getnext()
        if following is None or following.tag != f"{W}p":
            return
        at = 1 if following.find(f"{W}pPr") is not None else 0
        for child in reversed([child for child in paragraph if child.tag != f"{W}pPr"]):
            following.insert(at, child)
        remove(paragraph)

    # ------------------------------------------------------------------------------ content controls and other frames
    def _fill_in(self, root: Any) -> None:
        for element in list(root.iter(f"{W}sdt")):
            if element.getparent() is None:
                continue
            self.notes.counted["controls.found"] += 1
            if is_on(element.find(f"{W}sdtPr/{W}showingPlcHdr")):
                self.notes.leave_out("controls.empty", text_of(element))
                remove(element)
                continue
            content = element.find(f"{W}sdtContent")
            replace(element, list(content) if content is not None else [])
        for element in list(root.iter(*_UNWRAPPED)):
            if element.getparent().tag in {f"{W}rPr", f"{W}trPr"}:
                remove(element)
            else:
                properties = {f"{W}smartTagPr", f"{W}customXmlPr", f"{W}fldData"}
                replace(element, [child for child in element if child.tag not in properties])
        for element in list(root.iter(*_DROPPED)):
            if element.getparent() is not None and element.tag != f"{W}sectPr":
                remove(element)
        for element in list(root.iter(*PARTS_INSIDE)):
            self.notes.tell("left.parts")
            remove(element)

    # ------------------------------------------------------------------------------------------------- fields, hidden text
    def _results_of_fields(self, root: Any) -> None:
        for element in words_of_orders(root):
            remove(element)
        for choices in list(root.iter(f"{W}ddList")):
            begin = next(choices.iterancestors(f"{W}r"), None)
            if begin is not None and begin.getparent() is not None:
                begin.addprevious(run_of(chosen(choices)))
        for field in list(root.iter(f"{W}fldSimple")):
            replace(field, spelled_out(field))

    def _drop_hidden(self, root: Any) -> None:
        for element in list(root.iter(f"{W}drawing", f"{W}pict")):
            if is_hidden_drawing(element):
                self.notes.counted["removed.hidden"] += 1
                remove(element)
        hiding = Hiding(root, self.styles)
        for paragraph in root.iter(f"{W}p"):
            before = ""
            style = self.styles.paragraph(style_of(paragraph))
            for run in runs_of(paragraph):
                why = hiding.of(run, paragraph, style)
                if text_of(run).strip() or next(run.iter(f"{W}drawing", f"{W}pict"), None) is not None:
                    if why and why != before:
                        self.notes.counted[f"removed.{why}"] += 1
                    before = why
                if why and run.find(f"{W}fldChar") is None and run.find(f"{W}instrText") is None:
                    remove(run)

    # -------------------------------------------------------------------------------------------------- signs by their font
    def _signs(self, root: Any) -> None:
        for paragraph in root.iter(f"{W}p"):
            style = self.styles.paragraph(style_of(paragraph))
            for run in runs_of(paragraph):
                font = self.styles.run(run.find(f"{W}rPr"), style).get("font", "")
                for words in run.iterchildren(f"{W}t"):
                    seen = shown_as(words.text or "", font)
                    if UNREADABLE in seen and UNREADABLE not in (words.text or ""):
                        self.notes.tell("left.symbol", text=font)
                    words.text = seen
        for element in list(root.iter(f"{W}sym", f"{SYMBOL_EXTENSION}symEx")):
            made = etree.Element(f"{W}t")
            made.text = symbol(element)
            if made.text == UNREADABLE:
                self.notes.tell("left.symbol", text=element.get(f"{W}font") or "")
            replace(element, [made])

    # ----------------------------------------------------------------------------------- text that mammoth would drop
    def _plain_text(self, root: Any) -> None:
        for formula in list(root.iter(f"{M}oMath")):
            words = " ".join(each.text or "" for each in formula.iter(f"{M}t"))
            self.notes.tell("left.equation", text=words)
            above = formula.getprevious()
            is_next = (
                above is not None and formula.getparent().tag == f"{M}oMathPara" and above.tag == f"{W}r"
            )
            replace(formula, [run_of(f" {words}" if is_next else words)])
        for block in list(root.iter(f"{M}oMathPara")):
            replace(block, list(block.iterchildren(f"{W}r")))
        for ruby in list(root.iter(f"{W}ruby")):
            base, above = ruby.find(f"{W}rubyBase"), ruby.find(f"{W}rt")
            words = text_of(base) if base is not None else ""
            words += f" ({text_of(above)})" if above is not None else ""
            made = etree.Element(f"{W}t")
            made.text = words
            replace(ruby, [made])
        for element in list(root.iter(f"{W}cr")):
            element.tag = f"{W}br"
        for element in list(root.iter(f"{W}ptab")):
            element.tag = f"{W}tab"
        for element in list(root.iter(f"{W}br")):
            if element.get(f"{W}type") in {"page", "column"}:
                element.attrib.pop(f"{W}type")
                element.tag = f"{W}tab"

    # -------------------------------------------------------------------------------------------------------- drawings
    def _drawings(self, root: Any) -> None:
        for element in list(root.iter(f"{W}drawing")):
            for frame in element:
                self._drawing(frame)
        for element in list(root.iter(f"{W}object")):
            kind = element.find(f"{O}OLEObject")
            self.notes.tell("left.object", text=(kind.get("ProgID") or "") if kind is not None else "")
            remove(element)
        for element in list(root.iter(f"{W}pict")):
            self._old_drawing(element)

    def _drawing(self, frame: Any) -> None:
        properties = frame.find(f"{WP}docPr")
        for data in list(frame.iter(f"{A}graphicData")):
            uri = data.get("uri") or ""
            if _CHART.search(uri) or uri == _DIAGRAM:
                self._foreign(data, "left.chart" if _CHART.search(uri) else "left.diagram", properties)
                continue
            if next(data.iter(f"{A}t"), None) is not None:
                self._foreign(data, "left.drawn_words", properties)
                continue
            blips = list(data.iter(f"{A}blip"))
            for blip in blips:
                self._blip(blip, frame, properties)
            if not blips and next(data.iter(f"{W}txbxContent"), None) is None:
                self.notes.counted["left.drawing"] += 1

    def _foreign(self, data: Any, code: str, properties: Any) -> None:
        """A chart or diagram: not taken over, but its words are told."""
        words: list[str] = []
        for pointer in data:
            for name in (pointer.get(f"{R}id"), pointer.get(f"{R}dm")):
                target = self.relationships.get(name or "")
                root = self.package.xml(target.target) if target and not target.is_external else None
                if root is not None:
                    words += [
                        text.strip()
                        for text in root.xpath("//*[local-name()='t' or local-name()='v']/text()")
                        if text.strip()
                    ]
        words += [text.strip() for text in data.xpath(".//*[local-name()='t']/text()") if text.strip()]
        described = [properties.get("descr") or ""] if properties is not None else []
        words = [*(" ".join(each.split()) for each in described if each.strip()), *words]
        self.notes.tell(code, text=short(" · ".join(dict.fromkeys(words)), MOST_FOREIGN))
        for child in list(data):
            data.remove(child)

    def _blip(self, blip: Any, frame: Any, properties: Any) -> None:
        target = self.relationships.get(blip.get(f"{R}embed") or "")
        if target is None or target.is_external or target.target not in self.package:
            self.notes.counted["left.linked_picture"] += 1
            remove(blip)
            return
        crop = (0, 0, 0, 0)
        source = blip.getparent().find(f"{A}srcRect")
        if source is not None:
            crop = tuple(_whole(source.get(edge)) for edge in "ltrb")  # type: ignore[assignment]
        alt = (properties.get("descr") or properties.get("title") or "") if properties is not None else ""
        is_decorative = properties is not None and any(
            each.get("val") in {"1", "true"} for each in properties.xpath(".//*[local-name()='decorative']")
        )
        key = self._remember(alt, is_decorative, crop)
        blips = list(frame.iter(f"{A}blip"))
        if len(blips) > 1 or not _stands_alone(blip, frame):
            self._own_frame(blip, frame, key)
        elif properties is not None:
            properties.set("descr", key)
            for link in properties.xpath("*[local-name()='hlinkClick']"):
                self.notes.counted["links.on_picture"] += 1
                properties.remove(link)

    def _own_frame(self, blip: Any, frame: Any, key: str) -> None:
        """A picture inside a group or canvas, put into a frame of its own that mammoth finds."""
        holder = frame.getparent()
        drawing = etree.Element(f"{W}drawing")
        inline = etree.SubElement(drawing, f"{WP}inline")
        etree.SubElement(inline, f"{WP}docPr").set("descr", key)
        picture = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
        data = etree.SubElement(etree.SubElement(inline, f"{A}graphic"), f"{A}graphicData")
        fill = etree.SubElement(etree.SubElement(data, f"{picture}pic"), f"{picture}blipFill")
        fill.append(deepcopy(blip))
        blip.getparent().remove(blip)
        holder.addnext(drawing)

    def _old_drawing(self, element: Any) -> None:
        images = list(element.iter(f"{V}imagedata"))
        for image in images:
            target = self.relationships.get(image.get(f"{R}id") or "")
            if target is None or target.is_external or target.target not in self.package:
                self.notes.counted["left.linked_picture"] += 1
                remove(image)
            else:
                alt = image.getparent().get("alt") or image.get(f"{O}title") or ""
                image.set(f"{O}title", self._remember(alt, False, (0, 0, 0, 0)))
        for path in element.iter(f"{V}textpath"):
            self.notes.tell("left.wordart", text=path.get("string") or "")
        if not images and next(element.iter(f"{W}txbxContent", f"{V}textpath"), None) is None:
            self.notes.counted["left.drawing"] += 1

    def _remember(self, alt: str, is_decorative: bool, crop: tuple[int, int, int, int]) -> str:
        key = f"snb-picture-{len(self.shown)}"
        alt = " ".join(alt.split())
        self.shown[key] = Shown("" if _AUTOMATIC.search(alt) else alt[:250], is_decorative, crop)
        return key

    # ------------------------------------------------------------------------------------------------------ text boxes
    def _take_out_boxes(self, root: Any) -> None:
        """The paragraphs of a text box go on after the paragraph that it hangs on; the outer box first."""
        while (box := next(root.iter(f"{W}txbxContent"), None)) is not None:
            anchor = next((above for above in box.iterancestors(f"{W}p")), None)
            inside = list(box)
            remove(box)
            if any(text_of(each).strip() for each in inside):
                self.notes.counted["boxes.moved"] += 1
            if anchor is None:
                continue
            for each in reversed(inside):
                anchor.addnext(each)


def _is_mark(properties: Any) -> bool:
    """Whether run properties belong to the end of a paragraph."""
    holder = properties.getparent()
    return holder is not None and holder.tag == f"{W}pPr"


def _stands_alone(blip: Any, frame: Any) -> bool:
    """Whether the picture lies where mammoth looks for it: in a `pic:pic` directly in the frame's data."""
    picture = blip.getparent().getparent()
    return picture is not None and picture.getparent() in list(frame.iter(f"{A}graphicData"))


def _whole(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0

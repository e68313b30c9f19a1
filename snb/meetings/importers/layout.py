"""Which tables hold facts and which only hold the page together; the latter become the text they arrange."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from lxml import etree

from snb.meetings.importers.findings import Notes, short
from snb.meetings.importers.package import W, is_on
from snb.meetings.importers.styles import Styles, has_borders
from snb.meetings.importers.tree import remove, replace, run_of, runs_of, style_of, text_of

ACTION_COLUMN = re.compile(
    r"actions?( (by|points?|owner|for|required))?|owner|who|lead|by whom|responsible", re.IGNORECASE
)
TEXT_COLUMN = re.compile(
    r"items?|minutes?|discussions?|notes?|points?|subject|topic|agenda( items?)?|details?|matters?|summary|"
    r"(agenda )?items?( and|/| /)? (discussions?|notes?)|minutes? of (the )?meeting|discussion points?",
    re.IGNORECASE,
)
NUMBER_COLUMN = re.compile(r"(no|nos|ref|item|item no|agenda no|number|#)\.?", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,2}([.:]\d{1,2})*[.):]?")
LONG_CELL = 40
"""Words of a cell, on average, from which on a table is text in columns."""


class Tables:
    """The tables of the body, one after the other; those of the layout are taken apart."""

    def __init__(self, styles: Styles, notes: Notes) -> None:
        self.styles, self.notes = styles, notes

    def take_apart(self, body: Any) -> None:
        """Replace every layout table of the body by its text, outermost first; flatten tables inside tables of facts."""
        for table in body.iter(f"{W}tbl"):
            _move_continued(table)
        pending = list(body.iterchildren(f"{W}tbl"))
        while pending:
            table = pending.pop(0)
            rows = rows_of(table)
            if self._is_discussion(rows):
                self.notes.counted["tables.discussion"] += 1
                made = self._discussion(rows)
            elif self._is_layout(table, rows):
                self.notes.counted["tables.layout"] += 1
                made = [each for row in rows for cell in row for each in _content(cell)]
            else:
                for inner in list(table.iter(f"{W}tbl")):
                    if inner is not table and inner.getparent() is not None:
                        self.notes.counted["tables.nested"] += 1
                        replace(inner, _flattened(inner))
                continue
            replace(table, made)
            pending = [each for each in made if each.tag == f"{W}tbl"] + pending

    def _is_layout(self, table: Any, rows: list[list[Any]]) -> bool:
        width = max((len(row) for row in rows), default=0)
        if width <= 1 or len(rows) <= 1:
            return True
        words = [text_of(cell).split() for row in rows for cell in row]
        filled = [each for each in words if each]
        if not filled:
            return True
        if sum(len(each) for each in filled) / len(filled) > LONG_CELL:
            return True
        if any(self._is_heading(paragraph) for paragraph in table.iter(f"{W}p")):
            return True
        if self._is_bordered(table) or _is_header(rows[0]) or self.is_bold(rows[0]):
            return False
        figures = [_is_figure(text_of(cell)) for row in rows[1:] for cell in row[1:] if text_of(cell).strip()]
        return not figures or sum(figures) / len(figures) < 0.5

    def _is_heading(self, paragraph: Any) -> bool:
        return bool(self.styles.paragraph(style_of(paragraph)).heading_level and text_of(paragraph).strip())

    def _is_bordered(self, table: Any) -> bool:
        properties = table.find(f"{W}tblPr")
        own = properties.find(f"{W}tblBorders") if properties is not None else None
        if own is not None:
            return has_borders(own)
        named = properties.find(f"{W}tblStyle") if properties is not None else None
        if named is not None and self.styles.get(named.get(f"{W}val")).bordered:
            return True
        return any(has_borders(each) for each in table.iter(f"{W}tcBorders"))

    def is_bold(self, row: list[Any]) -> bool:
        """Whether every word of a row is bold, and there are words in more than one cell."""
        filled = [cell for cell in row if text_of(cell).strip()]
        return len(filled) > 1 and all(
            self.styles.run(run.find(f"{W}rPr"), self.styles.paragraph(style_of(paragraph))).get("b")
            for cell in filled
            for paragraph in cell.iter(f"{W}p")
            for run in runs_of(paragraph)
            if text_of(run).strip()
        )

    def _is_discussion(self, rows: list[list[Any]]) -> bool:
        """Minutes written into a table: what was said, and beside it who does something about it."""
        if len(rows) < 2 or len(rows[0]) not in {2, 3, 4}:
            return False
        names = [text_of(cell).strip().rstrip(":") for cell in rows[0]]
        if not ACTION_COLUMN.fullmatch(names[-1]):
            return False
        text_columns = [index for index, name in enumerate(names[:-1]) if TEXT_COLUMN.fullmatch(name)]
        if not text_columns or any(
            name and index not in text_columns and not NUMBER_COLUMN.fullmatch(name)
            for index, name in enumerate(names[:-1])
        ):
            return False
        cells = [row[text_columns[-1]] for row in rows[1:] if len(row) > text_columns[-1]]
        filled = [cell for cell in cells if text_of(cell).strip()]
        several = sum(
            1 for cell in filled if sum(1 for p in cell.iterchildren(f"{W}p") if text_of(p).strip()) > 1
        )
        average = sum(len(text_of(cell).split()) for cell in filled) / max(len(filled), 1)
        return several * 2 >= len(filled) or average > 20

    def _discussion(self, rows: list[list[Any]]) -> list[Any]:
        names = " · ".join(text_of(cell).strip() for cell in rows[0] if text_of(cell).strip())
        self.notes.leave_out("tables.column_names", names)
        made: list[Any] = []
        for row in rows[1:]:
            cells = [_content(cell) for cell in row]
            actions = cells.pop() if len(cells) > 1 else []
            number = " ".join(text_of(row[0]).split()) if len(cells) > 1 else ""
            if len(cells) > 1 and NUMBER.fullmatch(number):
                cells.pop(0)
                self._number(cells[0], number, made)
            for content in cells:
                made += content
            for action in actions:
                if action.tag == f"{W}p" and text_of(action).strip():
                    if not re.match(r"\s*actions?\b", text_of(action), re.IGNORECASE):
                        _put_first(action, run_of("Action: "))
                        self.notes.added.append("Action")
                    made.append(action)
                elif action.tag == f"{W}tbl":
                    made.append(action)
        return made

    def _number(self, content: list[Any], number: str, made: list[Any]) -> None:
        """The number of a row goes before the first words of its text."""
        first = next((each for each in content if each.tag == f"{W}p" and text_of(each).strip()), None)
        run = run_of(f"{number} ")
        bold = etree.Element(f"{W}rPr")
        etree.SubElement(bold, f"{W}b")
        if first is None:
            alone = etree.Element(f"{W}p")
            alone.append(run)
            made.append(alone)
            return
        runs = [each for each in runs_of(first) if text_of(each).strip()]
        if runs and self.styles.run(runs[0].find(f"{W}rPr"), self.styles.paragraph(style_of(first))).get("b"):
            run.insert(0, bold)
        _put_first(first, run)


def rows_of(table: Any) -> list[list[Any]]:
    """The cells of a table, row by row; not those of tables inside."""
    return [list(row.iterchildren(f"{W}tc")) for row in table.iterchildren(f"{W}tr")]


def _content(cell: Any) -> list[Any]:
    return [each for each in cell if each.tag in {f"{W}p", f"{W}tbl"}]


def _is_header(row: list[Any]) -> bool:
    """Whether Word repeats this row on each page."""
    return bool(row) and is_on(row[0].getparent().find(f"{W}trPr/{W}tblHeader"))


def _is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"[-+−]?[£$€]?\s?[\d.,:/]+\s?%?|n/?a|–|-", text.strip(), re.IGNORECASE))


def _put_first(paragraph: Any, run: Any) -> None:
    paragraph.insert(1 if paragraph.find(f"{W}pPr") is not None else 0, run)


def _move_continued(table: Any) -> None:
    """Words in a cell that a merged one covers go into that one: mammoth would drop them."""
    above: dict[int, Any] = {}
    for row in table.iterchildren(f"{W}tr"):
        column = 0
        for cell in row.iterchildren(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None and merge.get(f"{W}val") in {None, "", "continue"} and column in above:
                for content in _content(cell):
                    if text_of(content).strip():
                        above[column].append(content)
            else:
                above[column] = cell
            width = span.get(f"{W}val") if span is not None else "1"
            column += int(width) if width and width.isdigit() else 1


def _flattened(table: Any) -> list[Any]:
    """The rows of a table inside a cell as lines, its cells parted by dashes."""
    made: list[Any] = []
    for row in rows_of(table):
        line = etree.Element(f"{W}p")
        for cell in row:
            paragraphs = [each for each in cell.iter(f"{W}p") if text_of(each).strip()]
            for paragraph in paragraphs:
                if len(line):
                    line.append(run_of(" – "))
                for child in paragraph:
                    if child.tag != f"{W}pPr":
                        line.append(deepcopy(child))
        if text_of(line).strip():
            made.append(line)
    return made


def caption_of(table: Any, styles: Styles, notes: Notes) -> str:
    """The caption beside a table, taken out of the text; "" where there is none."""
    for beside in (table.getprevious(), table.getnext()):
        if beside is None or beside.tag != f"{W}p":
            continue
        text = " ".join(text_of(beside).split())
        style = styles.paragraph(style_of(beside)).name.lower()
        if (
            text
            and len(text) <= 250
            and (style in {"caption", "table caption"} or re.match(r"Table \d+\s*[:.–-]\s*\S", text))
        ):
            kept = (f"{W}drawing", f"{W}pict", f"{W}footnoteReference", f"{W}endnoteReference")
            if next(beside.iter(*kept), None) is not None:
                continue
            remove(beside)
            notes.tell("tables.caption", text=short(text, 80))
            return text
    return ""

"""Tables of facts: which row names the columns, whether the first column names the rows, and what was merged."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

from snb.meetings.importers.findings import Notes, short
from snb.meetings.importers.lists import list_html
from snb.meetings.importers.pieces import Cell, Grid, Item, Line, Piece

FIGURE = re.compile(r"[-+−]?[£$€]?\s?[\d.,]+\s?%?|n/?a|[–—-]|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", re.IGNORECASE)
MOST_COLUMNS = 60


def find_grids(pieces: list[Piece], notes: Notes) -> list[Piece]:
    """Make a grid of each table; its pictures follow it, and a table of hardly anything becomes text."""
    made: list[Piece] = []
    for piece in pieces:
        if piece.kind != "table":
            made.append(piece)
            continue
        while len(piece.cells) > 1 and _is_blank(piece.cells[0]):
            del piece.cells[0]
        placed, width = _place(piece.cells)
        if not placed or width < 2 or width > MOST_COLUMNS:
            made += [
                Piece("paragraph", line, language=line.known.language)
                for row in piece.cells
                for cell in row
                for line in cell.lines
                if line.html
            ]
        else:
            piece.grid = _grid(piece, placed, width, notes)
            piece.language = _language(piece)
            made.append(piece)
        for row in piece.cells:
            for cell in row:
                for line in cell.lines:
                    made += [Piece("picture", name=key) for key in line.pictures]
    return made


def _is_blank(row: list[Cell]) -> bool:
    """Whether nothing stands in a row, and nothing reaches from it into the next."""
    return all(cell.down == 1 and not any(line.html or line.pictures for line in cell.lines) for cell in row)


def _place(rows: list[list[Cell]]) -> tuple[list[dict[int, Cell]], int]:
    """Where each cell begins, row by row, and how many columns there are."""
    taken: set[tuple[int, int]] = set()
    placed: list[dict[int, Cell]] = []
    width = 0
    for at_row, row in enumerate(rows):
        here: dict[int, Cell] = {}
        column = 0
        for cell in row:
            while (at_row, column) in taken:
                column += 1
            here[column] = cell
            cell.down = min(cell.down, len(rows) - at_row)
            for down in range(cell.down):
                taken.update((at_row + down, column + across) for across in range(cell.across))
            column += cell.across
            width = max(width, column)
        placed.append(here)
    return placed, width


def _grid(piece: Piece, placed: list[dict[int, Cell]], width: int, notes: Notes) -> Grid:
    grid = Grid(caption=piece.known.caption)
    notes.counted["tables.found"] += 1
    banner = placed[0].get(0)
    if banner is not None and _is_banner(banner, width) and len(placed) > 2 and not grid.caption:
        grid.caption = " ".join(banner.text.split())
        notes.tell("tables.caption", text=short(grid.caption, 80))
        placed = placed[1:]
        piece.known.header_rows = max(0, piece.known.header_rows - 1)
        piece.known.first_row_stands_out = _is_all_bold(placed[0])
    header = _header_rows(piece, placed, width, notes)
    grid.headings = _headings(placed[:header], width, notes) if header else [""] * width
    body = placed[header:]
    for at_row, row in enumerate(body, 1):
        lines: list[list[Line]] = [[] for _ in range(width)]
        for column, cell in row.items():
            lines[column] = [line for line in cell.lines if line.html]
            _settle_numbers(lines[column], notes)
            if cell.across > 1 or cell.down > 1:
                grid.merged.append((at_row, column + 1, cell.across, min(cell.down, len(body) - at_row + 1)))
        grid.rows.append(lines)
    if grid.merged:
        notes.counted["tables.merged"] += len(grid.merged)
    grid.has_row_headers = _names_rows(piece, grid)
    if not any(grid.headings):
        grid.has_row_headers = True
    return grid


def _is_banner(cell: Cell, width: int) -> bool:
    """Whether the first row is one cell over all columns: the name of the table."""
    return cell.across >= width and cell.down == 1 and 0 < len(cell.text) <= 250


def _settle_numbers(lines: list[Line], notes: Notes) -> None:
    """In a cell, bullets and numbers from 1 on become a list; any other number becomes text."""
    expected = 0
    for line in lines:
        mark = line.known.mark
        if mark is None or mark.style is None:
            expected = 0
        elif mark.style == "1" and mark.value == expected + 1:
            expected += 1
        elif mark.style:
            line.html, line.text = f"{escape(mark.label)} {line.html}", f"{mark.label} {line.text}"
            notes.added.append(mark.label)
            notes.counted["lists.written_out"] += 1
            line.known.mark = None
            expected = 0
        else:
            expected = 0


def _header_rows(piece: Piece, placed: list[dict[int, Cell]], width: int, notes: Notes) -> int:
    """How many rows name the columns, and why."""
    known = piece.known
    name = short(piece.known.caption or " · ".join(cell.text for cell in placed[0].values() if cell.text), 80)
    if 0 < known.header_rows < len(placed):
        notes.tell("tables.header_kept", text=name)
        return known.header_rows
    if len(placed) < 2:
        return 0
    first, rest = placed[0], placed[1:]
    deep = max((cell.down for cell in first.values()), default=1)
    deep = deep if deep < len(placed) and any(cell.across > 1 for cell in first.values()) else 1
    if known.first_row_stands_out:
        notes.tell("tables.header_given", text=name)
        return deep
    if _is_label_column(placed, width) or (
        known.first_column_stands_out and _is_all_bold({0: first.get(0, Cell([]))})
    ):
        notes.tell("tables.row_names", text=name)
        return 0
    texts = [cell.text for cell in first.values()]
    is_words = all(text and len(text) <= 60 and not FIGURE.fullmatch(text.strip()) for text in texts)
    if is_words and len(texts) == width:
        figures = any(
            FIGURE.fullmatch(cell.text.strip()) for row in rest for cell in row.values() if cell.text
        )
        notes.tell("tables.header_given" if figures else "tables.header_guessed", text=name)
        return 1
    notes.tell("tables.header_guessed", text=name)
    return 1


def _is_label_column(placed: list[dict[int, Cell]], width: int) -> bool:
    """Two columns, of which the first names what stands in the second, such as “Date:” and “Venue:”."""
    if width != 2:
        return False
    names = [row[0].text.strip() for row in placed if 0 in row]
    return (
        len(names) == len(placed)
        and all(names)
        and sum(name.endswith(":") for name in names) * 2 > len(names)
    )


def _headings(rows: list[dict[int, Cell]], width: int, notes: Notes) -> list[str]:
    """One name for each column; where names reach over several columns or rows, they are put together."""
    names: list[list[str]] = [[] for _ in range(width)]
    is_resolved = len(rows) > 1
    for row in rows:
        for column, cell in row.items():
            text = " ".join(cell.text.split())
            is_resolved = is_resolved or cell.across > 1
            for over in range(column, min(column + cell.across, width)):
                if text and text not in names[over]:
                    names[over].append(text)
                    if over > column:
                        notes.added.append(text)
            if "<a " in "".join(line.html for line in cell.lines):
                notes.tell("links.dropped.heading", text=short(text, 80))
                notes.counted["links.kept"] -= 1
    if is_resolved:
        notes.counted["tables.resolved"] += 1
    return [": ".join(each) for each in names]


def _names_rows(piece: Piece, grid: Grid) -> bool:
    """Whether the first column names the rows: it stands out, or it is all words beside nothing but figures."""
    first = [row[0] for row in grid.rows if row]
    texts = [" ".join(line.text for line in lines) for lines in first]
    if not any(texts):
        return False
    if piece.known.first_column_stands_out:
        return True
    others = [
        " ".join(line.text for line in lines).strip() for row in grid.rows for lines in row[1:] if lines
    ]
    figures = sum(1 for text in others if FIGURE.fullmatch(text))
    is_words = all(text and len(text) <= 80 and not FIGURE.fullmatch(text.strip()) for text in texts)
    return is_words and bool(others) and figures / len(others) > 0.6 and len(set(texts)) == len(texts)


def _is_all_bold(row: dict[int, Cell]) -> bool:
    lines = [line for cell in row.values() for line in cell.lines if line.text]
    return bool(lines) and all(line.known.is_bold for line in lines)


def _language(piece: Piece) -> str:
    languages = Counter(
        line.known.language for row in piece.cells for cell in row for line in cell.lines if line.text
    )
    if not languages:
        return ""
    most, often = languages.most_common(1)[0]
    return most if most and often == sum(languages.values()) else ""


def is_rich(lines: list[Line], *, is_name: bool) -> bool:
    """Whether a cell holds more than words: lists, links or looks. A name that is all bold is just a name."""
    for line in lines:
        html = _without_bold(line.html) if is_name else line.html
        if re.search(r"<(?!br/>)", html) or (
            line.known.mark is not None and line.known.mark.style is not None
        ):
            return True
    return False


def cell_text(lines: list[Line]) -> str:
    """The words of a plain cell, a line for each paragraph or break."""
    return "\n".join(
        " ".join(part.split()) for line in lines for part in line.text.split("\n") if part.strip()
    )


def cell_html(lines: list[Line]) -> str:
    """A cell as rich text: its paragraphs and plain lists."""
    made: list[str] = []
    run: list[Item] = []
    for line in [*lines, Line()]:
        mark = line.known.mark
        is_item = bool(line.html) and mark is not None and mark.style is not None
        if run and (
            not is_item or mark is None or run[0].style != mark.style or (mark.style and mark.value == 1)
        ):
            made.append(list_html(run))
            run = []
        if is_item and mark is not None:
            run.append(Item(line.html, line.text, 0, mark.style or "", mark.value, mark.label))
        elif line.html:
            made.append(f"<p>{line.html}</p>")
    return "".join(made)


def _without_bold(html: str) -> str:
    return re.sub(r"</?strong>", "", html)

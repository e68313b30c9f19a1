"""The figures as CSV and JSON: only what the public pages show, suppressed cells with their reason."""

from __future__ import annotations

import csv
import io
from typing import Any

from payback.queries import COLUMNS, Figures
from snb.files.exports import cell as as_cell

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def figures_csv(figures: Figures, *, key: str) -> str:
    """One line a place, the total last; a suppressed count is empty, its reason in the column beside it."""
    out = io.StringIO()
    writer = csv.writer(out)
    header = [f"{key}_code", key]
    for column in COLUMNS:
        header += [column, f"{column}_not_shown_because"]
    writer.writerow([*header, "hours"])
    for row in [*figures.rows, figures.total]:
        line: list[Any] = [row.code, as_cell(row.name)]
        for column in COLUMNS:
            cell = row.cells[column]
            line += ["" if cell.count is None else cell.count, str(cell.reason or "")]
        writer.writerow([*line, row.hours])
    return out.getvalue()


def figures_json(figures: Figures, *, key: str) -> dict[str, Any]:
    """The same as JSON, with the reasons for which boards declined."""

    def cells(row: Any) -> dict[str, Any]:
        found: dict[str, Any] = {"code": row.code, "name": row.name, "hours": float(row.hours)}
        for column in COLUMNS:
            cell = row.cells[column]
            found[column] = cell.count if cell.count is not None else None
            if cell.count is None:
                found.setdefault("not_shown_because", {})[column] = str(cell.reason)
        return found

    return {
        "made_on": figures.made.isoformat(),
        "licence": LICENCE,
        "by": key,
        "places": [cells(row) for row in figures.rows],
        "total": cells(figures.total),
        "declined_by_reason": [
            {
                "reason": label,
                "count": cell.count,
                "not_shown_because": str(cell.reason) if cell.reason else None,
            }
            for label, cell in figures.reasons
        ],
    }

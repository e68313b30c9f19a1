"""`{% tile_map %}` and `{% bar_chart %}`: figures as pictures, with the same in words beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django import template
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from snb.charts.calculations import LINE, THICK, box, centre, emblem, lay_out, nice_ticks, outline, share
from snb.charts.enums import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.utils.safestring import SafeString

register = template.Library()

PATTERNS = frozenset({Tone.DUE, Tone.OVERDUE, Tone.NONE, Tone.STEP_2, Tone.STEP_3})
"""Tones drawn as a pattern (`charts/_tile_map.html` has them)."""


class Tile(Protocol):
    """One ward on a tile map."""

    code: str
    name: str
    q: int
    r: int

    @property
    def path(self) -> str:
        """Path of its page on its borough's site."""


class Borough(Protocol):
    """What a tile map is drawn of."""

    name: str
    slug: str
    tiles: Sequence[Tile]

    def url(self, path: str) -> str:
        """Absolute address on the borough's own site."""


@dataclass(frozen=True)
class TileFigure:
    """What one hexagon says.

    Args:
        label: three letters or digits at most, written into the hexagon.
        text: the same in words, for the list beside and for the hexagon's name.
        tone: how it is filled.
    """

    label: str
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Hexagon:
    """A hexagon ready to be drawn, and its line in the list beside."""

    name: str
    title: str
    label: str
    text: str
    tone: str
    href: str
    path: str
    x: int
    y: int

    @property
    def fill(self) -> str:
        """The pattern it is filled with; empty where the style sheet's colour is enough."""
        return f"url(#tiles-{self.tone})" if self.tone in PATTERNS else ""


@register.simple_tag(takes_context=True)
def tile_map(
    context: Mapping[str, Any],
    borough: Borough,
    size: str = "large",
    figures: Mapping[str, TileFigure] | None = None,
    link: bool = True,
    skip_to: str = "",
) -> SafeString | str:
    """The tile map of a borough.

    Small, it is an emblem: one path, hidden from screen readers. Large, each hexagon is a link to its ward
    and carries its number in the list beside it (`{% tile_table %}`) or, with `figures`, what they say.

    Args:
        borough: a `places.Borough`; those of `places.queries.boroughs()` need no further query.
        figures: ward code to `TileFigure`; wards it leaves out are drawn as having no figure.
        link: whether the hexagons lead to the ward pages.
        skip_to: id of the list beside it; gives keyboard users a way past the hexagons.
    """
    if not borough.tiles:
        return ""
    if size == "small":
        path, view_box = emblem(tuple((tile.q, tile.r) for tile in borough.tiles))
        return format_html(
            '<svg class="snb-tiles-small" viewBox="{}" aria-hidden="true" focusable="false">'
            '<path d="{}"/></svg>',
            view_box,
            path,
        )
    view = box((tile.q, tile.r) for tile in borough.tiles)
    return render_to_string(
        "charts/_tile_map.html",
        {
            "borough": borough,
            "hexagons": hexagons(borough, figures, here=_is_here(context, borough)),
            "view": view,
            # Each hexagon about 4.5 letters wide; in em, so that the map grows with the text.
            "width": round(view.width * 4.5 / 14, 1),
            "link": link,
            "skip_to": skip_to,
            "patterns": figures is not None,
        },
    )


@register.inclusion_tag("charts/_tile_table.html", takes_context=True)
def tile_table(
    context: Mapping[str, Any],
    borough: Borough,
    figures: Mapping[str, TileFigure] | None = None,
    caption: str = "",
    list_id: str = "wards",
) -> dict[str, Any]:
    """The list beside a tile map: each ward with its number or figure. `skip_to` of the map is `list_id`."""
    return {
        "borough": borough,
        "hexagons": hexagons(borough, figures, here=_is_here(context, borough)),
        "figures": figures is not None,
        "caption": caption,
        "list_id": list_id,
    }


def hexagons(borough: Borough, figures: Mapping[str, TileFigure] | None, *, here: bool) -> list[Hexagon]:
    """The borough's hexagons by ward name, numbered from one where there are no figures."""
    made = []
    for number, tile in enumerate(borough.tiles, start=1):
        if figures is None:
            figure = TileFigure(str(number), "", Tone.PLAIN)
        else:
            figure = figures.get(tile.code) or TileFigure("–", _("No figure"), Tone.NONE)
        x, y = centre((tile.q, tile.r))
        made.append(
            Hexagon(
                name=tile.name,
                title=f"{tile.name}: {figure.text}" if figure.text else tile.name,
                label=figure.label[:3],
                text=figure.text,
                tone=str(figure.tone),
                href=tile.path if here else borough.url(tile.path),
                path=outline((tile.q, tile.r)),
                x=x,
                y=y,
            )
        )
    return made


def _is_here(context: Mapping[str, Any], borough: Borough) -> bool:
    """Whether the page stands on the borough's own site, so that addresses need no host."""
    board = context.get("board")
    return board is not None and getattr(board, "borough_id", None) == getattr(borough, "pk", "")


@register.inclusion_tag("charts/_bar_chart.html")
def bar_chart(
    rows: Iterable[tuple[str, float | None] | tuple[str, float | None, str]],
    title: str = "",
    unit: str = "",
    label: str = "",
    csv_url: str = "",
    note: str = "",
) -> dict[str, Any]:
    """Horizontal bars with the same figures in a table.

    Args:
        rows: label and value (≥ 0), or None where the value is not shown, then with the reason as a third
            part. A third part beside a value replaces how it is written. Small numbers are the caller's to
            hide.
        title: what the chart shows: caption of the table and name of the picture.
        unit: what the values count, such as "votes"; "%" is written behind each.
        label: heading of the first column.
        csv_url: address of the same figures as CSV.
        note: a sentence under the chart.
    """
    known: list[tuple[str, float | None, str]] = []
    for name, value, *said in rows:
        if value is not None and value < 0:
            raise ValueError("Bars are drawn from nought upwards.")
        known.append((str(name), value, str(said[0]) if said else _written(value, unit)))
    values = [value for _name, value, _said in known if value is not None]
    ticks = nice_ticks(
        max(values, default=0), whole=all(float(value).is_integer() for value in values) and unit != "%"
    )
    if unit == "%" and values and max(values) <= 100 < ticks[-1]:
        ticks = [tick for tick in ticks if tick < 100] + [100]
    # A tenth stays free for the value behind the longest bar.
    end = ticks[-1] * 1.22
    bars, height = lay_out(known, end)
    return {
        "title": title,
        "unit": "" if unit == "%" else unit,
        "label": label,
        "csv_url": csv_url,
        "note": note,
        "rows": known,
        "bars": bars,
        "ticks": [(share(tick, end), _written(tick, unit)) for tick in ticks],
        "height": height,
        "axis": round(height + LINE, 2),
        "thick": THICK,
    }


def _written(value: float | None, unit: str) -> str:
    """A value as it is written in this language."""
    if value is None:
        return _("Not shown")
    places = 0 if float(value).is_integer() else 1 if abs(value) >= 1 else 2
    return number_format(value, places, force_grouping=True) + ("%" if unit == "%" else "")

"""Hexagons never overlap and stay in the picture; scales are round and long enough."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snb.charts.calculations import (
    DROP,
    HALF,
    NEIGHBOURS,
    Box,
    box,
    centre,
    corners,
    emblem,
    is_connected,
    lay_out,
    nice_ticks,
    outline,
    share,
)
from snb.places.importers.wards import read_places

pytestmark = pytest.mark.pure

cells = st.tuples(st.integers(-20, 20), st.integers(-20, 20))


def tiles_by_borough():
    """Borough code to the cells of its wards, of the real table."""
    found: dict[str, list[tuple[int, int]]] = {}
    for ward in read_places()[1]:
        found.setdefault(ward.borough_id, []).append((ward.tile_q, ward.tile_r))
    return found


def inside(point, polygon):
    """Whether a point lies strictly inside a convex polygon given clockwise (y downwards)."""
    turns = []
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        turns.append((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax))
    return all(turn > 0 for turn in turns)


def drawn(path):
    """Corners of each hexagon of a path of relative moves, by walking it."""
    found, start = [], (0, 0)
    for piece in path.split("z")[:-1]:
        numbers = [int(number) for number in re.findall(r"-?\d+", piece)]
        moves = list(re.findall(r"[mlv]", piece))
        assert moves == ["m", "l", "v", "l", "v"]
        start = (start[0] + numbers[0], start[1] + numbers[1])
        at, points = start, [start]
        steps = [
            (numbers[2], numbers[3]),
            (0, numbers[4]),
            tuple(numbers[5:7]),
            tuple(numbers[7:9]),
            (0, numbers[9]),
        ]
        for dx, dy in steps:
            at = (at[0] + dx, at[1] + dy)
            points.append(at)
        found.append(tuple(points))
    return found


@given(cells)
def test_centre_is_the_documented_formula_up_to_rounding(cell):
    q, r = cell
    x, y = centre(cell)
    assert x / (2 * HALF) == q + r / 2
    assert y / (2 * HALF) == pytest.approx(r * math.sqrt(3) / 2, rel=0.011)


@given(cells, st.sampled_from(NEIGHBOURS))
def test_neighbours_share_exactly_one_edge(cell, step):
    beside = (cell[0] + step[0], cell[1] + step[1])
    assert len(set(corners(cell)) & set(corners(beside))) == 2


@given(cells, cells)
def test_hexagons_never_overlap(one, other):
    if one == other:
        return
    mine, theirs = corners(one), corners(other)
    assert not any(inside(point, theirs) for point in (*mine, centre(one)))
    assert not any(inside(point, mine) for point in (*theirs, centre(other)))


@given(st.sets(cells, min_size=1, max_size=40))
def test_every_corner_is_in_the_box(some):
    view = box(some)
    for cell in some:
        for x, y in corners(cell):
            assert view.x < x < view.x + view.width
            assert view.y < y < view.y + view.height


def test_box_of_nothing_is_empty():
    assert box([]) == Box(0, 0, 0, 0)


@given(st.sets(cells, min_size=1, max_size=30))
def test_emblem_draws_each_cell_where_the_large_map_does(some):
    path, view = emblem(tuple(some))
    assert {frozenset(hexagon) for hexagon in drawn(path)} == {frozenset(corners(cell)) for cell in some}
    assert len(drawn(path)) == len(some)
    assert view == str(box(some))


@given(cells)
def test_outline_starts_at_the_top_corner(cell):
    x, y = corners(cell)[0]
    assert outline(cell).startswith(f"M{x} {y}l")


def test_every_borough_is_one_piece_without_a_cell_used_twice():
    boroughs = tiles_by_borough()
    assert len(boroughs) == 32
    for some in boroughs.values():
        assert len(set(some)) == len(some)
        assert is_connected(some)


def test_two_separate_cells_are_not_connected():
    assert not is_connected([(0, 0), (2, 0)])
    assert is_connected([(0, 0), (1, 0), (2, 0)])
    assert is_connected([])


def test_hexagons_can_be_hit_with_a_thumb_on_the_narrowest_phone():
    """320 px wide with 15 px on both sides: each hexagon at least 24 px wide and high (WCAG 2.5.8)."""
    for some in tiles_by_borough().values():
        scale = min((320 - 30) / box(some).width, 4.5 * 16 / (2 * HALF))
        assert 2 * HALF * scale >= 24
        assert DROP * scale >= 24


def test_all_boroughs_as_emblems_take_few_bytes():
    import gzip

    text = "".join(emblem(tuple(some))[0] for some in tiles_by_borough().values())
    assert len(text) / 32 < 700
    assert len(gzip.compress(text.encode())) / 32 < 100


@given(st.floats(0, 1e12), st.integers(2, 8), st.booleans())
def test_ticks_start_at_nought_reach_the_highest_and_stand_evenly(highest, steps, whole):
    ticks = nice_ticks(highest, steps=steps, whole=whole)
    assert ticks[0] == 0
    assert ticks[-1] >= highest or ticks[-1] == pytest.approx(highest)
    gaps = [after - before for before, after in pairwise(ticks)]
    assert all(gap > 0 for gap in gaps)
    assert max(gaps) == pytest.approx(min(gaps))
    assert len(ticks) <= steps + 1
    if whole:
        assert all(float(tick).is_integer() for tick in ticks)


@pytest.mark.parametrize(
    ("highest", "whole", "ticks"),
    [
        (0, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (1230, True, [0, 500, 1000, 1500]),
        (0.8, False, [0, 0.2, 0.4, 0.6, 0.8]),
        (97, False, [0, 25, 50, 75, 100]),
    ],
)
def test_ticks_are_numbers_people_count_in(highest, whole, ticks):
    assert nice_ticks(highest, whole=whole) == ticks


@pytest.mark.parametrize("highest", [-1, math.nan, math.inf])
def test_ticks_refuse_what_no_bar_can_show(highest):
    with pytest.raises(ValueError, match="nought"):
        nice_ticks(highest)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_share_is_a_percentage_an_svg_can_use(value, of):
    text = share(value, of)
    assert re.fullmatch(r"\d{1,3}(\.\d{1,2})?%", text)
    assert 0 <= float(text[:-1]) <= 100


@given(
    st.lists(
        st.tuples(st.text(max_size=90), st.none() | st.floats(0, 100), st.text(max_size=10)), max_size=12
    )
)
def test_bars_stand_under_each_other_below_their_labels(rows):
    bars, height = lay_out(rows, 100)
    assert len(bars) == len(rows)
    bottom = 0.0
    for bar, (_label, value, text) in zip(bars, rows, strict=True):
        assert bottom < bar.label[0][1] < bar.top < bar.text_at < height
        assert all(len(line) <= 30 for line, _at in bar.label)
        assert bar.shown == (value is not None)
        assert bar.text == text
        bottom = bar.top + 1
    assert bottom < height or not rows

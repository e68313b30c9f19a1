"""Suppressed counts cannot be given back: hand-made cases, and attackers who know everything that is
published.
"""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snb.disclosure.calculations import Shown, Table, Total, crossed, suppress
from snb.disclosure.enums import Reason
from snb.disclosure.errors import CannotProtect, DoesNotAddUp

pytestmark = pytest.mark.pure


def two_way(rows: list[list[int]]) -> tuple[dict, list[Total]]:
    """A table with its margins: rows a, b, c …, columns x0, x1, …"""
    names, columns = "abcdefghijklmnopqrstuvw"[: len(rows)], [f"x{n}" for n in range(len(rows[0]))]
    counts = {(r, c): rows[i][j] for i, r in enumerate(names) for j, c in enumerate(columns)}
    for r in names:
        counts[r, "all"] = sum(counts[r, c] for c in columns)
    for c in [*columns, "all"]:
        counts["all", c] = sum(counts[r, c] for r in names)
    return counts, crossed(names, columns)


def hidden(shown: dict) -> dict:
    """Suppressed cell to reason."""
    return {cell: each.reason for cell, each in shown.items() if each.count is None}


class Attacker:
    """Somebody with the published tables, the totals, the threshold and the reasons, and a computer."""

    def __init__(self, shown: dict, totals: list[Total], threshold: int = 5, cap: int = 250) -> None:
        self.shown, self.totals, self.threshold, self.cap = shown, totals, threshold, cap
        self.sums = {total.total for total in totals}

    def believes(self, cell) -> range | list[int]:
        """The values a cell may have, before any sums."""
        count, reason = self.shown[cell].count, self.shown[cell].reason
        if count is not None:
            return [count]
        if cell in self.sums:
            return range(0 if reason is Reason.EARLIER else 1, self.cap)
        if reason is Reason.PRIMARY:
            return range(1, self.threshold)
        return range(self.threshold, self.cap)

    def propagated(self, fixed: dict | None = None) -> dict | None:
        """Lowest and highest value of each cell by interval propagation; None where they contradict one
        another.
        """
        bounds = {cell: [min(self.believes(cell)), max(self.believes(cell))] for cell in self.shown}
        for cell, value in (fixed or {}).items():
            if not bounds[cell][0] <= value <= bounds[cell][1]:
                return None
            bounds[cell] = [value, value]
        moving = True
        while moving:
            moving = False
            for total, parts in self.totals:
                low, high = sum(bounds[p][0] for p in parts), sum(bounds[p][1] for p in parts)
                limits = {total: (low, high)}
                for part in parts:
                    limits[part] = (
                        bounds[total][0] - (high - bounds[part][1]),
                        bounds[total][1] - (low - bounds[part][0]),
                    )
                for cell, (least, most) in limits.items():
                    new = [max(bounds[cell][0], least), min(bounds[cell][1], most)]
                    if new[0] > new[1]:
                        return None
                    if new != bounds[cell]:
                        bounds[cell], moving = new, True
        return bounds

    def can_be(self, cell, value: int) -> bool:
        """Whether any whole set of tables agrees with everything published and has this value: complete
        search.
        """
        return self._search({cell: value})

    def _search(self, fixed: dict) -> bool:
        bounds = self.propagated(fixed)
        if bounds is None:
            return False
        open_ = [(most - least, repr(cell), cell) for cell, (least, most) in bounds.items() if least != most]
        if open_:
            cell = min(open_)[2]
            least, most = bounds[cell]
            return any(self._search({**fixed, cell: value}) for value in range(least, most + 1))
        return all(bounds[total][0] == sum(bounds[p][0] for p in parts) for total, parts in self.totals)

    def determined(self) -> list:
        """Suppressed cells that linear algebra alone gives back."""
        unknown = list(hidden(self.shown))
        rows = []
        for total, parts in self.totals:
            signs = {**dict.fromkeys(parts, 1), total: -1}
            rows.append([Fraction(signs.get(cell, 0)) for cell in unknown])
        pivots, at = [], 0
        for column in range(len(unknown)):
            pick = next((r for r in range(at, len(rows)) if rows[r][column]), None)
            if pick is None:
                continue
            rows[at], rows[pick] = rows[pick], rows[at]
            rows[at] = [value / rows[at][column] for value in rows[at]]
            for r in range(len(rows)):
                if r != at and rows[r][column]:
                    rows[r] = [a - rows[r][column] * b for a, b in zip(rows[r], rows[at], strict=True)]
            pivots.append(column)
            at += 1
        return [
            unknown[c]
            for r, c in enumerate(pivots)
            if not any(rows[r][o] for o in range(len(unknown)) if o != c)
        ]


def assert_nothing_is_given_back(shown: dict, totals: list[Total], threshold: int = 5) -> None:
    """No attacker narrows a small count, nor any other suppressed one below the protection range."""
    attacker = Attacker(shown, totals, threshold)
    assert attacker.determined() == []
    for cell, reason in hidden(shown).items():
        if reason is Reason.PRIMARY:
            assert all(attacker.can_be(cell, value) for value in range(1, threshold)), cell
        else:
            possible = (value for value in attacker.believes(cell) if attacker.can_be(cell, value))
            assert len(list(itertools.islice(possible, threshold - 1))) == threshold - 1, cell


def test_counts_from_five_and_zeros_are_shown():
    counts, totals = two_way([[5, 0], [9, 30]])
    assert suppress(counts, totals=totals) == {cell: Shown(count) for cell, count in counts.items()}


def test_a_small_count_without_totals_is_the_only_one_suppressed():
    assert suppress({"a": 0, "b": 4, "c": 5}) == {
        "a": Shown(0),
        "b": Shown(None, Reason.PRIMARY),
        "c": Shown(5),
    }


def test_a_small_count_takes_a_rectangle_with_it():
    counts, totals = two_way([[3, 20, 90], [20, 30, 90], [90, 90, 90]])
    assert hidden(suppress(counts, totals=totals)) == {
        ("a", "x0"): Reason.PRIMARY,
        ("a", "x1"): Reason.TOTAL,
        ("b", "x0"): Reason.TOTAL,
        ("b", "x1"): Reason.TOTAL,
    }


def test_a_partner_without_room_is_not_enough():
    # 1 + 5 = 6: whoever knows that the partner is at least 5 knows the 1.
    shown = suppress({"a": 1, "b": 5, "c": 40, "all": 46}, totals=[Total("all", ("a", "b", "c"))])
    assert hidden(shown) == {"a": Reason.PRIMARY, "c": Reason.TOTAL}


def test_two_fours_that_make_eight_do_not_protect_each_other():
    totals = [Total("all", ("a", "b", "c"))]
    shown = suppress({"a": 4, "b": 4, "c": 0, "all": 8}, totals=totals)
    assert hidden(shown) == {"a": Reason.PRIMARY, "b": Reason.PRIMARY, "all": Reason.TOTAL}
    assert_nothing_is_given_back(shown, totals)


def test_a_small_total_is_not_called_small():
    shown = suppress({"a": 1, "b": 1, "c": 1, "all": 3}, totals=[Total("all", ("a", "b", "c"))])
    assert hidden(shown) == {**dict.fromkeys("abc", Reason.PRIMARY), "all": Reason.TOTAL}


def test_a_hierarchy_is_protected_at_each_level():
    wards = {"w1": 2, "w2": 30, "w3": 40, "w4": 50, "camden": 32, "brent": 90, "london": 122}
    totals = [
        Total("camden", ("w1", "w2")),
        Total("brent", ("w3", "w4")),
        Total("london", ("camden", "brent")),
    ]
    shown = suppress(wards, totals=totals)
    assert_nothing_is_given_back(shown, totals)
    assert shown["london"] == Shown(122)


def test_a_linked_table_does_not_give_a_count_back():
    by_ward = {"a": 2, "b": 30, "c": 40, "all": 72}
    by_side = Table(
        {"b": 30, "c": 40, "d": 9, "b and d": 39, "c and d": 49},
        (Total("b and d", ("b", "d")), Total("c and d", ("c", "d"))),
    )
    totals = [Total("all", ("a", "b", "c"))]
    shown = suppress(by_ward, totals=totals, linked=[by_side])
    assert_nothing_is_given_back(shown, [*totals, *by_side.totals])
    known = suppress(by_ward, totals=totals, linked=[by_side], earlier=[{"all": 72}])
    assert Reason.LINKED in hidden(known).values()
    assert_nothing_is_given_back(known, [*totals, *by_side.totals])


def test_the_same_count_under_two_names_is_suppressed_in_both():
    shown = suppress(
        {"ward": 3, "other": 40, "all": 43},
        totals=[Total("all", ("ward", "other"))],
        linked=[Table({"ward": 3, "panel": 3}, (Total("panel", ("ward",)),))],
    )
    assert set(hidden(shown)) >= {"ward", "panel"}


def test_what_was_suppressed_stays_suppressed():
    shown = suppress({"a": 50, "b": 60, "c": 70}, earlier=[{"a": None, "b": 60}])
    assert shown == {"a": Shown(None, Reason.EARLIER), "b": Shown(60), "c": Shown(70)}


def test_a_zero_that_was_suppressed_stays_suppressed_and_protected():
    totals = [Total("all", ("a", "b", "c"))]
    shown = suppress({"a": 0, "b": 60, "c": 70, "all": 130}, totals=totals, earlier=[{"a": None}])
    assert hidden(shown)["a"] is Reason.EARLIER
    assert len(hidden(shown)) > 1


def test_what_was_shown_hides_nothing_now():
    totals = [Total("all", ("a", "b", "c"))]
    counts = {"a": 3, "b": 20, "c": 90, "all": 113}
    assert set(hidden(suppress(counts, totals=totals))) == {"a", "b"}
    assert set(hidden(suppress(counts, totals=totals, earlier=[{"b": 20}]))) == {"a", "c"}


def test_nothing_is_released_where_an_earlier_release_gives_a_count_back():
    totals = [Total("all", ("a", "b", "c"))]
    counts = {"a": 3, "b": 20, "c": 90, "all": 113}
    with pytest.raises(CannotProtect) as caught:
        suppress(counts, totals=totals, earlier=[{"b": 20, "all": 113}, {"c": 90}])
    assert caught.value.cells == ("a",)


def test_a_small_count_that_was_shown_needs_a_person():
    with pytest.raises(CannotProtect):
        suppress({"a": 3}, earlier=[{"a": 3}])


@pytest.mark.parametrize(
    ("counts", "totals"),
    [
        ({"a": 1, "all": 2}, [Total("all", ("a",))]),
        ({"a": -1}, []),
        ({"a": 1}, [Total("all", ("a",))]),
        ({"a": 0, "all": 0}, [Total("all", ("a", "a"))]),
        ({"all": 0}, [Total("all", ())]),
    ],
)
def test_tables_that_do_not_add_up_are_refused(counts, totals):
    with pytest.raises(DoesNotAddUp):
        suppress(counts, totals=totals)


def test_two_tables_that_disagree_are_refused():
    with pytest.raises(DoesNotAddUp):
        suppress({"a": 5}, linked=[Table({"a": 6})])


def test_a_threshold_that_suppresses_nothing_is_refused():
    with pytest.raises(ValueError, match="below 2"):
        suppress({"a": 5}, threshold=1)


counts_ = st.one_of(st.integers(0, 6), st.integers(0, 25))
small_tables = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(counts_, min_size=width, max_size=width), min_size=1, max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(small_tables)
def test_no_attacker_narrows_a_two_way_table(rows):
    counts, totals = two_way(rows)
    shown = suppress(counts, totals=totals)
    assert {cell for cell, count in counts.items() if 1 <= count <= 4} <= set(hidden(shown))
    assert all(shown[cell] == Shown(0) for cell, count in counts.items() if count == 0)
    assert all(shown[cell].count in {None, count} for cell, count in counts.items())
    assert_nothing_is_given_back(shown, totals)


@settings(max_examples=40, deadline=None)
@given(st.lists(counts_, min_size=3, max_size=5), st.data())
def test_no_attacker_narrows_linked_groupings_of_the_same_counts(values, data):
    counts = {f"w{n}": value for n, value in enumerate(values)}
    cells = list(counts)
    groups = []
    for number in range(data.draw(st.integers(1, 3))):
        parts = tuple(sorted(data.draw(st.sets(st.sampled_from(cells), min_size=2))))
        groups.append(
            Table({**counts, f"g{number}": sum(counts[p] for p in parts)}, (Total(f"g{number}", parts),))
        )
    shown = suppress(counts, linked=groups)
    assert_nothing_is_given_back(shown, [total for each in groups for total in each.totals])


def test_a_count_that_is_a_sum_under_another_name_is_not_called_small():
    """As one column of a table with its margins: calling the column's small total small would narrow its two parts."""
    counts = {"a": 1, "b": 1, "a all": 1, "b all": 1, "column": 2, "all": 2}
    totals = [
        Total("a all", ("a",)),
        Total("b all", ("b",)),
        Total("all", ("column",)),
        Total("all", ("a all", "b all")),
    ]
    shown = suppress(counts, totals=totals)
    assert shown["column"] == Shown(None, Reason.TOTAL)
    assert_nothing_is_given_back(shown, totals)


@settings(max_examples=30, deadline=None)
@given(small_tables, st.data())
def test_no_attacker_gains_from_an_earlier_release(rows, data):
    """The first release leaves the last column out; the second adds it."""
    counts, totals = two_way(rows)
    last = f"x{len(rows[0]) - 1}"
    before_totals = [
        Total(("b", *total), tuple(("b", *p) for p in parts if p[1] != last))
        for total, parts in totals
        if total[1] == "all" and len(rows[0]) > 1
    ]
    before = {("b", *cell): count for cell, count in counts.items() if cell[1] not in {last, "all"}}
    for total, parts in before_totals[:-1]:
        before[total] = sum(before[part] for part in parts)
    grand = before_totals[-1]
    before[grand.total] = sum(before[part] for part in grand.parts)
    first = suppress(before, totals=before_totals)
    names = {cell: ("b", *cell) if cell[1] not in {last, "all"} else cell for cell in counts}
    now = {names[cell]: count for cell, count in counts.items()}
    now_totals = [Total(names[total], tuple(names[p] for p in parts)) for total, parts in totals]
    pattern = {cell: each.count for cell, each in first.items()}
    try:
        second = suppress(
            now, totals=now_totals, linked=[Table(before, tuple(before_totals))], earlier=[pattern]
        )
    except CannotProtect:
        return  # the first release has shown too much for the second; nothing is published
    assert all(second[cell].count is None for cell in hidden(first))
    both = {
        cell: Shown(pattern[cell]) if pattern.get(cell) is not None else each for cell, each in second.items()
    }
    assert_nothing_is_given_back(both, [*now_totals, *before_totals])


@settings(max_examples=40, deadline=None)
@given(small_tables, st.randoms(use_true_random=False))
def test_the_pattern_does_not_depend_on_the_order_and_repeats(rows, shuffler):
    counts, totals = two_way(rows)
    first = suppress(counts, totals=totals)
    mixed, mixed_totals = (
        list(counts.items()),
        [Total(t, tuple(shuffler.sample(p, len(p)))) for t, p in totals],
    )
    shuffler.shuffle(mixed)
    shuffler.shuffle(mixed_totals)
    assert suppress(dict(mixed), totals=mixed_totals) == first
    again = suppress(counts, totals=totals, earlier=[{cell: each.count for cell, each in first.items()}])
    assert {cell: each.count for cell, each in again.items()} == {
        cell: each.count for cell, each in first.items()
    }


@settings(max_examples=30, deadline=None)
@given(small_tables)
def test_nothing_is_suppressed_that_need_not_be(rows):
    """Showing any one of the cells that were suppressed for the others' sake gives something back to some
    attacker.
    """
    counts, totals = two_way(rows)
    shown = suppress(counts, totals=totals)
    for cell, reason in hidden(shown).items():
        if reason is Reason.TOTAL and counts[cell] > 4:
            with pytest.raises(AssertionError):
                assert_nothing_is_given_back({**shown, cell: Shown(counts[cell])}, totals)


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_a_boroughs_table_is_protected_from_linear_algebra_and_intervals(kind):
    rng = random.Random(20)
    draw = (
        (lambda: rng.randint(0, 60)) if kind == "dense" else (lambda: rng.choice([0, 0, 0, 2, 4, 9, 12, 40]))
    )
    counts, totals = two_way([[draw() for _ in range(6)] for _ in range(20)])
    shown = suppress(counts, totals=totals)
    attacker = Attacker(shown, totals, cap=2000)
    assert attacker.determined() == []
    bounds = attacker.propagated()
    for cell, reason in hidden(shown).items():
        least, most = bounds[cell]
        assert (least, most) == (1, 4) if reason is Reason.PRIMARY else most - least >= 3
    assert sum(each.count is not None for each in shown.values()) > len(shown) * 0.5

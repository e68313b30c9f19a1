"""Suppression of small counts, so that nothing published gives them back. Pure: counts in, counts and
reasons out.

What a reader is taken to know: every count shown here and in earlier releases, which cells add up to which
totals, that counts are
whole and not negative, that every 0 is shown, the threshold, and the reason beside each suppressed cell.
With all that, every
suppressed cell can still have at least `threshold - 1` different values; a small count that is not a total
can still be each of
1 to `threshold - 1`. This is not argued but shown: for each of these values the engine holds one whole set
of tables that agrees
with everything published. Where it finds none it suppresses more, so a search cut short costs a number and
never a secret.

What is not covered: somebody who is one of the few counted and knows it, and knowledge from outside the
portal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from snb.disclosure.enums import Reason
from snb.disclosure.errors import CannotProtect, DoesNotAddUp

Cell = Hashable
THRESHOLD = 5
SEARCH = 4_000
"""States looked at for one step of one witness before it counts as not found."""


class Total(NamedTuple):
    """A cell that is the sum of others. A single part says that two cells of different tables are the same
    count.
    """

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True)
class Shown:
    """One cell as it may be published: a count, or a reason why there is none."""

    count: int | None
    reason: Reason | None = None


@dataclass(frozen=True)
class Table:
    """Counts that are published together, and what adds up to what among them."""

    counts: Mapping[Cell, int]
    totals: Sequence[Total] = field(default_factory=tuple)


def crossed(rows: Iterable[Hashable], columns: Iterable[Hashable], *, all_: Hashable = "all") -> list[Total]:
    """The totals of a two-way table whose cells are `(row, column)`, with `all_` in place of what is summed
    over.

    >>> crossed(["a"], ["x", "y"])[0]
    Total(total=('a', 'all'), parts=(('a', 'x'), ('a', 'y')))
    """
    rows, columns = list(rows), list(columns)
    across = [Total((row, all_), tuple((row, column) for column in columns)) for row in [*rows, all_]]
    down = [Total((all_, column), tuple((row, column) for row in rows)) for column in [*columns, all_]]
    return across + down


def suppress(
    table: Mapping[Cell, int],
    *,
    threshold: int = THRESHOLD,
    totals: Iterable[Total] = (),
    linked: Iterable[Table] = (),
    earlier: Iterable[Mapping[Cell, int | None]] = (),
) -> dict[Cell, Shown]:
    """Decide which counts are shown. The same input gives the same pattern, in whatever order it comes.

    Args:
        table: cell to count, a whole number from 0. Cells may be anything hashable whose `repr` tells them
            apart.
        totals: what adds up to what: rows, columns, grand totals, hierarchies. `crossed` writes those of a
            two-way table.
        linked: other tables that are published too; a cell of the same name is the same count.
        earlier: what earlier releases showed: cell to count, or None where it was suppressed. A cell
            suppressed then stays
            suppressed. Where an earlier table has totals that are not in the new tables, pass it among
            `linked` as well.
        threshold: counts from 1 up to, not including, this number are small; 2 or more.
    Returns:
        Every cell of all the tables, with its count or its reason.
    Raises:
        DoesNotAddUp: the counts contradict the totals or one another.
        CannotProtect: an earlier release gives a small count back, whatever is done now.
    """
    if threshold < 2:
        raise ValueError("A threshold below 2 suppresses nothing.")
    tables = [Table(dict(table), tuple(totals)), *linked]
    engine = _Engine(tables, list(earlier), threshold)
    engine.protect()
    engine.relax()
    return engine.result()


class _Equation(NamedTuple):
    """Signed cells that sum to nothing: +1 for each part, -1 for the total."""

    signs: dict[Cell, int]
    table: int


class _Engine:
    """One run: cells in a fixed order, equations, and the set of suppressed cells with their reasons."""

    def __init__(self, tables: list[Table], earlier: list[Mapping[Cell, int | None]], threshold: int) -> None:
        self.threshold = threshold
        self.counts: dict[Cell, int] = {}
        for each in tables:
            for cell, count in each.counts.items():
                if self.counts.setdefault(cell, count) != count:
                    raise DoesNotAddUp(
                        f"{cell!r} is {self.counts[cell]} in one table and {count} in another."
                    )
                if count < 0:
                    raise DoesNotAddUp(f"{cell!r} is negative.")
        self.cells = sorted(self.counts, key=repr)
        self.order = {cell: number for number, cell in enumerate(self.cells)}
        self.equations = self._equations(tables)
        self.sums = self._sums(tables)
        self.of: dict[Cell, list[int]] = {cell: [] for cell in self.cells}
        for number, equation in enumerate(self.equations):
            for cell in equation.signs:
                self.of[cell].append(number)
        self.known: set[Cell] = set()
        """Shown in an earlier release: hiding these hides nothing."""
        self.hidden: dict[Cell, Reason] = {}
        self.kept: set[Cell] = set()
        """Suppressed for their own sake; the others are there to protect these and may be shown again if
        not needed.
        """
        self._first_reasons(earlier)
        self.highest = 2 * max([*self.counts.values(), 0]) + 8 * threshold

    @staticmethod
    def _sums(tables: list[Table]) -> set[Cell]:
        """Cells that are sums of others, those included that are only said to be the same count as such a sum."""
        totals = [total for each in tables for total in each.totals]
        found = {total.total for total in totals if len(total.parts) > 1}
        same = [{total.total, *total.parts} for total in totals if len(total.parts) == 1]
        while more := set().union(*(pair for pair in same if pair & found)) - found:
            found |= more
        return found | {total.total for total in totals}

    def _equations(self, tables: list[Table]) -> list[_Equation]:
        found = []
        for number, each in enumerate(tables):
            for total, parts in each.totals:
                missing = [cell for cell in (total, *parts) if cell not in self.counts]
                if missing:
                    raise DoesNotAddUp(f"{missing[0]!r} is in no table.")
                if total in parts or len(set(parts)) != len(parts) or not parts:
                    raise DoesNotAddUp(f"The parts of {total!r} are not each there once.")
                if sum(self.counts[part] for part in parts) != self.counts[total]:
                    raise DoesNotAddUp(f"{total!r} is not the sum of its parts.")
                found.append(_Equation({**dict.fromkeys(parts, 1), total: -1}, number))
        return sorted(
            found, key=lambda equation: (equation.table, sorted(self.order[cell] for cell in equation.signs))
        )

    def _first_reasons(self, earlier: list[Mapping[Cell, int | None]]) -> None:
        for cell in self.cells:
            before = [release[cell] for release in earlier if cell in release]
            small = 1 <= self.counts[cell] < self.threshold
            if any(count is not None for count in before):
                self.known.add(cell)
            if small and self.counts[cell] in before:
                raise CannotProtect([cell])
            if small:
                # A small total is not called small: its reason would narrow its parts.
                self.hidden[cell] = Reason.TOTAL if cell in self.sums else Reason.PRIMARY
            elif None in before:
                self.hidden[cell] = Reason.EARLIER
        self.kept = set(self.hidden)

    # ------------------------------------------------------------------------------------ what a
    # reader believes
    def possible(self, cell: Cell, value: int) -> bool:
        """Whether a reader must think that a suppressed cell may have this value, before doing any sums."""
        reason = self.hidden[cell]
        if not 0 <= value <= self.highest:
            return False
        if cell in self.sums:
            return value >= 1 or (reason is Reason.EARLIER and self.counts[cell] == 0)
        if reason is Reason.PRIMARY:
            return 1 <= value < self.threshold
        return value >= self.threshold or (value == 0 and reason is Reason.EARLIER)

    def is_safe(self, cell: Cell, seen: set[int]) -> bool:
        """Whether the values found possible are enough."""
        if self.hidden[cell] is Reason.PRIMARY:
            return seen >= set(range(1, self.threshold))
        return len(seen) >= self.threshold - 1

    # ------------------------------------------------------------------------------------ looking for
    # witnesses
    def exposed(self) -> list[Cell]:
        """Suppressed cells for which not enough witnesses are found, in order."""
        seen: dict[Cell, set[int]] = {cell: {self.counts[cell]} for cell in self.hidden}
        truth = {cell: self.counts[cell] for cell in self.hidden}
        bare = []
        for cell in sorted(self.hidden, key=self.order.__getitem__):
            for step in (1, -1):
                now: dict[Cell, int] | None = truth
                while now is not None and not self.is_safe(cell, seen[cell]):
                    now = self.moved(now, cell, step)
                    if now is not None:
                        for each, value in now.items():
                            seen[each].add(value)
            if not self.is_safe(cell, seen[cell]):
                bare.append(cell)
        return bare

    def moved(self, now: dict[Cell, int], cell: Cell, step: int) -> dict[Cell, int] | None:
        """Another whole set of tables in which `cell` is one more or less, and everything shown is as it
        is; None if not found.

        Breadth first over what is out of balance: change one suppressed cell by one at a time until every
        total adds up.
        """
        value = self._next(cell, now[cell], step)
        if value is None:
            return None
        start = self._shift({}, cell, value - now[cell])
        if not start:
            return {**now, cell: value}
        came: dict[tuple[tuple[int, int], ...], tuple[tuple[tuple[int, int], ...] | None, Cell, int]] = {}
        key = tuple(sorted(start.items()))
        came[key] = (None, cell, value - now[cell])
        queue = deque([key])
        limit = abs(value - now[cell]) * len(self.of[cell]) + 4
        while queue and len(came) < SEARCH:
            key = queue.popleft()
            changed = self._changes(came, key)
            number, off = key[0]
            for other in self._partners(number):
                if other == cell:
                    continue
                towards = -1 if off * self.equations[number].signs[other] > 0 else 1
                if not self.possible(other, now[other] + changed.get(other, 0) + towards):
                    continue
                left = self._shift(dict(key), other, towards)
                if not left:
                    changed[other] = changed.get(other, 0) + towards
                    return {**now, **{each: now[each] + by for each, by in changed.items()}}
                after = tuple(sorted(left.items()))
                if after not in came and sum(abs(by) for by in left.values()) <= limit:
                    came[after] = (key, other, towards)
                    queue.append(after)
        return None

    def _next(self, cell: Cell, value: int, step: int) -> int | None:
        """The next value a reader thinks possible; from 0 it may be a jump to the threshold and back."""
        for far in range(1, self.threshold + 1):
            if self.possible(cell, value + step * far):
                return value + step * far
        return None

    def _partners(self, number: int) -> list[Cell]:
        return [cell for cell in self.equations[number].signs if cell in self.hidden]

    def _shift(self, off: dict[int, int], cell: Cell, by: int) -> dict[int, int]:
        """What is out of balance once a cell has changed."""
        for number in self.of[cell]:
            left = off.get(number, 0) + by * self.equations[number].signs[cell]
            if left:
                off[number] = left
            else:
                off.pop(number, None)
        return off

    @staticmethod
    def _changes(came: dict, key: tuple | None) -> dict[Cell, int]:
        """All changes on the way to a state."""
        changed: dict[Cell, int] = {}
        while key is not None:
            key, cell, by = came[key]
            changed[cell] = changed.get(cell, 0) + by
        return changed

    # ------------------------------------------------------------------------------------ choosing
    # what else to hide
    def protect(self) -> None:
        """Suppress more, one cell at a time, until nothing is exposed.

        Raises:
            CannotProtect: nothing is left to suppress.
        """
        while bare := self.exposed():
            chosen = self._choose(bare)
            if chosen is None:
                raise CannotProtect(bare)
            cell, equation = chosen
            self.hidden[cell] = Reason.LINKED if self.equations[equation].table else Reason.TOTAL

    def _choose(self, bare: list[Cell]) -> tuple[Cell, int] | None:
        """The cheapest cell that stands in a sum with an exposed cell, or else with any suppressed cell."""
        for around in (bare, sorted(self.hidden, key=self.order.__getitem__)):
            numbers = sorted({number for cell in around for number in self.of[cell]})
            options = [
                (self._cost(cell, number), cell, number)
                for number in numbers
                for cell in self.equations[number].signs
                if self._may_hide(cell)
            ]
            if options:
                _, cell, number = min(options, key=lambda option: option[0])
                return cell, number
        return None

    def _may_hide(self, cell: Cell) -> bool:
        return cell not in self.hidden and cell not in self.known and self.counts[cell] > 0

    def _cost(self, cell: Cell, number: int) -> tuple[int, ...]:
        """Fewer suppressed cells in its sum first, no totals, with room to move, closing a rectangle,
        small.
        """
        count, room = self.counts[cell], self.counts[cell] - self.threshold
        others = [each for each in self.of[cell] if each != number]
        open_ = sum(1 for each in others if not self._partners(each))
        return (
            int(cell in self.sums),
            int(room < self.threshold - 2 and cell not in self.sums),
            open_,
            min(len(self._partners(number)), 3),
            count,
            self.order[cell],
            number,
        )

    def relax(self) -> None:
        """Show again what turned out not to be needed, the largest counts first.

        Showing one may lay bare others that are only there to protect it: these go with it, unless a count
        suppressed for its
        own sake would be exposed.
        """
        extra = [cell for cell in self.hidden if cell not in self.kept]
        for cell in sorted(extra, key=lambda cell: (-self.counts[cell], self.order[cell])):
            if cell not in self.hidden:
                continue
            before = dict(self.hidden)
            del self.hidden[cell]
            while bare := self.exposed():
                if self.kept & set(bare):
                    self.hidden = before
                    break
                for each in bare:
                    del self.hidden[each]

    def result(self) -> dict[Cell, Shown]:
        """Every cell as it may be published."""
        return {
            cell: Shown(None, self.hidden[cell]) if cell in self.hidden else Shown(self.counts[cell])
            for cell in self.counts
        }

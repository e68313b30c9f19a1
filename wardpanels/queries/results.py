"""Reads of what came of a round: result, files, receipts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from snb.boards.models import Board
from snb.people.enums import ResidencyMethod
from snb.people.queries import (
    CodeCounts,
    code_counts,
)
from wardpanels import calculations as count
from wardpanels.models import CountedBallot, Extension, Priority, Receipt, Round

if TYPE_CHECKING:
    pass


def winners_of(round_: Round) -> list[str]:
    """Codes of the options that won by the vote alone."""
    return list(json.loads(round_.result)["winners"]) if round_.result else []


@dataclass(frozen=True)
class ResultRow:
    """One line of the results table."""

    code: str
    text: str
    votes: int
    won: bool
    tied: bool


@dataclass(frozen=True)
class Result:
    """The results page, ready to render."""

    round: Round
    published: bool
    rows: list[ResultRow]
    turnout: str
    by_method: list[tuple[str, str]]
    left_to_panel: int
    tied: bool
    hashes: dict[str, str]
    priorities: list[Priority]
    extension: Extension | None
    codes: CodeCounts

    @property
    def winners(self) -> list[ResultRow]:
        """What won a slot by the vote alone, most votes first."""
        return [row for row in self.rows if row.won]

    @property
    def bars(self) -> list[tuple[str, int]]:
        """Label and votes for the bar chart; the label says who won or tied."""
        bars = []
        for row in self.rows:
            label = row.text or _("Options with fewer than 5 votes, together")
            note = _("won") if row.won else _("tied") if row.tied else ""
            # Hard blanks, so that a wrapped label keeps the word beside its last word.
            bars.append((f"{label}\u00a0–\u00a0{note}" if note else label, row.votes))
        return bars


def result_of(round_: Round) -> Result:
    """Everything the results page shows; three queries."""
    priorities = list(Priority.objects.filter(round=round_))
    extension = Extension.objects.filter(round=round_, agreed_at__isnull=False).first()
    codes = code_counts(round_.ward)
    if not round_.result:
        return Result(
            round_,
            False,
            [],
            count.turnout_in_words(0),
            [],
            round_.slots_vote,
            False,
            {},
            priorities,
            extension,
            codes,
        )
    said = json.loads(round_.result)
    texts = said["options"]
    rows = [
        ResultRow(code, texts.get(code, ""), votes, code in said["winners"], code in said["tied"])
        for code, votes in said["votes"].items()
    ]
    by_method = [
        (
            ResidencyMethod(method).strength,
            f"{number:,}" if number >= count.LEAST_VOTES else _("fewer than 5"),
        )
        for method, number in round_.turnout_by_method.items()
    ]
    hashes = {**said["sha256"], "result.json": round_.result_sha256}
    return Result(
        round_,
        True,
        rows,
        count.turnout_in_words(said["ballots"]),
        by_method,
        said["left_to_panel"],
        bool(said["tied"]),
        hashes,
        priorities,
        extension,
        codes,
    )


def latest_results(board: Board, number: int = 20) -> list[Round]:
    """The newest counted rounds of the board's wards."""
    return list(
        Round.objects.for_board(board)
        .with_result()
        .select_related("ward__borough")
        .order_by("-closed_at")[:number]
    )


def ballots_file(round_: Round) -> bytes:
    """`ballots.txt`, the same bytes each time."""
    return count.as_file(sorted(CountedBallot.objects.filter(round=round_).values_list("choices", flat=True)))


def receipts_file(round_: Round) -> bytes:
    """`receipts.txt`, the same bytes each time."""
    return count.as_file(sorted(Receipt.objects.filter(round=round_).values_list("code", flat=True)))


def is_receipt_listed(round_: Round, code: str) -> bool:
    """Whether a receipt, typed in any case and spacing, is listed."""
    letters = "".join(
        ch
        for ch in code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
        if ch in count.CROCKFORD
    )
    if len(letters) != 16:
        return False
    return Receipt.objects.filter(
        round=round_, code="-".join(letters[place : place + 4] for place in range(0, 16, 4))
    ).exists()

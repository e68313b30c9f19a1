"""The tally, its thresholds and ties, and the recount by a stranger with the published files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wardpanels.conftest import OPTIONS
from wardpanels import calculations as count

pytestmark = pytest.mark.pure
RECOUNT = Path(__file__).resolve().parent.parent.parent / "static" / "recount.py"

ballots = st.lists(st.sampled_from(sorted(OPTIONS)), min_size=1, max_size=3, unique=True).map(tuple)
boxes = st.lists(ballots, max_size=60)


def publish(
    folder: Path, box: list[tuple[str, ...]], *, slots: int, picks: int = 3, paper: int = 0
) -> count.Tally:
    """Write the three files as the portal publishes them."""
    counted = count.tally(box, slots=slots)
    ballot_file = count.as_file(count.publishable(box))
    receipts = count.as_file(sorted(f"R{number:04}" for number in range(len(box) - paper)))
    (folder / "ballots.txt").write_bytes(ballot_file)
    (folder / "receipts.txt").write_bytes(receipts)
    (folder / "result.json").write_bytes(
        count.result_file(
            title="Autumn",
            ward="Highgate",
            options=OPTIONS,
            picks=picks,
            slots=slots,
            paper=paper,
            counted=counted,
            ballots=ballot_file,
            receipts=receipts,
        )
    )
    return counted


def recount(folder: Path) -> tuple[int, str]:
    """Run the downloaded script in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-I", str(RECOUNT), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_recount_script_is_short_and_needs_only_the_standard_library():
    lines = RECOUNT.read_text().splitlines()
    assert len(lines) <= 60
    imported = {name.strip() for line in lines if line.startswith("import ") for name in line[7:].split(",")}
    assert imported | {"collections", "pathlib"} <= sys.stdlib_module_names


@given(boxes, st.integers(0, 6))
def test_tally_of_any_box(box, slots):
    counted = count.tally(box, slots=slots)
    assert len(counted.winners) + counted.left_to_panel == slots
    assert not set(counted.winners) & set(counted.tied)
    if len(box) < count.LEAST_BALLOTS:
        assert counted == count.Tally(None, {}, (), (), slots)
        assert count.publishable(box) == []
        return
    assert counted.ballots == len(box)
    assert sum(counted.votes.values()) == sum(len(choices) for choices in box)
    assert all(votes >= count.LEAST_VOTES for code, votes in counted.votes.items() if code != count.OTHER)
    for winner in counted.winners:
        beaten = [code for code in counted.votes if code not in (*counted.winners, count.OTHER)]
        assert all(counted.votes[winner] > counted.votes[code] for code in beaten)
    if counted.tied:
        assert len({counted.votes[code] for code in counted.tied}) == 1
        assert len(counted.tied) > counted.left_to_panel > 0


@given(boxes, st.randoms(use_true_random=False))
def test_published_lines_forget_the_order_of_the_box(box, random):
    shuffled = [tuple(random.sample(choices, len(choices))) for choices in box]
    random.shuffle(shuffled)
    assert count.publishable(shuffled) == count.publishable(box)
    assert count.tally(shuffled, slots=2) == count.tally(box, slots=2)


@given(boxes, st.integers(0, 4))
def test_counting_the_published_lines_gives_the_published_result(box, slots):
    lines = [tuple(line.split()) for line in count.publishable(box)]
    if lines:
        assert count.tally(lines, slots=slots) == count.tally(box, slots=slots)


@settings(max_examples=8, deadline=None)
@given(st.lists(ballots, min_size=10, max_size=60), st.integers(0, 4), st.integers(0, 9))
def test_published_files_always_recount(tmp_path_factory, box, slots, paper):
    folder = tmp_path_factory.mktemp("files")
    counted = publish(folder, box, slots=slots, paper=paper)
    assert recount(folder) == (
        0,
        f"All is well: {len(box)} ballots, winners: {', '.join(counted.winners) or 'none'}.\n",
    )


BOX = (
    [("asb", "drugs")] * 12
    + [("burglary", "drugs")] * 9
    + [("traffic",)] * 6
    + [("asb", "burglary", "knife")] * 3
)
TAMPERING = {
    "a ballot taken out": ("ballots.txt", lambda text: text.replace("traffic\n", "", 1), "ballots"),
    "a ballot added": ("ballots.txt", lambda text: text + "traffic\n", "ballots"),
    "a ballot changed": ("ballots.txt", lambda text: text.replace("traffic", "drugs", 1), "drugs has"),
    "an unknown option": (
        "ballots.txt",
        lambda text: text.replace("traffic", "parking", 1),
        "which was no option",
    ),
    "an option twice on a ballot": (
        "ballots.txt",
        lambda text: text.replace("asb drugs", "drugs drugs", 1),
        "names an option twice",
    ),
    "too many choices": (
        "ballots.txt",
        lambda text: text.replace("asb drugs", "asb burglary drugs traffic", 1),
        "were allowed",
    ),
    "an empty ballot": ("ballots.txt", lambda text: "\n" + text, "0 choices"),
    "ballots in another order": (
        "ballots.txt",
        lambda text: "".join(reversed(text.splitlines(True))),
        "ballots.txt is not in order",
    ),
    "not text": ("ballots.txt", lambda text: b"\xff\xfe" + text.encode(), "damaged"),
    "ballots emptied": ("ballots.txt", lambda text: "", "There are 0 ballots"),
    "a receipt taken out": ("receipts.txt", lambda text: text.split("\n", 1)[1], "receipts"),
    "a receipt twice": ("receipts.txt", lambda text: text.replace("R0001", "R0000"), "listed 2 times"),
    "a receipt added": ("receipts.txt", lambda text: text + "R9999\n", "receipts"),
    "a receipt changed": ("receipts.txt", lambda text: text.replace("R0003", "R000X"), "SHA-256"),
    "receipts in another order": (
        "receipts.txt",
        lambda text: "".join(reversed(text.splitlines(True))),
        "receipts.txt is not in order",
    ),
    "receipts emptied": ("receipts.txt", lambda text: "", "0 receipts"),
    "receipts not text": ("receipts.txt", lambda text: b"\xff\n", "damaged"),
    "a receipt with a space": ("receipts.txt", lambda text: text.replace("R0002", " R0002"), "SHA-256"),
    "receipts without the last line's end": ("receipts.txt", lambda text: text.rstrip("\n"), "SHA-256"),
    "receipts with other line ends": ("receipts.txt", lambda text: text.replace("\n", "\r\n"), "SHA-256"),
    "another total": (
        "result.json",
        lambda text: text.replace('"ballots": 30', '"ballots": 31'),
        "the page says 31",
    ),
    "another winner": (
        "result.json",
        lambda text: json.dumps(json.loads(text) | {"winners": ["traffic", "drugs"]}),
        "winners",
    ),
    "an invented tie": ("result.json", lambda text: json.dumps(json.loads(text) | {"tied": ["asb"]}), "tied"),
    "more votes for one": (
        "result.json",
        lambda text: text.replace('"traffic": 6', '"traffic": 60'),
        "the page says 60",
    ),
    "an option hidden": (
        "result.json",
        lambda text: text.replace('"traffic": "Traffic"', '"parking": "Parking"'),
        "which was no option",
    ),
    "fewer picks": ("result.json", lambda text: text.replace('"picks": 3', '"picks": 1'), "were allowed"),
    "more slots": ("result.json", lambda text: text.replace('"slots": 2', '"slots": 3'), "winners"),
    "paper invented": ("result.json", lambda text: text.replace('"paper": 0', '"paper": 4'), "paper ballots"),
    "another hash": (
        "result.json",
        lambda text: text.replace('"receipts.txt": "', '"receipts.txt": "0'),
        "SHA-256",
    ),
    "cut in half": ("result.json", lambda text: text[: len(text) // 2], "damaged"),
    "fewer left to the panel": (
        "result.json",
        lambda text: json.dumps(json.loads(text) | {"left_to_panel": 7}),
        "left to the panel",
    ),
}


@pytest.mark.parametrize("way", TAMPERING)
def test_recount_says_what_was_tampered_with(tmp_path, way):
    publish(tmp_path, BOX, slots=2)
    assert recount(tmp_path)[0] == 0
    name, change, words = TAMPERING[way]
    changed = change((tmp_path / name).read_text())
    (tmp_path / name).write_bytes(changed if isinstance(changed, bytes) else changed.encode())
    code, said = recount(tmp_path)
    assert code == 1
    assert words in said


@pytest.mark.parametrize("name", ["ballots.txt", "receipts.txt", "result.json"])
def test_recount_without_a_file_says_which(tmp_path, name):
    publish(tmp_path, BOX, slots=2)
    (tmp_path / name).unlink()
    assert recount(tmp_path) == (1, f"{name} is missing.\n")


def test_an_option_needs_five_votes_to_win():
    box = [("drugs",)] * 8 + [("asb",)] * 4
    assert count.tally(box, slots=2) == count.Tally(12, {"drugs": 8, "other": 4}, ("drugs",), (), 1)


def test_a_tie_for_the_last_slot_is_left_to_the_panel():
    box = [("drugs",)] * 8 + [("asb",)] * 6 + [("traffic",)] * 6
    assert count.tally(box, slots=2) == count.Tally(
        20, {"drugs": 8, "asb": 6, "traffic": 6}, ("drugs",), ("asb", "traffic"), 1
    )


@pytest.mark.parametrize(
    ("number", "words"), [(0, "fewer than 10"), (9, "fewer than 10"), (10, "10"), (1234, "1,234")]
)
def test_turnout_is_exact_from_ten(number, words):
    assert count.turnout_in_words(number) == words

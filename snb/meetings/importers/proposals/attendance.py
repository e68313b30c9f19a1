"""Who came, who sent apologies, and as what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from snb.meetings.importers.names import Named, read_people, read_person
from snb.meetings.importers.pieces import Grid, Line
from snb.meetings.importers.proposals.lines import Found, Spoken, sentences, without_number

PRESENT = re.compile(
    r"(?:(?:board|panel|voting )?\s*members?\s+)?(?:present|attendance|attendees|(?P<also>(?:also\s+)?in attendance|also present))\s*:?",
    re.IGNORECASE,
)
APOLOGIES = re.compile(
    r"(?:\d+[.)]?\s*)?(?:apologies(?: for absence)?(?: and (?:introductions|welcome))?|absent)\s*:?",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"(?P<label>(?:members? )?present|(?:also )?in attendance|also present|attendance|attendees|apologies(?: for absence)?|absent)"
    r"\s*(?::|\t)\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
RECEIVED = re.compile(
    r"\b(?<!no )apologies(?: for absence)?\s+(?:were|had been|was|have been)?\s*(?:received|given|noted|accepted|sent)?\s*"
    r"(?:from|by|for)\s+(?P<rest>.+)",
    re.IGNORECASE,
)
TICK = re.compile(r"✓|✔|☑|☒|🗸|\by(?:es)?\b", re.IGNORECASE)
ROLL = re.compile(r"(?P<left>[^:–—\n]{2,60}?)\s*(?::\s+|\s[–—-]\s+)(?P<right>[^\n]+)")
PLACE = re.compile(
    r".*\b(?:town|park|green|hill|road|heath|common|east|west|north|south|central|bridge|cross|vale|ward|square|village|"
    r"panel|estate)",
    re.IGNORECASE,
)


def read_attendance(lines: list[Spoken], found: Found) -> dict[str, str]:
    """People and what they came as; returns who is meant by which initials, where the minutes say so."""
    initials: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()

    def add(people: list[Named], state: str, capacity: str = "") -> None:
        for person in people:
            if person.initials:
                initials[person.initials] = person.name
            if (person.name.lower(), state) not in seen:
                seen.add((person.name.lower(), state))
                found.attendance.append(
                    {"name": person.name, "capacity": person.role or capacity, "state": state}
                )

    state = capacity = ""
    rolls = _rolls_by_ward(lines)
    for line in lines:
        label = LABELLED.match(line.text) if line.kind != "table" else None
        received = RECEIVED.search(line.text) if line.kind != "table" else None
        if line.grid is not None:
            for person, said in _table_people(line.grid, line.heading):
                add([person], said or state or _state_of(line.heading))
        elif received:
            add(read_people(sentences(received["rest"])[0]), "apologies")
            state = ""
        elif label:
            state = _state_of(label["label"])
            capacity = (
                "In attendance"
                if "in attendance" in label["label"].lower() or "also" in label["label"].lower()
                else ""
            )
            add(read_people(label["rest"]), state, capacity)
        elif line.kind == "heading" or PRESENT.fullmatch(line.text) or APOLOGIES.fullmatch(line.text):
            state = _state_of(without_number(line.text))
            capacity = (
                "In attendance"
                if re.match(r"(also|in attendance)", without_number(line.text), re.IGNORECASE)
                else ""
            )
        elif state:
            text = without_number(line.text.strip())
            entry = ROLL.fullmatch(text) if line.heading in rolls else None
            if entry and not _is_person(entry["left"]):
                people = [
                    Named(
                        each.name,
                        ", ".join(part for part in (entry["left"], each.role) if part),
                        each.initials,
                    )
                    for each in read_people(entry["right"])
                ]
            else:
                people = read_people(text, one_a_line=True)
            add(people, state, capacity)
            if not people and len(line.text.split()) > 6:
                state = ""
    return initials


def _rolls_by_ward(lines: list[Spoken]) -> set[str]:
    """Headings under which the ward or the office stands before the name: “Highgate – Sam Sample”."""
    found: Counter[str] = Counter()
    for line in lines:
        is_text = line.kind in {"paragraph", "item"}
        entry = ROLL.fullmatch(without_number(line.text.strip())) if is_text else None
        if entry:
            first, second = _is_person(entry["left"]), _is_person(entry["right"])
            found[line.heading] += second - first
    return {heading for heading, more in found.items() if more > 0}


def _is_person(text: str) -> bool:
    """Whether a text is of people and not a place that looks like a name, such as “Kentish Town”."""
    return not PLACE.fullmatch(text.strip()) and bool(read_people(text))


def _state_of(label: str) -> str:
    label = without_number(label.strip())
    if re.match(r"absent\b", label, re.IGNORECASE):
        return "absent"
    if APOLOGIES.fullmatch(label):
        return "apologies"
    return "present" if PRESENT.fullmatch(label) else ""


def _table_people(grid: Grid, heading: str) -> Iterator[tuple[Named, str]]:
    """People of an attendance table: a column of names, and others that say who they are or whether they came."""
    names = [name.lower().strip(" :") for name in grid.headings]
    at = next(
        (index for index, name in enumerate(names) if name in {"name", "names", "member", "attendee"}), None
    )
    if at is None:
        yield from _people_by_state(grid, names)
        return
    columns = {
        index: kind for index, name in enumerate(names) if index != at and (kind := _kind_of_column(name))
    }
    ticked = {index for index in columns if any(TICK.match(_words(row[index])) for row in grid.rows)}
    role_at = [
        index
        for index, name in enumerate(names)
        if re.search(r"role|organisation|representing|capacity|position|title|ward|group", name)
        and index != at
    ]
    for row in grid.rows:
        texts = [_words(lines) for lines in row]
        person = read_person(texts[at])
        if person is None:
            continue
        role = ", ".join(
            [*([person.role] if person.role else []), *(texts[index] for index in role_at if texts[index])]
        )
        marks = {_mark(texts[index], kind, index in ticked) for index, kind in columns.items()} - {""}
        if len(marks) > 1:
            marks -= {"present", "absent"} if "apologies" in marks and "present" not in marks else marks
        if columns and len(marks) != 1:
            continue  # nothing is said of this person, or two things at once
        yield Named(person.name, role, person.initials), marks.pop() if marks else ""


def _people_by_state(grid: Grid, names: list[str]) -> Iterator[tuple[Named, str]]:
    """People in a column under “Present” or “Apologies”, or in a row beside it."""
    for row in grid.rows:
        label = _words(row[0]) if row and not any(names) else ""
        for index, lines in enumerate(row):
            said = _state_of(label) if index else ""
            for line in lines:
                for person in read_people(line.text, one_a_line=not label):
                    if state := said or _state_of(names[index]):
                        yield person, state


def _words(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines).strip()


def _kind_of_column(name: str) -> str:
    """What a mark in a column of this name says of a person; `any` where its words decide."""
    is_present = re.search(r"present|attend", name)
    if re.search(r"apolog", name):
        return "any" if is_present else "apologies"
    if re.search(r"absent", name):
        return "any" if is_present else "absent"
    return "present" if is_present else "any" if re.search(r"status", name) else ""


def _mark(text: str, kind: str, has_ticks: bool) -> str:
    """What a cell says. A cross says that somebody was not there only where others have a tick."""
    word = text.lower()
    if re.match(r"apolog|a$", word):
        return "apologies"
    if re.match(r"absent|ab$", word):
        return "absent"
    if re.match(r"p$|present|attended|in person|online|remote", word):
        return "present"
    if TICK.match(text):
        return "" if kind == "any" and not re.match(r"y", word) else "present" if kind == "any" else kind
    if re.match(r"x$|✗|✘|×$", word):
        return kind if kind in {"apologies", "absent"} else "absent" if has_ticks else ""
    return "absent" if kind == "present" and re.match(r"no?$", word) else ""

"""Who came, who sent apologies, and as what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from snb.meetings.importers.names import Named, read_people, read_person
from snb.meetings.importers.pieces import Grid
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
    r"apologies(?: for absence)?(?: for lateness)?\s+(?:were|had been|was|have been)?\s*(?:received|given|noted|accepted|sent)?\s*"
    r"(?:from|by|for)\s+(?P<rest>.+)",
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
            people = read_people(line.text, one_a_line=True)
            add(people, state, capacity)
            if not people and len(line.text.split()) > 6:
                state = ""
    return initials


def _state_of(label: str) -> str:
    label = without_number(label.strip())
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
        return
    state_at = next(
        (index for index, name in enumerate(names) if re.search(r"present|apologies|attend|status", name)),
        None,
    )
    role_at = [
        index
        for index, name in enumerate(names)
        if re.search(r"role|organisation|representing|capacity|position|title|ward|group", name)
        and index != at
    ]
    for row in grid.rows:
        texts = [" ".join(line.text for line in lines).strip() for lines in row]
        person = read_person(texts[at])
        if person is None:
            continue
        role = ", ".join(
            [*([person.role] if person.role else []), *(texts[index] for index in role_at if texts[index])]
        )
        said = ""
        if state_at is not None:
            word = texts[state_at].lower()
            said = (
                "apologies"
                if re.match(r"a\b|apolog|absent|no\b|x$|✗", word)
                else "present"
                if re.match(r"p\b|present|yes|y\b|✓|✔|☒|attended|in person|online|remote", word)
                else ""
            )
            if not said:
                continue
        yield Named(person.name, role, person.initials), said

"""What the chair is asked to tick or mend: agenda items, attendance, decisions and actions, as the minutes word them.

Nothing is invented: an owner, a date or a role that the words do not give stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from snb.meetings.importers.dates import find_date
from snb.meetings.importers.headings import NUMBERED
from snb.meetings.importers.names import Named, is_name, read_people, read_person
from snb.meetings.importers.pieces import MARK, Grid, Piece

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
    r"(?:from|by|for)\s+(?P<rest>[^.]*(?:\b[A-Z]\.[^.]*)*)",
    re.IGNORECASE,
)
DECIDED = re.compile(
    r"(?:RESOLVED|AGREED|DECIDED|(?:Decision|Resolution|Resolved|Agreed)(?=\s*:))(?:\s+\d+)?\s*(?::|–|-|(?=\bthat\b|\bto\b|\s))\s*(?P<rest>\S.*)",
    re.DOTALL,
)
IT_WAS = re.compile(
    r"(?:it was|was then) (?:unanimously )?(?:agreed|resolved|decided)(?: unanimously)?(?: by (?:the )?\w+)?\s*:?\s*(?:that|to)\b|"
    r"\bthe (?:board|panel|committee|meeting|members|group)(?: members)?(?: (?:then|unanimously|formally))?"
    r" (?:agreed|resolved|approved|decided|adopted)\b|"
    r"^(?:the )?minutes\b.*\b(?:agreed|approved|accepted|confirmed|signed)\b.*\b(?:correct|accurate|true)\b",
    re.IGNORECASE,
)
ACTION_LABEL = re.compile(
    r"(?:^|(?<=[.;:!?\s]))[\[(]?(?:ACTIONS?(?: POINT)?|(?<![A-Za-z] )Actions?(?: point)?|AP)\s*"
    r"(?:\d{1,3}(?:\.\d+)*)?\s*(?::|–|—|-(?=\s))\s*(?P<rest>[^\s)\]].*)",
    re.DOTALL,
)
BRACKETED = re.compile(r"[\[(]\s*actions?\s*(?:\d+\s*)?[:–-]?\s+(?P<rest>[^)\]]+)[)\]]", re.IGNORECASE)
DUE = re.compile(
    r",?\s*(?:\(\s*)?\b(?:by|before|no later than|on or before|due(?: date)?(?: by| on)?|deadline|for|target(?: date)?)\s*:?\s*"
    r"(?:the\s+)?$",
    re.IGNORECASE,
)
DOES = re.compile(
    r"(?P<owner>[^:;.]{2,60}?)\s+(?:to|will|shall|is to|are to|agreed to|undertook to|has agreed to)\s+(?P<text>\S.*)",
    re.DOTALL,
)
OWNERS = re.compile(
    r"(?:the\s+)?(?:all(?: members)?|chair(?:man|woman|person)?|vice[- ]chair|secretary|treasurer|clerk|police|met|mps|snt|"
    r"safer neighbourhoods? team|council|board|panel|sergeant|inspector|superintendent|co-?ordinator|mopac|dwos?)"
    r"(?:\s+(?:and|&|/)\s+.+)?",
    re.IGNORECASE,
)
COLUMNS = {
    "text": re.compile(
        r"(?:agreed )?actions?(?: points?| agreed| required| item| needed)?|tasks?|what", re.IGNORECASE
    ),
    "owner": re.compile(
        r"owners?|(?:action )?by whom|who|lead(?: officer| person)?|responsib\w*(?: person| officer)?|assigned(?: to)?|action by|person responsible",
        re.IGNORECASE,
    ),
    "due": re.compile(
        r"by when|when|deadline|due(?: date| by)?|target(?: date)?|timescale|date(?: due)?|completion date|by",
        re.IGNORECASE,
    ),
    "status": re.compile(r"status|progress|update|rag|complete\??|outcome", re.IGNORECASE),
    "number": re.compile(r"(?:no|ref|item|#|number|agenda item|minute)\.?", re.IGNORECASE),
}
DONE = re.compile(r"\s*(?:completed?|closed|done|discharged|finished)\b", re.IGNORECASE)


@dataclass
class Spoken:
    """A line of the minutes with the heading and the agenda item it stands under."""

    text: str
    kind: str
    heading: str = ""
    item: str = ""
    grid: Grid | None = None


@dataclass
class _Found:
    agenda_items: list[dict[str, str]] = field(default_factory=list)
    attendance: list[dict[str, str]] = field(default_factory=list)
    decisions: list[dict[str, str]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)


def propose(pieces: list[Piece], title: str) -> dict[str, Any]:
    """Everything the minutes seem to record, in their own order."""
    lines = list(_lines(pieces))
    held_on = _held_on(lines, title)
    found = _Found(agenda_items=_agenda_items(pieces))
    initials = _attendance(lines, found)
    _decisions(lines, found)
    _Actions(found, initials, held_on).read(lines)
    return {
        "held_on": held_on.isoformat() if held_on else "",
        "agenda_items": found.agenda_items,
        "attendance": found.attendance,
        "decisions": found.decisions,
        "actions": found.actions,
    }


def _lines(pieces: list[Piece]) -> Iterator[Spoken]:
    heading = item = ""
    for piece in pieces:
        text = MARK.sub("", piece.line.text)
        if piece.kind == "heading":
            heading = text
            number = NUMBERED.match(heading)
            if piece.level == 2 or (number and item and number[1].startswith(f"{item}.")):
                item = number[1] if number else ""
            yield Spoken(heading, "heading", heading, item)
        elif piece.kind == "paragraph":
            yield Spoken(text, "paragraph", heading, item)
        elif piece.kind == "list":
            for each in piece.items:
                yield Spoken(MARK.sub("", each.text), "item", heading, item)
        elif piece.kind == "table":
            yield Spoken("", "table", heading, item, piece.grid)


def _held_on(lines: list[Spoken], title: str) -> date | None:
    """The day of the meeting, where the title or the first lines say so."""
    for text in [title, *(line.text for line in lines[:12] if line.kind != "table")]:
        if len(text) < 200 and (
            text == title or re.search(r"\b(held|meeting|date|minutes)\b", text, re.IGNORECASE)
        ):
            if re.search(r"next|last|previous", text, re.IGNORECASE):
                continue
            found, _place = find_date(text)
            if found:
                return found
    return None


def _agenda_items(pieces: list[Piece]) -> list[dict[str, str]]:
    """Numbered sections; where none is numbered, all sections that are not mere lists of people or actions."""
    sections = [
        MARK.sub("", piece.line.text) for piece in pieces if piece.kind == "heading" and piece.level == 2
    ]
    numbered = [
        (found[1], text[found.end() :].strip()) for text in sections if (found := NUMBERED.match(text))
    ]
    if numbered:
        return [{"number": number, "title": title.rstrip(":")} for number, title in numbered]
    plain = [text.rstrip(":") for text in sections if not PRESENT.fullmatch(text)]
    return [
        {"number": "", "title": text}
        for text in plain
        if not re.match(r"(actions?|notes)\b", text, re.IGNORECASE)
    ]


# ------------------------------------------------------------------------------------------------------- attendance
def _attendance(lines: list[Spoken], found: _Found) -> dict[str, str]:
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
            add(read_people(received["rest"].strip()), "apologies")
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
            state = _state_of(_without_number(line.text))
            capacity = (
                "In attendance"
                if re.match(r"(also|in attendance)", _without_number(line.text), re.IGNORECASE)
                else ""
            )
        elif state:
            people = read_people(line.text)
            add(people, state, capacity)
            if not people and len(line.text.split()) > 6:
                state = ""
    return initials


def _without_number(text: str) -> str:
    number = NUMBERED.match(text)
    return text[number.end() :] if number else text


def _state_of(label: str) -> str:
    label = _without_number(label.strip())
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


# -------------------------------------------------------------------------------------------------------- decisions
def _decisions(lines: list[Spoken], found: _Found) -> None:
    seen: set[str] = set()
    for line in lines:
        if line.kind in {"heading", "table"}:
            continue
        whole = DECIDED.match(line.text.strip())
        if whole:
            texts = [_sentence(whole["rest"])]
        elif (
            re.fullmatch(r"decisions?:?", _without_number(line.heading), re.IGNORECASE)
            and line.kind == "item"
        ):
            texts = [line.text]
        else:
            texts = []
            for sentence in sentences(line.text):
                inside = re.search(r"\bRESOLVED\s*:?\s*(?:that|to)\b.*", sentence, re.DOTALL)
                if inside or (IT_WAS.search(sentence) and not ACTION_LABEL.match(sentence)):
                    texts.append(inside[0] if inside else sentence)
        for text in texts:
            text = " ".join(BRACKETED.sub("", text).split())
            if text and text.lower() not in seen:
                seen.add(text.lower())
                found.decisions.append({"text": text, "agenda_item": line.item})


def _sentence(text: str) -> str:
    """What was decided, without the action that follows in the same paragraph."""
    action = ACTION_LABEL.search(text)
    text = text[: action.start()] if action and action.start() > 3 else text
    text = " ".join(text.split())
    return re.sub(r"^that\s+(?=\w)", "That ", text)


def sentences(text: str) -> list[str]:
    """Cut a paragraph into sentences; initials, titles and “p.m.” end none."""
    parts = re.split(
        r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bSgt\.)(?<!\bp\.m\.)(?<!\ba\.m\.)\s+|\n",
        text,
    )
    return [part.strip() for part in parts if part.strip()]


# ---------------------------------------------------------------------------------------------------------- actions
class _Actions:
    """Actions from labels, brackets, lists under a heading “Actions”, and tables."""

    def __init__(self, found: _Found, initials: dict[str, str], held_on: date | None) -> None:
        self.found, self.initials, self.held_on = found, initials, held_on
        self.seen: set[tuple[str, str]] = set()

    def read(self, lines: list[Spoken]) -> None:
        """Go through the minutes once."""
        before = ""
        for line in lines:
            if line.grid is not None:
                self._table(line)
                continue
            if line.kind == "heading":
                before = ""
                continue
            self._line(line, before)
            before = line.text

    def _line(self, line: Spoken, before: str) -> None:
        label = ACTION_LABEL.search(line.text)
        if label and label[0].lstrip()[:1] not in "[(":
            lead = line.text[: label.start()].strip()
            for part in re.split(r";\s+(?=[A-Z])|\n", label["rest"]):
                self._add(
                    part,
                    line,
                    lead=sentences(lead)[-1] if lead else before,
                    source=part if not lead else line.text,
                )
            return
        bracket = list(BRACKETED.finditer(line.text))
        if bracket:
            at = 0
            for each in bracket:
                said = sentences(line.text[at : each.start()].strip(" .")) or [before]
                self._add(each["rest"], line, lead=said[-1], source=f"{said[-1]} {each[0]}")
                at = each.end()
            return
        is_list = re.match(r"(summary of )?actions?\b", _without_number(line.heading), re.IGNORECASE)
        if is_list and (match := DOES.match(line.text.strip())) and self._owner(match["owner"]):
            self._add(line.text, line, lead="", source=line.text)

    def _add(self, said: str, line: Spoken, *, lead: str, source: str) -> None:
        said = " ".join(said.split()).strip(" .")
        said, due = self._due(said)
        owner, text = "", said
        does = DOES.match(said)
        ended = re.fullmatch(r"(?P<text>.{8,}?)\s*(?:[–—-]\s+|\()(?P<owner>[^()–—]{2,40}?)\)?", said)
        if does and self._owner(does["owner"]):
            owner, text = self._owner(does["owner"]), does["text"]
        elif self._owner(said):
            owner, text = self._owner(said), " ".join(lead.split()).strip()
            if not due:
                text, due = self._due(text)
        elif ended and self._owner(ended["owner"]):
            owner, text = self._owner(ended["owner"]), ended["text"]
        elif (parted := re.match(r"(?P<owner>[^:]{2,40}):\s+(?P<text>\S.*)", said)) and self._owner(
            parted["owner"]
        ):
            owner, text = self._owner(parted["owner"]), parted["text"]
        self._keep(text, owner, due, line.item, source)

    def _keep(self, text: str, owner: str, due: str, item: str, source: str) -> None:
        text = text.strip(" .;,")
        if not re.search(r"\w{2}", text):
            return
        text = text[0].upper() + text[1:]
        key = (re.sub(r"\W+", " ", text.lower()).strip(), owner.lower())
        if key in self.seen:
            return
        self.seen.add(key)
        self.found.actions.append(
            {
                "text": text,
                "owner": owner,
                "due": due,
                "agenda_item": item,
                "source": " ".join(source.split()),
            }
        )

    def _owner(self, text: str) -> str:
        """Who is meant, or "" where these words are nobody."""
        text = text.strip(" .,:")
        if re.fullmatch(r"[A-Z]{2,4}(?:\s*(?:/|,|&|and)\s*[A-Z]{2,4})*", text):
            names = [self.initials.get(each, each) for each in re.split(r"\s*(?:/|,|&|\band\b)\s*", text)]
            return " and ".join(names)
        if is_name(text) or OWNERS.fullmatch(text):
            return text
        parts = re.split(r"\s*(?:/|,|&|\band\b)\s*", text)
        if len(parts) > 1 and all(
            is_name(part) or OWNERS.fullmatch(part) or part in self.initials for part in parts
        ):
            return text
        return ""

    def _due(self, text: str) -> tuple[str, str]:
        """The text without its date, and the date; words that give no sure date stay in the text."""
        place = (-1, -1)
        offset = 0
        while True:
            found, place = find_date(text[offset:], after=self.held_on)
            if place == (-1, -1):
                return text, ""
            start, end = place[0] + offset, place[1] + offset
            before = DUE.search(text[:start])
            if before and found:
                rest = text[end:].strip(" .)")
                return (
                    f"{text[: before.start()].rstrip(' ,(')}{' ' + rest if rest else ''}",
                    found.isoformat(),
                )
            offset = end

    def _table(self, line: Spoken) -> None:
        grid = line.grid
        assert grid is not None
        names = [name.strip(" :") for name in grid.headings]
        at = {
            kind: next((index for index, name in enumerate(names) if pattern.fullmatch(name)), None)
            for kind, pattern in COLUMNS.items()
        }
        if at["text"] is None or (at["owner"] is None and at["due"] is None):
            return
        for row in grid.rows:
            cell = {
                kind: " ".join(" ".join(each.text for each in row[index]).split())
                if index is not None
                else ""
                for kind, index in at.items()
            }
            if not cell["text"] or DONE.match(cell["status"]):
                continue
            due, _place = find_date(cell["due"], after=self.held_on)
            text = cell["text"]
            if not due and not cell["due"]:
                text, said = self._due(text)
            else:
                said = due.isoformat() if due else ""
            owner = " and ".join(
                self.initials.get(part, part) for part in re.split(r"\s*/\s*|\s*&\s*", cell["owner"]) if part
            )
            number = NUMBERED.match(f"{cell['number']} x")
            item = (
                number[1]
                if number and names[at["number"] or 0].lower() not in {"no", "ref", "#", "no."}
                else line.item
            )
            source = " · ".join(value for value in (cell["text"], cell["owner"], cell["due"]) if value)
            self._keep(text, owner, said, item, source)

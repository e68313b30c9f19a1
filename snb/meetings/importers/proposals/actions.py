"""What somebody is to do, until when, from labels, brackets, lists and tables."""

from __future__ import annotations

import re
from datetime import date

from snb.meetings.importers.dates import find_date
from snb.meetings.importers.headings import NUMBERED
from snb.meetings.importers.names import is_name
from snb.meetings.importers.proposals.lines import Found, Spoken, sentences, without_number

ACTION_LABEL = re.compile(
    r"(?:^|(?<=[.;:!?\s]))[\[(]?(?:ACTIONS?(?: POINT)?|(?<![A-Za-z] )Actions?(?: point)?|AP)\s*"
    r"(?:\d{1,3}(?:\.\d+)*)?\s*(?::|–|—|-(?=\s))\s*(?P<rest>[^\s)\]].*)",
    re.DOTALL,
)
BRACKETED = re.compile(r"[\[(]\s*actions?\s*(?:\d+\s*)?[:–-]?\s+(?P<rest>[^)\]]+)[)\]]", re.IGNORECASE)
NAMED = re.compile(
    r"(?:ACTIONS?|Actions?)(?: point)?\s*\d*\s*(?:for\s+|on\s+)?[\[(]?(?P<owner>[^:–—()\[\]]{2,40}?)[\])]?\s*[:–—]\s*"
    r"(?P<rest>\S.*)",
    re.DOTALL,
)
"""The owner stands before the colon: “Action for PC Bell: …”, “ACTION (JS): …”."""
SHOUTED = re.compile(r"ACTION\s+(?P<rest>[^\s:–—-].*)", re.DOTALL)
NOTHING = re.compile(
    r"(?:none|nil|noted|(?:to|for) not(?:e|ing)|(?:for )?info(?:rmation)?(?: only)?|n/?a|not applicable|as above|ongoing|"
    r"no (?:further )?actions?(?: required| needed)?|completed?|done|closed|discharged|tbc|"
    r"see (?:items?|above|below|page|minutes?|action log)\b.{0,30})",
    re.IGNORECASE,
)
"""What stands where an action would, and is none."""
DUE = re.compile(
    r",?\s*(?:\(\s*)?\b(?<!not )(?:by|before|no later than|on or before|due(?: date)?(?: by| on)?|deadline|target(?: date)?)\s*:?\s*"
    r"(?:(?:\d{1,2}(?:[.:]\d{2})?\s*[ap]m|noon|midday|close of business)\s+(?:on\s+)?)?(?:the\s+)?$|\s+[–—-]\s+$",
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
VAGUE = re.compile(r"\b(?:w/c|week|after|from|not before)\b", re.IGNORECASE)
"""Beside one of these a date is no day on which something is due."""
DONE = re.compile(r"\s*(?:completed?|closed|done|discharged|finished)\b", re.IGNORECASE)


class Actions:
    """Actions from labels, brackets, lists under a heading “Actions”, and tables."""

    def __init__(self, found: Found, initials: dict[str, str], held_on: date | None) -> None:
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
            before = "" if ACTION_LABEL.match(line.text) else line.text

    def _line(self, line: Spoken, before: str) -> None:
        label = ACTION_LABEL.search(line.text)
        if label and label[0].lstrip()[:1] not in "[(":
            lead = line.text[: label.start()].strip()
            for part in re.split(r";\s+(?=[A-Z]|\d{1,2}[.)]\s)|\n", label["rest"]):
                part = re.sub(r"^\s*\d{1,2}[.)]\s+", "", part)
                self._add(
                    part,
                    line,
                    lead=sentences(lead)[-1] if lead else before,
                    source=part if not lead else line.text,
                )
            return
        point = without_number(line.text.strip())
        named = NAMED.match(point)
        if named and self._owner(named["owner"]):
            self._add(f"{self._owner(named['owner'])} to {named['rest']}", line, lead="", source=point)
            return
        shouted = SHOUTED.match(point)
        does = DOES.match(shouted["rest"]) if shouted else None
        if shouted and does and self._owner(does["owner"]):
            self._add(shouted["rest"], line, lead="", source=point)
            return
        bracket = list(BRACKETED.finditer(line.text))
        if bracket:
            at = 0
            for each in bracket:
                said = sentences(line.text[at : each.start()].strip(" .")) or [before]
                self._add(each["rest"], line, lead=said[-1], source=f"{said[-1]} {each[0]}")
                at = each.end()
            return
        is_list = re.match(r"(summary of )?actions?\b", without_number(line.heading), re.IGNORECASE)
        if is_list and (match := DOES.match(point)) and self._owner(match["owner"]):
            self._add(point, line, lead="", source=point)

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

    def _keep(self, text: str, owner: str, due: str, item: str, source: str, *, due_words: str = "") -> None:
        text = text.strip(" .;,")
        if not re.search(r"\w{2}", text) or NOTHING.fullmatch(text):
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
                "due_words": due_words,
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
            is_past = found is not None and self.held_on is not None and found < self.held_on
            if before and found and not is_past:
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
        if at["text"] is None:
            return
        if at["owner"] is None and at["due"] is None:
            for row in grid.rows:
                for each in row[at["text"]]:
                    if (does := DOES.match(each.text)) and self._owner(does["owner"]):
                        self._add(each.text, line, lead="", source=each.text)
            return
        if at["owner"] is None and not re.search(r"action|task", names[at["text"]], re.IGNORECASE):
            return  # “What” and “When” alone are a diary
        for row in grid.rows:
            cell = {
                kind: " ".join(" ".join(each.text for each in row[index]).split())
                if index is not None
                else ""
                for kind, index in at.items()
            }
            if not cell["text"] or DONE.match(cell["status"]):
                continue
            due = None if VAGUE.search(cell["due"]) else find_date(cell["due"], after=self.held_on)[0]
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
            self._keep(text, owner, said, item, source, due_words="" if said else cell["due"])

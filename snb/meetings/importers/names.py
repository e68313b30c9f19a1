"""People as minutes list them: “Cllr Pat Example (Chair)”, “Sam Sample, Highgate ward panel”, “PS Ali Khan – Met”."""

from __future__ import annotations

import re
from dataclasses import dataclass

TITLES = (
    r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Cllr|Councillor|Cllrs|Rev|Revd|Reverend|Fr|Rabbi|Imam|Sir|Dame|Lord|Lady|"
    r"PC|DC|PS|DS|DI|DCI|CI|TDC|PCSO|Sgt|Sergeant|Insp|Inspector|Supt|Superintendent|Chief|Ch|Constable|Det|Detective|"
    r"T/?Insp|A/?PS|A/?Sgt|T/?Sgt|Cdr|Commander|MP|AM"
)
_TITLED = re.compile(rf"(?:(?:{TITLES})\.?\s+)+", re.IGNORECASE)
_PARTICLES = {
    "de",
    "la",
    "le",
    "van",
    "von",
    "der",
    "den",
    "al",
    "el",
    "bin",
    "ibn",
    "da",
    "di",
    "du",
    "dos",
    "st",
}
_NAME_WORD = re.compile(r"(?:[^\W\d_a-zß-öø-ÿ])[\w'’.-]*$")
_NOT_NAMES = {
    "none", "all", "apologies", "present", "attendance", "board", "panel", "members", "minutes", "meeting", "item",
    "agenda", "chair", "the", "public", "police", "council", "ward", "residents", "name", "role", "date", "time", "venue",
    "approximately", "about", "no", "nil", "received", "team", "street", "road", "library", "hall", "metropolitan", "lb", "london",
    "borough", "matters", "arising", "report", "reports", "update", "updates", "actions", "action", "business", "priorities",
    "welcome", "introductions", "survey", "funding", "questions", "feedback", "safer", "neighbourhood",
    "neighbourhoods", "community", "club", "centre", "next", "previous", "vacant", "vacancy",
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A person as written, with what stands beside the name."""

    name: str
    role: str = ""
    initials: str = ""


def is_name(text: str) -> bool:
    """Whether a text looks like one person's name: two to five capitalised words, or a title and one."""
    text = text.strip()
    titled = _TITLED.match(text)
    words = text[titled.end() :].split() if titled else text.split()
    if not words or len(words) > 5 or (len(words) < 2 and not titled):
        return False
    if any(word.lower().strip(".,") in _NOT_NAMES for word in words):
        return False
    capital = [bool(_NAME_WORD.match(word)) for word in words]
    return (
        capital[0]
        and capital[-1]
        and all(
            is_capital or word.lower() in _PARTICLES for word, is_capital in zip(words, capital, strict=True)
        )
    )


def read_person(text: str, *, is_alone: bool = True) -> Named | None:
    """One person with role and initials; None where it is no name.

    Args:
        is_alone: whether the text is a line of its own, where a comma parts name and role.
    """
    text = " ".join(text.replace("\t", "  –  ").split()).strip(" .;,•·-–—")
    role = initials = ""
    bracket = re.fullmatch(r"(?P<name>[^(]+?)\s*\((?P<inside>[^()]*)\)\s*[,–—:-]?\s*(?P<more>.*)", text)
    if bracket:
        inside, more = bracket["inside"].strip(), bracket["more"].strip()
        if re.fullmatch(r"[A-Z]{2,4}", inside) and inside == _initials(bracket["name"]):
            initials, role = inside, more
        else:
            second = re.fullmatch(r"\(([A-Z]{2,4})\)", more)
            initials, more = (second[1], "") if second else ("", more)
            role = ", ".join(part for part in (inside, more) if part)
        text = bracket["name"].strip()
    parted = re.split(r"\s+[–—-]\s+|:\s+" + (r"|,\s+" if is_alone else ""), text, maxsplit=1)
    if len(parted) == 2 and is_name(parted[0]):
        text, role = parted[0], ", ".join(part for part in (parted[1].strip(" ,–—-"), role) if part)
    text = text.strip(" ,:–—-")
    return Named(text, role.strip(), initials) if is_name(text) else None


def read_people(text: str, *, one_a_line: bool = False) -> list[Named]:
    """The people of a line such as “Pat Example (Chair), Sam Sample and Ali Khan.”; one to a line may have a role after a comma.

    Args:
        one_a_line: whether the people stand one below the other, so that a single comma parts a name from a role.
    """
    people: list[Named] = []
    lines = text.strip().split("\n")
    is_own_line = one_a_line or len(lines) > 1
    for line in lines:
        alone = read_person(line)
        parts = _split(line)
        several = [person for part in parts if (person := read_person(part, is_alone=False))]
        if (alone and is_own_line and ";" not in line and len(parts) == 2 and alone.role) or (
            alone and (len(several) < 2 or (is_own_line and ";" not in line and len(several) != len(parts)))
        ):
            people.append(alone)
        else:
            people += several
    return people


def _split(line: str) -> list[str]:
    """Cut at commas, semicolons and “and”, not inside brackets."""
    parts: list[str] = [""]
    depth = 0
    for token in re.split(r"(\(|\)|;|,|\s+and\s+(?:from\s+)?|\s+&\s+)", line):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth <= 0 and re.fullmatch(r";|,|\s+and\s+(?:from\s+)?|\s+&\s+", token):
            parts.append("")
        else:
            parts[-1] += token
    return [re.sub(r"^(?:and|from)\s+", "", part.strip()) for part in parts if part.strip(" .")]


def _initials(name: str) -> str:
    words = _TITLED.sub("", name).split()
    return "".join(word[0] for word in words if word[0].isupper())

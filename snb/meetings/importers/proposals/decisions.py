"""What was decided, in the words of the minutes."""

from __future__ import annotations

import re

from snb.meetings.importers.proposals.actions import ACTION_LABEL, BRACKETED
from snb.meetings.importers.proposals.lines import Found, Spoken, sentences, without_number

DECIDED = re.compile(
    r"(?:RESOLVED|AGREED|DECIDED|(?:DECISION|RESOLUTION)(?=\s*[\d:–-])|(?:Decision|Resolution|Resolved|Agreed)(?=\s*:))(?:\s+\d+)?\s*(?::|–|-|(?=\bthat\b|\bto\b|\s))\s*(?P<rest>\S.*)",
    re.DOTALL,
)
SUPPOSED = re.compile(r"(?:if|whether|unless|until|once|had|should)\b|.*\?$", re.IGNORECASE | re.DOTALL)
"""A condition or a question decides nothing."""
IT_WAS = re.compile(
    r"(?:it was|was then) (?:unanimously )?(?:agreed|resolved|decided)(?: unanimously)?(?: by (?:the )?\w+)?\s*:?\s*(?:that|to)\b|"
    r"\bthe (?:board|panel|committee|meeting|members|group)(?: members)?(?: (?:then|unanimously|formally))?"
    r" (?:agreed|resolved|approved|decided|adopted)\b|"
    r"^(?:the )?minutes\b.*\b(?:agreed|approved|accepted|confirmed|signed)\b.*\b(?:correct|accurate|true)\b",
    re.IGNORECASE,
)


def read_decisions(lines: list[Spoken], found: Found) -> None:
    seen: set[str] = set()
    for line in lines:
        if line.kind in {"heading", "table"}:
            continue
        said = without_number(line.text.strip())
        whole = DECIDED.match(said)
        if whole:
            texts = [_sentence(whole["rest"])]
        elif (
            re.fullmatch(r"decisions?:?", without_number(line.heading), re.IGNORECASE) and line.kind == "item"
        ):
            texts = [line.text]
        else:
            texts = []
            for sentence in sentences(said):
                inside = re.search(r"\bRESOLVED\s*:?\s*(?:that|to)\b.*", sentence, re.DOTALL)
                if inside or (
                    IT_WAS.search(sentence)
                    and not ACTION_LABEL.match(sentence)
                    and not SUPPOSED.match(sentence)
                ):
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
    return re.sub(r"^that\s+", "That ", text)

"""What a conversion gives back: plain, frozen and ready for JSON. No Django here, the child process imports this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One sentence of the report, and what it is about as a code that does not change."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Section:
    """Findings under one of the report's fixed headings."""

    code: str
    heading: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Words:
    """Words on both sides.

    Attributes:
        before: words a reader of the document sees.
        after: the same words in the result; numbers that only Word showed are not among them.
        left_out: words the report names as left out, the title among them.
        lost: words that are gone without a reason.
        missing: some of the lost words.
    """

    before: int
    after: int
    left_out: int
    lost: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What became of a document, in plain sentences."""

    title: str
    sections: tuple[Section, ...]
    words: Words

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)

    def of(self, code: str) -> tuple[Finding, ...]:
        """The findings of this code, or of all codes below it: `tables` gives those of `tables.layout` too."""
        return tuple(
            finding
            for section in self.sections
            for finding in section.findings
            if finding.code == code or finding.code.startswith(f"{code}.")
        )

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "title": self.title,
            "sections": [
                {
                    "code": section.code,
                    "heading": section.heading,
                    "findings": [asdict(finding) for finding in section.findings],
                }
                for section in self.sections
            ],
            "words": {**asdict(self.words), "missing": list(self.words.missing)},
        }


@dataclass(frozen=True)
class AgendaItemProposal:
    """An item of the agenda; the number is as written, such as “3” or “3.1”, or empty."""

    number: str
    title: str


@dataclass(frozen=True)
class AttendanceProposal:
    """Somebody who came or sent apologies: `state` is `present`, `apologies`, `absent`, or empty where the minutes do not say."""

    name: str
    capacity: str
    state: str


@dataclass(frozen=True)
class DecisionProposal:
    """A decision in the words of the minutes, and the number of its agenda item or ""."""

    text: str
    agenda_item: str


@dataclass(frozen=True)
class ActionProposal:
    """Something to do: owner and due date (ISO) are empty where unsure; `source` has the words it came from.

    `due_words` has what a table says of the date where that gives none, such as “next meeting”.
    """

    text: str
    owner: str
    due: str
    agenda_item: str
    source: str
    due_words: str = ""


@dataclass(frozen=True)
class Proposals:
    """Records that the minutes seem to hold, for the chair to tick or mend. `held_on` is an ISO date or empty."""

    held_on: str = ""
    agenda_items: tuple[AgendaItemProposal, ...] = ()
    attendance: tuple[AttendanceProposal, ...] = ()
    decisions: tuple[DecisionProposal, ...] = ()
    actions: tuple[ActionProposal, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Proposals:
        """The proposals as the child process wrote them."""
        return cls(
            data["held_on"],
            tuple(AgendaItemProposal(**each) for each in data["agenda_items"]),
            tuple(AttendanceProposal(**each) for each in data["attendance"]),
            tuple(DecisionProposal(**each) for each in data["decisions"]),
            tuple(ActionProposal(**each) for each in data["actions"]),
        )

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "held_on": self.held_on,
            "agenda_items": [asdict(each) for each in self.agenda_items],
            "attendance": [asdict(each) for each in self.attendance],
            "decisions": [asdict(each) for each in self.decisions],
            "actions": [asdict(each) for each in self.actions],
        }


@dataclass(frozen=True)
class Conversion:
    """A converted document.

    Attributes:
        html: the body as one sanitised fragment; headings begin at h2.
        blocks: the same content as `{"type": …, "value": …}` for `MinutesBlock`; a picture has a name, no image yet.
        pictures: the bytes of each picture by the name used in `html` and `blocks`.
    """

    html: str
    blocks: tuple[dict[str, Any], ...]
    report: Report
    proposals: Proposals
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As plain data; of the pictures only their names."""
        return {
            "html": self.html,
            "blocks": list(self.blocks),
            "report": self.report.as_json(),
            "proposals": self.proposals.as_json(),
            "pictures": list(self.pictures),
        }

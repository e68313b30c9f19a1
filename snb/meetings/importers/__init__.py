"""Minutes from Word: a document becomes an accessible page, records to tick or mend, and a report of what happened to it.

`convert` runs the conversion in a child process without Django, network or much memory. The child imports this package,
so nothing here may import Django until `convert` is called.
"""

from __future__ import annotations

from typing import IO

from snb.meetings.importers.results import (
    ActionProposal,
    AgendaItemProposal,
    AttendanceProposal,
    Conversion,
    DecisionProposal,
    Finding,
    Proposals,
    Report,
    Section,
    Words,
)

__all__ = [
    "ActionProposal",
    "AgendaItemProposal",
    "AttendanceProposal",
    "Conversion",
    "DecisionProposal",
    "Finding",
    "Proposals",
    "Report",
    "Section",
    "Words",
    "convert",
]


def convert(file: IO[bytes], *, name: str = "") -> Conversion:
    """Convert a Word document. The file is left at its start.

    Args:
        name: what the person calls the file. Nothing is decided by it: a file is what its bytes say.
    Raises:
        FileRefused: no Word document, too big, with a password or macros, or a bomb.
        ConversionFailed: damaged, empty, or it took too long or too much memory.
    """
    from snb.meetings.importers.running import convert_in_child

    return convert_in_child(file)

"""What the child writes down while it works: codes and the words to go with them, never a sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Notes:
    """Everything to tell the secretary, as it is found.

    Attributes:
        found: (code, what goes into its sentence), in the order of the document.
        counted: codes of which only the number matters.
        left_out: words that were left out and told about, by which a loss is explained.
        added: words that the document shows without holding them, such as the number before a paragraph.
    """

    found: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    title: str = ""

    def tell(self, code: str, **words: Any) -> None:
        """Write down one thing."""
        self.found.append((code, words))

    def leave_out(self, code: str, text: str, **words: Any) -> None:
        """Write down that words were left out, and which."""
        self.left_out.append(text)
        self.tell(code, text=short(text), **words)


def short(text: str, most: int = 160) -> str:
    """The beginning of a text, cut between words."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0] + " …"

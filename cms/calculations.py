"""Plain text and blocks of minutes, one into the other. No Django and no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any, NamedTuple

_POINT = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
_SIMPLE = re.compile(r"</?(?:p|ul|ol|li|br|b|i)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")


class Part(NamedTuple):
    """A section of simple minutes: its heading and its text as somebody types it."""

    heading: str
    text: str


def without_ids(value: Any) -> Any:
    """Blocks without the keys that the editor gives each of them: the same words are the same blocks."""
    if isinstance(value, dict):
        return {name: without_ids(inner) for name, inner in value.items() if name != "id"}
    if isinstance(value, list | tuple):
        return [without_ids(inner) for inner in value]
    return value


def text_to_html(text: str) -> str:
    """Typed text as paragraphs and lists: an empty line parts paragraphs; lines that begin with a dash or a number are a list."""
    made: list[str] = []
    for chunk in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        points: list[str] = []
        lines: list[str] = []
        for line in chunk.split("\n"):
            if _POINT.match(line):
                made += _paragraph(lines)
                lines = []
                points.append(_POINT.sub("", line).strip())
            elif points and line.strip():
                points[-1] += " " + line.strip()
            elif line.strip():
                lines.append(line.strip())
        made += _paragraph(lines)
        if points:
            made.append(
                "<ul>" + "".join(f"<li>{escape(point, quote=False)}</li>" for point in points) + "</ul>"
            )
    return "".join(made)


def _paragraph(lines: Sequence[str]) -> list[str]:
    return [f"<p>{'<br/>'.join(escape(line, quote=False) for line in lines)}</p>"] if lines else []


_END = re.compile(r"<br\s*/?>|</(?:p|li|h[1-6]|t[dhr]|caption|figcaption|blockquote|div)>")


def words_taken_out(before: str, after: str) -> list[str]:
    """Paragraphs, points and cells of one page, as plain words, that another page does not have."""
    kept = set(_pieces(after))
    return [piece for piece in _pieces(before) if piece not in kept]


def _pieces(html: str) -> list[str]:
    lines = _TAG.sub("", _END.sub("\n", html.replace("\n", " "))).split("\n")
    return [" ".join(unescape(line).split()) for line in lines if line.strip()]


def html_to_text(html: str) -> str | None:
    """The text that `text_to_html` makes this of; None where there is more to it than somebody could type back."""
    if _TAG.sub("", _SIMPLE.sub("", html)) != _SIMPLE.sub("", html) or re.search(r"<(?:b|i)\b", html):
        return None
    text = re.sub(r"<br\s*/?>", "\n", html)
    text = re.sub(r"<li\b[^>]*>", "- ", text).replace("</li>", "\n")
    text = re.sub(r"</(?:p|ul|ol)>", "\n\n", text)
    return re.sub(r"\n{3,}", "\n\n", unescape(_TAG.sub("", text))).strip()


def parts_to_blocks(parts: Sequence[Part]) -> list[tuple[str, Any]]:
    """Sections as blocks of minutes; a section without text keeps its heading, so that the agenda stays whole."""
    blocks: list[tuple[str, Any]] = []
    for part in parts:
        if part.heading:
            blocks.append(("heading", {"text": part.heading[:255], "level": "2", "language": ""}))
        if part.text.strip():
            blocks.append(("text", text_to_html(part.text)))
    return blocks


def blocks_to_parts(blocks: Sequence[dict[str, Any]]) -> list[Part] | None:
    """Sections of blocks that `parts_to_blocks` could have made; None where the editor has done more."""
    parts: list[Part] = []
    for block in blocks:
        value = block["value"]
        if block["type"] == "heading" and value.get("level") == "2" and not value.get("language"):
            parts.append(Part(value["text"], ""))
        elif block["type"] == "text":
            text = html_to_text(str(value))
            if text is None:
                return None
            last = parts.pop() if parts else Part("", "")
            parts.append(Part(last.heading, f"{last.text}\n\n{text}".strip()))
        else:
            return None
    return parts

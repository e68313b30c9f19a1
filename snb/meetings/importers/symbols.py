"""Characters of picture fonts: the letter in the file is not what anybody sees, so it becomes the sign that is seen."""

from __future__ import annotations

from typing import Any

from mammoth.docx.dingbats import dingbats

from snb.meetings.importers.package import W

FONTS = frozenset(font for font, _code in dingbats)
UNREADABLE = "□"
SYMBOL_EXTENSION = "{http://schemas.microsoft.com/office/word/2015/wordml/symex}"


def shown_as(text: str, font: str) -> str:
    """What a reader sees of a text in this font: “ü” in Wingdings is a tick. Any other font shows its letters."""
    return "".join(_sign(letter, font) for letter in text) if font in FONTS else text


def _sign(letter: str, font: str) -> str:
    if letter.isspace():
        return letter
    code = ord(letter)
    if not (code < 0x100 or 0xF000 <= code <= 0xF0FF):
        try:
            code = letter.encode("cp1252")[0]
        except UnicodeEncodeError:
            return letter  # the font has no such sign, so Word shows the letter of another one
    point = dingbats.get((font, code & 0xFF))
    return chr(point) if point else UNREADABLE


def symbol(element: Any) -> str:
    """The sign of a `w:sym`, or of Word's newer element for emoji; □ where it cannot be read."""
    is_new = element.tag == f"{SYMBOL_EXTENSION}symEx"
    space = SYMBOL_EXTENSION if is_new else W
    font = element.get(f"{space}font") or ""
    try:
        number = int(element.get(f"{space}char") or "", 16)
        sign = chr(number)
    except (ValueError, OverflowError):
        return UNREADABLE
    if font in FONTS:
        return shown_as(sign, font)
    return sign if is_new and sign.isprintable() else UNREADABLE

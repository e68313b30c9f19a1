"""Noticing in a text what could tell who somebody is: it helps to notice, and cannot find them all.

What it does not find: a name without a title or role in front ("Sam was there"), nicknames, addresses without
a postcode, a description ("the man at number 12"), anything misspelt or written out in words. What it finds
wrongly: a figure with the shape of a reference. So a finding is a question to the writer, never a decision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snb.privacy.enums import Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, order=True)
class Finding:
    """A part of a text, `text[start:end]`, that looks like an identifier."""

    start: int
    end: int
    kind: Identifier
    text: str


_GAP = r"[ \t\u00a0().-]{0,2}"
_BLANK = r"[ \t\u00a0]{0,3}"
_IS = rf"{_BLANK}(?:number|num|no\.?|ref(?:erence)?\.?|nr\.?)?{_BLANK}(?:is|was|:|#|=|-)?{_BLANK}"
_CODE = r"(?=[A-Z0-9/-]{0,20}\d)[A-Z0-9][A-Z0-9/-]{2,20}"
_NAME = r"[^\W\d_][\w'’-]{1,30}"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀŁŚŠŽ][\w'’-]{1,30}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}"
_DATE = (
    rf"(?:\d{{1,2}}[ ./-]{{1,2}}\d{{1,2}}[ ./-]{{1,2}}\d{{2,4}}|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ .-]{{1,2}}(?:of )?{_MONTH}[ .,-]{{1,2}}\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}})"
)

_PATTERNS: tuple[tuple[Identifier, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, flags))
    for kind, pattern, flags in (
        (Identifier.EMAIL, r"[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", 0),
        (
            Identifier.PHONE,
            rf"(?<![\w+])(?:(?:\+|00)[ ]?44{_GAP}(?:\(0\){_GAP})?|\(?0)(?:{_GAP}\d){{9,10}}(?!\d)",
            0,
        ),
        (Identifier.PHONE, rf"(?<![\w+])\+(?:{_GAP}\d){{8,15}}(?!\d)", 0),
        (
            Identifier.POSTCODE,
            r"(?<!\w)(?:GIR[ ]?0AA|[A-PR-UWYZ](?:[A-HK-Y]?\d[A-HJKMNPR-Y\d]?)"
            r"[ \t\u00a0]{0,2}\d[ABD-HJLNP-UW-Z]{2})(?!\w)",
            re.IGNORECASE,
        ),
        (
            Identifier.NATIONAL_INSURANCE,
            r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?"
            r"(?:\d\d[ -]?){3}[A-D](?!\w)",
            re.IGNORECASE,
        ),
        (Identifier.NHS_NUMBER, r"(?<!\w)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\w)", 0),
        (
            Identifier.CUSTODY_RECORD,
            r"(?<!\w)\d{2}[A-Z]{2}[/-]\d{1,6}[/-]\d{2}(?:\d{2})?(?!\w)",
            re.IGNORECASE,
        ),
        (
            Identifier.CUSTODY_RECORD,
            rf"(?<!\w)(?:custody(?: record)?|CRN|detainee){_IS}{_CODE}(?!\w)",
            re.IGNORECASE,
        ),
        (Identifier.PNC, r"(?<!\w)(?:\d{2}|\d{4})/\d{1,7}[A-HJ-NP-RT-Z](?!\w)", re.IGNORECASE),
        (Identifier.PNC, rf"(?<!\w)(?:PNC(?: ?ID)?|CRO){_IS}{_CODE}(?!\w)", re.IGNORECASE),
        (
            Identifier.CRIME_REFERENCE,
            r"(?<![\w/])(?:(?:\d{2}|[A-Z]{2})/)?\d{6,7}/\d{2}(?:\d{2})?(?![\w/])",
            re.IGNORECASE,
        ),
        (
            Identifier.CRIME_REFERENCE,
            rf"(?<!\w)(?:crime|CRIS|CAD|URN|incident|case|CHS){_IS}{_CODE}(?!\w)",
            re.IGNORECASE,
        ),
        (Identifier.VEHICLE, r"(?<!\w)[A-Z]{2}\d{2}[ ]?[A-Z]{3}(?!\w)", re.IGNORECASE),
        (Identifier.VEHICLE, r"(?<!\w)(?:[A-Z]\d{1,3}[ ]?[A-Z]{3}|[A-Z]{3}[ ]?\d{1,3}[A-Z])(?!\w)", 0),
        (
            Identifier.DATE_OF_BIRTH,
            r"(?<!\w)(?:born|d\.?o\.?b\.?|date of birth|birthday)[ \t:]{0,3}"
            rf"(?:on |is |was |in )?{_DATE}(?!\w)",
            re.IGNORECASE,
        ),
        (Identifier.DATE_OF_BIRTH, rf"(?<![\w/.-]){_DATE}(?!\w)", re.IGNORECASE),
        (
            Identifier.COLLAR_NUMBER,
            r"(?<!\w)(?:PC|WPC|DC|WDC|PS|DS|PCSO|DWO|Sgt|Sergeant|Constable|Officer|Insp|Inspector)\.?"
            r"[ ]{0,2}\d{2,6}[ ]?[A-Z]{0,3}(?!\w)",
            re.IGNORECASE,
        ),
        (
            Identifier.COLLAR_NUMBER,
            rf"(?<!\w)(?:collar|shoulder|warrant|epaulette|badge){_IS}{_CODE}(?!\w)",
            re.IGNORECASE,
        ),
        (
            Identifier.NAME,
            rf"(?<!\w)(?i:mrs?|ms|mx|dr)\.?[ \u00a0]{{1,2}}{_NAME}(?:[ \u00a0]{_CAPITAL}){{0,3}}",
            0,
        ),
        (
            Identifier.NAME,
            r"(?<!\w)(?i:miss|master|prof(?:essor)?|sir|dame|lord|lady|rev(?:erend)?|father|imam|rabbi|canon"
            r"|cllr|councillor|judge|pc|dc|ps|ds|pcso|sgt|sergeant|constable|insp(?:ector)?|superintendent"
            r"|detainee|prisoner|suspect|victim)\.?[ \u00a0]{1,2}"
            rf"{_CAPITAL}(?:[ \u00a0]{_CAPITAL}){{0,3}}",
            0,
        ),
    )
)


def find_identifiers(text: str) -> list[Finding]:
    """Everything in a text with the shape of an identifier, in order of where it begins.

    Args:
        text: any text, however mangled.
    """
    return sorted(set(_found(text)))


def _found(text: str) -> Iterator[Finding]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if kind is Identifier.NHS_NUMBER and not _is_nhs_number(match.group()):
                continue
            if kind is Identifier.DATE_OF_BIRTH and not _is_birth_date(match.group()):
                continue
            yield Finding(match.start(), match.end(), kind, match.group())


def _is_nhs_number(text: str) -> bool:
    """Whether the tenth digit is the check digit of the nine before it (modulus 11, NHS Data Dictionary)."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[-1] == (0 if check == 11 else check)


def _is_birth_date(text: str) -> bool:
    """Whether it is said to be one, or its year is one that grown people are born in."""
    if re.match(r"[bd]", text, re.IGNORECASE) and not re.match(_MONTH, text, re.IGNORECASE):
        return True
    years = re.findall(r"\d{4}", text)
    return bool(years) and 1900 <= int(years[0]) <= 2015

"""Pure functions on email addresses, printed codes and browsers; no Django."""

from __future__ import annotations

import secrets

_GMAIL = {"gmail.com", "googlemail.com"}

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U, so nothing on paper can be mistaken for something else."""
CODE_LENGTH = 12
"""Twelve signs of five bits each: 60 bits."""
_CODE_TYPOS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def email_mark(email: str) -> str:
    """The address as one person's: lower case, without tags, and for Gmail without dots.

    Two spellings of one mailbox give one mark; the mark is never an address to write to.
    """
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def new_code() -> str:
    """A fresh code of 60 random bits, in groups of four: `7K3F-9QWD-2MXB`."""
    return show_code("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)))


def show_code(code: str) -> str:
    """The code in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str:
    """The twelve signs a person meant: any case and spacing, O for 0, I and L for 1. Empty when it is no code."""
    signs = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum()).translate(
        _CODE_TYPOS
    )
    return signs if len(signs) == CODE_LENGTH and all(sign in CODE_ALPHABET for sign in signs) else ""


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
"""Signs in the order in which they decide: most browsers claim to be Chrome and Safari as well."""


def browser_and_system(user_agent: str) -> tuple[str, str]:
    """The names of a browser and of what it runs on, each empty where it is not one of the usual."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    return browser, next((name for sign, name in _SYSTEMS if sign in user_agent), "")

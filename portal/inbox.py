"""Reads the folder that local mail is written to, for the demo's inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings

MOST = 100
"""Mails shown at once."""
_END = b"\n" + b"-" * 79 + b"\n"
"""What Django's file backend writes after each message."""


@dataclass(frozen=True)
class Mail:
    """One sent mail, ready to show as text."""

    sent: datetime | None
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str


def mails(*, to: str = "") -> list[Mail]:
    """The newest mails first, those to one address if one is given; at most `MOST`."""
    found: list[Mail] = []
    for path in _files():
        for mail in reversed(_read(path)):
            if not to or to.lower() in mail.to:
                found.append(mail)
            if len(found) == MOST:
                return found
    return found


def addresses() -> list[str]:
    """Everybody who got one of the newest mails, in order of the alphabet."""
    return sorted({address for mail in mails() for address in mail.to})


def _files() -> list[Path]:
    """The mail files, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.log"), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _read(path: Path) -> list[Mail]:
    """The mails of one file in the order they were sent."""
    parts = path.read_bytes().replace(b"\r\n", b"\n").split(_END)
    return [
        _mail(message_from_bytes(part.lstrip(b"\n"), policy=default_policy)) for part in parts if part.strip()
    ]


def _mail(message: EmailMessage) -> Mail:
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    try:
        sent = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        sent = None
    return Mail(
        sent=sent,
        sender=str(message["From"] or ""),
        to=tuple(address.lower() for _, address in getaddresses([str(message["To"] or "")]) if address),
        subject=str(message["Subject"] or ""),
        text=text.strip(),
    )

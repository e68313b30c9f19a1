"""Reads the environment the portal runs in, and says in one sentence what is wrong with it."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PORTAL_VAR") or ROOT / "var")
"""Everything the portal writes: database, private files, built assets, secrets. Never in version control."""
SECRETS_FILE = VAR / "secrets.env"

_DOMAIN = re.compile(
    r"^(?=.{1,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
)


def read_secrets_file() -> None:
    """Take the values of the local secrets file into the environment, where they are not set already."""
    if not SECRETS_FILE.exists():
        return
    for line in SECRETS_FILE.read_text().splitlines():
        name, sep, value = line.partition("=")
        if sep and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def write_secrets_file() -> Path:
    """Write fresh secrets to an ignored file that only its owner may read; an existing file is left alone."""
    if not SECRETS_FILE.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        text = f"# Made for this machine. Keep it private; losing ENCRYPTION_KEYS loses encrypted fields.\nSECRET_KEY={secrets.token_urlsafe(64)}\nENCRYPTION_KEYS=k1:{key}\n"
        descriptor = os.open(SECRETS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
    return SECRETS_FILE


def domain() -> str:
    """The parent domain of every site, without a port.

    Raises:
        ImproperlyConfigured: it has a port, a scheme, or is bare `localhost`, under which browsers share no cookie.
    """
    value = os.environ.get("PORTAL_DOMAIN", "snb.localhost").strip().lower()
    if not _DOMAIN.match(value):
        raise ImproperlyConfigured(
            f"PORTAL_DOMAIN must be a domain name of at least two parts without scheme or port, such as snb.localhost; it is {value!r}."
        )
    return value


def flag(name: str, default: bool) -> bool:
    """A yes-or-no variable. Raises ImproperlyConfigured for anything but 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0; it is {value!r}.")


def number(name: str, default: int, *, least: int = 0, most: int = 65535) -> int:
    """A whole number between `least` and `most`, both included."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}; it is {value!r}.")
    return int(value)


def secret(name: str) -> str:
    """A value that must be there.

    Raises:
        ImproperlyConfigured: it is missing or empty.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(
            f"{name} is missing: set it in the environment, or run `make setup` on your own machine."
        )
    return value


def secret_key() -> str:
    """Django's signing key, at least 50 characters."""
    value = secret("SECRET_KEY")
    if len(value) < 50 or len(set(value)) < 5:
        raise ImproperlyConfigured("SECRET_KEY is too weak: use at least 50 random characters.")
    return value


def encryption_keys() -> dict[str, bytes]:
    """Key id to 32-byte key, newest first, from `ENCRYPTION_KEYS=id:urlsafe-base64,…`."""
    keys: dict[str, bytes] = {}
    for part in secret("ENCRYPTION_KEYS").split(","):
        name, _, text = part.strip().partition(":")
        try:
            key = base64.urlsafe_b64decode(text)
        except (binascii.Error, ValueError):
            key = b""
        if not re.fullmatch(r"[a-z0-9]{1,8}", name) or len(key) != 32 or name in keys:
            raise ImproperlyConfigured(
                "ENCRYPTION_KEYS must be id:key pairs parted by commas, each id one to eight lower-case letters or digits, "
                "each key 32 bytes in URL-safe base64; the newest comes first."
            )
        keys[name] = key
    return keys


def destinations(text: str) -> dict[str, dict[str, str]]:
    """Systems that tasks are sent to, by name, from JSON; none where the text is empty.

    Raises:
        ImproperlyConfigured: it is no such JSON, or an entry lacks a part or has one too many.
    """
    parts = {"url", "token_url", "client_id", "client_secret"}
    try:
        found = json.loads(text or "{}")
        whole = all(
            set(entry) == parts and all(isinstance(value, str) and value for value in entry.values())
            for entry in found.values()
        )
    except (ValueError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ImproperlyConfigured(
            "PAYBACK_DESTINATIONS must be a JSON object of names, each with url, token_url, client_id and client_secret."
        )
    return {name: {**entry, "url": entry["url"].rstrip("/")} for name, entry in found.items()}


def mail(url: str) -> dict[str, object]:
    """Django's mail settings from `smtp://user:password@host:port` (or `smtps://`, or `smtp+tls://`).

    Raises:
        ImproperlyConfigured: the address has another scheme, no host, or a port that is not a number.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@mail.example:587.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


if __name__ == "__main__":
    write_secrets_file()

"""To whom a field may be shown, how long a row stays, and what an identifier in a text can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum, StrEnum


class FieldClass(IntEnum):
    """Who may see a field, from everybody to nobody; exports and serializers refuse what is above."""

    PUBLIC = 0
    BOARD = 1
    PERSONAL = 2
    SPECIAL = 3
    SECRET = 4


@dataclass(frozen=True)
class Privacy:
    """The privacy of a model: `privacy = Privacy(public="name slug", personal="email", keep="…")`.

    Args:
        public, board, personal, special, secret: field names parted by blanks. Each concrete field is named
            exactly once (`id` may be left out and counts as public). `special` and `secret` fields must be
            encrypted or one-way hashed.
        hashed: those of the special and secret fields that hold a one-way hash, where the name does not say
            so already (`password`, `…_hash`).
        keep: the retention rule in plain English, as the privacy page prints it.
        after: how long a row is kept once `since` lies in the past; None keeps it as long as `keep` says,
            without a sweep.
        since: the date or time field from which `after` counts.
        where: extra filter for rows the sweep may delete, as keyword look-ups.
        warn_before: how long before its time somebody is warned; the room registers who warns and how
            (`snb.privacy.queries.register_keeper`), and a row goes only so long after its warning.
    """

    public: str = ""
    board: str = ""
    personal: str = ""
    special: str = ""
    secret: str = ""
    hashed: str = ""
    keep: str = ""
    after: timedelta | None = None
    since: str = ""
    where: dict[str, object] = field(default_factory=dict)
    warn_before: timedelta | None = None

    def classes(self) -> dict[str, FieldClass]:
        """Field name to class."""
        return {name: kind for kind in FieldClass for name in getattr(self, kind.name.lower()).split()}

    def named_twice(self) -> list[str]:
        """Field names that stand in more than one place."""
        names = [name for kind in FieldClass for name in getattr(self, kind.name.lower()).split()]
        return sorted({name for name in names if names.count(name) > 1})


@dataclass(frozen=True)
class Holder:
    """Sealed texts kept in another package's field, where no encrypted field can be.

    Args:
        model: label of the model, such as `mfa.Authenticator`.
        field: its field; a JSON object where `keys` are given, else a text.
        purpose, associated: what `encrypt_text` was given.
        keys: the keys of the JSON object whose values are sealed texts.
    """

    model: str
    field: str
    purpose: str
    associated: str
    keys: tuple[str, ...] = ()


class Identifier(StrEnum):
    """What the identifier check looks for."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"
    NATIONAL_INSURANCE = "national_insurance"
    NHS_NUMBER = "nhs_number"
    CUSTODY_RECORD = "custody_record"
    PNC = "pnc"
    CRIME_REFERENCE = "crime_reference"
    VEHICLE = "vehicle"
    DATE_OF_BIRTH = "date_of_birth"
    COLLAR_NUMBER = "collar_number"

"""The tally, the published files, marks and seals: pure functions. No Django, no clock, no database."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

OTHER = "other"
LEAST_VOTES = 5
"""An option with fewer votes is written `other`, in the table and in the ballot file alike, and wins nothing."""
LEAST_BALLOTS = 10
"""Below this many ballots nothing is ranked or published, and every slot goes to the panel."""


@dataclass(frozen=True)
class Tally:
    """What a box says.

    Attributes:
        ballots: number of ballots, paper included; None where there were fewer than LEAST_BALLOTS.
        votes: option to votes, most first, options with LEAST_VOTES or more only, then OTHER where it has any.
        winners: options that won a slot by the vote alone, most votes first.
        tied: options that tie for the last slots; the panel decides between them in public.
        left_to_panel: slots that the vote did not fill, the tied ones included.
    """

    ballots: int | None
    votes: dict[str, int]
    winners: tuple[str, ...]
    tied: tuple[str, ...]
    left_to_panel: int


def tally(box: Iterable[Sequence[str]], *, slots: int) -> Tally:
    """Count a box.

    Args:
        box: one sequence of distinct option codes a ballot.
        slots: priorities the vote sets, >= 0.
    """
    ballots = [tuple(choices) for choices in box]
    if len(ballots) < LEAST_BALLOTS:
        return Tally(None, {}, (), (), slots)
    counts = Counter(code for choices in ballots for code in choices)
    listed = sorted(
        (code for code, votes in counts.items() if votes >= LEAST_VOTES and code != OTHER),
        key=lambda code: (-counts[code], code),
    )
    votes = {code: counts[code] for code in listed}
    winners, tied = win(votes, slots)
    rest = sum(counts.values()) - sum(votes.values())
    if rest:
        votes[OTHER] = rest
    return Tally(len(ballots), votes, winners, tied, slots - len(winners))


def win(votes: dict[str, int], slots: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Winners and the options tied for the last slots, from votes of at least LEAST_VOTES each."""
    ranked = sorted(votes, key=lambda code: (-votes[code], code))
    if slots >= len(ranked):
        return tuple(ranked), ()
    line = votes[ranked[slots]] if slots else 0
    if slots and votes[ranked[slots - 1]] == line:
        return tuple(code for code in ranked if votes[code] > line), tuple(
            code for code in ranked if votes[code] == line
        )
    return tuple(ranked[:slots]), ()


def publishable(box: Iterable[Sequence[str]]) -> list[str]:
    """The ballot file's lines: each ballot's options in order, those with few votes written `other`; lines sorted.

    Sorted, not shuffled: an order without a history. Empty where the box is too small to publish.
    """
    ballots = [tuple(choices) for choices in box]
    if len(ballots) < LEAST_BALLOTS:
        return []
    counts = Counter(code for choices in ballots for code in choices)
    return sorted(
        " ".join(sorted(code if counts[code] >= LEAST_VOTES else OTHER for code in choices))
        for choices in ballots
    )


def as_file(lines: Iterable[str]) -> bytes:
    """Lines as the bytes that are published and hashed."""
    return "".join(f"{line}\n" for line in lines).encode()


def sha256(data: bytes) -> str:
    """Hex digest, as the page, the mail and the feed print it."""
    return hashlib.sha256(data).hexdigest()


def result_file(
    *,
    title: str,
    ward: str,
    options: dict[str, str],
    picks: int,
    slots: int,
    paper: int,
    counted: Tally,
    ballots: bytes,
    receipts: bytes,
) -> bytes:
    """`result.json`: what the page says, for `recount.py` to compare. Needs a box that may be published."""
    result = {
        "round": title,
        "ward": ward,
        "options": options,
        "picks": picks,
        "slots": slots,
        "paper": paper,
        **asdict(counted),
        "sha256": {"ballots.txt": sha256(ballots), "receipts.txt": sha256(receipts)},
    }
    return (json.dumps(result, indent=1, ensure_ascii=False) + "\n").encode()


def turnout_in_words(number: int) -> str:
    """Turnout as it may be said while a round is open and after: exact from ten upwards."""
    return "fewer than 10" if number < LEAST_BALLOTS else f"{number:,}"


SEALED_BYTES = 384
"""Every sealed ballot is this long before encryption, so that its length says nothing (10 codes of 24 letters fit)."""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_secret() -> str:
    """A round's secret: 256 random bits in hex."""
    return secrets.token_hex(32)


def mark(secret: str, kind: str, value: str) -> str:
    """HMAC-SHA-256 of `kind:value` under a round's secret, in hex."""
    return hmac.new(bytes.fromhex(secret), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def receipt_code(secret: str, entry: str) -> str:
    """The receipt of a roll entry: 80 bits in four groups; the same each time, so a changed vote keeps it."""
    number = int(mark(secret, "receipt", entry)[:20], 16)
    letters = "".join(CROCKFORD[(number >> shift) & 31] for shift in range(75, -5, -5))
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def seal(secret: str, key: str, choices: Sequence[str]) -> bytes:
    """Encrypt choices under the round's secret, bound to the ballot's key (AES-256-GCM, padded)."""
    text = " ".join(sorted(choices)).encode()
    if len(text) > SEALED_BYTES:
        raise ValueError("Too many choices to seal.")
    nonce = secrets.token_bytes(12)
    return nonce + cipher(secret).encrypt(nonce, text.ljust(SEALED_BYTES), key.encode())


def unseal(secret: str, key: str, sealed: bytes) -> tuple[str, ...]:
    """The choices of a sealed ballot. Raises `cryptography.exceptions.InvalidTag` where it was moved or changed."""
    return tuple(cipher(secret).decrypt(sealed[:12], sealed[12:], key.encode()).decode().split())


def cipher(secret: str) -> AESGCM:
    """The round's cipher; its key is apart from the one that makes marks."""
    return AESGCM(bytes.fromhex(mark(secret, "purpose", "seal")))


@dataclass(frozen=True)
class Voter:
    """Who votes, in the words the roll knows: never stored as they are, only as marks under the round's secret.

    Attributes:
        accounts: public ids of the account and of accounts that held its address before; empty with a printed code alone.
        email: the address's mark (`snb.people.calculations.email_mark`), or "".
        code: a printed code of this ward, canonical, or "".
        method: how the person showed that they live in the ward: postcode, code or roll.
        postcode: a stable look-up hash of the postcode, or "".
        domain: the private mail domain of the address, or "" for the large providers everybody shares.
    """

    accounts: tuple[str, ...] = ()
    email: str = ""
    code: str = ""
    method: str = "postcode"
    postcode: str = ""
    domain: str = ""

    def marks(self, secret: str) -> list[str]:
        """Every name under which the roll may know this person."""
        names = [("account", account) for account in self.accounts]
        names += [("email", self.email)] if self.email else []
        names += [("code", self.code)] if self.code else []
        return [mark(secret, kind, value) for kind, value in dict.fromkeys(names)]


@dataclass(frozen=True)
class CastVote:
    """What became of a vote."""

    receipt: str
    replaced: bool
    held: bool


SHARED_MAIL_DOMAINS = frozenset(
    [
        "aol.com",
        "blueyonder.co.uk",
        "btinternet.com",
        "fastmail.com",
        "gmail.com",
        "gmx.co.uk",
        "gmx.com",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.fr",
        "icloud.com",
        "live.co.uk",
        "live.com",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "ntlworld.com",
        "outlook.com",
        "pm.me",
        "proton.me",
        "protonmail.com",
        "rocketmail.com",
        "sky.com",
        "talktalk.net",
        "tiscali.co.uk",
        "tutanota.com",
        "virginmedia.com",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.fr",
        "yandex.com",
        "ymail.com",
        "zoho.com",
    ]
)
"""Mail domains that many unrelated people share; any other is somebody's own and counted (rule 6)."""

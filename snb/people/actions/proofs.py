"""A short proof that somebody reads an address, for pages that must keep what was typed and cannot send people away to sign in."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from snb.people.actions.accounts import person_with_address
from snb.people.models import HeldAddress, User
from snb.people.notifications import send_proof
from snb.privacy.calculations import lookup_hash

LASTS = 15 * 60
"""Seconds an emailed code is good for."""
TRIES = 5
"""Wrong codes after which a new one is needed: with 10^8 codes one guess in twenty million is right."""


def send_email_code(email: str) -> None:
    """Email an eight-digit code. The answer is the same whether the address is known or not; the caller limits how often."""
    email = email.strip().lower()
    code = f"{secrets.randbelow(100_000_000):08}"
    cache.set(
        cache_key(email), {"code": lookup_hash(f"{email}:{code}", "people.proof"), "left": TRIES}, LASTS
    )
    send_proof(email, f"{code[:4]}-{code[4:]}")


def check_email_code(email: str, typed: str) -> User:
    """The person who reads this address, joined now if they were not.

    The code stays good until `spend_email_code`, so that a mistake in another field of the same page needs no second mail.

    Raises:
        ValidationError: the code is wrong, too old, or was tried too often; keyed by `email_code`.
    """
    email = email.strip().lower()
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    key = cache_key(email)
    sent = cache.get(key)
    if sent is None or sent["left"] < 1:
        raise ValidationError(
            {"email_code": _("That code is too old, or was tried too often. Ask for a new one.")}
        )
    if not constant_time_compare(sent["code"], lookup_hash(f"{email}:{digits}", "people.proof")):
        cache.set(key, {**sent, "left": sent["left"] - 1}, LASTS)
        raise ValidationError(
            {"email_code": _("That is not the code we sent. Check the newest email from us.")}
        )
    return join_by_proof(email)


def spend_email_code(email: str) -> None:
    """What the code was asked for is done: it opens nothing more."""
    cache.delete(cache_key(email.strip().lower()))


def cache_key(email: str) -> str:
    """Where the code of an address waits; the address itself is not in it."""
    return f"proof:{lookup_hash(email, 'people.proof.address')}"


@transaction.atomic
def join_by_proof(email: str) -> User:
    """The account of a proven address, made where there is none.

    Raises:
        ValidationError: the account was closed.
    """
    person = person_with_address(email)
    if not person.is_active:
        raise ValidationError({"email_code": _("This account is closed. Write to us if that is wrong.")})
    confirm_address(person)
    return person


def confirm_address(person: User) -> None:
    """The person has shown that they read their address. Runs inside the transaction of what it was shown for."""
    known = EmailAddress.objects.filter(user=person, email__iexact=person.email).first()
    if known is None:
        first = not EmailAddress.objects.filter(user=person, primary=True).exists()
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=first)
    elif not known.verified:
        known.verified = True
        known.save(update_fields=["verified"])
    HeldAddress.hold(person, person.email)

"""AES-GCM with a key per purpose: shows its key's id, and its length in steps of 64 bytes; nothing of when.

A sealed value is: key id (8 bytes, padded with NUL) | nonce (12 random bytes) | ciphertext and tag. The key
is derived with HKDF-SHA-256 from the portal's key of that id and the purpose. The plaintext ends with 0x80
and is filled with NUL to the next multiple of 64 bytes. Key id and associated data are authenticated.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from snb.privacy.errors import DecryptionFailed, UnknownKey

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK = 64
"""Plaintexts are padded to a multiple of so many bytes."""
ID, NONCE, TAG = 8, 12, 16
"""Bytes of the key id in front, of the nonce, and of the tag."""


def _portal_keys() -> Mapping[str, bytes]:
    """The portal's keys, newest first: the one thing in this file that is not an argument."""
    from django.conf import settings

    return settings.ENCRYPTION_KEYS


@lru_cache(maxsize=512)
def _derive(key: bytes, info: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info.encode()).derive(key)


def newest_key_id(*, keys: Mapping[str, bytes] | None = None) -> str:
    """Id of the key under which new values are sealed."""
    return next(iter(_portal_keys() if keys is None else keys))


def encrypt(
    plaintext: bytes, *, purpose: str, associated: str, keys: Mapping[str, bytes] | None = None
) -> bytes:
    """Seal bytes under the newest key.

    Args:
        purpose: what kind of secret this is; each purpose has a key of its own.
        associated: where it belongs, such as `payback.nomination.contact:<row>`; it opens nowhere else.
        keys: key id (1 to 8 characters) to 32 bytes, newest first; ENCRYPTION_KEYS unless given.
    """
    keys = _portal_keys() if keys is None else keys
    key_id, key = next(iter(keys.items()))
    head = key_id.encode().ljust(ID, b"\0")
    nonce = os.urandom(NONCE)
    padded = plaintext + b"\x80" + b"\0" * (-(len(plaintext) + 1) % BLOCK)
    sealed = AESGCM(_derive(key, f"snb/seal/1/{purpose}")).encrypt(nonce, padded, head + associated.encode())
    return head + nonce + sealed


def decrypt(
    sealed: bytes, *, purpose: str, associated: str, keys: Mapping[str, bytes] | None = None
) -> bytes:
    """Open what `encrypt` sealed for the same purpose and place.

    Raises:
        UnknownKey: it was sealed under a key that is not there.
        DecryptionFailed: it is damaged, or was sealed for another purpose or place.
    """
    keys = _portal_keys() if keys is None else keys
    key_id = key_id_of(sealed)
    if key_id not in keys:
        raise UnknownKey(f"Sealed under key {key_id!r}, which is not in ENCRYPTION_KEYS.")
    head, nonce, rest = sealed[:ID], sealed[ID : ID + NONCE], sealed[ID + NONCE :]
    try:
        padded = AESGCM(_derive(keys[key_id], f"snb/seal/1/{purpose}")).decrypt(
            nonce, rest, head + associated.encode()
        )
    except InvalidTag:
        raise DecryptionFailed(
            f"Not sealed for this place ({associated.partition(':')[0]}), or damaged."
        ) from None
    text, mark, _ = padded.rpartition(b"\x80")
    if not mark:
        raise DecryptionFailed("The padding of a sealed value is damaged.")
    return text


def key_id_of(sealed: bytes) -> str:
    """Id of the key a value was sealed under.

    Raises:
        DecryptionFailed: this is no sealed value.
    """
    head = bytes(sealed[:ID]).rstrip(b"\0")
    if len(sealed) < ID + NONCE + TAG + BLOCK or not head.isascii() or not head.isalnum():
        raise DecryptionFailed("This is not a sealed value.")
    return head.decode()


def encrypt_text(text: str, purpose: str, associated: str, *, keys: Mapping[str, bytes] | None = None) -> str:
    """Seal a text as a text (URL-safe base64), for fields of other packages. Arguments as `encrypt`."""
    sealed = encrypt(text.encode("utf-8", "surrogatepass"), purpose=purpose, associated=associated, keys=keys)
    return base64.urlsafe_b64encode(sealed).decode()


def decrypt_text(
    sealed: str, purpose: str, associated: str, *, keys: Mapping[str, bytes] | None = None
) -> str:
    """Open what `encrypt_text` sealed. Raises as `decrypt`."""
    opened = decrypt(_from_text(sealed), purpose=purpose, associated=associated, keys=keys)
    return opened.decode("utf-8", "surrogatepass")


def key_id_of_text(sealed: str) -> str:
    """Id of the key a text was sealed under. Raises DecryptionFailed where it is no sealed text."""
    return key_id_of(_from_text(sealed))


def _from_text(sealed: str) -> bytes:
    """Bytes of a sealed text; anything but the one spelling that `encrypt_text` writes is refused."""
    try:
        raw = base64.b64decode(sealed.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise DecryptionFailed("This is not a sealed text.") from None
    if base64.urlsafe_b64encode(raw).decode() != sealed:
        raise DecryptionFailed("This is not a sealed text.")
    return raw


def lookup_hash(value: str, purpose: str, *, keys: Mapping[str, bytes] | None = None) -> str:
    """`keyid:hex`, at most 73 characters: equal for equal values, and useless without the portal's keys.

    Store this one; look for any of `lookup_hashes`. Look-up keys are derived apart from those that seal.
    Bring the value into one form first (case, blanks): the hash compares letter by letter.
    """
    return lookup_hashes(value, purpose, keys=keys)[0]


def lookup_hashes(value: str, purpose: str, *, keys: Mapping[str, bytes] | None = None) -> list[str]:
    """The value's hash under every key, newest first.

    `filter(email_hash__in=lookup_hashes(…))` finds before, during and after a rotation.
    """
    keys = _portal_keys() if keys is None else keys
    text = value.encode("utf-8", "surrogatepass")
    return [
        f"{key_id}:{hmac.new(_derive(key, f'snb/lookup/1/{purpose}'), text, hashlib.sha256).hexdigest()}"
        for key_id, key in keys.items()
    ]

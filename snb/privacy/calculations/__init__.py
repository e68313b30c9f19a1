"""Sealing bytes and texts, look-up hashes, and finding identifiers in a text."""

from snb.privacy.calculations.identifiers import Finding, find_identifiers
from snb.privacy.calculations.sealing import (
    BLOCK,
    ID,
    decrypt,
    decrypt_text,
    encrypt,
    encrypt_text,
    key_id_of,
    key_id_of_text,
    lookup_hash,
    lookup_hashes,
    newest_key_id,
)

__all__ = [
    "BLOCK",
    "ID",
    "Finding",
    "decrypt",
    "decrypt_text",
    "encrypt",
    "encrypt_text",
    "find_identifiers",
    "key_id_of",
    "key_id_of_text",
    "lookup_hash",
    "lookup_hashes",
    "newest_key_id",
]

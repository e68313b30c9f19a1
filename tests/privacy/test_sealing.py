"""What is sealed opens for its place only, and shows nothing."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snb.privacy.calculations import (
    BLOCK,
    decrypt,
    decrypt_text,
    encrypt,
    encrypt_text,
    key_id_of,
    key_id_of_text,
    lookup_hash,
    lookup_hashes,
)
from snb.privacy.errors import DecryptionFailed, UnknownKey
from tests.privacy.conftest import KEY_1, KEY_2

pytestmark = pytest.mark.pure

KEYS = {"k2": KEY_2, "k1": KEY_1}
PLACE = {"purpose": "payback.nomination.contact", "associated": "payback.nomination.contact:7"}
HEAD = 8 + 12


def seal(plaintext: bytes, keys=KEYS, **place) -> bytes:
    return encrypt(plaintext, keys=keys, **{**PLACE, **place})


def open_it(sealed: bytes, keys=KEYS, **place) -> bytes:
    return decrypt(sealed, keys=keys, **{**PLACE, **place})


@given(st.binary(max_size=400))
def test_what_is_sealed_opens(plaintext):
    assert open_it(seal(plaintext)) == plaintext


@given(st.text(max_size=200))
def test_a_sealed_text_opens(text):
    sealed = encrypt_text(text, "mfa", "secret", keys=KEYS)
    assert decrypt_text(sealed, "mfa", "secret", keys=KEYS) == text
    assert key_id_of_text(sealed) == "k2"
    assert sealed.isascii()


def test_lone_surrogates_survive():
    assert decrypt_text(encrypt_text("a\ud800", "p", "a", keys=KEYS), "p", "a", keys=KEYS) == "a\ud800"


@given(st.binary(max_size=130), st.integers(min_value=0), st.integers(0, 7))
def test_a_flipped_bit_is_always_refused(plaintext, position, bit):
    sealed = bytearray(seal(plaintext))
    sealed[position % len(sealed)] ^= 1 << bit
    with pytest.raises(DecryptionFailed):
        open_it(bytes(sealed))


@given(st.binary(max_size=130), st.integers(min_value=1))
def test_a_shortened_value_is_always_refused(plaintext, lost):
    sealed = seal(plaintext)
    with pytest.raises(DecryptionFailed):
        open_it(sealed[: -(lost % len(sealed) or 1)])


@given(st.binary(max_size=300))
def test_what_was_never_sealed_is_refused(anything):
    with pytest.raises(DecryptionFailed):
        open_it(anything)


@given(st.text(max_size=120))
def test_a_text_that_was_never_sealed_is_refused(anything):
    with pytest.raises(DecryptionFailed):
        decrypt_text(anything, "p", "a", keys=KEYS)


def test_a_sealed_text_has_one_spelling():
    sealed = encrypt_text("x", "p", "a", keys=KEYS)
    for other in (
        sealed + "=",
        sealed + "\n",
        sealed.rstrip("=") if sealed.endswith("=") else sealed + "====",
        sealed.replace("A", "!"),
    ):
        if other != sealed:
            with pytest.raises(DecryptionFailed):
                decrypt_text(other, "p", "a", keys=KEYS)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"associated": "payback.nomination.contact:8"},
        {"associated": "payback.nomination.contact"},
        {"purpose": "payback.nomination.place"},
        {"purpose": "payback.nomination.place", "associated": "payback.nomination.place:7"},
    ],
)
def test_a_moved_value_is_refused(elsewhere):
    with pytest.raises(DecryptionFailed):
        open_it(seal(b"words"), **elsewhere)


def test_an_older_key_still_opens_and_an_unknown_one_is_named():
    sealed = seal(b"words", keys={"k1": KEY_1})
    assert open_it(sealed) == b"words"
    with pytest.raises(UnknownKey, match="'k1'"):
        open_it(sealed, keys={"k2": KEY_2})


def test_another_key_under_the_same_id_is_refused():
    with pytest.raises(DecryptionFailed):
        open_it(seal(b"words", keys={"k1": KEY_1}), keys={"k1": KEY_2})


def test_the_key_id_is_authenticated():
    same = {"k1": KEY_1, "k2": KEY_1}
    sealed = seal(b"words", keys=same)
    with pytest.raises(DecryptionFailed):
        open_it(b"k2".ljust(8, b"\0") + sealed[8:], keys=same)


@given(st.binary(max_size=300))
def test_length_shows_in_steps_of_64_only(plaintext):
    sealed = seal(plaintext)
    assert len(sealed) == HEAD + (len(plaintext) // BLOCK + 1) * BLOCK + 16


@given(st.integers(0, 5 * BLOCK), st.integers(0, BLOCK - 1), st.integers(0, BLOCK - 1))
def test_texts_of_the_same_step_are_equally_long(base, one, other):
    base -= base % BLOCK
    assert len(seal(b"a" * (base + one))) == len(seal(b"b" * (base + other)))


def test_nothing_tells_when_it_was_sealed(monkeypatch):
    """No clock is asked: with the clock stopped, or years apart, all but the key id is as random as ever."""
    import time

    def no_clock(*args):
        raise AssertionError("the clock was read")

    for name in ("time", "time_ns", "monotonic", "monotonic_ns", "gmtime", "localtime"):
        monkeypatch.setattr(time, name, no_clock)
    sealed = [seal(b"words") for _ in range(64)]
    monkeypatch.undo()
    assert {value[:8] for value in sealed} == {b"k2\0\0\0\0\0\0"}
    assert len({len(value) for value in sealed}) == 1
    assert len({value[8:] for value in sealed}) == 64
    # Were a byte after the key id a version, a counter or a time, it would take few values or grow with the
    # order.
    for position in range(8, len(sealed[0])):
        column = [value[position] for value in sealed]
        assert len(set(column)) > 32
        assert column not in (sorted(column), sorted(column, reverse=True))


@settings(max_examples=20)
@given(st.binary(max_size=100))
def test_two_sealings_share_nothing_but_the_key_id(plaintext):
    one, other = seal(plaintext), seal(plaintext)
    assert one[:8] == other[:8]
    assert one[8:20] != other[8:20]
    assert one[20:] != other[20:]


def test_the_format_is_written_down():
    """A value sealed by the first release opens for ever."""
    sealed = base64.b64decode(FIRST)
    assert key_id_of(sealed) == "k1"
    assert open_it(sealed) == b"the words of the first release"


FIRST = (
    "azEAAAAAAAC3b79F1p7US3A9p2ux+SBp4yH+Vjj7Cyf+XrHkEZL/CJUVXodbNZlleBGl8sp41VoA/6GTkTgIG37Zq4"
    "W9hJhvZ05PlSQBSl/GJgnou14gbQeHfzv0wYA4KwTs9A=="
)


@given(st.text(), st.text())
def test_look_up_hashes_are_equal_for_equal_values_only(one, other):
    assert (lookup_hash(one, "p", keys=KEYS) == lookup_hash(other, "p", keys=KEYS)) == (one == other)


def test_look_up_hashes_differ_by_purpose_and_key_and_cover_a_rotation():
    first = lookup_hash("a", "p", keys={"k1": KEY_1})
    assert lookup_hash("a", "q", keys={"k1": KEY_1}) != first
    assert lookup_hash("a", "p", keys=KEYS) != first
    assert lookup_hashes("a", "p", keys=KEYS) == [lookup_hash("a", "p", keys=KEYS), first]
    assert (
        lookup_hash("a", "p", keys={"k1": KEY_2}).partition(":")[2]
        == lookup_hash("a", "p", keys=KEYS).partition(":")[2]
    )
    assert len(lookup_hash("a", "p", keys={"12345678": KEY_1})) <= 80


def test_the_portals_own_keys_are_taken_when_none_are_given():
    assert decrypt(encrypt(b"x", purpose="p", associated="a"), purpose="p", associated="a") == b"x"
    assert lookup_hash("a", "p").startswith("t1:")

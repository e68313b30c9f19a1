"""Marks of email addresses, and printed codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snb.people.calculations import (
    CODE_ALPHABET,
    browser_and_system,
    email_mark,
    new_code,
    read_code,
    show_code,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("email", "mark"),
    [
        ("Ann@Example.org", "ann@example.org"),
        (" ann+votes@example.org ", "ann@example.org"),
        ("a.n.n@gmail.com", "ann@gmail.com"),
        ("A.N.N+x@GoogleMail.com", "ann@gmail.com"),
        ("a.n.n@example.org", "a.n.n@example.org"),
        ("+only@example.org", "@example.org"),
    ],
)
def test_email_mark(email, mark):
    assert email_mark(email) == mark


@given(st.emails())
def test_email_mark_is_stable(email):
    assert email_mark(email_mark(email)) == email_mark(email)


def test_new_codes_carry_sixty_bits():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert len(CODE_ALPHABET) == 32
    assert {len(read_code(code)) for code in codes} == {12}
    assert set("".join(codes)) - {"-"} == set(CODE_ALPHABET)


@given(
    st.text(CODE_ALPHABET, min_size=12, max_size=12),
    st.sampled_from(["lower", "upper", "swapcase"]),
    st.sampled_from(["-", " ", "", " - ", "."]),
)
def test_read_code_forgives_case_spacing_and_lookalikes(code, case, between):
    written = show_code(code).replace("-", between).replace("0", "O").replace("1", "l")
    assert read_code(f" {getattr(written, case)()} ") == code


@given(st.text(max_size=40))
def test_read_code_never_fails(text):
    assert len(read_code(text)) in {0, 12}


@pytest.mark.parametrize(
    "text", ["", "ABCD", "7K3F-9QWD-2MX", "7K3F-9QWD-2MXBB", "7K3F-9QWD-2MXU", "\x00\ud800"]
)
def test_read_code_refuses_what_is_none(text):
    assert read_code(text) == ""


@pytest.mark.parametrize(
    ("user_agent", "names"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36", ("Chrome", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", ("Firefox", "Windows")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Safari/537.36", ("Samsung Internet", "Android")),
        ("curl/8.5.0", ("", "")),
        ("", ("", "")),
    ],
)  # fmt: skip
def test_browsers_and_systems_by_their_usual_names(user_agent, names):
    assert browser_and_system(user_agent) == names

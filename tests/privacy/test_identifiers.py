"""The identifier check."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snb.privacy.calculations import find_identifiers
from snb.privacy.enums import Identifier

pytestmark = pytest.mark.pure

EXAMPLES = {
    Identifier.NAME: [
        "Mr Smith",
        "mrs o'neill",
        "Dr. Amina Khan",
        "Miss Jean-Marie Łukasz",
        "Cllr Patel",
        "PC Jones",
        "Detainee Brown",
        "Ms Ødegaard",
    ],
    Identifier.PHONE: [
        "020 7946 0000",
        "02079460000",
        "(020) 7946 0000",
        "07700 900123",
        "+44 7700 900123",
        "+44 (0)20 7946 0000",
        "0044 20 7946 0000",
        "07700-900-123",
        "01632 960 001",
        "+33 1 23 45 67 89",
    ],
    Identifier.EMAIL: ["person@example.org", "first.last+tag@mail.example.co.uk", "o'neill@example.org"],
    Identifier.POSTCODE: [
        "NW1 8AB",
        "nw18ab",
        "SW1A 1AA",
        "E1 6AN",
        "W1T 3PP",
        "EC1A 1BB",
        "CR2 6XH",
        "N1 9GU",
        "GIR 0AA",
    ],
    Identifier.NATIONAL_INSURANCE: ["AB123456C", "ab 12 34 56 c", "JG-10-37-59-A"],
    Identifier.NHS_NUMBER: ["943 476 5919", "9434765919", "943-476-5870"],
    Identifier.CUSTODY_RECORD: [
        "01YE/1234/24",
        "01ek/567/2024",
        "custody record number: YE12345",
        "custody no 4567",
        "CRN AB/1234",
    ],
    Identifier.PNC: ["04/123456K", "2004/0123456K", "PNC ID 99/17F", "CRO 12345/67A"],
    Identifier.CRIME_REFERENCE: [
        "1234567/24",
        "01/1234567/24",
        "CAD 1234/12MAR24",
        "crime reference 4612345",
        "CRIS no. 2412345",
        "CHS-12345-24",
    ],
    Identifier.VEHICLE: ["LD12 ABC", "ld12abc", "A123 BCD", "ABC 123D"],
    Identifier.DATE_OF_BIRTH: [
        "born on 3 May 1987",
        "DOB: 03/05/87",
        "d.o.b. 3-5-1987",
        "date of birth 1987-05-03",
        "3/5/1987",
        "3rd of May 1987",
        "May 3, 1987",
    ],
    Identifier.COLLAR_NUMBER: [
        "PC 1234",
        "PCSO 7123AS",
        "Sgt 45 XD",
        "shoulder number 123CW",
        "collar no: 4567",
        "warrant number 234567",
    ],
}
PLANTED = [(kind, text) for kind, texts in EXAMPLES.items() for text in texts]
PLAIN = [
    "The door of cell 4 was cold, and 12 of 15 blankets were missing.",
    "On 3 May 2026 at 10.30 two people were offered a solicitor.",
    "Three of 118 detainees, 2.5 per cent, waited over 6 hours (2025/26).",
    "Call 101 or 999. The meeting is in room B12 at 7pm.",
    "We miss the old library, and the doctor came after an hour.",
    "",
]


@pytest.mark.parametrize(("kind", "text"), PLANTED)
def test_each_kind_is_found(kind, text):
    found = [
        finding for finding in find_identifiers(f"We saw that {text}, and left.") if finding.kind == kind
    ]
    assert text in [finding.text for finding in found]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_sentences_have_none(text):
    assert find_identifiers(text) == []


def test_a_wrong_check_digit_is_no_nhs_number():
    assert [finding.kind for finding in find_identifiers("943 476 5918")] == []


def test_findings_come_in_order():
    found = find_identifiers("Mr Smith, NW1 8AB, person@example.org")
    assert [(finding.kind.value, finding.text) for finding in found] == [
        ("name", "Mr Smith"),
        ("postcode", "NW1 8AB"),
        ("email", "person@example.org"),
    ]


@given(st.text(max_size=400))
@example("+" * 300)
@example("0 (" * 200)
@example("a@" * 200)
@example("Mr A" * 100)
@example("\x00\ud800 ٠٧٧٠٠٩٠٠١٢٣ ²²²²²²²²²²")
def test_offsets_lie_in_the_text_whatever_it_is(text):
    for finding in find_identifiers(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.text


around = st.text(alphabet=string.ascii_lowercase + " ,.;:!?\n", max_size=60)


@given(around, st.sampled_from(PLANTED), around)
def test_a_planted_identifier_is_found_in_any_sentence(before, planted, after):
    kind, text = planted
    whole = f"{before} \n{text}\n {after}"
    start = len(before) + 2
    covering = [f for f in find_identifiers(whole) if f.start <= start and f.end >= start + len(text)]
    assert kind in {finding.kind for finding in covering}


def test_a_long_text_takes_no_time():
    import time

    started = time.perf_counter()
    find_identifiers("0 (7) 1-2.3 Mr A' b@c. 01/23 AB1 " * 3000)
    assert time.perf_counter() - started < 5

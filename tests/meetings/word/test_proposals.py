"""Dates, names, decisions and actions as minutes write them; what is unsure stays empty."""

from datetime import date

import pytest

from snb.meetings.importers.conversion import convert_bytes
from snb.meetings.importers.dates import find_date
from snb.meetings.importers.names import Named, is_name, read_people, read_person
from tests.meetings.word.ooxml import bold, docx, p, tbl, tc, tr

pytestmark = pytest.mark.pure
MEETING = date(2026, 11, 12)


def proposed(*body: str) -> dict:
    """What minutes of 12 November 2026 propose."""
    return convert_bytes(
        docx(bold("Minutes of the meeting on 12 November 2026"), *body, p("The end of it."))
    )["proposals"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("by 12/01/2027", date(2027, 1, 12)),
        ("by 12.1.27", date(2027, 1, 12)),
        ("by 31-12-2026", date(2026, 12, 31)),
        ("by 12 January 2027", date(2027, 1, 12)),
        ("by the 1st of February, 2027", date(2027, 2, 1)),
        ("by Tuesday 12 January 2027", date(2027, 1, 12)),
        ("by Monday 12 January 2027", None),
        ("by 12 Jan", date(2027, 1, 12)),
        ("by 30 Nov", date(2026, 11, 30)),
        ("by 12 Nov", date(2026, 11, 12)),
        ("by 1 October", None),
        ("by end of March 2027", date(2027, 3, 31)),
        ("by the end of February", date(2027, 2, 28)),
        ("by 2027-02-03", date(2027, 2, 3)),
        ("by 31/11/2026", None),
        ("by 13/13/2026", None),
        ("by 1/2/3", None),
        ("by the next meeting", None),
        ("by Christmas", None),
        ("in 2027", None),
    ],
)
def test_a_date_is_read_day_first_or_not_at_all(text, found):
    assert find_date(text, after=MEETING)[0] == found


def test_a_date_without_a_year_needs_a_meeting_to_follow():
    assert find_date("by 12 Jan") == (None, (3, 9))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Pat Example", True), ("Cllr Example", True), ("Dr Kim O’Demo", True), ("Ana de la Muster", True),
        ("PS Khan", True), ("Łucja Żak-Demo", True), ("J. Specimen", True), ("Sgt Ali Khan", True),
        ("Example", False), ("the Chair", False), ("Apologies Received", False), ("Two streets asked", False),
        ("", False), ("PC", False), ("Ward Panel Members", False), ("A B C D E F", False),
    ],
)  # fmt: skip
def test_what_is_a_name(text, is_one):
    assert is_name(text) is is_one


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Cllr Pat Example (Chair)", Named("Cllr Pat Example", "Chair")),
        ("Sam Sample – Highgate ward panel", Named("Sam Sample", "Highgate ward panel")),
        ("Sam Sample, Highgate ward panel", Named("Sam Sample", "Highgate ward panel")),
        ("Jo Specimen (JS), Kentish Town", Named("Jo Specimen", "Kentish Town", "JS")),
        ("Jo Specimen (Vice-Chair) (JS)", Named("Jo Specimen", "Vice-Chair", "JS")),
        ("Jo Specimen (ICV)", Named("Jo Specimen", "ICV")),
        ("Jo Specimen\tTreasurer", Named("Jo Specimen", "Treasurer")),
        ("None", None),
        ("12 residents", None),
    ],
)
def test_a_person_with_a_role(text, person):
    assert read_person(text) == person


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Pat Example (Chair), Sam Sample and Ali Khan.", ["Pat Example", "Sam Sample", "Ali Khan"]),
        ("Pat Example, Chair; Sam Sample, Secretary", ["Pat Example", "Sam Sample"]),
        ("Pat Example\nSam Sample", ["Pat Example", "Sam Sample"]),
        ("There were about forty residents", []),
        ("Pat Example, Chair\nJo Specimen, LB Southwark", ["Pat Example", "Jo Specimen"]),
    ],
)
def test_people_of_a_line(text, names):
    assert [person.name for person in read_people(text)] == names


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Present: Pat Example (Chair), Sam Sample", [("Pat Example", "present"), ("Sam Sample", "present")]),
        ("In attendance:\tPC Robin Placeholder", [("PC Robin Placeholder", "present")]),
        ("Apologies: Alex Nobody; Kim Demo", [("Alex Nobody", "apologies"), ("Kim Demo", "apologies")]),
        ("Apologies for absence were received from Dr. A. Nobody and Kim Demo.", [("Dr. A. Nobody", "apologies"), ("Kim Demo", "apologies")]),
        ("No apologies were received.", []),
        ("Present:\tPat Example (Chair)\n\tJo Specimen, Kentish Town", [("Pat Example", "present"), ("Jo Specimen", "present")]),
        ("The people present asked Pat Example to go on.", []),
    ],
)  # fmt: skip
def test_attendance_in_a_line(line, people):
    assert [(each["name"], each["state"]) for each in proposed(p(line))["attendance"]] == people


@pytest.mark.parametrize(
    ("line", "decisions"),
    [
        ("RESOLVED that £500 be given.", ["That £500 be given."]),
        ("AGREED: To meet six times a year.", ["To meet six times a year."]),
        ("Decision: The lights come first.", ["The lights come first."]),
        ("It was agreed that the hall is too small.", ["It was agreed that the hall is too small."]),
        ("After a vote the panel unanimously approved the report. Tea was served.", ["After a vote the panel unanimously approved the report."]),
        ("The minutes of 3 September were agreed as a correct record.", ["The minutes of 3 September were agreed as a correct record."]),
        ("The Board could not agree on the hall.", []),
        ("It was agreed to disagree.", ["It was agreed to disagree."]),
        ("Nobody agreed.", []),
        ("2.1\tMinutes of 15 September agreed as accurate.", ["Minutes of 15 September agreed as accurate."]),
    ],
)  # fmt: skip
def test_decisions_are_those_the_minutes_say(line, decisions):
    assert [each["text"] for each in proposed(p(line))["decisions"]] == decisions


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("ACTION: Sgt Khan to circulate the figures by 12 January 2027", ("Circulate the figures", "Sgt Khan", "2027-01-12")),
        ("Action 3.2: Chair to write to the council by the next meeting", ("Write to the council by the next meeting", "Chair", "")),
        ("ACTION: Book the hall", ("Book the hall", "", "")),
        ("ACTION – All to read the handbook by end of March 2027", ("Read the handbook", "All", "2027-03-31")),
        ("The lights are out. (Action: JB)", ("The lights are out", "JB", "")),
        ("Figures are late. [Action: Pat Example by 1/12/2026]", ("Figures are late", "Pat Example", "2026-12-01")),
        ("Action: Pat Example: send the list", ("Send the list", "Pat Example", "")),
        ("Action: send the list (Pat Example)", ("Send the list", "Pat Example", "")),
        ("Action: the police to come on Mondays", ("Come on Mondays", "the police", "")),
        ("ACTION: Residents hope to see more patrols", ("Residents hope to see more patrols", "", "")),
        ("ACTION: JB/SK to meet by 12 Jan", ("Meet", "JB and SK", "2027-01-12")),
        ("ACTION: Sam Sample to book the hall for 14 January 2027", ("Book the hall for 14 January 2027", "Sam Sample", "")),
        ("ACTION: Chair to share the map - 04/12/2026", ("Share the map", "Chair", "2026-12-04")),
    ],
)  # fmt: skip
def test_an_action_has_the_owner_and_date_its_words_give(line, action):
    found = proposed(p(line))["actions"]
    assert [(each["text"], each["owner"], each["due"]) for each in found] == [action]


@pytest.mark.parametrize(
    "line", ["The police took no action.", "In action: the new vans.", "Actions speak louder than words."]
)
def test_not_every_action_is_one(line):
    assert proposed(p(line))["actions"] == []


def test_an_action_told_twice_is_proposed_once():
    head = tr(*(tc(bold(name)) for name in ("Action", "Lead", "Deadline")))
    found = proposed(
        p("ACTION: Pat Example to send the survey by 12 January 2027"),
        tbl(
            head,
            tr("Send the survey", "Pat Example", "12 January 2027"),
            tr("Thank the club", "Sam Sample", "asap"),
        ),
    )["actions"]
    assert [(each["text"], each["owner"], each["due"]) for each in found] == [
        ("Send the survey", "Pat Example", "2027-01-12"),
        ("Thank the club", "Sam Sample", ""),
    ]


def test_items_without_numbers_are_the_sections_that_are_not_lists_of_people():
    items = proposed(
        bold("Present:"),
        p("Pat Example"),
        bold("Police report"),
        p("Nothing new."),
        bold("Any other business"),
        p("None."),
    )["agenda_items"]
    assert [each["title"] for each in items] == ["Police report", "Any other business"]


def test_a_list_under_the_heading_actions_is_of_actions():
    found = proposed(
        p("Action points", style="Heading2"),
        p("1. Supt Placeholder to share the map - 04/12/2026"),
        p("2. Tea."),
    )
    assert [(each["text"], each["owner"], each["due"]) for each in found["actions"]] == [
        ("Share the map", "Supt Placeholder", "2026-12-04")
    ]

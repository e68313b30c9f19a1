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
        ("by March 12, 2027", date(2027, 3, 12)),
        ("in May 12 people", None),
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
        ("No apologies were received from Alex Nobody.", []),
        ("Apologies for lateness were received from Cllr Pat Example.", []),
        ("Apologies were received from Cllr Nobody, PC Demo and from Lee Muster.", [("Cllr Nobody", "apologies"), ("PC Demo", "apologies"), ("Lee Muster", "apologies")]),
        ("Apologies: Kim Demo, PC Muster and the Chair", [("Kim Demo", "apologies"), ("PC Muster", "apologies")]),
        ("Absent: Alex Nobody", [("Alex Nobody", "absent")]),
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
        ("If the Board agreed, the club would start.", []),
        ("The question was whether the Board agreed?", []),
        ("DECISION – Use the small hall.", ["Use the small hall."]),
        ("DECISION 4: Use the small hall.", ["Use the small hall."]),
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
        ("ACTION: Chair to report, but not before 12 March 2027", ("Report, but not before 12 March 2027", "Chair", "")),
        ("ACTION: Chair to send the notes of the walk - 3 June 2026", ("Send the notes of the walk - 3 June 2026", "Chair", "")),
        ("ACTION: Chair to report by 5pm on 5 April", ("Report", "Chair", "2027-04-05")),
        ("Action for PC Bell: check the gate", ("Check the gate", "PC Bell", "")),
        ("ACTION (JS): mend the gate", ("Mend the gate", "JS", "")),
        ("ACTION JS to mend the gate by the next meeting", ("Mend the gate by the next meeting", "JS", "")),
    ],
)  # fmt: skip
def test_an_action_has_the_owner_and_date_its_words_give(line, action):
    found = proposed(p(line))["actions"]
    assert [(each["text"], each["owner"], each["due"]) for each in found] == [action]


@pytest.mark.parametrize(
    "line",
    [
        "The police took no action.", "In action: the new vans.", "Actions speak louder than words.",
        "Action: None", "ACTIONS: nil", "Action: N/A", "Action: see item 4", "Action: Completed", "ACTION: No action required.",
        "Action plan: see the website", "Action: for information only",
    ],
)  # fmt: skip
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


def test_actions_in_one_line_are_told_apart_by_their_numbers():
    found = proposed(p("Actions: 1) Pat Example to call; 2) Sam Sample to write"))["actions"]
    assert [(each["text"], each["owner"]) for each in found] == [
        ("Call", "Pat Example"),
        ("Write", "Sam Sample"),
    ]


def test_an_action_is_not_led_to_by_the_action_above():
    found = proposed(p("ACTION: Sam Sample to call"), p("ACTION: Pat Example"))["actions"]
    assert [each["text"] for each in found] == ["Call"]


def table(names: str, *rows: str) -> str:
    """A table of cells parted by bars."""
    return tbl(tr(*(tc(bold(name)) for name in names.split("|"))), *(tr(*row.split("|")) for row in rows))


def test_a_diary_is_no_list_of_actions():
    assert proposed(table("What|When|Where", "Summer fair|12 June 2027|Park"))["actions"] == []


def test_nothing_in_a_column_of_actions_is_no_action():
    said = "The sergeant told the panel at some length what the team had done since the last meeting and answered questions."
    found = proposed(
        table("Item|Discussion|Action", f"1|{said}|None", f"2|{said}|Noted", f"3|{said}|Chair to write")
    )
    assert [each["text"] for each in found["actions"]] == ["Write"]


@pytest.mark.parametrize(
    ("names", "rows", "people"),
    [
        ("Name|Present|Apologies", ["Pat Example|✓|", "Sam Sample||✓"], [("Pat Example", "present"), ("Sam Sample", "apologies")]),
        ("Name|Apologies|Present", ["Pat Example||✓", "Sam Sample|✓|"], [("Pat Example", "present"), ("Sam Sample", "apologies")]),
        ("Name|Attendance", ["Pat Example|Present", "Sam Sample|Apologies", "Lee Muster|Absent"],
         [("Pat Example", "present"), ("Sam Sample", "apologies"), ("Lee Muster", "absent")]),
        ("Name|Present", ["Pat Example|✓", "Sam Sample|x"], [("Pat Example", "present"), ("Sam Sample", "absent")]),
        ("Name|Present", ["Pat Example|x", "Sam Sample|"], []),
        ("Name|Present|Apologies", ["Pat Example|✓|✓"], []),
        ("Name|Present", ["Pat Example|Yes", "Sam Sample|No"], [("Pat Example", "present"), ("Sam Sample", "absent")]),
        ("Name|Role", ["Pat Example|Chair", "Sam Sample|Member"], [("Pat Example", ""), ("Sam Sample", "")]),
    ],
)  # fmt: skip
def test_attendance_in_a_table_is_what_its_marks_say(names, rows, people):
    assert [(each["name"], each["state"]) for each in proposed(table(names, *rows))["attendance"]] == people


def test_a_list_by_ward_names_the_people_and_not_the_wards():
    found = proposed(
        bold("Present:"),
        p("Highgate – Sam Sample"),
        p("Kentish Town – Jo Specimen (Chair)"),
        p("Regent’s Park: Ali Khan and Kim Demo"),
        p("Belsize – vacant"),
        bold("1. Report"),
        p("Nothing."),
    )["attendance"]
    assert [(each["name"], each["capacity"]) for each in found] == [
        ("Sam Sample", "Highgate"),
        ("Jo Specimen", "Kentish Town, Chair"),
        ("Ali Khan", "Regent’s Park"),
        ("Kim Demo", "Regent’s Park"),
    ]


def test_a_heading_without_bold_ends_no_list_of_people_as_a_person():
    found = proposed(
        p("Present"), p("Pat Example"), p("Matters Arising"), p("None."), p("Police Report"), p("None.")
    )
    assert [each["name"] for each in found["attendance"]] == ["Pat Example"]


@pytest.mark.parametrize(
    "body",
    [
        table("Present|Apologies", "Pat Example (Chair)|Alex Nobody"),
        tbl(tr("Present:", "Pat Example (Chair)"), tr("Apologies:", "Alex Nobody"), tr("Venue:", "The Town Hall")),
        bold("Present") + p("1. Pat Example – Chair") + p("2. 12 residents") + bold("Apologies") + p("1) Alex Nobody"),
    ],
)  # fmt: skip
def test_people_below_or_beside_their_label(body):
    assert [(each["name"], each["state"]) for each in proposed(body)["attendance"]] == [
        ("Pat Example", "present"),
        ("Alex Nobody", "apologies"),
    ]


def test_a_week_is_no_day_on_which_something_is_due():
    found = proposed(table("Action|Lead|Deadline", "Mend the gate|Pat Example|w/c 3 May 2027"))["actions"]
    assert [(each["due"], each["source"]) for each in found] == [
        ("", "Mend the gate · Pat Example · w/c 3 May 2027")
    ]


def test_words_that_give_no_date_are_handed_on():
    found = proposed(
        table(
            "Action|Lead|Deadline",
            "Mend the gate|Pat Example|asap",
            "Ask the club|Sam Sample|12 March 2027",
            "Call|Lee Muster|",
        )
    )["actions"]
    assert [(each["due"], each["due_words"]) for each in found] == [
        ("", "asap"),
        ("2027-03-12", ""),
        ("", ""),
    ]

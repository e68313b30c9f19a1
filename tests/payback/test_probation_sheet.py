"""The sheet: the same format out and in, whole or not at all, and twice is once."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from payback import importers
from payback.enums import Status
from payback.importers import COLUMNS, Taken, give_sheet, read_sheet, take_sheet
from payback.models import Referral, Session
from snb.audit.models import AuditEvent
from tests.counting import queries_in
from tests.payback.making import WORKED, WORKED_NEXT, make_officer, make_provider, make_referral


@pytest.fixture
def provider(highgate):
    """Camden's provider, on the desk."""
    return make_provider(board=highgate.borough.board)


@pytest.fixture
def officer(provider):
    """Somebody who works there."""
    return make_officer(provider)


@pytest.fixture
def referral(highgate, provider):
    """A task that was handed over."""
    return make_referral(highgate, provider=provider)


def rows_of(text: str) -> list[dict[str, str]]:
    """A sheet as rows."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def sheet(*rows: dict[str, object], delimiter=",", encoding="utf-8") -> bytes:
    """Rows as a sheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def status() -> str:
    """Of the only task."""
    return Referral.objects.select_related("nomination").get().nomination.status


@pytest.mark.django_db
def test_what_goes_out_comes_in_again_and_changes_nothing(referral, officer):
    text = give_sheet(by=officer)
    [row] = rows_of(text)
    assert tuple(row) == COLUMNS
    assert (row["reference"], row["state"]) == (referral.reference, "sent")
    assert take_sheet(text.encode(), by=officer) == Taken(0, 0)
    assert AuditEvent.objects.filter(event__startswith="payback.sheet").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-8")])
def test_a_whole_task_comes_in_by_one_sheet_and_twice_is_once(referral, officer, delimiter, encoding):
    row = {
        "reference": referral.reference.lower(),
        "state": "Completed",
        "project_code": "n07abc",
        "starts_on": "05/10/2026",
        "session_people": 4,
    }
    data = sheet(
        {**row, "session_id": "a", "session_date": WORKED, "session_hours": "17.5"},
        {
            **row,
            "session_date": f"{date.fromisoformat(WORKED_NEXT):%d/%m/%Y}",
            "session_hours": "16,5" if delimiter != "," else "16.5",
        },
        delimiter=delimiter,
        encoding=encoding,
    )
    assert take_sheet(data, by=officer) == Taken(1, 2)
    assert status() == Status.COMPLETED
    assert sum(Session.objects.values_list("hours", flat=True)) == 34
    assert take_sheet(data, by=officer) == Taken(0, 0)
    assert Session.objects.count() == 2


@pytest.mark.django_db
def test_a_changed_session_changes_its_row(referral, officer):
    row = {"reference": referral.reference, "state": "in_progress", "project_code": "N07ABC", "session_id": "a",
           "session_date": WORKED, "session_people": 4}  # fmt: skip
    take_sheet(sheet({**row, "session_hours": 16}), by=officer)
    [out] = rows_of(give_sheet(by=officer))
    assert (out["session_id"], out["session_hours"], out["state"]) == ("a", "16", "in_progress")
    assert take_sheet(sheet({**row, "session_hours": 20}), by=officer) == Taken(1, 1)
    assert Session.objects.get().hours == 20


@pytest.mark.django_db
def test_one_wrong_line_and_nothing_is_taken_in(highgate, provider, referral, officer):
    other = make_referral(highgate, provider=provider)
    data = sheet(
        {"reference": referral.reference, "state": "accepted", "project_code": "N07A"},
        {"reference": other.reference, "state": "accepted"},
        {"reference": "CP-NOTHING-1", "state": "accepted"},
    )
    with pytest.raises(ValidationError) as error:
        take_sheet(data, by=officer)
    assert error.value.messages == [
        "Line 3: A task that is accepted needs its project code.",
        "Line 4: there is no task CP-NOTHING-1 on your desk.",
    ]
    assert set(Referral.objects.values_list("nomination__status", "project_code")) == {("sent", "")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "gone"}, "“gone” is no state."),
        ({"state": "rejected"}, "A refusal needs a reason"),
        ({"state": "rejected", "reason": "unsafe"}, "Say in a sentence why"),
        ({"state": "more_info"}, "Ask your question on the desk"),
        ({"state": "scheduled", "project_code": "N07A"}, "needs the day on which it begins"),
        ({"state": "in_progress", "project_code": "N07A"}, "needs at least one session"),
        ({"state": "completed", "project_code": "N07A"}, "Log the sessions first"),
        ({"state": "accepted", "project_code": "N07A", "starts_on": "soon"}, "“soon” is no day."),
        (
            {"session_date": WORKED, "session_people": "4", "session_hours": "many"},
            "A session needs its date",
        ),
        (
            {"session_date": WORKED, "session_people": "4", "session_hours": "16"},
            "Accept the task before",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(referral, officer, fields, words):
    with pytest.raises(ValidationError) as error:
        take_sheet(sheet({"reference": referral.reference, **fields}), by=officer)
    [message] = error.value.messages
    assert message.startswith("Line 2: ")
    assert words in message
    assert status() == Status.SENT


@pytest.mark.django_db
def test_an_old_sheet_does_not_take_a_task_back(referral, officer):
    old = give_sheet(by=officer).encode().replace(b",sent,", b",acknowledged,")
    take_sheet(
        sheet({"reference": referral.reference, "state": "accepted", "project_code": "N07A"}), by=officer
    )
    with pytest.raises(ValidationError, match="further on than your sheet says"):
        take_sheet(old, by=officer)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["accepted", "scheduled"])
def test_the_same_sheet_with_a_session_twice_is_once(referral, officer, state):
    """The session begins the work; what the sheet says of the state is then no step back."""
    data = sheet(
        {"reference": referral.reference, "state": state, "project_code": "N07ABC", "session_id": "a",
         "session_date": WORKED, "session_people": 4, "session_hours": 16, "starts_on": "2026-10-05"}
    )  # fmt: skip
    assert take_sheet(data, by=officer) == Taken(1, 1)
    assert take_sheet(data, by=officer) == Taken(0, 0)
    assert (Session.objects.count(), status()) == (1, Status.IN_PROGRESS)


@pytest.mark.django_db
def test_new_dates_of_an_accepted_task_are_taken(referral, officer):
    row = {"reference": referral.reference, "state": "accepted", "project_code": "N07ABC"}
    take_sheet(sheet({**row, "starts_on": "2026-12-01"}), by=officer)
    assert take_sheet(sheet({**row, "starts_on": "2026-12-15"}), by=officer) == Taken(1, 0)
    assert take_sheet(sheet(row), by=officer) == Taken(0, 0)
    referral.refresh_from_db()
    assert (str(referral.starts_on), status()) == ("2026-12-15", Status.ACCEPTED)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["acknowledged", "assessing"])
def test_dates_that_come_too_early_are_not_dropped_in_silence(referral, officer, state):
    row = {"reference": referral.reference, "state": state, "starts_on": "2026-12-01"}
    with pytest.raises(ValidationError, match="Accept the task before you give it dates"):
        take_sheet(sheet(row), by=officer)


@pytest.mark.django_db
def test_a_refusal_by_sheet_has_no_more_words_than_the_form_takes(referral, officer):
    row = {"reference": referral.reference, "state": "rejected", "reason": "unsafe"}
    with pytest.raises(ValidationError, match=r"at most 1000 characters\. These are 1001"):
        take_sheet(sheet({**row, "reason_words": "x" * 1001}), by=officer)
    take_sheet(sheet({**row, "reason_words": "x" * 1000}), by=officer)
    assert status() == Status.REJECTED


@pytest.mark.django_db
def test_hours_with_a_comma_in_a_sheet_of_commas_do_not_lose_their_half(referral, officer):
    line = f"{referral.reference},,,,in_progress,N07ABC,,,,,a,{WORKED},4,16"
    with pytest.raises(ValidationError) as error:
        take_sheet(f"{','.join(COLUMNS)}\r\n{line},5\r\n".encode(), by=officer)
    [message] = error.value.messages
    assert message.startswith("Line 2: there are more cells than columns.")
    assert not Session.objects.exists()
    # Empty cells at the end are what a spreadsheet leaves, and mean nothing.
    take_sheet(f"{','.join(COLUMNS)}\r\n{line},,\r\n".encode(), by=officer)
    assert Session.objects.get().hours == 16


@pytest.mark.django_db
def test_a_spreadsheet_that_drops_the_zeros_of_an_id_does_not_double_the_hours(referral, officer):
    row = {"reference": referral.reference, "state": "in_progress", "project_code": "N07ABC",
           "session_date": WORKED, "session_people": 4, "session_hours": 16}  # fmt: skip
    take_sheet(sheet({**row, "session_id": "0007"}), by=officer)
    with pytest.raises(ValidationError, match="is here already under the id “0007”"):
        take_sheet(sheet({**row, "session_id": "7"}), by=officer)
    assert Session.objects.count() == 1
    # Two groups of one day are two sessions, where the sheet has both.
    both = sheet({**row, "session_id": "0007"}, {**row, "session_id": "0008"})
    assert take_sheet(both, by=officer) == Taken(1, 1)
    assert take_sheet(both, by=officer) == Taken(0, 0)


@pytest.mark.django_db
def test_tasks_are_held_in_one_order_whatever_the_order_of_the_sheet(
    highgate, provider, officer, monkeypatch
):
    """Two sheets with the same tasks, taken in at once, would else wait for each other for ever."""
    held = []
    real = importers.probation.acknowledge
    monkeypatch.setattr(
        importers.probation,
        "acknowledge",
        lambda referral, *, by: held.append(referral.reference) or real(referral, by=by),
    )
    references = [make_referral(highgate, provider=provider).reference for _ in range(4)]
    rows = [{"reference": reference, "state": "acknowledged"} for reference in reversed(references)]
    take_sheet(sheet(*rows), by=officer)
    assert held == sorted(references)


@pytest.mark.django_db
def test_another_providers_task_is_not_on_the_desk(referral, kilburn_brent):
    stranger = make_officer(make_provider("north", board=kilburn_brent.borough.board))
    assert rows_of(give_sheet(by=stranger)) == []
    with pytest.raises(ValidationError, match="there is no task"):
        take_sheet(sheet({"reference": referral.reference, "state": "accepted"}), by=stranger)


@pytest.mark.django_db
def test_no_cell_is_a_formula(highgate, provider, officer):
    make_referral(highgate, provider=provider, public_title="=HYPERLINK(1)", public_place="@SUM")
    [row] = rows_of(give_sheet(by=officer))
    assert (row["title"], row["place"]) == ("'=HYPERLINK(1)", "'@SUM")


@pytest.mark.django_db
def test_the_page_takes_a_sheet_and_says_what_is_wrong(site_client, referral, officer):
    client = site_client(None, officer)
    bad = client.post("/desk/probation/sheet/", {"file": SimpleUploadedFile("s.csv", b"a,b\n1,2\n")})
    assert "These columns are missing in the first line" in bad.content.decode()
    data = sheet({"reference": referral.reference, "state": "acknowledged"})
    good = client.post("/desk/probation/sheet/", {"file": SimpleUploadedFile("s.csv", data)})
    assert good["Location"] == "/desk/probation/"
    assert status() == Status.ACKNOWLEDGED
    got = client.post("/desk/probation/sheet/download/")
    assert got["Content-Type"] == "text/csv; charset=utf-8"
    assert client.get("/desk/probation/sheet/download/").status_code == 405


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01", b"PK\x03\x04" * 20, b"x" * 1_100_000, ",".join(COLUMNS).encode(), b'"' * 9]
)
def test_what_is_no_sheet_is_refused(data):
    with pytest.raises(ValidationError):
        read_sheet(data)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text(max_size=12), min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=5))
def test_mangled_sheets_are_read_or_refused_and_never_break(rows):
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    try:
        found = read_sheet(out.getvalue().encode("utf-8", "surrogatepass"))
    except ValidationError:
        return
    assert len({task.reference for task in found}) == len(found)


@pytest.mark.django_db
def test_one_and_three_tasks_take_as_many_queries(highgate, provider, referral, officer):
    give_sheet(by=officer)  # so that the roles are known
    one = queries_in(lambda: give_sheet(by=officer))
    for _ in range(2):
        make_referral(highgate, provider=provider)
    assert queries_in(lambda: give_sheet(by=officer)) == one
    assert len(rows_of(give_sheet(by=officer))) == 3

"""Days on the probation desk that the task speaks against: a warning at the field, and a box to go on all the same."""

from __future__ import annotations

from datetime import date

import pytest

from payback.enums import Status
from payback.models import Referral
from payback.queries.probation import TimesAskedFor
from tests.payback.making import make_referral
from tests.payback.test_probation import address

pytestmark = pytest.mark.django_db
MONDAY, SATURDAY, SUNDAY = "2027-03-01", "2027-03-06", "2027-03-07"
BOX = "Go on with these days all the same"


@pytest.fixture
def referral(highgate, provider):
    """A task for Saturdays in the first half of March."""
    return make_referral(
        highgate,
        provider=provider,
        days=["saturday"],
        not_before=date(2027, 3, 3),
        not_after=date(2027, 3, 14),
    )


def send(desk, referral, name: str, **fields: str):
    """Press the button of a form."""
    return desk.post(address(referral, f"{name}/"), fields)


def dates_of(referral) -> tuple[str, str]:
    """Its state, and the day the work begins."""
    found = Referral.objects.select_related("nomination").get(pk=referral.pk)
    return found.nomination.status, str(found.starts_on or "")


def test_the_form_says_beforehand_what_the_task_says(desk, referral):
    page = desk.get(address(referral, "accept/")).content.decode()
    assert "The task says: not before 3 March 2027; not after 14 March 2027; Saturday." in page
    assert BOX not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts_on": MONDAY}, "This is before 3 March 2027, and the task says: not before."),
        ({"starts_on": SUNDAY}, "This is a Sunday, and the task says: Saturday."),
        ({"starts_on": "2027-03-20"}, "This is after 14 March 2027, and the task says: not after."),
        (
            {"starts_on": SATURDAY, "expected_end_on": "2027-03-15"},
            "This is after 14 March 2027, and the task says: not after.",
        ),
        ({"expected_end_on": MONDAY}, "This is before 3 March 2027, and the task says: not before."),
    ],
)
def test_a_day_the_task_speaks_against_is_warned_of_and_taken_with_the_box(desk, referral, fields, words):
    page = send(desk, referral, "accept", project_code="N07A", **fields).content.decode()
    assert words in page
    assert "Choose another day, or tick the box below." in page
    assert 'type="checkbox" name="anyway"' in page
    assert BOX in page
    assert dates_of(referral) == (Status.SENT, "")
    send(desk, referral, "accept", project_code="N07A", anyway="on", **fields)
    assert dates_of(referral) == (Status.ACCEPTED, fields.get("starts_on", ""))


def test_a_day_that_fits_is_taken_without_a_word(desk, referral):
    send(desk, referral, "accept", project_code="N07A")
    assert (
        send(desk, referral, "schedule", starts_on=SATURDAY, expected_end_on="2027-03-14").status_code == 302
    )
    assert dates_of(referral) == (Status.SCHEDULED, SATURDAY)


def test_dates_that_are_changed_are_warned_of_too(desk, referral):
    send(desk, referral, "accept", project_code="N07A")
    send(desk, referral, "schedule", starts_on=SATURDAY)
    assert "This is a Monday" in send(desk, referral, "schedule", starts_on="2027-03-08").content.decode()
    assert dates_of(referral) == (Status.SCHEDULED, SATURDAY)
    send(desk, referral, "schedule", starts_on="2027-03-08", anyway="on")
    assert dates_of(referral) == (Status.SCHEDULED, "2027-03-08")


def test_a_tick_for_one_day_is_none_for_another(desk, referral):
    """Where the day is mended and something else is wrong, the page that comes back holds no tick."""
    page = send(desk, referral, "accept", project_code="", starts_on=SATURDAY, anyway="on").content.decode()
    assert "Write the project code." in page
    assert 'name="anyway"' not in page


@pytest.mark.parametrize(
    ("days", "left_out"),
    [
        ((), []),
        (("weekdays",), [SATURDAY, SUNDAY]),
        (("saturday", "sunday"), [MONDAY]),
        (("evenings",), []),
        (("evenings", "saturday"), []),
    ],
)
def test_days_of_the_week(days, left_out):
    asked = TimesAskedFor(days=days)
    found = [day for day in (MONDAY, SATURDAY, SUNDAY) if asked.leaves_out(date.fromisoformat(day))]
    assert found == left_out


def test_a_task_without_wishes_is_planned_for_any_day(desk, highgate, provider):
    free = make_referral(highgate, provider=provider, days=[])
    page = desk.get(address(free, "accept/")).content.decode()
    assert "The task says" not in page
    send(desk, free, "accept", project_code="N07A", starts_on=SUNDAY)
    assert dates_of(free) == (Status.ACCEPTED, SUNDAY)


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        ({"starts_on": SATURDAY, "expected_end_on": "2027-03-14"}, "from 6 March 2027 to 14 March 2027."),
        ({"starts_on": SATURDAY}, "from 6 March 2027."),
        ({"expected_end_on": "2027-03-14"}, "until 14 March 2027."),
    ],
)
def test_the_form_says_what_is_planned_now(desk, referral, planned, words):
    send(desk, referral, "accept", project_code="N07A", **planned)
    page = desk.get(address(referral, "schedule/")).content.decode()
    assert f"Planned now: {words} The task says:" in page

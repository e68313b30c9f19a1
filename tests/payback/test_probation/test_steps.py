"""Each step of a task on the desk, in its order, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from payback.actions import probation
from payback.enums import Ended, Refusal, Status
from payback.errors import InvalidTransition
from payback.models import Photo, Question, Session
from snb.audit.models import AuditEvent
from snb.outbox.enums import State
from tests.payback.making import (
    WORKED_NEXT,
    make_referral,
)
from tests.payback.test_probation import TODAY, address, picture, status_of

pytestmark = pytest.mark.django_db


def test_from_the_first_look_to_the_end_on_the_desk(desk, referral):
    assert "Clear the alley behind the shops" in desk.get("/desk/probation/").content.decode()
    assert desk.get(address(referral)).status_code == 200
    desk.post(address(referral, "acknowledge/"))
    assert status_of(referral) == Status.ACKNOWLEDGED
    assert (referral.message.state, referral.acknowledged_at is not None) == (State.ACKNOWLEDGED, True)
    desk.post(address(referral, "assess/"))
    assert status_of(referral) == Status.ASSESSING
    desk.post(address(referral, "ask/"), {"text": "Is the gate open in the morning?"})
    assert status_of(referral) == Status.MORE_INFO
    assert Question.objects.get().text == "Is the gate open in the morning?"
    desk.post(
        address(referral, "accept/"),
        {"project_code": "n07abc", "starts_on": "2026-10-05", "expected_end_on": "2026-10-09"},
    )
    assert (status_of(referral), referral.project_code) == (Status.ACCEPTED, "N07ABC")
    desk.post(address(referral, "schedule/"), {"starts_on": "2026-10-06"})
    assert (status_of(referral), str(referral.starts_on)) == (Status.SCHEDULED, "2026-10-06")
    for number in ("a", "b"):
        desk.post(
            address(referral, "session/"),
            {"date": WORKED_NEXT, "people": 6, "hours": "24", "source_id": f"desk:{number}"},
        )
    assert status_of(referral) == Status.IN_PROGRESS
    desk.post(address(referral, "photo/"), {"kind": "after", "file": picture()})
    assert Photo.objects.get().published_at is None
    assert desk.get(address(referral)).status_code == 200
    desk.post(address(referral, "complete/"))
    assert (status_of(referral), referral.ended) == (Status.COMPLETED, Ended.COMPLETED)
    assert desk.get(address(referral)).status_code == 200
    assert sum(Session.objects.values_list("hours", flat=True)) == 48
    events = AuditEvent.objects.filter(event__startswith="payback.").values_list("event", flat=True)
    assert {
        "payback.question.asked",
        "payback.session.logged",
        "payback.photo.added",
        "payback.referral.ended",
    } <= set(events)


def test_a_refusal_has_a_reason_of_the_list_and_words(desk, referral):
    page = desk.post(address(referral, "refuse/"), {"reason": "mood", "words": ""}).content.decode()
    assert page.count("govuk-error-message") == 2
    assert status_of(referral) == Status.SENT
    desk.post(address(referral, "refuse/"), {"reason": "unsafe", "words": "The wall may fall."})
    assert status_of(referral) == Status.REJECTED
    assert (referral.refusal, referral.refusal_words, referral.ended) == (
        "unsafe",
        "The wall may fall.",
        Ended.REJECTED,
    )


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("ask", {"text": " "}, "Write your question."),
        ("accept", {"project_code": "N07-ABC"}, "letters and figures only"),
        ("accept", {"project_code": ""}, "Write the project code."),
        (
            "accept",
            {"project_code": "N07A", "starts_on": "2026-10-05", "expected_end_on": "2026-10-04"},
            "cannot end before it begins",
        ),
        ("accept", {"project_code": "N07A", "starts_on": "31 Feb"}, "Write a day"),
        ("schedule", {"starts_on": ""}, "Choose a day."),
    ],
)
def test_bad_input_is_said_at_the_field_and_changes_nothing(desk, referral, name, fields, words):
    page = desk.post(address(referral, f"{name}/"), fields).content.decode()
    assert words in page
    assert "govuk-error-summary" in page
    assert status_of(referral) == Status.SENT


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"date": TODAY() + timedelta(days=1)}, "date"),
        ({"people": 0}, "people"),
        ({"people": 61}, "people"),
        ({"hours": Decimal(0)}, "hours"),
        ({"people": 2, "hours": Decimal(25)}, "hours"),
    ],
)
def test_a_session_that_cannot_be_is_refused(referral, officer, fields, field):
    probation.accept(referral, project_code="N07A", by=officer)
    with pytest.raises(ValidationError) as error:
        probation.log_session(
            referral, **({"date": TODAY(), "people": 6, "hours": Decimal(24)} | fields), by=officer
        )
    assert list(error.value.message_dict) == [field]


def test_pressing_twice_logs_one_session(desk, referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    for _ in range(2):
        desk.post(
            address(referral, "session/"),
            {"date": WORKED_NEXT, "people": 6, "hours": "24", "source_id": "desk:x"},
        )
    session = Session.objects.get()
    desk.post(address(referral, f"sessions/{session.pk}/remove/"))
    assert Session.objects.count() == 0


def test_there_is_no_field_for_a_name_in_a_session():
    assert {field.name for field in Session._meta.get_fields()} == {
        "id", "referral", "date", "people", "hours", "source_id", "logged_at", "logged_by"
    }  # fmt: skip


def test_work_is_not_done_without_a_session(referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    with pytest.raises(ValidationError):
        probation.complete(referral, by=officer)


def test_whoever_says_that_the_work_is_done_reads_first_what_is_told_to_whom(desk, referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    assert "The work is done" not in desk.get(address(referral)).content.decode()
    for hours in (24, 12):
        session = probation.log_session(referral, date=TODAY(), people=6, hours=Decimal(hours), by=officer)
    page = desk.get(address(referral)).content.decode()
    folded = page[page.index("The work is done</span></summary>") :].partition("</details>")[0]
    assert "Everybody then reads that it is done, with 36 hours in 2 sessions." in folded
    assert "The board and whoever nominated it learn it, too." in folded
    assert "It cannot be taken back." in folded
    assert f'action="{address(referral, "complete/")}"' in folded
    probation.remove_session(session, by=officer)
    assert "with 24 hours in 1 session." in desk.get(address(referral)).content.decode()


def test_without_a_session_there_is_nothing_to_say_yet_and_the_page_tells_why(desk, referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    session = probation.log_session(referral, date=TODAY(), people=6, hours=Decimal(24), by=officer)
    probation.remove_session(session, by=officer)
    page = desk.get(address(referral)).content.decode()
    assert address(referral, "complete/") not in page
    assert "Log a session first. Then you can say here that the work is done." in page


def test_what_is_over_is_not_changed(referral, officer):
    probation.refuse(referral, reason=Refusal.UNSAFE, words="No.", by=officer)
    for act in (probation.acknowledge, probation.begin_assessing, probation.complete):
        with pytest.raises(InvalidTransition):
            act(referral, by=officer)


def test_a_lost_race_is_said_kindly(desk, referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    page = desk.post(address(referral, "assess/"), follow=True).content.decode()
    assert "This has moved on in the meantime" in page


def test_a_project_code_stands_for_one_task(highgate, provider, referral, officer):
    other = make_referral(highgate, provider=provider)
    probation.accept(other, project_code="N07A", by=officer)
    with pytest.raises(ValidationError) as error:
        probation.accept(referral, project_code="n07a", by=officer)
    assert list(error.value.message_dict) == ["project_code"]

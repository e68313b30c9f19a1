"""The probation desk: each step, who may take it, and that another provider's task is not found."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from payback.actions import probation
from payback.actions.referrals import prepare
from payback.enums import Ended, PhotoKind, ProviderRoleKind, Refusal, Status, Transport
from payback.errors import InvalidTransition
from payback.models import Photo, Question, Referral, Session
from payback.queries.probation import desk_rows, referrals_on_desk, task_shown
from snb.audit.models import AuditEvent
from snb.files.actions import store_file
from snb.files.enums import RASTERS
from snb.outbox.enums import State
from tests.counting import queries_in
from tests.payback.making import (
    CODES,
    WORKED_NEXT,
    make_nomination,
    make_officer,
    make_provider,
    make_referral,
)
from tests.payback.test_sending_ways import MARKERS, planted_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def provider(highgate):
    """Camden's provider, on the desk."""
    return make_provider(board=highgate.borough.board)


@pytest.fixture
def officer(provider):
    """Somebody who works there."""
    return make_officer(provider)


@pytest.fixture
def stranger(kilburn_brent):
    """Somebody of another provider."""
    return make_officer(make_provider("north", board=kilburn_brent.borough.board))


@pytest.fixture
def referral(highgate, provider):
    """A task that was handed over."""
    return make_referral(highgate, provider=provider)


@pytest.fixture
def desk(site_client, officer):
    """The officer at their desk."""
    return site_client(None, officer)


def status_of(referral) -> str:
    """The task's state now."""
    referral.refresh_from_db()
    return Referral.objects.select_related("nomination").get(pk=referral.pk).nomination.status


def address(referral, rest="") -> str:
    """On the desk."""
    return f"/desk/probation/{referral.pk}/{rest}"


def picture() -> SimpleUploadedFile:
    """A photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return SimpleUploadedFile("after.jpg", out.getvalue(), "image/jpeg")


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


PATHS = [
    "", "acknowledge/", "assess/", "complete/", "officer/", "contact/", "ask/", "accept/", "refuse/", "schedule/",
    "session/", "photo/", "nothing/", "photos/00000000-0000-0000-0000-000000000001/", "sessions/00000000-0000-0000-0000-000000000001/remove/",
]  # fmt: skip


def test_another_providers_task_is_not_found(site_client, referral, stranger):
    client = site_client(None, stranger)
    assert client.get("/desk/probation/").status_code == 200
    assert "Clear the alley" not in client.get("/desk/probation/").content.decode()
    answers = {
        (path, method): getattr(client, method)(address(referral, path)).status_code
        for path in PATHS
        for method in ("get", "post")
    }
    assert {key: status for key, status in answers.items() if status != 404} == {}


def test_the_desk_is_not_found_for_everybody_else(site_client, cast, referral):
    for person in (cast.chair, cast.oversight, cast.resident, cast.other_chair):
        client = site_client(None, person)
        for path in ("/desk/probation/", "/desk/probation/sheet/", address(referral)):
            assert (person.name, client.get(path).status_code) == (person.name, 404)
    signed_out = site_client(None).get("/desk/probation/")
    assert signed_out.status_code == 302
    assert "/accounts/login/" in signed_out["Location"]


def test_the_desk_is_on_the_london_site_only(site_client, camden, officer):
    assert site_client(camden, officer).get("/desk/probation/").status_code == 404


def test_every_action_asks_who_it_is(referral, stranger, officer):
    calls = [
        lambda by: probation.acknowledge(referral, by=by),
        lambda by: probation.begin_assessing(referral, by=by),
        lambda by: probation.ask(referral, text="?", by=by),
        lambda by: probation.accept(referral, project_code="N07A", by=by),
        lambda by: probation.refuse(referral, reason=Refusal.SIZE, words="No.", by=by),
        lambda by: probation.schedule(referral, starts_on=TODAY(), by=by),
        lambda by: probation.log_session(referral, date=TODAY(), people=1, hours=Decimal(1), by=by),
        lambda by: probation.complete(referral, by=by),
        lambda by: probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=by),
        lambda by: probation.name_officer(referral, officer=officer, by=by),
        lambda by: probation.read_contact(referral, by=by),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call(stranger)
    assert status_of(referral) == Status.SENT


def test_a_task_that_has_not_left_yet_is_not_on_the_desk(highgate, provider, officer):
    referral = prepare(make_nomination(highgate, Status.ENDORSED), by=None)
    assert not referrals_on_desk(officer).exists()
    referral.message.state = State.SENT
    referral.message.save()
    assert referrals_on_desk(officer).get() == referral


def test_the_list_agrees_with_the_permission(highgate, kilburn_brent, provider, officer, stranger, referral):
    other = make_referral(kilburn_brent, provider=make_provider("north"))
    for person in (officer, stranger):
        allowed = {found for found in (referral, other) if person.has_perm("payback.referral.view", found)}
        assert set(referrals_on_desk(person)) == allowed
        assert len(allowed) == 1


def test_one_and_three_tasks_take_as_many_queries(highgate, provider, officer, referral):
    one = queries_in(lambda: desk_rows(referrals_on_desk(officer)))
    for _ in range(2):
        make_referral(highgate, provider=provider)
    three = queries_in(lambda: desk_rows(referrals_on_desk(officer)))
    assert len(desk_rows(referrals_on_desk(officer))) == 3
    assert one == three


def test_silence_is_counted_in_days(referral, officer):
    nomination = referral.nomination
    nomination.changed_at = timezone.now() - timedelta(days=34)
    nomination.save()
    [row] = desk_rows(referrals_on_desk(officer))
    assert row.waits_days == 34


def test_what_only_probation_can_fill_in_is_said(desk, referral):
    assert task_shown(referral).only_probation == [
        "provider code", "team code", "project type", "project code", "pick-up point"
    ]  # fmt: skip
    assert "Only you can fill these in" in desk.get(address(referral)).content.decode()


def test_a_task_sent_straight_into_its_system_is_on_the_desk_too(highgate, site_client, sandbox):
    provider = make_provider(
        board=highgate.borough.board, transport=Transport.HTTPS, destination="probation", **CODES
    )
    referral = make_referral(highgate, provider=provider)
    page = site_client(None, make_officer(provider)).get(address(referral)).content.decode()
    assert referral.project_code
    assert referral.project_code in page


def test_nothing_on_the_desk_shows_the_nominator(site_client, highgate, provider, officer):
    referral = make_referral(highgate, provider=provider, **MARKERS)
    client = site_client(None, officer)
    pages = [
        "/desk/probation/",
        "/desk/probation/sheet/",
        *[address(referral, path) for path in PATHS[:1] + PATHS[6:12]],
    ]
    texts = [client.get(path).content.decode() for path in pages]
    texts.append(client.post("/desk/probation/sheet/download/").content.decode())
    assert [planted_in(text) for text in texts] == [[] for _ in texts]
    assert "Clear the alley behind the shops" in texts[0]


def test_the_contact_is_shown_to_the_named_officer_alone_by_post_and_on_record(
    site_client, highgate, provider, officer
):
    referral = make_referral(highgate, provider=provider, **MARKERS)
    lead = make_officer(provider, kind=ProviderRoleKind.LEAD)
    assert site_client(None, officer).post(address(referral, "contact/")).status_code == 404
    site_client(None, lead).post(address(referral, "officer/"), {"officer": str(officer.public_id)})
    named = site_client(None, officer)
    assert named.get(address(referral, "contact/")).status_code == 405
    page = named.post(address(referral, "contact/")).content.decode()
    assert "PLANTED-NAME" in page
    assert planted_in(named.get(address(referral)).content.decode()) == []
    assert site_client(None, lead).post(address(referral, "contact/")).status_code == 404
    assert AuditEvent.objects.filter(event="payback.referral.contact_read").count() == 1


def test_without_consent_no_officer_is_named(site_client, highgate, provider, officer):
    referral = make_referral(highgate, provider=provider, may_pass_contact=False)
    lead = make_officer(provider, kind=ProviderRoleKind.LEAD)
    assert site_client(None, lead).get(address(referral, "officer/")).status_code == 404
    with pytest.raises(ValidationError):
        probation.name_officer(referral, officer=officer, by=lead)


def test_get_changes_nothing(desk, referral):
    for path in ("acknowledge/", "assess/", "complete/", "contact/"):
        assert desk.get(address(referral, path)).status_code == 405
    assert status_of(referral) == Status.SENT


def test_photos_are_for_the_provider_that_has_the_task(site_client, referral, officer, stranger):
    probation.accept(referral, project_code="N07A", by=officer)
    photo = probation.add_work_photo(referral, file=picture(), kind=PhotoKind.BEFORE, by=officer)
    url = address(referral, f"photos/{photo.pk}/")
    desk = site_client(None, officer)
    assert url in desk.get(address(referral)).content.decode()
    shown = desk.get(url)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in shown["Cache-Control"]
    assert site_client(None, stranger).get(url).status_code == 404
    assert site_client(None).get(url).status_code == 302


@pytest.mark.parametrize("agreed", [True, False])
def test_the_nominators_photo_is_passed_on_where_they_agreed(
    site_client, highgate, provider, officer, agreed
):
    referral = make_referral(highgate, provider=provider, may_pass_photos=agreed)
    photo = Photo.objects.create(nomination=referral.nomination, kind=PhotoKind.PLACE)
    photo.original = store_file(
        picture(), owner=photo, kinds=RASTERS, by=None, board=referral.nomination.board_id
    )
    photo.save()
    answer = site_client(None, officer).get(address(referral, f"photos/{photo.pk}/"))
    assert answer.status_code == (200 if agreed else 404)


def test_five_photos_of_a_kind_are_too_many(referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    for _ in range(4):
        probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=officer)
    with pytest.raises(ValidationError):
        probation.add_work_photo(referral, file=picture(), kind=PhotoKind.AFTER, by=officer)
    with pytest.raises(ValidationError):
        probation.add_work_photo(referral, file=picture(), kind=PhotoKind.PLACE, by=officer)


def test_what_is_no_photo_is_said_at_the_field(desk, referral, officer):
    probation.accept(referral, project_code="N07A", by=officer)
    page = desk.post(
        address(referral, "photo/"),
        {"kind": "after", "file": SimpleUploadedFile("x.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")},
    ).content.decode()
    assert "govuk-error-message" in page
    assert Photo.objects.count() == 0

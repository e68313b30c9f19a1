"""The panel desk: plan, moderate, extend, adopt; another board's chair finds nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from snb.audit.models import AuditEvent
from snb.notices.models import Told
from tests import factories as make
from tests.wardpanels.conftest import cast_many, close, make_round, settle
from wardpanels import actions, queries
from wardpanels.actions.priorities import Adopted
from wardpanels.enums import Concern, OptionStatus, PriorityStatus, RoundStatus, SetBy
from wardpanels.models import Option, Priority, Round
from wardpanels.permissions import PERMISSIONS


def client_of(site_client, board, person):
    """Signed in, second factor used where the person has one to use."""
    client = site_client(board, person)
    make.use_second_factor(client, person)
    return client


def plan_fields(**fields) -> dict[str, object]:
    """What the plan form sends, London times."""
    now = timezone.localtime()
    stamp = "%Y-%m-%dT%H:%M"
    return {
        "title": "Winter 2026",
        "collects_at": (now + timedelta(days=1)).strftime(stamp),
        "opens_at": (now + timedelta(days=10)).strftime(stamp),
        "closes_at": (now + timedelta(days=24)).strftime(stamp),
        "picks": 3,
        "slots_vote": 2,
        "slots_panel": 0,
        "slots_police": 1,
        "methods": ["postcode", "code"],
        "minimum_age": 13,
    } | fields


def test_panel_chair_plans_and_announces_a_round(camden, cast, site_client):
    client = client_of(site_client, camden, cast.panel_chair)
    assert client.get("/desk/panel/highgate/").status_code == 200
    saved = client.post("/desk/panel/highgate/plan/", plan_fields())
    assert saved["Location"] == "/desk/panel/highgate/winter-2026/"
    client.post("/desk/panel/highgate/winter-2026/announce/")
    round_ = Round.objects.get()
    assert (round_.status, round_.announced_at is not None) == (RoundStatus.DRAFT, True)
    assert list(
        AuditEvent.objects.filter(event__startswith="wardpanels.")
        .order_by("pk")
        .values_list("event", flat=True)
    ) == [
        "wardpanels.round.planned",
        "wardpanels.round.announced",
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("closes_at", "2020-01-01T10:00", "Voting must close after it opens"),
        ("opens_at", "2020-01-01T10:00", "Voting must open in the future"),
        ("methods", [], "without one the round cannot open"),
        ("title", "", "Give the round a name."),
        ("picks", "0", "People can choose from 1 to 10"),
        ("picks", "99999999999999999999", "govuk-error-message"),
        ("opens_at", "soon", "Write a day and a time when voting opens."),
    ],
)
def test_bad_plans_are_said_at_the_field_with_what_was_typed(camden, cast, site_client, field, value, words):
    page = client_of(site_client, camden, cast.panel_chair).post(
        "/desk/panel/highgate/plan/", plan_fields(**{field: value})
    )
    html = page.content.decode()
    assert page.status_code == 200
    assert words in html
    assert "govuk-error-message" in html
    assert Round.objects.count() == 0
    if field != "title":
        assert 'value="Winter 2026"' in html


@pytest.mark.parametrize("month", [3, 10])
def test_times_are_london_times_over_a_change_of_clocks(camden, cast, month):
    """The last Sunday of March and of October: the hour a person writes is the hour that is shown."""
    from datetime import datetime

    from django.utils.timezone import make_aware

    opens = make_aware(datetime(2027, month, 20, 9, 0))
    closes = make_aware(datetime(2027, month, 31, 17, 0))
    round_ = actions.plan_round(
        make.make_panel(make.WardFactory(borough=camden.borough)),
        title="Clocks",
        opens_at=opens,
        closes_at=closes,
        methods=["postcode"],
        by=cast.panel_chair,
    )
    round_.refresh_from_db()
    assert (timezone.localtime(round_.opens_at).hour, timezone.localtime(round_.closes_at).hour) == (9, 17)
    assert round_.opens_at.utcoffset() == round_.closes_at.utcoffset()


def test_desk_is_not_found_for_everybody_else(camden, brent, cast, site_client, open_round):
    paths = [
        "/desk/panel/highgate/",
        "/desk/panel/highgate/plan/",
        "/desk/panel/highgate/autumn/",
        "/desk/panel/highgate/autumn/extend/",
    ]
    for person in (
        cast.resident,
        cast.member,
        cast.editor,
        cast.panel_member,
        cast.officer,
        cast.other_chair,
        cast.other_editor,
        cast.oversight,
    ):
        client = client_of(site_client, camden, person)
        for path in paths:
            assert client.get(path).status_code == 404, (person, path)
            assert client.post(path, {"reason": "x"}).status_code == 404, (person, path)
    for path in paths:
        assert client_of(site_client, brent, cast.other_chair).get(path).status_code == 404
        assert client_of(site_client, brent, cast.panel_chair).get(path).status_code == 404


def test_matrix_of_permissions(cast, open_round):
    """Every role × permission, for an open round of Highgate."""
    everyone = set(cast.by_name)
    chairs = {"panel_chair"}
    officers = {"chair", "secretary"}
    expected = {
        "wardpanels.round.view": everyone,
        "wardpanels.round.plan": chairs | officers,
        "wardpanels.round.moderate": chairs,
        "wardpanels.round.annul": chairs | officers,
        "wardpanels.option.suggest": set(),
        "wardpanels.priority.adopt": chairs,
    }
    found = {
        name: {who for who, user in cast.by_name.items() if user.has_perm(name, open_round)}
        for name in PERMISSIONS
    }
    assert found == expected


@pytest.mark.parametrize("state", [RoundStatus.DRAFT, RoundStatus.COLLECTING, RoundStatus.VOTING])
def test_rounds_visible_to_agrees_with_the_view_permission(cast, camden, highgate, state):
    make_round(highgate, status=state, announced_at=None if state == RoundStatus.DRAFT else timezone.now())
    for user in cast.everyone:
        allowed = {
            round_.pk
            for round_ in Round.objects.select_related("ward__borough")
            if user.has_perm("wardpanels.round.view", round_)
        }
        assert {round_.pk for round_ in queries.rounds_visible_to(user, camden)} == allowed


def test_only_residents_suggest_and_only_while_collecting(cast, collecting_round, highgate):
    with pytest.raises(PermissionDenied):
        actions.suggest_option(collecting_round, concern="asb", text="Loud bikes", why="", by=cast.resident)
    settle(cast.resident, highgate)
    option = actions.suggest_option(
        collecting_round, concern="asb", text="  Loud   bikes ", why="At night", by=cast.resident
    )
    assert (option.text, option.status) == ("Loud bikes", OptionStatus.SUGGESTED)
    with pytest.raises(ValidationError, match="on the list already"):
        actions.suggest_option(collecting_round, concern="asb", text="loud bikes", why="", by=cast.resident)


def test_rejected_suggestion_stays_listed_with_the_reason_and_its_author_is_told(
    cast, camden, collecting_round, highgate, site_client
):
    settle(cast.resident, highgate)
    option = actions.suggest_option(
        collecting_round, concern="other", text="Mr Smith at number 9", why="", by=cast.resident
    )
    with pytest.raises(ValidationError, match="Say why"):
        actions.reject_option(option, reason=" ", by=cast.panel_chair)
    actions.reject_option(option, reason="It names a person.", withheld=True, by=cast.panel_chair)
    page = site_client(camden).get("/wards/highgate/options/autumn/").content.decode()
    assert "It names a person." in page
    assert "Mr Smith" not in page
    told = Told.objects.get()
    assert (told.person, told.topic) == (cast.resident, "suggestion_decided")
    assert "Smith" not in str(told.context)


def test_merging_twins(cast, collecting_round, highgate):
    settle(cast.resident, highgate)
    twin = actions.suggest_option(
        collecting_round, concern="drugs", text="Drug dealing", why="", by=cast.resident
    )
    into = Option.objects.get(round=collecting_round, code="drugs")
    merged = actions.merge_option(twin, into=into, by=cast.panel_chair)
    assert (merged.status, merged.merged_into) == (OptionStatus.MERGED, into)
    assert twin.pk not in {option.pk for option in queries.options_of(collecting_round)}
    with pytest.raises(ValidationError, match="on this ballot"):
        actions.merge_option(into, into=into, by=cast.panel_chair)


def closed_round(open_round) -> Round:
    """Drugs and ASB won; burglary did not."""
    cast_many(open_round, [("asb", "drugs")] * 8 + [("drugs",)] * 4 + [("burglary",)] * 6)
    return close(open_round)


def test_winners_become_the_wards_priorities(cast, camden, open_round, site_client):
    closed = closed_round(open_round)
    client = client_of(site_client, camden, cast.panel_chair)
    done = client.post(
        "/desk/panel/highgate/autumn/adopt/",
        {
            "winners": ["drugs", "asb"],
            "police_1": "Shoplifting on the parade",
            "police_1_concern": "other",
            "reason": "",
        },
    )
    assert done.status_code == 302
    assert Round.objects.get().status == RoundStatus.ADOPTED
    assert sorted(Priority.objects.values_list("text", "set_by", "status")) == [
        ("Anti-social behaviour", SetBy.VOTE, PriorityStatus.ADOPTED),
        ("Drugs", SetBy.VOTE, PriorityStatus.ADOPTED),
        ("Shoplifting on the parade", SetBy.POLICE, PriorityStatus.ADOPTED),
    ]
    assert "Shoplifting on the parade" in site_client(camden).get("/wards/highgate/").content.decode()
    assert all((priority.review_by - priority.adopted_on).days <= 92 for priority in Priority.objects.all())
    assert site_client(camden).get(closed.get_absolute_url()).status_code == 200


def test_the_ward_page_shows_what_was_adopted_last_and_nothing_an_annulled_vote_set(
    cast, open_round, highgate
):
    closed = closed_round(open_round)
    drugs = Option.objects.get(round=closed, code="drugs")
    before = timezone.localdate() - timedelta(days=80)
    actions.adopt_priorities(
        closed,
        [
            Adopted(SetBy.VOTE, drugs.text, Concern.DRUGS, drugs),
            Adopted(SetBy.POLICE, "Shoplifting", Concern.OTHER),
        ],
        reason="The other winner is in hand.",
        on=before,
        by=cast.panel_chair,
    )
    newer = closed_round(make_round(highgate, slug="winter", title="Winter"))
    actions.adopt_priorities(
        newer, [Adopted(SetBy.POLICE, "Mopeds", Concern.TRAFFIC)], reason="Mopeds first.", by=cast.panel_chair
    )
    shown = queries.vote_of_ward(highgate)
    assert [priority.text for priority in shown.priorities] == ["Mopeds"]
    assert sorted(priority.text for priority in shown.earlier) == ["Drugs", "Shoplifting"]
    actions.ask_annulment(closed, reason="Codes were lost.", by=cast.panel_chair)
    actions.agree_annulment(closed, by=cast.chair)
    assert [priority.text for priority in queries.vote_of_ward(highgate).earlier] == ["Shoplifting"]


def test_leaving_out_a_winner_needs_a_public_reason(cast, open_round):
    closed = closed_round(open_round)
    drugs = Option.objects.get(round=closed, code="drugs")
    only = [Adopted(SetBy.VOTE, drugs.text, Concern.DRUGS, drugs)]
    with pytest.raises(ValidationError, match="leaving out a winner"):
        actions.adopt_priorities(closed, only, by=cast.panel_chair)
    assert (
        len(
            actions.adopt_priorities(
                closed, only, reason="The council has moved the bins.", by=cast.panel_chair
            )
        )
        == 1
    )


def test_a_loser_is_never_adopted_as_set_by_the_vote(cast, open_round):
    closed = closed_round(open_round)
    burglary = Option.objects.get(round=closed, code="burglary")
    with pytest.raises(ValidationError, match="Only a winner"):
        actions.adopt_priorities(
            closed,
            [Adopted(SetBy.VOTE, burglary.text, Concern.BURGLARY, burglary)],
            reason="x",
            by=cast.panel_chair,
        )


def test_board_chair_does_not_adopt_for_the_panel(cast, open_round):
    closed = closed_round(open_round)
    drugs = Option.objects.get(round=closed, code="drugs")
    with pytest.raises(PermissionDenied):
        actions.adopt_priorities(
            closed, [Adopted(SetBy.VOTE, drugs.text, Concern.DRUGS, drugs)], reason="x", by=cast.chair
        )


def test_residents_are_told_once_that_voting_opened_and_closed(cast, open_round, highgate):
    settle(cast.resident, highgate)
    assert (actions.tell_of_rounds(), actions.tell_of_rounds()) == (1, 0)
    cast_many(open_round, [("drugs",)] * 12)
    closed = close(open_round)
    assert (actions.tell_of_rounds(), actions.tell_of_rounds()) == (1, 0)
    told = Told.objects.get(topic="voting_closed")
    assert told.context["result"] == closed.result_sha256


def test_announcing_without_options_or_suggestions_is_refused(cast, highgate):
    round_ = make_round(
        highgate,
        status=RoundStatus.DRAFT,
        announced_at=None,
        collects_at=None,
        opens_at=timezone.now() + timedelta(days=2),
        closes_at=timezone.now() + timedelta(days=9),
    )
    Option.objects.all().delete()
    with pytest.raises(ValidationError, match="at least two options"):
        actions.announce_round(round_, by=cast.panel_chair)

"""Casting: one person one vote, sealed, and no trace beside the roll and the box."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from snb.audit.models import AuditEvent
from snb.people.models import PrintedCode
from tests.wardpanels.conftest import cast_many, close, end_voting, make_round, settle, voter
from wardpanels import actions, queries
from wardpanels import calculations as count
from wardpanels.enums import OptionStatus, RoundStatus
from wardpanels.errors import VoteRefused
from wardpanels.models import Ballot, CountedBallot, Option, Receipt, RollEntry, RollMark, Round


def rows_by_table() -> dict[str, int]:
    """How many rows every table of the database holds."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts


def test_casting_leaves_a_trace_in_roll_and_box_only(open_round):
    """Rule 2: no audit event, task, email, session; no other table gains a row."""
    before = rows_by_table()
    actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))
    after = rows_by_table()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {model._meta.db_table for model in (RollEntry, RollMark, Ballot)}
    assert mail.outbox == []


def test_ballot_view_writes_no_session_for_a_voter_with_a_code(open_round, camden, site_client):
    """Rule 2: choices travel as POST fields, never in a session."""
    client = site_client(camden)
    response = client.post("/wards/highgate/vote/", {"choices": ["drugs", "asb"]})
    assert response.context["choices"] == ["drugs", "asb"]
    assert 'name="choices" value="drugs"' in response.content.decode()
    assert Session.objects.count() == 0
    assert "snb_session" not in client.cookies


def test_choices_are_sealed_and_of_one_length(open_round):
    """Rule 3: a dump shows no choice, and a length says nothing."""
    cast_many(open_round, [("drugs",), ("asb", "burglary", "drugs")])
    sealed = [bytes(data) for data in Ballot.objects.values_list("sealed", flat=True)]
    assert len({len(data) for data in sealed}) == 1
    assert not any(word.encode() in data for data in sealed for word in ("drugs", "asb", "burglary"))


def test_a_sealed_ballot_moved_to_another_key_does_not_open(open_round):
    cast_many(open_round, [("drugs",), ("asb",)])
    first, second = Ballot.objects.all()
    with pytest.raises(InvalidTag):
        count.unseal(open_round.secret, first.key, bytes(second.sealed))


def test_voting_again_replaces_and_keeps_the_receipt(open_round):
    """Rules 4 and 7: an upsert; a second click, tab or lost answer gives the same state."""
    first = actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))
    again = actions.cast_vote(open_round.pk, ["asb", "traffic"], voter=voter(1))
    assert (first.receipt, False, True) == (again.receipt, first.replaced, again.replaced)
    assert RollEntry.objects.count() == Ballot.objects.count() == 1
    cast_many(open_round, [("knife",)] * 10, start=10)
    closed = close(open_round)
    assert CountedBallot.objects.filter(round=closed).count() == 11


@pytest.mark.parametrize(
    "other",
    [
        {"accounts": ("account-2",), "email": "v1@example.org"},
        {"accounts": ("account-1",), "email": "renamed@example.org"},
        {"accounts": ("account-9", "account-1"), "email": "again@example.org"},
    ],
    ids=[
        "registered again with the same address",
        "address changed",
        "deleted and registered with the changed address",
    ],
)
def test_deleting_renaming_or_registering_again_frees_no_vote(open_round, other):
    """Rule 6."""
    first = actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))
    again = actions.cast_vote(open_round.pk, ["asb"], voter=voter(1, **other))
    assert again.replaced
    assert again.receipt == first.receipt
    assert Ballot.objects.count() == 1


def test_account_deleted_and_made_again_through_the_real_actions_is_one_vote(
    open_round, highgate, cast, settings
):
    """Rule 6, from end to end: the address was changed in between."""
    from snb.people.actions import delete_account
    from snb.people.models import User

    settle(cast.resident, highgate)
    actions.cast_vote(open_round.pk, ["drugs"], voter=queries.voter_of(open_round, cast.resident))
    cast.resident.email = "changed@example.org"
    cast.resident.save()
    delete_account(cast.resident, by=cast.resident)
    back = User.objects.create_user("Changed+tag@example.org")
    settle(back, highgate)
    assert actions.cast_vote(open_round.pk, ["asb"], voter=queries.voter_of(open_round, back)).replaced
    assert Ballot.objects.count() == 1


def test_choices_off_the_ballot_are_refused(open_round):
    Option.objects.filter(round=open_round, code="knife").update(
        status=OptionStatus.REJECTED, reason="Named somebody."
    )
    for choices in (["parking"], ["knife"], ["drugs", "'; DROP TABLE"], ["drugs", "\x00"]):
        with pytest.raises(VoteRefused, match="not on the ballot any more"):
            actions.cast_vote(open_round.pk, choices, voter=voter(1))
    assert Ballot.objects.count() == RollEntry.objects.count() == RollMark.objects.count() == 0


@pytest.mark.parametrize(
    ("choices", "words"),
    [([], "at least one"), (["drugs", "asb", "traffic", "knife"], "3 at most; you chose 4")],
)
def test_number_of_choices(open_round, choices, words):
    with pytest.raises(VoteRefused, match=words):
        actions.cast_vote(open_round.pk, choices, voter=voter(1))


def test_votes_outside_the_times_are_refused_with_a_sentence_that_fits(open_round):
    """Rule 7: after closes_at votes are refused, even while no worker has closed the round."""
    end_voting(open_round)
    with pytest.raises(VoteRefused, match="closed a moment ago"):
        actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))
    Round.objects.filter(pk=open_round.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(VoteRefused, match="Voting has closed"):
        actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))
    actions.close_round(open_round.pk)
    with pytest.raises(VoteRefused, match="Voting has closed"):
        actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))


def test_a_vote_before_opening_is_refused(collecting_round):
    with pytest.raises(VoteRefused, match="has not opened yet"):
        actions.cast_vote(collecting_round.pk, ["drugs"], voter=voter(1))


def test_votes_beyond_ten_from_one_postcode_are_held_until_a_printed_code(open_round):
    """Rule 6: taken, not counted, and they say so at once."""
    done = [
        actions.cast_vote(open_round.pk, ["drugs"], voter=voter(number, postcode="one-house"))
        for number in range(60)
    ]
    assert [vote.held for vote in done] == [False] * 10 + [True] * 50
    released = actions.confirm_held_vote(
        open_round.pk, voter=voter(30, postcode="one-house", code="code-1", method="code")
    )
    assert not released.held
    assert released.receipt == done[30].receipt
    closed = close(open_round)
    assert (closed.turnout, closed.held) == (11, 49)
    assert set(Receipt.objects.values_list("code", flat=True)) == {
        vote.receipt for vote in [*done[:10], done[30]]
    }


def test_votes_beyond_five_from_one_private_mail_domain_are_held(open_round):
    """Rule 6."""
    done = [
        actions.cast_vote(open_round.pk, ["drugs"], voter=voter(number, domain="mine.example"))
        for number in range(7)
    ]
    assert [vote.held for vote in done] == [False] * 5 + [True] * 2


def test_voting_again_does_not_release_a_held_vote(open_round):
    for number in range(10):
        actions.cast_vote(open_round.pk, ["drugs"], voter=voter(number, postcode="one-house"))
    assert actions.cast_vote(open_round.pk, ["drugs"], voter=voter(11, postcode="one-house")).held
    assert actions.cast_vote(open_round.pk, ["asb"], voter=voter(11, postcode="another-house")).held


def test_shared_mail_providers_are_not_private_domains(open_round, cast, highgate):
    settle(cast.resident, highgate)
    cast.resident.email = "someone@gmail.com"
    assert queries.voter_of(open_round, cast.resident).domain == ""
    cast.resident.email = "someone@mine.example"
    assert queries.voter_of(open_round, cast.resident).domain == "mine.example"


def test_one_printed_code_cannot_serve_two_people(open_round):
    """Rule 6: the roll holds a mark for the code."""
    actions.cast_vote(
        open_round.pk, ["drugs"], voter=voter(1, accounts=(), email="", code="code-1", method="code")
    )
    actions.cast_vote(open_round.pk, ["asb"], voter=voter(2))
    with pytest.raises(VoteRefused, match="already been used"):
        actions.cast_vote(open_round.pk, ["asb"], voter=voter(2, code="code-1"))
    assert Ballot.objects.count() == 2


def test_a_changed_ward_counts_only_in_rounds_opened_afterwards(open_round, cast, highgate):
    """Rule 6."""
    settle(cast.resident, highgate, is_change=True, since=timezone.now())
    state = queries.eligibility(open_round, cast.resident)
    assert not state.may_vote
    assert "from the next round on" in state.why


def test_a_newcomer_may_vote_in_an_open_round(open_round, cast, highgate):
    settle(cast.resident, highgate, since=timezone.now())
    assert queries.eligibility(open_round, cast.resident).may_vote


def test_printed_code_alone_votes_once_and_again_only_in_its_round(open_round, cast, highgate, camden):
    """A printed code alone is enough, without an account; the day is kept, never the time."""
    from snb.people.actions import confirm_batch, make_batch, print_batch

    batch = make_batch(highgate, count=2, by=cast.chair)
    code, _other = print_batch(confirm_batch(batch, by=cast.secretary), by=cast.chair)
    first = actions.cast_vote(
        open_round.pk, ["drugs"], voter=queries.voter_by_code(open_round, code.lower().replace("-", " "))
    )
    again = actions.cast_vote(open_round.pk, ["asb"], voter=queries.voter_by_code(open_round, code))
    assert (again.receipt, again.replaced) == (first.receipt, True)
    used = PrintedCode.objects.get(used_on__isnull=False)
    assert used.used_on == timezone.localdate()
    close(open_round)
    next_round = make_round(highgate, slug="winter")
    with pytest.raises(ValidationError, match="used already"):
        queries.voter_by_code(next_round, code)


def test_casting_writes_no_audit_event(open_round):
    """Rule 2: the one action without one."""
    before = AuditEvent.objects.count()
    actions.cast_vote(open_round.pk, ["drugs"], voter=voter(1))
    assert AuditEvent.objects.count() == before


def test_downloading_ones_data_leaves_an_open_vote_out(open_round, cast, highgate):
    """Rule 10."""
    from snb.people.queries import data_of

    settle(cast.resident, highgate)
    done = actions.cast_vote(open_round.pk, ["drugs"], voter=queries.voter_of(open_round, cast.resident))
    text = str(data_of(cast.resident))
    assert done.receipt not in text
    assert "wardpanels" not in text


def test_no_model_links_a_person_to_roll_or_box():
    user = apps.get_model("people.user")
    for model in (RollEntry, RollMark, Ballot, CountedBallot, Receipt):
        assert [field.name for field in model._meta.get_fields() if field.related_model is user] == []


def test_receipts_have_eighty_bits():
    codes = {count.receipt_code("ab" * 32, str(number)) for number in range(2000)}
    assert len(codes) == 2000
    assert all(len(code.replace("-", "")) == 16 and set(code) <= set(count.CROCKFORD + "-") for code in codes)


def test_a_round_without_a_method_cannot_open(highgate):
    with pytest.raises(ValidationError):
        make_round(highgate, status=RoundStatus.VOTING, methods=[])

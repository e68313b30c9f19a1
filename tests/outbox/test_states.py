"""Whatever happens in whatever order, a message only ever moves along the table, and none is sent twice
unasked.
"""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from snb.outbox import actions, adapters
from snb.outbox.adapters import Asked, Outcome
from snb.outbox.enums import DUE, OVER, TRANSITIONS, Answer, Result, State
from snb.outbox.models import OutboxMessage


def reachable(before: State, after: State) -> bool:
    """Whether a way of any length leads from one to the other."""
    seen, todo = {before}, [before]
    while todo:
        for state in TRANSITIONS[todo.pop()] - seen:
            seen.add(state)
            todo.append(state)
    return after in seen


class Keeper:
    """A receiver that keeps our reference, and does as the machine says with each sending and each
    question.
    """

    def __init__(self):
        self.kept, self.clear, self.result = False, True, "acknowledged"

    def send(self, message) -> Outcome:
        """Take it in, or not; and answer, or not."""
        assert not self.kept, "sent again although the receiver has it"
        self.kept = self.result in {"acknowledged", "lost"}
        return Outcome(Result.UNKNOWN if self.result == "lost" else Result(self.result))

    def ask(self, message) -> Asked:
        """Say whether it is there."""
        return Asked((Answer.TAKEN if self.kept else Answer.NOT_TAKEN) if self.clear else Answer.UNKNOWN)


class Outbox(RuleBasedStateMachine):
    """One message, one receiver, and everything that can happen to them."""

    def __init__(self):
        super().__init__()
        self.now, self.state, self.leases = timezone.now() + timedelta(minutes=5), State.QUEUED, []
        self.receiver = Keeper()
        adapters.register_transport("post", self.receiver)
        key = uuid.uuid4().hex
        self.message = actions.enqueue(channel="post", destination=key, payload=b"x", reference=key)

    def teardown(self):
        """Leave nothing for the next example's receiver."""
        OutboxMessage.objects.all().delete()

    def row(self) -> OutboxMessage:
        """The message as the database has it."""
        return OutboxMessage.objects.get(pk=self.message.pk)

    @rule(hours=st.integers(0, 30))
    def wait(self, hours):
        """Time passes."""
        self.now += timedelta(hours=hours)

    @rule(
        result=st.sampled_from(["acknowledged", "failed", "unknown", "lost", "refused"]), clear=st.booleans()
    )
    def sweep(self, result, clear):
        """A worker does its work; it would raise nothing, so what the receiver asserts is looked at here."""
        self.receiver.result, self.receiver.clear = result, clear
        actions.sweep(now=self.now)
        assert self.row().last_error != "AssertionError"

    @rule()
    def die_with_the_lease(self):
        """A worker takes the message and is not heard of for a while."""
        taken = actions.take_lease(self.row(), now=self.now) if self.row().state in DUE else None
        if taken:
            self.leases.append(taken)

    @precondition(lambda self: self.leases)
    @rule(result=st.sampled_from([Result.FAILED, Result.UNKNOWN, Result.REFUSED]))
    def wake_up_late(self, result):
        """It comes back, perhaps after others have had the message. In doubt it had only asked, and heard
        nothing clear.
        """
        lease = self.leases.pop()
        actions.finish(lease, Outcome(Result.UNKNOWN if lease.in_doubt else result), now=self.now)

    @rule(act=st.sampled_from([actions.resend, actions.cancel]))
    def person(self, act):
        """Somebody decides about a dead letter."""
        before = self.row().state
        try:
            act(self.message, by=Person())
        except ValidationError:
            return
        assert before == State.DEAD or (act is actions.cancel and before == State.QUEUED)

    @precondition(lambda self: self.receiver.kept)
    @rule()
    def webhook(self):
        """The receiver says that it has it."""
        try:
            actions.acknowledge(self.message)
        except ValidationError:
            assert self.state == State.CANCELLED

    @invariant()
    def moves_along_the_table(self):
        """However it got here, the table has a way."""
        after = State(self.row().state)
        assert after == self.state or reachable(self.state, after)
        assert self.state not in OVER or after == self.state
        self.state = after

    @invariant()
    def nothing_the_receiver_has_is_thought_unsent(self):
        """What the receiver has is done, in doubt, or dead in doubt; never simply waiting."""
        row = self.row()
        if self.receiver.kept and row.state in {State.QUEUED, State.DEAD}:
            assert row.in_doubt


class Person:
    """Whoever acts, and may."""

    public_id = uuid.uuid4()

    def has_perm(self, perm, obj=None) -> bool:
        """Oversight's answer."""
        return True


def test_messages_move_along_the_table(db, transport):
    run_state_machine_as_test(
        Outbox, settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )

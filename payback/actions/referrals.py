"""Preparing a referral: the row, its frozen payload and its outbox message, in the transaction that endorses."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback import calculations
from payback.actions.progress import move
from payback.actions.sending import locked_with_task
from payback.enums import Ended, Status, Transport
from payback.errors import NoProvider
from payback.models import Contract, Nomination, Provider, Referral
from payback.queries import facts_of
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.outbox.actions import cancel, enqueue
from snb.outbox.enums import State
from snb.outbox.tasks import nudge

if TYPE_CHECKING:
    from snb.audit.actions import Actor
    from snb.outbox.models import OutboxMessage

CHANNELS = {transport: f"payback.{transport.value}" for transport in Transport}
"""Transport to the outbox channel its messages go by."""
TAKEN_BACK = "payback.taken_back"
"""The outbox channel of the notice that a task is taken back."""
NOTICE = timedelta(days=28)
"""How long probation needs at least before a task can start."""
EARLY = (Status.ENDORSED, Status.SENT, Status.ACKNOWLEDGED, Status.ASSESSING, Status.MORE_INFO)
"""States in which a provider has planned nothing yet, so that the task can still go to another."""


def current_contract(nomination: Nomination) -> Contract | None:
    """The contract under which a task of this borough goes today; the newest where two overlap."""
    found = Contract.objects.current().filter(board=nomination.board_id)
    return found.select_related("provider").order_by("-since", "-pk").first()


@transaction.atomic
def prepare(nomination: Nomination, *, by: Actor | None) -> Referral:
    """Write the referral of an endorsed nomination and put its message into the outbox. Prepared already: nothing changes.

    Call it inside the transaction that endorses, after the nomination is saved. Its bytes are frozen here; whatever changes in
    the nomination afterwards changes nothing in them.

    Raises:
        NoProvider: no provider has a contract for the borough today.
    """
    standing = nomination.referrals.open().first()
    if standing is not None:
        return standing
    contract = current_contract(nomination)
    if contract is None:
        raise NoProvider(_("No provider of Community Payback has a contract for this borough today."))
    provider = contract.provider
    number = nomination.referrals.count() + 1
    reference = f"{nomination.reference}-{number}"
    transport = transport_of(provider)
    project_code = project_code_of(nomination, provider, number) if transport == Transport.HTTPS else ""
    payload = payload_of(nomination, provider, transport, reference=reference, project_code=project_code)
    message = enqueue(
        channel=CHANNELS[transport],
        destination=f"{transport.value}:{provider.destination or provider.slug}",
        payload=payload,
        reference=reference,
        idempotency_key=reference,
        board=nomination.board_id,
    )
    referral = Referral.objects.create(
        nomination=nomination,
        provider=provider,
        reference=reference,
        project_code=project_code,
        transport=transport,
        payload=payload,
        payload_sha256=hashlib.sha256(payload).hexdigest(),
        message=message,
    )
    record(
        Event.REFERRAL_PREPARED,
        referral,
        by=by,
        board=nomination.board_id,
        provider=provider.slug,
        transport=transport.value,
        sha256=referral.payload_sha256,
    )
    nudge.enqueue()
    return referral


def transport_of(provider: Provider) -> Transport:
    """How a provider takes tasks in today: without its codes or an entry in the settings, its desk."""
    chosen = Transport(provider.transport)
    if chosen == Transport.HTTPS and not (
        provider.has_codes and provider.destination in settings.PAYBACK_DESTINATIONS
    ):
        return Transport.DESK
    if chosen == Transport.EMAIL and not provider.inbox:
        return Transport.DESK
    return chosen


def project_code_of(nomination: Nomination, provider: Provider, number: int) -> str:
    """Our own fixed code, which begins with the provider's: `N077K3MQ9H`; a later referral has its number behind it."""
    code = f"{provider.provider_code}{nomination.reference.removeprefix('CP-')}"
    return code if number == 1 else f"{code}{number}"


def payload_of(
    nomination: Nomination, provider: Provider, transport: Transport, *, reference: str, project_code: str
) -> bytes:
    """The bytes of a referral: codes and the screeners' words, never anything the nominator wrote."""
    today = timezone.localdate()
    task = calculations.Task(
        reference=reference,
        title=nomination.public_title,
        words=nomination.public_words,
        place=nomination.public_place or str(nomination.ward),
        brief=nomination.brief,
        board=str(nomination.board),
        board_email=nomination.board.contact_email,
        ward=f"{nomination.ward}, {nomination.board.borough}",
        endorsed_on=timezone.localdate(nomination.endorsed_at) if nomination.endorsed_at else today,
        start_on=max(nomination.not_before or today, today + NOTICE),
        hi_vis=provider.hi_vis,
        facts=tuple(facts_of(nomination)),
    )
    codes = calculations.ProviderCodes(
        provider=provider.provider_code,
        team=provider.team_code,
        pdu=provider.pdu_code,
        lau=provider.lau_code,
        project_type=provider.project_type_code,
        pickup_point=provider.pickup_point_code,
        project=project_code,
    )
    if transport == Transport.HTTPS:
        return calculations.https_payload(task, codes)
    return calculations.desk_payload(task, codes)


@transaction.atomic
def end_referral(referral: Referral, ended: Ended, *, by: Actor | None) -> Referral:
    """Close a referral; ended already: nothing changes. The task's state is moved by whoever calls."""
    referral = (
        Referral.objects.select_for_update(of=("self",)).select_related("nomination").get(pk=referral.pk)
    )
    if referral.ended:
        return referral
    referral.ended, referral.ended_at, referral.named_officer = ended, timezone.now(), None
    referral.save(update_fields=["ended", "ended_at", "named_officer", "refusal", "refusal_words"])
    record(Event.REFERRAL_ENDED, referral, by=by, board=referral.nomination.board_id, ended=ended.value)
    return referral


def call_back(referral: Referral) -> None:
    """Keep a message here that has not left; of what may have left, whoever may have it is told."""
    if referral.message is None:
        return
    try:
        with transaction.atomic():
            cancel(referral.message, by=None)
    except ValidationError:
        tell_taken_back(referral)


def tell_taken_back(referral: Referral) -> None:
    """A notice to whoever may have a task in a system or an inbox of their own that the board takes it back; once.

    The desk shows it by itself. Where there is no inbox to write to, the notice becomes a dead letter, and a person tells them.
    """
    if referral.transport == Transport.DESK and not referral.provider.inbox:
        return
    enqueue(
        channel=TAKEN_BACK,
        destination=f"taken_back:{referral.provider.slug}",
        payload=json.dumps({"reference": referral.reference, "project_code": referral.project_code}).encode(),
        reference=referral.reference,
        board=referral.nomination.board_id,
    )
    nudge.enqueue()


def hand_on_ended_contracts() -> int:
    """For the timetable: a task whose provider has no contract for the borough any more goes to the one that has.

    Work that is planned or under way goes on with the old provider until it says otherwise. Returns how many were handed on.
    """
    waiting = Referral.objects.open().filter(nomination__status__in=EARLY).defer("payload")
    return sum(handed_on(referral) for referral in waiting)


@transaction.atomic
def handed_on(referral: Referral) -> bool:
    """End a referral whose contract has ended and prepare the next one; False where nothing is to do."""
    nomination, referral = locked_with_task(referral)
    if referral.ended or nomination.status not in EARLY:
        return False  # accepted or taken back since the list was read
    contract = current_contract(nomination)
    standing = (
        Contract.objects.current().filter(board=nomination.board_id, provider=referral.provider_id).exists()
    )
    if standing or contract is None or contract.provider_id == referral.provider_id:
        return False
    call_back(referral)
    end_referral(referral, Ended.CONTRACT, by=None)
    if nomination.status != Status.ENDORSED:
        nomination = move(nomination, Status.ENDORSED, by=None)
    prepare(nomination, by=None)
    return True


def prepare_again(message: OutboxMessage, by: Actor) -> OutboxMessage | None:
    """Renew a dead letter of the outbox: the referral ends, and the next one has today's provider, codes and way.

    Where the task was taken back meanwhile, the letter is only put away. Runs in the transaction of `outbox.actions.renew`.

    Raises:
        ValidationError: the letter is not dead any more or may have arrived, or nobody has a contract today.
    """
    referral = Referral.objects.filter(message=message).first()
    if referral is None:
        cancel(message, by=by, only_from={State.DEAD})
        return None
    nomination, referral = locked_with_task(referral)
    cancel(message, by=by, only_from={State.DEAD})
    if referral.ended:
        return None
    end_referral(referral, Ended.REPLACED, by=by)
    if nomination.status != Status.ENDORSED:
        nomination = move(nomination, Status.ENDORSED, by=by)
    return prepare(nomination, by=by).message

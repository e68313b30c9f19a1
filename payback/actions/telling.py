"""What happens to nominations by the clock: telling nominators, the question four weeks afterwards, and forgetting in time."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from payback import notifications
from payback.actions.nominators import forget
from payback.calculations import months_after
from payback.enums import AFTER, OVER, Asked, Status, Still, Tell
from payback.models import Nomination, Question
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.privacy.models import RetentionHold

logger = logging.getLogger(__name__)
UNTOLD = [Status.DRAFT, Status.SUBMITTED, Status.SENT, Status.WITHDRAWN]
"""States that are no news to a nominator; *screening* is only where there is a question to them."""


def tell_nominators(*, limit: int = 200) -> int:
    """For the timetable: tell nominators who wished it, once about each state. Returns how many were told."""
    asked = Question.objects.filter(
        nomination=OuterRef("pk"), asked=Asked.NOMINATOR, answered_at__isnull=True
    )
    waiting = (
        Nomination.objects.filter(tell=Tell.EMAIL, forgotten_at__isnull=True)
        .exclude(status__in=UNTOLD)
        .exclude(~Exists(asked), status=Status.SCREENING)
        .exclude(~Q(still=Still.ASKED), told_status=F("status"))
        .exclude(still__in=[Still.ASKED, Still.YES, Still.NO], told_status="still_asked")
        .order_by("changed_at")
        .values_list("pk", flat=True)[:limit]
    )
    told = 0
    for pk in list(waiting):
        try:
            told += notifications.send(pk) == "sent"
        except Exception as error:  # never its text: a mail server repeats the address in it
            logger.error("A nominator may not have been told (%s).", type(error).__name__)
    return told


def ask_afterwards() -> int:
    """For the timetable: four weeks after completion, ask those who agreed to be asked; once."""
    due = Nomination.objects.filter(
        status=Status.COMPLETED,
        still=Still.UNASKED,
        ended_at__lte=timezone.now() - AFTER,
        forgotten_at__isnull=True,
    )
    asked = 0
    for nomination in due.filter(may_ask_after=True)[:200]:
        with transaction.atomic():
            row = Nomination.objects.select_for_update().get(pk=nomination.pk)
            if row.still != Still.UNASKED:
                continue
            row.still = Still.ASKED
            row.save(update_fields=["still"])
            record(Event.AFTERCARE_ASKED, row, by=None, board=row.board_id)
        asked += 1
    return asked


def forget_in_time() -> int:
    """For the timetable: empty what nominators wrote, as many months after the end as they were told at the start.

    A hold keeps it.
    """
    held = set(
        RetentionHold.objects.current().filter(model="payback.nomination").values_list("object_id", flat=True)
    )
    today = timezone.localdate()
    done = 0
    for nomination in Nomination.objects.filter(
        status__in=OVER, forgotten_at__isnull=True, ended_at__isnull=False
    ):
        assert nomination.ended_at is not None
        if (
            today >= months_after(timezone.localdate(nomination.ended_at), nomination.retention_months)
            and str(nomination.pk) not in held
        ):
            try:
                forget(nomination, by=None)
            except Exception as error:  # one that fails keeps no other
                logger.error(
                    "Nomination %s could not be forgotten (%s).", nomination.reference, type(error).__name__
                )
            else:
                done += 1
    return done

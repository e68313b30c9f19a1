"""Telling a ward's residents and followers that voting opened, and what came of it, with the files' fingerprints."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from snb.notices.actions import tell_each
from snb.notices.enums import Interest, Topic
from snb.notices.queries import followers_of
from wardpanels.enums import RoundStatus
from wardpanels.models import Round

NEWS = timedelta(days=3)
"""Older news is not told any more: after a long standstill nobody wants a mail about last month."""


def tell_of_rounds() -> int:
    """Tell residents and followers of rounds that opened or closed lately. Killed in the middle it goes on where it was; nobody is told twice.

    Returns:
        Number of people told.
    """
    since = timezone.now() - NEWS
    told = 0
    for round_ in Round.objects.filter(
        status=RoundStatus.VOTING, told_opened_at=None, opened_at__gt=since
    ).select_related("ward__borough"):
        closes = date_format(timezone.localtime(round_.closes_at), "l j F, g:i a")
        told += tell_followers(
            round_, Topic.VOTING_OPENED, {"closes": closes, "url": f"{round_.ward.full_url}vote/"}
        )
        Round.objects.filter(pk=round_.pk).update(told_opened_at=timezone.now())
    for round_ in Round.objects.filter(
        status=RoundStatus.CLOSED, told_closed_at=None, closed_at__gt=since
    ).select_related("ward__borough"):
        hashes = json.loads(round_.result)["sha256"] if round_.result else {}
        context: dict[str, str] = {
            "url": round_.ward.borough.url(round_.get_absolute_url()),
            "ballots": hashes.get("ballots.txt", ""),
            "receipts": hashes.get("receipts.txt", ""),
            "result": round_.result_sha256,
        }
        told += tell_followers(round_, Topic.VOTING_CLOSED, context)
        Round.objects.filter(pk=round_.pk).update(told_closed_at=timezone.now())
    return told


def tell_followers(round_: Round, topic: Topic, context: dict[str, str]) -> int:
    """Tell everybody who lives in the ward or follows it."""
    return tell_each(
        followers_of(round_.ward, Interest.VOTES),
        topic,
        str(round_.pk),
        context={"ward": str(round_.ward), "round": round_.title, **context},
        interest=Interest.VOTES,
        ward=round_.ward,
    )

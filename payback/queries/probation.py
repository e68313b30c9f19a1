"""What a provider's people see: their own tasks, and nothing of who nominated them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from payback.calculations import ONLY_PROBATION
from payback.enums import Asked, Day, Ended, PhotoKind, Status, Transport
from payback.models import Photo, Provider, ProviderRole, Question, Referral
from snb.outbox.enums import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from payback.models.referrals import ReferralQuerySet
    from snb.people.models import User

WAITS_FOR_PROVIDER = (Status.ENDORSED, Status.SENT, Status.ACKNOWLEDGED, Status.ASSESSING)
"""States in which the provider is to say something."""


def providers_of(user: User) -> list[Provider]:
    """The providers a person works for today; one, as a rule."""
    roles = ProviderRole.objects.current().filter(person=user.pk)
    return list(Provider.objects.filter(pk__in=roles.values("provider")).order_by("name"))


def referrals_on_desk(user: User) -> ReferralQuerySet:
    """Every task that was handed to a provider the person works for, over or not."""
    roles = ProviderRole.objects.current().filter(person=user.pk)
    left = Q(sent_at__isnull=False) | Q(message__state__in=[State.SENT, State.ACKNOWLEDGED])
    return Referral.objects.filter(left, provider__in=roles.values("provider")).select_related(
        "nomination__board__borough", "nomination__ward", "provider", "message"
    )


@dataclass(frozen=True)
class DeskRow:
    """A task in the list."""

    pk: UUID
    reference: str
    title: str
    ward: str
    status: str
    status_label: str
    is_over: bool
    waits_days: int | None
    starts_on: date | None
    hours: Decimal | None
    sessions: int
    questions: int


def desk_rows(referrals: ReferralQuerySet, *, state: str = "") -> list[DeskRow]:
    """Tasks as the list shows them: new ones, what waits longest for the provider, the rest, and then what is over."""
    if state:
        referrals = referrals.filter(nomination__status=state, ended="")
    found = referrals.annotate(
        hours_sum=Sum("sessions__hours"), session_count=Count("sessions", distinct=True)
    ).order_by("created_at")
    open_questions = dict(
        Question.objects.filter(
            asked=Asked.BOARD, answered_at__isnull=True, referral__in=referrals.values("pk")
        )
        .values_list("referral")
        .annotate(Count("pk"))
    )
    today = timezone.now()
    rows = [
        DeskRow(
            pk=referral.pk,
            reference=referral.reference,
            title=referral.nomination.public_title,
            ward=f"{referral.nomination.ward}, {referral.nomination.board.borough}",
            status=referral.ended or referral.nomination.status,
            status_label=label_for_provider(referral),
            is_over=bool(referral.ended),
            waits_days=(today - referral.nomination.changed_at).days
            if not referral.ended and referral.nomination.status in WAITS_FOR_PROVIDER
            else None,
            starts_on=referral.starts_on,
            hours=referral.hours_sum,
            sessions=referral.session_count,
            questions=open_questions.get(referral.pk, 0),
        )
        for referral in found
    ]
    new = {Status.ENDORSED, Status.SENT}
    return sorted(
        rows,
        key=lambda row: (row.is_over, row.status not in new, row.waits_days is None, -(row.waits_days or 0)),
    )


def label_for_provider(referral: Referral) -> str:
    """Where a task stands, said to those who have it."""
    if referral.ended:
        return str(referral.get_ended_display())
    return {
        Status.ENDORSED: _("New"),
        Status.SENT: _("New"),
        Status.ACKNOWLEDGED: _("You have it"),
        Status.ASSESSING: _("You are looking at it"),
        Status.MORE_INFO: _("You have asked the board"),
    }.get(Status(referral.nomination.status), str(referral.nomination.get_status_display()))


FIELD_WORDS = {
    "providerCode": "provider code",
    "teamCode": "team code",
    "projectTypeCode": "project type",
    "code": "project code",
    "defaultPickupPointCode": "pick-up point",
}
"""What probation's own system calls its fields, in words."""


@dataclass(frozen=True)
class TaskShown:
    """A task from its frozen bytes, ready to show."""

    title: str
    words: str
    place: str
    brief: str
    facts: list[tuple[str, str]]
    only_probation: list[str]
    """What only the provider can fill in."""
    project: dict[str, Any]


def task_shown(referral: Referral) -> TaskShown:
    """What the provider was sent: the frozen bytes, whatever has changed on the board's side since."""
    data = json.loads(bytes(referral.payload))
    if referral.transport == Transport.HTTPS:
        [project] = data["projects"]
        details = project["placementDetails"]
        return TaskShown(
            title=project["name"],
            words=referral.nomination.public_words,
            place=details["locationDescription"],
            brief=details["placementNotes"],
            facts=[],
            only_probation=[],
            project=project,
        )
    return TaskShown(
        title=data["title"],
        words=data["words"],
        place=f"{data['place']}, {data['ward']}",
        brief=data["brief"],
        facts=[(question, answer) for question, answer in data["facts"]],
        only_probation=[FIELD_WORDS[name] for name in ONLY_PROBATION if name in data["only_probation"]],
        project=data["project"],
    )


@dataclass(frozen=True)
class TimesAskedFor:
    """When a task is to be worked on, as the task itself says to whoever has it; empty where it says nothing."""

    not_before: date | None = None
    not_after: date | None = None
    days: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """All of it, in words."""
        said = []
        if self.not_before:
            said.append(_("not before %(day)s") % {"day": date_format(self.not_before, "j F Y")})
        if self.not_after:
            said.append(_("not after %(day)s") % {"day": date_format(self.not_after, "j F Y")})
        if self.days:
            said.append(self.days_in_words)
        return said

    @property
    def days_in_words(self) -> str:
        """The days of the week."""
        return ", ".join(str(Day(code).label) for code in self.days)

    def leaves_out(self, day: date) -> bool:
        """Whether it is another day of the week than those named. Evenings are of any day."""
        if not self.days or Day.EVENINGS in self.days:
            return False
        return {5: Day.SATURDAY, 6: Day.SUNDAY}.get(day.weekday(), Day.WEEKDAYS) not in self.days


def times_asked_for(referral: Referral) -> TimesAskedFor:
    """What the task's facts say of time: they went to the provider with it, whichever way it went."""
    task = referral.nomination
    return TimesAskedFor(
        task.not_before, task.not_after, tuple(code for code in task.days if code in Day.values)
    )


def photos_for_provider(referral: Referral) -> Sequence[Photo]:
    """The provider's own photos, also when the task is done, and while it is open the nominator's where they agreed to that."""
    photos = Photo.objects.filter(nomination=referral.nomination_id, original__isnull=False)
    if referral.ended not in {"", Ended.COMPLETED}:
        return []
    if referral.ended or not referral.nomination.may_pass_photos:
        photos = photos.exclude(kind=PhotoKind.PLACE)
    return list(photos.select_related("original"))


def questions_of(referral: Referral) -> list[Question]:
    """What the provider asked the board, and what the board answered."""
    return list(referral.questions.filter(asked=Asked.BOARD).order_by("asked_at"))


def officers_of(provider: Provider) -> list[User]:
    """Who works for a provider today, by name."""
    roles = ProviderRole.objects.current().filter(provider=provider).select_related("person")
    people = {role.person_id: role.person for role in roles}
    return sorted(people.values(), key=lambda person: (person.name, person.pk))

"""Vocabulary and workflow of nominations, from the first draft to the cleaned alley."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a nomination stands."""

    DRAFT = "draft", _("Not sent yet")
    SUBMITTED = "submitted", _("Waiting for the board")
    SCREENING = "screening", _("The board is looking at it")
    ENDORSED = "endorsed", _("Endorsed by the board")
    DECLINED = "declined", _("Not taken forward")
    SENT = "sent", _("Sent to probation")
    ACKNOWLEDGED = "acknowledged", _("Probation has it")
    ASSESSING = "assessing", _("Probation is looking at it")
    MORE_INFO = "more_info", _("Probation has asked a question")
    ACCEPTED = "accepted", _("Accepted by probation")
    REJECTED = "rejected", _("Refused by probation")
    SCHEDULED = "scheduled", _("Work is planned")
    IN_PROGRESS = "in_progress", _("Work is under way")
    COMPLETED = "completed", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


WITH_PROBATION: tuple[Status, ...] = (
    Status.SENT,
    Status.ACKNOWLEDGED,
    Status.ASSESSING,
    Status.MORE_INFO,
    Status.ACCEPTED,
    Status.REJECTED,
    Status.SCHEDULED,
    Status.IN_PROGRESS,
    Status.COMPLETED,
)
"""States that probation's word brings about, in the order in which they are expected."""

_S = Status
_UNDECIDED = frozenset({_S.ASSESSING, _S.MORE_INFO, _S.ACCEPTED, _S.REJECTED})
_DECIDED = frozenset({_S.SCHEDULED, _S.IN_PROGRESS, _S.COMPLETED})
TRANSITIONS: dict[Status, frozenset[Status]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED}),
    _S.SUBMITTED: frozenset({_S.SCREENING, _S.WITHDRAWN}),
    _S.SCREENING: frozenset({_S.SUBMITTED, _S.ENDORSED, _S.DECLINED, _S.WITHDRAWN}),
    _S.ENDORSED: frozenset({_S.SENT, _S.ACKNOWLEDGED, _S.WITHDRAWN}) | _UNDECIDED | _DECIDED,
    _S.DECLINED: frozenset({_S.SUBMITTED, _S.SCREENING}),
    _S.SENT: frozenset({_S.ACKNOWLEDGED, _S.ENDORSED, _S.WITHDRAWN}) | _UNDECIDED | _DECIDED,
    _S.ACKNOWLEDGED: frozenset({_S.ENDORSED, _S.WITHDRAWN}) | _UNDECIDED | _DECIDED,
    _S.ASSESSING: frozenset({_S.ENDORSED, _S.WITHDRAWN, _S.MORE_INFO, _S.ACCEPTED, _S.REJECTED}) | _DECIDED,
    _S.MORE_INFO: frozenset({_S.ENDORSED, _S.WITHDRAWN, _S.ASSESSING, _S.ACCEPTED, _S.REJECTED}) | _DECIDED,
    _S.ACCEPTED: frozenset({_S.ENDORSED, _S.WITHDRAWN, _S.REJECTED}) | _DECIDED,
    _S.REJECTED: frozenset(),
    _S.SCHEDULED: frozenset({_S.ENDORSED, _S.WITHDRAWN, _S.REJECTED, _S.IN_PROGRESS, _S.COMPLETED}),
    _S.IN_PROGRESS: frozenset({_S.ENDORSED, _S.WITHDRAWN, _S.REJECTED, _S.COMPLETED}),
    _S.COMPLETED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
"""The whole workflow. Probation's systems may leave steps out and their word may come late, so from *endorsed* on every later
state may follow. Back to *endorsed* when a provider's contract ends and the task goes to the next one. One that was declined as
the same as another is screened anew where that one is taken back. A draft that is given up is deleted."""

AFTER = timedelta(weeks=4)
"""How long after completion a nominator is asked whether it is still as it should be."""
OVER: frozenset[Status] = frozenset({_S.DECLINED, _S.REJECTED, _S.COMPLETED, _S.WITHDRAWN})
"""States in which nothing more is to come."""
PUBLIC: tuple[Status, ...] = (_S.ENDORSED, *WITH_PROBATION)
"""States in which a task is on the public pages, unless its nominator asked for *show only when done*."""


class Work(models.TextChoices):
    """What is to be done: the examples of the government's nomination page."""

    GRAFFITI = "graffiti", _("Remove graffiti")
    LITTER = "litter", _("Pick up litter")
    CLEARING = "clearing", _("Clear an alley or wasteland")
    GARDENING = "gardening", _("Look after grounds or gardens")
    PLANTING = "planting", _("Plant trees or flowers")
    PAINTING = "painting", _("Paint or decorate a public building")
    PATHS = "paths", _("Make or mend a path")
    OTHER = "other", _("Something else")


class Beneficiary(models.TextChoices):
    """Who gains from the work."""

    STREET = "street", _("Everybody who passes or lives there")
    ESTATE = "estate", _("An estate or a block")
    CHILDREN = "children", _("A school or a playground")
    CHARITY = "charity", _("A charity or community group")
    FAITH = "faith", _("A place of worship that is open to all")
    CARE = "care", _("Older or disabled people")
    OTHER = "other", _("Somebody else")


class Owner(models.TextChoices):
    """Whose the place is."""

    COUNCIL = "council", _("The council")
    HOUSING = "housing", _("A housing association")
    NETWORK = "network", _("Rail, canal or utility company")
    CHARITY = "charity", _("A charity, school or place of worship")
    PRIVATE = "private", _("A private owner")
    UNKNOWN = "unknown", _("I do not know")


class Permission(models.TextChoices):
    """Whether the owner agrees."""

    GIVEN = "given", _("Yes, the owner agrees")
    ASKED = "asked", _("They have been asked")
    NOT_ASKED = "not_asked", _("Nobody has asked yet")
    UNKNOWN = "unknown", _("I do not know")


class Known(models.TextChoices):
    """An answer to a plain question about the place."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("I do not know")


class Hazard(models.TextChoices):
    """What could hurt somebody who works there."""

    NEEDLES = "needles", _("Needles")
    GLASS = "glass", _("Broken glass or sharp metal")
    ASBESTOS = "asbestos", _("Asbestos or chemicals")
    HEIGHT = "height", _("Work above head height")
    WATER = "water", _("Water")
    TRAFFIC = "traffic", _("Traffic or railway")
    ANIMALS = "animals", _("Animals")
    CHILDREN = "children", _("Children or vulnerable people close by")
    ELECTRIC = "electric", _("Cables, pipes or gas")


class Tools(models.TextChoices):
    """Who brings tools and materials."""

    PROBATION = "probation", _("Probation would have to bring them")
    OWNER = "owner", _("The owner or a group can lend them")
    UNKNOWN = "unknown", _("I do not know")


class Day(models.TextChoices):
    """When people can get to the place."""

    WEEKDAYS = "weekdays", _("Monday to Friday")
    SATURDAY = "saturday", _("Saturday")
    SUNDAY = "sunday", _("Sunday")
    EVENINGS = "evenings", _("Evenings")


class Tell(models.TextChoices):
    """How the nominator hears of changes."""

    NONE = "none", _("Do not contact me. I will look with my receipt")
    EMAIL = "email", _("By email, in neutral words")


class Harmed(models.TextChoices):
    """Whether the nominator was harmed by crime there: asked gently, never required, never shown."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    SKIP = "", _("I would rather not say")


class Show(models.TextChoices):
    """From when the task may be on public pages."""

    ENDORSED = "endorsed", _("As soon as the board endorses it")
    DONE = "done", _("Only when the work is done")


class Criterion(models.TextChoices):
    """What the two screeners check: the government's criteria and what probation needs."""

    COMMUNITY = "community", _("It helps the local community.")
    NOT_PAID = "not_paid", _("It takes nobody's paid work away.")
    NO_PROFIT = "no_profit", _("Nobody makes a profit or gains an advantage from it.")
    SAFE = "safe", _("It can be done safely by a supervised group.")
    WELFARE = "welfare", _("Toilets and hand washing can be found.")
    PERMISSION = "permission", _("The owner agrees or can be asked.")
    SIZE = "size", _("It is neither too small nor too large.")
    NEUTRAL = "neutral", _("Wording, place, angle and time do not tell who asked.")


class Check(models.TextChoices):
    """A screener's answer to a criterion."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("Not sure")


class Verdict(models.TextChoices):
    """What one screener would do. It happens when two say the same."""

    ENDORSE = "endorse", _("Endorse and send to probation")
    DECLINE = "decline", _("Do not take it forward")
    MERGE = "merge", _("The same as another nomination")


class Decline(models.TextChoices):
    """Why a board does not take a nomination forward. The public sees counts by these."""

    NOT_COMMUNITY = "not_community", _("It does not help the wider community.")
    PAID_WORK = "paid_work", _("It would take paid work away from somebody.")
    PROFIT = "profit", _("Somebody would make a profit from it.")
    UNSAFE = "unsafe", _("It cannot be done safely by a group.")
    DUTY = "duty", _("Somebody is already paid and bound by law to do it.")
    NO_PERMISSION = "no_permission", _("The owner does not agree.")
    ELSEWHERE = "elsewhere", _("The place is not in this borough.")
    DUPLICATE = "duplicate", _("It was nominated already.")
    POLICE = "police", _("It is a matter for the police or the council.")
    UNCLEAR = "unclear", _("We could not find out enough about it.")


class Redacted(models.TextChoices):
    """Where the taking off of public words stands. They are hidden from the asking on."""

    ASKED = "asked", _("Hidden; a second person has to look")
    AGREED = "agreed", _("Taken off by two")
    REFUSED = "refused", _("Put back")


REDACTION_TRANSITIONS: dict[Redacted, frozenset[Redacted]] = {
    Redacted.ASKED: frozenset({Redacted.AGREED, Redacted.REFUSED}),
    Redacted.AGREED: frozenset(),
    Redacted.REFUSED: frozenset(),
}
"""One person hides public words at once; a second agrees, or they come back. Asked again, it is another one."""


class Offence(models.TextChoices):
    """Why public words are taken off, as the note in their place says it."""

    PERSON = "person", _("They could tell who somebody is.")
    ABUSE = "abuse", _("They accused or insulted somebody.")
    WRONG = "wrong", _("They were not true.")
    LAW = "law", _("The law asks for it.")


class Refusal(models.TextChoices):
    """Why probation refuses a task."""

    NOT_COMMUNITY = "not_community", _("It does not help the wider community.")
    PAID_WORK = "paid_work", _("It would take paid work away from somebody.")
    PROFIT = "profit", _("Somebody would gain a commercial advantage.")
    UNSAFE = "unsafe", _("It is not safe.")
    NO_WELFARE = "no_welfare", _("There are no toilets or hand washing near enough.")
    NO_PERMISSION = "no_permission", _("The owner does not agree.")
    SIZE = "size", _("It is too small or too large.")
    CAPACITY = "capacity", _("There is no group free, or it is the wrong season.")
    DUPLICATE = "duplicate", _("It is already planned.")
    DUTY = "duty", _("It is somebody's duty by law and paid for already.")


class Transport(models.TextChoices):
    """How a provider takes tasks in."""

    HTTPS = "https", _("Straight into its own system")
    DESK = "desk", _("On the probation desk of this portal")
    EMAIL = "email", _("By email, with a link to the desk")


class ProviderRoleKind(models.TextChoices):
    """What a person of a provider does here."""

    LEAD = "lead", _("Provider lead")
    OFFICER = "officer", _("Probation officer")


class Ended(models.TextChoices):
    """Why a referral is over."""

    REJECTED = "rejected", _("Refused")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the nominator or the board")
    CONTRACT = "contract", _("The provider's contract ended")
    REPLACED = "replaced", _("Never arrived, and was prepared again")


class Asked(models.TextChoices):
    """Who asks whom. Probation never asks the nominator: its questions go to the board."""

    NOMINATOR = "nominator", _("The screeners ask the nominator")
    BOARD = "board", _("Probation asks the board")


class PhotoKind(models.TextChoices):
    """What a photo shows."""

    PLACE = "place", _("The place, from the nominator")
    BEFORE = "before", _("Before the work")
    AFTER = "after", _("After the work")


class Still(models.TextChoices):
    """Whether it is still as it should be, four weeks after."""

    UNASKED = "", _("Not asked yet")
    ASKED = "asked", _("Asked, no answer yet")
    YES = "yes", _("It is still as it should be")
    NO = "no", _("It is not")


RETENTION_MONTHS = 12
"""How long contact details and the nominator's own words stay after the end, as announced at the start. The one place where it is stated."""
DRAFT_DAYS = 14
"""How long an unfinished draft stays after it was last touched."""

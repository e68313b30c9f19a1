"""Losing a second factor: ask, a second person confirms, a day passes, the factor goes."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people import notifications
from snb.people.actions.links import LinkPurpose, issue_link, register_purpose
from snb.people.enums import ResetState
from snb.people.models import FactorReset, User
from snb.people.queries import has_second_factor, open_reset_of, people_who_may_confirm_reset

STOP = "people.factor_reset.stop"


@transaction.atomic
def ask_for_reset(person: User) -> FactorReset:
    """The person, signed in as far as their second factor, says that it is lost. Asked already: the same reset again.

    Raises:
        ValidationError: there is no second factor to reset, or nobody who could confirm.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    reset = open_reset_of(person)
    if reset is not None:
        return reset
    if not has_second_factor(person):
        raise ValidationError(_("You have no second factor to reset."))
    confirmers = people_who_may_confirm_reset(person)
    if not confirmers:
        raise ValidationError(
            _("Nobody could confirm who you are. Please write to us: the address is on the contact page.")
        )
    reset = FactorReset.objects.create(person=person)
    record(Event.FACTOR_RESET_ASKED, reset, by=person, person=str(person.public_id))
    stop = issue_link(person, STOP, reset, expires=timezone.now() + FactorReset.LASTS)
    notifications.send_reset_asked.enqueue(reset.pk, stop.pk)
    notifications.send_reset_request.enqueue(reset.pk, [other.pk for other in confirmers])
    return reset


@transaction.atomic
def confirm_reset(reset: FactorReset, *, by: User) -> FactorReset:
    """A second person has spoken with the person and confirms; 24 hours begin.

    Raises:
        PermissionDenied: `by` is the person, or may not give any of the person's roles.
        ValidationError: it is not waiting for a second person.
    """
    reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=reset.pk)
    if by == reset.person or by not in people_who_may_confirm_reset(reset.person):
        raise PermissionDenied
    if reset.state != ResetState.ASKED:
        raise ValidationError(_("Somebody has dealt with this already."))
    reset.confirmed_by, reset.confirmed_at = by, timezone.now()
    reset.save(update_fields=["confirmed_by", "confirmed_at"])
    record(Event.FACTOR_RESET_CONFIRMED, reset, by=by, person=str(reset.person.public_id))
    stop = issue_link(reset.person, STOP, reset, expires=timezone.now() + FactorReset.LASTS)
    notifications.send_reset_confirmed.enqueue(reset.pk, stop.pk)
    return reset


@transaction.atomic
def stop_reset(reset: FactorReset, *, by: User) -> FactorReset:
    """Stop a reset: the person did not ask, has found their device, or a second person does not believe it.

    Raises:
        PermissionDenied: `by` is neither the person nor somebody who may confirm.
    """
    reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=reset.pk)
    if by != reset.person and by not in people_who_may_confirm_reset(reset.person):
        raise PermissionDenied
    if reset.state in {ResetState.ASKED, ResetState.WAITING}:
        reset.stopped_at = timezone.now()
        reset.save(update_fields=["stopped_at"])
        record(Event.FACTOR_RESET_STOPPED, reset, by=by, person=str(reset.person.public_id))
    return reset


def finish_resets() -> int:
    """For the timetable: remove the factors whose day of waiting is over; drop requests nobody confirmed within a week."""
    now = timezone.now()
    done = 0
    open_ones = FactorReset.objects.filter(done_at__isnull=True, stopped_at__isnull=True)
    for pk in open_ones.filter(confirmed_at__lte=now - FactorReset.WAIT).values_list("pk", flat=True):
        done += _finish(pk)
    for pk in open_ones.filter(confirmed_at__isnull=True, asked_at__lte=now - FactorReset.LASTS).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=pk)
            if reset.state == ResetState.ASKED:
                reset.stopped_at = now
                reset.save(update_fields=["stopped_at"])
                record(Event.FACTOR_RESET_STOPPED, reset, by=None, person=str(reset.person.public_id))
    return done


@transaction.atomic
def _finish(pk: int) -> int:
    reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=pk)
    if reset.state != ResetState.WAITING:
        return 0
    Authenticator.objects.filter(user=reset.person).delete()
    for session in UserSession.objects.filter(user=reset.person):
        session.end()
    reset.done_at = timezone.now()
    reset.save(update_fields=["done_at"])
    record(Event.FACTOR_RESET_DONE, reset, by=None, person=str(reset.person.public_id))
    notifications.send_reset_done.enqueue(reset.pk)
    return 1


register_purpose(
    LinkPurpose(
        name=STOP,
        title=gettext_lazy("Stop it: keep my second step"),
        question=lambda _reset: _(
            "Somebody who can read your email asked us to remove the second step from your account."
        ),
        perform=stop_reset,
        done=gettext_lazy(
            "Stopped. Your second step stays as it is. If you did not ask for this, change your password now."
        ),
        tells=False,
    )
)

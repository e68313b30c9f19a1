"""Confirming where a person lives, and making the printed codes that prove it."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.people.calculations import new_code
from snb.people.enums import ResidencyMethod
from snb.people.models import CodeBatch, PrintedCode, Residency, User
from snb.people.queries import code_mark, code_marks, latest_residency_of, may_change_ward_on, postcode_mark
from snb.places.enums import PostcodeStatus
from snb.places.models import Ward
from snb.places.queries import look_up


def _confirm(user: User, ward: Ward, method: ResidencyMethod, proof: str, *, by: User) -> Residency:
    """Write the residency: renewed in the same ward, replaced in another if ninety days have passed since the last change."""
    User.objects.select_for_update().get(pk=user.pk)
    today = timezone.localdate()
    last = latest_residency_of(user)
    moves = last is not None and last.ward_id != ward.pk
    if moves:
        free = may_change_ward_on(user)
        if free is not None:
            raise ValidationError(
                _("You changed your ward less than 90 days ago. You can change it again from %(date)s.")
                % {"date": date_format(timezone.localtime(free), "j F Y")}
            )
    if last is not None and not moves and last.is_current:
        keeps = ResidencyMethod(last.method).rank > method.rank
        if not keeps:
            last.method, last.proof_hash = method, proof
        last.confirmed_on, last.expires_on = today, today + Residency.LASTS
        last.save()
        residency = last
    else:
        if last is not None and last.ended_on is None:
            _end(last)
        residency = Residency.objects.create(
            user=user,
            ward=ward,
            method=method,
            proof_hash=proof,
            since=timezone.now(),
            is_change=moves,
            confirmed_on=today,
            expires_on=today + Residency.LASTS,
        )
    record(
        Event.RESIDENCY_CONFIRMED, residency, by=by, board=ward.borough_id, ward=ward.pk, method=str(method)
    )
    return residency


def _end(residency: Residency) -> None:
    """End it today. It runs out today as well: retention counts from there, not from the two years it would have had."""
    today = timezone.localdate()
    residency.ended_on = today
    # The database wants at least a day between the two.
    residency.expires_on = min(residency.expires_on, max(today, residency.confirmed_on + timedelta(days=1)))
    residency.save(update_fields=["ended_on", "expires_on"])


@transaction.atomic
def confirm_by_postcode(user: User, postcode: str, *, by: User) -> Residency:
    """A person says that they live at a postcode: residency in the postcode's own ward. The postcode itself is not kept.

    Raises:
        ValidationError: the postcode is not a live one in London, or the ward was changed less than 90 days ago.
    """
    if by != user:
        raise PermissionDenied
    answer = look_up(postcode)
    if answer.ward is None or answer.status != PostcodeStatus.WARD:
        raise ValidationError({"postcode": answer.message})
    return _confirm(user, answer.ward, ResidencyMethod.POSTCODE, postcode_mark(answer.postcode), by=by)


@transaction.atomic
def confirm_by_code(user: User, typed: str, *, by: User) -> Residency:
    """A person types a printed code: residency in the code's ward. Each code works once.

    Raises:
        ValidationError: it is no code of ours, was used already, or its batch is not in use.
    """
    if by != user:
        raise PermissionDenied
    wrong = ValidationError(
        {
            "code": _(
                "We do not know that code. Check it against the paper: it has twelve letters and numbers."
            )
        }
    )
    marks = code_marks(typed)
    codes = PrintedCode.objects.select_for_update(of=("self",)).select_related("batch__ward__borough")
    code = codes.filter(code_hash__in=marks).first()
    if code is None or not code.batch.is_usable:
        raise wrong
    if code.used_on is not None:
        raise ValidationError({"code": _("That code has been used already. Each code works once.")})
    residency = _confirm(user, code.batch.ward, ResidencyMethod.CODE, code.code_hash, by=by)
    code.used_on = timezone.localdate()
    code.save(update_fields=["used_on"])
    return residency


def use_printed_code(mark: str) -> None:
    """A printed code was used by itself, without an account: from today on it opens nothing else. A day, never a time.

    Part of casting a vote, so it writes no audit event; runs inside the caller's transaction.
    """
    PrintedCode.objects.filter(code_hash=mark, used_on__isnull=True).update(used_on=timezone.localdate())


@transaction.atomic
def confirm_by_roll(user: User, ward: Ward, *, by: User) -> Residency:
    """Somebody who may manage the ward's board has seen that the person lives there; never oneself.

    Raises:
        PermissionDenied: `by` is the person, or has no office on that board.
    """
    if by == user or not by.has_perm("boards.roles.manage", ward):
        raise PermissionDenied
    return _confirm(user, ward, ResidencyMethod.ROLL, "", by=by)


@transaction.atomic
def end_residency(residency: Residency, *, by: User) -> Residency:
    """The person does not live there any more.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    residency = Residency.objects.select_for_update(of=("self",)).get(pk=residency.pk)
    if residency.user_id != by.pk:
        raise PermissionDenied
    if residency.ended_on is None:
        _end(residency)
        record(Event.RESIDENCY_ENDED, residency, by=by, ward=residency.ward_id)
    return residency


@transaction.atomic
def make_batch(ward: Ward, *, count: int, by: User) -> CodeBatch:
    """Ask for printed codes. No code exists before a second person has confirmed.

    Raises:
        PermissionDenied: `by` may not make codes on the ward's board.
        ValidationError: the number is not between 1 and 500.
    """
    if not by.has_perm("boards.codes.make", ward):
        raise PermissionDenied
    if not 1 <= count <= CodeBatch.MOST:
        raise ValidationError({"count": _("Choose a number from 1 to %(most)s.") % {"most": CodeBatch.MOST}})
    batch = CodeBatch.objects.create(
        ward=ward, count=count, made_by=by, expires_on=timezone.localdate() + CodeBatch.LAST
    )
    record(Event.CODES_MADE, batch, by=by, board=ward.borough_id, ward=ward.pk, count=count)
    return batch


@transaction.atomic
def confirm_batch(batch: CodeBatch, *, by: User) -> CodeBatch:
    """A second person agrees to a batch.

    Raises:
        PermissionDenied: `by` made it, or may not confirm codes on the ward's board.
        ValidationError: it was confirmed or withdrawn already.
    """
    batch = CodeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if by.pk == batch.made_by_id or not by.has_perm("boards.codes.confirm", batch.ward):
        raise PermissionDenied
    if batch.confirmed_at or batch.withdrawn_at:
        raise ValidationError(_("This batch was confirmed or withdrawn already."))
    batch.confirmed_by, batch.confirmed_at = by, timezone.now()
    batch.save(update_fields=["confirmed_by", "confirmed_at"])
    record(
        Event.CODES_CONFIRMED,
        batch,
        by=by,
        board=batch.ward.borough_id,
        ward=batch.ward_id,
        count=batch.count,
    )
    return batch


@transaction.atomic
def print_batch(batch: CodeBatch, *, by: User) -> list[str]:
    """Make the codes of a confirmed batch and return them, this once: only their marks stay.

    Raises:
        PermissionDenied: `by` may not make codes on the ward's board.
        ValidationError: it is not confirmed, was printed already, or was withdrawn.
    """
    batch = CodeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not by.has_perm("boards.codes.make", batch.ward):
        raise PermissionDenied
    if not batch.confirmed_at or batch.printed_at or batch.withdrawn_at:
        raise ValidationError(_("A batch is printed once, after a second person has confirmed it."))
    codes = sorted({new_code() for _number in range(batch.count)})
    while len(codes) < batch.count:
        codes = sorted({*codes, new_code()})
    PrintedCode.objects.bulk_create([PrintedCode(batch=batch, code_hash=code_mark(code)) for code in codes])
    batch.printed_at = timezone.now()
    batch.save(update_fields=["printed_at"])
    record(
        Event.CODES_PRINTED,
        batch,
        by=by,
        board=batch.ward.borough_id,
        public=True,
        ward=batch.ward_id,
        count=batch.count,
    )
    return codes


@transaction.atomic
def withdraw_batch(batch: CodeBatch, *, by: User) -> CodeBatch:
    """End the unused codes of a batch.

    Raises:
        PermissionDenied: `by` may not confirm codes on the ward's board.
    """
    batch = CodeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not by.has_perm("boards.codes.confirm", batch.ward):
        raise PermissionDenied
    if batch.withdrawn_at is None:
        batch.withdrawn_at = timezone.now()
        batch.save(update_fields=["withdrawn_at"])
        record(
            Event.CODES_WITHDRAWN, batch, by=by, board=batch.ward.borough_id, public=True, ward=batch.ward_id
        )
    return batch

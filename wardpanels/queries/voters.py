"""Who may vote in a round, and what the roll knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from snb.people.calculations import email_mark
from snb.people.enums import ResidencyMethod
from snb.people.models import Residency, User
from snb.people.queries import (
    former_accounts,
    has_second_factor,
    needs_second_factor,
    printed_code,
    residency_of,
)
from snb.places.enums import PostcodeStatus
from snb.places.models import Ward
from snb.places.queries import look_up
from wardpanels import calculations as count
from wardpanels.calculations import CastVote, Voter
from wardpanels.models import RollEntry, RollMark, Round
from wardpanels.queries.rounds import has_voted

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def must_sign_in_fully(user: User) -> bool:
    """Whether an emailed code is not enough to sign this person in: a role or their own choice asks for a second factor."""
    return needs_second_factor(user) or has_second_factor(user)


@dataclass(frozen=True)
class Eligibility:
    """Whether a person may vote in a round now, and if not, what to say.

    Attributes:
        is_final: nothing the person can prove now changes the answer for this round.
        elsewhere: the other ward they live in, as far as we know.
        residency: what we know of where they live.
    """

    may_vote: bool
    why: str = ""
    is_final: bool = False
    elsewhere: Ward | None = None
    residency: Residency | None = None


def eligibility(round_: Round, user: User) -> Eligibility:
    """Whether what we know of where a person lives lets them vote in this round."""
    residency = residency_of(user)
    if residency is None:
        return Eligibility(False, _("Tell us where you live."))
    if residency.ward_id != round_.ward_id:
        return Eligibility(
            False,
            _(
                "You confirmed that you live in %(ward)s. A new ward counts in rounds that open after you change it."
            )
            % {"ward": residency.ward},
            is_final=True,
            elsewhere=residency.ward,
        )
    if residency.is_change and round_.opened_at and residency.since > round_.opened_at:
        return Eligibility(
            False,
            _(
                "You moved to this ward after the vote had opened, so you can vote here from the next round on."
            ),
            is_final=True,
        )
    if residency.method not in round_.methods:
        return Eligibility(False, _("This round needs another way to show where you live."))
    return Eligibility(True, residency=residency)


def voter_of(round_: Round, user: User, *, printed: str = "", residency: Residency | None = None) -> Voter:
    """How the roll knows a signed-in person. A printed code of this ward, where given, confirms a held vote.

    Args:
        residency: where they live, where it was read already.

    Raises:
        ValidationError: the printed code is unknown, used, or another ward's.
    """
    residency = residency or residency_of(user)
    method = residency.method if residency else ResidencyMethod.POSTCODE
    proof = residency.proof_hash if residency else ""
    code = proof if method == ResidencyMethod.CODE else ""
    if printed:
        code, method = checked_code(round_, printed), ResidencyMethod.CODE
    domain = user.email.rpartition("@")[2].lower()
    return Voter(
        accounts=(str(user.public_id), *former_accounts(user.email)),
        email=email_mark(user.email),
        code=code,
        method=method,
        postcode=proof if residency and residency.method == ResidencyMethod.POSTCODE else "",
        domain="" if domain in count.SHARED_MAIL_DOMAINS else domain,
    )


def voter_by_code(round_: Round, typed: str) -> Voter:
    """How the roll knows somebody with a printed code and no account.

    Raises:
        ValidationError: the code is unknown, used elsewhere, another ward's, or the round takes none.
    """
    if ResidencyMethod.CODE not in round_.methods:
        raise ValidationError(_("This round does not take printed codes."))
    return Voter(code=checked_code(round_, typed), method=ResidencyMethod.CODE)


def checked_code(round_: Round, typed: str) -> str:
    """The mark of a printed code that may vote in this round. Raises ValidationError."""
    found = printed_code(typed)
    if found is None or not found.batch.is_usable:
        raise ValidationError(
            _("We do not know that code. Check it against the paper: it has twelve letters and numbers.")
        )
    if found.batch.ward_id != round_.ward_id:
        raise ValidationError(_("That code is for another ward, %(ward)s.") % {"ward": found.batch.ward})
    if found.used_on is not None and not has_voted(
        round_, [count.mark(round_.secret, "code", found.code_hash)]
    ):
        raise ValidationError(_("That code has been used already. Each code works once."))
    return found.code_hash


def refuse_postcode_of_another_ward(round_: Round, postcode: str) -> None:
    """Say so before anything is written where a postcode is not in the round's ward. Raises ValidationError keyed by field."""
    answer = look_up(postcode)
    if answer.ward is None or answer.status != PostcodeStatus.WARD:
        raise ValidationError({"postcode": answer.message})
    if answer.ward.pk != round_.ward_id:
        raise ValidationError(
            {
                "postcode": _("That postcode is in %(ward)s, so your vote belongs there.")
                % {"ward": f"{answer.ward}, {answer.ward.borough}"}
            }
        )


def refuse_code_of_another_ward(round_: Round, typed: str) -> None:
    """Say so before anything is written where a printed code is not for the round's ward. Raises ValidationError keyed by field."""
    try:
        checked_code(round_, typed)
    except ValidationError as error:
        raise ValidationError({"printed": error.messages}) from None


def entry_known_as(round_: Round, voter: Voter) -> RollEntry | None:
    """The roll's line of a person, while the round is open."""
    if not round_.secret:
        return None
    found = (
        RollMark.objects.filter(round=round_, mark__in=voter.marks(round_.secret))
        .select_related("entry")
        .first()
    )
    return found.entry if found else None


def has_user_voted(round_: Round, user: User | AnonymousUser) -> bool:
    """Whether this signed-in person has voted in the open round; never what."""
    return isinstance(user, User) and entry_known_as(round_, voter_of(round_, user)) is not None


def receipt_of(round_: Round, user: User) -> CastVote | None:
    """The receipt of a signed-in person's vote, while the round is open."""
    entry = entry_known_as(round_, voter_of(round_, user))
    return CastVote(count.receipt_code(round_.secret, entry.pk.hex), False, entry.held) if entry else None

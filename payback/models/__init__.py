"""Nominations, their screening, the providers of Community Payback, referrals to them, and what came of it."""

from payback.models.nominations import Nomination, NominationQuerySet, Photo
from payback.models.progress import Dispute, Milestone, Question, Support
from payback.models.providers import Contract, Provider, ProviderRole
from payback.models.referrals import ProviderEvent, Referral, ReferralQuerySet, Session
from payback.models.screening import Redaction, Review, ReviewQuerySet, ScreenerRole

__all__ = [
    "Contract",
    "Dispute",
    "Milestone",
    "Nomination",
    "NominationQuerySet",
    "Photo",
    "Provider",
    "ProviderEvent",
    "ProviderRole",
    "Question",
    "Redaction",
    "Referral",
    "ReferralQuerySet",
    "Review",
    "ReviewQuerySet",
    "ScreenerRole",
    "Session",
    "Support",
]

"""Questions from the public and wishes to speak: putting, supporting, moderating, answering.

Open pages are told after the transaction holds, by the meeting's group of the channel layer; who listens there renders once
for all (`snb.meetings.consumers`). A message that gets lost is found by their own look, each quarter of a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from snb.audit.actions import record
from snb.audit.enums import Event
from snb.meetings.enums import (
    LISTED,
    QUESTION_TRANSITIONS,
    SPEAKER_TRANSITIONS,
    QuestionStatus,
    SpeakerStatus,
)
from snb.meetings.errors import InvalidTransition
from snb.meetings.models import Meeting, Question, QuestionSupport, Speaker
from snb.meetings.models.questions import LONGEST_ANSWER, LONGEST_NAME, LONGEST_QUESTION
from snb.meetings.queries import questions as queries
from snb.people.models import User
from snb.privacy.calculations import find_identifiers

MOST_OF_ONE = 5
"""Questions one browser or account may put to a meeting."""
MOST_OF_A_MEETING = 400
"""Questions a meeting takes; past that somebody plays with it."""
MOST_SPEAKERS_OF_ONE = 3
MOST_SPEAKERS = 100


def group_of(meeting_id: UUID) -> str:
    """Name of the channel layer's group of a meeting."""
    return f"meetings.questions.{meeting_id.hex}"


def _tell_open_pages(meeting_id: UUID) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(group_of(meeting_id), {"type": "questions.changed"})


def _changed(meeting: Meeting) -> None:
    """Say so once the transaction holds; a channel layer that does not answer must not undo what was done."""
    transaction.on_commit(lambda: _tell_open_pages(meeting.pk), robust=True)


def _locked(meeting: Meeting) -> Meeting:
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("board__borough", "body__meeting_rules")
        .get(pk=meeting.pk)
    )


# ------------------------------------------------------------------------------------------------ everybody
@transaction.atomic
def put_question(
    meeting: Meeting, *, text: str, name: str = "", keys: Sequence[str], by: User | None = None
) -> Question:
    """Put a question to a meeting, from its announcement until its end. It waits until the chair admits it.

    Sent twice by the same browser it is one question. What looks like an identifier is noted for the moderator and blocks
    nothing. The caller limits how often. The event names nobody: a question is an opinion, and its author may stay unnamed.

    Args:
        keys: of the visitor (`queries.viewer_keys`), the first to be kept with the question.
    Raises:
        ValidationError: keyed by field.
    """
    meeting = _locked(meeting)
    if not queries.takes_questions(meeting):
        raise ValidationError(_("This meeting takes no questions now."))
    text, name = " ".join(text.split()), " ".join(name.split())
    wrong = {}
    if not text:
        wrong["text"] = _("Write your question.")
    elif len(text) > LONGEST_QUESTION:
        wrong["text"] = _("Use %(most)s letters at most.") % {"most": LONGEST_QUESTION}
    if len(name) > LONGEST_NAME:
        wrong["name"] = _("Use %(most)s letters at most.") % {"most": LONGEST_NAME}
    if wrong:
        raise ValidationError(wrong)
    put = Question.objects.filter(meeting=meeting)
    same = put.filter(text__iexact=text).exclude(status=QuestionStatus.WITHDRAWN)
    again = same.filter(asker_hash__in=keys).first()
    if again is not None:
        return again
    if same.filter(status__in=LISTED).exists():
        raise ValidationError({"text": _("This question is on the list already. You can support it there.")})
    if put.filter(asker_hash__in=keys).count() >= MOST_OF_ONE:
        raise ValidationError(
            _("You have put five questions to this meeting; that is the most one person can put.")
        )
    if put.count() >= MOST_OF_A_MEETING:
        raise ValidationError(_("This meeting has so many questions that it can take no more."))
    question = Question.objects.create(
        meeting=meeting,
        text=text,
        name=name,
        author=by,
        asker_hash=keys[0],
        found=sorted({finding.kind.value for finding in find_identifiers(text)}),
    )
    record(Event.QUESTION_PUT, question, by=None, board=meeting.board_code, signed_in=by is not None)
    _changed(meeting)
    return question


def support_question(question: Question, *, keys: Sequence[str], wanted: bool = True) -> Question:
    """Support a question, or take that back. Twice is once.

    Each press writes its event, with codes only and nobody's name, also where somebody is signed in: what one supports is an
    opinion, and the marks that keep it to one for each are gone when the minutes are published. It moves no epoch: a hall of
    people pressing would throw away every kept page of the board for one number. The list itself is never kept longer than
    some seconds, and open pages hear of it.

    Raises:
        InvalidTransition: it is not on the list any more, or the meeting is over.
    """
    with transaction.atomic():
        question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        meeting = Meeting.objects.select_related("body__meeting_rules").get(pk=question.meeting_id)
        if question.status not in {QuestionStatus.OPEN, QuestionStatus.TAKEN} or not queries.takes_questions(
            meeting
        ):
            raise InvalidTransition(_("This question can no longer be supported."))
        mine = QuestionSupport.objects.filter(question=question, supporter_hash__in=keys)
        if wanted == mine.exists():
            return question
        if wanted:
            QuestionSupport.objects.create(question=question, supporter_hash=keys[0])
            change = 1
        else:
            change = -mine.delete()[0]
        Question.objects.filter(pk=question.pk).update(supports=F("supports") + change)
        question.supports += change
        event = Event.QUESTION_SUPPORTED if wanted else Event.QUESTION_UNSUPPORTED
        record(event, question, by=None, board=meeting.board_code)
        _changed(meeting)
    return question


def withdraw_question(question: Question, *, keys: Sequence[str]) -> Question:
    """Take one's own question back, by the browser or account that put it.

    Raises:
        PermissionDenied: it is somebody else's.
        InvalidTransition: it was taken or decided before.
    """
    with transaction.atomic():
        question = (
            Question.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=question.pk)
        )
        if not question.asker_hash or question.asker_hash not in keys:
            raise PermissionDenied
        _move(question, QuestionStatus.WITHDRAWN, event=Event.QUESTION_WITHDRAWN, by=None)
    return question


# ------------------------------------------------------------------------------------------------ the moderator
def admit(question: Question, *, by: User) -> Question:
    """Put a question on the list, or back on it."""
    return _moderate(question, QuestionStatus.OPEN, by=by, event=Event.QUESTION_ADMITTED)


def reject(question: Question, *, reason: str, by: User) -> Question:
    """Leave a question out, with a reason that its author reads."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why; whoever asked reads it.")})
    if len(reason) > 300:
        raise ValidationError({"reason": _("Use %(most)s letters at most.") % {"most": 300}})
    return _moderate(question, QuestionStatus.REJECTED, by=by, event=Event.QUESTION_REJECTED, reason=reason)


def withhold(question: Question, *, by: User) -> Question:
    """Show a question to nobody any more, because it names a person or is abusive."""
    return _moderate(question, QuestionStatus.WITHHELD, by=by, event=Event.QUESTION_WITHHELD)


def mark_taken(question: Question, *, by: User) -> Question:
    """Say that the meeting is answering it now."""
    return _moderate(question, QuestionStatus.TAKEN, by=by, event=Event.QUESTION_TAKEN)


def answer_question(question: Question, *, answer: str, by: User, was: str | None = None) -> Question:
    """Write down what was answered, or mend its words; it goes into the minutes.

    Args:
        was: the short name of the answer that the writer saw (`queries.answer_version`); None where nobody could write
            meanwhile.
    Raises:
        ValidationError: keyed by field; also where somebody else wrote an answer meanwhile.
    """
    answer = answer.strip()
    if not answer:
        raise ValidationError({"answer": _("Write what was answered, in a sentence or two.")})
    if len(answer) > LONGEST_ANSWER:
        raise ValidationError({"answer": _("Use %(most)s letters at most.") % {"most": LONGEST_ANSWER}})
    with transaction.atomic():
        stands = Question.objects.select_for_update(of=("self",)).get(pk=question.pk).answer
        if was is not None and was != queries.answer_version(stands) and stands != answer:
            raise ValidationError(
                {
                    "answer": _(
                        "Somebody wrote an answer while you did: it stands below. Send yours again to put it in its place."
                    )
                }
            )
        return _moderate(
            question, QuestionStatus.ANSWERED, by=by, event=Event.QUESTION_ANSWERED, answer=answer
        )


def _moderate(question: Question, to: QuestionStatus, *, by: User, event: Event, **changes: str) -> Question:
    with transaction.atomic():
        question = (
            Question.objects.select_for_update(of=("self",))
            .select_related("meeting__body", "meeting__board")
            .get(pk=question.pk)
        )
        if not by.has_perm("meetings.question.moderate", question.meeting):
            raise PermissionDenied
        if question.meeting.has_minutes and to != QuestionStatus.WITHHELD:
            raise InvalidTransition(_("The minutes are published, so the questions stay as they are."))
        _move(question, to, event=event, by=by, **changes)
    return question


_MOMENTS = {
    QuestionStatus.OPEN: "admitted_at",
    QuestionStatus.TAKEN: "taken_at",
    QuestionStatus.ANSWERED: "answered_at",
}


def _move(question: Question, to: QuestionStatus, *, event: Event, by: User | None, **changes: str) -> None:
    """Move a locked question along its workflow; public pages change where it was or becomes public."""
    old = QuestionStatus(question.status)
    if to not in QUESTION_TRANSITIONS[old]:
        raise InvalidTransition(_("Somebody has dealt with this question already."))
    question.status, question.changed = to, timezone.now()
    moment = _MOMENTS.get(to)
    if moment and getattr(question, moment) is None:
        setattr(question, moment, question.changed)
    if to == QuestionStatus.OPEN:
        question.reason, question.taken_at = "", None
    for name, value in changes.items():
        setattr(question, name, value)
    question.save()
    record(
        event,
        question,
        by=by,
        board=question.meeting.board_code,
        public=old in LISTED or to in LISTED,
        old=old.value,
        new=to.value,
    )
    _changed(question.meeting)


@transaction.atomic
def forget_askers(meeting: Meeting) -> int:
    """Take away every mark of who supported and who asked, once the minutes are published; the numbers stay.

    The publishing action calls it in its transaction. Returns how many marks went.
    """
    gone = QuestionSupport.objects.filter(question__meeting=meeting).delete()[0]
    gone += Question.objects.filter(meeting=meeting).exclude(asker_hash="").update(asker_hash="", author=None)
    if gone:
        record(Event.ASKERS_FORGOTTEN, meeting, by=None, board=meeting.board_code, marks=gone)
    return gone


# ------------------------------------------------------------------------------------------------ who wants to speak
@transaction.atomic
def register_speaker(meeting: Meeting, *, name: str, email: str, topic: str, keys: Sequence[str]) -> Speaker:
    """Ask to speak at a meeting, until the hour its body has agreed. Sent twice by the same browser it is one wish.

    Raises:
        ValidationError: with the exact time at which it closed, or keyed by field.
    """
    meeting = _locked(meeting)
    if not queries.is_to_come(meeting):
        raise ValidationError(_("This meeting takes no more speakers."))
    if not queries.takes_speakers(meeting):
        closed = queries.in_words(queries.speaking_closes_at(meeting))
        raise ValidationError(
            _("Asking to speak closed at %(closed)s. You can still come and listen, and put a question.")
            % {"closed": closed}
        )
    name, email, topic = " ".join(name.split()), email.strip(), " ".join(topic.split())
    wrong = {}
    if not name:
        wrong["name"] = _("Write your name.")
    if not email:
        wrong["email"] = _("Write your email address.")
    if not topic:
        wrong["topic"] = _("Say in a few words what you want to speak about.")
    if wrong:
        raise ValidationError(wrong)
    asked = Speaker.objects.filter(meeting=meeting).exclude(status=SpeakerStatus.WITHDRAWN)
    mine = list(asked.filter(asker_hash__in=keys))
    again = next((wish for wish in mine if (wish.name, wish.email, wish.topic) == (name, email, topic)), None)
    if again is not None:
        return again
    if len(mine) >= MOST_SPEAKERS_OF_ONE or asked.count() >= MOST_SPEAKERS:
        raise ValidationError(
            _("More people than can be heard have asked already. You can put a question instead.")
        )
    speaker = Speaker.objects.create(meeting=meeting, name=name, email=email, topic=topic, asker_hash=keys[0])
    record(Event.SPEAKER_REGISTERED, speaker, by=None, board=meeting.board_code)
    _changed(meeting)
    return speaker


def accept_speaker(speaker: Speaker, *, by: User) -> Speaker:
    """Give somebody a place on the list of speakers."""
    return _decide(speaker, SpeakerStatus.ACCEPTED, by=by, event=Event.SPEAKER_ACCEPTED)


def decline_speaker(speaker: Speaker, *, by: User) -> Speaker:
    """Say that there is no time for somebody."""
    return _decide(speaker, SpeakerStatus.DECLINED, by=by, event=Event.SPEAKER_DECLINED)


def withdraw_speaker(speaker: Speaker, *, keys: Sequence[str]) -> Speaker:
    """Take one's own wish to speak back. Raises PermissionDenied where it is somebody else's."""
    with transaction.atomic():
        speaker = Speaker.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=speaker.pk)
        if speaker.asker_hash not in keys:
            raise PermissionDenied
        _move_speaker(speaker, SpeakerStatus.WITHDRAWN, by=None, event=Event.SPEAKER_WITHDRAWN)
    return speaker


def _decide(speaker: Speaker, to: SpeakerStatus, *, by: User, event: Event) -> Speaker:
    with transaction.atomic():
        speaker = (
            Speaker.objects.select_for_update(of=("self",))
            .select_related("meeting__body", "meeting__board")
            .get(pk=speaker.pk)
        )
        if not by.has_perm("meetings.question.moderate", speaker.meeting):
            raise PermissionDenied
        _move_speaker(speaker, to, by=by, event=event)
    return speaker


def _move_speaker(speaker: Speaker, to: SpeakerStatus, *, by: User | None, event: Event) -> None:
    if to not in SPEAKER_TRANSITIONS[SpeakerStatus(speaker.status)]:
        raise InvalidTransition(_("That was decided already."))
    speaker.status, speaker.changed = to, timezone.now()
    speaker.save(update_fields=["status", "changed"])
    record(event, speaker, by=by, board=speaker.meeting.board_code)
    _changed(speaker.meeting)

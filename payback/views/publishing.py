"""What everybody sees, from the screening desk: photos published and taken off, words taken off again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payback import queries
from payback.actions import photos, redaction
from payback.enums import Offence, Redacted
from payback.forms.screening import BoxesForm, RedactForm
from payback.models import Photo, Redaction
from payback.views.screening import back, desk, nomination_on_desk_or_404, nomination_or_404, show
from snb.boards.models import Board
from snb.files.adapters import serve_private
from snb.files.enums import Kind
from snb.people.models import User


@desk
@require_POST
def redact(request: HttpRequest, board: Board, by: User, reference: str) -> HttpResponse:
    """Take public words off, until a second person looks."""
    found = nomination_or_404(board, reference, by, "payback.words.redact")
    words = queries.public_words_in(found)
    form = RedactForm(request.POST, words=words)
    if form.is_valid():
        said = form.cleaned_data
        try:
            redaction.ask_redaction(
                found, Offence(said["reason"]), form.instead(), confirmed=said["confirmed"], by=by
            )
        except ValidationError as error:
            form = RedactForm(request.POST, words=words, ask_to_confirm=hasattr(error, "error_dict"))
            form.is_valid()
            form.add_error(None, error)
        else:
            messages.success(request, _("The words are off the public pages. A second person has to look."))
            return back(reference)
    return show(request, board, reference, redact=form)


@desk
@require_POST
def redaction_answer(request: HttpRequest, board: Board, by: User, reference: str, pk: UUID) -> HttpResponse:
    """Agree that words stay off, or put them back."""
    found = nomination_or_404(board, reference, by, "payback.words.redact")
    row = Redaction.objects.filter(nomination=found, pk=pk).select_related("nomination").first()
    if row is None:
        raise Http404
    try:
        answered = redaction.answer_redaction(row, agree="agree" in request.POST, by=by)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return back(reference)
    said = {
        Redacted.ASKED: _("It now stands on your word. A second person has to look."),
        Redacted.AGREED: _("The words are gone. A dated note stands in their place."),
        Redacted.REFUSED: _("The words are back."),
    }
    messages.success(request, said[Redacted(answered.state)])
    return back(reference)


@desk
def photo(request: HttpRequest, board: Board, by: User, reference: str, pk: UUID) -> HttpResponse:
    """One photo: cover faces and plates, say what it shows, publish it; or take it off, also when its original is gone."""
    found = nomination_on_desk_or_404(board, reference)
    row = (
        Photo.objects.select_related("nomination", "original", "large")
        .filter(nomination=found, pk=pk)
        .first()
    )
    if row is None or not by.has_perm("payback.photo.unpublish", row):
        raise Http404
    may_publish = row.original is not None and by.has_perm("payback.photo.publish", row)
    if not may_publish and row.large is None:
        raise Http404
    lines = "\n".join(" ".join(f"{part * 100:g}" for part in box) for box in row.boxes)
    form = BoxesForm(
        request.POST if request.method == "POST" else None, initial={"alt": row.alt, "boxes": lines}
    )
    if request.method == "POST":
        try:
            if "unpublish" in request.POST:
                photos.unpublish_photo(row, by=by)
                return back(reference)
            if may_publish and form.is_valid():
                photos.publish_photo(
                    row, boxes=form.cleaned_data["boxes"], alt=form.cleaned_data["alt"], by=by
                )
                messages.success(request, _("The photo is published with the boxes burnt in."))
                return back(reference)
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            form.is_valid()
            form.add_error(None, error)
    return render(
        request,
        "payback/screening_photo.html",
        {"nomination": found, "photo": row, "form": form, "may_publish": may_publish},
    )


@desk
@require_safe
def photo_file(
    request: HttpRequest, board: Board, by: User, reference: str, pk: UUID, which: str
) -> HttpResponseBase:
    """A photo on the desk itself: a stored file answers on its own board's site only, and another board may screen."""
    found = nomination_on_desk_or_404(board, reference)
    row = (
        Photo.objects.select_related("nomination", "original", "large")
        .filter(nomination=found, pk=pk)
        .first()
    )
    verb = {"original": "publish", "large": "unpublish"}.get(which)
    if row is None or verb is None or not by.has_perm(f"payback.photo.{verb}", row):
        raise Http404
    stored = getattr(row, which)
    if stored is None:
        raise Http404
    return serve_private(
        str(stored.file),
        filename=stored.public_name,
        content_type=Kind(stored.kind).content_type,
        inline=True,
        published=False,
    )

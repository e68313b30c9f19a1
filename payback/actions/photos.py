"""Photos of a place: taken in privately, boxed and published by a screener, taken off again."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payback.actions.progress import locked
from payback.adapters import boxed_picture
from payback.enums import PhotoKind, Status
from payback.errors import DoorClosed
from payback.models import Nomination, Photo
from snb.audit.actions import record
from snb.audit.enums import Event
from snb.files.actions import delete_file, publish_file, store_file
from snb.files.enums import RASTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snb.audit.actions import Actor
    from snb.people.models import User

MOST_PHOTOS = 4
"""Of one kind, for one nomination."""
LARGE, SMALL = 1280, 400
"""Longest edges of what is published, in pixels."""


@transaction.atomic
def add_photo(
    nomination: Nomination, file: IO[bytes], *, kind: PhotoKind = PhotoKind.PLACE, by: Actor | None = None
) -> Photo:
    """Take a photo in, privately: made anew from its pixels, upright, without camera, time and place.

    Args:
        by: None for the nominator, of whom nothing is kept; the person for a provider's photo.
    Raises:
        FileRefused: it is no photo we take; the message says why.
        ValidationError: there are as many as there may be.
        DoorClosed: the nominator has sent the nomination already.
    """
    nomination = locked(nomination)
    if kind == PhotoKind.PLACE and nomination.status != Status.DRAFT:
        raise DoorClosed(_("You have sent this already, so no photo can be added."))
    if nomination.photos.filter(kind=kind).count() >= MOST_PHOTOS:
        raise ValidationError(_("There are four photos already. Take one away first."))
    photo = Photo.objects.create(nomination=nomination, kind=kind)
    photo.original = store_file(
        file,
        owner=photo,
        kinds=RASTERS,
        by=by,
        board=nomination.board_id,
        public_name=f"{nomination.reference}-{kind.value}",
    )
    photo.save(update_fields=["original"])
    record(Event.PAYBACK_PHOTO_ADDED, photo, by=by, board=nomination.board_id, kind=kind.value)
    return photo


@transaction.atomic
def remove_photo(photo: Photo, *, by: Actor | None) -> None:
    """Delete a photo with everything made of it."""
    photo = (
        Photo.objects.select_for_update(of=("self",))
        .select_related("original", "large", "small", "nomination")
        .get(pk=photo.pk)
    )
    for stored in (photo.original, photo.large, photo.small):
        if stored is not None:
            delete_file(stored, by=by)
    record(
        Event.PAYBACK_PHOTO_REMOVED,
        photo,
        by=by,
        board=photo.nomination.board_id,
        public=photo.published_at is not None,
    )
    photo.delete()


@transaction.atomic
def publish_photo(photo: Photo, *, boxes: Sequence[Sequence[float]], alt: str, by: User) -> Photo:
    """Publish a photo: two new pictures, with the boxes burnt in; what is under them is in no published file.

    Before the task is public they wait, privately, and are published with it (`progress.move`). Published before: the old pictures go. The original stays private for good.

    Raises:
        PermissionDenied: `by` does not screen it.
        ValidationError: the nominator did not agree, there are no words for it, or a box is no box.
    """
    photo = (
        Photo.objects.select_for_update(of=("self",))
        .select_related("nomination", "original", "large", "small")
        .get(pk=photo.pk)
    )
    nomination = photo.nomination
    if not by.has_perm("payback.photo.publish", photo):
        raise PermissionDenied
    if photo.kind == PhotoKind.PLACE and not nomination.may_show_photos:
        raise ValidationError(_("The nominator did not agree to show photos."))
    if not alt.strip():
        raise ValidationError({"alt": _("Say what the photo shows, for people who cannot see it.")})
    if photo.original is None:
        raise ValidationError(_("The photo is gone."))
    clean = clean_boxes(boxes)
    _drop_published(photo, by=by)
    with photo.original.file.open("rb") as original:
        data = original.read()
    for name, edge in (("large", LARGE), ("small", SMALL)):
        picture = io.BytesIO(boxed_picture(data, clean, edge))
        stored = store_file(
            picture,
            owner=photo,
            kinds=RASTERS,
            by=by,
            board=nomination.board_id,
            public_name=f"{nomination.reference}-{name}",  # not who took it
            max_edge=edge,
        )
        setattr(photo, name, publish_file(stored, by=by) if nomination.is_public else stored)
    photo.boxes, photo.alt, photo.published_at = [list(box) for box in clean], alt.strip(), timezone.now()
    photo.save()
    record(
        Event.PAYBACK_PHOTO_PUBLISHED, photo, by=by, board=nomination.board_id, public=True, boxes=len(clean)
    )
    return photo


@transaction.atomic
def unpublish_photo(photo: Photo, *, by: User) -> Photo:
    """Take a photo off the public pages, at once; its published pictures are deleted, and with them the photo whose original is gone.

    Raises:
        PermissionDenied: `by` does not screen for its board, or stepped back from it.
    """
    photo = (
        Photo.objects.select_for_update(of=("self",))
        .select_related("nomination", "large", "small")
        .get(pk=photo.pk)
    )
    if not by.has_perm("payback.photo.unpublish", photo):
        raise PermissionDenied
    _drop_published(photo, by=by)
    photo.published_at = None
    photo.save(update_fields=["large", "small", "published_at"])
    record(Event.PAYBACK_PHOTO_UNPUBLISHED, photo, by=by, board=photo.nomination.board_id, public=True)
    if photo.original_id is None:
        photo.delete()
    return photo


def _drop_published(photo: Photo, *, by: Actor | None) -> None:
    old = [stored for stored in (photo.large, photo.small) if stored is not None]
    photo.large = photo.small = None
    photo.save(update_fields=["large", "small"])
    for stored in old:
        delete_file(stored, by=by)


def clean_boxes(boxes: Sequence[Sequence[Any]]) -> list[tuple[float, float, float, float]]:
    """Boxes as left, top, width, height in 0..1, cut to the picture; at most twenty. Raises ValidationError."""
    found = []
    for box in boxes:
        try:
            left, top, width, height = (float(part) for part in box)
        except (TypeError, ValueError):
            raise ValidationError(
                {"boxes": _("A box has four numbers: left, top, width and height.")}
            ) from None
        if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
            raise ValidationError({"boxes": _("A box must lie inside the photo.")})
        found.append((left, top, min(width, 1 - left), min(height, 1 - top)))
    if len(found) > 20:
        raise ValidationError(
            {"boxes": _("Twenty boxes at most. If so much must be covered, show another photo.")}
        )
    return found

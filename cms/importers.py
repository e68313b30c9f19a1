"""From a converted document to the body of a page: the values of its blocks, with the site's own images in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django.utils.translation import gettext as _

from cms.models import PortalImage


def minutes_body(blocks: Iterable[dict[str, Any]], pictures: Mapping[str, int]) -> list[tuple[str, Any]]:
    """The body as kinds and values, ready for `MinutesBlock().normalize` or a stream field.

    Args:
        blocks: those of a `Conversion`.
        pictures: ids of images by the name a picture has in the blocks. Where one is missing, a notice says so.
    """
    images = PortalImage.objects.in_bulk(set(pictures.values())) if pictures else {}
    body: list[tuple[str, Any]] = []
    for block in blocks:
        kind, value = block["type"], block["value"]
        if kind != "picture":
            body.append((kind, value))
        elif (image := images.get(pictures.get(value["name"], 0))) is not None:
            body.append(("picture", _picture(value, image)))
        else:
            body.append(("notice", {"kind": "warning", "text": _missing(value)}))
    return body


def _picture(value: dict[str, Any], image: PortalImage) -> dict[str, Any]:
    """Each place has its own copy: Wagtail keeps the description of a place on the image in it."""
    shown = {"image": copy(image), "alt_text": value["alt_text"], "decorative": value["decorative"]}
    return {"picture": shown, "caption": ""}


def _missing(value: dict[str, Any]) -> str:
    if value["alt_text"]:
        return _("A picture is missing here: %(alt)s") % {"alt": value["alt_text"]}
    return _("A picture is missing here.")

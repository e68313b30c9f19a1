"""From a converted document to the body of a page: the values of its blocks, with the site's own images in them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from cms.models import PortalImage
from snb.meetings.importers import Conversion, Finding, Report, Section
from snb.meetings.importers.reporting import SECTIONS


def minutes_body(conversion: Conversion, pictures: Mapping[str, int]) -> list[tuple[str, Any]]:
    """The body as kinds and values, ready for `MinutesBlock().normalize` or a stream field.

    Args:
        pictures: ids of images by the name a picture has in the conversion. Where one is missing, a notice says so.
    """
    images = PortalImage.objects.in_bulk({pictures[name] for name in conversion.pictures if name in pictures})
    body: list[tuple[str, Any]] = []
    for block in conversion.blocks:
        kind, value = block["type"], block["value"]
        if kind != "picture":
            body.append((kind, value))
        elif (image := images.get(pictures.get(value["name"], 0))) is not None:
            body.append(("picture", _picture(value, image)))
        else:
            body.append(("notice", {"kind": "warning", "text": _missing(value)}))
    return body


def minutes_report(conversion: Conversion, pictures: Mapping[str, int]) -> Report:
    """The report, with each picture that has no image named under “Pictures”."""
    missing = tuple(
        Finding(
            "pictures.missing", _("%(name)s could not be kept. Add the picture to the page.") % {"name": name}
        )
        for name in dict.fromkeys(
            block["value"]["name"] for block in conversion.blocks if block["type"] == "picture"
        )
        if name not in pictures
    )
    if not missing:
        return conversion.report
    held = {section.code: section for section in conversion.report}
    told = held["pictures"].findings if "pictures" in held else ()
    held["pictures"] = Section("pictures", str(SECTIONS["pictures"]), told + missing)
    return replace(conversion.report, sections=tuple(held[code] for code in SECTIONS if code in held))


def _picture(value: dict[str, Any], image: PortalImage) -> dict[str, Any]:
    """Each place has its own copy: Wagtail keeps the description of a place on the image in it."""
    shown = {"image": copy(image), "alt_text": value["alt_text"], "decorative": value["decorative"]}
    return {"picture": shown, "caption": ""}


def _missing(value: dict[str, Any]) -> str:
    if value["alt_text"]:
        return _("A picture is missing here: %(alt)s") % {"alt": value["alt_text"]}
    return _("A picture is missing here.")

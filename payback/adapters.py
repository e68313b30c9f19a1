"""The edge of the imaging library: covering parts of a picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterable


def boxed_picture(data: bytes, boxes: Iterable[tuple[float, float, float, float]], max_edge: int) -> bytes:
    """A picture made smaller, with grey boxes painted over parts of it. Boxes are left, top, width, height in 0..1.

    The boxes are painted on the pixels before anything is made smaller, so that nothing of what they cover bleeds out at their
    edges; each is a pixel larger than asked for.
    """
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for left, top, width, height in boxes:
        draw.rectangle(
            (
                int(left * picture.width) - 1,
                int(top * picture.height) - 1,
                int((left + width) * picture.width) + 1,
                int((top + height) * picture.height) + 1,
            ),
            fill=(90, 96, 92),
        )
    picture.thumbnail((max_edge, max_edge), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()

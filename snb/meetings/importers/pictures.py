"""The pictures of a document: cut as the document shows them, in a format that the web knows."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image

MOST_PIXELS = 24_000_000
SCAN_PIXELS = 400_000
"""A picture of a page has at least as many; the smallest readable scan is about 600 by 800."""
SMALLEST_EDGE = 8
"""Pictures smaller than this are lines and dots of the layout, not pictures."""
TOO_LARGE = (b"", "", (0, 0))
_KEPT = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
_READ = [*_KEPT, "GIF", "BMP", "TIFF"]


@dataclass(frozen=True)
class Shown:
    """How the document shows a picture: its description, and how much of each edge is cut off, in 1/100,000."""

    alt: str = ""
    is_decorative: bool = False
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass
class Pictures:
    """The pictures taken over, by name; one that is shown twice is kept once."""

    data: dict[str, bytes] = field(default_factory=dict)
    pixels: dict[str, int] = field(default_factory=dict)
    _names: dict[bytes, str] = field(default_factory=dict)

    def add(self, data: bytes, shown: Shown) -> str:
        """Keep a picture and return its name; "" for one that cannot be read, "-" for a mere dot, "+" for one too large."""
        key = hashlib.sha256(data + repr(shown.crop).encode()).digest()
        if key in self._names:
            return self._names[key]
        made = _made(data, shown.crop)
        if made is TOO_LARGE:
            name = "+"
        elif made is None:
            name = ""
        elif min(made[2]) < SMALLEST_EDGE:
            name = "-"
        else:
            name = f"picture-{len(self.data) + 1}.{made[1]}"
            self.data[name] = made[0]
            self.pixels[name] = made[2][0] * made[2][1]
        self._names[key] = name
        return name


def _made(data: bytes, crop: tuple[int, int, int, int]) -> tuple[bytes, str, tuple[int, int]] | None:
    """The picture's bytes, ending and size; None where it cannot be read, `TOO_LARGE` where it must not be."""
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                return TOO_LARGE
            left, top, right, bottom = (max(0, edge) / 100_000 for edge in crop)
            box = (
                round(width * left),
                round(height * top),
                round(width * (1 - right)),
                round(height * (1 - bottom)),
            )
            is_cut = box != (0, 0, width, height) and box[0] < box[2] and box[1] < box[3]
            if opened.format in _KEPT and not is_cut:
                opened.verify()
                return data, _KEPT[opened.format], (width, height)
            made = opened.crop(box) if is_cut else opened.copy()
            form = opened.format if opened.format in _KEPT else "PNG"
            if (form == "JPEG" and made.mode not in {"L", "RGB", "CMYK"}) or (
                form != "JPEG" and made.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}
            ):
                made = made.convert("RGB")
            out = io.BytesIO()
            made.save(out, form)
            return out.getvalue(), _KEPT[form], made.size
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, Image.DecompressionBombError):
        return None

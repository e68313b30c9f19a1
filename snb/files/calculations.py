"""What a file is by its bytes, whether it is safe to open, and a picture made anew from its pixels.

No Django and no database: bytes in, bytes or a refusal out.
"""

from __future__ import annotations

import io
import math
import re
import struct
import threading
import zipfile
import zlib
from collections.abc import Collection
from typing import IO, NamedTuple

import filetype
from PIL import Image, ImageCms, ImageFile, ImageOps

from snb.files.enums import DOCUMENTS, RASTERS, Kind, Refusal
from snb.files.errors import FileRefused

MEGABYTE = 1024 * 1024
MOST_RASTER_BYTES = 12 * MEGABYTE
MOST_DOCUMENT_BYTES = 20 * MEGABYTE
MOST_PIXELS = 24_000_000
MOST_PARTS = 5_000
"""Files inside a zipped document."""
MOST_UNPACKED_BYTES = 200 * MEGABYTE
MOST_RATIO = 200
"""How many times larger than its packed size one part of a document may be; checked for parts over a
megabyte.
"""
MOST_OLD_SECTORS = 64
"""How much of an old Office file's table of contents is read."""
MAX_EDGE = 2560
"""Longest edge of a picture as we keep it, in pixels; sharp on any screen that shows it."""
DECODE_WAIT = 20.0
"""Seconds a picture waits for another one to be finished."""

_FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
_MAIN_PART = re.compile(r"word/document\d*\.xml")
"""Word on the web numbers the part it saves."""
_ODF = {
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.ODS,
}
_one_decode_at_a_time = threading.Lock()


class Checked(NamedTuple):
    """What a file turned out to be. Width and height in pixels as stored, 0 for a document."""

    kind: Kind
    size: int
    width: int = 0
    height: int = 0


class Picture(NamedTuple):
    """A picture made from pixels, upright, with nothing else in the file."""

    data: bytes
    format: str
    width: int
    height: int

    @property
    def kind(self) -> Kind:
        """The kind of file the bytes are."""
        return next(kind for kind, name in _FORMATS.items() if name == self.format)


def check_upload(file: IO[bytes], *, kinds: Collection[Kind]) -> Checked:
    """Say what a file is by its bytes; its name and claimed type are not asked. The file is left at its
    start.

    Args:
        kinds: what is allowed here, such as `RASTERS`, `DOCUMENTS` or `{Kind.DOCX}`.
    Raises:
        FileRefused: empty, of another kind, too big, too many pixels, damaged, a bomb, with macros or a
        password.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size == 0:
        raise FileRefused(Refusal.EMPTY)
    try:
        head = file.read(8192)
        kind = _kind(head, file)
        if kind is None and _looks_like_text(head) and Kind.CSV in kinds:
            kind = Kind.CSV
        if kind not in kinds:
            raise _wrong_kind(file, head, kind, kinds)
        assert kind is not None
        if kind in RASTERS:
            _check_size(size, MOST_RASTER_BYTES, Refusal.PHOTO_TOO_BIG)
            width, height = raster_size(file, kind)
            if width * height > MOST_PIXELS:
                raise FileRefused(
                    Refusal.TOO_MANY_PIXELS,
                    megapixels=_short(math.ceil(width * height / 100_000) / 10),
                    most=MOST_PIXELS // 1_000_000,
                )
            return Checked(kind, size, width, height)
        _check_size(size, MOST_DOCUMENT_BYTES, Refusal.DOCUMENT_TOO_BIG)
        if kind is Kind.CSV:
            _check_text(file)
        elif kind is not Kind.PDF:
            _check_parts(file)
        return Checked(kind, size)
    finally:
        file.seek(0)


def reencode(file: IO[bytes], *, max_edge: int = MAX_EDGE) -> Picture:
    """Make a picture anew from its pixels: upright, at most `max_edge` pixels on its longest edge, sRGB,
    first frame only.

    Camera, place, time, thumbnails, comments, profiles and text chunks do not come along, because nothing
    but pixels does.

    Raises:
        FileRefused: as `check_upload`, or the pixels cannot be read, or others kept the decoder busy for 20
        seconds.
    """
    checked = check_upload(file, kinds=RASTERS)
    if not _one_decode_at_a_time.acquire(timeout=DECODE_WAIT):
        raise FileRefused(Refusal.BUSY)
    lenient = (
        ImageFile.LOAD_TRUNCATED_IMAGES
    )  # WeasyPrint switches it on for the whole process when it is imported
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return _reencode(file, checked.kind, max_edge)
    except FileRefused:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        struct.error,
        zlib.error,
        MemoryError,
        Image.DecompressionBombError,
    ):
        raise FileRefused(Refusal.DAMAGED) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
        _one_decode_at_a_time.release()
        file.seek(0)


def _reencode(file: IO[bytes], kind: Kind, max_edge: int) -> Picture:
    with Image.open(file, formats=[_FORMATS[kind]]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise FileRefused(Refusal.DAMAGED)  # the header said otherwise
        if opened.format == "JPEG":
            opened.draft(None, (max_edge, max_edge))
        picture = ImageOps.exif_transpose(opened)
        profile = picture.info.get("icc_profile")
        picture = _to_screen_colours(_to_eight_bits(picture), profile)
    picture.thumbnail((max_edge, max_edge), Image.Resampling.LANCZOS)
    if kind is Kind.JPEG and picture.mode == "RGBA":
        picture = picture.convert("RGB")
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    if kind is Kind.JPEG:
        clean.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif kind is Kind.PNG:
        clean.save(out, "PNG", optimize=clean.width * clean.height < 1_000_000)
    else:
        clean.save(out, "WEBP", quality=85, method=4)
    return Picture(out.getvalue(), _FORMATS[kind], clean.width, clean.height)


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey, RGB, RGBA or CMYK with eight bits a channel, whatever came in."""
    mode = picture.mode
    if mode in {"L", "RGB", "RGBA", "CMYK"}:
        if mode in {"L", "RGB"} and "transparency" in picture.info:
            return picture.convert("RGBA")
        return picture
    if mode.startswith("I"):
        # 16 bits a pixel: Pillow would cut off at 255 instead of scaling.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if mode == "1":
        return picture.convert("L")
    if mode in {"LA", "La", "PA", "RGBa"} or (mode == "P" and "transparency" in picture.info):
        return picture.convert("RGBA")
    return picture.convert("RGB")


def _to_screen_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the embedded profile meant them, in sRGB; without a readable profile, as they are."""
    wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode != "L":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode=wanted
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            changed = None
        if changed is not None:
            return changed
    return picture if picture.mode in {"L", "RGB", "RGBA"} else picture.convert("RGB")


def raster_size(file: IO[bytes], kind: Kind) -> tuple[int, int]:
    """Width and height in pixels, read from the header; no pixel is decoded and nothing is allocated.

    Raises:
        FileRefused: the header is cut short or makes no sense.
    """
    file.seek(0)
    try:
        if kind is Kind.PNG:
            head = file.read(24)
            if head[12:16] != b"IHDR":
                raise FileRefused(Refusal.DAMAGED)
            size = struct.unpack(">II", head[16:24])
        elif kind is Kind.WEBP:
            size = _webp_size(file.read(30))
        else:
            size = _jpeg_size(file)
    except (struct.error, IndexError):
        raise FileRefused(Refusal.DAMAGED) from None
    finally:
        file.seek(0)
    if not size[0] or not size[1]:
        raise FileRefused(Refusal.DAMAGED)
    return size[0], size[1]


def _webp_size(head: bytes) -> tuple[int, int]:
    chunk = head[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8L" and head[20] == 0x2F:
        bits = struct.unpack("<I", head[21:25])[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise FileRefused(Refusal.DAMAGED)


def _jpeg_size(file: IO[bytes]) -> tuple[int, int]:
    """Walk the segments to the frame header; `_reencode` looks again at what the decoder makes of it."""
    file.seek(2)
    while True:
        byte = file.read(1)
        while byte and byte != b"\xff":
            byte = file.read(1)
        while byte == b"\xff":
            byte = file.read(1)
        if not byte or byte[0] in {0xD9, 0xDA}:
            raise FileRefused(Refusal.DAMAGED)
        marker = byte[0]
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue
        length = struct.unpack(">H", file.read(2))[0]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">xHH", file.read(5))
            return width, height
        if length < 2:
            raise FileRefused(Refusal.DAMAGED)
        file.seek(length - 2, io.SEEK_CUR)


def _kind(head: bytes, file: IO[bytes]) -> Kind | None:
    """The kind by its bytes, or None for one we do not know."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(b"PK\x03\x04"):
        return _zipped_kind(file)
    return None


def _zipped_kind(file: IO[bytes]) -> Kind | None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as zipped:
            names = {info.filename: info for info in zipped.infolist()}
            if "mimetype" in names and names["mimetype"].file_size < 200:
                return _ODF.get(zipped.read("mimetype").strip())
            if "[Content_Types].xml" in names:
                if any(_MAIN_PART.fullmatch(name) for name in names):
                    return Kind.DOCX
                if "xl/workbook.xml" in names:
                    return Kind.XLSX
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError, zlib.error):
        raise FileRefused(Refusal.DAMAGED) from None
    return None


def _streams(file: IO[bytes]) -> set[str]:
    """Names of what an old Office file holds: a new one with a password is wrapped in such a file."""
    file.seek(0)
    head = file.read(512)
    names: set[str] = set()
    try:
        size = 1 << min(max(struct.unpack_from("<H", head, 30)[0], 9), 12)
        sector = struct.unpack_from("<I", head, 48)[0]
        tables = struct.unpack_from("<109I", head, 76)
        for _step in range(MOST_OLD_SECTORS):
            file.seek((sector + 1) * size)
            entries = file.read(size)
            for at in range(0, len(entries) - 127, 128):
                length = min(struct.unpack_from("<H", entries, at + 64)[0], 64)
                names.add(entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace"))
            table, place = divmod(sector, size // 4)
            file.seek((tables[table] + 1) * size + place * 4)
            sector = struct.unpack("<I", file.read(4))[0]
            if sector >= 0xFFFFFFFA:
                break
    except (struct.error, IndexError, OSError, OverflowError):
        pass
    return names


def _wrong_kind(file: IO[bytes], head: bytes, kind: Kind | None, kinds: Collection[Kind]) -> FileRefused:
    allowed = ", ".join(str(known.label) for known in Kind if known in kinds)
    if kind is not None:
        return FileRefused(Refusal.WRONG_KIND, found=kind.label, allowed=allowed)
    if head.startswith(b"\xd0\xcf\x11\xe0") and DOCUMENTS & set(kinds):
        if "EncryptedPackage" in _streams(file):
            return FileRefused(Refusal.LOCKED)
        return FileRefused(Refusal.OLD_OFFICE, allowed=allowed)
    guess = filetype.guess(head)
    found = guess.extension.upper() if guess else "SVG" if b"<svg" in head[:1024].lower() else ""
    if found:
        return FileRefused(Refusal.WRONG_KIND, found=found, allowed=allowed)
    return FileRefused(Refusal.UNKNOWN_KIND, allowed=allowed)


def _check_size(size: int, most: int, refusal: Refusal) -> None:
    if size > most:
        raise FileRefused(refusal, size=_short(math.ceil(size * 10 / MEGABYTE) / 10), most=most // MEGABYTE)


def _check_parts(file: IO[bytes]) -> None:
    """Look at a zipped document's table of contents; nothing is unpacked."""
    file.seek(0)
    with zipfile.ZipFile(file) as zipped:
        parts = zipped.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise FileRefused(Refusal.UNPACKS_TOO_BIG)
    for part in parts:
        if part.file_size > MEGABYTE and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise FileRefused(Refusal.UNPACKS_TOO_BIG)
        if part.flag_bits & 0x1:
            raise FileRefused(Refusal.LOCKED)
        if part.filename.lower().endswith("vbaproject.bin") or part.filename.startswith("Basic/"):
            raise FileRefused(Refusal.MACROS)


def _looks_like_text(head: bytes) -> bool:
    """Whether the first bytes are text and no markup: a spreadsheet's CSV, not a page or a picture."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start not in {b"<", b"{", b"%"} and not any(byte < 32 and byte not in b"\t\r\n" for byte in head)


def _check_text(file: IO[bytes]) -> None:
    file.seek(0)
    while chunk := file.read(MEGABYTE):
        if any(control in chunk for control in (b"\x00", b"\x1b", b"\x07")):
            raise FileRefused(Refusal.DAMAGED)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")

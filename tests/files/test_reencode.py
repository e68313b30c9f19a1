"""Pictures made anew from their pixels: nothing else comes along, and they look as they did."""

import io
import threading

import pytest
from PIL import Image, ImageCms, ImageFile

from snb.files import calculations
from snb.files.calculations import reencode
from snb.files.enums import Kind, Refusal
from snb.files.errors import FileRefused
from tests.files import samples

pytestmark = pytest.mark.pure


def opened(picture) -> Image.Image:
    """The picture as a browser would read it."""
    return Image.open(io.BytesIO(picture.data))


def near(pixel, wanted, by=25) -> bool:
    """Whether two pixels look the same."""
    return all(abs(a - b) <= by for a, b in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_come_along(format):
    before = samples.photo(format)
    assert samples.SECRET in before
    after = reencode(samples.file(before))
    assert samples.SECRET not in after.data
    assert b"Exif" not in after.data
    assert b"http://ns.adobe.com" not in after.data
    image = opened(after)
    assert (image.format, image.size) == (format, (64, 48))
    assert (after.format, after.kind.label.upper(), after.width, after.height) == (format, format, 64, 48)
    assert dict(image.getexif()) == {}
    left = {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
        "loop",
        "timestamp",
    }
    assert set(image.info) - left - {"background", "duration"} == set()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_upright_whatever_the_camera_said(orientation):
    after = reencode(samples.file(samples.photo("PNG", orientation=orientation)))
    red = {1: (8, 24), 2: (56, 24), 3: (56, 24), 4: (8, 24), 5: (24, 8), 6: (24, 8), 7: (24, 56), 8: (24, 56)}
    assert (after.width, after.height) == ((64, 48) if orientation < 5 else (48, 64))
    assert opened(after).convert("RGB").getpixel(red[orientation]) == (255, 0, 0)


def test_the_longest_edge_is_kept_within_the_limit():
    after = reencode(samples.file(samples.picture(size=(900, 300))), max_edge=300)
    assert (after.width, after.height) == opened(after).size == (300, 100)


def test_a_small_picture_is_not_blown_up():
    assert reencode(samples.file(samples.picture()), max_edge=300)[2:] == (64, 48)


@pytest.mark.parametrize(
    ("format", "mode", "wanted"),
    [
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "RGB"),
        ("PNG", "P", "RGB"),
        ("PNG", "1", "L"),
        ("PNG", "LA", "RGBA"),
        ("PNG", "RGBA", "RGBA"),
        ("WEBP", "RGBA", "RGBA"),
    ],
)
def test_every_way_to_store_colours_is_handled(format, mode, wanted):
    image = opened(reencode(samples.file(samples.picture(format, mode))))
    # WebP leaves an opaque alpha channel out of the file.
    assert image.mode == ("RGB" if format == "WEBP" else wanted)
    if mode not in {"L", "1", "LA"}:
        assert near(image.convert("RGB").getpixel((8, 24)), (255, 0, 0), by=40)
        assert near(image.convert("RGB").getpixel((56, 24)), (0, 0, 255), by=40)


def test_transparency_of_a_palette_stays():
    image = Image.new("P", (10, 10), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (5, 0, 10, 10))
    out = io.BytesIO()
    image.save(out, "PNG", transparency=1)
    after = opened(reencode(samples.file(out.getvalue())))
    assert (after.getpixel((2, 5)), after.getpixel((7, 5))[3]) == ((255, 0, 0, 255), 0)


def test_sixteen_bit_grey_is_scaled_and_not_cut_off():
    image = Image.new("I;16", (3, 1))
    for x, value in enumerate((0, 32768, 65535)):
        image.putpixel((x, 0), value)
    out = io.BytesIO()
    image.save(out, "PNG")
    after = opened(reencode(samples.file(out.getvalue())))
    assert [after.getpixel((x, 0)) for x in range(3)] == [0, 128, 255]


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_a_moving_picture_keeps_its_first_frame(format):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("lime", "black", "white")]
    out = io.BytesIO()
    frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    assert Image.open(io.BytesIO(out.getvalue())).n_frames == 3
    after = opened(reencode(samples.file(out.getvalue())))
    assert getattr(after, "n_frames", 1) == 1
    assert near(after.convert("RGB").getpixel((10, 10)), (0, 255, 0))


def test_colours_of_an_embedded_profile_become_screen_colours_and_the_profile_goes():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert srgb is not None
    after = reencode(samples.file(samples.picture(icc_profile=lab.tobytes())))
    assert "icc_profile" not in opened(after).info
    assert near(opened(after).getpixel((8, 24)), (255, 0, 0))


def test_a_broken_profile_is_ignored():
    after = reencode(samples.file(samples.picture(icc_profile=b"not a profile" * 20)))
    assert "icc_profile" not in opened(after).info
    assert near(opened(after).getpixel((8, 24)), (255, 0, 0))


def test_a_picture_cut_short_is_damaged(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    data = samples.picture(size=(400, 300))
    with pytest.raises(FileRefused) as caught:
        reencode(samples.file(data[: len(data) // 2]))
    assert caught.value.refusal is Refusal.DAMAGED


def test_a_file_that_lies_about_its_size_is_damaged():
    with pytest.raises(FileRefused) as caught:
        reencode(samples.file(samples.png_header(5000, 4000)))
    assert caught.value.refusal is Refusal.DAMAGED


def test_a_document_is_no_picture():
    with pytest.raises(FileRefused) as caught:
        reencode(samples.file(samples.PDF))
    assert caught.value.refusal is Refusal.WRONG_KIND


def test_one_picture_is_decoded_at_a_time(monkeypatch):
    monkeypatch.setattr(calculations, "DECODE_WAIT", 0.05)
    at_once = []

    class Slow(io.BytesIO):
        """A file that is read while another one asks."""

        def read(self, size=-1):
            if (
                threading.current_thread() is threading.main_thread()
                and not at_once
                and calculations._one_decode_at_a_time.locked()
            ):
                other = threading.Thread(target=ask)
                other.start()
                other.join()
            return super().read(size)

    def ask():
        try:
            reencode(samples.file(samples.picture()))
            at_once.append("decoded")
        except FileRefused as error:
            at_once.append(error.refusal)

    assert reencode(Slow(samples.picture())).width == 64
    assert at_once == [Refusal.BUSY]
    assert reencode(samples.file(samples.picture())).kind is Kind.JPEG

"""What a file is by its bytes, and what is refused with which words."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snb.files import calculations
from snb.files.calculations import Checked, check_upload
from snb.files.enums import DOCUMENTS, RASTERS, Kind, Refusal
from snb.files.errors import FileRefused
from tests.files import samples
from tests.meetings.word.ooxml import old_office

pytestmark = pytest.mark.pure
EVERYTHING = RASTERS | DOCUMENTS


def refused(data: bytes, kinds=EVERYTHING) -> str:
    """The words with which a file is refused."""
    with pytest.raises(FileRefused) as caught:
        check_upload(samples.file(data), kinds=kinds)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.picture("JPEG"), Kind.JPEG),
        (samples.picture("PNG"), Kind.PNG),
        (samples.picture("WEBP"), Kind.WEBP),
        (samples.picture("WEBP", lossless=True), Kind.WEBP),
        (samples.picture("WEBP", mode="RGBA", lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"), Kind.WEBP),
    ],
)
def test_check_upload_reads_kind_and_size_of_a_picture_from_its_bytes(data, kind):
    assert check_upload(samples.file(data, "notes.docx"), kinds=RASTERS) == Checked(kind, len(data), 64, 48)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.PDF, Kind.PDF),
        (samples.docx(), Kind.DOCX),
        (samples.zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), Kind.XLSX),
        (
            samples.zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"}),
            Kind.ODT,
        ),
        (
            samples.zipped(
                {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"}
            ),
            Kind.ODS,
        ),
        ("ward,votes\nHighgate,12\nTŷ,3\n".encode(), Kind.CSV),
        (b"\xef\xbb\xbfward;votes\r\n", Kind.CSV),
    ],
)
def test_check_upload_reads_the_kind_of_a_document_from_its_bytes(data, kind):
    opened = samples.file(data, "holiday.jpg")
    assert check_upload(opened, kinds=DOCUMENTS) == Checked(kind, len(data))
    assert opened.tell() == 0


def test_a_photo_over_the_limit_is_told_its_size_and_the_limit():
    data = samples.picture() + bytes(14 * calculations.MEGABYTE - len(samples.picture()))
    assert refused(data) == "This photo is 14 MB. The most we can take is 12 MB."


def test_a_photo_a_byte_over_the_limit_is_not_called_as_big_as_the_limit():
    data = samples.picture().ljust(calculations.MOST_RASTER_BYTES + 1, b"\0")
    assert refused(data) == "This photo is 12.1 MB. The most we can take is 12 MB."


def test_a_photo_of_exactly_the_limit_is_taken():
    data = samples.picture().ljust(calculations.MOST_RASTER_BYTES, b"\0")
    assert check_upload(samples.file(data), kinds=RASTERS).size == calculations.MOST_RASTER_BYTES


def test_a_document_over_the_limit_is_refused():
    data = samples.PDF.ljust(21 * calculations.MEGABYTE, b"\0")
    assert refused(data) == "This file is 21 MB. The most we can take is 20 MB."


def test_too_many_pixels_are_refused_from_the_header_without_decoding():
    data = samples.png_header(30_000, 30_000)
    tracemalloc.start()
    words = refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert words == (
        "This photo has 900 megapixels. The most we can take is 24. "
        "Choose a smaller size when you take it or share it."
    )
    assert peak < calculations.MEGABYTE


@pytest.mark.parametrize(
    ("width", "height", "taken"), [(6000, 4000, True), (6001, 4000, False), (24_000_001, 1, False)]
)
def test_twenty_four_megapixels_is_the_most(width, height, taken):
    data = samples.png_header(width, height)
    if taken:
        assert check_upload(samples.file(data), kinds=RASTERS).width == width
    else:
        assert "megapixels" in refused(data)


@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_the_largest_frame_header_of_each_format_is_read(format):
    width, height = (65_000, 9_000) if format == "JPEG" else (16_000, 9_000)
    data = bytearray(samples.picture(format))
    if format == "JPEG":
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    else:
        data[26:30] = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    assert "megapixels" in refused(bytes(data))


def test_nothing_is_refused():
    assert refused(b"") == "This file is empty."


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + bytes(50), "This is a GIF file. We can take these: JPEG, PNG, WebP."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "This is a SVG file. We can take these: JPEG, PNG, WebP.",
        ),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This is a HEIC file. We can take these: JPEG, PNG, WebP."),
        (samples.PDF, "This is a PDF file. We can take these: JPEG, PNG, WebP."),
        (b"nonsense", "We cannot tell what kind of file this is. We can take these: JPEG, PNG, WebP."),
    ],
)
def test_another_kind_of_file_is_named(data, words):
    assert refused(data, RASTERS) == words


def test_an_old_word_file_is_told_what_to_do():
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {Kind.DOCX}) == (
        "This is an old Office file. Save it in a newer format and choose it again. "
        "We can take these: Word document."
    )


@pytest.mark.parametrize(
    "data", [b"<html><script>alert(1)</script>", b"\0\1\2\3", b'{"a": 1}', b"a,b\n\x1b[2J"]
)
def test_what_is_not_plain_text_is_no_csv(data):
    with pytest.raises(FileRefused):
        check_upload(samples.file(data, "data.csv"), kinds={Kind.CSV})


def test_a_document_that_unpacks_to_too_much_is_refused_unopened():
    bomb = samples.docx(**{"word/media.xml": bytes(30 * calculations.MEGABYTE)})
    assert len(bomb) < calculations.MEGABYTE
    assert refused(bomb) == Refusal.UNPACKS_TOO_BIG.value


def test_a_document_of_too_many_parts_is_refused():
    many = samples.docx(**{f"word/{number}.xml": b"" for number in range(calculations.MOST_PARTS)})
    assert refused(many) == Refusal.UNPACKS_TOO_BIG.value


def test_macros_are_refused():
    assert refused(samples.docx(**{"word/vbaProject.bin": b"x"})) == Refusal.MACROS.value


def test_a_document_with_a_password_is_refused():
    data = bytearray(samples.docx())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    assert refused(bytes(data)) == Refusal.LOCKED.value


def test_a_plain_zip_is_not_a_document():
    assert refused(samples.zipped({"a.txt": b"a"})).startswith("This is a ZIP file.")


def test_a_zip_cut_short_is_damaged():
    assert refused(samples.docx()[:-30]) == Refusal.DAMAGED.value
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(samples.docx()[:-30]))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [
            samples.picture("JPEG"),
            samples.picture("PNG"),
            samples.picture("WEBP"),
            samples.photo("WEBP"),
            samples.docx(),
            samples.PDF,
        ]
    ),
    st.data(),
)
def test_mangled_files_are_taken_or_refused_and_never_crash(whole, data):
    mangled = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
    for _ in range(data.draw(st.integers(0, 6))):
        mangled[data.draw(st.integers(0, len(mangled) - 1))] = data.draw(st.integers(0, 255))
    try:
        checked = check_upload(samples.file(bytes(mangled)), kinds=EVERYTHING)
        if checked.kind.is_raster:
            assert calculations.reencode(samples.file(bytes(mangled))).data
    except FileRefused as error:
        words = error.messages[0]
    else:
        words = "Taken."
    assert words.endswith(".")


@pytest.mark.parametrize(
    ("streams", "refusal"),
    [
        (("EncryptionInfo", "EncryptedPackage"), Refusal.LOCKED),
        (("\x06DataSpaces", "Version", "DataSpaceMap", "EncryptionInfo", "EncryptedPackage"), Refusal.LOCKED),
        (("WordDocument", "1Table"), Refusal.OLD_OFFICE),
        ((), Refusal.OLD_OFFICE),
    ],
)
def test_a_new_document_with_a_password_is_wrapped_in_an_old_file(streams, refusal):
    with pytest.raises(FileRefused) as caught:
        check_upload(samples.file(old_office(*streams)), kinds={Kind.DOCX})
    assert caught.value.refusal is refusal


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=1500))
def test_an_old_file_that_was_mangled_is_still_refused(rest):
    with pytest.raises(FileRefused):
        check_upload(samples.file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rest), kinds={Kind.DOCX})

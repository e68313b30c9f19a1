"""PDFs that a screen reader can read, made of our own files and nothing else."""

import io
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdf
import pytest

from snb.files.adapters import own_file, render_pdf
from snb.files.errors import PdfRefused
from tests.files import samples

pytestmark = pytest.mark.pure

PAGE = """
<h1>Minutes of the Highgate panel</h1>
<p>Held at <a href="https://camden.example/wards/highgate/">the library</a>.</p>
<h2>Actions</h2>
<ol><li>Mend the lamp</li><li>Walk the square</li></ol>
<table><caption>Who came</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Role</th></tr></thead>
<tbody><tr><th scope="row">A. Person</th><td>Chair</td></tr></tbody></table>
<img src="pond.png" alt="The pond in Pond Square">
"""


def read(pdf: bytes) -> pypdf.PdfReader:
    """The document as a reader opens it."""
    return pypdf.PdfReader(io.BytesIO(pdf))


def tags(reader: pypdf.PdfReader) -> list[tuple[str, str]]:
    """Every structure element in reading order, with its alternative text."""
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for child in node:
                walk(child)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node:
                found.append((str(node["/S"]), str(node.get("/Alt", ""))))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.root_object["/StructTreeRoot"]["/K"])
    return found


@pytest.fixture(scope="module")
def made() -> pypdf.PdfReader:
    """One page made into a PDF."""
    return read(
        render_pdf(PAGE, title="Minutes, March", lang="en-GB", files={"pond.png": samples.picture("PNG")})
    )


def test_a_pdf_says_its_title_and_language_and_that_it_is_accessible(made):
    root = made.root_object
    assert (root["/Lang"], made.metadata.title) == ("en-GB", "Minutes, March")
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert (
        "pdfuaid:part" in root["/Metadata"].get_data().decode()
        or "pdfuaid" in root["/Metadata"].get_data().decode()
    )


def test_headings_lists_and_tables_are_tagged_in_reading_order(made):
    names = [name for name, _ in tags(made)]
    wanted = [
        "/H1",
        "/P",
        "/H2",
        "/L",
        "/LI",
        "/LI",
        "/Table",
        "/TR",
        "/TH",
        "/TH",
        "/TR",
        "/TH",
        "/TD",
        "/Figure",
    ]
    assert [name for name in names if name in set(wanted)] == wanted


def test_a_picture_has_its_alternative_text(made):
    assert [alt for name, alt in tags(made) if name == "/Figure"] == ["The pond in Pond Square"]


def test_the_words_are_text(made):
    words = " ".join(made.pages[0].extract_text().split())
    assert "Minutes of the Highgate panel" in words
    assert "Mend the lamp" in words


def test_a_whole_document_keeps_its_head_and_gets_our_title_and_language():
    html = "<html lang=fr><head><title>Draft by Jane</title><base href='file:///etc/'></head><body><h1>X</h1></body></html>"
    reader = read(render_pdf(html, title="Agenda", lang="cy"))
    assert (reader.metadata.title, reader.root_object["/Lang"]) == ("Agenda", "cy")


@pytest.fixture
def loopback():
    """A server on this machine that notes what is asked of it, and redirects."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        """Notes and redirects."""

        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()

        def log_message(self, *args):
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


WAYS = [
    '<img src="{}">',
    '<link rel="attachment" href="{}">',
    '<a rel="attachment" href="{}">paper</a>',
    '<link rel="stylesheet" href="{}">',
    '<style>@import url("{}");</style><p>x',
    '<style>p {{ background: url("{}") }}</style><p>x',
    '<style>@font-face {{ font-family: x; src: url("{}") }} p {{ font-family: x }}</style><p>x',
    '<style>p::before {{ content: url("{}") }}</style><p>x',
    '<style>li {{ list-style-image: url("{}") }}</style><ul><li>x</ul>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<svg width="10" height="10"><image href="{}" width="10" height="10"/></svg>',
    '<svg width="10" height="10"><use href="{}#a"/></svg>',
]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_on_the_network_is_asked(way, loopback):
    address, asked = loopback
    try:
        made = render_pdf(way.format(f"{address}/internal.png"), title="T", lang="en", uncompressed=True)
    except PdfRefused:
        made = b""
    assert asked == []
    assert b"EmbeddedFile" not in made


@pytest.mark.parametrize("way", WAYS)
def test_no_file_of_this_machine_gets_in(way, tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_bytes(samples.SECRET)
    try:
        made = render_pdf(way.format(secret.as_uri()), title="T", lang="en", uncompressed=True)
    except PdfRefused:
        made = b""
    assert samples.SECRET not in made
    assert b"EmbeddedFile" not in made


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x.png",
        "file:///etc/passwd",
        "ftp://page.invalid/pond.png",
        "http://page.invalid/pond.png",
        "https://page.invalid.example/pond.png",
        "https://me@page.invalid/pond.png",
        "https://page.invalid:443/pond.png",
        "https://page.invalid/other.png",
        "https://page.invalid/static/../../etc/passwd",
        "https://page.invalid/static/%2e%2e/%2e%2e/etc/passwd",
        "https://page.invalid/pond.png?to=elsewhere",
        "data:text/plain,hello",
        "//page.invalid/pond.png",
    ],
)
def test_only_the_pages_own_names_open(address):
    assert own_file("https://page.invalid/pond.png", {"pond.png": b"own"}) == b"own"
    with pytest.raises(PdfRefused):
        own_file(address, {"pond.png": b"own"})


def test_a_page_may_use_a_static_file(settings, tmp_path):
    from django.contrib.staticfiles import finders

    (tmp_path / "print.css").write_text("h1 { color: red }")
    settings.STATICFILES_DIRS = [tmp_path]
    finders.get_finder.cache_clear()
    try:
        assert own_file("https://page.invalid/static/print.css", {}) == b"h1 { color: red }"
        made = render_pdf(
            '<link rel=stylesheet href="/static/print.css"><h1>X', title="T", lang="en", uncompressed=True
        )
    finally:
        finders.get_finder.cache_clear()
    assert b"1 0 0 rg" in made


def test_a_file_may_be_given_as_a_path(tmp_path):
    (tmp_path / "x.png").write_bytes(samples.picture("PNG"))
    reader = read(
        render_pdf('<img src="x.png" alt="x">', title="T", lang="en", files={"x.png": tmp_path / "x.png"})
    )
    assert len(reader.pages[0].images) == 1


def test_without_pango_it_says_so_and_what_to_do():
    program = """
import cffi
real = cffi.FFI.dlopen
def without_pango(self, name, flags=0):
    if "pango" in str(name):
        raise OSError("cannot load library")
    return real(self, name, flags)
cffi.FFI.dlopen = without_pango
from django.conf import settings
settings.configure(USE_I18N=False)
from snb.files.adapters import render_pdf
from snb.files.errors import PdfUnavailable
try:
    render_pdf("<p>x", title="T", lang="en")
except PdfUnavailable as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ), timeout=60
    )
    assert "\nThis server cannot make PDFs: the Pango library is missing." in done.stdout, done.stderr
    assert "apt install libpango-1.0-0" in done.stdout

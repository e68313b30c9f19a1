"""The process that converts: bounded in time and memory, without a network, without Django, without our secrets."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from snb.meetings.errors import ConversionFailed, Failure
from snb.meetings.importers import running
from snb.meetings.importers.running import ROOT, convert_in_child
from tests.meetings.word.make_corpus import GOOD, sixty_pages
from tests.meetings.word.ooxml import docx, p

pytestmark = pytest.mark.pure
LONG = docx(*(p(f"Paragraph {number} of a document that is far too long.") for number in range(40_000)))


def in_child(program: str) -> str:
    """What a program prints that runs as the child does."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_conversion_that_takes_too_long_is_killed():
    began = time.monotonic()
    with pytest.raises(ConversionFailed) as caught:
        convert_in_child(io.BytesIO(LONG), seconds=0.5)
    assert caught.value.failure is Failure.TOO_SLOW
    assert time.monotonic() - began < 10


def test_a_conversion_that_needs_too_much_memory_is_ended():
    with pytest.raises(ConversionFailed) as caught:
        convert_in_child(io.BytesIO(sixty_pages()), memory=64 * 1024 * 1024)
    assert caught.value.failure is Failure.TOO_BIG


def test_a_conversion_leaves_no_process_behind():
    with pytest.raises(ConversionFailed):
        convert_in_child(io.BytesIO(LONG), seconds=0.5)
    children = [
        Path(f"/proc/{child}/cmdline").read_bytes()
        for task in Path("/proc/self/task").glob("*/children")
        for child in task.read_text().split()
    ]
    assert [command for command in children if b"importers.child" in command] == []


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 5432))",
        "socket.getaddrinfo('demo.example', 80)",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:1/')",
    ],
)
def test_the_child_opens_no_connection(attempt):
    program = (
        "import socket\nfrom snb.meetings.importers import child\nchild.cut_network()\n"
        f"try:\n    {attempt}\nexcept Exception as error:\n"
        "    print(type(getattr(error, 'reason', error)).__name__)\nelse:\n    print('connected')"
    )
    assert in_child(program).strip() == "NetworkRefused"


def test_the_child_writes_no_file_and_has_bounds(tmp_path):
    program = (
        "import resource\nfrom snb.meetings.importers import child\nchild.set_limits(300 << 20, 7)\n"
        f"import os\ntry:\n    os.write(os.open({str(tmp_path / 'x')!r}, os.O_WRONLY | os.O_CREAT), b'x')\nexcept OSError as error:\n    print(error.errno)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 20, resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    assert in_child(program).split() == ["27", "300", "7"]


def test_the_child_knows_nothing_of_django_or_of_us():
    program = (
        "import sys, os, json\nimport snb.meetings.importers.child\n"
        "print(json.dumps([sorted(m for m in sys.modules if m.split('.')[0] in ('django', 'wagtail')), sorted(os.environ)]))"
    )
    modules, environment = json.loads(in_child(program))
    assert modules == []
    assert [name for name in environment if "SECRET" in name or "DATABASE" in name or "KEY" in name] == []


def test_what_the_child_is_started_with_holds_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-pass-on")
    seen = {}
    run = subprocess.run

    def watched(command, **options):
        seen.update(options)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    convert_in_child(io.BytesIO(GOOD["comments"]()))
    assert set(seen["env"]) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8"}


def test_a_bug_is_called_damaged_and_named_in_the_log(monkeypatch, caplog):
    from snb.meetings.importers import child

    def broken(data):
        raise ZeroDivisionError("words of the document")

    monkeypatch.setattr(child, "convert_bytes", broken)
    answer = json.loads(child.answer(b""))
    assert answer["failed"] == "damaged"
    assert answer["bug"].startswith("ZeroDivisionError in test_child.py:")
    assert "words of the document" not in str(answer)


@pytest.mark.parametrize(
    ("error", "failed"),
    [(MemoryError(), "too_big"), (RecursionError(), "damaged"), (OSError("x"), "damaged")],
)
def test_every_error_of_the_child_has_a_name(monkeypatch, error, failed):
    from snb.meetings.importers import child

    def broken(data):
        raise error

    monkeypatch.setattr(child, "convert_bytes", broken)
    assert json.loads(child.answer(b"")) == {"failed": failed}


def test_the_file_is_left_at_its_start():
    file = io.BytesIO(GOOD["comments"]())
    convert_in_child(file)
    assert file.tell() == 0


def test_a_document_waits_for_another_one_and_is_told_when_that_takes_long(monkeypatch):
    monkeypatch.setattr(running, "WAIT", 0.05)
    short = docx(p("The board met in the library."))
    with running._one_at_a_time, pytest.raises(ConversionFailed) as caught:
        convert_in_child(io.BytesIO(short))
    assert caught.value.failure is Failure.BUSY
    assert convert_in_child(io.BytesIO(short)).html == "<p>The board met in the library.</p>"

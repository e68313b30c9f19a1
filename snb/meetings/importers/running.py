"""The parent's side: check the file, start the child, and turn its answer into a conversion or a sentence."""

from __future__ import annotations

import base64
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from snb.files.calculations import check_upload
from snb.files.enums import Kind, Refusal
from snb.files.errors import FileRefused
from snb.meetings.errors import ConversionFailed, Failure
from snb.meetings.importers.reporting import report_of
from snb.meetings.importers.results import Conversion, Proposals

logger = logging.getLogger(__name__)
SECONDS = 60.0
MEMORY = 512 * 1024 * 1024
WAIT = 20.0
"""Seconds a document waits for another one to be finished."""
ROOT = Path(__file__).resolve().parents[3]
_one_at_a_time = threading.Lock()


def convert_in_child(file: IO[bytes], *, seconds: float = SECONDS, memory: int = MEMORY) -> Conversion:
    """As `convert`, within these limits.

    Raises:
        FileRefused: see `snb.files.calculations.check_upload`.
        ConversionFailed: damaged, empty, an OpenDocument file, too slow or too big, or others kept the converter busy.
    """
    try:
        check_upload(file, kinds={Kind.DOCX})
    except FileRefused as error:
        if error.refusal is Refusal.WRONG_KIND and (error.params or {}).get("found") == Kind.ODT.label:
            raise ConversionFailed(Failure.OPEN_DOCUMENT) from None
        raise
    data = file.read()
    file.seek(0)
    if not _one_at_a_time.acquire(timeout=WAIT):
        raise ConversionFailed(Failure.BUSY)
    try:
        result = _answer_of(data, seconds, memory)
    finally:
        _one_at_a_time.release()
    return Conversion(
        html=result["html"],
        blocks=tuple(result["blocks"]),
        report=report_of(result),
        proposals=Proposals.from_json(result["proposals"]),
        pictures={name: base64.b64decode(picture) for name, picture in result["pictures"].items()},
    )


def _answer_of(data: bytes, seconds: float, memory: int) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "snb.meetings.importers.child",
        f"--memory={memory}",
        f"--seconds={int(seconds) + 1}",
    ]
    try:
        # Nothing but our own command line; the document goes in by the pipe.
        done = subprocess.run(  # noqa: S603
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConversionFailed(Failure.TOO_SLOW) from None
    if done.returncode:
        logger.warning("The conversion of a document ended with status %s.", done.returncode)
        raise ConversionFailed(Failure.TOO_BIG)
    answer = json.loads(done.stdout)
    if "failed" in answer:
        if "bug" in answer:
            logger.error("A document could not be converted: %s.", answer["bug"])
        raise ConversionFailed(Failure[answer["failed"].upper()])
    result: dict[str, Any] = answer["result"]
    return result

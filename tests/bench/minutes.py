"""`python -m tests.bench.minutes`: converts 60 pages from Word, beside mammoth alone in the same kind of process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.meetings.word.make_corpus import sixty_pages

ROOT = Path(__file__).resolve().parent.parent.parent
TURNS = 3
MEMORY = 512 * 1024 * 1024
ALONE = (
    "import io, sys, mammoth; print(len(mammoth.convert_to_html(io.BytesIO(sys.stdin.buffer.read())).value))"
)


def measure_minutes(turns: int = TURNS) -> dict[str, Any]:
    """Seconds and peak memory of both, the middle of some turns; `ratio` is how many times as long ours takes."""
    document = sixty_pages()
    ours = ["-m", "snb.meetings.importers.child", f"--memory={MEMORY}", "--seconds=60"]
    runs: dict[str, list[tuple[float, float]]] = {"alone": [], "ours": []}
    for _turn in range(turns):
        runs["alone"].append(_run(["-c", ALONE], document))
        runs["ours"].append(_run(ours, document))
    seconds = {name: statistics.median(took for took, _peak in each) for name, each in runs.items()}
    peaks = {name: max(peak for _took, peak in each) for name, each in runs.items()}
    return {
        "file_kb": round(len(document) / 1024),
        "mammoth_s": round(seconds["alone"], 2),
        "convert_s": round(seconds["ours"], 2),
        "ratio": round(seconds["ours"] / seconds["alone"], 2),
        "mammoth_mb": round(peaks["alone"]),
        "peak_mb": round(peaks["ours"]),
    }


def _run(arguments: list[str], document: bytes) -> tuple[float, float]:
    """Seconds and peak megabytes of one process that is given the document."""
    with tempfile.TemporaryFile() as file:
        file.write(document)
        file.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            stdin=file,
            stdout=subprocess.DEVNULL,
            env={"PYTHONPATH": str(ROOT)},
        )
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - began
    if status:
        raise SystemExit(f"{' '.join(arguments[:2])} failed.")
    return took, usage.ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure_minutes()))

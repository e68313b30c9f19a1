"""Keeps the worker and the timetable running beside the web server, and ends them with it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

LONGEST_WAIT = 60.0
"""Seconds between two starts of a child that keeps dying."""
STEADY = 30.0
"""A child that has lived this long starts again at once."""
PATIENCE = 10.0
"""Seconds a child has to end before it is killed."""


@dataclass
class Child:
    """A process of our own."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    wait: float = field(default=1.0)


def _die_with_parent() -> None:
    """Ask the kernel to end this child when its parent is gone, however it went (Linux)."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)


class Supervisor:
    """Starts children, starts them again with growing pauses when they die, and ends them all.

    Args:
        say: takes one sentence for the person at the terminal.
    """

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None]) -> None:
        self.children = list(children)
        self.say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor")

    def start(self) -> None:
        """Start everything and go on watching."""
        self._thread.start()

    def stop(self) -> None:
        """End every child and wait for it."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        # The children are started by this thread and must be: the kernel's promise is bound to the thread that forked them.
        while not self._stop.is_set():
            for child in self.children:
                self._look_after(child)
            self._stop.wait(0.3)
        self._end_all()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            child.process = None
            if now - child.started >= STEADY:
                child.wait = 1.0
            child.start_at = now + child.wait
            self.say(f"The {child.name} stopped (exit code {code}); it starts again in {child.wait:.0f} s.")
            child.wait = min(child.wait * 2, LONGEST_WAIT)
        if now >= child.start_at:
            child.started = now
            child.process = subprocess.Popen(  # noqa: S603 - our own manage.py
                list(child.command),
                stdin=subprocess.DEVNULL,
                # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def _end_all(self) -> None:
        running = [
            child for child in self.children if child.process is not None and child.process.poll() is None
        ]
        for child in running:
            if child.process is not None:
                child.process.terminate()
        end = time.monotonic() + PATIENCE
        for child in running:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"The {child.name} does not end; it is killed.")
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()

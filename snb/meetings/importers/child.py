"""`python -m snb.meetings.importers.child`: a document comes in by the pipe, plain data goes out by it.

The process has little memory and time, opens no socket and writes no file. It has nothing of ours in its environment.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import ctypes
import json
import os
import resource
import socket
import sys
import zipfile
import zlib
from typing import Any, NoReturn

from snb.meetings.importers.conversion import Empty, Nested, convert_bytes
from snb.meetings.importers.package import Damaged

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


class NetworkRefused(OSError):
    """A document is converted without asking anybody."""


def main() -> None:
    """Convert what comes in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, required=True, help="bytes of address space")
    parser.add_argument("--seconds", type=int, required=True, help="seconds of processor time")
    arguments = parser.parse_args()
    data = sys.stdin.buffer.read()
    cut_network()
    set_limits(arguments.memory, arguments.seconds)
    sys.stdout.buffer.write(answer(data))
    sys.stdout.buffer.flush()


def answer(data: bytes) -> bytes:
    """The result as JSON, or the name of what went wrong and the line where it did."""
    try:
        result = convert_bytes(data)
        result["pictures"] = {
            name: base64.b64encode(picture).decode() for name, picture in result["pictures"].items()
        }
        return json.dumps({"result": result}).encode()
    except MemoryError:
        return b'{"failed": "too_big"}'
    except Nested:
        return b'{"failed": "nested"}'
    except Empty:
        return b'{"failed": "empty"}'
    except (Damaged, zipfile.BadZipFile, zlib.error, EOFError, OSError, RecursionError) as error:
        failed = "too_big" if "memory" in str(error).lower() else "damaged"
        return json.dumps({"failed": failed}).encode()
    except Exception as error:
        # Whatever else goes wrong is a document nobody thought of: the page says “damaged”, the log says where.
        return json.dumps({"failed": "damaged", "bug": place(error)}).encode()


def place(error: BaseException) -> str:
    """Kind and place of an error; never its words, which may be the document's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return (
        f"{type(error).__name__} in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    )


def cut_network() -> None:
    """No sockets for Python code; and where the system allows it, no network for the process at all."""

    def refuse(*arguments: Any, **options: Any) -> NoReturn:
        raise NetworkRefused("A document is converted without a network.")

    socket.socket = refuse  # type: ignore[assignment,misc]
    socket.create_connection = refuse
    socket.getaddrinfo = refuse
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)


def set_limits(memory: int, seconds: int) -> None:
    """Bound memory and processor time; no file is written and no core is left behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


if __name__ == "__main__":
    main()

"""A real receiver on this machine that keeps our reference, with faults to switch on."""

from __future__ import annotations

import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Takes POST /tasks, answers GET /tasks/<reference>. `taken` holds each reference once for each time
    it was created.
    """

    def __init__(self, seed: int = 1) -> None:
        self.taken: list[str] = []
        self.asked: list[str] = []
        self.posts: list[dict[str, str]] = []
        self.faults: list[str] = []
        """One is used up by each POST: "503", "500", "302", "400", "drop" (before keeping), "lose" (after
        keeping), "drip".
        """
        self.slow = 0.0
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                reference = json.loads(body)["reference"]
                with receiver.lock:
                    fault = receiver.faults.pop(0) if receiver.faults else ""
                    receiver.posts.append(dict(self.headers.items()))
                time.sleep(receiver.random.random() * receiver.slow)
                if fault == "drop":
                    self.close_connection = True
                    return
                if fault == "302":
                    self.answer(302, {"Location": "/elsewhere"})
                elif fault == "503":
                    self.answer(503, {"Retry-After": "86400"})
                elif fault in {"400", "500"}:
                    self.answer(int(fault))
                else:
                    with receiver.lock:
                        if reference not in receiver.taken:
                            receiver.taken.append(reference)
                    if fault == "lose":
                        self.close_connection = True
                    elif fault == "drip":
                        self.wfile.write(b"HTTP/1.1 201 Created\r\n")
                        for _ in range(100):
                            self.wfile.write(b"X-Slow: 1\r\n")
                            time.sleep(0.1)
                    elif fault == "huge":
                        self.send_response(201)
                        self.end_headers()
                        for _ in range(40):
                            self.wfile.write(bytes(100_000))
                    else:
                        self.answer(201, body=reference.encode())

            def do_GET(self) -> None:
                reference = self.path.rpartition("/")[2]
                with receiver.lock:
                    receiver.asked.append(reference)
                    there = reference in receiver.taken
                self.answer(200 if there else 404, body=reference.encode() if there else b"")

            def answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
                try:
                    self.send_response(status)
                    for name, value in (headers or {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}
        ).start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()

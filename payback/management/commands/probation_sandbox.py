"""A stand-in for probation's system: a service of its own with the real rules of project creation, and faults to switch on."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets
import ssl
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from django.core.management.base import BaseCommand, CommandParser

from payback.management.sandbox_rules import Invalid, as_read, check_projects

FAULTS = ("slow", "500", "503", "429", "cut_before", "cut_after", "400", "duplicate", "401", "302", "none")
"""One is used up by each POST. `cut_before` and `cut_after` end the connection before and after the project is kept; `duplicate`
keeps it and then answers as if it had been there already; `400` refuses whatever it is."""


class Store:
    """Projects in a file, one request a line, each on the disk before it is answered. A line that a kill tore is cut off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.projects: dict[str, dict[str, Any]] = {}
        if path.exists():
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if whole != data:
                with path.open("r+b") as file:
                    file.truncate(len(whole))
            for line in whole.splitlines():
                self.projects |= {project["code"]: project for project in json.loads(line)}

    def keep(self, request: Any) -> list[str]:
        """Check and keep, or raise Invalid."""
        with self.lock:
            projects = check_projects(request, set(self.projects))
            with self.path.open("ab") as file:
                file.write(json.dumps(projects, ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            self.projects |= {project["code"]: project for project in projects}
            return [project["code"] for project in projects]


class Sandbox:
    """The service: `POST /oauth/token`, `POST /projects`, `GET /projects/{code}`, `PUT /faults`, `GET /health`."""

    def __init__(
        self,
        path: Path,
        *,
        port: int = 0,
        client_id: str = "portal",
        client_secret: str = "sandbox",  # noqa: S107  known to everybody: nothing real is behind it
        slow: float = 3.0,
        token_lives: int = 300,
        wrong_certificate: bool = False,
    ) -> None:
        self.store = Store(path)
        self.client = f"{client_id}:{client_secret}"
        self.slow, self.token_lives = slow, token_lives
        self.faults: list[str] = []
        self.tokens: dict[str, float] = {}
        self.seen: list[tuple[str, str]] = []
        """Method and path of each request, for tests and for whoever watches."""
        self.keys: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.server.daemon_threads = True
        self.scheme = "http"
        if wrong_certificate:
            self.server.socket = _self_signed().wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        self.host = f"127.0.0.1:{self.server.server_port}"

    @property
    def destination(self) -> dict[str, str]:
        """Its entry for `PAYBACK_DESTINATIONS`."""
        base = f"{self.scheme}://{self.host}"
        client_id, _, client_secret = self.client.partition(":")
        return {
            "url": base,
            "token_url": f"{base}/oauth/token",
            "client_id": client_id,
            "client_secret": client_secret,
        }

    def start(self) -> Sandbox:
        """Serve in the background."""
        threading.Thread(
            target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}
        ).start()
        return self

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()


def _handler(sandbox: Sandbox) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_GET(self) -> None:
            """A project by its code, or whether the service is there."""
            sandbox.seen.append(("GET", self.path))
            if self.path == "/health":
                self.answer(200, {"status": "UP", "projects": len(sandbox.store.projects)})
            elif not self.signed_in():
                self.answer(401, {"userMessage": "No valid token"})
            elif self.path.startswith("/projects/"):
                code = unquote(self.path.removeprefix("/projects/"))
                project = sandbox.store.projects.get(code)
                if project is None:
                    self.answer(404, {"status": 404, "message": f"Project with code of {code} not found"})
                else:
                    self.answer(200, as_read(project))
            else:
                self.answer(404, {"status": 404, "message": "Not found"})

        def do_PUT(self) -> None:
            """Set the faults that come next."""
            body = self.body()
            if (
                self.path == "/faults"
                and isinstance(body, list)
                and all(isinstance(fault, str) and fault in FAULTS for fault in body)
            ):
                sandbox.faults = body
                self.answer(200, {"faults": body})
            else:
                self.answer(400, {"message": f"A list of faults, each one of: {', '.join(FAULTS)}"})

        def do_POST(self) -> None:
            """A token, or new projects."""
            sandbox.seen.append(("POST", self.path))
            if self.path == "/oauth/token":
                self.give_token()
                return
            body = self.body()
            if self.path != "/projects":
                self.answer(404, {"status": 404, "message": "Not found"})
            elif not self.signed_in():
                self.answer(401, {"userMessage": "No valid token"})
            else:
                sandbox.keys.append(self.headers.get("Idempotency-Key", ""))
                self.create(body, sandbox.faults.pop(0) if sandbox.faults else "none")

        def create(self, body: Any, fault: str) -> None:
            """Keep the projects, in the way the fault says."""
            if fault == "slow":
                time.sleep(sandbox.slow)
            if fault == "cut_before":
                self.close_connection = True
                return
            early = {
                "500": (500, {"message": "Internal server error"}, {}),
                "503": (503, {"message": "Service unavailable"}, {"Retry-After": "2"}),
                "429": (429, {"message": "Too many requests"}, {"Retry-After": "7200"}),
                "400": (400, {"status": 400, "message": "A rule that nobody told us about"}, {}),
                "401": (401, {"userMessage": "No valid token"}, {}),
                "302": (302, {}, {"Location": "/elsewhere"}),
            }.get(fault)
            if early:
                self.answer(early[0], early[1], early[2])
                return
            try:
                codes = sandbox.store.keep(body)
            except Invalid as error:
                self.answer(400, {"status": 400, "message": str(error)})
                return
            if fault == "cut_after":
                self.close_connection = True
            elif fault == "duplicate":
                found = ", ".join(codes)
                self.answer(
                    400,
                    {
                        "status": 400,
                        "message": f"Project codes must be unique, existing projects with codes found: {found}",
                    },
                )
            else:
                self.answer(201, {"projects": [{"code": code} for code in codes]})

        def give_token(self) -> None:
            """The client-credentials grant, with the pair in the Authorization header."""
            form = parse_qs(self.raw().decode("utf-8", "replace"))
            given = self.headers.get("Authorization", "").removeprefix("Basic ")
            try:
                pair = unquote(base64.b64decode(given, validate=True).decode())
            except (binascii.Error, ValueError):
                pair = ""
            if form.get("grant_type") != ["client_credentials"] or not hmac.compare_digest(
                pair.encode(), sandbox.client.encode()
            ):
                self.answer(401, {"error": "invalid_client"})
                return
            token = secrets.token_urlsafe(24)
            sandbox.tokens[token] = time.monotonic() + sandbox.token_lives
            self.answer(
                200, {"access_token": token, "token_type": "Bearer", "expires_in": sandbox.token_lives}
            )

        def signed_in(self) -> bool:
            """Whether the token is one of ours and still holds."""
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            return sandbox.tokens.get(token, 0.0) > time.monotonic()

        def raw(self) -> bytes:
            """The body's bytes, a megabyte at most."""
            length = self.headers.get("Content-Length", "0")
            return self.rfile.read(min(int(length), 1_000_000) if length.isdigit() else 0)

        def body(self) -> Any:
            """The body as JSON; None where it is none."""
            try:
                return json.loads(self.raw())
            except ValueError:
                return None

        def answer(self, status: int, data: object, headers: dict[str, str] | None = None) -> None:
            """Send an answer as JSON."""
            body = json.dumps(data).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            """A caller that is gone is no error."""
            try:
                super().handle()
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    return Handler


def _self_signed() -> ssl.SSLContext:
    """TLS with a certificate that nobody trusts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sandbox.invalid")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        context.load_cert_chain(file.name)
    return context


class Command(BaseCommand):
    """Run it beside the portal; it needs neither its database nor its web workers."""

    help = "Serves a stand-in for probation's system on 127.0.0.1. Nothing real is behind it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Port, file, client and faults."""
        parser.add_argument("--port", type=int, default=8099)
        parser.add_argument("--projects", type=Path, required=True, help="file it keeps its projects in")
        parser.add_argument("--client-id", default="portal")
        parser.add_argument("--client-secret", default="sandbox")
        parser.add_argument("--slow", type=float, default=3.0, help="seconds a slow answer takes")
        parser.add_argument("--fault", action="append", default=[], choices=FAULTS, help="one for each POST")
        parser.add_argument("--wrong-certificate", action="store_true", help="TLS that nobody trusts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say where it is, and serve until a signal comes."""
        sandbox = Sandbox(
            options["projects"],
            port=options["port"],
            client_id=options["client_id"],
            client_secret=options["client_secret"],
            slow=options["slow"],
            wrong_certificate=options["wrong_certificate"],
        )
        sandbox.faults = list(options["fault"])
        self.stdout.write(json.dumps({"host": sandbox.host, **sandbox.destination}))
        self.stdout.flush()
        try:
            sandbox.server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            sandbox.server.server_close()

"""A whole portal in a process of its own, with its own folder, database and port."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
DOMAIN = "snb.localhost"
OTHERS = {"DATABASE_URL", "REDIS_URL"}


@dataclass(frozen=True)
class Server:
    """Where the portal answers, the session cookies of its people, printed codes of Highgate to use up, and links from emails."""

    port: int
    sessions: dict[str, str]
    codes: list[str]
    links: dict[str, str]

    def url(self, site: str, path: str = "/") -> str:
        """Address of a path on a site: `london`, or a borough's slug."""
        host = DOMAIN if site == "london" else f"{site}.{DOMAIN}"
        return f"http://{host}:{self.port}{path}"

    def cookie(self, email: str) -> dict[str, str]:
        """The cookie that signs a person in, as Playwright wants it."""
        return {"name": "snb_session", "value": self.sessions[email], "domain": f".{DOMAIN}", "path": "/"}

    def emailed_code(self, email: str) -> str:
        """The code in the newest mail to an address, as the demo's inbox shows it."""
        asked = Request(
            f"http://127.0.0.1:{self.port}/demo/inbox/?{urlencode({'to': email})}",
            headers={"Host": f"{DOMAIN}:{self.port}"},
        )
        with urlopen(asked, timeout=30) as answer:
            return re.findall(r"The code is (\d{4}-\d{4})", answer.read().decode())[0]


def elsewhere(port: int) -> str:
    """Another website as a browser sees it, though it is this machine."""
    return f"http://127.0.0.1:{port}/health/"


def run(*command: str, environment: dict[str, str]) -> None:
    """Run a step of the preparation, with what it said if it fails."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """Build, migrate, seed and serve; end the process and its folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="snb-browser-") as folder:
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if name not in OTHERS},
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_VAR": folder,
            "PORTAL_DOMAIN": DOMAIN,
            "PORTAL_PORT": str(port),
            "PORTAL_DEMO": "1",
            "PORTAL_PLAIN_STATIC": "1",
            "EXIT_ADDRESS": elsewhere(port),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ENCRYPTION_KEYS": "b1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        run("-m", "portal.assets", environment=environment)
        run("-m", "tests.browser.seed", f"{folder}/seeded.json", environment=environment)
        server = [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(port)]
        written = Path(folder, "server.log")
        with written.open("w") as log:
            process = subprocess.Popen(
                [*server, "--log-level", "warning"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
            try:
                wait_until_it_answers(process, port, written)
                yield Server(port, **json.loads(Path(folder, "seeded.json").read_text()))
            finally:
                process.terminate()
                process.wait(timeout=20)


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers anything at all; say what it wrote if it ends before."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended:\n{log.read_text()[-4000:]}")
        try:
            asked = Request(f"http://127.0.0.1:{port}/", headers={"Host": f"{DOMAIN}:{port}"})
            urlopen(asked, timeout=30).close()
            return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("The server did not answer within a minute.")

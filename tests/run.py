"""Runs everything that must hold, and ends with a table of what ran and what this machine could not run."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CI = bool(os.environ.get("CI"))
OURS = ["portal", "snb", "cms", "wardpanels", "payback"]


@dataclass
class Result:
    """How one step went."""

    name: str
    state: str  # ok, FAILED, missing
    seconds: float = 0
    note: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def reachable(url: str) -> bool:
    """Whether something listens at the address's host and port."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


def database_url() -> str:
    """A PostgreSQL server that lets us in, or an empty string."""
    import psycopg

    for url in filter(
        None, [os.environ.get("TEST_DATABASE_URL"), "postgres://postgres@127.0.0.1:5432/postgres"]
    ):
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                connection.execute("select 1")
            return url
        except psycopg.Error:
            continue
    return ""


def redis_url() -> str:
    """A Redis that answers, or an empty string."""
    urls = filter(None, [os.environ.get("TEST_REDIS_URL"), "redis://127.0.0.1:6379/9"])
    return next((url for url in urls if reachable(url)), "")


def run(
    name: str, command: list[str], env: dict[str, str] | None = None, junit: Path | None = None
) -> Result:
    """Run one step, showing its output."""
    print(f"\n── {name} " + "─" * max(3, 90 - len(name)), flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode
    result = Result(name, "ok" if code == 0 else "FAILED", time.monotonic() - began)
    if junit and junit.exists():
        suite = ET.parse(junit).getroot().find("testsuite")
        if suite is not None:
            number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
            failed = number["failures"] + number["errors"]
            result.counts = {
                "passed": number["tests"] - failed - number["skipped"],
                "failed": failed,
                "skipped": number["skipped"],
            }
            result.note = ", ".join(f"{count} {word}" for word, count in result.counts.items() if count)
    return result


def pytest_step(
    name: str,
    marks: str,
    scratch: Path,
    *,
    env: dict[str, str] | None = None,
    workers: int = 2,
    paths: list[str] | None = None,
) -> Result:
    """One pytest run with its own scratch folder, database names and cache prefix."""
    key = name.split()[-1].lower() if " " in name else name.lower()
    junit = scratch / f"{key}.xml"
    var = scratch / key
    var.mkdir()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        marks,
        f"--junitxml={junit}",
        "-p",
        "no:cacheprovider",
    ]
    if workers > 1:
        command += ["-n", str(workers), "--dist", "worksteal"]
    return run(name, command + (paths or []), {"PORTAL_VAR": str(var), **(env or {})}, junit)


def lint() -> list[Result]:
    """Style, types, templates, contracts and migrations."""
    steps = {
        "ruff": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
        "djlint": [str(BIN / "djlint"), *OURS, "--lint", "--quiet"],
        "import contracts": [str(BIN / "lint-imports"), "--no-cache"],
        "mypy": [str(BIN / "mypy"), *OURS],
        "missing migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    with tempfile.TemporaryDirectory(prefix="snb-lint-") as scratch:
        from tests import environment  # noqa: F401  the environment of a test run

        return [
            run(name, command, {"PORTAL_VAR": scratch, "PYTHONPATH": str(ROOT)})
            for name, command in steps.items()
        ]


def main() -> int:
    """Run the chosen steps and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "sqlite", "postgres", "browser", "fuzz", "faults"])
    only = parser.parse_args().only
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="snb-test-") as folder:
        scratch = Path(folder)
        if only in {None, "lint"}:
            results += lint()
        if only in {None, "sqlite"}:
            results.append(pytest_step("suite on SQLite", "not browser and not postgres", scratch))
        if only in {None, "postgres", "fuzz", "faults"}:
            url, redis = database_url(), redis_url()
            if url:
                name = f"snb_{os.getpid()}"
                base = url.rsplit("/", 1)[0]
                env = {"DATABASE_URL": f"{base}/{name}"} | ({"REDIS_URL": redis} if redis else {})
                paths = {"fuzz": ["tests/fuzz"], "faults": ["tests/faults"]}.get(only or "")
                results.append(
                    pytest_step(
                        "suite on PostgreSQL" + (" and Redis" if redis else ""),
                        "not browser and not pure and not sqlite",
                        scratch,
                        env=env,
                        paths=paths,
                    )
                )
                if only:
                    results += (
                        [pytest_step("suite on SQLite", "not browser and not postgres", scratch, paths=paths)]
                        if paths
                        else []
                    )
            else:
                results.append(
                    Result(
                        "suite on PostgreSQL",
                        "missing",
                        note="no PostgreSQL server lets us in at 127.0.0.1:5432 (or TEST_DATABASE_URL)",
                    )
                )
            if not redis:
                results.append(
                    Result("Redis", "missing", note="nothing answers at 127.0.0.1:6379 (or TEST_REDIS_URL)")
                )
        if only in {None, "browser"}:
            if shutil.which("chromium") or os.environ.get("CHROMIUM"):
                results.append(pytest_step("pages in Chromium", "browser", scratch, workers=1))
            else:
                results.append(
                    Result(
                        "pages in Chromium",
                        "missing",
                        note="chromium is not installed (apt-get install chromium)",
                    )
                )

    print("\n" + "═" * 94)
    for result in results:
        print(f"{result.state:8} {result.name:34} {result.seconds:6.0f} s  {result.note}")
    print("═" * 94)
    total = {
        word: sum(result.counts.get(word, 0) for result in results)
        for word in ("passed", "failed", "skipped")
    }
    failed = [result for result in results if result.state == "FAILED" or (CI and result.state == "missing")]
    if not total["passed"] and only is None:
        failed.append(Result("no test ran", "FAILED"))
    print(f"tests: {total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    if failed:
        print("Not green: " + ", ".join(result.name for result in failed) + ".")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

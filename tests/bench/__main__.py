"""`python -m tests.bench`: starts production-shaped servers, measures, and writes docs/bench.json and docs/bench.md."""

from __future__ import annotations

import argparse
import csv
import http.client
import itertools
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import payback, questions
from tests.bench.load import Measured, get, measure, post
from tests.bench.minutes import measure_minutes
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2
TURNS = 3
PER_CONNECTION = 50
"""Requests before a connection is opened anew: a worker may have taken most of them, and a turn would measure that."""
AIM_CACHED, AIM_QUERIES, AIM_FULL = 0.5, 15, 1.25
AIM_IMPORT, AIM_MEMORY = 4.0, 500
AIM_CASTING, AIM_CLOSING = 0.25, 10.0
AIM_MINUTES, AIM_MINUTES_MEMORY = 4.0, 256
AIM_FOLLOWING = 1.0
"""Of a bare group's time from a press to the last open page, at most."""
BOXES = (5_000, 50_000)
"""Ballots in the rounds that are closed; the aim is for the larger."""


PARTS = ("pages", "ballot", "questions", "payback", "postcodes", "minutes")
"""What can be measured by itself. Ratios are always of one run."""


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="how long each address is asked, in three turns"
    )
    parser.add_argument("--rows", type=int, default=2_700_000, help="rows of the postcode directory")
    parser.add_argument(
        "--small",
        action="store_true",
        help="a quick try: two seconds each, small data, nothing written to docs/",
    )
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database")
    parser.add_argument(
        "--part",
        choices=PARTS,
        action="append",
        help="only this, again and again; what was measured before of the rest stays, with its date",
    )
    arguments = parser.parse_args()
    parts = frozenset(arguments.part or PARTS)
    if arguments.small:
        arguments.seconds, arguments.rows = 2.0, 50_000
        os.environ |= {
            "BENCH_RESIDENTS": "2000", "BENCH_POSTCODES": "3000", "BENCH_NEWS": "24", "BENCH_VOTERS": "1000", "BENCH_ROUNDS": "2",
            "BENCH_COUNTED": "20000", "BENCH_MEETING_YEARS": "1", "BENCH_FOLLOWERS": "200",
            "BENCH_NOMINATIONS": "2000", "BENCH_SENT": "9", "BENCH_REFERRALS": "500",
        }  # fmt: skip
    kept = ROOT / "docs" / "bench.json"
    result: dict[str, Any] = json.loads(kept.read_text()) if arguments.part and kept.exists() else {}
    result |= {"workers": WORKERS}
    result.setdefault("databases", {})
    now = {"commit": commit(), "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}", "machine": machine()}
    result["measured"] = result.get("measured", {}) | dict.fromkeys(sorted(parts), now)
    for kind in ("sqlite", "postgresql"):
        if arguments.only in {None, kind}:
            say(f"{kind}")
            found = with_database(kind, arguments.seconds, parts)
            earlier = result["databases"].get(kind)
            if found and isinstance(earlier, dict):
                found = earlier | found
            result["databases"][kind] = found or earlier or "not reachable here"
    if "postcodes" in parts:
        say("postcode import")
        result["postcodes"] = measure_import(arguments.rows)
    if "minutes" in parts:
        say("minutes from Word")
        result["minutes"] = measure_minutes()
    folder = (
        Path(tempfile.mkdtemp(prefix="snb-bench-out-"))
        if arguments.small or arguments.only
        else ROOT / "docs"
    )
    folder.mkdir(exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "bench.md").write_text(as_markdown(result))
    say(f"written: {folder / 'bench.json'}, {folder / 'bench.md'}")
    print((folder / "bench.md").read_text())


def say(sentence: str) -> None:
    """Show where we are."""
    print(f"[{time.strftime('%H:%M:%S')}] {sentence}", file=sys.stderr, flush=True)


def machine() -> str:
    """Processor, cores and memory, in words."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    total = next(
        (
            int(line.split()[1]) // 1024
            for line in read("/proc/meminfo").splitlines()
            if line.startswith("MemTotal")
        ),
        0,
    )
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {total:,} MB, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def read(path: str) -> str:
    """A file of the system, or nothing."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def commit() -> str:
    """The commit measured, marked where files differ from it."""
    git = shutil.which("git") or "git"
    name = subprocess.run(
        [git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    changed = subprocess.run(
        [git, "status", "--porcelain", "-uno"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return f"{name or 'unknown'}{' with changes' if changed else ''}"


# ------------------------------------------------------------------------------------------------ servers
@dataclass
class Install:
    """An install of its own: folder, database, port."""

    kind: str
    folder: Path
    port: int
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes; nothing of ours but the path."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "LANG"} or name.startswith("BENCH_")
        }
        return {
            **kept, "PORTAL_VAR": str(self.folder), "PORTAL_PORT": str(self.port), "PORTAL_BENCH": "1", "PORTAL_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONPATH": str(ROOT), **self.extra,
        }  # fmt: skip

    def run(self, *arguments: str) -> str:
        """Run Python here, and stop everything where it fails."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout


def with_database(kind: str, seconds: float, parts: frozenset[str]) -> dict[str, Any] | None:
    """Measure on one database, with demo data and then with a full London; None where it cannot be reached."""
    if not parts & {"pages", "ballot", "questions", "payback"}:
        return {}
    folder = Path(tempfile.mkdtemp(prefix="snb-bench-"))
    install = Install(kind, folder, free_port())
    admin, name = (
        os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres"),
        f"snb_bench_{os.getpid()}",
    )
    try:
        if kind == "postgresql":
            if not sql(admin, f"CREATE DATABASE {name}"):
                return None
            install.extra["DATABASE_URL"] = admin.rsplit("/", 1)[0] + "/" + name
        install.run("-m", "portal.environment")
        for made in (ROOT / "var" / "build", ROOT / "var" / "build.stamp"):
            if made.is_dir():
                shutil.copytree(made, folder / made.name)
            elif made.exists():
                shutil.copy(made, folder / made.name)
        install.run("-m", "portal.assets")
        say("  preparing, with demo data")
        install.run("manage.py", "prepare")
        found: dict[str, Any] = {}
        if "pages" in parts:
            found["demo"] = with_server(install, seconds)
        say("  building a full London")
        say("  " + install.run("-m", "tests.bench.full_london").strip())
        if parts & {"pages", "ballot"}:
            say("  " + install.run("-m", "tests.bench.ballot", "history").strip())
        if "pages" in parts:
            found["full London"] = with_server(install, seconds)
        if "ballot" in parts:
            say("  casting")
            casting = measure_casting(install, seconds)
            say("  closing")
            closing = [
                json.loads(install.run("-m", "tests.bench.ballot", "closing", str(box))) for box in BOXES
            ]
            found["ballot"] = {"casting": casting, "closing": closing}
        if "questions" in parts:
            say("  following questions")
            made = json.loads(install.run("-m", "tests.bench.questions"))
            found["questions"] = questions.measure(folder, install.env, install.port, made)
        if "payback" in parts:
            found["payback"] = {}
            for name, command in {
                "nominating": ("tests.bench.payback", "submitting"),
                "sending": ("tests.bench.sending",),
                "pages": ("tests.bench.payback", "pages"),
            }.items():
                say(f"  payback, {name}")
                found["payback"][name] = json.loads(install.run("-m", *command))
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if kind == "postgresql":
            sql(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def sql(address: str, statement: str) -> bool:
    """Run one statement outside a transaction. Returns False where the server cannot be reached."""
    import psycopg

    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=3) as connection:
            connection.execute(statement)
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def serving(install: Install) -> Iterator[int]:
    """Gunicorn with its workers, as in production; gives its process id."""
    command = [
        sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn", "-w", str(WORKERS), "-b", f"127.0.0.1:{install.port}",
        "--max-requests", "0", "portal.wsgi",
    ]  # fmt: skip
    log = install.folder / "gunicorn.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=install.env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until_up(install.port, server, log)
        yield server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def with_server(install: Install, seconds: float) -> dict[str, Any]:
    """Measure every address of a server."""
    pages = json.loads(install.run("-m", "tests.bench.pages"))
    with serving(install) as pid:
        london = f"snb.localhost:{install.port}"
        found: dict[str, Any] = {"pages": {}}
        warm(
            install.port,
            [
                ("/bench/front/", london),
                ("/bench/behind/", london),
                *((page["path"], page["host"]) for page in pages),
            ],
        )
        asked = {"front": get(london, "/bench/front/"), "behind": get(london, "/bench/behind/")}
        for page in pages:
            asked[f"{page['name']}, anonymous"] = get(page["host"], page["path"])
            # A cookie that means nothing to us: the page cache steps aside.
            asked[f"{page['name']}, uncached"] = get(page["host"], page["path"], cookie="bench=1")
        runs = in_turns(
            {name: lambda request=request: itertools.repeat(request) for name, request in asked.items()},
            install,
            seconds,
            from_each_address=PER_CONNECTION,
        )
        found |= {"front": runs["front"], "behind": runs["behind"]}
        for page in pages:
            found["pages"][page["name"]] = {
                "path": page["path"],
                "queries": page["queries"],
                "anonymous": runs[f"{page['name']}, anonymous"],
                "uncached": runs[f"{page['name']}, uncached"],
            }
        found["memory_mb"] = round(sum(resident(process) for process in family(pid)))
        return found


def in_turns(
    asked: dict[str, Callable[[], Iterable[bytes]]], install: Install, seconds: float, **how: Any
) -> dict[str, dict[str, float]]:
    """Everything in turn, several times, so that a disturbance of the machine does not fall on one thing alone; the middle of each."""
    runs: dict[str, list[Measured]] = {name: [] for name in asked}
    for turn in range(TURNS):
        say(f"  measuring, turn {turn + 1} of {TURNS}")
        for name, requests in asked.items():
            runs[name].append(measure(install.port, requests(), seconds=seconds / TURNS, **how))
    return {
        name: shown(sorted(each, key=lambda run: run.per_second)[TURNS // 2])
        | {"requests": sum(run.requests for run in each)}
        for name, each in runs.items()
    }


def measure_casting(install: Install, seconds: float) -> dict[str, Any]:
    """Votes by people who are signed in, and by printed code alone, beside a bare insert; every confirmed vote must be on the roll."""
    made = json.loads(install.run("-m", "tests.bench.ballot", "voting"))
    token = "b" * 32
    draw = random.Random(2)

    def fields() -> dict[str, str]:
        return {"csrfmiddlewaretoken": token, "choices": draw.choice(made["choices"])}

    signed_in = iter(
        [
            post(
                made["host"], made["path"], fields(), cookie=f"{made['csrf']}={token}; {made['cookie']}={key}"
            )
            for key in made["sessions"]
        ]
    )
    by_code = iter(
        [
            post(
                made["host"],
                made["path"],
                fields() | {"email": "", "printed": code},
                cookie=f"{made['csrf']}={token}",
            )
            for code in made["codes"]
        ]
    )
    insert = post(f"snb.localhost:{install.port}", "/bench/insert/", {})
    with serving(install):
        warm(install.port, [(made["page"], made["host"])])
        insertions = in_turns(
            {"bare insert": lambda: itertools.repeat(insert)}, install, seconds, must_hold=b"written"
        )
        # Five from each address: the limit on tries by code stays on.
        votes = in_turns(
            {"signed in": lambda: signed_in, "printed code alone": lambda: by_code},
            install, seconds, must_hold=b"snb-receipt", from_each_address=5,
        )  # fmt: skip
    on_roll = json.loads(install.run("-m", "tests.bench.ballot", "roll", made["round"]))
    confirmed = sum(int(vote["requests"]) for vote in votes.values())
    if on_roll != {"people": confirmed, "ballots": confirmed}:
        raise SystemExit(f"{confirmed} votes were confirmed, and the database holds {on_roll}.")
    return insertions | votes


def shown(measured: Measured) -> dict[str, float]:
    """The figures that are written down."""
    return {
        "per_second": round(measured.per_second, 1), "p50_ms": round(measured.p50, 2), "p95_ms": round(measured.p95, 2),
        "bytes": measured.bytes, "status": measured.status,
    }  # fmt: skip


def wait_until_up(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if server.poll() is not None:
            raise SystemExit(f"gunicorn ended:\n{log.read_text()[-4000:]}")
        try:
            ask(port, "/health/", "bench")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"gunicorn does not answer:\n{log.read_text()[-4000:]}")


def ask(port: int, path: str, host: str) -> int:
    """One request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def warm(port: int, places: list[tuple[str, str]]) -> None:
    """Let both workers see every page, and stop where one is broken."""
    for path, host in places:
        statuses = {ask(port, path, host) for _ in range(WORKERS * 6)}
        if statuses - {200, 302}:
            raise SystemExit(f"{host}{path} answers {sorted(statuses)}.")


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]
    return [pid, *children]


def resident(pid: int) -> float:
    """Megabytes a process holds, shared pages counted by share."""
    for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


# ------------------------------------------------------------------------------------------------ postcode import
def measure_import(rows: int) -> dict[str, Any]:
    """Import a made-up directory of the whole country, beside reading the same file with `csv.reader` alone."""
    folder = Path(tempfile.mkdtemp(prefix="snb-bench-nspl-"))
    install = Install("sqlite", folder, free_port())
    try:
        install.run("-m", "portal.environment")
        install.run("manage.py", "migrate", "-v0")
        install.run("manage.py", "load_places", "-v0")
        path = folder / "NSPL_MAY_2025_UK.csv"
        wards = install.run("-c", WARDS_PROGRAM).split()
        write_directory(path, rows, [tuple(pair.split(":")) for pair in wards])
        began = time.monotonic()
        with path.open(newline="", encoding="utf-8") as file:
            for _ in csv.reader(file):
                pass
        alone = time.monotonic() - began
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "import_postcodes", str(path), "-v0"],
            cwd=ROOT,
            env=install.env,
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        if status:
            raise SystemExit("import_postcodes failed.")
        return {
            "rows": rows, "file_mb": round(path.stat().st_size / 2**20), "csv_reader_s": round(alone, 1), "import_s": round(took, 1),
            "ratio": round(took / alone, 2), "peak_mb": round(usage.ru_maxrss / 1024),
        }  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


WARDS_PROGRAM = (
    "import django; django.setup(); from snb.places.models import Ward; "
    "print(*(f'{w.code}:{w.borough_id}' for w in Ward.objects.current()))"
)


def write_directory(path: Path, rows: int, wards: list[tuple[str, ...]]) -> None:
    """An NSPL-shaped file: 41 columns, one row in eight in London, one in three ended."""
    columns = [
        "pcd7",
        "pcd8",
        "pcds",
        "dointr",
        "doterm",
        "usrtypind",
        "east1m",
        "north1m",
        "gridind",
        "oa21cd",
        "cty25cd",
        "ced25cd",
        "lad25cd",
        "wd25cd",
        "parncp23cd",
        "nhser24cd",
        "ctry25cd",
        "rgn25cd",
        "ssr",
        "pcon24cd",
        "ttwa15cd",
        "itl25cd",
        "npark16cd",
        "lsoa21cd",
        "msoa21cd",
        "wz11cd",
        "sicbl24cd",
        "bua24cd",
        "ruc21ind",
        "oac21ind",
        "lat",
        "long",
        "lep21cd1",
        "lep21cd2",
        "pfa23cd",
        "imd20ind",
        "icb23cd",
        "nhser_b",
        "lsoa11",
        "msoa11",
        "osgrdind",
    ]
    at = {name: place for place, name in enumerate(columns)}
    draw = random.Random(1)
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    template = ["E00000000"] * len(columns)
    template[at["east1m"]], template[at["north1m"]] = "530000", "180000"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for number in range(rows):
            london = number % 8 == 0
            area = (
                ("E", "N", "SE", "SW", "W", "CR")[number % 6]
                if london
                else ("M", "B", "LS", "EH", "CF", "BT")[number % 6]
            )
            rest, unit = divmod(number // 6, 400)
            district, sector = divmod(rest, 10)
            outward, inward = (
                f"{area}{district % 90 + 1}",
                f"{sector}{letters[unit // 20]}{letters[unit % 20]}",
            )
            row = template.copy()
            row[at["pcd7"]], row[at["pcd8"]] = f"{outward:<4}{inward}", f"{outward:<5}{inward}"
            row[at["pcds"]] = f"{outward} {inward}"
            row[at["dointr"]], row[at["doterm"]] = "198001", "201903" if number % 3 == 0 else ""
            ward, borough = wards[number // 8 % len(wards)][:2] if london else ("E05000000", "E08000003")
            row[at["wd25cd"]], row[at["lad25cd"]] = ward, borough
            row[at["lat"]], row[at["long"]] = (
                f"{51.4 + draw.random() / 5:.6f}",
                f"{-0.3 + draw.random() / 2:.6f}",
            )
            writer.writerow(row)


# ------------------------------------------------------------------------------------------------ the note
def as_markdown(result: dict[str, Any]) -> str:
    """The note that goes into docs/."""
    lines = [
        "# Bench", "", "Written by `make bench`. The load comes from the same machine: 8 keep-alive connections, opened anew each 50 requests, in one Python process, "
        "which takes its share of the processor. Each figure is the middle one of three turns.", "",
        *(f"- {', '.join(names)}: {when['at']}, commit {when['commit']}, {when['machine']}" for when, names in _runs(result["measured"])),
        f"- Server: gunicorn, {result['workers']} workers of 4 threads, WSGI", "",
        f"Aims: anonymous pages at least {AIM_CACHED:.0%} of a bare view of 20 kB in front of all our middleware; uncached at most "
        f"{AIM_QUERIES} queries; full London within {AIM_FULL}× of demo.", "",
    ]  # fmt: skip
    for kind, found in result["databases"].items():
        lines += [f"## {'SQLite' if kind == 'sqlite' else 'PostgreSQL'}", ""]
        if isinstance(found, str):
            lines += [f"{found.capitalize()}.", ""]
            continue
        for name in ("demo", "full London"):
            if name in found:
                lines += [f"### {name[0].upper()}{name[1:]}", "", *table(found[name]), ""]
        for name, title, written in (
            ("ballot", "Ballot", ballot_lines),
            ("questions", "Live questions", questions.lines),
            ("payback", "Community Payback", payback.lines),
        ):
            if name in found:
                lines += [f"### {title}", "", *written(found[name]), ""]
        lines += ["### Aims", "", *(missed(found) or ["Every aim is met."]), ""]
    if "postcodes" in result:
        lines += ["## Postcode import", "", *import_lines(result["postcodes"]), ""]
    if "minutes" in result:
        lines += ["## Minutes from Word", "", *minutes_lines(result["minutes"]), ""]
    return "\n".join(lines)


def _runs(measured: dict[str, dict[str, str]]) -> list[tuple[dict[str, str], list[str]]]:
    """What was measured together, and when."""
    runs: dict[tuple[str, str], tuple[dict[str, str], list[str]]] = {}
    for part, when in measured.items():
        runs.setdefault((when["at"], when["commit"]), (when, []))[1].append(part)
    return list(runs.values())


def table(data: dict[str, Any]) -> list[str]:
    """One run as a table."""
    front, behind = data["front"]["per_second"], data["behind"]["per_second"]
    lines = [
        "| Page | requests/s | p50 ms | p95 ms | of bare in front | of bare behind | uncached/s | p50 ms | p95 ms | queries | bytes |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        f"| Bare view in front | {front:,.0f} | {data['front']['p50_ms']} | {data['front']['p95_ms']} | | | | | | 0 | {data['front']['bytes']:,} |",
        f"| Bare view behind | {behind:,.0f} | {data['behind']['p50_ms']} | {data['behind']['p95_ms']} | {behind / front:.0%} | | | | | | "
        f"{data['behind']['bytes']:,} |",
    ]
    for name, page in data["pages"].items():
        seen, plain = page["anonymous"], page["uncached"]
        lines.append(
            f"| {name} | {seen['per_second']:,.0f} | {seen['p50_ms']} | {seen['p95_ms']} | {seen['per_second'] / front:.0%} | "
            f"{seen['per_second'] / behind:.0%} | {plain['per_second']:,.0f} | {plain['p50_ms']} | {plain['p95_ms']} | {page['queries']} | "
            f"{seen['bytes']:,} |"
        )
    return [*lines, "", f"Memory of all web processes after the run: {data['memory_mb']} MB."]


def missed(found: dict[str, Any]) -> list[str]:
    """Each aim that was missed, by how much, and what is known of the reason."""
    lines = []
    for name in ("demo", "full London"):
        if name not in found:
            continue
        data = found[name]
        front = data["front"]["per_second"]
        for page, figures in data["pages"].items():
            share = figures["anonymous"]["per_second"] / front
            if share < AIM_CACHED:
                why = (
                    "a postcode is never kept in the page cache, so every search is answered fresh"
                    if page.startswith("Postcode")
                    else "see the table: bytes and p50"
                )
                lines.append(
                    f"- Missed ({name}): {page} reaches {share:.0%} of the bare view, {AIM_CACHED:.0%} wanted: {why}."
                )
            if figures["queries"] > AIM_QUERIES:
                lines.append(
                    f"- Missed ({name}): {page} takes {figures['queries']} queries uncached, {AIM_QUERIES} allowed."
                )
    for page, figures in found.get("full London", {"pages": {}})["pages"].items():
        before = found["demo"]["pages"].get(page)
        if before is None:
            continue
        for what in ("anonymous", "uncached"):
            slower = before[what]["per_second"] / figures[what]["per_second"]
            if slower > AIM_FULL:
                lines.append(
                    f"- Missed: {page}, {what}: {slower:.2f}× slower with a full London, {AIM_FULL}× allowed."
                )
    if "ballot" in found:
        casting, bare = found["ballot"]["casting"], found["ballot"]["casting"]["bare insert"]["per_second"]
        for name in ("signed in", "printed code alone"):
            share = casting[name]["per_second"] / bare
            if share < AIM_CASTING:
                lines.append(
                    f"- Missed: casting ({name}) reaches {share:.0%} of the bare insert, {AIM_CASTING:.0%} wanted."
                )
        largest = found["ballot"]["closing"][-1]
        if largest["seconds"] > AIM_CLOSING:
            lines.append(
                f"- Missed: closing {largest['ballots']:,} ballots takes {largest['seconds']} s, {AIM_CLOSING:.0f} s wanted."
            )
    if "questions" in found and found["questions"]["ratio"] > AIM_FOLLOWING:
        lines.append(
            f"- Missed: following takes {found['questions']['ratio']}× of a bare group, {AIM_FOLLOWING}× allowed."
        )
    return lines


def ballot_lines(found: dict[str, Any]) -> list[str]:
    """Casting and closing."""
    bare = found["casting"]["bare insert"]["per_second"]
    lines = [
        "Votes are cast over HTTP on the full London, each by another person; every confirmed one was then found on the roll.", "",
        "| | a second | p50 ms | p95 ms | of the bare insert |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, seen in found["casting"].items():
        lines.append(
            f"| {name[0].upper()}{name[1:]} | {seen['per_second']:,.0f} | {seen['p50_ms']} | {seen['p95_ms']} | "
            f"{seen['per_second'] / bare:.0%} |"
        )
    lines += ["", "| Closing a round of | seconds | peak MB |", "|---|---|---|"]
    lines += [
        f"| {box['ballots']:,} ballots | {box['seconds']} | {box['peak_mb']} |" for box in found["closing"]
    ]
    return lines


def import_lines(found: dict[str, Any]) -> list[str]:
    """The postcode import in words."""
    verdict = "met" if found["ratio"] <= AIM_IMPORT and found["peak_mb"] <= AIM_MEMORY else "missed"
    return [
        f"{found['rows']:,} rows ({found['file_mb']} MB): {found['import_s']} s, {found['ratio']}× of reading the file with `csv.reader` alone "
        f"({found['csv_reader_s']} s), at most {found['peak_mb']} MB of memory. Aims: {AIM_IMPORT:.0f}× and {AIM_MEMORY} MB: {verdict}."
    ]


def minutes_lines(found: dict[str, Any]) -> list[str]:
    """The conversion of 60 pages in words."""
    is_met = found["ratio"] <= AIM_MINUTES and found["peak_mb"] <= AIM_MINUTES_MEMORY
    return [
        f"60 pages with blocks, report, proposals and the count of words: {found['convert_s']} s, {found['ratio']}× of `mammoth` alone "
        f"({found['mammoth_s']} s), at most {found['peak_mb']} MB of memory ({found['mammoth_mb']} MB for `mammoth` alone). "
        f"Aims: {AIM_MINUTES:.0f}× and {AIM_MINUTES_MEMORY} MB: {'met' if is_met else 'missed'}."
    ]


if __name__ == "__main__":
    main()

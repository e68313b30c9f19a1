"""An import killed in the middle leaves the table as it was; a look-up meanwhile sees the old one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)

WRITES = """
import os, signal, sys, threading
import django
django.setup()
from snb.places.actions import replace_postcodes
from snb.places.importers.wards import import_places
from snb.places.models import Postcode
from snb.places.queries import look_up

def row(ended=""):
    return ("E05013661", "E09000007", ended, None, None)

def say():
    live = Postcode.objects.filter(ended="").count()
    found = [look_up(text).status.value for text in ("N6 0AA", "M1 1AA", "B1 1AA")]
    print(Postcode.objects.count(), live, *found, flush=True)

class Fatal(dict):
    "Rows that kill the process when most of them have been handed to the database."
    def items(self):
        for number, item in enumerate(super().items()):
            if number == 8000:
                beside = threading.Thread(target=say)  # a look-up on a connection of its own
                beside.start()
                beside.join()
                os.kill(os.getpid(), signal.SIGKILL)
            yield item

units = [a + b for a in "ABDEFGHJLNPQRSTUWXYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"]
names = [f"N{district}{sector}{unit}" for district in (6, 7, 8) for sector in range(10) for unit in units]
if sys.argv[1] == "first":
    import_places()
    replace_postcodes({name: row() for name in names[:6000]}, {"M"}, source="first")
elif sys.argv[1] == "killed":
    replace_postcodes(Fatal({name: row("202611") for name in names[3000:]}), {"B"}, source="killed")
elif sys.argv[1] == "again":
    outcome = replace_postcodes({name: row("202611") for name in names[3000:]}, {"B"}, source="again")
    print(outcome.added, outcome.changed, outcome.removed, outcome.unchanged)
say()
"""


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """Environment of a database of its own, of this run's kind, with only the tables an import needs."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": str(ROOT),
        "PORTAL_VAR": str(tmp_path),
    }
    (tmp_path / "build").mkdir()
    name = f"snb_killed_{os.getpid()}"
    if connection.vendor == "sqlite":
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'killed.sqlite3'}"
    else:
        given = settings.DATABASES["default"]
        who = f"{given['USER']}:{given['PASSWORD']}@" if given["PASSWORD"] else f"{given['USER']}@"
        environment["DATABASE_URL"] = f"postgres://{who}{given['HOST']}:{given['PORT']}/{name}"
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    for app in ("places", "audit"):
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "migrate", app, "-v0", "--skip-checks"],
            env=environment,
            check=True,
            timeout=300,
        )
    yield environment
    if connection.vendor != "sqlite":
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(environment, what):
    """Run one step in a process of its own: its return code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WRITES), what],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_in_the_middle_changes_nothing_and_can_be_run_again(database):
    before = ["6000 6000 ward not_london unknown"]
    assert run(database, "first") == (0, before)
    assert run(database, "killed") == (-signal.SIGKILL, before)  # what the look-up beside it saw
    assert run(database, "look") == (0, before)
    assert run(database, "again") == (0, ["6000 3000 3000 0", "9000 0 unknown unknown not_london"])

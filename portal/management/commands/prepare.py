"""Brings a fresh or older install up to date: database, reference data, sites, static files, demo data."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """`manage.py prepare`: every step says what it does, and does nothing where nothing is to do."""

    help = "Collect static files, migrate, load reference data, open all boards and, in demo mode, load demo data."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps in order."""
        collected = self.stamp_file().read_text() if self.stamp_file().exists() else ""
        if self.static_stamp() != collected:
            self.step("Collecting static files", self.collect)
        if self.unapplied():
            self.step(
                "Setting up the database", lambda: call_command("migrate", interactive=False, verbosity=0)
            )
        if not settings.REDIS_URL:
            call_command("createcachetable", verbosity=0)
        self.step("Loading boroughs and wards", lambda: call_command("load_places", verbosity=0))
        self.step("Opening the boards' sites", lambda: call_command("open_boards", verbosity=0))
        call_command("sync_sites", verbosity=0)
        if settings.PORTAL_DEMO:
            self.step("Loading demo data", lambda: call_command("load_demo", quick=True, verbosity=0))

    def stamp_file(self) -> Path:
        """Where the state of the last collection is written."""
        return settings.VAR_DIR / "static.stamp"

    def static_stamp(self) -> str:
        """What static files depend on: installed packages, our build, and our own files."""
        parts = [(settings.BASE_DIR / "requirements.txt").read_bytes(), str(settings.LOCAL).encode()]
        folders = [settings.VAR_DIR / "build", settings.BASE_DIR / "static" / "img"]
        folders += [
            Path(config.path) / "static"
            for config in apps.get_app_configs()
            if settings.BASE_DIR in Path(config.path).parents
        ]
        for folder in folders:
            for path in sorted(folder.rglob("*")) if folder.exists() else []:
                stat = path.stat()
                parts.append(
                    f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns if path.is_file() else ''}".encode()
                )
        return hashlib.sha256(b"\n".join(parts)).hexdigest()

    def collect(self) -> None:
        """Collect, and remember for which state."""
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stamp_file().write_text(self.static_stamp())

    def unapplied(self) -> bool:
        """Whether a migration is waiting."""
        executor = MigrationExecutor(connections["default"])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def step(self, words: str, do: Callable[[], object]) -> None:
        """Say what is being done, do it, and say how long it took where that was noticeable."""
        self.stdout.write(f"{words} … ", ending="")
        self.stdout.flush()
        began = time.monotonic()
        do()
        took = time.monotonic() - began
        self.stdout.write(f"{took:.0f} s" if took >= 1 else "done")

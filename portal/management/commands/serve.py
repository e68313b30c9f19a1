"""Runs the whole portal on this machine: one web process with worker and timetable as its children."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from portal.sites import sync_sites
from portal.supervisor import Child, Supervisor
from snb.boards.models import Board
from snb.people.enums import DEMO_ACCOUNTS, DEMO_PASSWORD
from snb.people.models import User

HOST = "127.0.0.1"


class Command(BaseCommand):
    """The embedded default of design §9."""

    help = "Serves the portal on 127.0.0.1, with worker and timetable. One Ctrl-C ends everything."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --port and --prepare."""
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first bring database, sites, static files and demo up to date",
        )
        parser.add_argument(
            "--port", type=int, default=settings.PORTAL_PORT, help="default: PORTAL_PORT, else 8000"
        )

    def handle(self, *args: Any, port: int, prepare: bool = False, **options: Any) -> None:
        """Take the port, start the children, serve until a signal comes."""
        if not settings.LOCAL:
            raise CommandError(
                "serve is for your own machine; docs/ says how to run the portal where PORTAL_DOMAIN is public."
            )
        if settings.PORTAL_PROCESSES > 1:
            raise CommandError("serve is one web process: unset PORTAL_PROCESSES and WEB_CONCURRENCY.")
        if port != settings.PORTAL_PORT:
            # The addresses of all sites carry the port, so the settings are read again with the new one.
            os.environ["PORTAL_PORT"] = str(port)
            os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - ourselves
        listener = self.listen(port)
        if prepare:
            call_command("prepare")
        self.check_database()
        sync_sites()
        self.greet()
        connections.close_all()
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        supervisor = Supervisor(
            [
                Child(
                    "worker",
                    [*manage, "db_worker", "--backend", "durable", "--no-startup-delay", "--skip-checks"],
                ),
                Child("timetable", [*manage, "timetable", "--skip-checks"]),
            ],
            say=lambda sentence: self.stderr.write(sentence),
        )
        # uvicorn ends cleanly and then hands the signal on: it must not end us before the children have ended.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        supervisor.start()
        try:
            self.serve(listener)
        finally:
            supervisor.stop()
            self.stdout.write("Ended.")

    def listen(self, port: int) -> socket.socket:
        """A listening socket, so that a taken port is known before anything starts."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(1024)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken by another program: stop it, or choose another port with `make run PORT={port + 1000}`."
                ) from None
            if error.errno == errno.EACCES:
                raise CommandError(
                    f"Port {port} may not be used by you: choose one above 1023 with `make run PORT=8000`."
                ) from None
            raise
        return listener

    def check_database(self) -> None:
        """Stop with a sentence where the tables are not there or not up to date."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(
                "The database is not up to date: run `make setup` (or `manage.py migrate`) first."
            )

    def greet(self) -> None:
        """Print where the sites are and, in a demo, who may sign in."""
        boards = list(Board.objects.select_related("borough"))
        lines = ["", f"  London    {settings.PORTAL_BASE_URL}/"]
        lines += [
            f"  {board.borough.name:<9} {board.url()}"
            for board in boards
            if board.borough.slug in {"camden", "brent", "lewisham"}
        ]
        if len(boards) > 3:
            lines.append(f"  … and {len(boards) - 3} more boroughs, all linked from the London page")
        if settings.PORTAL_DEMO and User.objects.filter(is_demo=True).exists():
            lines += ["", f"  Demo accounts, password {DEMO_PASSWORD}:"]
            lines += [
                f"    {account + '@demo.example':26} {role}" for account, (_, role) in DEMO_ACCOUNTS.items()
            ]
            lines.append(f"  Their mail: {settings.PORTAL_BASE_URL}/demo/inbox/")
        lines += ["", "  Ctrl-C ends everything.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def serve(self, listener: socket.socket) -> None:
        """Serve HTTP and /ws/ until SIGINT or SIGTERM."""
        config = uvicorn.Config(
            "portal.asgi:application",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws_max_size=64 * 1024,
            # What is sent is short, and each socket's compressor would hold some hundred kilobytes.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=5,
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn hands the signal on once it has ended cleanly.
            return

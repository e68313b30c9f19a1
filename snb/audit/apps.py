"""The room as a Django app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.core import checks

if TYPE_CHECKING:
    from collections.abc import Sequence


class AuditConfig(AppConfig):
    """Append-only events."""

    name = "snb.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the triggers."""
        checks.register(append_only_by_the_database, checks.Tags.database)


def append_only_by_the_database(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Find a database whose migrations ran, but whose audit tables have lost their triggers."""
    from importlib import import_module

    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    found: list[checks.CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if ("audit", "0002_append_only") not in MigrationRecorder(connection).applied_migrations():
            continue
        wanted = set(import_module("snb.audit.migrations.0002_append_only").triggers(connection.vendor))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
                )
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            missing = wanted - {row[0] for row in cursor.fetchall()}
        if missing:
            found.append(
                checks.Error(
                    f"The audit record of database {alias!r} is not append-only: "
                    f"{', '.join(sorted(missing))} missing.",
                    hint="Run install() of snb/audit/migrations/0002_append_only.py again, "
                    "at the end of the migration that lost them.",
                    id="audit.E001",
                )
            )
    return found

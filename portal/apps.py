"""The room as a Django app."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.core import checks

HOUSE = frozenset({"portal", "snb", "cms", "wardpanels", "payback"})


class PortalConfig(AppConfig):
    """The whole portal."""

    name = "portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every room's permissions, the portal's checks, and what moves a site's epoch."""
        self._register_permissions()
        from portal import adapters, epochs
        from portal.checks import check_demo_people, check_hosts, check_jobs

        checks.register(check_jobs)
        checks.register(check_hosts)
        checks.register(check_demo_people)
        epochs.connect()
        adapters.read_every_request_as_utf8()

    def _register_permissions(self) -> None:
        import rules

        for config in apps.get_app_configs():
            if config.name.split(".")[0] in HOUSE and find_spec(f"{config.name}.permissions"):
                for name, predicate in import_module(f"{config.name}.permissions").PERMISSIONS.items():
                    rules.add_perm(name, predicate)

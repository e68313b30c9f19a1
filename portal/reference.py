"""The generated reference: state diagrams, the permission tables, the data dictionary, settings and events."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby

from django.apps import apps
from django.conf import settings

from snb.audit.enums import Event

OURS = {"portal", "snb", "cms", "wardpanels", "payback"}
HEAD = "<!-- Written by `make docs` from the code. Do not edit. -->\n\n"


def our_apps() -> list[str]:
    """Dotted names of our own rooms, in the order they are installed."""
    return [config.name for config in apps.get_app_configs() if config.name.split(".")[0] in OURS]


def permission_tables() -> dict[str, dict[str, object]]:
    """Room to its PERMISSIONS table."""
    return {
        room: import_module(f"{room}.permissions").PERMISSIONS
        for room in our_apps()
        if find_spec(f"{room}.permissions")
    }


def transition_tables() -> dict[str, dict[str, frozenset[str]]]:
    """`room.TABLE` to its allowed transitions, for each table whose name ends in TRANSITIONS."""
    found = {}
    for room in our_apps():
        if find_spec(f"{room}.enums"):
            module = import_module(f"{room}.enums")
            for name in sorted(vars(module)):
                if name.endswith("TRANSITIONS"):
                    found[f"{room}.{name}"] = getattr(module, name)
    return found


def permissions_page() -> str:
    """Every permission with the rule that grants it."""
    text = HEAD + "# Permissions\n\nOne table per room; nothing else decides who may do what.\n"
    for room, table in permission_tables().items():
        text += f"\n## {room}\n\n| permission | who |\n|---|---|\n"
        text += "".join(f"| `{name}` | {rule_in_words(rule)} |\n" for name, rule in sorted(table.items()))
    return text


def rule_in_words(rule: object) -> str:
    """A predicate's name, readable."""
    name = str(getattr(rule, "name", rule))
    return name.replace("_", " ").replace("|", "or").replace("&", "and").strip("()")


def states_page() -> str:
    """A diagram per workflow."""
    text = HEAD + "# State diagrams\n\nEach is the TRANSITIONS table of its room.\n"
    for name, table in transition_tables().items():
        text += f"\n## {name}\n\n```mermaid\nstateDiagram-v2\n"
        for state, following in table.items():
            text += "".join(
                f"    {value(state)} --> {value(then)}\n" for then in sorted(following, key=value)
            )
        text += "```\n"
    return text


def value(state: object) -> str:
    """The stored value of an enum member."""
    return str(getattr(state, "value", state))


def events_page() -> str:
    """Every event the audit record can hold."""
    text = HEAD + "# Audit events\n\nCodes and ids only; casting a vote writes none.\n"
    for room, events in groupby(
        sorted(Event, key=lambda event: event.value), key=lambda event: event.value.split(".")[0]
    ):
        text += f"\n## {room}\n\n| code | what happened |\n|---|---|\n"
        text += "".join(f"| `{event.value}` | {event.label} |\n" for event in events)
    return text


def settings_page() -> str:
    """The variables the settings read."""
    text = (
        HEAD
        + "# Settings\n\nAll by environment; `make run` keeps this machine's secrets in `var/secrets.env`.\n\n"
    )
    text += "| variable | what it is | in production |\n|---|---|---|\n"
    return text + "".join(f"| `{name}` | {what} | {need} |\n" for name, (what, need) in VARIABLES.items())


VARIABLES = {
    "PORTAL_DOMAIN": ("Parent domain of all sites, without port; `snb.localhost` unless set.", "required"),
    "SECRET_KEY": ("Django's signing key, 50 characters or more.", "required"),
    "ENCRYPTION_KEYS": (
        "`id:key` pairs parted by commas, newest first; each key 32 bytes in URL-safe base64.",
        "required",
    ),
    "DATABASE_URL": (
        "`postgres://user:password@host/name`; SQLite in `var/` unless set.",
        "required, PostgreSQL",
    ),
    "REDIS_URL": ("`redis://host/0`: rate limits and live pages across processes.", "required"),
    "EMAIL_URL": ("`smtp+tls://user:password@host:587`; mail goes to files unless set.", "required"),
    "DEFAULT_FROM_EMAIL": ("Sender of all mail.", "required"),
    "PORTAL_DEMO": ("1 or 0; on under localhost unless set.", "refused"),
    "PORTAL_PORT": ("Port of the embedded server; part of every site's address under localhost.", "443"),
    "PORTAL_PROCESSES": ("Number of web processes; more than one needs Redis.", "optional"),
    "PORTAL_VAR": ("Folder for everything the portal writes; `var/` unless set.", "optional"),
    "PORTAL_CACHE_PREFIX": ("Prefix of all cache keys and channels.", "optional"),
    "PORTAL_PLAIN_STATIC": ("1 serves static files unhashed, for tests.", "leave unset"),
    "EXIT_ADDRESS": (
        "Where “exit this page” leads; the BBC's weather page unless set.",
        "optional",
    ),
    "ERASURE_LOG": (
        "File of erasures, as keyed hashes, that outlasts a restored database; `var/erasures.log` unless set.",
        "recommended",
    ),
    "PRIVATE_ACCEL_PREFIX": (
        "Internal nginx location of the private store, for `X-Accel-Redirect`.",
        "recommended",
    ),
    "SECURITY_CONTACT": (
        "Where to report a weakness, for `security.txt`: `mailto:` or `https:` address.",
        "recommended",
    ),
    "OUTBOUND_HOSTS": (
        "Hosts, parted by commas, that messages may be sent to; none unless set.",
        "as needed",
    ),
    "PAYBACK_DESTINATIONS": (
        'Providers\' systems as JSON: `{"name": {"url": …, "token_url": …, "client_id": …, "client_secret": …}}`.',
        "as needed",
    ),
    "PORTAL_PROXIES": ("Number of proxies in front, so that limits see the client's own address.", "1"),
    "PORTAL_BENCH": ("1 adds the bare pages that `make bench` compares with.", "refused"),
    "POSTCODES_API_URL": (
        "Base address of a postcodes.io-compatible service; no look-up leaves the machine unless set.",
        "optional",
    ),
}


def variables_read() -> set[str]:
    """Names the settings and the environment module look up."""
    text = "".join(
        (settings.BASE_DIR / "portal" / name).read_text() for name in ("settings.py", "environment.py")
    )
    return set(
        re.findall(r"""(?:environ\.get\(|secret\(|flag\(|number\(|environ\[)\s*["']([A-Z_]+)["']""", text)
    )


def data_page() -> str:
    """Every field with its class, and every model with its retention rule."""
    from snb.privacy.exports import data_dictionary

    return HEAD + data_dictionary()


def pages() -> dict[str, str]:
    """File name to text."""
    return {
        "permissions.md": permissions_page(),
        "states.md": states_page(),
        "events.md": events_page(),
        "settings.md": settings_page(),
        "data-dictionary.md": data_page(),
    }

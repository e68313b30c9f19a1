"""What import-linter cannot see: strings, templates, addresses, and a new room outside the house."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import get_resolver

ROOT = Path(__file__).resolve().parent.parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
HOUSE = [[name.strip() for name in layer.split("|")] for layer in CONTRACTS[0]["layers"]]
ROOMS = [[name.strip(" ()") for name in layer.split("|")] for layer in CONTRACTS[1]["layers"]]
SHARED_TEMPLATES = re.compile(r"^(base|desk_base|components/|django/forms/|allauth/|\d{3}|403_csrf)")
pytestmark = pytest.mark.pure


def floor(module: str) -> int:
    """How high in the house a module lies; 0 is the roof. A sibling has the same floor."""
    parts = module.split(".")
    top = next(index for index, names in enumerate(HOUSE) if parts[0] in names)
    if parts[0] != "snb" or len(parts) < 2:
        return top
    return top + 1 + next(index for index, names in enumerate(ROOMS) if parts[1] in names)


def room_of(path: Path) -> str:
    """`snb/places/models.py` to `snb.places`; `cms/x.py` to `cms`."""
    parts = path.relative_to(ROOT).parts
    return ".".join(parts[:2]) if parts[0] == "snb" and len(parts) > 2 else parts[0]


def our_files(*suffixes: str) -> list[Path]:
    """Files of our packages with one of these endings."""
    return [
        path
        for top in ("portal", "cms", "wardpanels", "payback", "snb")
        for path in (ROOT / top).rglob("*")
        if path.suffix in suffixes
    ]


def label_rooms() -> dict[str, str]:
    """App label to room, ours only."""
    return {
        config.label: config.name
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in {"portal", "cms", "wardpanels", "payback", "snb"}
    }


def may_use(user: str, used: str) -> bool:
    """Whether one room may name another: itself or one on a lower floor."""
    room = {
        name: name.split(".")[:2] if name.startswith("snb.") else name.split(".")[:1] for name in (user, used)
    }
    return room[user] == room[used] or floor(user) < floor(used)


def test_string_foreign_keys_point_down():
    rooms = label_rooms()
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in rooms:
            continue
        for found in model._meta.get_fields():
            target = getattr(found, "related_model", None)
            if not getattr(found, "concrete", False) or not target or target._meta.app_label not in rooms:
                continue
            if not may_use(rooms[model._meta.app_label], rooms[target._meta.app_label]):
                wrong.append(f"{model._meta.label}.{found.name} -> {target._meta.label}")
    assert wrong == []


def test_templates_and_tags_point_down():
    rooms = label_rooms()
    libraries = {path.stem: room_of(path) for path in our_files(".py") if path.parent.name == "templatetags"}
    wrong = []
    for path in our_files(".html", ".txt"):
        text, user = path.read_text(), room_of(path)
        for name in re.findall(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""", text):
            label = name.split("/")[0]
            if SHARED_TEMPLATES.match(name) or label not in rooms:
                continue
            if not may_use(user, rooms[label]):
                wrong.append(f"{path.relative_to(ROOT)} uses {name}")
        for names in re.findall(r"{%\s*load\s+([^%]+?)\s*%}", text):
            wrong += [
                f"{path.relative_to(ROOT)} loads {name}"
                for name in names.split(" from ")[-1].split()
                if name in libraries and not may_use(user, libraries[name])
            ]
    assert wrong == []


def test_addresses_named_in_templates_point_down():
    owners: dict[str, str] = {}
    for conf in ("portal.urls", "portal.board_urls"):
        for pattern in walk(get_resolver(conf)):
            if pattern.name and pattern.callback.__module__.split(".")[0] in {
                "portal",
                "cms",
                "wardpanels",
                "payback",
                "snb",
            }:
                owners[pattern.name] = pattern.callback.__module__
    wrong = []
    for path in our_files(".html", ".txt"):
        user = room_of(path)
        for name in re.findall(r"""{%\s*url\s+["']([^"']+)["']""", path.read_text()):
            owner = owners.get(name)
            if (
                owner
                and user != "portal"
                and not may_use(
                    user, ".".join(owner.split(".")[:2]) if owner.startswith("snb") else owner.split(".")[0]
                )
            ):
                wrong.append(f"{path.relative_to(ROOT)} names {name} of {owner}")
    assert wrong == []


def walk(resolver):
    """Every pattern below a resolver."""
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from walk(entry)
        else:
            yield entry


def walk_paths(conf: str) -> list[str]:
    """Every address below an address table, as Django writes it."""

    def below(entries, prefix: str = "") -> list[str]:
        found = []
        for entry in entries:
            route = prefix + str(entry.pattern)
            found += below(entry.url_patterns, route) if hasattr(entry, "url_patterns") else [route]
        return found

    return below(get_resolver(conf).url_patterns)


def test_every_package_is_in_the_house():
    tops = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert tops == {name for layer in HOUSE for name in layer}
    rooms = {path.parent.name for path in (ROOT / "snb").glob("*/__init__.py")}
    assert rooms <= {name for layer in ROOMS for name in layer}
    contracted = set(CONTRACTS[2]["containers"])
    furnished = {f"snb.{room}" for room in rooms} | {"cms", "wardpanels", "payback"}
    assert furnished <= contracted


def test_every_template_compiles():
    for path in our_files(".html"):
        parts = path.parts
        get_template("/".join(parts[parts.index("templates") + 1 :])) if "templates" in parts else None

"""The data dictionary: every model, field, class and retention rule, written from the code."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.apps import apps

from snb.privacy.fields import EncryptedField
from snb.privacy.queries import classes_of, is_ours, retention_of

if TYPE_CHECKING:
    from django.db import models

INTRODUCTION = """# Data dictionary

Written from the code by `snb.privacy.exports.data_dictionary`; do not edit.

Every field has a class, which says who may see it: **public** anybody; **board** the people who do the
board's work; **personal** the person and whoever must act for them; **special** the few named in a
permission, encrypted at rest; **secret** nobody, encrypted or hashed. Exports and serializers refuse a field
above the class of their readers.
"""


def data_dictionary() -> str:
    """Every installed model as Markdown: ours first, then those of the packages we stand on.

    The search index is left out: its tables differ by database, and hold copies of what the pages say.
    """
    everything = sorted(
        (
            model
            for model in apps.get_models()
            if not model._meta.proxy and model._meta.app_label not in {"wagtailsearch", "modelsearch"}
        ),
        key=lambda model: (not is_ours(model), model._meta.app_label, model._meta.object_name or ""),
    )
    parts = [INTRODUCTION]
    for ours, group in groupby(everything, key=is_ours):
        parts.append("\n## Ours\n" if ours else "\n## Of the packages we stand on\n")
        parts += [_section(model) for model in group]
    return "".join(parts).rstrip("\n") + "\n"


def _section(model: type[models.Model]) -> str:
    lines = [f"\n### {model._meta.label}\n"]
    summary = (model.__doc__ or "").strip().partition("\n")[0]
    if summary and not summary.startswith(f"{model.__name__}("):
        lines.append(f"{summary}\n")
    lines += ["| Field | Class | Kind | Meaning |", "|---|---|---|---|"]
    for name, kind in sorted(classes_of(model).items(), key=lambda item: (item[1], item[0])):
        found = model._meta.get_field(name)
        lines.append(f"| {name} | {kind.name.lower()} | {_kind(found)} | {_meaning(found)} |")
    lines.append(f"\n**Kept:** {retention_of(model).keep}{_sweep(model)}\n")
    return "\n".join(lines)


def _kind(found: Any) -> str:
    if isinstance(found, EncryptedField):
        return str(found.description).lower()
    if found.is_relation and found.related_model is not None:
        many = "many " if found.many_to_many else ""
        return f"{many}{found.related_model._meta.label}"
    return type(found).__name__.removesuffix("Field").lower() or "field"


def _meaning(found: Any) -> str:
    words = str(found.help_text) or (
        str(found.verbose_name) if found.verbose_name != found.name.replace("_", " ") else ""
    )
    return " ".join(words.split()).replace("|", "\\|")


def _sweep(model: type[models.Model]) -> str:
    rule = retention_of(model)
    if rule.after is None:
        return ""
    warned = f", {rule.warn_before.days} days after a warning" if rule.warn_before else ""
    return f" *(Swept {rule.after.days} days after `{rule.since}`{warned}.)*"

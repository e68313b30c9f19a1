"""The generated reference, the models' declarations and the migrations agree with the code."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from portal import reference


def test_reference_is_up_to_date(db):
    folder = settings.BASE_DIR / "docs" / "reference"
    stale = [
        name
        for name, text in reference.pages().items()
        if not (folder / name).exists() or (folder / name).read_text() != text
    ]
    assert stale == [], "run `make docs`"


@pytest.mark.pure
def test_every_setting_read_is_described():
    assert reference.variables_read() <= set(reference.VARIABLES)


@pytest.mark.pure
def test_every_status_has_its_row_of_transitions():
    """A table may hold several workflows, one for each enum; each state of each enum has its row, and leads within its enum."""
    for name, table in reference.transition_tables().items():
        for enum in {type(state) for state in table}:
            rows = {state: following for state, following in table.items() if type(state) is enum}
            assert set(rows) == set(enum), name
            assert all(type(then) is enum for following in rows.values() for then in following), name


@pytest.mark.pure
def test_every_model_of_ours_declares_privacy_and_retention():
    rooms = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in reference.OURS}
    missing = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in rooms
        and model._meta.app_label != "audit"
        and not getattr(getattr(model, "privacy", None), "keep", "")
    ]
    assert missing == []


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

"""Field classes: every field of every model, and refusing what readers may not see."""

# ruff: noqa: DJ008 -- models for one test

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.test.utils import isolate_apps

from cms.models import NewsPage
from snb.boards.models import Board, BoardRole
from snb.people.models import User
from snb.places.models import Ward
from snb.privacy import queries
from snb.privacy.enums import THIRD_PARTY, FieldClass, Privacy
from snb.privacy.errors import FieldAboveClearance
from snb.privacy.exports import data_dictionary


@pytest.mark.pure
def test_every_field_of_every_model_is_classed_once_and_every_model_has_a_retention_rule():
    assert queries.misdeclared() == []


@pytest.mark.pure
def test_special_and_secret_fields_of_ours_are_encrypted_or_hashed():
    assert queries.unprotected_fields() == []


@pytest.mark.pure
def test_every_model_and_field_is_in_the_answer():
    answer = queries.field_classes()
    assert set(answer) == {model._meta.label for model in apps.get_models(include_auto_created=True)}
    for model in apps.get_models(include_auto_created=True):
        assert {f.name for f in model._meta.concrete_fields} <= set(answer[model._meta.label])


@pytest.mark.pure
def test_classes_come_from_the_nearest_declaration():
    assert queries.classes_of(User)["email"] == FieldClass.PERSONAL
    assert queries.classes_of(User)["password"] == FieldClass.SECRET
    assert queries.classes_of(Session)["session_key"] == FieldClass.SECRET
    assert (
        queries.classes_of(apps.get_model("wagtailimages", "Image"))["uploaded_by_user"]
        == FieldClass.PERSONAL
    )
    page = queries.classes_of(NewsPage)
    assert (page["title"], page["owner"], page["page_ptr"]) == (
        FieldClass.PUBLIC,
        FieldClass.PERSONAL,
        FieldClass.PUBLIC,
    )
    assert queries.classes_of(User.groups.through) == dict.fromkeys(
        ["id", "user", "group"], FieldClass.PERSONAL
    )
    assert queries.classes_of(BoardRole)["id"] == FieldClass.PUBLIC


def only(monkeypatch, *installed):
    """As if these models alone were installed."""
    registry = SimpleNamespace(
        get_models=lambda include_auto_created=False: list(installed), get_model=apps.get_model
    )
    monkeypatch.setattr(queries, "apps", registry)


@isolate_apps("snb.privacy")
def test_what_is_wrong_with_a_declaration_is_said(monkeypatch):
    class Odd(models.Model):
        one = models.TextField()
        two = models.TextField()
        privacy = Privacy(public="one", board="one missing", keep="x")

        class Meta:
            app_label = "privacy"

    class Bare(models.Model):
        class Meta:
            app_label = "privacy"

    only(monkeypatch, Odd, Bare)
    assert queries.misdeclared() == [
        "privacy.Odd.two has no class.",
        "privacy.Odd.one is classed twice.",
        "privacy.Odd.missing is classed, but is not a field.",
        "privacy.Bare has no retention rule.",
    ]


@isolate_apps("snb.privacy")
def test_a_special_field_in_the_clear_is_found(monkeypatch, secret_model):
    class Clear(models.Model):
        health = models.TextField()
        code_hash = models.TextField()
        mark = models.TextField()
        privacy = Privacy(special="health", secret="code_hash mark", hashed="mark", keep="x")
        __module__ = "snb.privacy.models"

        class Meta:
            app_label = "privacy"

    only(monkeypatch, Clear, secret_model)
    assert queries.unprotected_fields() == ["privacy.Clear.health"]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("model", "fields", "clearance", "named"),
    [
        (Ward, ["name", "code"], FieldClass.PUBLIC, None),
        (User, ["public_id", "name"], FieldClass.BOARD, None),
        (User, ["public_id", "email"], FieldClass.BOARD, "people.User.email is personal"),
        (User, ["password"], FieldClass.SPECIAL, "people.User.password is secret"),
        (User, ["pk"], FieldClass.PUBLIC, None),
        (
            BoardRole,
            ["kind", "person__email"],
            FieldClass.BOARD,
            "boards.BoardRole.person__email is personal",
        ),
        (BoardRole, ["person_id"], FieldClass.PUBLIC, "boards.BoardRole.person_id is board"),
        (Board, ["borough__name", "opened_at__year"], FieldClass.PUBLIC, None),
        (Board, ["roles__person"], FieldClass.PUBLIC, "boards.Board.roles__person is board"),
        (User, ["boards_boardroles__kind"], FieldClass.PUBLIC, "boards_boardroles__kind is board"),
        (Group, ["user__email"], FieldClass.BOARD, "auth.Group.user__email is personal"),
    ],
)
def test_refuse_above(model, fields, clearance, named):
    if named is None:
        queries.refuse_above(model, fields, clearance)
    else:
        with pytest.raises(FieldAboveClearance, match=named):
            queries.refuse_above(model, fields, clearance)


@pytest.mark.pure
def test_refuse_above_knows_every_field():
    for model in apps.get_models():
        for name, kind in queries.classes_of(model).items():
            queries.refuse_above(model, [name], kind)
            if kind > FieldClass.PUBLIC:
                with pytest.raises(FieldAboveClearance):
                    queries.refuse_above(model, [name], FieldClass(kind - 1))
    with pytest.raises(FieldDoesNotExist):
        queries.refuse_above(User, ["nothing"], FieldClass.SECRET)


@isolate_apps("snb.privacy")
def test_a_field_nobody_classed_is_secret():
    class Unclassed(models.Model):
        words = models.TextField()

        class Meta:
            app_label = "privacy"

    with pytest.raises(FieldAboveClearance, match="words is secret"):
        queries.refuse_above(Unclassed, ["words"], FieldClass.SPECIAL)


@pytest.mark.pure
def test_the_data_dictionary_names_every_model_and_field():
    text = data_dictionary()
    for model in apps.get_models():
        if model._meta.app_label in {"wagtailsearch", "modelsearch"}:
            # Copies of what the pages say, in tables that differ by database.
            assert f"\n### {model._meta.label}\n" not in text
            continue
        section = text.split(f"\n### {model._meta.label}\n", 1)[1].split("\n### ", 1)[0]
        for name in queries.classes_of(model):
            assert f"| {name} |" in section
        assert "**Kept:**" in section
    assert data_dictionary() == text


@pytest.mark.pure
def test_no_entry_of_the_table_is_for_a_model_of_ours_that_could_say_it_itself():
    ours = {
        model._meta.label
        for model in apps.get_models()
        if queries.is_ours(model) and model._meta.app_label != "audit"
    }
    assert not ours & set(THIRD_PARTY)

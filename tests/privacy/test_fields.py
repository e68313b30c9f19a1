"""Encrypted fields on both databases."""

# ruff: noqa: DJ008 -- models for one test

import copy
import json
import pickle
import uuid

import pytest
from django import forms
from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.template import Context, Template
from django.test.utils import isolate_apps

from snb.privacy.calculations import lookup_hash, lookup_hashes
from snb.privacy.errors import DecryptionFailed, RowUnknown, UnknownKey
from snb.privacy.fields import EncryptedJSONField, EncryptedTextField, LookupHashField, Sealed
from tests.privacy.conftest import KEY_1, KEY_2

WORDS = "The gate behind number 12, please. 🌿"


def stored(model, pk, column="words") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{column}" FROM "{model._meta.db_table}" WHERE id = %s',
            [model._meta.pk.get_db_prep_value(pk, connection)],
        )
        value = cursor.fetchone()[0]
    return value if value is None else bytes(value)


def store(model, pk, blob, column="words") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE id = %s',
            [blob, model._meta.pk.get_db_prep_value(pk, connection)],
        )


def test_a_value_is_sealed_in_the_database_and_plain_on_the_instance(secret_model):
    made = secret_model.objects.create(words=WORDS, answers={"a": [1, None, "ü"]})
    assert made.words == WORDS
    again = secret_model.objects.get()
    assert (again.words, again.answers) == (WORDS, {"a": [1, None, "ü"]})
    blob = stored(secret_model, made.pk)
    assert blob.startswith(b"t1\0\0\0\0\0\0")
    assert len(blob) == 8 + 12 + 64 + 16
    assert b"gate" not in blob


def test_nothing_is_nothing_and_an_empty_text_is_sealed(secret_model):
    made = secret_model.objects.create()
    assert (secret_model.objects.get().words, secret_model.objects.get().answers) == ("", None)
    assert len(stored(secret_model, made.pk)) == 100
    assert stored(secret_model, made.pk, "answers") is None
    assert secret_model.objects.filter(answers__isnull=True).count() == 1


def test_a_numbered_row_is_bound_by_its_declared_key(numbered_model):
    made = numbered_model.objects.create(words=WORDS)
    assert numbered_model.objects.get().words == WORDS
    numbered_model.objects.filter(pk=made.pk).update(public_id=uuid.uuid4())
    with pytest.raises(DecryptionFailed):
        _ = numbered_model.objects.get().words


def test_a_value_moved_to_another_row_is_refused(secret_model):
    one, other = secret_model.objects.create(words="one"), secret_model.objects.create(words="other")
    store(secret_model, one.pk, stored(secret_model, other.pk))
    with pytest.raises(DecryptionFailed):
        _ = secret_model.objects.get(pk=one.pk).words


def test_a_value_moved_to_another_column_is_refused(secret_model):
    one = secret_model.objects.create(words="[1]", answers=[1])
    store(secret_model, one.pk, stored(secret_model, one.pk, "answers"))
    with pytest.raises(DecryptionFailed):
        _ = secret_model.objects.get(pk=one.pk).words


def test_a_key_that_is_gone_is_named(secret_model, settings):
    one = secret_model.objects.create(words=WORDS)
    settings.ENCRYPTION_KEYS = {"k2": KEY_2}
    with pytest.raises(UnknownKey, match="'t1'"):
        _ = secret_model.objects.get(pk=one.pk).words


def test_a_column_that_holds_anything_else_is_refused(secret_model):
    one = secret_model.objects.create(words=WORDS)
    store(secret_model, one.pk, b"plain words")
    with pytest.raises(DecryptionFailed):
        _ = secret_model.objects.get(pk=one.pk).words


def test_values_gives_a_sealed_value_that_shows_nothing(secret_model):
    made = secret_model.objects.create(words=WORDS)
    for sealed in (
        secret_model.objects.values("words")[0]["words"],
        secret_model.objects.values_list("words", flat=True)[0],
    ):
        assert isinstance(sealed, Sealed)
        assert (str(sealed), repr(sealed), f"{sealed}", sealed.key_id) == (
            "(sealed)",
            "<Sealed>",
            "(sealed)",
            "t1",
        )
        assert Template("{{ value }}").render(Context({"value": sealed})) == "(sealed)"
        with pytest.raises(TypeError):
            json.dumps(sealed)
        assert sealed.open(made.pk) == WORDS
        with pytest.raises(DecryptionFailed):
            sealed.open(uuid.uuid4())


def test_nothing_is_opened_before_it_is_asked_for(secret_model, settings):
    secret_model.objects.create(words=WORDS, plain="x")
    settings.ENCRYPTION_KEYS = {"k2": KEY_2}
    assert secret_model.objects.get().plain == "x"


def test_deferred_fields_load_and_open(secret_model, numbered_model, django_assert_num_queries):
    secret_model.objects.create(words=WORDS)
    numbered_model.objects.create(words=WORDS)
    row = secret_model.objects.defer("words").get()
    assert row.get_deferred_fields() == {"words"}
    with django_assert_num_queries(1):
        assert row.words == WORDS
    with django_assert_num_queries(0):
        assert row.words == WORDS
    assert numbered_model.objects.only("seen").get().words == WORDS
    assert numbered_model.objects.only("words").get().words == WORDS


def test_saving_an_untouched_row_keeps_its_value(secret_model):
    made = secret_model.objects.create(words=WORDS, answers=[1])
    before = stored(secret_model, made.pk, "answers")
    row = secret_model.objects.get()
    row.plain = "changed"
    row.save(update_fields=["plain", "answers"])
    assert stored(secret_model, made.pk, "answers") == before
    row = secret_model.objects.defer("answers").get()
    row.save()
    assert secret_model.objects.get().answers == [1]


def test_a_changed_json_value_is_saved(secret_model):
    secret_model.objects.create(answers={"a": 1})
    row = secret_model.objects.get()
    row.answers["b"] = 2
    row.save()
    assert secret_model.objects.get().answers == {"a": 1, "b": 2}


def test_a_copied_row_is_sealed_for_its_new_key_or_refused(secret_model):
    secret_model.objects.create(words=WORDS, answers=[1])
    row = secret_model.objects.get()
    assert (row.words, row.answers) == (WORDS, [1])
    row.pk, row._state.adding = uuid.uuid4(), True
    row.save()
    assert secret_model.objects.get(pk=row.pk).words == WORDS
    unread = secret_model.objects.get(pk=row.pk)
    unread.pk, unread._state.adding = uuid.uuid4(), True
    with pytest.raises(DecryptionFailed):
        unread.save()


def test_bulk_create_seals_each_row_for_itself(secret_model):
    secret_model.objects.bulk_create([secret_model(words=f"words {n}") for n in range(3)])
    assert sorted(row.words for row in secret_model.objects.all()) == ["words 0", "words 1", "words 2"]


def test_refresh_pickle_and_copy_keep_the_value(secret_model):
    made = secret_model.objects.create(words=WORDS)
    made.words = "other"
    made.refresh_from_db()
    assert made.words == WORDS
    unread = secret_model.objects.get()
    assert pickle.loads(pickle.dumps(unread)).words == WORDS
    assert copy.deepcopy(unread).words == WORDS


@pytest.mark.parametrize(
    "write",
    [
        lambda model, row: model.objects.update(words="plain"),
        lambda model, row: model.objects.bulk_update([row], ["words"]),
        lambda model, row: model.objects.filter(words="plain"),
        lambda model, row: model.objects.filter(words__contains="plain"),
        lambda model, row: model.objects.exclude(words__in=["plain"]),
        lambda model, row: model.objects.filter(answers__key="plain"),
        lambda model, row: model.objects.filter(words=models.F("plain")),
        lambda model, row: model.objects.get(words__iexact="plain"),
    ],
)
def test_searching_and_updating_past_the_row_is_refused(secret_model, write):
    row = secret_model.objects.create(words=WORDS)
    with pytest.raises(FieldError, match="encrypted"), transaction.atomic():
        write(secret_model, row)
    assert secret_model.objects.get().words == WORDS


def test_a_dump_is_refused(secret_model):
    secret_model.objects.create(words=WORDS)
    with pytest.raises(FieldError, match="not serialized"):
        serializers.serialize("json", secret_model.objects.all())


def test_a_row_without_a_key_cannot_be_sealed(numbered_model):
    with pytest.raises(RowUnknown, match=r"privacy\.numbered\.words"):
        numbered_model(public_id=None, words="x").save()


def test_forms_and_validation(numbered_model, secret_model):
    form = forms.modelform_factory(numbered_model, fields=["words"])
    assert form({"words": "x" * 31}).errors == {
        "words": ["Ensure this value has at most 30 characters (it has 31)."]
    }
    made = form({"words": "short"}).save()
    assert form(instance=numbered_model.objects.get(pk=made.pk)).initial == {"words": "short"}
    assert isinstance(
        forms.modelform_factory(secret_model, fields=["words"])().fields["words"].widget, forms.Textarea
    )
    json_form = forms.modelform_factory(secret_model, fields=["answers"])
    assert json_form({"answers": '{"a": 1}'}).save().answers == {"a": 1}


def test_a_look_up_hash_follows_its_field(secret_model):
    row = secret_model.objects.create(words=" Someone@Example.org ")
    assert secret_model.objects.get(words_hash__in=lookup_hashes("someone@example.org", "test.words")) == row
    row.words = ""
    row.save()
    assert secret_model.objects.get().words_hash == ""
    assert lookup_hash("", "test.words") != ""


@isolate_apps("snb.privacy")
def test_models_that_cannot_be_sealed_are_found_at_start():
    class Counted(models.Model):
        words = EncryptedTextField()

        class Meta:
            app_label = "privacy"

    class Wrong(models.Model):
        words = EncryptedTextField(unique=True)
        encryption_row_id = "nothing"

        class Meta:
            app_label = "privacy"

    class Owned(models.Model):
        owner = models.OneToOneField(Counted, models.CASCADE, primary_key=True)
        words = EncryptedTextField()

        class Meta:
            app_label = "privacy"

    assert [error.id for error in Counted._meta.get_field("words").check()] == ["privacy.E002"]
    assert [error.id for error in Wrong._meta.get_field("words").check()] == ["privacy.E001", "privacy.E002"]
    assert Owned._meta.get_field("words").check() == []


@pytest.mark.parametrize(
    "field",
    [
        EncryptedTextField(max_length=20, null=True, blank=True, help_text="x"),
        EncryptedJSONField(default=dict, sealed_as="payback.nomination.answers"),
        LookupHashField(of="words", purpose="p"),
        LookupHashField(of="words", purpose="p", unique=True, null=True),
    ],
)
def test_migrations_write_the_field_as_it_is(field):
    name, path, args, kwargs = field.deconstruct()
    again = type(field)(*args, **kwargs)
    assert again.deconstruct() == (name, path, args, kwargs)
    assert path.startswith("snb.privacy.fields.")
    assert MigrationWriter.serialize(field)[0].startswith("snb.privacy.fields.")


def test_a_renamed_field_opens_under_its_first_name(secret_model, settings):
    made = secret_model.objects.create(words=WORDS)
    renamed = EncryptedTextField(sealed_as="privacy.secret.words")
    sealed = secret_model.objects.values_list("words", flat=True)[0]
    assert renamed.open(sealed, made.pk) == WORDS


def test_the_test_models_leave_no_trace(db):
    assert not {"secret", "numbered"} & set(apps.all_models["privacy"])
    assert KEY_1 != KEY_2

"""Moving everything sealed to the newest key."""

import pytest
from django.core import checks
from django.core.management import CommandError, call_command

from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from snb.people.models import User
from snb.privacy import actions, queries
from snb.privacy.actions import record_erasure, rotate_keys
from snb.privacy.calculations import decrypt_text, encrypt_text, lookup_hashes
from snb.privacy.enums import Holder
from snb.privacy.errors import DecryptionFailed
from tests import factories as make
from tests.privacy.conftest import KEY_1, KEY_2, KEY_3
from tests.privacy.test_fields import store, stored

OLD, BOTH, NEW = {"k1": KEY_1}, {"k2": KEY_2, "k1": KEY_1}, {"k2": KEY_2}


@pytest.fixture
def filled(secret_model, numbered_model, settings):
    """Seven rows of one model and five of another, sealed under the old key."""
    settings.ENCRYPTION_KEYS = OLD
    for n in range(7):
        secret_model.objects.create(words=f"words {n}", answers={"n": n} if n % 2 else None)
    for n in range(5):
        numbered_model.objects.create(words=f"number {n}" if n else None)
    settings.ENCRYPTION_KEYS = BOTH
    return secret_model, numbered_model


def unknown_keys() -> list[str]:
    return [
        message.msg for message in checks.run_checks(databases=["default"]) if message.id == "privacy.E003"
    ]


def test_everything_is_moved_and_the_old_key_is_not_needed(filled, settings):
    secret_model, numbered_model = filled
    assert set(queries.key_ids_in_use()) == {"k1"}
    assert queries.lookup_key_ids_in_use() == {"k1": {"privacy.secret.words_hash"}}
    rotation = rotate_keys()
    assert queries.lookup_key_ids_in_use() == {"k2": {"privacy.secret.words_hash"}}
    assert (rotation.key_id, rotation.values, rotation.failed) == ("k2", 14, [])
    assert rotation.rows == {
        "privacy.secret.words": 7,
        "privacy.secret.answers": 3,
        "privacy.numbered.words": 4,
    }
    assert set(queries.key_ids_in_use()) == {"k2"}
    settings.ENCRYPTION_KEYS = NEW
    assert sorted(row.words for row in secret_model.objects.all()) == [f"words {n}" for n in range(7)]
    assert sorted(row.answers["n"] for row in secret_model.objects.exclude(answers__isnull=True)) == [1, 3, 5]
    assert {row.words for row in numbered_model.objects.all()} == {
        None,
        *(f"number {n}" for n in range(1, 5)),
    }
    assert (
        secret_model.objects.filter(words_hash__in=lookup_hashes("words 3", "test.words")).get().words
        == "words 3"
    )
    event = AuditEvent.objects.first()
    assert (event.event, event.data["key"], event.data["failed"]) == (Event.KEYS_ROTATED, "k2", 0)
    assert sorted(event.data["counts"]) == [
        "privacy.numbered.words:4",
        "privacy.secret.answers:3",
        "privacy.secret.words:7",
    ]


def test_a_second_run_changes_nothing(filled):
    secret_model, _ = filled
    rotate_keys()
    before = [stored(secret_model, row.pk) for row in secret_model.objects.order_by("pk")]
    assert rotate_keys().values == 0
    assert [stored(secret_model, row.pk) for row in secret_model.objects.order_by("pk")] == before
    assert AuditEvent.objects.filter(event=Event.KEYS_ROTATED).count() == 1


@pytest.mark.parametrize("after", range(1, 8))
def test_killed_at_any_batch_a_second_run_does_the_rest(filled, settings, monkeypatch, after):
    secret_model, _ = filled
    monkeypatch.setattr(actions, "BATCH", 2)
    batches = iter(range(1, 100))

    def die_at_the_batch(done):
        if next(batches) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_keys(progress=die_at_the_batch)
    assert sorted(row.words for row in secret_model.objects.all()) == [f"words {n}" for n in range(7)]
    rotate_keys()
    settings.ENCRYPTION_KEYS = NEW
    assert sorted(row.words for row in secret_model.objects.all()) == [f"words {n}" for n in range(7)]
    assert set(queries.key_ids_in_use()) == {"k2"}


def test_a_row_that_does_not_open_is_left_and_listed_and_stops_no_other(filled, settings, monkeypatch):
    secret_model, _ = filled
    monkeypatch.setattr(actions, "BATCH", 2)
    one, other = secret_model.objects.order_by("pk")[:2]
    moved = stored(secret_model, other.pk)
    store(secret_model, one.pk, moved)
    rotation = rotate_keys()
    assert [failed.partition(":")[0] for failed in rotation.failed] == [f"privacy.secret.words {one.pk}"]
    assert rotation.values == 13
    assert stored(secret_model, one.pk) == moved


def test_the_check_finds_a_key_that_is_not_there(filled, settings):
    assert unknown_keys() == []
    settings.ENCRYPTION_KEYS = NEW
    assert unknown_keys() == [
        "Values in privacy.numbered.words, privacy.secret.answers, privacy.secret.words, "
        "privacy.secret.words_hash are under key 'k1', which is not in ENCRYPTION_KEYS."
    ]


def test_the_check_finds_what_is_no_sealed_value(filled):
    secret_model, _ = filled
    store(secret_model, secret_model.objects.first().pk, b"in the clear")
    assert unknown_keys() == ["Values in privacy.secret.words are not sealed values."]


def test_the_check_passes_over_tables_that_are_not_there_yet(filled):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE "{filled[0]._meta.db_table}"')
    assert set(queries.key_ids_in_use()) == {"k1"}
    assert unknown_keys() == []


def test_the_command_shows_what_it_did(filled, capsys):
    call_command("rotate_keys")
    out = capsys.readouterr()
    assert "privacy.secret.words: 7" in out.out
    assert "Everything sealed is under k2: 14 values moved." in out.out
    assert "Sealing anew" in out.err


def test_a_hash_that_cannot_be_made_anew_holds_the_old_key(filled, settings, capsys, erasure_log):
    settings.ENCRYPTION_KEYS = OLD
    record_erasure(make.UserFactory())
    settings.ENCRYPTION_KEYS = BOTH
    call_command("rotate_keys")
    assert "Keep k1: look-up hashes under it remain in privacy.erasure.object_hash" in capsys.readouterr().out
    settings.ENCRYPTION_KEYS = NEW
    assert unknown_keys() == [
        "Values in privacy.erasure.object_hash are under key 'k1', which is not in ENCRYPTION_KEYS."
    ]


def test_the_command_fails_on_a_row_that_does_not_open(filled, capsys):
    secret_model, _ = filled
    one, other = secret_model.objects.order_by("pk")[:2]
    store(secret_model, one.pk, stored(secret_model, other.pk))
    with pytest.raises(CommandError, match="1 values do not open"):
        call_command("rotate_keys")
    assert f"privacy.secret.words {one.pk}" in capsys.readouterr().err


@pytest.fixture
def holder():
    """Sealed texts in a JSON object of another package, as allauth keeps them."""
    made = Holder("mfa.Authenticator", "data", "mfa", "mfa.authenticator.data", keys=("secret", "seed"))
    kept = dict(queries.HOLDERS)
    queries.HOLDERS.clear()
    queries.register_holder(made)
    yield made
    queries.HOLDERS.clear()
    queries.HOLDERS.update(kept)


def test_sealed_texts_of_other_packages_are_moved_too(db, holder, settings):
    from allauth.mfa.models import Authenticator

    settings.ENCRYPTION_KEYS = OLD
    place = (holder.purpose, holder.associated)
    totp = Authenticator.objects.create(
        user=make.UserFactory(), type="totp", data={"secret": encrypt_text("S", *place)}
    )
    codes = Authenticator.objects.create(
        user=totp.user, type="recovery_codes", data={"seed": encrypt_text("seed", *place), "used_mask": 3}
    )
    passkey = Authenticator.objects.create(user=totp.user, type="webauthn", data={"credential": {"a": 1}})
    settings.ENCRYPTION_KEYS = BOTH
    assert queries.key_ids_in_use() == {"k1": {"mfa.authenticator.data"}}
    assert rotate_keys().rows == {"mfa.authenticator.data": 2}
    settings.ENCRYPTION_KEYS = NEW
    for row in (totp, codes, passkey):
        row.refresh_from_db()
    assert decrypt_text(totp.data["secret"], *place) == "S"
    assert (decrypt_text(codes.data["seed"], *place), codes.data["used_mask"]) == ("seed", 3)
    assert passkey.data == {"credential": {"a": 1}}
    assert queries.key_ids_in_use() == {"k2": {"mfa.authenticator.data"}}


def test_a_text_of_another_package_in_the_clear_is_found_and_left(db, holder):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=make.UserFactory(), type="totp", data={"secret": "PLAINSECRET"})
    assert unknown_keys() == ["Values in mfa.authenticator.data are not sealed values."]
    rotation = rotate_keys()
    assert (rotation.values, len(rotation.failed)) == (0, 1)


def test_a_plain_text_field_can_be_a_holder(db, settings):
    holder = Holder("people.User", "name", "p", "a")
    settings.ENCRYPTION_KEYS = BOTH
    sealed = encrypt_text("x", "p", "a", keys=OLD)
    moved = actions._resealed(sealed, holder)
    assert decrypt_text(moved, "p", "a", keys=NEW) == "x"
    assert actions._resealed(moved, holder) is None
    assert actions._resealed("", holder) is None
    with pytest.raises(DecryptionFailed):
        actions._resealed("plain", holder)
    assert User._meta.get_field("name")


def test_the_newest_key_is_the_first(settings, secret_model):
    settings.ENCRYPTION_KEYS = {"z": KEY_3, "a": KEY_1}
    secret_model.objects.create(words="x")
    assert queries.key_ids_in_use() == {"z": {"privacy.secret.words"}}

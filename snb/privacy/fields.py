"""Model fields whose columns hold sealed values, bound to their row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import checks, exceptions
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from snb.privacy.calculations import decrypt, encrypt, key_id_of, lookup_hash
from snb.privacy.errors import DecryptionFailed, RowUnknown

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    TextBase = models.Field[str | Combinable, str]
    JSONBase = models.Field[Any, Any]
    HashBase = models.CharField[str | Combinable, str]
else:
    TextBase = JSONBase = models.Field
    HashBase = models.CharField


class Sealed:
    """A value as the column holds it: an instance's attribute opens by itself, `values()` gives this.

    It shows nothing, is equal to nothing but itself, and is no text and no JSON: `open` needs the row it
    belongs to.
    """

    __slots__ = ("blob", "field")

    def __init__(self, blob: bytes, field: EncryptedField) -> None:
        self.blob = bytes(blob)
        self.field = field

    def __repr__(self) -> str:
        return "<Sealed>"

    def __str__(self) -> str:
        return "(sealed)"

    @property
    def key_id(self) -> str:
        """Id of the key it was sealed under."""
        return key_id_of(self.blob)

    def open(self, row: object) -> Any:
        """The plain value, given the key of its row (`pk`, or the field named in `encryption_row_id`).

        Raises:
            DecryptionFailed: it belongs to another row, its key is not known, or it is damaged.
        """
        return self.field.open(self, row)


class EncryptedAttribute(DeferredAttribute):
    """Opens the value when it is first asked for, and keeps the plain one from then on."""

    field: EncryptedField

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[name] = self.field.open(value, self.field.row_of(instance))
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        # The plain descriptor of Django has no __set__; with one, reading always comes through __get__ above.
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.Field):
    """What the encrypted fields share. The column is binary; nothing can be searched, sorted or joined by it.

    The row's key is part of what is authenticated, so it must be known before the row is written: give the
    model a UUID primary key with a default, or name a unique field with a default in `encryption_row_id`:

        class Nomination(models.Model):
            public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
            contact = EncryptedTextField()
            encryption_row_id = "public_id"

    Args:
        sealed_as: `app.model.field` under which values were first sealed; keeps them readable when any of the
            three is renamed.
    """

    descriptor_class = EncryptedAttribute
    empty_strings_allowed = False

    def __init__(self, *args: Any, sealed_as: str = "", **kwargs: Any) -> None:
        self.sealed_as = sealed_as
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """As migrations write it."""
        name, path, args, kwargs = super().deconstruct()
        if self.sealed_as:
            kwargs["sealed_as"] = self.sealed_as
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """A field that could not be sealed or would promise a search is found at start."""
        found = [*super().check(**kwargs)]
        if self.primary_key or self.unique or getattr(self, "db_index", False):
            found.append(
                checks.Error("An encrypted field cannot be unique or indexed.", obj=self, id="privacy.E001")
            )
        name = getattr(self.model, "encryption_row_id", "pk")
        row: Any
        try:
            row = self.model._meta.pk if name == "pk" else self.model._meta.get_field(name)
        except exceptions.FieldDoesNotExist:
            row = None
        known_first = (
            row is not None
            and not isinstance(row, models.AutoField)
            and (row.has_default() or row.is_relation)
        )
        if not (known_first and row.unique):
            found.append(
                checks.Error(
                    f"{self.model._meta.label} has no key that is known before its row is written.",
                    hint="Use a UUID primary key with a default, or name a unique field with one in "
                    "`encryption_row_id`.",
                    obj=self,
                    id="privacy.E002",
                )
            )
        return found

    # ------------------------------------------------------------------------------------------ sealing
    @property
    def label(self) -> str:
        """`app.model.field`: the purpose of its key, and half of what is authenticated."""
        return self.sealed_as or f"{self.model._meta.label_lower}.{self.name}"

    def row_of(self, instance: models.Model) -> object:
        """The key of a row.

        Raises:
            RowUnknown: the row has none yet.
        """
        row = getattr(instance, getattr(self.model, "encryption_row_id", "pk"))
        if row is None or row == "":
            raise RowUnknown(f"{self.label}: the row has no key yet, and a sealed value is bound to its row.")
        return row

    def seal(self, value: Any, row: object) -> Sealed:
        """Seal a plain value for a row, under the newest key."""
        return Sealed(
            encrypt(self.to_bytes(value), purpose=self.label, associated=f"{self.label}:{row}"), self
        )

    def open(self, sealed: Sealed, row: object) -> Any:
        """Open a sealed value of a row. Raises DecryptionFailed."""
        plain = decrypt(sealed.blob, purpose=self.label, associated=f"{self.label}:{row}")
        try:
            return self.from_bytes(plain)
        except ValueError:
            raise DecryptionFailed(f"{self.label} was sealed as another kind of value.") from None

    def to_bytes(self, value: Any) -> bytes:
        """A plain value as bytes."""
        raise NotImplementedError

    def from_bytes(self, value: bytes) -> Any:
        """The reverse of `to_bytes`."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------ the column
    def get_internal_type(self) -> str:
        """A binary column."""
        return "BinaryField"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """As a binary column asks for it."""
        return connection.ops.binary_placeholder_sql(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """Opened only with its row, by the attribute."""
        return None if value is None else Sealed(value, self)

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Seal for the row; what was never opened is written back, once it proves to be this row's."""
        name = self.attname
        value = instance.__dict__[name] if name in instance.__dict__ else getattr(instance, name)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        row = self.row_of(instance)
        if isinstance(value, Sealed):
            self.open(value, row)
            return value
        return self.seal(value, row)

    def get_prep_value(self, value: Any) -> Any:
        """Left for `get_db_prep_value`."""
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Only sealed values reach the column.

        Raises:
            FieldError: a plain value arrives by `update()`, `bulk_update()` or a query, none of which know
                the row.
        """
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise exceptions.FieldError(
                f"{self.label} is encrypted and bound to its row: set it on the instance and save that; "
                "update(), bulk_update() and look-ups cannot seal it."
            )
        return connection.Database.Binary(value.blob)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`.

        Raises:
            FieldError: for every other look-up: equal texts are sealed differently each time.
        """
        if lookup_name != "isnull":
            raise exceptions.FieldError(
                f"{self.label} is encrypted and cannot be searched ({lookup_name}); only __isnull works. "
                "Keep a LookupHashField beside it."
            )
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """None. Raises FieldError."""
        raise exceptions.FieldError(f"{self.label} is encrypted and cannot be searched ({lookup_name}).")

    def value_to_string(self, obj: models.Model) -> str:
        """Refuse to be dumped in the clear. Raises FieldError."""
        raise exceptions.FieldError(
            f"{self.label} is encrypted and is not serialized: back up the database instead."
        )


class EncryptedTextField(EncryptedField, TextBase):
    """A text at rest as AES-GCM ciphertext; a `str` on the instance."""

    description = "Encrypted text"
    if TYPE_CHECKING:
        _pyi_private_set_type: str | Combinable
        _pyi_private_get_type: str

    empty_strings_allowed = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def to_python(self, value: Any) -> str | None:
        """A text."""
        return value if value is None or isinstance(value, str) else str(value)

    def to_bytes(self, value: Any) -> bytes:
        """UTF-8."""
        return str(value).encode("utf-8", "surrogatepass")

    def from_bytes(self, value: bytes) -> str:
        """From UTF-8."""
        return value.decode("utf-8", "surrogatepass")

    def formfield(self, **kwargs: Any) -> Any:
        """A text box; one line where `max_length` is given."""
        defaults: dict[str, Any] = {"form_class": forms.CharField, "max_length": self.max_length}
        if not self.max_length:
            defaults["widget"] = forms.Textarea
        if self.null:
            defaults["empty_value"] = None
        return super().formfield(**{**defaults, **kwargs})


class EncryptedJSONField(EncryptedField, JSONBase):
    """Anything JSON can hold, at rest as AES-GCM ciphertext."""

    description = "Encrypted JSON"
    empty_strings_allowed = False
    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def to_bytes(self, value: Any) -> bytes:
        """JSON, ASCII only."""
        return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode()

    def from_bytes(self, value: bytes) -> Any:
        """From JSON."""
        return json.loads(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Anything JSON can hold."""
        super().validate(value, model_instance)
        try:
            self.to_bytes(value)
        except (TypeError, ValueError):
            raise exceptions.ValidationError("This cannot be kept.", code="invalid") from None

    def formfield(self, **kwargs: Any) -> Any:
        """A JSON box."""
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


class LookupHashField(HashBase):
    """Beside an encrypted field: a keyed hash of its value, kept in step on every save and rotated with it.

    `Person.objects.filter(email_hash__in=lookup_hashes(email.lower(), "people.email"))` finds without opening
    anything.

    Args:
        of: name of the field whose value is hashed, in lower case and without blanks around; an empty value
            has an empty hash (none, where the field may be null).
        purpose: derives the look-up key; fields that share it can be compared with each other.
    """

    def __init__(self, *args: Any, of: str = "", purpose: str = "", **kwargs: Any) -> None:
        self.of, self.purpose = of, purpose
        kwargs.update(max_length=80, blank=True, editable=False)
        kwargs.setdefault("db_index", not kwargs.get("unique"))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """As migrations write it."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "editable"):
            kwargs.pop(fixed, None)
        kwargs["db_index"] = getattr(self, "db_index", False)
        return name, path, args, {**kwargs, "of": self.of, "purpose": self.purpose}

    def pre_save(self, instance: models.Model, add: bool) -> str | None:
        """The hash of the value that is being saved."""
        value, empty = getattr(instance, self.of), None if self.null else ""
        hashed = lookup_hash(str(value).strip().lower(), self.purpose) if value else empty
        setattr(instance, self.attname, hashed)
        return hashed

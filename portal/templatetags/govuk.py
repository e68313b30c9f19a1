"""The control of a form field in the design system's markup."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


def kind_of(field: BoundField) -> str:
    """Which of the design system's controls fits the field's widget."""
    widget = field.field.widget
    for kind, classes in {
        "checkboxes": forms.CheckboxSelectMultiple,
        "radios": forms.RadioSelect,
        "checkbox": forms.CheckboxInput,
        "date": forms.SelectDateWidget,
        "select": forms.Select,
        "textarea": forms.Textarea,
        "file": forms.FileInput,
        "password": forms.PasswordInput,
        "several": forms.MultiWidget,
    }.items():
        if isinstance(widget, classes):
            return kind
    return "input"


def width_of(field: BoundField) -> str:
    """A width class that tells how much is expected; empty for the full width."""
    widget = field.field.widget
    if widget.attrs.get("autocomplete") == "one-time-code":
        return "govuk-input--width-10 govuk-input--extra-letter-spacing"
    if isinstance(widget, forms.DateInput | forms.TimeInput | forms.DateTimeInput):
        return "govuk-input--width-10"
    if isinstance(widget, forms.NumberInput):
        return "govuk-input--width-5"
    limit = getattr(field.field, "max_length", None)
    if limit and limit <= 10:
        return "govuk-input--width-10"
    return "govuk-input--width-20" if limit and limit <= 30 else ""


def classes_of(field: BoundField, kind: str) -> str:
    """The classes of the control itself."""
    base = {
        "textarea": "govuk-textarea",
        "select": "govuk-select",
        "date": "govuk-select",
        "file": "govuk-file-upload",
    }.get(kind, "govuk-input")
    own = field.field.widget.attrs.get("class", "")
    parts = [
        base,
        "govuk-password-input__input govuk-js-password-input-input" if kind == "password" else "",
        own,
    ]
    if kind == "input" and "govuk-input--width" not in own:
        parts.append(width_of(field))
    if field.errors:
        parts.append(f"{base}--error")
    return " ".join(part for part in parts if part)


def attributes_of(field: BoundField, kind: str) -> dict[str, Any]:
    """What the control carries beside name and value. Placeholders go: they vanish when they are needed."""
    attributes: dict[str, Any] = {"class": classes_of(field, kind), "placeholder": False}
    if "type" in field.field.widget.attrs:
        attributes["type"] = False  # the widget writes its own; allauth names it a second time
    if kind == "password":
        attributes |= {"spellcheck": "false", "autocapitalize": "none"}
    if kind == "input" and isinstance(field.field.widget, forms.EmailInput):
        attributes |= {"spellcheck": "false", "autocapitalize": "none"}
    if kind == "input" and isinstance(field.field, forms.IntegerField):
        attributes["inputmode"] = "numeric"
    if kind == "textarea" and field.field.widget.attrs.get("maxlength"):
        attributes["class"] += " govuk-js-character-count"
        attributes["aria-describedby"] = f"{field.aria_describedby or ''} {field.auto_id}-info".strip()
    return attributes


@register.simple_tag
def control(field: BoundField) -> SafeString | str:
    """`{% control field %}`: the input, radios, select… of a field, without label, hint and errors."""
    kind = kind_of(field)
    if kind in {"radios", "checkboxes"}:
        options = []
        for option in field.subwidgets:
            option.data["attrs"] = {**option.data["attrs"], "class": f"govuk-{kind}__input"}
            options.append(option)
        return render_to_string(
            "portal/forms/_options.html", {"field": field, "kind": kind, "options": options}
        )
    if kind == "checkbox":
        return field.as_widget(attrs={"class": "govuk-checkboxes__input"})
    return field.as_widget(attrs=attributes_of(field, kind))


@register.filter
def control_kind(field: BoundField) -> str:
    """`field|control_kind`: the word that `kind_of` gives."""
    return kind_of(field)


@register.filter
def first_control(field: BoundField) -> str:
    """`field|first_control`: the id an error summary leads to."""
    widget_id = field.field.widget.attrs.get("id") or field.auto_id
    if kind_of(field) in {"radios", "checkboxes"}:
        return f"{widget_id}_0"
    return field.id_for_label or widget_id

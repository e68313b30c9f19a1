"""Fields in the design system's markup: what names, describes and marks each control."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string

pytestmark = pytest.mark.pure


class Example(forms.Form):
    """A question of each kind."""

    name = forms.CharField(max_length=80, help_text="As neighbours know you.")
    story = forms.CharField(widget=forms.Textarea, max_length=500, required=False)
    secret = forms.CharField(widget=forms.PasswordInput)
    agree = forms.BooleanField(label="I agree")
    colour = forms.ChoiceField(choices=[("r", "Red"), ("g", "Green")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(
        choices=[("1", "Monday")], widget=forms.CheckboxSelectMultiple, required=False
    )
    ward = forms.ChoiceField(choices=[("h", "Highgate")])
    count = forms.IntegerField()
    code = forms.CharField(
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "placeholder": "Code"})
    )


def markup(name: str, data: dict[str, str] | None = None) -> str:
    """A field group with its white space pressed together."""
    return re.sub(r"\s+", " ", Example(data)[name].as_field_group())


def attribute(html: str, name: str) -> str | None:
    """The first value of an attribute."""
    found = re.search(rf'\s{name}="([^"]*)"', html)
    return found[1] if found else None


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("name", "govuk-input"),
        ("story", "govuk-textarea govuk-js-character-count"),
        ("secret", "govuk-input govuk-password-input__input govuk-js-password-input-input"),
        ("agree", "govuk-checkboxes__input"),
        ("colour", "govuk-radios__input"),
        ("days", "govuk-checkboxes__input"),
        ("ward", "govuk-select"),
        ("count", "govuk-input govuk-input--width-5"),
        ("code", "govuk-input govuk-input--width-10 govuk-input--extra-letter-spacing"),
    ],
)
def test_control_has_its_classes(name, classes):
    control = re.search(r"<(?:input|select|textarea)[^>]*>", markup(name))
    assert attribute(control[0], "class") == classes


def test_hint_and_error_describe_the_control():
    html = markup("name", {"name": ""})
    control = re.search(r"<input[^>]*>", html)[0]
    assert attribute(control, "aria-describedby") == "id_name_helptext id_name_error"
    assert attribute(control, "aria-invalid") == "true"
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert html.startswith('<div class="govuk-form-group govuk-form-group--error"')


def test_label_names_the_control_and_says_what_may_be_left_out():
    assert (
        '<label class="govuk-label govuk-label--s" for="id_story"> Story <span class="snb-optional">(optional)'
        in markup("story")
    )
    assert "(optional)" not in markup("name")


def test_choices_stand_in_a_fieldset_with_a_legend():
    html = markup("colour", {"name": "x"})
    assert html.count("<fieldset") == 1
    assert attribute(re.search(r"<fieldset[^>]*>", html)[0], "aria-describedby") == "id_colour_error"
    assert re.findall(r'for="(\w+)"', html) == ["id_colour_0", "id_colour_1"]


def test_placeholder_is_never_written():
    assert "placeholder" not in markup("code")


def test_error_summary_leads_to_the_first_control_of_each_field():
    html = render_to_string("components/error_summary.html", {"form": Example({"name": "x"})})
    assert re.findall(r'href="#(\w+)"', html) == [
        "id_secret",
        "id_agree",
        "id_colour_0",
        "id_ward",
        "id_count",
        "id_code",
    ]


def test_error_summary_of_a_sound_form_is_empty():
    assert render_to_string("components/error_summary.html", {"form": Example()}).strip() == ""


def test_wagtail_admin_still_gets_djangos_own_widgets():
    assert str(Example()["name"]) == (
        '<input type="text" name="name" maxlength="80" required aria-describedby="id_name_helptext" id="id_name">'
    )


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_page_for_when_nothing_works_needs_no_context_and_no_database(name):
    html = engines["django"].get_template(name).render()
    assert "tel:999" in html
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', html) == ["/static/site/main.css"]
    assert "<script" not in html

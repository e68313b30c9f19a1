"""What a posted page refers to: the pictures, documents and pages in its fields, blocks, rich texts and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.db.models import Model
from django.http import Http404, HttpRequest
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.blocks import Block, BlockField, FieldBlock, ListBlock, StreamBlock, StructBlock
from wagtail.models import Page
from wagtail.rich_text import extract_references_from_rich_text

if TYPE_CHECKING:
    from cms.middleware.territory import Territory

Reference = tuple[type[Model], str]
"""A model and the id somebody posted for it, whether or not there is such a row."""


def check_page_body(request: HttpRequest, kwargs: Mapping[str, object], territory: Territory) -> None:
    """Refuse a posted page that names anything outside the territory.

    Wagtail shows a rejected form again with the title and the thumbnail of whatever it names, so this looks at the posted values
    themselves, before any validation.

    Raises:
        Http404: something lies outside or does not exist, or the body is no form of this page at all.
    """
    try:
        named = list(references_of(_form_of(request, kwargs)))
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise Http404 from error
    for model, value in named:
        if territory.instances(model) is not None and not territory.owns(model, value):
            raise Http404


def _form_of(request: HttpRequest, kwargs: Mapping[str, object]) -> forms.BaseForm:
    """The form Wagtail is about to build from this request."""
    if "page_id" in kwargs:
        page = Page.objects.get(pk=kwargs["page_id"]).specific.get_latest_revision_as_object()
        parent = page.get_parent()
    else:
        model = apps.get_model(str(kwargs["content_type_app_name"]), str(kwargs["content_type_model_name"]))
        if not issubclass(model, Page):
            raise LookupError
        page = model(owner=request.user)
        parent = Page.objects.get(pk=kwargs["parent_page_id"]).specific
    form_class = type(page).get_edit_handler().get_form_class()
    return form_class(request.POST, request.FILES, instance=page, parent_page=parent, for_user=request.user)


def references_of(form: forms.BaseForm) -> Iterator[Reference]:
    """Everything a bound form names, the forms inside it included."""
    for name, field in form.fields.items():
        yield from _in_field(field, form.data, form.files, form.add_prefix(name))
    for formset in getattr(form, "formsets", {}).values():
        for child in formset.forms:
            yield from references_of(child)


def _in_field(
    field: forms.Field, data: Mapping[str, Any], files: Mapping[str, Any], name: str
) -> Iterator[Reference]:
    if isinstance(field, BlockField):
        yield from _in_block(field.block, data, files, name)
        return
    value = field.widget.value_from_datadict(data, files, name)
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        values = value if isinstance(value, list | tuple) else [value]
        model = field.queryset.model
        yield from ((model, str(one)) for one in values if one not in (None, ""))
    elif isinstance(field.widget, DraftailRichTextArea):
        yield from _in_rich_text(value)


def _in_block(
    block: Block, data: Mapping[str, Any], files: Mapping[str, Any], name: str
) -> Iterator[Reference]:
    if isinstance(block, StreamBlock):
        for place in _places(data, name):
            child = block.child_blocks.get(data[f"{place}-type"])
            if child is not None:
                yield from _in_block(child, data, files, f"{place}-value")
    elif isinstance(block, ListBlock):
        for place in _places(data, name):
            yield from _in_block(block.child_block, data, files, f"{place}-value")
    elif isinstance(block, StructBlock):
        for part, child in block.child_blocks.items():
            yield from _in_block(child, data, files, f"{name}-{part}")
    elif isinstance(block, FieldBlock):
        yield from _in_field(block.field, data, files, name)
    else:
        for model, pk, *_ in block.extract_references(block.value_from_datadict(data, files, name)):
            yield model, str(pk)


def _places(data: Mapping[str, Any], name: str) -> Iterator[str]:
    """Prefixes of the members of a stream or list that are not marked as deleted."""
    for index in range(int(data[f"{name}-count"])):
        place = f"{name}-{index}"
        int(data[f"{place}-order"])
        if not data[f"{place}-deleted"]:
            yield place


def _in_rich_text(html: str | None) -> Iterator[Reference]:
    for model, pk, *_ in extract_references_from_rich_text(html or ""):
        yield model, str(pk)

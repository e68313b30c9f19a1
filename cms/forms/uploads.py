"""What an editor uploads, checked at the field."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from cms.models.files import CleanPicture
from snb.files.calculations import check_upload
from snb.files.enums import DOCUMENTS


class PictureField(WagtailImageField):
    """A picture, made again from its pixels; Wagtail's own field fails on a damaged one instead of refusing it."""

    def to_python(self, data: Any) -> Any:
        """Take what the model would take, and say what is wrong with the rest."""
        file = forms.FileField.to_python(self, data)
        return CleanPicture.of(file) if file else file


class PortalImageForm(BaseImageForm):
    """A picture: refused at the field where the model would refuse it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            old = self.fields["file"]
            self.fields["file"] = PictureField(
                label=old.label, help_text=old.help_text, widget=old.widget, required=old.required
            )


class PortalDocumentForm(BaseDocumentForm):
    """A document: refused at the field where the model would refuse it."""

    def clean_file(self) -> Any:
        """A document we offer, by its bytes."""
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            check_upload(file, kinds=DOCUMENTS)
        return file

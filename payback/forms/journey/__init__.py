"""The questions of a nomination, one page each. A form says what a page changes (`changes`); it never saves.

Nothing here may be remembered by a browser: every control has `autocomplete="off"`.
"""

from __future__ import annotations

from payback.forms.journey.person import CheckForm, ContactForm, HarmedForm, SharingForm
from payback.forms.journey.pieces import QuestionForm
from payback.forms.journey.place import NearbyForm, WardForm, WhereForm
from payback.forms.journey.task import (
    AccessForm,
    HazardsForm,
    OwnerForm,
    PhotosForm,
    SelfCheckForm,
    ToolsForm,
    WelfareForm,
    WhatForm,
    WhenForm,
    WhoForm,
)

STEPS: dict[str, type[QuestionForm]] = {
    form.step: form
    for form in (
        WhereForm,
        WardForm,
        NearbyForm,
        WhatForm,
        WhoForm,
        OwnerForm,
        WelfareForm,
        AccessForm,
        HazardsForm,
        ToolsForm,
        WhenForm,
        PhotosForm,
        ContactForm,
        HarmedForm,
        SharingForm,
    )
}
"""The questions in their order; *check* follows."""
FIRST, LAST = "where", "check"

__all__ = [
    "FIRST",
    "LAST",
    "STEPS",
    "CheckForm",
    "ContactForm",
    "QuestionForm",
    "SelfCheckForm",
    "SharingForm",
]

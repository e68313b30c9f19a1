"""Clean input of questions, answers and wishes to speak."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from snb.meetings.models.questions import LONGEST_ANSWER, LONGEST_NAME, LONGEST_QUESTION
from snb.privacy.calculations import Finding, find_identifiers


class QuestionForm(forms.Form):
    """A question and what its asker wants to be called. What looks like an identifier is shown to the asker once, who decides."""

    text = forms.CharField(
        label=_("Your question"),
        help_text=_("Everybody can read it. Please name nobody."),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_QUESTION}),
        error_messages={
            "required": _("Write your question."),
            "max_length": _("Use %(limit_value)d letters at most; you used %(show_value)d."),
        },
    )
    name = forms.CharField(
        label=_("What should we call you?"),
        help_text=_("Shown with your question and in the minutes. Leave it empty if you like."),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "class": "govuk-input--width-20"}),
        error_messages={"max_length": _("Use %(limit_value)d letters at most; you used %(show_value)d.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def findings(self) -> list[Finding]:
        """What the asker should look at before it is sent; nothing once they have seen it of these very words."""
        text = self.cleaned_data.get("text", "")
        return [] if not text or self.cleaned_data.get("seen") == text else find_identifiers(text)

    def shown_again(self) -> QuestionForm:
        """The same form, remembering which words were looked at."""
        return QuestionForm(
            {**{name: self.data[name] for name in self.data}, "seen": self.cleaned_data["text"]}
        )


class AnswerForm(forms.Form):
    """What was answered."""

    answer = forms.CharField(
        label=_("What was answered"),
        help_text=_("A sentence or two; it goes into the draft minutes."),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST_ANSWER}),
        error_messages={
            "required": _("Write what was answered, in a sentence or two."),
            "max_length": _("Use %(limit_value)d letters at most; you used %(show_value)d."),
        },
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def now_seen(self, version: str) -> None:
        """Remember which answer the writer sees this time."""
        self.data = {**{name: self.data[name] for name in self.data}, "was": version}


class LeaveOutForm(forms.Form):
    """Why a question is left out."""

    reason = forms.CharField(
        label=_("Why is it not taken up?"),
        help_text=_("Whoever asked reads it. For example: it is about another borough."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        error_messages={
            "required": _("Say why; whoever asked reads it."),
            "max_length": _("Use %(limit_value)d letters at most; you used %(show_value)d."),
        },
    )


class SpeakerForm(forms.Form):
    """Who wants to speak, and about what."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "govuk-input--width-20"}),
        error_messages={"required": _("Write your name.")},
    )
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("So that those who run the meeting can reach you. Nobody else sees it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Write your email address."),
            "invalid": _("Write an email address like name@example.org."),
        },
    )
    topic = forms.CharField(
        label=_("What do you want to speak about?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
        error_messages={
            "required": _("Say in a few words what you want to speak about."),
            "max_length": _("Use %(limit_value)d letters at most; you used %(show_value)d."),
        },
    )

"""A person's own settings in the admin: name, language, time and theme. Email and password are the sign-in's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import (
    AccountView,
    BaseSettingsPanel,
    LocaleSettingsPanel,
    ThemeSettingsPanel,
)
from wagtail.users.models import UserProfile

from snb.people.models import User

if TYPE_CHECKING:
    pass


class NameForm(forms.ModelForm):
    """The name other people of the board see."""

    class Meta:
        model = User
        fields = ("name",)


class NamePanel(BaseSettingsPanel):
    """Your name."""

    name = "name"
    title = _("Your name")
    form_class = NameForm
    order = 100


class EditorAccountView(AccountView):
    """Wagtail's account page without its email, password, notices and profile picture (which would be public and unchecked)."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        """The panels that stay."""
        profile = UserProfile.get_for_user(self.request.user)
        panels = [
            kind(self.request, self.request.user, profile)
            for kind in (NamePanel, LocaleSettingsPanel, ThemeSettingsPanel)
        ]
        return [panel for panel in panels if panel.is_active()]

    def get_menu_items(self) -> list[object]:
        """None: they lead to what is elsewhere."""
        return []

"""How people are shown in templates."""

from django import template
from django.utils.translation import gettext as _

from snb.people.calculations import browser_and_system

register = template.Library()


@register.filter
def browser_name(user_agent: str) -> str:
    """A browser as people would name it: “Firefox on Windows”."""
    browser, system = browser_and_system(user_agent or "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser we do not know")

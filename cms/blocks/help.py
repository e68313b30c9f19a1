"""The sections of “Get help or report”."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class HelpEntryBlock(blocks.StructBlock):
    """One service to turn to."""

    name = blocks.CharBlock(max_length=120, label=_("Service"))
    what = blocks.TextBlock(max_length=400, label=_("What it is for"))
    phone = blocks.CharBlock(required=False, max_length=40, label=_("Phone"))
    textphone = blocks.CharBlock(
        required=False,
        max_length=160,
        label=_("Deaf or speech impaired"),
        help_text=_("Textphone number, relay or text service."),
    )
    hours = blocks.CharBlock(required=False, max_length=120, label=_("When"))
    url = blocks.URLBlock(required=False, label=_("Website"))
    last_checked = blocks.DateBlock(
        required=False,
        label=_("Last checked"),
        help_text=_(
            "The day somebody made sure that all of this is still right. Left empty, no day is shown."
        ),
    )

    class Meta:
        icon = "help"
        label = _("Service")
        template = "cms/blocks/help_entry_block.html"


class HelpSectionBlock(blocks.StructBlock):
    """A heading with the services under it."""

    heading = blocks.CharBlock(max_length=120, label=_("Heading"))
    text = blocks.TextBlock(required=False, max_length=400, label=_("Text"))
    services = blocks.ListBlock(HelpEntryBlock(), min_num=1, label=_("Services"))

    class Meta:
        icon = "help"
        label = _("Section")
        description = _("A kind of need and the services that meet it.")
        template = "cms/blocks/help_section_block.html"
        preview_value = {
            "heading": _("In an emergency"),
            "text": "",
            "services": [
                {
                    "name": _("Emergency services"),
                    "what": _("A crime is happening now or somebody is in danger."),
                    "phone": "999",
                    "textphone": "18000",
                    "hours": _("Day and night"),
                    "url": "https://www.met.police.uk/",
                    "last_checked": "2026-11-01",
                }
            ],
        }


class HelpBlock(blocks.StreamBlock):
    """The sections of “Get help or report”."""

    section = HelpSectionBlock()

    class Meta:
        template = "cms/blocks/body_block.html"

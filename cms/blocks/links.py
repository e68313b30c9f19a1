"""Where a page leads: links, the one thing to do, and whom to write to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from cms.blocks.errors import refused


class LinkBlock(blocks.StructBlock):
    """One link: to a page of this site, a document, or another website."""

    text = blocks.CharBlock(
        max_length=120, label=_("Words of the link"), help_text=_("Say where it leads; never “click here”.")
    )
    page = blocks.PageChooserBlock(required=False, label=_("Page"))
    document = DocumentChooserBlock(required=False, label=_("Document"))
    url = blocks.URLBlock(
        required=False,
        label=_("Another website"),
        help_text=_("A whole address, beginning with https://."),
        max_length=500,
    )

    class Meta:
        icon = "link"
        label = _("Link")

    def clean(self, value: Any) -> Any:
        """Exactly one target, and nothing but web addresses."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        chosen = [name for name in ("page", "document", "url") if cleaned.get(name)]
        if len(chosen) != 1:
            raise refused("page", _("Choose one: a page, a document or another website."))
        if cleaned.get("url") and not cleaned["url"].lower().startswith(("https://", "http://")):
            raise refused("url", _("Begin the address with https://."))
        return cleaned


class LinkListBlock(blocks.StructBlock):
    """A short list of links and documents."""

    heading = blocks.CharBlock(required=False, max_length=120, label=_("Heading"))
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=20, label=_("Links"))

    class Meta:
        icon = "list-ul"
        label = _("Links and documents")
        description = _(
            "A list of pages, documents or other websites, with the size and kind of each document."
        )
        template = "cms/blocks/link_list_block.html"
        preview_value = {
            "heading": _("Read more"),
            "links": [
                {
                    "text": _("The Met's page for your area"),
                    "url": "https://www.met.police.uk/",
                    "page": None,
                    "document": None,
                }
            ],
        }


class CallToActionBlock(blocks.StructBlock):
    """The one thing to do on this page."""

    text = blocks.CharBlock(max_length=200, label=_("Why do it"), required=False)
    link = LinkBlock(label=_("Button"))

    class Meta:
        icon = "arrow-right-full"
        label = _("Button")
        description = _("The one thing you want people to do here. One button a page is enough.")
        template = "cms/blocks/call_to_action_block.html"
        preview_value = {
            "text": _("The panel has two free places."),
            "link": {"text": _("Ask to join"), "url": "https://example.org/", "page": None, "document": None},
        }


class ContactBlock(blocks.StructBlock):
    """How to reach a team or an office; a person only with their consent."""

    name = blocks.CharBlock(max_length=120, label=_("Team or office"))
    note = blocks.CharBlock(required=False, max_length=200, label=_("What they help with"))
    email = blocks.EmailBlock(required=False, label=_("Email"))
    phone = blocks.RegexBlock(
        regex=r"^[0-9+() ]{3,24}$",
        required=False,
        label=_("Phone"),
        error_messages={"invalid": _("Use digits and spaces only, such as 020 7946 0000.")},
    )
    hours = blocks.CharBlock(required=False, max_length=120, label=_("When"))
    address = blocks.TextBlock(required=False, max_length=300, label=_("Address"))

    class Meta:
        icon = "mail"
        label = _("Contact")
        description = _("How to reach a team or an office. Never a personal phone number or home address.")
        template = "cms/blocks/contact_block.html"
        preview_value = {
            "name": _("Board secretary"),
            "note": _("Agendas, minutes and joining the board"),
            "email": "secretary@example.org",
            "phone": "020 7946 0000",
            "hours": _("Monday to Thursday, 9am to 4pm"),
            "address": "",
        }

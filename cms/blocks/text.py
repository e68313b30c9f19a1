"""Headings, paragraphs, quotes and notices: what a page is mostly made of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
"""What a paragraph may hold. Headings are a block of their own, so that the outline stays in order."""


class HeadingBlock(blocks.CharBlock):
    """A section heading, always one level under the page title."""

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Starts a new section of the page. Screen readers use headings to jump about.")
        template = "cms/blocks/heading_block.html"
        preview_value = _("What the panel asked for")


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and links."""

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, lists, bold and links. Short sentences read best on a phone.")
        template = "cms/blocks/text_block.html"
        preview_value = (
            "<p>The ward panel met at the library. Three things were agreed:</p>"
            "<ul><li>patrols after school</li><li>better lights by the station</li><li>a date to report back</li></ul>"
        )


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    quote = blocks.TextBlock(max_length=500, label=_("Quote"))
    attribution = blocks.CharBlock(
        required=False,
        max_length=120,
        label=_("Who said it"),
        help_text=_("A name only if the person agreed to it."),
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("Somebody's words, set apart from the text.")
        template = "cms/blocks/quote_block.html"
        preview_value = {
            "quote": _("The lights came back on and so did the footballers."),
            "attribution": _("A ward panel member"),
        }


class NoticeBlock(blocks.StructBlock):
    """Something not to be missed."""

    kind = blocks.ChoiceBlock(
        choices=[("note", _("Worth knowing")), ("warning", _("Important"))],
        default="note",
        label=_("How strongly"),
    )
    text = blocks.TextBlock(max_length=400, label=_("Text"))

    class Meta:
        icon = "warning"
        label = _("Notice")
        description = _("A sentence or two that must not be missed, such as a changed date.")
        template = "cms/blocks/notice_block.html"
        preview_value = {
            "kind": "note",
            "text": _("The next meeting is in the library, not in the town hall."),
        }


DECONSTRUCT_ALIASES = {HeadingBlock: "cms.blocks.HeadingBlock", TextBlock: "cms.blocks.TextBlock"}
"""What migrations call them, wherever in this package they live."""

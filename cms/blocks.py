"""The blocks an editor builds a page from. Few, each with a purpose; none takes raw HTML, an embed or an SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
"""What a paragraph may hold. Headings are a block of their own, so that the outline stays in order."""


def refused(field: str, message: _StrPromise) -> StructBlockValidationError:
    """What is wrong with a block, to be shown at one of its fields."""
    return StructBlockValidationError(block_errors={field: ValidationError(message)})


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


class PictureBlock(blocks.StructBlock):
    """A picture with a text alternative, or marked as decoration."""

    picture = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(
        required=False,
        max_length=200,
        label=_("Caption"),
        help_text=_("Shown under the picture. Who or what, where, when."),
    )

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _(
            "A picture with a caption. Say what it shows, or mark it as decoration. Ask people before you show them."
        )
        template = "cms/blocks/picture_block.html"
        preview_template = "cms/blocks/picture_preview.html"


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


class TableBlock(blocks.StructBlock):
    """A small table with proper headers."""

    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(required=False, max_length=300, label=_("Text"))),
            ("number", blocks.DecimalBlock(required=False, label=_("Number"))),
        ],
        label=_("Table"),
    )
    row_headers = blocks.BooleanBlock(
        required=False, default=True, label=_("The first column names each row")
    )

    class Meta:
        icon = "table"
        label = _("Table")
        description = _(
            "Facts in rows and columns. Give it a caption and name every column: screen readers say them aloud."
        )
        template = "cms/blocks/table_block.html"
        preview_template = "cms/blocks/table_preview.html"

    def clean(self, value: Any) -> Any:
        """A table has a caption, and each column a heading."""
        cleaned = super().clean(value)
        table = cleaned.get("table")
        if not self.is_deferred_validation:
            if not table or not table.columns or not table.row_data:
                raise refused("row_headers", _("Add at least one column and one row to the table."))
            if not table.caption.strip() or not all(column["heading"].strip() for column in table.columns):
                raise refused("row_headers", _("Give the table a caption and each column a heading."))
        return cleaned


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


class BodyBlock(blocks.StreamBlock):
    """Everything a page's body may hold."""

    heading = HeadingBlock(max_length=120)
    text = TextBlock(features=TEXT_FEATURES)
    picture = PictureBlock()
    quote = QuoteBlock()
    links = LinkListBlock()
    call_to_action = CallToActionBlock()
    contact = ContactBlock()
    table = TableBlock()
    notice = NoticeBlock()

    class Meta:
        template = "cms/blocks/body_block.html"
        block_counts = {"call_to_action": {"max_num": 2}}
        max_num = 60


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

"""Pictures with their text alternative."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


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

"""What the body of an ordinary page may hold."""

from __future__ import annotations

from wagtail import blocks

from cms.blocks.links import CallToActionBlock, ContactBlock, LinkListBlock
from cms.blocks.pictures import PictureBlock
from cms.blocks.tables import TableBlock
from cms.blocks.text import TEXT_FEATURES, HeadingBlock, NoticeBlock, QuoteBlock, TextBlock


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

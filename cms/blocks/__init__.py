"""The blocks an editor builds a page from. Few, each with a purpose; none takes raw HTML, an embed or an SVG."""

from cms.blocks.bodies import BodyBlock
from cms.blocks.errors import refused
from cms.blocks.help import HelpBlock, HelpEntryBlock, HelpSectionBlock
from cms.blocks.links import CallToActionBlock, ContactBlock, LinkBlock, LinkListBlock
from cms.blocks.minutes import MinutesBlock
from cms.blocks.pictures import PictureBlock
from cms.blocks.tables import TableBlock
from cms.blocks.text import TEXT_FEATURES, HeadingBlock, NoticeBlock, QuoteBlock, TextBlock

__all__ = [
    "TEXT_FEATURES",
    "BodyBlock",
    "CallToActionBlock",
    "ContactBlock",
    "HeadingBlock",
    "HelpBlock",
    "HelpEntryBlock",
    "HelpSectionBlock",
    "LinkBlock",
    "LinkListBlock",
    "MinutesBlock",
    "NoticeBlock",
    "PictureBlock",
    "QuoteBlock",
    "TableBlock",
    "TextBlock",
    "refused",
]

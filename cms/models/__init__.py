"""Pages, pictures and documents of every site."""

from cms.models.files import PortalDocument, PortalImage, PortalRendition, UsedFile
from cms.models.pages import (
    BoroughHomePage,
    HelpPage,
    LondonHomePage,
    NewsIndexPage,
    NewsPage,
    PublicPage,
    StandingPage,
)

__all__ = [
    "BoroughHomePage",
    "HelpPage",
    "LondonHomePage",
    "NewsIndexPage",
    "NewsPage",
    "PortalDocument",
    "PortalImage",
    "PortalRendition",
    "PublicPage",
    "StandingPage",
    "UsedFile",
]

"""Pages, pictures and documents of every site."""

from cms.models.files import PortalDocument, PortalImage, PortalRendition, UsedFile
from cms.models.meetings import MeetingIndexPage, MeetingPage, MinutesPage
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
    "MeetingIndexPage",
    "MeetingPage",
    "MinutesPage",
    "NewsIndexPage",
    "NewsPage",
    "PortalDocument",
    "PortalImage",
    "PortalRendition",
    "PublicPage",
    "StandingPage",
    "UsedFile",
]

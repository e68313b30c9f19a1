"""A site's news as an Atom feed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from cms import queries
from cms.models import NewsPage
from snb.meetings.calculations import one_line, without_controls

ITEMS = 20


class NewsFeed(Feed):
    """The newest articles of the site that is asked."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpRequest:
        """The request stands for the site."""
        return request

    def title(self, request: HttpRequest) -> str:
        """Whose news it is."""
        board = getattr(request, "board", None)
        return _("News – %(site)s") % {"site": board or _("London’s Safer Neighbourhood Boards")}

    def link(self, request: HttpRequest) -> str:
        """The list on the site."""
        return "/news/"

    def items(self, request: HttpRequest) -> list[NewsPage]:
        """The newest articles; each keeps the request, which knows the addresses of pages."""
        found = queries.latest_news(queries.site_of(request).root_page, ITEMS)
        for article in found:
            article.address = article.get_url(request)
        return found

    def item_title(self, item: NewsPage) -> str:
        """The headline."""
        return one_line(item.title)

    def item_description(self, item: NewsPage) -> str:
        """The introduction."""
        return without_controls(item.intro)

    def item_link(self, item: NewsPage) -> str:
        """The article."""
        return item.address

    def item_pubdate(self, item: NewsPage) -> datetime:
        """The day printed on the article, at midnight in London."""
        return timezone.make_aware(datetime.combine(item.date, time()))

    def item_updateddate(self, item: NewsPage) -> datetime:
        """When it was last published."""
        return item.last_published_at or self.item_pubdate(item)

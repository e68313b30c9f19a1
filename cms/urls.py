"""Addresses of the public face, by host. Pages themselves are Wagtail's."""

from django.urls import path, re_path
from wagtail import views as wagtail_views
from wagtail.urls import serve_pattern

from cms.views import feeds, files, search, standing, wards

urlpatterns = [
    path("help/", standing.help_and_report, name="help"),
    path("contact/", standing.contact, name="contact"),
    path("accessibility/", standing.accessibility, name="accessibility"),
    path("privacy/", standing.privacy, name="privacy"),
    path("attributions/", standing.attributions, name="attributions"),
    path("search/", search.search, name="search"),
    path("news/feed/", feeds.NewsFeed(), name="news_feed"),
    path("sitemap.xml", standing.site_map, name="site_map"),
    re_path(r"^media/renditions/(?P<name>[\w.|-]+)$", files.rendition, name="rendition"),
    path("documents/<int:pk>/<str:filename>", files.document, name="document"),
]
"""On every site."""

board_urlpatterns = [
    *urlpatterns,
    path("wards/", wards.ward_list, name="ward_list"),
    path("wards/<slug:slug>/", wards.ward_detail, name="ward_detail"),
]
london_urlpatterns = urlpatterns

page_urlpatterns = [re_path(serve_pattern, wagtail_views.serve, name="wagtail_serve")]
"""Wagtail answers every address that nobody else has. Without its password and log-in pages: nothing here is behind one."""

"""Addresses of the public face, by host. Pages themselves are Wagtail's."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from wagtail import views as wagtail_views
from wagtail.urls import serve_pattern

from cms.views import feeds, files, meetings, minutes, search, standing, wards

_minutes: list[URLPattern | URLResolver] = [
    path("", minutes.minutes_desk, name="minutes_desk"),
    path("word/", minutes.minutes_word, name="minutes_word"),
    path("word/<uuid:pk>/", minutes.minutes_intake, name="minutes_intake"),
    path("write/", minutes.minutes_write, name="minutes_write"),
    path("publish/", minutes.minutes_publish, name="minutes_publish"),
    path("approve/", minutes.minutes_approve, name="minutes_approve"),
    path("redact/", minutes.minutes_redact, name="minutes_redact"),
    path("redactions/<uuid:pk>/", minutes.minutes_redaction, name="minutes_redaction"),
    path("review/", minutes.minutes_review, name="minutes_review"),
    path("review/<int:pk>/end/", minutes.review_end, name="review_end"),
    path("comments/<uuid:pk>/settle/", minutes.comment_settle, name="comment_settle"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/meetings/<slug:slug>/publish-agenda/", minutes.agenda_publish, name="agenda_publish"),
    path("desk/meetings/<slug:slug>/minutes/", include(_minutes)),
    path("meetings/<slug:slug>/minutes/<int:number>/", meetings.minutes_version, name="minutes_version"),
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

board_urlpatterns: list[URLPattern | URLResolver] = [
    *urlpatterns,
    path("wards/", wards.ward_list, name="ward_list"),
    path("wards/<slug:slug>/", wards.ward_detail, name="ward_detail"),
]
london_urlpatterns = urlpatterns

page_urlpatterns = [re_path(serve_pattern, wagtail_views.serve, name="wagtail_serve")]
"""Wagtail answers every address that nobody else has. Without its password and log-in pages: nothing here is behind one."""

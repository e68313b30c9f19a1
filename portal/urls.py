"""Addresses of the London-wide site."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin.auth import require_admin_access

from cms.urls import london_urlpatterns as cms_urlpatterns
from cms.urls import page_urlpatterns
from cms.wagtail_hooks.account import EditorAccountView
from payback.urls import london_urlpatterns as payback_urlpatterns
from portal import views
from portal.desks import views as desks
from snb.boards.urls import london_urlpatterns as boards_urlpatterns
from snb.people.urls import london_urlpatterns as people_urlpatterns
from snb.places.urls import london_urlpatterns as places_urlpatterns

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"

everywhere: list[URLPattern | URLResolver] = [
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
"""Addresses that every site has."""

urlpatterns = [
    *everywhere,
    path("", include(people_urlpatterns)),
    path("", include(boards_urlpatterns)),
    path("desk/", desks.my_desks, name="my_desks"),
    path("oversight/", desks.oversight, name="oversight"),
    path("oversight/messages/", desks.given_up, name="given_up"),
    path("oversight/messages/<uuid:pk>/resend/", desks.resend_message, name="resend_message"),
    path("oversight/messages/<uuid:pk>/renew/", desks.renew_message, name="renew_message"),
    path("demo/inbox/", views.demo_inbox, name="demo_inbox"),
    path("admin/account/", require_admin_access(EditorAccountView.as_view()), name="wagtailadmin_account"),
    path("admin/", include("wagtail.admin.urls")),
    path("", include(places_urlpatterns)),
    path("", include("snb.notices.urls")),
    path("", include("snb.meetings.urls")),
    path("", include("snb.files.urls")),
    path("", include(payback_urlpatterns)),
    path("", include(cms_urlpatterns)),
]
if settings.PORTAL_BENCH:
    urlpatterns += [
        path("bench/behind/", views.bare, name="bare"),
        path("bench/insert/", views.bare_insert, name="bare_insert"),
    ]
# Wagtail answers every address that nobody else has: it stays last.
urlpatterns.append(path("", include(page_urlpatterns)))

"""Addresses of a borough's site."""

from django.urls import include, path

from cms.urls import board_urlpatterns as cms_urlpatterns
from cms.urls import page_urlpatterns
from payback.urls import board_urlpatterns as payback_urlpatterns
from portal.desks import views as desks
from portal.urls import everywhere
from snb.boards.urls import board_urlpatterns as boards_urlpatterns
from snb.people.urls import board_urlpatterns as people_urlpatterns
from snb.places.urls import board_urlpatterns as places_urlpatterns
from wardpanels.urls import board_urlpatterns as wardpanels_urlpatterns

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler404 = "portal.views.page_not_found"
handler500 = "portal.views.server_error"

urlpatterns = [
    *everywhere,
    path("", include(people_urlpatterns)),
    path("", include(boards_urlpatterns)),
    path("desk/", desks.my_board_desks, name="my_board_desks"),
    path("", include(places_urlpatterns)),
    path("", include("snb.files.urls")),
    path("", include("snb.notices.urls")),
    path("", include("snb.meetings.urls")),
    path("", include(wardpanels_urlpatterns)),
    path("", include(payback_urlpatterns)),
    path("", include(cms_urlpatterns)),
    # Wagtail answers every address that nobody else has: it stays last.
    path("", include(page_urlpatterns)),
]

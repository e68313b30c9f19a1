"""Addresses of the people page and of printed codes: on a board's desk, and for oversight on the London site."""

from django.urls import URLPattern, URLResolver, include, path

from snb.boards import views

_people: list[URLPattern | URLResolver] = [
    path("", views.people, name="board_people"),
    path(
        "invitations/<int:pk>/",
        include(
            [
                path("resend/", views.invitation_resend, name="invitation_resend"),
                path("withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
            ]
        ),
    ),
    path(
        "roles/<str:model>/<int:pk>/",
        include(
            [
                path("end/", views.role_end, name="role_end"),
                path("hand-over/", views.role_hand_over, name="role_hand_over"),
            ]
        ),
    ),
    path(
        "resets/<int:pk>/",
        include(
            [
                path("confirm/", views.reset_confirm, name="reset_confirm"),
                path("stop/", views.reset_stop, name="reset_stop"),
            ]
        ),
    ),
]

_codes: list[URLPattern | URLResolver] = [
    path("", views.codes, name="board_codes"),
    path(
        "<int:pk>/",
        include(
            [
                path("confirm/", views.codes_confirm, name="codes_confirm"),
                path("print/", views.codes_print, name="codes_print"),
                path("withdraw/", views.codes_withdraw, name="codes_withdraw"),
            ]
        ),
    ),
]

board_urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/people/", include(_people)),
    path("desk/codes/", include(_codes)),
]
london_urlpatterns: list[URLPattern | URLResolver] = [path("oversight/people/", include(_people))]

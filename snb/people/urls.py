"""Addresses about people: `/accounts/` on the London site, joining a ward on a board's site."""

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, include, path

from snb.people.views import invitations, links, me, residency, signin

fresh = signin.fresh_required

_accounts = [
    path("login/", signin.sign_in, name="account_login"),
    path("confirm-it-is-you/", signin.confirm_it_is_you, name="confirm_it_is_you"),
    path("second-factor/", signin.second_factor, name="second_factor"),
    path("second-factor/done/", signin.second_factor_done, name="second_factor_done"),
    path("2fa/lost/", signin.lost_factor, name="lost_factor"),
    path("sessions/end/", signin.sign_out_everywhere, name="sign_out_everywhere"),
    # allauth's pages that change how somebody signs in, each behind a fresh proof that it is them
    path("email/", fresh(account.email), name="account_email"),
    path("password/change/", fresh(account.password_change), name="account_change_password"),
    path("password/set/", fresh(account.password_set), name="account_set_password"),
    path("2fa/totp/activate/", signin.add_app, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", fresh(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", fresh(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        fresh(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/add/", signin.add_passkey, name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", fresh(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", fresh(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("invitations/<slug:token>/", invitations.invitation, name="invitation"),
    path("links/<slug:token>/", links.signed_link, name="signed_link"),
    path("residency/", residency.residency, name="residency"),
    path("residency/code/", residency.residency_by_code, name="residency_by_code"),
    path("residency/end/", residency.residency_end, name="residency_end"),
    path("me/", me.my_page, name="my_page"),
    path("me/name/", me.my_name, name="my_name"),
    path("me/data/", me.my_data, name="my_data"),
    path("me/delete/", me.my_account_delete, name="my_account_delete"),
    path("me/roles/<str:model>/<int:pk>/leave/", me.my_role_leave, name="my_role_leave"),
    path("", include("allauth.urls")),
]


london_urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(_accounts)),
    path("join/", residency.join, name="join"),
    path("admin/login/", signin.wagtail_login),
    path("_util/login/", signin.wagtail_login),
]
board_urlpatterns: list[URLPattern | URLResolver] = [
    path("join/", residency.join, name="join"),
    path("_util/login/", signin.wagtail_login),
]

"""Addresses of the ballot on a board's site."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from wardpanels.views import desk, feeds, results, voting

desk_round = [
    path("", desk.round_desk, name="round_desk"),
    path("plan/", desk.round_plan, name="round_change"),
    path("announce/", desk.round_announce, name="round_announce"),
    path("agree/", desk.round_agree, name="round_agree"),
    path("count/", desk.round_count, name="round_count"),
    path("extend/", desk.round_extend, name="round_extend"),
    path("cancel/", desk.round_cancel, name="round_cancel"),
    path("annul/", desk.round_annul, name="round_annul"),
    path("adopt/", desk.round_adopt, name="round_adopt"),
    path("options/add/", desk.option_add, name="option_add"),
    path("options/<slug:code>/offer/", desk.option_offer, name="option_offer"),
    path("options/<slug:code>/remove/", desk.option_remove, name="option_remove"),
    path("options/<slug:code>/reject/", desk.option_reject, name="option_reject"),
    path("options/<slug:code>/merge/", desk.option_merge, name="option_merge"),
]

board_urlpatterns: list[URLPattern | URLResolver] = [
    path("wards/<slug:slug>/vote/", voting.vote, name="vote"),
    path("wards/<slug:slug>/vote/receipt/", voting.receipt, name="vote_receipt"),
    path("wards/<slug:slug>/suggest/", voting.suggest, name="option_suggest"),
    path("wards/<slug:slug>/options/<slug:round_slug>/", voting.options, name="option_list"),
    path("results/feed/", feeds.ResultFeed(), name="result_feed"),
    path("wards/<slug:slug>/results/", results.result_list, name="result_list"),
    path("wards/<slug:slug>/results/<slug:round_slug>/", results.result, name="result"),
    path("wards/<slug:slug>/results/<slug:round_slug>/check/", results.check_receipt, name="receipt_check"),
    re_path(
        r"^wards/(?P<slug>[-\w]+)/results/(?P<round_slug>[-\w]+)/(?P<name>ballots\.txt|receipts\.txt|result\.json)$",
        results.download,
        name="result_file",
    ),
    path("desk/panel/<slug:slug>/", desk.panel_desk, name="panel_desk"),
    path("desk/panel/<slug:slug>/plan/", desk.round_plan, name="round_plan"),
    path("desk/panel/<slug:slug>/<slug:round_slug>/", include(desk_round)),
]

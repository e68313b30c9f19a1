"""The people page of a board's desk and of oversight; printed codes."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import timezone

from snb.boards.models import BoardRole, Body, PanelRole
from snb.people import actions
from snb.people.models import CodeBatch, Invitation, PrintedCode
from snb.people.queries import code_counts
from tests import factories as make
from tests.counting import queries_in

PAGES = ["/desk/people/", "/desk/codes/"]


@pytest.mark.parametrize("path", PAGES)
def test_signed_out_leads_to_sign_in(site_client, camden, path):
    response = site_client(camden).get(path)
    assert response["Location"].startswith(settings.LOGIN_URL + "?next=http%3A%2F%2Fcamden.")


@pytest.mark.parametrize(
    "who",
    [
        "resident",
        "editor",
        "panel_chair",
        "panel_member",
        "officer",
        "other_chair",
        "other_editor",
        "oversight",
    ],
)
@pytest.mark.parametrize("path", PAGES)
def test_others_do_not_find_it(site_client, cast, camden, who, path):
    assert site_client(camden, getattr(cast, who)).get(path).status_code == 404


def test_no_role_pages_without_the_right_host(site_client, cast, brent):
    assert site_client(brent, cast.chair).get("/desk/people/").status_code == 404
    assert site_client(None, cast.chair).get("/oversight/people/").status_code == 404


def test_people_page_lists_everybody_of_the_board_and_nobody_else(site_client, cast, camden):
    page = site_client(camden, cast.chair).get("/desk/people/").content.decode()
    for name in ("Chair", "Secretary", "Member", "Editor", "Panel Chair", "Panel Member", "Officer"):
        assert f">{name}</strong>" in page
    assert "Other Chair" not in page
    assert "Oversight" not in page


def test_people_page_queries_do_not_grow(site_client, cast, camden):
    client = site_client(camden, cast.chair)
    client.get("/desk/people/")
    few = queries_in(lambda: client.get("/desk/people/"))
    for _ in range(4):
        make.give(make.BoardRole, make.UserFactory(), scope=camden, kind=make.BoardRoleKind.MEMBER)
        make.give(
            make.PanelRole, make.UserFactory(), scope=Body.objects.get(ward__isnull=False), kind="member"
        )
    assert queries_in(lambda: client.get("/desk/people/")) == few


INVITES = [
    ({"role": "boards.boardrole:member"}, "boards.boardrole"),
    ({"role": "boards.panelrole:chair", "ward": "E05013661"}, "boards.panelrole"),
    ({"role": "wardpanels.wardofficer:", "ward": "E05013661"}, "wardpanels.wardofficer"),
]


@pytest.mark.parametrize(("data", "model"), INVITES)
def test_invite_from_the_page(site_client, cast, camden, highgate, data, model):
    done = site_client(camden, cast.secretary).post("/desk/people/", {"email": "new@example.org", **data})
    assert done["Location"] == "/desk/people/"
    invitation = Invitation.objects.get()
    assert (invitation.role_model, invitation.board, invitation.invited_by) == (
        model,
        camden.code,
        cast.secretary,
    )


def test_invite_to_a_panel_without_a_ward_is_said_at_the_field(site_client, cast, camden):
    page = site_client(camden, cast.chair).post(
        "/desk/people/", {"email": "new@example.org", "role": "boards.panelrole:chair"}
    )
    assert "Choose the ward" in page.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"role": "boards.oversightrole:"},
        {"role": "people.user:"},
        {"role": "boards.panelrole:chair", "ward": "E05013504"},
    ],
)
def test_invite_to_what_is_not_theirs_is_refused(site_client, cast, camden, kilburn_brent, data):
    page = site_client(camden, cast.chair).post("/desk/people/", {"email": "new@example.org", **data})
    assert page.status_code == 200
    assert not Invitation.objects.exists()


def test_resend_and_withdraw(site_client, cast, camden):
    invitation = actions.invite(
        make.BoardRole(board=camden, kind="member"), email="new@example.org", by=cast.chair
    )
    client = site_client(camden, cast.secretary)
    assert "new@example.org" in client.get("/desk/people/").content.decode()
    before = invitation.token_hash
    client.post(f"/desk/people/invitations/{invitation.pk}/resend/")
    invitation.refresh_from_db()
    assert invitation.token_hash != before
    assert client.get(f"/desk/people/invitations/{invitation.pk}/withdraw/").status_code == 405
    client.post(f"/desk/people/invitations/{invitation.pk}/withdraw/")
    invitation.refresh_from_db()
    assert invitation.withdrawn_at


@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_another_boards_invitation_is_not_found(site_client, cast, camden, brent, verb):
    invitation = actions.invite(
        make.BoardRole(board=camden, kind="member"), email="new@example.org", by=cast.chair
    )
    client = site_client(brent, cast.other_chair)
    assert client.post(f"/desk/people/invitations/{invitation.pk}/{verb}/").status_code == 404


def test_end_asks_first(site_client, cast, camden):
    role = BoardRole.objects.get(person=cast.editor)
    client = site_client(camden, cast.chair)
    path = f"/desk/people/roles/boards.boardrole/{role.pk}/end/"
    assert "End this role" in client.get(path).content.decode()
    role.refresh_from_db()
    assert role.is_current
    assert client.post(path)["Location"] == "/desk/people/"
    role.refresh_from_db()
    assert not role.is_current


def test_the_last_chair_is_warned(site_client, cast, camden):
    role = BoardRole.objects.get(person=cast.chair)
    client = site_client(camden, cast.chair)
    path = f"/desk/people/roles/boards.boardrole/{role.pk}/end/"
    assert "Nobody else holds this role" in client.get(path).content.decode()
    mine = site_client(None, cast.chair)
    leave = f"/accounts/me/roles/boards.boardrole/{role.pk}/leave/"
    assert "You are the only one" in mine.post(leave).content.decode()
    role.refresh_from_db()
    assert role.is_current
    mine.post(leave, {"alone": "1"})
    role.refresh_from_db()
    assert not role.is_current


@pytest.mark.parametrize("verb", ["end", "hand-over"])
@pytest.mark.parametrize("model", ["boards.boardrole", "people.user", "nonsense", "boards.oversightrole"])
def test_another_boards_role_is_not_found(site_client, cast, camden, brent, verb, model):
    role = BoardRole.objects.get(person=cast.member)
    client = site_client(brent, cast.other_chair)
    assert client.get(f"/desk/people/roles/{model}/{role.pk}/{verb}/").status_code == 404


def test_hand_over_from_the_page(site_client, cast, camden):
    role = PanelRole.objects.get(person=cast.panel_chair)
    client = site_client(camden, cast.chair)
    path = f"/desk/people/roles/boards.panelrole/{role.pk}/hand-over/"
    assert "keeps the role until they accept" in client.get(path).content.decode()
    assert client.post(path, {"email": "next@example.org"})["Location"] == "/desk/people/"
    assert Invitation.objects.get().hands_over == role.pk


def test_oversight_page(site_client, cast, camden, brent):
    client = site_client(None, cast.oversight)
    page = client.get("/oversight/people/").content.decode()
    assert ">Chair</strong>" in page
    assert ">Other Chair</strong>" in page
    assert ">Member</strong>" not in page
    client.post(
        "/oversight/people/",
        {"email": "next@example.org", "role": "boards.boardrole:chair", "board": brent.pk},
    )
    assert Invitation.objects.get().board == brent.code
    refused = client.post(
        "/oversight/people/",
        {"email": "next@example.org", "role": "boards.boardrole:member", "board": brent.pk},
    )
    assert refused.status_code == 200


# ---------------------------------------------------------------------------------------------- printed codes
def codes_in(page: str) -> list[str]:
    return re.findall(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>", page)


def test_codes_take_two_people_and_are_shown_once(site_client, cast, camden, highgate):
    chair, secretary = site_client(camden, cast.chair), site_client(camden, cast.secretary)
    chair.post("/desk/codes/", {"ward": highgate.pk, "count": 12})
    batch = CodeBatch.objects.get()
    assert not codes_in(chair.post(f"/desk/codes/{batch.pk}/print/").content.decode())
    assert chair.post(f"/desk/codes/{batch.pk}/confirm/").status_code == 404
    secretary.post(f"/desk/codes/{batch.pk}/confirm/")
    sheet = chair.post(f"/desk/codes/{batch.pk}/print/")
    codes = codes_in(sheet.content.decode())
    assert len(set(codes)) == 12
    assert "no-store" in sheet["Cache-Control"]
    assert not codes_in(chair.post(f"/desk/codes/{batch.pk}/print/").content.decode())
    kept = str(list(PrintedCode.objects.values_list()))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    counts = code_counts(highgate)
    assert (counts.issued, counts.used) == (12, 0)


def test_codes_of_another_board_are_not_found(site_client, cast, camden, brent, highgate):
    batch = actions.make_batch(highgate, count=5, by=cast.chair)
    client = site_client(brent, cast.other_chair)
    for verb in ("confirm", "print", "withdraw"):
        assert client.post(f"/desk/codes/{batch.pk}/{verb}/").status_code == 404
    assert client.post("/desk/codes/", {"ward": highgate.pk, "count": 5}).status_code == 200
    assert CodeBatch.objects.count() == 1


def test_withdrawn_codes_do_not_work_and_counts_say_so(site_client, cast, camden, highgate):
    batch = actions.make_batch(highgate, count=3, by=cast.chair)
    actions.confirm_batch(batch, by=cast.member)
    code, *_ = actions.print_batch(batch, by=cast.chair)
    actions.confirm_by_code(cast.resident, code, by=cast.resident)
    site_client(camden, cast.member).post(f"/desk/codes/{batch.pk}/withdraw/")
    batch.refresh_from_db()
    assert batch.withdrawn_at
    counts = code_counts(highgate)
    assert (counts.issued, counts.used) == (1, 1)


# ---------------------------------------------------------------------------------------------- lost factor
def test_a_lost_factor_is_confirmed_on_the_people_page(site_client, cast, camden):
    site_client(None, cast.member)  # gives the member a factor
    make.use_second_factor(site_client(None, cast.member), cast.member)
    reset = actions.ask_for_reset(cast.member)
    client = site_client(camden, cast.chair)
    assert cast.member.email in client.get("/desk/people/").content.decode()
    client.post(f"/desk/people/resets/{reset.pk}/confirm/")
    reset.refresh_from_db()
    assert (reset.confirmed_by, reset.confirmed_at <= timezone.now()) == (cast.chair, True)


@pytest.mark.parametrize("verb", ["confirm", "stop"])
def test_another_boards_lost_factor_is_not_found(site_client, cast, camden, brent, verb):
    make.use_second_factor(site_client(None, cast.member), cast.member)
    reset = actions.ask_for_reset(cast.member)
    client = site_client(brent, cast.other_chair)
    assert cast.member.email not in client.get("/desk/people/").content.decode()
    assert client.post(f"/desk/people/resets/{reset.pk}/{verb}/").status_code == 404

"""The walk: every admin address, with other people's ids, by everybody, read and posted."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from cms.middleware.routes import ROUTES
from tests.cms.admin_routes import absent_values, admin_routes, body_of, is_id, values_of
from tests.cms.planted import MARK

pytestmark = pytest.mark.django_db


def everything_in(response) -> str:
    """Headers, cookies and body of a response, as a client could read them."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return "\n".join([str(response.headers), str(response.cookies), body.decode("utf-8", "replace")])


def both(client: Client, address: str, body: dict[str, object]) -> list:
    """The answers to reading and to posting."""
    return [client.get(address), client.post(address, body)]


def test_each_admin_address_is_counted():
    """A Wagtail upgrade that adds routes changes this number: look at each new one, then list it or leave it shut."""
    names = [route.name for route in admin_routes()]
    assert len(names) == 170
    assert set(ROUTES) - set(names) == set()
    assert len(set(names) - set(ROUTES)) == 92


def test_each_id_in_a_listed_path_is_checked():
    """A route whose path changed its parameters is refused as a whole, so the table must name exactly what is there."""
    for route in admin_routes():
        if route.name in ROUTES:
            assert set(ROUTES[route.name].path) == set(route.parameters), route.name


def test_another_boards_id_is_as_absent_as_one_that_nobody_has(camdens, brents, cast, site_client):
    client = site_client(None, cast.editor)
    nothing = everything_in(client.get("/admin/no/such/address/"))
    for route in admin_routes():
        if not any(map(is_id, route.parameters)):
            continue
        for values in (values_of(brents, route), absent_values(route)):
            for response in both(client, route.address(values), body_of(camdens)):
                assert response.status_code == 404, route
                assert everything_in(response) == nothing, route


def test_an_address_that_is_not_listed_is_not_there_even_for_ones_own(camdens, cast, site_client):
    client = site_client(None, cast.editor)
    for route in admin_routes():
        if route.name in ROUTES or route.name == "wagtailadmin_login":
            continue
        for response in both(client, route.address(values_of(camdens, route)), {}):
            assert response.status_code == 404, route


def test_nothing_an_editor_may_open_holds_anything_of_another_board(camdens, brents, cast, site_client):
    client = site_client(None, cast.editor)
    opened = set()
    for route in admin_routes():
        if route.name not in ROUTES or route.name == "wagtailadmin_logout":
            continue
        address = route.address(values_of(camdens, route))
        for query in (
            "",
            "?q=q",
            "?q=qzx&search_all=1",
            "?ordering=title",
            "?export=csv",
            "?layout=list",
            "?multiple=1",
        ):
            response = client.get(address + query)
            assert response.status_code in {200, 302, 404, 405}, (route, query)
            assert MARK not in everything_in(response).lower(), (route, query)
            if response.status_code == 200:
                opened.add(route.name)
    shut = {name for name, route in ROUTES.items() if "GET" in route.methods} - opened
    assert shut == {
        "wagtailadmin_logout",  # by POST
        "wagtailadmin_choose_page",  # leads on to one's own home page
        "wagtailadmin_explore_root",
        "wagtailadmin_pages:add_subpage",
        "wagtailadmin_pages:revisions_index",
        "wagtailadmin_block_preview",  # wants the name of a block
        "wagtailimages:edit_multiple",
        "wagtailimages:delete_multiple",
        "wagtailimages:create_multiple_from_uploaded_image",
        "wagtailimages:delete_upload_multiple",
        "wagtaildocs:edit_multiple",
        "wagtaildocs:delete_multiple",
        "wagtaildocs:create_multiple_from_uploaded_document",
        "wagtaildocs:delete_upload_multiple",
    }


def test_no_post_that_names_another_boards_things_gets_an_answer(camdens, brents, cast, site_client):
    client = site_client(None, cast.editor)
    for route in admin_routes():
        if route.name not in ROUTES:
            continue
        response = client.post(route.address(values_of(camdens, route)), body_of(brents))
        assert response.status_code == 404, route
        assert MARK not in everything_in(response).lower(), route


def test_an_empty_form_with_a_json_body_tells_nothing(camdens, brents, cast, site_client):
    client = site_client(None, cast.editor)
    for route in admin_routes():
        if route.name == "wagtailadmin_logout":
            continue
        address = route.address(values_of(camdens, route))
        with transaction.atomic():
            response = client.post(address, json.dumps(body_of(brents)), content_type="application/json")
            transaction.set_rollback(True)
        assert response.status_code < 500, route
        assert MARK not in everything_in(response).lower(), route


def test_another_boards_chair_finds_their_own_page(brents, cast, site_client):
    client = site_client(None, cast.other_chair)
    assert client.get(f"/admin/pages/{brents.page.pk}/edit/").status_code == 200


@pytest.mark.parametrize("name", ["other_chair", "oversight"])
def test_somebody_who_edits_elsewhere_is_fenced_the_same_way(name, camdens, cast, site_client):
    """Oversight edits the pages that all boards share, and no board's own."""
    client = site_client(None, getattr(cast, name))
    assert client.get("/admin/").status_code == 200
    for route in admin_routes():
        if any(map(is_id, route.parameters)):
            for response in both(client, route.address(values_of(camdens, route)), {}):
                assert response.status_code == 404, route
                assert "camdenown" not in everything_in(response), route


def test_somebody_who_edits_nothing_finds_no_admin(camdens, cast, site_client):
    client = site_client(None, cast.resident)
    for route in admin_routes():
        for response in both(client, route.address(values_of(camdens, route)), {}):
            assert response.status_code == 404, route
            assert "camdenown" not in everything_in(response), route


def test_nobody_but_editors_finds_the_admins_front_door(cast, site_client):
    editors = {"editor", "secretary", "chair", "other_chair", "other_editor", "oversight"}
    for name, person in cast.by_name.items():
        if person.is_authenticated:
            status = site_client(None, person).get("/admin/").status_code
            assert status == (200 if name in editors else 404), name


def test_a_signed_out_visitor_is_sent_to_our_sign_in_page(camdens, cast, site_client):
    client = site_client(None)
    for route in admin_routes():
        if route.name == "wagtailadmin_login":
            continue
        address = route.address(values_of(camdens, route))
        for response in both(client, address, {}):
            assert response.status_code == 302, route
            assert response["Location"].startswith(f"{settings.LOGIN_URL}?next=http%3A%2F%2Fsnb.localhost"), (
                route
            )


def test_there_is_no_admin_on_a_boards_own_site(camdens, camden, cast, site_client):
    for client in (site_client(camden), site_client(camden, cast.editor)):
        for route in admin_routes():
            address = route.address(values_of(camdens, route))
            for response in both(client, address if address.endswith("/") else f"{address}/", {}):
                assert response.status_code == 404, route

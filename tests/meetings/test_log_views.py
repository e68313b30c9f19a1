"""The pages of the action log: public and desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from snb.meetings.actions import log as actions
from snb.meetings.enums import Addressee, Answer, LogKind, LogStatus, MeetingStatus
from snb.meetings.models import ActionItem, ActionUpdate
from snb.meetings.queries import log as queries
from tests import factories as make
from tests.cms.forms import shown_form
from tests.meetings.conftest import board_body, make_meeting

LOG, DESK = "/meetings/actions/", "/desk/meetings/actions/"


@pytest.fixture
def log(cast, camden, brent, highgate):
    """Entries of every sort, by name."""
    board, panel = board_body(camden), make.make_panel(highgate)
    waiting = make_meeting(board, days=-3, status=MeetingStatus.MINUTES_DRAFT)

    def enter(body, text, by, **fields):
        return actions.enter(body, text=text, owner_name="An owner", by=by, **fields)

    made = {
        "late": enter(board, "Mend the lamps", cast.chair),
        "panel": enter(panel, "Count the bins", cast.panel_chair),
        "asked": enter(
            board,
            "More patrols at night",
            cast.chair,
            kind=LogKind.RECOMMENDATION,
            addressee=Addressee.POLICE,
        ),
        "private": enter(board, "marker-private", cast.chair, is_private=True),
        "unpublished": enter(board, "marker-unpublished", cast.chair, meeting=waiting),
        "brent": enter(board_body(brent), "marker-brent", cast.other_chair),
        "london": enter(None, "marker-london", cast.oversight),
    }
    ActionItem.objects.filter(pk=made["late"].pk).update(due_on=timezone.localdate() - timedelta(days=12))
    return made


def words(response) -> str:
    return response.content.decode()


def test_the_public_log_shows_what_is_public_here(log, camden, site_client):
    page = site_client(camden).get(LOG)
    text = words(page)
    assert "marker" not in text
    assert "3 are open, 1 of them overdue." in text
    assert text.index("Mend the lamps") < text.index("More patrols")
    assert ("12 days overdue." in text, "Overdue</strong>" in text) == (True, True)
    assert page.page_changes_at == queries.next_midnight()
    london = words(site_client(None).get(LOG))
    assert ("marker-london" in london, "Mend the lamps" in london) == (True, False)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("body=highgate", {"panel"}),
        ("body=board", {"late", "asked"}),
        ("kind=recommendation", {"asked"}),
        ("state=unanswered", {"asked"}),
        ("state=open", {"late", "panel", "asked"}),
        ("state=done", set()),
        ("overdue=on", {"late"}),
        ("body=highgate&overdue=on", set()),
        ("body=nonsense&page=x", {"late", "panel", "asked"}),
    ],
)
def test_the_log_is_filtered(log, camden, site_client, query, shown):
    text = words(site_client(camden).get(f"{LOG}?{query}"))
    found = {name for name in ("late", "panel", "asked") if f"{LOG}{log[name].pk}/" in text}
    assert found == shown
    assert ('content="noindex"' in text) == (query != "")


def test_a_choice_that_is_none_is_said_at_its_field(log, camden, site_client):
    text = words(site_client(camden).get(f"{LOG}?kind=nonsense"))
    assert "govuk-error-message" in text


def test_an_entry_has_a_page_with_its_history(log, cast, camden, site_client):
    actions.update(
        log["asked"], by=cast.chair, answer=Answer.REFUSED, answer_text="No officers.", note="They wrote."
    )
    text = words(site_client(camden).get(f"{LOG}{log['asked'].pk}/"))
    assert all(part in text for part in ("Refused", "No officers.", "They wrote.", "Published in this log."))
    undone = actions.update(log["late"], by=cast.chair, note="marker-undone")
    actions.undo_update(undone, by=cast.chair)
    text = words(site_client(camden).get(f"{LOG}{log['late'].pk}/"))
    assert ("marker" in text, "was taken back" in text) == (False, True)


@pytest.mark.parametrize("name", ["private", "unpublished", "brent", "london"])
def test_what_is_not_public_here_is_not_found(log, cast, camden, site_client, name):
    for person in (None, cast.chair, cast.other_chair):
        assert site_client(camden, person).get(f"{LOG}{log[name].pk}/").status_code == 404


def test_csv_is_what_is_chosen(log, camden, site_client):
    answer = site_client(camden).get(f"{LOG}actions.csv?overdue=on")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = words(answer).splitlines()
    assert (len(lines), "Mend the lamps" in lines[1], lines[1].endswith(",yes")) == (2, True, True)
    assert "marker" not in words(site_client(camden).get(f"{LOG}actions.csv"))


def test_public_pages_are_read_only(log, camden, site_client):
    client = site_client(camden)
    for path in (LOG, f"{LOG}{log['late'].pk}/", f"{LOG}actions.csv"):
        assert client.post(path).status_code == 405


def test_the_ward_shows_what_its_panel_has_open(log, highgate, rf):
    from django.template.loader import render_to_string

    request = rf.get("/")
    request.urlconf = "portal.board_urls"
    rows = queries.open_actions_of(highgate)
    text = render_to_string("meetings/_open_actions.html", {"rows": rows, "ward": highgate}, request)
    assert ("Count the bins" in text, "Mend the lamps" in text) == (True, False)
    assert f"{LOG}?body=highgate" in text
    assert "no open actions" in render_to_string(
        "meetings/_open_actions.html", {"rows": [], "ward": highgate}, request
    )


# ---------------------------------------------------------------------------------------------- desk
def test_the_desk_enters_updates_and_takes_back(log, cast, camden, site_client):
    client = site_client(camden, cast.chair)
    text = words(client.get(DESK))
    assert ("marker-private" in text, "marker-unpublished" in text, "marker-brent" in text) == (
        True,
        True,
        False,
    )
    saved = client.post(
        f"{DESK}enter/board/",
        {"kind": "action", "text": "Paint the bridge", "owner": str(cast.member.public_id)},
    )
    entry = ActionItem.objects.get(text="Paint the bridge")
    assert saved["Location"] == f"{DESK}{entry.pk}/"
    assert (entry.owner, entry.owner_name, entry.is_public) == (cast.member, cast.member.name, True)
    page = f"{DESK}{entry.pk}/"
    form = {"status": "open", "owner": str(cast.member.public_id), "owner_name": entry.owner_name}
    assert client.post(page, {**form, "rag": "green", "rag_reason": "Going well."})["Location"] == page
    assert "Going well." in words(client.get(page))
    step = ActionUpdate.objects.get()
    assert client.get(f"{page}updates/{step.pk}/undo/").status_code == 405
    client.post(f"{page}updates/{step.pk}/undo/")
    entry.refresh_from_db()
    assert entry.rag == ""
    assert "on its way to" in words(client.post(f"{page}link/", follow=True))


def test_an_entry_sent_twice_is_in_the_log_once(log, cast, camden, site_client):
    client = site_client(camden, cast.chair)
    path = f"{DESK}enter/board/"
    form = shown_form(client, path, "") | {
        "kind": "action",
        "text": "Paint the bridge",
        "owner_name": "The council",
    }
    saved = [client.post(path, form)["Location"] for _press in range(2)]
    entry = ActionItem.objects.get(text="Paint the bridge")
    assert saved == [f"{DESK}{entry.pk}/"] * 2
    assert f"{entry.label} is in the log." in words(client.get(saved[1]))
    # Typed over, as the back button allows, it is another one; so is the same asked for anew.
    client.post(path, form | {"text": "Paint the fence"})
    client.post(path, form | {"once": shown_form(client, path, "")["once"]})
    assert ActionItem.objects.filter(text__startswith="Paint the").count() == 3


def test_what_an_owner_reported_is_not_overwritten_by_an_old_page(log, cast, camden, site_client):
    client = site_client(camden, cast.chair)
    entry = actions.enter(board_body(camden), text="Paint the bridge", owner=cast.member, by=cast.chair)
    page = f"{DESK}{entry.pk}/"
    old = shown_form(client, page, "")
    actions.update(entry, by=cast.member, by_link=True, status="done", evidence="It is blue.")
    answer = words(client.post(page, old | {"due_on": "2027-03-31", "note": "Later."}))
    assert "It has been updated since you opened this page." in answer
    entry.refresh_from_db()
    assert (entry.status, entry.evidence, entry.due_on) == ("done", "It is blue.", None)
    assert client.post(page, shown_form(client, page, "") | {"note": "Thank you."}).status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.evidence) == ("done", "It is blue.")


def test_bad_input_stays_with_the_error_at_its_field(log, cast, camden, site_client):
    client = site_client(camden, cast.chair)
    text = words(
        client.post(f"{DESK}enter/board/", {"kind": "action", "text": "Typed words", "owner_email": "x"})
    )
    assert all(
        part in text for part in ("Typed words", "Write an email address like", 'href="#id_owner_email"')
    )
    text = words(client.post(f"{DESK}enter/board/", {"kind": "action", "text": "Typed words"}))
    assert ("Typed words" in text, "Say who is to do it" in text) == (True, True)
    page = f"{DESK}{log['late'].pk}/"
    text = words(
        client.post(page, {"status": "open", "rag": "red", "owner_name": "An owner", "note": "Typed note"})
    )
    assert ("Typed note" in text, "Write one sentence why." in text) == (True, True)
    assert not ActionUpdate.objects.exists()


def test_what_is_not_public_is_changed_and_removed(log, cast, camden, site_client):
    client = site_client(camden, cast.secretary)
    entry = log["unpublished"]
    client.post(f"{DESK}{entry.pk}/change/", {"text": "New words", "owner_name": "The council"})
    entry.refresh_from_db()
    assert (entry.text, entry.owner_name, entry.meeting_id is None) == ("New words", "The council", False)
    text = words(client.post(f"{DESK}{log['late'].pk}/change/", {"text": "x", "owner_name": "x"}))
    assert "Everybody can read it already" in text
    assert "drop it instead" in words(client.post(f"{DESK}{log['late'].pk}/remove/", follow=True))
    assert client.post(f"{DESK}{entry.pk}/remove/")["Location"] == DESK
    assert not ActionItem.objects.filter(pk=entry.pk).exists()
    assert ActionItem.objects.filter(pk=log["late"].pk).exists()


def desk_paths(log) -> list[str]:
    entry = f"{DESK}{log['late'].pk}/"
    step = "00000000-0000-0000-0000-000000000001"
    return [
        DESK,
        f"{DESK}enter/board/",
        entry,
        f"{entry}change/",
        f"{entry}remove/",
        f"{entry}link/",
        f"{entry}updates/{step}/undo/",
    ]


@pytest.mark.parametrize("who", ["other_chair", "resident", "member", "editor", "officer", "oversight"])
def test_who_keeps_no_log_here_finds_nothing(log, cast, camden, site_client, who):
    client = site_client(camden, getattr(cast, who))
    for path in desk_paths(log):
        for method in (client.get, client.post):
            assert method(path, {"text": "x", "owner_name": "x", "note": "x"}).status_code in {404, 405}
    assert not ActionUpdate.objects.exists()


def test_signed_out_leads_to_sign_in(log, camden, site_client):
    client = site_client(camden)
    for path in desk_paths(log)[:4]:
        assert "/accounts/login/" in client.get(path)["Location"]


def test_a_panel_chair_keeps_their_own_log_only(log, cast, camden, site_client):
    client = site_client(camden, cast.panel_chair)
    text = words(client.get(DESK))
    assert ("Count the bins" in text, "Mend the lamps" in text) == (True, False)
    assert client.get(f"{DESK}enter/highgate/").status_code == 200
    assert client.get(f"{DESK}enter/board/").status_code == 404
    assert client.get(f"{DESK}{log['late'].pk}/").status_code == 404


def test_oversight_keeps_londons_log_on_londons_site(log, cast, site_client):
    client = site_client(None, cast.oversight)
    assert "marker-london" in words(client.get(DESK))
    assert client.get(f"{DESK}enter/london/").status_code == 200
    assert client.get(f"{DESK}{log['late'].pk}/").status_code == 404
    assert site_client(None, cast.chair).get(DESK).status_code == 404


def test_pages_take_as_many_queries_for_three_as_for_one(cast, camden, site_client):
    from portal.middleware import pages
    from tests.counting import queries_in

    board = board_body(camden)
    public, desk = site_client(camden), site_client(camden, cast.chair)

    def counts():
        found = []
        for client, path in ((public, LOG), (desk, DESK)):
            client.get(path)
            pages.clear()
            found.append(queries_in(lambda client=client, path=path: client.get(path)))
        return found

    actions.enter(board, text="One", owner_name="x", by=cast.chair)
    ones = counts()
    for _more in range(2):
        entry = actions.enter(board, text="More", owner=cast.member, by=cast.chair)
        actions.update(entry, by=cast.chair, status=LogStatus.DONE, evidence="x")
    assert counts() == ones

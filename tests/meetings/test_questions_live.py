"""Open pages that follow: who may, what they are sent, and that one rendering serves all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.conf import settings

from portal.asgi import application
from snb.meetings import consumers
from snb.meetings.actions import questions as actions
from snb.meetings.enums import MeetingStatus, Openness
from snb.meetings.models import Question
from snb.meetings.queries import questions as queries
from tests.meetings.conftest import board_body, make_meeting
from tests.meetings.test_questions import keys_of, listed, put, register


@pytest.fixture(autouse=True)
def quick_and_quiet(monkeypatch):
    """A short pause between broadcasts, a layer of its own, and the test's connection stays open."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    monkeypatch.setattr(consumers, "PAUSE", 0.05)
    monkeypatch.setattr(channel_layers, "backends", {})
    consumers.rooms.clear()


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run a test's asynchronous part in this thread's reach, so that it sees the test's own transaction."""

    async def go() -> Any:
        return await work()

    return async_to_sync(go)()


class Page(ApplicationCommunicator):
    """A browser's end of a socket. (Channels' own needs a server package that we do not have.)"""

    def __init__(self, scope: dict[str, Any]) -> None:
        super().__init__(application, scope)
        self.scope_path = scope["path"]

    async def connect(self, timeout: float = 1) -> tuple[bool, int]:
        """Whether it was accepted, else the code it was closed with."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout)
        return answer["type"] == "websocket.accept", answer.get("code", 0)

    async def follow(self) -> None:
        """Open it, and let the room look around once: a change before that would come as part of the welcome."""
        there, _ = await self.connect(timeout=5)
        assert there
        room = consumers.rooms[UUID(self.scope_path.split("/")[3])]
        while room.look is None or room.looking.locked():
            await asyncio.sleep(0.01)

    async def receive_from(self, timeout: float = 1) -> str:
        """The next message."""
        message = await self.receive_output(timeout)
        assert message["type"] == "websocket.send"
        return message["text"]

    async def send_to(self, text_data: str) -> None:
        """Say something."""
        await self.send_input({"type": "websocket.receive", "text": text_data})

    async def disconnect(self, timeout: float = 1) -> None:
        """Go away."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout)


def socket(meeting, *, host="camden", path="", origin="", cookie="", version="") -> Page:
    """A page's socket, with the headers a browser sends."""
    netloc = f"{host}.{settings.PORTAL_NETLOC}" if host else settings.PORTAL_NETLOC
    headers = [
        (b"host", netloc.encode()),
        (b"origin", (origin or f"{settings.PORTAL_SCHEME}://{netloc}").encode()),
        *([(b"cookie", cookie.encode())] if cookie else []),
    ]
    return Page(
        {
            "type": "websocket",
            "path": f"/ws/meetings/{meeting.pk}/questions/{path}",
            "query_string": f"version={version}".encode(),
            "headers": headers,
            "subprotocols": [],
        },
    )


async def enters(made: Page) -> bool:
    """Whether it is let in; it leaves again."""
    there, _ = await made.connect(timeout=5)
    if there:
        await made.disconnect(timeout=5)
    return there


def cookie_of(client) -> str:
    """The session of a signed-in test client."""
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def changed(do: Callable[[], Any], meeting) -> Any:
    """Do something as an action would in its own transaction, and say so to the group, which a test's rollback never does."""
    done = await sync_to_async(do)()
    await channel_layers["default"].group_send(actions.group_of(meeting.pk), {"type": "questions.changed"})
    return done


# ------------------------------------------------------------------------------------------------ who may
def test_a_page_of_the_meetings_own_site_is_let_in(cast, board_meeting):
    assert run(lambda: enters(socket(board_meeting)))
    assert consumers.rooms == {}


@pytest.mark.parametrize(
    "where",
    [
        {"origin": "https://elsewhere.example"},
        {"host": "brent"},
        {"host": ""},
        {"host": "camden", "origin": f"{settings.PORTAL_SCHEME}://brent.{settings.PORTAL_NETLOC}"},
    ],
    ids=["another origin", "another board's site", "the London site", "a page of another board"],
)
def test_every_other_page_is_refused(cast, board_meeting, where):
    assert not run(lambda: enters(socket(board_meeting, **where)))


@pytest.mark.parametrize(
    "fields", [{"announced_at": None}, {"openness": Openness.MEMBERS}], ids=["secret", "members"]
)
def test_a_meeting_strangers_may_not_know_of_is_refused(cast, camden, fields):
    meeting = make_meeting(board_body(camden), **fields)
    assert not run(lambda: enters(socket(meeting)))


def test_a_meeting_that_is_none_is_refused(cast, board_meeting):
    board_meeting.pk = board_meeting.board.site.root_page.translation_key
    assert not run(lambda: enters(socket(board_meeting)))


def test_a_london_wide_meeting_is_followed_on_the_london_site_only(cast):
    meeting = make_meeting(None)
    assert run(lambda: enters(socket(meeting, host="")))
    assert not run(lambda: enters(socket(meeting, host="camden")))


@pytest.mark.parametrize(
    ("name", "second_factor", "let_in"),
    [
        ("chair", True, True),
        ("secretary", True, True),
        ("chair", False, False),
        ("resident", True, False),
        ("member", True, False),
    ],
)
def test_the_desks_socket_is_for_those_at_the_table(
    cast, camden, board_meeting, site_client, name, second_factor, let_in
):
    cookie = cookie_of(site_client(camden, cast.by_name[name], second_factor=second_factor))
    assert run(lambda: enters(socket(board_meeting, path="desk/", cookie=cookie))) == let_in


def test_another_boards_chair_has_no_socket_at_this_table(cast, camden, board_meeting, site_client):
    cookie = cookie_of(site_client(camden, cast.other_chair))
    assert not run(lambda: enters(socket(board_meeting, path="desk/", cookie=cookie)))
    assert not run(lambda: enters(socket(board_meeting, path="desk/")))


def test_whoever_speaks_is_closed_and_a_full_room_takes_no_more(cast, board_meeting, monkeypatch):
    async def work():
        first = socket(board_meeting)
        await first.follow()
        monkeypatch.setattr(consumers, "MOST_SOCKETS", 1)
        assert not await enters(socket(board_meeting))
        await first.receive_from(timeout=5)
        await first.send_to(text_data="hello")
        closed = await first.receive_output(timeout=5)
        assert (closed["type"], closed["code"]) == ("websocket.close", 1008)
        await first.disconnect()

    run(work)


# ------------------------------------------------------------------------------------------------ what is sent
def test_a_page_that_knows_the_list_is_told_nothing_and_another_one_all_of_it(cast, board_meeting):
    question = listed(cast, board_meeting)
    version = queries.public_list(board_meeting).version

    async def work():
        knows, knows_not = socket(board_meeting, version=version), socket(board_meeting, version="old")
        await knows.follow()
        await knows_not.follow()
        told = json.loads(await knows_not.receive_from(timeout=5))
        assert await knows.receive_nothing(timeout=0.2)
        for each in (knows, knows_not):
            await each.disconnect()
        return told

    told = run(work)
    assert (told["since"], told["version"], told["current"]) == ("", version, [str(question.pk)])
    assert question.text in told["items"][str(question.pk)]


def test_everybody_gets_the_same_words_of_what_changed_and_they_are_rendered_once(
    cast, board_meeting, monkeypatch
):
    first, second = listed(cast, board_meeting, "First?"), listed(cast, board_meeting, "Second?")
    version = queries.public_list(board_meeting).version
    rendered = []
    render = consumers.render_to_string

    def counted(template, context):
        rendered.append(context["question"].pk)
        return render(template, context)

    async def work():
        everybody = [socket(board_meeting, version=version) for _ in range(5)]
        for each in everybody:
            await each.follow()
        monkeypatch.setattr(consumers, "render_to_string", counted)
        await changed(lambda: actions.support_question(second, keys=keys_of(board_meeting)), board_meeting)
        frames = {await each.receive_from(timeout=5) for each in everybody}
        for each in everybody:
            await each.disconnect()
        return frames

    (frame,) = run(work)
    told = json.loads(frame)
    assert (told["since"], told["current"]) == (version, [str(second.pk), str(first.pk)])
    assert list(told["items"]) == [str(second.pk)]
    assert '<span class="snb-support__count">1</span>' in told["items"][str(second.pk)]
    assert "csrfmiddlewaretoken" not in frame
    assert 'aria-pressed="false"' in told["items"][str(second.pk)]
    assert rendered == [second.pk]


def test_many_changes_are_one_broadcast(cast, board_meeting, monkeypatch):
    monkeypatch.setattr(consumers, "PAUSE", 0.5)
    question = listed(cast, board_meeting)
    version = queries.public_list(board_meeting).version

    async def work():
        page = socket(board_meeting, version=version)
        await page.follow()
        frames = []
        for number in range(12):
            keys = keys_of(board_meeting, f"browser:{number}")
            await changed(lambda keys=keys: actions.support_question(question, keys=keys), board_meeting)
            await asyncio.sleep(0.01)
        while not frames or ">12</span>" not in frames[-1]:
            frames.append(await page.receive_from(timeout=5))
        await page.disconnect()
        return frames

    assert len(run(work)) <= 3


def test_what_waits_is_withheld_or_asks_to_speak_is_never_sent_and_the_table_hears_of_it(
    cast, camden, board_meeting, site_client
):
    shown = listed(cast, board_meeting, "Shown?")
    version = queries.public_list(board_meeting).version
    cookie = cookie_of(site_client(camden, cast.chair))

    async def work():
        page, table = (
            socket(board_meeting, version=version),
            socket(board_meeting, path="desk/", cookie=cookie),
        )
        await page.follow()
        await table.follow()
        heard = [json.loads(await table.receive_from(timeout=5))]
        await changed(lambda: put(board_meeting, "marker-waiting?", mark="browser:two"), board_meeting)
        heard.append(json.loads(await table.receive_from(timeout=5)))
        await changed(lambda: register(board_meeting, topic="marker-speaker"), board_meeting)
        heard.append(json.loads(await table.receive_from(timeout=5)))
        assert await page.receive_nothing(timeout=0.2)
        await changed(lambda: actions.withhold(shown, by=cast.chair), board_meeting)
        gone = await page.receive_from(timeout=5)
        for each in (page, table):
            await each.disconnect()
        return heard, gone

    heard, gone = run(work)
    assert [set(message) for message in heard] == [{"version"}] * 3
    assert len({message["version"] for message in heard}) == 3
    assert (json.loads(gone)["current"], json.loads(gone)["items"]) == ([], {})
    assert "marker" not in gone


def test_what_another_process_changed_is_found_by_looking(cast, board_meeting, monkeypatch):
    monkeypatch.setattr(consumers, "LOOK_EVERY", 0.1)
    question = listed(cast, board_meeting)
    version = queries.public_list(board_meeting).version

    async def work():
        page = socket(board_meeting, version=version)
        await page.follow()
        await sync_to_async(Question.objects.filter(pk=question.pk).update)(supports=7)
        counted = await page.receive_from(timeout=5)
        board_meeting.status = MeetingStatus.HELD
        await sync_to_async(board_meeting.save)()
        over = await page.receive_from(timeout=5)
        await page.disconnect()
        return counted, over

    counted, over = run(work)
    assert ">7</span>" in counted
    assert "<form" not in over
    assert "7 supported it" in over


def test_when_the_one_that_listens_leaves_another_one_does(cast, board_meeting):
    question = listed(cast, board_meeting)
    version = queries.public_list(board_meeting).version

    async def work():
        first, second = (socket(board_meeting, version=version) for _ in range(2))
        await first.follow()
        await second.follow()
        await first.disconnect()
        await changed(lambda: actions.support_question(question, keys=keys_of(board_meeting)), board_meeting)
        heard = await second.receive_from(timeout=5)
        await second.disconnect()
        return heard

    assert ">1</span>" in run(work)
    assert consumers.rooms == {}


def test_trouble_while_looking_ends_nobodys_following(cast, board_meeting, monkeypatch, caplog):
    question = listed(cast, board_meeting)
    version = queries.public_list(board_meeting).version
    at = consumers.Look.at
    broken = [True]

    def sometimes(meeting, before=None):
        if before is not None and broken:
            broken.pop()
            raise RuntimeError("no database")
        return at(meeting, before)

    async def work():
        page = socket(board_meeting, version=version)
        await page.follow()
        monkeypatch.setattr(consumers.Look, "at", sometimes)
        for number in range(2):
            keys = keys_of(board_meeting, f"browser:{number}")
            await changed(lambda keys=keys: actions.support_question(question, keys=keys), board_meeting)
            await asyncio.sleep(0.1)
        heard = await page.receive_from(timeout=5)
        await page.disconnect()
        return heard

    assert ">2</span>" in run(work)
    assert "could not be shown" in caplog.text


def test_whoever_could_not_be_let_in_keeps_no_seat(cast, board_meeting, monkeypatch):
    def broken(meeting, before=None):
        raise RuntimeError("no database")

    monkeypatch.setattr(consumers.Look, "at", broken)

    async def work():
        page = socket(board_meeting)
        await page.connect(timeout=5)
        with pytest.raises(RuntimeError, match="no database"):
            await page.receive_from(timeout=5)

    run(work)
    assert consumers.rooms == {}


def test_whoever_is_too_slow_gets_the_whole_once(cast, board_meeting):
    listed(cast, board_meeting)
    sent = []

    async def work():
        slow = consumers.Follower()
        slow.room = consumers.Room(board_meeting.pk)
        slow.room.look = await sync_to_async(consumers.Look.at)(board_meeting)
        free = asyncio.Event()

        async def send(text_data):
            await free.wait()
            sent.append(json.loads(text_data)["since"])

        slow.send = send
        for name in ("first", "second", "third"):
            slow.push(json.dumps({"since": name}))
        await asyncio.sleep(0)
        free.set()
        await slow.sending

    run(work)
    assert sent == ["first", ""]


def test_actions_tell_the_group_once_their_transaction_holds(
    cast, board_meeting, django_capture_on_commit_callbacks
):
    heard = []

    class Layer:
        async def group_send(self, group, message):
            heard.append((group, message["type"]))

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        channel_layers.backends["default"] = Layer()
        question = listed(cast, board_meeting)
        actions.support_question(question, keys=keys_of(board_meeting))
        register(board_meeting)
        assert heard == []
    assert len(callbacks) == 4
    assert heard == [(actions.group_of(board_meeting.pk), "questions.changed")] * 4


def test_a_layer_that_does_not_answer_undoes_nothing(cast, board_meeting, django_capture_on_commit_callbacks):
    class Layer:
        async def group_send(self, group, message):
            raise ConnectionError("no redis")

    channel_layers.backends["default"] = Layer()
    with django_capture_on_commit_callbacks(execute=True):
        put(board_meeting)
    assert Question.objects.count() == 1

"""Open pages that follow the questions of a meeting: one look and one rendering for everybody in this process.

The first socket of a meeting listens to its group of the channel layer and hands that on when it leaves. What comes there
only says that something changed. The room then looks, at most once a second, renders the questions that changed, and sends
everybody the same words; what is a follower's own (supported, mine) their browser puts on. Each quarter of a minute the room
looks by itself, which finds what another process changed, and what ended with the meeting.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import render_to_string

from snb.boards.models import Board
from snb.meetings.actions.questions import group_of
from snb.meetings.models import Meeting
from snb.meetings.queries import questions as queries

logger = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds between two broadcasts of a room at least."""
LOOK_EVERY = 15.0
"""Seconds after which a room looks though nothing was said."""
MOST_SOCKETS = 5_000
"""Sockets of one meeting in one process; whoever comes later asks for the list instead."""


# ------------------------------------------------------------------------------------------------ what is sent
@dataclass(frozen=True)
class Look:
    """The public list at one moment, rendered."""

    version: str = ""
    current: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    items: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def at(cls, meeting: Meeting, before: Look | None = None) -> Look:
        """Look now. What has not changed since `before` is not rendered again."""
        shown = queries.public_list(meeting)
        old = before or cls()
        items: dict[str, str] = {}
        revisions: dict[str, tuple[str, ...]] = {}
        for question in shown.listed:
            pk, now = str(question.pk), queries.revision(question, is_open=shown.is_open)
            revisions[pk] = now
            items[pk] = (
                old.items[pk]
                if old.revisions.get(pk) == now
                else render_to_string(
                    "meetings/_question.html",
                    {"question": question, "meeting": meeting, "is_open": shown.is_open},
                )
            )
        return cls(
            shown.version,
            [str(question.pk) for question in shown.current],
            [str(question.pk) for question in shown.answered],
            items,
            revisions,
        )

    def whole(self) -> dict[str, Any]:
        """Everything, for whoever has nothing."""
        return {
            "since": "",
            "version": self.version,
            "current": self.current,
            "answered": self.answered,
            "items": self.items,
        }

    def since(self, before: Look) -> dict[str, Any]:
        """The order, and only those questions that look different."""
        changed = {
            pk: html for pk, html in self.items.items() if before.revisions.get(pk) != self.revisions[pk]
        }
        return {**self.whole(), "since": before.version, "items": changed}


# ------------------------------------------------------------------------------------------------ rooms
rooms: dict[UUID, Room] = {}
"""Meetings that somebody follows in this process."""


class Room:
    """Everybody in this process who follows one meeting."""

    def __init__(self, meeting_id: UUID) -> None:
        self.meeting_id = meeting_id
        self.followers: set[Follower] = set()
        self.moderators: set[Moderator] = set()
        self.listener: Socket | None = None
        self.look: Look | None = None
        self.desk = ""
        self.something = asyncio.Event()
        self.looking = asyncio.Lock()
        self.watch: asyncio.Task[None] | None = None

    @property
    def sockets(self) -> set[Socket]:
        """All of them."""
        return {*self.followers, *self.moderators}

    async def enter(self, socket: Socket) -> None:
        """Let somebody in; the first one listens for the room."""
        rooms.setdefault(self.meeting_id, self)
        socket.seats(self).add(socket)
        if self.listener is None:
            self.listener = socket
            await get_channel_layer().group_add(group_of(self.meeting_id), socket.channel_name)
        if self.watch is None:
            self.watch = asyncio.create_task(self._watch())
        if self.look is None:
            await self.look_now()

    async def leave(self, socket: Socket) -> None:
        """Let somebody go; another one listens on, and the last one closes the room."""
        socket.seats(self).discard(socket)
        group = group_of(self.meeting_id)
        if self.listener is socket:
            self.listener = next(iter(self.sockets), None)
            if self.listener is not None:
                await get_channel_layer().group_add(group, self.listener.channel_name)
            await get_channel_layer().group_discard(group, socket.channel_name)
        if not self.sockets:
            if rooms.get(self.meeting_id) is self:
                del rooms[self.meeting_id]
            if self.watch is not None:
                self.watch.cancel()
                self.watch = None

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.something.wait(), LOOK_EVERY)
            self.something.clear()
            try:
                await self.look_now()
            except Exception:
                logger.exception("The questions of a meeting could not be shown to those who follow it.")
            await asyncio.sleep(PAUSE)

    async def look_now(self) -> None:
        """Look once, and tell whoever sees something else than before."""
        async with self.looking:
            before = self.look
            look, desk = await database_sync_to_async(self._read)(before, bool(self.moderators))
            self.look = look
        if before is not None and look.version != before.version:
            frame = json.dumps(look.since(before))
            for follower in list(self.followers):
                follower.push(frame)
        if desk and desk != self.desk:
            self.desk = desk
            frame = json.dumps({"version": desk})
            for moderator in list(self.moderators):
                moderator.push(frame)

    def _read(self, before: Look | None, for_desk: bool) -> tuple[Look, str]:
        meeting = Meeting.objects.select_related("body__meeting_rules").get(pk=self.meeting_id)
        look = Look.at(meeting, before)
        if not for_desk:
            return look, ""
        shown, speakers = queries.questions_for_desk(meeting), list(queries.speakers_of(meeting))
        return look, queries.desk_version(shown, speakers)


# ------------------------------------------------------------------------------------------------ sockets
def board_of_host(scope: dict[str, Any]) -> Board | None:
    """The board whose site a socket was opened on; None for London's. The host was checked before it came here."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin1")
    name = host.lower().partition(":")[0]
    if name == settings.PORTAL_DOMAIN:
        return None
    return Board.objects.get(site__hostname=name)


class Socket(AsyncWebsocketConsumer):
    """One open page. It listens and says nothing: what it sends closes it."""

    room: Room | None = None
    sending: asyncio.Task[None] | None = None
    behind = False

    def seats(self, room: Room) -> set[Any]:
        """Where it sits in a room."""
        raise TypeError("A socket is a follower's or a moderator's.")

    def may_enter(self, meeting: Meeting) -> bool:
        """Whether it may sit there."""
        return True

    def _find(self) -> UUID | None:
        meeting_id = self.scope["url_route"]["kwargs"]["meeting_id"]
        meeting = queries.open_meeting_by_id(board_of_host(self.scope), meeting_id)
        return meeting.pk if meeting is not None and self.may_enter(meeting) else None

    async def connect(self) -> None:
        """Enter the room of the meeting, on its own site alone."""
        meeting_id = await database_sync_to_async(self._find)()
        if meeting_id is None:
            await self.close(code=4404)
            return
        room = rooms.setdefault(meeting_id, Room(meeting_id))
        if len(self.seats(room)) >= MOST_SOCKETS:
            await self.close(code=4429)
            return
        await self.accept()
        self.room = room
        try:
            await room.enter(self)
        except BaseException:
            # Channels asks nobody to leave whose coming failed.
            await room.leave(self)
            raise
        self.welcome(room)

    def welcome(self, room: Room) -> None:
        """Say what the page may not know yet."""

    async def disconnect(self, code: int) -> None:
        """Leave."""
        if self.room is not None:
            await self.room.leave(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is asked here."""
        await self.close(code=1008)

    async def questions_changed(self, event: dict[str, Any]) -> None:
        """The group says that something changed; only the room's listener hears it."""
        if self.room is not None:
            self.room.something.set()

    def push(self, frame: str) -> None:
        """Send without waiting. Whoever is too slow misses what comes meanwhile and gets the whole afterwards."""
        if self.sending is not None and not self.sending.done():
            self.behind = True
            return
        self.sending = asyncio.create_task(self._send(frame))

    async def _send(self, frame: str) -> None:
        # A page that is gone is taken from its seat when its connection says so.
        with suppress(Exception):
            await self.send(text_data=frame)
            while self.behind:
                self.behind = False
                await self.send(text_data=self.whole())

    def whole(self) -> str:
        """What makes up for everything that was missed."""
        return json.dumps({"version": self.room.desk if self.room else ""})


class Follower(Socket):
    """The public page of a meeting's questions."""

    def seats(self, room: Room) -> set[Any]:
        """Among the followers."""
        return room.followers

    def welcome(self, room: Room) -> None:
        """The whole list, unless the page has it."""
        known = parse_qs(self.scope["query_string"].decode("latin1")).get("version", [""])[0]
        if room.look is not None and known != room.look.version:
            self.push(self.whole())

    def whole(self) -> str:
        """The list."""
        look = self.room.look if self.room else None
        return json.dumps((look or Look()).whole())


class Moderator(Socket):
    """The desk: it hears that something changed, and asks for it by HTTP, where its rights are looked at each time."""

    def seats(self, room: Room) -> set[Any]:
        """Among those at the table."""
        return room.moderators

    def may_enter(self, meeting: Meeting) -> bool:
        """Whoever moderates the questions of this meeting."""
        return bool(self.scope["user"].has_perm("meetings.question.moderate", meeting))

    def welcome(self, room: Room) -> None:
        """What the desk looked like last, and a new look: nobody may have sat at the table before."""
        if room.desk:
            self.push(self.whole())
        room.something.set()

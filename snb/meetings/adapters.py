"""Where rooms above hand in what they know for an agenda, and hear that a meeting is shown. A kind of item nobody knows anything for shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.safestring import mark_safe

from snb.meetings.enums import ItemKind
from snb.meetings.models import Meeting
from snb.meetings.queries.agenda import Facts

Reader = Callable[[Meeting], list[Facts]]
_readers: dict[ItemKind, list[Reader]] = {}
Listener = Callable[[Meeting], object]
_listeners: list[Listener] = []
Introduction = Callable[[Meeting], str]
_introductions: list[Introduction] = []


def register_facts(kind: ItemKind, reader: Reader) -> None:
    """Say, in a room's `apps.py`, what it knows for items of a kind. Several rooms may know something for one kind.

    Args:
        reader: takes the meeting and returns what everybody may know today; what it returns is frozen, and published,
            with the agenda. Nothing to say: an empty list.
    """
    readers = _readers.setdefault(kind, [])
    if reader not in readers:
        readers.append(reader)


def facts_for(meeting: Meeting, kinds: Iterable[ItemKind]) -> dict[ItemKind, tuple[Facts, ...]]:
    """What is known today for each of these kinds of items; each kind is read once, however often it stands on the agenda."""
    return {
        kind: tuple(facts for reader in _readers.get(kind, []) for facts in reader(meeting))
        for kind in dict.fromkeys(kinds)
    }


def register_introduction(reader: Introduction) -> None:
    """Say what stands above the agenda once it is published anew: the public face knows.

    Args:
        reader: takes the meeting and returns safe HTML; nothing to say: an empty text.
    """
    if reader not in _introductions:
        _introductions.append(reader)


def introduction_of(meeting: Meeting) -> str:
    """The words that go out above the agenda, as somebody wrote them last."""
    return mark_safe("".join(reader(meeting) for reader in _introductions))  # noqa: S308 (the readers' word)


def when_shown(listener: Listener) -> None:
    """Hear, inside the acting transaction, that a meeting is announced or that its public name or day has changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def show(meeting: Meeting) -> None:
    """Say so."""
    for listener in _listeners:
        listener(meeting)

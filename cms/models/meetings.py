"""A site's meetings: the list, a page for each meeting, and its minutes. They hold prose only; what a meeting is stands in `snb.meetings`.

Nobody publishes, withdraws, moves, copies or deletes a meeting's pages by Wagtail's doors: only our actions do, inside `acting()`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, Revision
from wagtail.search import index

from cms.blocks import BodyBlock, MinutesBlock
from cms.calculations import without_ids
from cms.models.pages import FixedPage, FixedPageTester, PublicPage
from snb.boards.queries import board_of
from snb.meetings.actions.agenda import note_introduction
from snb.meetings.models import Meeting
from snb.meetings.queries import public
from snb.privacy.enums import Privacy

_acting: ContextVar[bool] = ContextVar("acting", default=False)


@contextmanager
def acting() -> Iterator[None]:
    """For our own actions, which have asked who may and whether two people agree: the doors are open inside."""
    token = _acting.set(True)
    try:
        yield
    finally:
        _acting.reset(token)


class ActedPageTester(FixedPageTester):
    """Edited like any other page by whoever edits the site; everything else is an action's."""

    def can_publish(self) -> bool:
        """Never: two people publish it on the desk."""
        return False

    def can_submit_for_moderation(self) -> bool:
        """Never: there is no workflow but ours."""
        return False

    def can_unschedule(self) -> bool:
        """Never."""
        return False

    def can_set_view_restrictions(self) -> bool:
        """Never."""
        return False

    def can_add_subpage(self) -> bool:
        """Never."""
        return False

    def can_publish_subpage(self) -> bool:
        """Never."""
        return False

    def can_reorder_children(self) -> bool:
        """Never."""
        return False


class ActedPage(PublicPage):
    """A page that only our actions bring out or take away, whatever door is tried."""

    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> ActedPageTester:
        """As usual, except for everything that an action does."""
        return ActedPageTester(user, self)

    def _only_by_action(self) -> None:
        if not _acting.get():
            raise PermissionDenied("Only an action of ours does this to a meeting's page.")

    def save_revision(
        self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any
    ) -> Revision:
        """As usual, but never over a revision that is out: whoever writes on after a publication has written something new."""
        if overwrite_revision is not None and overwrite_revision.pk == self.live_revision_id:
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        """Only by an action."""
        self._only_by_action()
        return super().publish(*args, **kwargs)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        """Only by an action."""
        self._only_by_action()
        return super().unpublish(*args, **kwargs)

    def move(self, *args: Any, **kwargs: Any) -> Any:
        """Only by an action."""
        self._only_by_action()
        return super().move(*args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Only by an action."""
        self._only_by_action()
        return super().copy(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Only by an action."""
        self._only_by_action()
        return super().delete(*args, **kwargs)


def chosen(request: HttpRequest, key: str, offered: Iterable[Any]) -> Any:
    """What was asked for in the query, of what is offered; None where nothing was. Raises Http404 for anything else."""
    asked = request.GET.get(key, "")
    found = next((one for one in offered if str(one) == asked), None)
    if asked and found is None:
        raise Http404
    return found


class MeetingIndexPage(FixedPage):
    """The list of a site's meetings: what comes, then what was, by year."""

    PER_PAGE = 15
    FIRST = 8
    """Coming meetings shown at once; the rest waits folded."""

    intro = models.TextField(_("introduction"), max_length=400, blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["cms.BoroughHomePage", "cms.LondonHomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.MeetingPage"]
    max_count_per_parent = 1

    privacy = Privacy(public="page_ptr intro", keep="As long as the board.")

    class Meta:
        verbose_name = _("list of meetings")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what comes, and one page of what was, of one year where asked for."""
        context = super().get_context(request, *args, **kwargs)
        board = board_of(request)
        kinds = public.kinds_of(board)
        kind = chosen(request, "kind", kinds)
        years = public.years_of(board, kind)
        year = chosen(request, "year", years)
        paginator = Paginator(public.past_meetings(board, year, kind), self.PER_PAGE)
        number = request.GET.get("page", "1")
        if (
            not (number.isascii() and number.isdigit() and len(number) < 6)
            or int(number) not in paginator.page_range
        ):
            raise Http404
        coming = public.coming_meetings(board, kind=kind) if number == "1" and year is None else None
        context |= {
            "coming": coming,
            "first": (coming or [])[: self.FIRST],
            "later": (coming or [])[self.FIRST :],
            "kinds": kinds,
            "kind": kind,
            "years": years,
            "year": year,
            "query": "".join(f"{name}={value}&" for name, value in (("kind", kind), ("year", year)) if value),
            "past": paginator.page(int(number)),
        }
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As usual; the list changes when a meeting ends."""
        response = super().serve(request, *args, **kwargs)
        response.page_changes_at = public.next_change(board_of(request))
        return response


class MeetingPage(ActedPage):
    """A meeting with its agenda. There from the day it is announced; its agenda is rows of `snb.meetings`, shown once published."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="page")
    body = StreamField(
        BodyBlock(),
        verbose_name=_("introduction"),
        blank=True,
        help_text=_("A few words above the agenda, where they help. They go out with the agenda."),
    )

    content_panels: ClassVar[list[Any]] = [
        HelpPanel(
            content=_(
                "<p>Date, place, agenda and papers are on your <a href='/desk/'>desk</a>. "
                "What you write here goes out when a second person publishes the agenda there.</p>"
            )
        ),
        FieldPanel("body"),
    ]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("body")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["cms.MeetingIndexPage"]
    subpage_types: ClassVar[list[str]] = ["cms.MinutesPage"]

    privacy = Privacy(public="page_ptr meeting body", keep="As its meeting.")

    class Meta:
        verbose_name = _("meeting")

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """As usual; other words than those that are out wait on the desk for a second person, as a changed agenda does."""
        with transaction.atomic():
            # The meeting first, as whoever publishes its agenda does: so the two never wait for each other in a ring.
            Meeting.objects.select_for_update(of=("self",)).get(pk=self.meeting_id)
            revision = super().save_revision(*args, **kwargs)
            out = MeetingPage.objects.get(pk=self.pk)
            if revision.user and str(out.body.render_as_block()) != str(self.body.render_as_block()):
                note_introduction(self.meeting, by=revision.user)
        return revision

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the meeting, ready to show."""
        context = super().get_context(request, *args, **kwargs)
        return context | {"shown": public.shown_meeting(self.meeting_id)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As usual; it changes when it begins and when it ends."""
        response = super().serve(request, *args, **kwargs)
        response.page_changes_at = public.change_of(self.meeting)
        return response


class MinutesPage(ActedPage):
    """The text of a meeting's minutes as it is being written. What everybody reads is the version published last (`MinutesVersion`)."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes_page")
    body = StreamField(MinutesBlock(), verbose_name=_("minutes"), blank=True)
    private_body = StreamField(
        MinutesBlock(),
        verbose_name=_("private part"),
        blank=True,
        help_text=_("For the board only: never published, not sent to reviewers, not searched."),
    )

    content_panels: ClassVar[list[Any]] = [
        HelpPanel(
            content=_(
                "<p>Save as often as you like. A second person publishes the minutes on your <a href='/desk/'>desk</a>.</p>"
            )
        ),
        FieldPanel("body"),
        MultiFieldPanel([FieldPanel("private_body")], heading=_("Private part"), classname="collapsed"),
    ]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("body")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["cms.MeetingPage"]
    subpage_types: ClassVar[list[str]] = []

    privacy = Privacy(public="page_ptr meeting body", board="private_body", keep="As its meeting.")

    class Meta:
        verbose_name = _("minutes")

    @classmethod
    def _file_fields(cls) -> set[str]:
        """What the private part shows stays private."""
        return super()._file_fields() - {"private_body"}

    def files_in_use(self) -> tuple[set[int], set[int]]:
        """Those of the text, and those of every version: old ones stay readable."""
        images, documents = super().files_in_use()
        return images | public.pictures_of_versions(self.meeting_id), documents

    def plain_blocks(self) -> list[dict[str, Any]]:
        """The blocks as plain data, without the editor's keys."""
        blocks: list[dict[str, Any]] = without_ids(self.body.get_prep_value())
        return blocks

    def spelled_out(self) -> str:
        """The blocks in one fixed spelling, without the editor's keys: what is hashed, and kept with each version."""
        return json.dumps(self.plain_blocks(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what was published last; a preview shows the text as it stands."""
        context = super().get_context(request, *args, **kwargs)
        # A preview shows the text as it is being written; `serve` has read what was published.
        minutes = getattr(request, "minutes", None)
        return context | {"minutes": minutes, "preview": minutes is None}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As usual; it changes at midnight, when something falls due. Before anything was published there is nothing to see."""
        request.minutes = public.shown_minutes(self.meeting_id)  # type: ignore[attr-defined]
        if request.minutes is None:  # type: ignore[attr-defined]
            raise Http404
        response = super().serve(request, *args, **kwargs)
        response.page_changes_at = request.minutes.changes_at  # type: ignore[attr-defined]
        return response

"""The kinds of page. Editors add news and standing pages; everything else is there from the day a site opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPMethod
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_urlconf, set_urlconf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel, TitleFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PagePermissionTester
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.blocks import BodyBlock, HelpBlock
from cms.models.files import PortalDocument, PortalImage, PortalRendition, UsedFile
from snb.audit.actions import move_epoch
from snb.audit.models import Epoch
from snb.boards.queries import board_of
from snb.meetings.queries.public import next_change
from snb.places.models import Ward
from snb.privacy.enums import Privacy

LEAD_SIZES = ("fill-1200x675|format-webp", "fill-560x315|format-webp")
"""An article's own picture on its page and in a list. Made when the page is published."""
BODY_SIZES = ("width-960|format-webp",)
"""A picture in the body of a page. Made when the page is published."""


class PublicPage(Page):
    """What every page of ours has: it knows which files make it up while it is live, and previews on its own site."""

    private_page_options: ClassVar[list[str]] = []
    allowed_http_methods: ClassVar[list[Any]] = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    promote_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldPanel(
                    "slug",
                    help_text=_(
                        "The last part of the page's address. Changing it breaks links that people saved."
                    ),
                ),
                FieldPanel(
                    "search_description",
                    help_text=_(
                        "One or two sentences that search results show. Left empty, the introduction is used."
                    ),
                ),
            ],
            heading=_("Address and search results"),
        ),
    ]
    settings_panels: ClassVar[list[Any]] = [PublishingPanel()]
    show_in_menus_default = False

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and in the same transaction make public exactly the files that the live page uses."""
        saved = super().save(*args, **kwargs)
        fields = kwargs.get("update_fields")
        if fields is None:
            self._publish_files(self)
        elif {"live", *self._file_fields()} & set(fields):
            # Only part of this instance reached the database; what is live is what stands there.
            self._publish_files(type(self)._default_manager.get(pk=self.pk))
        return saved

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete, and with the page whatever rendition only it used."""
        pictures = set(
            UsedFile.objects.filter(page__path__startswith=self.path, image__isnull=False).values_list(
                "image_id", flat=True
            )
        )
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            forget_renditions(pictures)
        return deleted

    def _publish_files(self, page: PublicPage) -> None:
        """Bring the rows of `UsedFile` in line with what `page` shows."""
        images, documents = page.files_in_use() if page.live else (set(), set())
        held = list(UsedFile.objects.filter(page_id=page.pk))
        gone = [row for row in held if row.image_id not in images and row.document_id not in documents]
        images_held, documents_held = {row.image_id for row in held}, {row.document_id for row in held}
        if gone:
            UsedFile.objects.filter(pk__in=[row.pk for row in gone]).delete()
            forget_renditions({row.image_id for row in gone if row.image_id})
        new = [UsedFile(page_id=page.pk, image_id=pk) for pk in sorted(images - images_held)]
        new += [UsedFile(page_id=page.pk, document_id=pk) for pk in sorted(documents - documents_held)]
        if new:
            UsedFile.objects.bulk_create(new)
            lead = {pk for pk in images - images_held if pk == getattr(page, "image_id", None)}
            body = images - images_held - lead
            transaction.on_commit(lambda: make_renditions(lead, LEAD_SIZES), robust=True)
            transaction.on_commit(lambda: make_renditions(body, BODY_SIZES), robust=True)

    @classmethod
    def _file_fields(cls) -> set[str]:
        """Names of the fields that may refer to a file."""
        return {
            field.name
            for field in cls._meta.get_fields()
            if hasattr(field, "extract_references") or field.related_model in (PortalImage, PortalDocument)
        }

    def files_in_use(self) -> tuple[set[int], set[int]]:
        """Ids of the pictures and of the documents this page shows or links to, as the instance stands."""
        found: dict[type[models.Model], set[int]] = {PortalImage: set(), PortalDocument: set()}
        for model, pk in self._references():
            if model in found:
                found[model].add(int(pk))
        return tuple(
            set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
            for model, ids in found.items()
        )  # type: ignore[return-value]

    def _references(self) -> Iterator[tuple[type[models.Model], Any]]:
        for name in self._file_fields():
            field = self._meta.get_field(name)
            value = field.value_from_object(self)
            if value is None:
                continue
            if hasattr(field, "extract_references"):
                yield from ((model, pk) for model, pk, *_rest in field.extract_references(value))
            else:
                yield field.related_model, value

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As usual, with the body's pictures at hand."""
        self.gather_pictures()
        return super().get_context(request, *args, **kwargs)

    def gather_pictures(self) -> None:
        """Read the renditions of all pictures in the body in one query, however many there are."""
        blocks = [child.value for child in getattr(self, "body", None) or () if child.block_type == "picture"]
        pictures = [value["picture"] for value in blocks if value["picture"]]
        models.prefetch_related_objects(
            pictures, models.Prefetch("renditions", to_attr="prefetched_renditions")
        )

    def make_preview_request(self, *args: Any, **kwargs: Any) -> Any:
        """Preview with the addresses of the page's own site, then put the editor's back."""
        before = get_urlconf()
        try:
            return super().make_preview_request(*args, **kwargs)
        finally:
            set_urlconf(before)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        """The page as visitors will see it. The resolver did not run, so the site's addresses are set here."""
        set_urlconf(getattr(request, "urlconf", None))
        return super().serve_preview(request, mode_name)


def forget_renditions(image_ids: Iterable[int]) -> None:
    """Delete the renditions of pictures that no live page uses any more; Wagtail removes the files once that is committed."""
    unused = set(image_ids) - set(
        UsedFile.objects.filter(image_id__in=list(image_ids)).values_list("image_id", flat=True)
    )
    PortalRendition.objects.filter(image_id__in=unused).delete()


def make_renditions(image_ids: Iterable[int], sizes: tuple[str, ...]) -> None:
    """Make the sizes that a page shows, so that no visitor's request has to write or to wait for a decoder."""
    for picture in PortalImage.objects.filter(pk__in=list(image_ids)):
        picture.get_renditions(*sizes)


class FixedPageTester(PagePermissionTester):
    """A page that the site cannot do without: edited like any other, never removed, moved or unpublished."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Never."""
        return False

    def can_unpublish(self) -> bool:
        """Never."""
        return False

    def can_move(self) -> bool:
        """Never."""
        return False

    def can_copy(self) -> bool:
        """Never: there is one."""
        return False


class FixedPage(PublicPage):
    """A page that is there from the day the site opens."""

    # Each one says `is_creatable = False` itself: Wagtail does not inherit it.
    promote_panels: ClassVar[list[Any]] = [FieldPanel("search_description")]
    settings_panels: ClassVar[list[Any]] = []

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """As usual, except that nobody takes the page away."""
        return FixedPageTester(user, self)


class LondonHomePage(FixedPage):
    """The front page of the London-wide site: find your ward, then all boards."""

    intro = models.TextField(
        _("introduction"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences under the page's heading."),
    )

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("intro")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "cms.NewsIndexPage",
        "cms.MeetingIndexPage",
        "cms.StandingPage",
        "cms.HelpPage",
    ]
    max_count = 1

    privacy = Privacy(public="page_ptr intro", keep="As long as the portal.")

    class Meta:
        verbose_name = _("London home page")


class BoroughHomePage(FixedPage):
    """The front page of a borough's site."""

    intro = models.TextField(
        _("introduction"),
        max_length=400,
        blank=True,
        help_text=_(
            "One or two sentences under the borough's name: what the board is for, in your own words."
        ),
    )

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("intro")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["cms.NewsIndexPage", "cms.MeetingIndexPage", "cms.StandingPage"]

    privacy = Privacy(public="page_ptr intro", keep="As long as the board.")

    class Meta:
        verbose_name = _("borough home page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As usual; it changes when the next meeting begins or ends."""
        response = super().serve(request, *args, **kwargs)
        response.page_changes_at = next_change(board_of(request))
        return response


class NewsPageQuerySet(PageQuerySet):
    """Filters on articles."""

    def newest_first(self) -> NewsPageQuerySet:
        """By the date printed on them; the later written one first within a day."""
        return self.order_by("-date", "-pk")

    def for_cards(self) -> NewsPageQuerySet:
        """With everything a list of articles shows, and nothing else."""
        return (
            self.defer_streamfields()
            .select_related("image", "ward")
            .prefetch_related(models.Prefetch("image__renditions", to_attr="prefetched_renditions"))
        )


NewsPageManager = PageManager.from_queryset(NewsPageQuerySet)


class NewsIndexPage(FixedPage):
    """The list of a site's news, newest first, by year."""

    PER_PAGE = 10

    intro = models.TextField(_("introduction"), max_length=400, blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["cms.BoroughHomePage", "cms.LondonHomePage"]
    subpage_types: ClassVar[list[str]] = ["cms.NewsPage"]
    max_count_per_parent = 1

    privacy = Privacy(public="page_ptr intro", keep="As long as the board.")

    class Meta:
        verbose_name = _("news list")

    def articles(self) -> NewsPageQuerySet:
        """This list's live articles, newest first."""
        return NewsPage.objects.child_of(self).live().newest_first()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of articles, of one year where asked for."""
        context = super().get_context(request, *args, **kwargs)
        years = [first.year for first in self.articles().dates("date", "year", order="DESC")]
        asked = request.GET.get("year", "")
        year = next((year for year in years if str(year) == asked), None)
        if asked and year is None:
            raise Http404
        articles = self.articles().for_cards()
        if year:
            articles = articles.filter(date__year=year)
        paginator = Paginator(articles, self.PER_PAGE)
        number = request.GET.get("page", "1")
        if (
            not (number.isascii() and number.isdigit() and len(number) < 6)
            or int(number) not in paginator.page_range
        ):
            raise Http404
        context |= {"years": years, "year": year, "query": f"year={year}&" if year else ""}
        context["articles"] = paginator.page(int(number))
        return context


class NewsPageForm(WagtailAdminPageForm):
    """The article's form in the editor; Wagtail wants it beside the model. Only this site's wards can be chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ward" in self.fields and self.parent_page is not None:
            above = self.parent_page.get_ancestors(inclusive=True)
            self.fields["ward"].queryset = Ward.objects.current().filter(
                borough__board__site__root_page__in=above
            )


class NewsPage(PublicPage):
    """An article."""

    date = models.DateField(
        _("date"), default=timezone.localdate, help_text=_("Printed on the article; the list follows it.")
    )
    intro = models.TextField(
        _("introduction"),
        max_length=300,
        help_text=_("The article in one or two sentences. Lists and search results show it."),
    )
    image = models.ForeignKey(
        PortalImage, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    image_alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        help_text=_("For people who cannot see it. Left empty, the picture counts as decoration."),
    )
    ward = models.ForeignKey(
        "places.Ward",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ward"),
        help_text=_("If the article is about one ward, its page lists it too."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)

    objects = NewsPageManager()

    base_form_class = NewsPageForm
    content_panels: ClassVar[list[Any]] = [
        TitleFieldPanel(
            "title", help_text=_("What happened, in plain words. It is the headline everywhere.")
        ),
        FieldPanel("date"),
        FieldPanel("intro"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("Picture")),
        FieldPanel("body"),
        FieldPanel("ward"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro", boost=2),
        index.SearchField("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    page_description = _("Something that happened or will happen. Goes to the top of the news list.")

    privacy = Privacy(public="page_ptr date intro image image_alt ward body", keep="As long as the board.")

    class Meta:
        verbose_name = _("news article")


class StandingPageForm(WagtailAdminPageForm):
    """The form in the editor. The address of a page that menus lead to cannot be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields and self.instance.is_essential:
            self.fields["slug"].disabled = True


class StandingPage(PublicPage):
    """A page that stays: about the board, how to join."""

    ESSENTIAL = frozenset({"about", "get-involved", "contact"})
    """Menus and other pages lead to these, so they keep their address and stay published."""

    intro = models.TextField(
        _("introduction"), max_length=300, blank=True, help_text=_("The page in one or two sentences.")
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro", boost=2),
        index.SearchField("body"),
    ]
    base_form_class = StandingPageForm
    parent_page_types: ClassVar[list[str]] = ["cms.BoroughHomePage", "cms.LondonHomePage"]
    subpage_types: ClassVar[list[str]] = []
    page_description = _("Something that stays true for long: about the board, how to join.")

    privacy = Privacy(public="page_ptr intro body", keep="As long as the board.")

    class Meta:
        verbose_name = _("standing page")

    @property
    def is_essential(self) -> bool:
        """Whether the site cannot do without this page at this address."""
        return self.pk is not None and self.slug in self.ESSENTIAL

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """As usual, except that nobody takes an essential page away."""
        return FixedPageTester(user, self) if self.is_essential else super().permissions_for_user(user)


class HelpPage(FixedPage):
    """“Get help or report”: written once, by oversight, and shown on every site in that site's look."""

    intro = models.TextField(_("introduction"), max_length=400, blank=True)
    body = StreamField(HelpBlock(), verbose_name=_("sections"))

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]
    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["cms.LondonHomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count = 1

    privacy = Privacy(public="page_ptr intro body", keep="As long as the portal.")

    class Meta:
        verbose_name = _("help page")

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save; every site shows this page, so the epoch of every site moves."""
        saved = super().save(*args, **kwargs)
        for board in Epoch.objects.order_by("board").values_list("board", flat=True):
            move_epoch(board)
        return saved

"""Objects of two boards with a marker in every text that belongs to the second one."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from PIL import Image as Raster
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, PageLogEntry, Revision, Task, UploadedFile, Workflow

from cms.models import NewsIndexPage, NewsPage
from snb.boards.models import Board
from snb.people.models import User

MARK = "qzxbrentqzx"
"""Stands in every planted text; no response to anybody but Brent may hold it."""


def png(colour: str = "teal", size: tuple[int, int] = (60, 40)) -> bytes:
    """The bytes of a real PNG."""
    buffer = io.BytesIO()
    Raster.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class Planted:
    """What one board has: a published page, a draft, revisions, a picture, a document, an upload."""

    board: Board
    home: Page
    index: Page
    page: Page
    draft: Page
    old_revision: Revision
    revision: Revision
    image: object
    document: object
    upload: UploadedFile

    @property
    def pages(self) -> list[Page]:
        """Every page."""
        return [self.home, self.index, self.page, self.draft]


def plant(board: Board, by: User, mark: str) -> Planted:
    """Give a board one of everything, with a mark in each text."""
    home = board.site.root_page.specific
    index = NewsIndexPage.objects.child_of(home).first()
    page = index.add_child(
        instance=NewsPage(title=f"{mark} published", slug=f"{mark}-page", intro=f"{mark} intro", owner=by)
    )
    old = page.save_revision(user=by, log_action=True)
    old.publish(user=by)
    page = NewsPage.objects.get(pk=page.pk)
    page.title = f"{mark} second words"
    revision = page.save_revision(user=by, log_action=True)
    draft = index.add_child(
        instance=NewsPage(
            title=f"{mark} draft",
            slug=f"{mark}-draft",
            intro=f"{mark} intro",
            owner=by,
            live=False,
            has_unpublished_changes=True,
        )
    )
    draft.save_revision(user=by, log_action=True)
    PageLogEntry.objects.log_action(page, "wagtail.edit", user=by, data={"comment": f"{mark} comment"})
    image = get_image_model().objects.create(
        title=f"{mark} image",
        collection=board.collection,
        uploaded_by_user=by,
        file=ContentFile(png(), f"{mark}.png"),
    )
    document = get_document_model().objects.create(
        title=f"{mark} document",
        collection=board.collection,
        uploaded_by_user=by,
        file=ContentFile(b"a,b\n1,2\n", f"{mark}.csv"),
    )
    upload = UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(get_image_model()),
        file=ContentFile(png("red"), f"{mark}-upload.png"),
        uploaded_by_user=by,
    )
    return Planted(
        board,
        home,
        index,
        NewsPage.objects.get(pk=page.pk),
        draft,
        old,
        Revision.objects.get(pk=revision.pk),
        image,
        document,
        upload,
    )


def plant_brent(board: Board, editor: User) -> Planted:
    """Brent's things and people, marked from the names of its editor to the name of its collection."""
    found = plant(board, editor, MARK)
    editor.name = f"{MARK} editor"
    editor.email = f"{MARK}@example.org"
    editor.save()
    board.collection.name = f"{MARK} collection"
    board.collection.save()
    board.editors.name = f"{MARK} group"
    board.editors.save()
    board.site.site_name = f"{MARK} site"
    board.site.save()
    home = Page.objects.get(pk=found.home.pk)
    home.title = home.draft_title = f"{MARK} home"
    home.save()
    found.index.title = found.index.draft_title = f"{MARK} news"
    found.index.save()
    Workflow.objects.create(name=f"{MARK} workflow", active=True)
    Task.objects.create(name=f"{MARK} task", active=True)
    return found

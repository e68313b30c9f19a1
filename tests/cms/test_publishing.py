"""What goes out and comes back by the clock: once, recorded, with its files, and one failure stops no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from cms.actions import publish_scheduled
from cms.models import UsedFile
from snb.audit.enums import Event
from snb.audit.models import AuditEvent
from tests import factories as make

PAST = timedelta(minutes=1)


def waiting(board, title: str):
    """A draft whose hour has come."""
    page = make.make_article(board, title, live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    revision = page.save_revision()
    revision.publish()
    revision.refresh_from_db()
    past = timezone.now() - PAST
    revision.approved_go_live_at, revision.content["go_live_at"] = past, past.isoformat()
    revision.save()
    return page


def over(board, title: str, **fields):
    """A live page whose time is over."""
    page = make.make_article(board, title, **fields)
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - PAST)
    return page


def events(page) -> list[tuple[str, object, str]]:
    """What the record says of a page: event, who, board."""
    rows = AuditEvent.objects.filter(object_id=str(page.pk), object_type="cms.newspage").order_by("pk")
    return list(rows.values_list("event", "actor", "board"))


def test_waiting_for_the_hour_is_no_publication(camden):
    page = waiting(camden, "Later")
    assert events(page) == []
    assert publish_scheduled() == 1
    assert events(page) == [(Event.PAGE_PUBLISHED, None, camden.code)]
    assert (publish_scheduled(), len(events(page))) == (0, 1)


def test_an_event_of_publication_names_the_revision(camden):
    page = waiting(camden, "Later")
    publish_scheduled()
    event = AuditEvent.objects.get(object_id=str(page.pk))
    assert event.data == {"revision": Page.objects.get(pk=page.pk).live_revision_id}


def test_a_page_whose_time_is_over_is_withdrawn_and_its_files_are_private_again(camden, site_client):
    image = make.make_picture(camden)
    page = over(camden, "Short", image=image)
    url = image.get_rendition("width-960|format-webp").url
    assert site_client(camden).get(url).status_code == 200
    assert publish_scheduled() == 1
    found = Page.objects.get(pk=page.pk)
    assert (found.live, found.expired, UsedFile.objects.count()) == (False, True, 0)
    assert site_client(camden).get(url).status_code == 404
    assert events(page)[1:] == [(Event.PAGE_UNPUBLISHED, None, camden.code)]


def test_london_s_own_page_is_recorded_without_a_board(camden):
    page = waiting(None, "For all")
    publish_scheduled()
    assert events(page) == [(Event.PAGE_PUBLISHED, None, "")]


def test_a_page_that_fails_stops_no_other_and_leaves_no_event(camden, monkeypatch, caplog):
    broken, first, second = over(camden, "One"), over(camden, "Two"), waiting(camden, "Three")
    from cms.models import NewsPage

    unpublish = NewsPage.unpublish

    def breaks(self, *args, **kwargs):
        unpublish(self, *args, **kwargs)
        if self.pk == broken.pk:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(NewsPage, "unpublish", breaks)
    with pytest.raises(RuntimeError, match="the disk is full"):
        publish_scheduled()
    assert [Page.objects.get(pk=page.pk).live for page in (broken, first, second)] == [True, False, True]
    assert len(events(broken)) == 1
    assert f"wagtailcore.Page {broken.pk} missed its hour." in caplog.text
    monkeypatch.undo()
    assert publish_scheduled() == 1


def test_an_hour_taken_back_in_the_meantime_counts(camden, monkeypatch):
    """Between reading the list and a page's turn an editor may take its hour back."""
    from cms.actions import publishing

    first, second = waiting(camden, "First"), waiting(camden, "Second")
    publish = publishing._publish

    def and_then_the_editor_acts(revision):
        publish(revision)
        other = second if revision.object_id == str(first.pk) else first
        other.revisions.update(approved_go_live_at=None)

    monkeypatch.setattr(publishing, "_publish", and_then_the_editor_acts)
    assert publish_scheduled() == 1
    assert Page.objects.filter(pk__in=[first.pk, second.pk], live=True).count() == 1

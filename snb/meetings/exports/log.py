"""The public action log as CSV."""

from __future__ import annotations

import csv
import io

from django.db.models import QuerySet
from django.utils import timezone

from snb.files.exports import cell
from snb.meetings.models import ActionItem
from snb.meetings.queries.log import RELATED, body_name, with_reports
from snb.privacy.enums import FieldClass
from snb.privacy.queries import refuse_above

FIELDS = (
    "kind",
    "number",
    "text",
    "owner_name",
    "addressee",
    "due_on",
    "status",
    "rag",
    "rag_reason",
    "answer",
    "answer_text",
    "answered_on",
    "done_on",
    "evidence",
    "evidence_url",
    "published_at",
)
"""The columns that come from a field; nothing above what a board's own people may see, and of that only what was published."""


def log_csv(entries: QuerySet[ActionItem]) -> str:
    """Entries as CSV, a heading first. Private and unpublished ones are left out, whatever is asked for.

    Raises:
        FieldAboveClearance: a column is not for the public.
    """
    refuse_above(ActionItem, FIELDS, FieldClass.BOARD)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["reference", "body", "meeting", *FIELDS, "overdue"])
    shown = with_reports(entries.filter(is_private=False, published_at__isnull=False))
    for entry in shown.select_related(*RELATED):
        fields = [getattr(entry, name) for name in FIELDS[:-1]]
        published = timezone.localdate(entry.published_at) if entry.published_at else ""
        meeting = str(entry.meeting) if entry.meeting else ""
        row = [entry.label, body_name(entry.body), meeting, *fields, published]
        writer.writerow([*map(cell, row), "yes" if entry.is_overdue else "no"])
    return out.getvalue()

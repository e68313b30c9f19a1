"""The probation desk, and what its tests share: addresses on it, a task's state, a photo."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from payback.models import Referral

TODAY = timezone.localdate
PATHS = [
    "", "acknowledge/", "assess/", "complete/", "officer/", "contact/", "ask/", "accept/", "refuse/", "schedule/",
    "session/", "photo/", "nothing/", "photos/00000000-0000-0000-0000-000000000001/", "sessions/00000000-0000-0000-0000-000000000001/remove/",
]  # fmt: skip


def status_of(referral) -> str:
    """The task's state now."""
    referral.refresh_from_db()
    return Referral.objects.select_related("nomination").get(pk=referral.pk).nomination.status


def address(referral, rest="") -> str:
    """On the desk."""
    return f"/desk/probation/{referral.pk}/{rest}"


def picture() -> SimpleUploadedFile:
    """A photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return SimpleUploadedFile("after.jpg", out.getvalue(), "image/jpeg")

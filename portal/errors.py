"""What an error report may say: where the code broke, and nothing of what a person typed or of what the code held."""

from __future__ import annotations

from types import FrameType
from typing import Any

from django.http import HttpRequest, QueryDict
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter


class QuietReporterFilter(SafeExceptionReporterFilter):
    """Hides form fields, cookies, queries and local variables, in every report, whatever `DEBUG` says."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """The names of the fields, with nothing in them."""
        if request is None:
            return {}
        fields = QueryDict(mutable=True)
        for name in request.POST:
            fields[name] = self.cleansed_substitute
        return fields

    def get_traceback_frame_variables(  # type: ignore[override]
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> list[tuple[str, Any]]:
        """No local variables at all."""
        return []

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        """Method and path's shape only: headers carry cookies, addresses carry tokens."""
        kept = ("REQUEST_METHOD", "SERVER_PROTOCOL", "CONTENT_TYPE", "CONTENT_LENGTH")
        return (
            {name: request.META[name] for name in kept if name in request.META}
            if hasattr(request, "META")
            else {}
        )

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        """The names of the cookies, with nothing in them."""
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute) if hasattr(request, "COOKIES") else {}


class QuietReporter(ExceptionReporter):
    """A report without the query, the files, the person and the full address."""

    def get_traceback_data(self) -> dict[str, Any]:
        """What the templates show, with everything a visitor sent taken out."""
        data = super().get_traceback_data()
        for name in ("request_GET_items", "request_FILES_items"):
            data[name] = []
        for name in ("user_str", "request_insecure_uri"):
            data[name] = ""
        return data

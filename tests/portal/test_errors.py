"""Error reports say where the code broke, and nothing of what a person sent (threats §1.2)."""

import sys

import pytest
from django.test import RequestFactory
from django.views.debug import get_exception_reporter_class, get_exception_reporter_filter

MARK = "-".join(["planted", "marker"])
"""Put together here, so that no line of source that a report shows holds it."""


def report(form: str, *, debug: bool, settings) -> str:
    settings.DEBUG = debug
    request = RequestFactory().post(
        f"/vote/?token={MARK}",
        {"choice": MARK, "password": MARK},
        headers={
            "cookie": f"snb_session={MARK}; a={MARK}",
            "x-token": MARK,
            "user-agent": MARK,
            "referer": MARK,
        },
    )
    try:
        secret = MARK
        raise RuntimeError("broken") from ValueError(len(secret))
    except RuntimeError:
        reporter = get_exception_reporter_class(request)(request, *sys.exc_info())
    return reporter.get_traceback_html() if form == "html" else reporter.get_traceback_text()


@pytest.mark.parametrize("form", ["html", "text"])
@pytest.mark.parametrize("debug", [True, False])
def test_report_holds_nothing_a_person_sent(form, debug, settings):
    """§1.2: error reports hide POST data and local variables everywhere, whatever DEBUG says."""
    text = report(form, debug=debug, settings=settings)
    assert "RuntimeError" in text
    assert "broken" in text
    assert "choice" in text
    assert MARK not in text


def test_frame_variables_are_never_given(settings):
    settings.DEBUG = True
    request = RequestFactory().post("/", {"a": "b"})
    quiet = get_exception_reporter_filter(request)
    assert list(quiet.get_traceback_frame_variables(request, sys._getframe())) == []
    assert dict(quiet.get_post_parameters(request).items()) == {"a": quiet.cleansed_substitute}
    assert quiet.get_safe_cookies(RequestFactory(headers={"cookie": "a=b"}).get("/")) == {
        "a": quiet.cleansed_substitute
    }
    assert set(quiet.get_safe_request_meta(request)) <= {
        "REQUEST_METHOD",
        "SERVER_PROTOCOL",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
    }


def test_report_without_a_request_works():
    quiet = get_exception_reporter_filter(None)
    assert quiet.get_post_parameters(None) == {}

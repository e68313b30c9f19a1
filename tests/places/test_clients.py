"""The online look-up, against a real server on this machine: off by default, asked only for what we lack."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from snb.places import clients
from snb.places.enums import PostcodeStatus
from snb.places.importers.postcodes import import_postcodes
from tests.places.conftest import BRENT, CAMDEN, HIGHGATE, row


class Service(ThreadingHTTPServer):
    """Answers every request with `status`, `body` and `headers`, and remembers what was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.status, self.body, self.headers, self.wait = 200, b"", {}, 0.0

    def says(self, data, status=200, **headers):
        """Set the answer."""
        self.body = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.status, self.headers = status, headers

    @property
    def address(self):
        """Base address."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        """Answer."""
        self.server.asked.append((self.path, dict(self.headers)))
        time.sleep(self.server.wait)
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError
        ):  # the other side need not wait for all of it
            self.send_response(self.server.status)
            for name, value in {"Content-Length": str(len(self.server.body)), **self.server.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.server.body)

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def service(settings, london):
    """A postcodes.io-compatible service, switched on."""
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.POSTCODES_API_URL = server.address
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def result(district=CAMDEN, ward=HIGHGATE, **more):
    """An answer in the service's shape."""
    return {
        "status": 200,
        "result": {"postcode": "N6 6ZZ", "codes": {"admin_district": district, "admin_ward": ward}, **more},
    }


def test_it_is_asked_for_a_postcode_we_do_not_have_and_for_nothing_else(service, file):
    import_postcodes(file([row("N6 6AA"), row("M1 1AA", "E08000003")]), quiet=True)
    service.says(result())
    assert clients.look_up_anywhere("N6 6AA").ward.pk == HIGHGATE
    assert clients.look_up_anywhere("M1 1ZZ").status == PostcodeStatus.NOT_LONDON
    assert clients.look_up_anywhere("nonsense").status == PostcodeStatus.MALFORMED
    assert service.asked == []
    answer = clients.look_up_anywhere("n66zz")
    assert (answer.status, answer.ward.pk, answer.postcode, answer.typed) == (
        PostcodeStatus.WARD,
        HIGHGATE,
        "N6 6ZZ",
        "n66zz",
    )
    [(path, headers)] = service.asked
    assert path == "/postcodes/N6%206ZZ"
    assert {"Cookie", "Referer", "Authorization"} & headers.keys() == set()


def test_off_by_default(service, settings):
    settings.POSTCODES_API_URL = ""
    service.says(result())
    assert clients.look_up_anywhere("N6 6ZZ").status == PostcodeStatus.UNKNOWN
    assert service.asked == []


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        (result(district="E09000001", ward="E05009292"), PostcodeStatus.CITY, None),
        (
            result(district="E07000111", ward="E05009960"),
            PostcodeStatus.NOT_LONDON,
            "That is not a London postcode.",
        ),
        (result(ward="E05099999"), PostcodeStatus.BOROUGH_ONLY, None),
        (result(district=BRENT), PostcodeStatus.BOROUGH_ONLY, None),
        (
            {
                "status": 404,
                "terminated": {"postcode": "AB1 0AA", "year_terminated": 1996, "month_terminated": 6},
            },
            PostcodeStatus.ENDED,
            "That postcode ended in June 1996. Choose your ward.",
        ),
        ({"status": 404, "error": "Postcode not found"}, PostcodeStatus.UNKNOWN, None),
        ({"status": 404, "terminated": {"year_terminated": "x"}}, PostcodeStatus.UNKNOWN, None),
        ({"result": {"codes": "no"}}, PostcodeStatus.UNKNOWN, None),
        ({"result": {"codes": {"admin_district": ["E09"], "admin_ward": {"a": 1}}}}, None, None),
        ({"result": [1]}, PostcodeStatus.UNKNOWN, None),
        ([], PostcodeStatus.UNKNOWN, None),
        (result(latitude="x", longitude=True, ward=None), PostcodeStatus.BOROUGH_ONLY, None),
        (b"not json", PostcodeStatus.UNKNOWN, None),
        (b"[" * 90_000, PostcodeStatus.UNKNOWN, None),
        (b"1" * 200_000, PostcodeStatus.UNKNOWN, None),
    ],
)
def test_what_the_service_says_is_read_with_care(service, data, status, message):
    service.says(data)
    answer = clients.look_up_anywhere("N6 6ZZ")
    assert status is None or answer.status == status
    assert answer.ward is None
    assert message is None or answer.message == message


def test_a_redirect_is_not_followed(service):
    other = Service()
    service.says(b"", status=302, Location=f"{other.address}/postcodes/N66ZZ")
    assert clients.look_up_anywhere("N6 6ZZ").status == PostcodeStatus.UNKNOWN
    assert (len(service.asked), other.asked) == (1, [])
    other.server_close()


def test_proxies_and_netrc_of_the_machine_are_not_used(service, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    service.says(result())
    assert clients.look_up_anywhere("N6 6ZZ").status == PostcodeStatus.WARD
    assert "Authorization" not in service.asked[0][1]


def test_a_failing_service_is_the_same_as_none(service, settings, monkeypatch):
    service.says(b"", status=500)
    assert clients.look_up_anywhere("N6 6ZZ").status == PostcodeStatus.UNKNOWN
    monkeypatch.setattr(clients, "TIMEOUT", (0.2, 0.2))
    service.says(result())
    service.wait = 1
    assert clients.look_up_anywhere("N6 6ZZ").status == PostcodeStatus.UNKNOWN
    settings.POSTCODES_API_URL = "http://127.0.0.1:1"
    assert clients.look_up_anywhere("N6 6ZZ").status == PostcodeStatus.UNKNOWN

"""One careful HTTP call."""

import ipaddress
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests.adapters
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from snb.outbox import clients
from snb.outbox.calculations import LONGEST_WAIT, backoff, retry_after
from snb.outbox.enums import Result
from snb.outbox.errors import HostNotAllowed, NoAnswer, NotReached
from tests.outbox.receiver import Receiver

pytestmark = pytest.mark.pure
BODY = b'{"reference": "r1"}'


@pytest.fixture
def receiver(settings):
    """A receiver the settings allow."""
    made = Receiver()
    settings.OUTBOUND_HOSTS = frozenset({made.host})
    yield made
    made.close()


def post(receiver, **options) -> clients.Reply:
    """POST one message."""
    return clients.call("POST", f"http://{receiver.host}/tasks", body=BODY, **options)


def test_a_call_brings_back_the_whole_answer(receiver):
    reply = post(receiver, headers={"Idempotency-Key": "k1"})
    assert (reply.status, reply.body) == (201, b"r1")
    assert receiver.posts[0]["Idempotency-Key"] == "k1"


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.faults = ["302"]
    assert clients.outcome_of(post(receiver)).result is Result.REFUSED
    assert (receiver.asked, len(receiver.posts)) == ([], 1)


@pytest.mark.parametrize(
    ("fault", "result"),
    [("503", Result.FAILED), ("500", Result.UNKNOWN), ("400", Result.REFUSED), ("", Result.ACKNOWLEDGED)],
)
def test_a_status_is_read_with_care(receiver, fault, result):
    receiver.faults = [fault]
    assert clients.outcome_of(post(receiver)).result is result


def test_retry_after_is_capped_at_an_hour(receiver):
    receiver.faults = ["503"]
    assert clients.outcome_of(post(receiver)).retry_after == timedelta(hours=1)


@pytest.mark.parametrize("fault", ["drop", "lose"])
def test_a_lost_connection_leaves_doubt(receiver, fault):
    receiver.faults = [fault]
    with pytest.raises(NoAnswer):
        post(receiver)


def test_an_answer_that_drips_ends_at_the_deadline(receiver):
    receiver.faults = ["drip"]
    began = time.monotonic()
    with pytest.raises(NoAnswer, match="Deadline"):
        post(receiver, deadline=1.0)
    assert time.monotonic() - began < 3


def test_an_answer_too_long_is_not_read(receiver):
    receiver.faults = ["huge"]
    with pytest.raises(NoAnswer, match="TooLong"):
        post(receiver)


def test_nobody_listening_means_nothing_left(receiver):
    receiver.close()
    with pytest.raises(NotReached):
        post(receiver)


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/tasks",
        "http://127.0.0.1:1/tasks",
        "http://{host}@elsewhere.example/tasks",
        "http://me:secret@{host}/tasks",
        "file:///etc/passwd",
        "ftp://{host}/tasks",
    ],
)
def test_only_hosts_of_the_settings_are_contacted(receiver, url):
    with pytest.raises(HostNotAllowed):
        clients.call("POST", url.format(host=receiver.host), body=BODY)
    assert receiver.posts == []


def test_plain_http_is_for_ones_own_machine(receiver, settings):
    settings.LOCAL = False
    with pytest.raises(HostNotAllowed):
        post(receiver)


def test_credentials_and_proxies_of_the_machine_are_not_used(receiver, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login thief password thief\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert post(receiver, headers={"Authorization": "Bearer ours"}).status == 201
    assert receiver.posts[0]["Authorization"] == "Bearer ours"


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("120", timedelta(minutes=2)),
        ("99999999999999999999", timedelta(hours=1)),
        ("Sun, 22 Nov 2026 02:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 01:00:00 GMT", timedelta()),
    ],
)
def test_retry_after_reads_seconds_and_dates(header, wait):
    assert retry_after(header, now=datetime(2026, 11, 22, 2, 0, tzinfo=UTC)) == wait


def test_backoff_doubles_to_a_limit_with_full_jitter():
    drawn = []
    most = [
        backoff(attempt, draw=lambda low, high: drawn.append(low) or high) for attempt in (1, 2, 3, 12, 500)
    ]
    assert most == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        LONGEST_WAIT,
        LONGEST_WAIT,
    ]
    assert drawn == [0.0] * 5


@pytest.fixture
def torn_tls(settings, tmp_path, monkeypatch):
    """A trusted HTTPS receiver that reads the whole request, keeps it, and then breaks the TLS stream."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "cert.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    both = tmp_path / "both.pem"
    both.write_bytes(
        pem.read_bytes()
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    listener = socket.create_server(("127.0.0.1", 0))
    kept: list[bytes] = []

    def serve():
        raw, _ = listener.accept()
        tls = context.wrap_socket(raw, server_side=True)
        data = b""
        while not data.endswith(BODY):
            data += tls.recv(65536)
        kept.append(data)
        plain = socket.socket(fileno=tls.detach())
        plain.sendall(b"\x17\x03\x03\x00\x20" + b"\x00" * 32)  # a record that does not decrypt
        plain.close()

    threading.Thread(target=serve, daemon=True).start()
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    settings.OUTBOUND_HOSTS = frozenset({host})
    yield host, kept
    listener.close()


def test_tls_that_breaks_after_the_request_left_leaves_doubt(torn_tls):
    host, kept = torn_tls
    with pytest.raises(NoAnswer):
        clients.call("POST", f"https://{host}/tasks", body=BODY)
    assert kept

"""Settings by environment: in production nothing may be missing or weak, and one sentence says what is."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from portal import environment
from portal.checks import check_demo_people, check_hosts
from portal.middleware import HostMiddleware  # noqa: F401 - the module reads the settings at import
from tests import factories as make

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
PRODUCTION = {
    "PORTAL_DOMAIN": "snb.example.org",
    "SECRET_KEY": "p" + "abcdefghijklmnopqrstuvwxyz" * 3,
    "ENCRYPTION_KEYS": f"k1:{KEY}",
    "DATABASE_URL": "postgres://snb@127.0.0.1:1/nowhere",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Portal <portal@snb.example.org>",
    "PORTAL_DEMO": "0",
}


def run(
    *arguments: str, tmp_path, stdin: str | None = None, **changes: str | None
) -> subprocess.CompletedProcess[str]:
    """`manage.py` (or Python) in a full production environment, with changes."""
    env = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(tmp_path), **PRODUCTION, **changes}
    env = {name: value for name, value in env.items() if value is not None}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        input=stdin,
        check=False,
    )


EACH_CASE = """
import json, os, sys
import csp.constants, dj_database_url, django.conf, django.utils.translation
from portal import environment
answers = []
for case in json.load(sys.stdin):
    reading, writing = os.pipe()
    if os.fork() == 0:
        for name, value in case.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        try:
            import portal.settings
            said = ""
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answers.append(pipe.read())
    os.wait()
json.dump(answers, sys.stdout)
"""
"""Reads the settings once for each case, each time in a fresh copy of a process that has imported the libraries."""


def load_settings(tmp_path, cases: list[dict[str, str | None]]) -> list[str]:
    """What reading the settings says in a production environment with each of these changes; empty where it says nothing."""
    done = run("-c", EACH_CASE, tmp_path=tmp_path, stdin=json.dumps(cases))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_full_production_environment_passes_check_deploy(tmp_path):
    """Issue 2 §1: there `check --deploy` is clean."""
    (tmp_path / "build").mkdir()
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", tmp_path=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), (
        done.stderr
    )


MISSING = ["SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"]
MALFORMED = [
    ("PORTAL_DOMAIN", "snb.example.org:8000"),
    ("PORTAL_DOMAIN", "https://snb.example.org"),
    ("PORTAL_DOMAIN", "localhost"),
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "a" * 60),
    ("ENCRYPTION_KEYS", "nokey"),
    ("ENCRYPTION_KEYS", "k1:dG9vIHNob3J0"),
    ("ENCRYPTION_KEYS", f"k1:{KEY},k1:{KEY}"),
    ("DATABASE_URL", "sqlite:////tmp/x.sqlite3"),
    ("DATABASE_URL", "mysql://x@y/z"),
    ("DATABASE_URL", "nonsense"),
    ("REDIS_URL", "http://127.0.0.1"),
    ("EMAIL_URL", "mail.example.org"),
    ("EMAIL_URL", "smtp://mail.example.org:port"),
    ("PORTAL_DEMO", "1"),
    ("PORTAL_DEMO", "perhaps"),
    ("PORTAL_BENCH", "1"),
    ("PORTAL_PROCESSES", "0"),
    ("PORTAL_PROCESSES", "many"),
    ("WEB_CONCURRENCY", "-1"),
    ("SECURITY_CONTACT", "somebody"),
    ("POSTCODES_API_URL", "http://postcodes.example"),
]


def test_missing_value_stops_production_with_one_sentence_that_names_it(tmp_path):
    """Issue 2 §1. The complete environment is read without a word."""
    complete, *said = load_settings(tmp_path, [{}, *({name: None} for name in MISSING)])
    assert complete == ""
    assert [sentence.split(" is missing")[0] for sentence in said] == [
        f"ImproperlyConfigured: {name}" for name in MISSING
    ]


def test_malformed_value_stops_production_with_one_sentence_that_names_it(tmp_path):
    said = load_settings(tmp_path, [{name: value} for name, value in MALFORMED])
    quiet = [
        (case, sentence)
        for case, sentence in zip(MALFORMED, said, strict=True)
        if not sentence.startswith("ImproperlyConfigured: ") or case[0] not in sentence or "\n" in sentence
    ]
    assert quiet == []


def test_more_than_one_process_needs_redis(tmp_path):
    """§3.2 and design §9: limits and live pages are shared through Redis, or there is one process."""
    local: dict[str, str | None] = {"PORTAL_DOMAIN": None, "DATABASE_URL": None, "EMAIL_URL": None}
    for name in ("PORTAL_PROCESSES", "WEB_CONCURRENCY"):
        without, alone, shared = load_settings(
            tmp_path,
            [
                {**local, "REDIS_URL": None, name: "2"},
                {**local, "REDIS_URL": None, name: "1"},
                {**local, name: "2"},
            ],
        )
        assert "REDIS_URL is missing" in without
        assert (alone, shared) == ("", "")


def test_gunicorn_with_two_workers_and_no_redis_says_so_and_ends(tmp_path):
    """The number of processes may come by the command line as well."""
    done = run(
        "-m", "gunicorn", "-c", "python:portal.gunicorn", "-w", "2", "-b", "127.0.0.1:0", "portal.wsgi",
        tmp_path=tmp_path, PORTAL_DOMAIN=None, DATABASE_URL=None, EMAIL_URL=None, REDIS_URL=None,
    )  # fmt: skip
    assert done.returncode != 0
    assert "The portal does not start: REDIS_URL is missing" in done.stderr


def test_production_settings_are_strict(tmp_path):
    """§2.3: cookies, HTTPS and trusted origins where the domain is public."""
    names = [
        "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_TRUSTED_ORIGINS", "DEBUG", "ALLOWED_HOSTS",
        "SECURE_REFERRER_POLICY", "PORTAL_BASE_URL",
    ]  # fmt: skip
    code = f"from portal import settings as s\nfor n in {names!r}: print(repr(getattr(s, n)))"
    done = run("-c", code, tmp_path=tmp_path)
    assert done.stdout.splitlines() == [
        "True", "63072000", "True", "'snb.example.org'", "True",
        "'Lax'", "'__Host-csrftoken'", "True", "[]", "False", "['snb.example.org', '.snb.example.org']",
        "'same-origin'", "'https://snb.example.org'",
    ]  # fmt: skip


def test_demo_people_fail_the_check_outside_a_demo(cast, settings):
    """§8.4: with demo off, `check` fails while demo accounts exist."""
    assert check_demo_people() == []
    make.UserFactory(email="chair@demo.example", is_demo=True)
    with pytest.raises(SystemCheckError, match="1 demo accounts, and PORTAL_DEMO is off"):
        call_command("check")
    assert [problem.id for problem in check_demo_people()] == ["portal.E003"]
    settings.PORTAL_DEMO = True
    assert check_demo_people() == []


def test_hosts_may_not_be_widened(settings):
    settings.ALLOWED_HOSTS = ["snb.localhost", ".snb.localhost"]  # pytest adds one of its own
    assert check_hosts() == []
    settings.ALLOWED_HOSTS = ["*"]
    assert [problem.id for problem in check_hosts()] == ["portal.E004"]


def test_secrets_file_is_private_and_written_once(tmp_path, monkeypatch):
    """§8.4: fresh secrets in an ignored file of mode 0600."""
    monkeypatch.setattr(environment, "VAR", tmp_path)
    monkeypatch.setattr(environment, "SECRETS_FILE", tmp_path / "secrets.env")
    path = environment.write_secrets_file()
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert environment.write_secrets_file().read_text() == text
    values = dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))
    monkeypatch.setenv("SECRET_KEY", values["SECRET_KEY"])
    monkeypatch.setenv("ENCRYPTION_KEYS", values["ENCRYPTION_KEYS"])
    assert len(environment.secret_key()) >= 50
    assert list(environment.encryption_keys()) == ["k1"]


@pytest.mark.parametrize("value", ["x", "-1", "70000", "1.5", "１"])
def test_number_out_of_range_is_refused(monkeypatch, value):
    monkeypatch.setenv("PORTAL_PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORTAL_PORT must be a whole number from 1 to 65535"):
        environment.number("PORTAL_PORT", 8000, least=1)

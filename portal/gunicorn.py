"""Settings of gunicorn for HTTP in production: `gunicorn -c python:portal.gunicorn portal.wsgi`."""

import os

bind = os.environ.get("PORTAL_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY") or os.environ.get("PORTAL_PROCESSES") or 1)
worker_class = "gthread"
threads = 4
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None
control_socket_disable = True
# One sentence and an end, before any worker is started: limits and live pages are shared through Redis.
os.environ["PORTAL_PROCESSES"] = str(workers)


def on_starting(server) -> None:  # type: ignore[no-untyped-def]
    """Refuse to start more processes than the settings allow, also when the number came by the command line."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ["PORTAL_PROCESSES"] = str(server.cfg.workers)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.conf import settings

    try:
        settings.PORTAL_PROCESSES  # noqa: B018 - reads the settings
    except ImproperlyConfigured as error:
        raise SystemExit(f"The portal does not start: {error}") from None

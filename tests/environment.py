"""The environment of a test run, set before Django reads its settings."""

import base64
import os
import tempfile
from pathlib import Path

os.environ.setdefault("PORTAL_VAR", tempfile.mkdtemp(prefix="snb-test-"))
os.environ.setdefault("SECRET_KEY", "test-" + "abcdefghij" * 6)
os.environ.setdefault("ENCRYPTION_KEYS", "t1:" + base64.urlsafe_b64encode(b"t" * 32).decode())
os.environ.setdefault("PORTAL_DEMO", "0")
os.environ.setdefault("PORTAL_PLAIN_STATIC", "1")
os.environ.setdefault("PORTAL_CACHE_PREFIX", f"snb-test-{os.getpid()}")
# Workers inherit the prefix of the run; in one Redis each needs its own, or they clear each other's cache.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["PORTAL_CACHE_PREFIX"] += f"-{os.environ['PYTEST_XDIST_WORKER']}"
Path(os.environ["PORTAL_VAR"], "build").mkdir(parents=True, exist_ok=True)

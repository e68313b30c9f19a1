"""A sandbox that stands for probation's system, and a provider that sends to it."""

from __future__ import annotations

import pytest

from payback.enums import Transport
from payback.management.commands.probation_sandbox import Sandbox
from tests.payback.making import CODES, make_provider


@pytest.fixture
def sandbox(tmp_path, settings):
    """The service on this machine, known to the settings as `probation`."""
    service = Sandbox(tmp_path / "projects.jsonl", slow=0.3).start()
    settings.OUTBOUND_HOSTS = frozenset({service.host})
    settings.PAYBACK_DESTINATIONS = {"probation": service.destination}
    yield service
    service.close()


@pytest.fixture
def https_provider(highgate):
    """London's provider with its codes, sending straight into its own system."""
    return make_provider(
        board=highgate.borough.board, transport=Transport.HTTPS, destination="probation", **CODES
    )

"""A provider, its officer at their desk, a stranger from another one, and a task."""

from __future__ import annotations

import pytest

from tests.payback.making import (
    make_officer,
    make_provider,
    make_referral,
)


@pytest.fixture
def provider(highgate):
    """Camden's provider, on the desk."""
    return make_provider(board=highgate.borough.board)


@pytest.fixture
def officer(provider):
    """Somebody who works there."""
    return make_officer(provider)


@pytest.fixture
def stranger(kilburn_brent):
    """Somebody of another provider."""
    return make_officer(make_provider("north", board=kilburn_brent.borough.board))


@pytest.fixture
def referral(highgate, provider):
    """A task that was handed over."""
    return make_referral(highgate, provider=provider)


@pytest.fixture
def desk(site_client, officer):
    """The officer at their desk."""
    return site_client(None, officer)

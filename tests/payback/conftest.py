"""The room's people and places, a nominator at a browser, and a sandbox that stands for probation's system."""

from __future__ import annotations

import re
from typing import Any

import pytest

from payback.enums import Status, Transport
from payback.management.commands.probation_sandbox import Sandbox
from payback.models import Nomination
from snb.places.models import Postcode
from tests.payback import making
from tests.payback.making import CODES, make_provider

ADDRESS = "/payback/nominate/"


@pytest.fixture(autouse=True)
def no_limits_kept(db):
    """Rate limits live in the cache: each test begins without any."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def postcode(highgate):
    """A postcode of the ward, with its point."""
    return Postcode.objects.create(
        postcode="N65HX", ward=highgate, borough_code=highgate.borough_id, latitude=51.5712, longitude=-0.1467
    )


@pytest.fixture
def provider(camden):
    """A provider with a contract for Camden, that works on the desk."""
    return making.make_provider(board=camden)


@pytest.fixture
def screeners(camden):
    """Two people who screen for Camden, with a second factor where a client asks for it."""
    return [
        making.make_screener(camden, name="Sam Screener"),
        making.make_screener(camden, name="Sylvie Screener"),
    ]


def hidden_in(page: str, address: str) -> dict[str, str]:
    """What a browser sends along unseen with the form of this address, as the page has it."""
    forms = re.findall(r'<form method="post" action=.*?</form>', page, re.DOTALL)
    form = next(form for form in forms if f'action="{address}"' in form)  # of the form, or of its button
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    found.pop("csrfmiddlewaretoken", None)
    return found


class Nominator:
    """Somebody who nominates in a browser, page by page."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.receipt = ""
        self.last: Any = None

    def get(self) -> str:
        """The page one stands on."""
        self.last = self.client.get(ADDRESS)
        return self.last.content.decode()

    def post(self, step: str, **data: Any) -> Any:
        """Send a page and follow to the next."""
        self.last = self.client.post(ADDRESS, {"step": step, **data}, follow=True)
        return self.last

    def begin(self) -> str:
        """Self-check, receipt written down, first question."""
        self.post("start")
        page = self.post("self_check", helps="on", not_paid="on", no_profit="on", safe="on").content.decode()
        self.receipt = re.findall(r'class="snb-receipt">([^<]+)<', page)[0]
        self.last = self.client.post(ADDRESS, {"receipt_back": self.receipt}, follow=True)
        return self.receipt

    def tell(self, **given: dict[str, Any]) -> None:
        """Answer every question, with what is given for some of them."""
        said: dict[str, dict[str, Any]] = {
            "where": {"place": "The alley behind the shops.", "postcode": "N6 5HX"},
            "ward": {"ward": "highgate"},
            "what": {"work": "clearing", "what": "Rubbish all along the alley."},
            "who": {},
            "owner": {},
            "welfare": {},
            "access": {},
            "hazards": {},
            "tools": {},
            "when": {},
            "photos": {"go": "next"},
            "contact": {"tell": "none"},
            "harmed": {},
            "sharing": {"show": "endorsed", "screening_board": "camden"},
        }
        for step, data in said.items():
            self.post(step, **{**data, **given.get(step, {})})

    def send(self, receipt: str = "") -> Any:
        """The last button."""
        return self.post("check", receipt=receipt or self.receipt)

    @property
    def nomination(self) -> Nomination:
        """The newest one."""
        return Nomination.objects.order_by("-touched_at").first()


@pytest.fixture
def nominator(camden, highgate, postcode, site_client):
    """A nominator on Camden's site, signed in nowhere."""
    return Nominator(site_client(camden))


@pytest.fixture
def submitted(nominator):
    """A nomination as it arrives at the board."""
    nominator.begin()
    nominator.tell()
    nominator.send()
    row = nominator.nomination
    assert row.status == Status.SUBMITTED
    return row


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

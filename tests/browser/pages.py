"""Each kind of page once. A new kind of page is a line here, and then every test of this folder walks it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Kind:
    """A kind of page: where one stands, who may see it, how it answers."""

    name: str
    site: str
    path: str
    email: str = ""
    status: int = 200

    def __str__(self) -> str:
        return self.name


RECEIPTS = {"done": "DDDD-2222-3333-44444", "asked": "AAAA-2222-3333-44444"}
"""Receipts of nominations in the seed, to open their status pages with."""

REFERRAL = f"/desk/probation/{UUID(int=0xB1)}/"
WAITING = f"/desk/probation/{UUID(int=0xB2)}/"
NEW_REFERRALS = tuple(f"/desk/probation/{UUID(int=number)}/" for number in (0xB3, 0xB4))
NEW_TO_SCREEN = ("CP-TWA2345", "CP-TWB2345")

KINDS = [
    Kind("london home", "london", "/"),
    Kind("borough home", "camden", "/"),
    Kind("ward list", "camden", "/wards/"),
    Kind("ward", "camden", "/wards/highgate/"),
    Kind("find a ward", "camden", "/wards/find/?postcode=nonsense"),
    Kind("news", "camden", "/news/"),
    Kind("follow", "camden", "/follow/?ward=highgate"),
    Kind("follow, signed in", "camden", "/follow/", email="highgate@example.org"),
    Kind("follow London", "london", "/follow/"),
    Kind("about", "camden", "/about/"),
    Kind("help", "camden", "/help/"),
    Kind("search", "camden", "/search/?q=highgate"),
    Kind("contact", "camden", "/contact/"),
    Kind("privacy", "camden", "/privacy/"),
    Kind("accessibility", "camden", "/accessibility/"),
    Kind("attributions", "camden", "/attributions/"),
    Kind("not found", "camden", "/no-such-page/", status=404),
    Kind("sign in", "london", "/accounts/login/"),
    Kind("sign up", "london", "/accounts/signup/"),
    Kind("second step", "london", "/accounts/2fa/", email="resident@example.org"),
    Kind("sessions", "london", "/accounts/sessions/", email="resident@example.org"),
    Kind("my page", "london", "/accounts/me/", email="chair@example.org"),
    Kind("where you live", "london", "/accounts/residency/", email="resident@example.org"),
    Kind("printed code", "london", "/accounts/residency/code/", email="resident@example.org"),
    Kind("second step, first run", "london", "/accounts/second-factor/", email="chair@example.org"),
    Kind("confirm that it is you", "london", "/accounts/confirm-it-is-you/", email="resident@example.org"),
    Kind("desks", "london", "/desk/", email="chair@example.org"),
    Kind("no desks", "london", "/desk/", email="resident@example.org"),
    Kind("oversight", "london", "/oversight/", email="oversight@example.org"),
    Kind("demo inbox", "london", "/demo/inbox/"),
    Kind("people", "camden", "/desk/people/", email="chair@example.org"),
    Kind("printed codes", "camden", "/desk/codes/", email="chair@example.org"),
    Kind("vote, open", "camden", "/wards/highgate/vote/"),
    Kind("vote, not open", "camden", "/wards/frognal/vote/"),
    Kind("ward with a cancelled round", "camden", "/wards/camden-town/"),
    Kind("on the ballot", "camden", "/wards/belsize/options/now/"),
    Kind("suggest", "camden", "/wards/belsize/suggest/", email="belsize@example.org"),
    Kind("results", "camden", "/wards/frognal/results/"),
    Kind("result", "camden", "/wards/frognal/results/now/"),
    Kind("receipt look-up", "camden", "/wards/frognal/results/now/check/"),
    Kind("panel desk", "camden", "/desk/panel/belsize/", email="panel@example.org"),
    Kind("round, plan", "camden", "/desk/panel/belsize/plan/", email="panel@example.org"),
    Kind("round, moderation", "camden", "/desk/panel/belsize/now/", email="panel@example.org"),
    Kind("round, adopt", "camden", "/desk/panel/frognal/now/adopt/", email="panel@example.org"),
    Kind("meetings, desk", "camden", "/desk/meetings/", email="chair@example.org"),
    Kind("meetings, desk of a panel chair", "camden", "/desk/meetings/", email="panel@example.org"),
    Kind("meetings, what to plan", "camden", "/desk/meetings/plan/", email="chair@example.org"),
    Kind("meetings, plan", "camden", "/desk/meetings/plan/?what=board", email="chair@example.org"),
    Kind("meetings, rules", "camden", "/desk/meetings/rules/", email="chair@example.org"),
    Kind("meeting, published", "camden", "/desk/meetings/published/", email="chair@example.org"),
    Kind("meeting, draft", "camden", "/desk/meetings/draft/", email="chair@example.org"),
    Kind("meeting, cancelled", "camden", "/desk/meetings/cancelled/", email="chair@example.org"),
    Kind("meeting, agenda", "camden", "/desk/meetings/draft/agenda/", email="secretary@example.org"),
    Kind("meeting, papers", "camden", "/desk/meetings/published/papers/", email="secretary@example.org"),
    Kind("meeting, move", "camden", "/desk/meetings/published/move/", email="chair@example.org"),
    Kind("meeting, cancel", "camden", "/desk/meetings/published/cancel/", email="chair@example.org"),
    Kind("meeting, London", "london", "/desk/meetings/", email="oversight@example.org"),
    Kind("questions to a meeting", "camden", "/meetings/questions-night/questions/"),
    Kind("questions, over", "camden", "/meetings/questions-held/questions/"),
    Kind("ask to speak", "camden", "/meetings/questions-night/speak/"),
    Kind(
        "questions at the table",
        "camden",
        "/desk/meetings/questions-night/questions/",
        email="chair@example.org",
    ),
    Kind("meetings", "camden", "/meetings/"),
    Kind("meetings in London", "london", "/meetings/"),
    Kind("meeting", "camden", "/meetings/published/"),
    Kind("meeting, called off", "camden", "/meetings/cancelled/"),
    Kind("minutes, draft", "camden", "/meetings/waiting/minutes/"),
    Kind("minutes, corrected", "camden", "/meetings/approved/minutes/"),
    Kind("minutes, earlier version", "camden", "/meetings/approved/minutes/1/"),
    Kind("minutes, taken off", "camden", "/meetings/taken-off/minutes/1/"),
    Kind("minutes desk, taken off", "camden", "/desk/meetings/taken-off/minutes/", email="chair@example.org"),
    Kind("minutes desk, nothing yet", "camden", "/desk/meetings/due/minutes/", email="secretary@example.org"),
    Kind("minutes desk, draft", "camden", "/desk/meetings/drafted/minutes/", email="chair@example.org"),
    Kind("minutes desk, approved", "camden", "/desk/meetings/approved/minutes/", email="chair@example.org"),
    Kind("minutes, write", "camden", "/desk/meetings/due/minutes/write/", email="secretary@example.org"),
    Kind("minutes, approve", "camden", "/desk/meetings/waiting/minutes/approve/", email="chair@example.org"),
    Kind(
        "minutes from Word",
        "camden",
        "/desk/meetings/due/minutes/word/00000000-0000-0000-0000-000000000001/",
        email="secretary@example.org",
    ),
    Kind("payback, which borough", "london", "/payback/"),
    Kind("payback, London's figures", "london", "/payback/figures/"),
    Kind("payback, tasks", "camden", "/payback/"),
    Kind("payback, none yet", "brent", "/payback/"),
    Kind("payback, map", "camden", "/payback/map/"),
    Kind("payback, task", "camden", "/payback/tasks/CP-SHOWN23/"),
    Kind("payback, task in silence", "camden", "/payback/tasks/CP-SENT234/"),
    Kind("payback, words taken off", "camden", "/payback/tasks/CP-NXTED23/"),
    Kind("payback, words hidden", "camden", "/payback/tasks/CP-HDDEN23/"),
    Kind("payback, figures", "camden", "/payback/figures/"),
    Kind("probation, desk", "london", "/desk/probation/", email="officer@example.org"),
    Kind("probation, task", "london", REFERRAL, email="officer@example.org"),
    Kind("probation, task that waits", "london", WAITING, email="officer@example.org"),
    Kind("probation, refuse", "london", f"{WAITING}refuse/", email="officer@example.org"),
    Kind("probation, session", "london", f"{REFERRAL}session/", email="officer@example.org"),
    Kind("probation, officer", "london", f"{REFERRAL}officer/", email="officer@example.org"),
    Kind("probation, sheet", "london", "/desk/probation/sheet/", email="officer@example.org"),
    Kind("screening, queue", "camden", "/desk/payback/", email="screener@example.org"),
    Kind("screening, queue of the chair", "camden", "/desk/payback/", email="chair@example.org"),
    Kind(
        "payback, yearly consultation", "camden", "/desk/payback/consultation/", email="screener@example.org"
    ),
    Kind("screening, take on", "camden", "/desk/payback/CP-WAJTS23/", email="screener@example.org"),
    Kind("screening, one", "camden", "/desk/payback/CP-SCREEN2/", email="screener@example.org"),
    Kind("screening, decided", "camden", "/desk/payback/CP-SENT234/", email="screener@example.org"),
    Kind("screening, words taken off", "camden", "/desk/payback/CP-NXTED23/", email="screener@example.org"),
    Kind("screening, words to look at", "camden", "/desk/payback/CP-HDDEN23/", email="screener@example.org"),
    Kind(
        "screening, words of one's own", "camden", "/desk/payback/CP-HDDEN23/", email="screener2@example.org"
    ),
    Kind("action log", "camden", "/meetings/actions/"),
    Kind("action log, chosen", "camden", "/meetings/actions/?kind=recommendation"),
    Kind("action log, empty", "brent", "/meetings/actions/"),
    Kind("action, overdue", "camden", "/meetings/actions/00000000-0000-0000-0000-0000000000a1/"),
    Kind("attendance of a year", "camden", "/meetings/attendance/"),
    Kind("action log, desk", "camden", "/desk/meetings/actions/", email="chair@example.org"),
    Kind("action, enter", "camden", "/desk/meetings/actions/enter/board/", email="chair@example.org"),
    Kind(
        "action, update",
        "camden",
        "/desk/meetings/actions/00000000-0000-0000-0000-0000000000a1/",
        email="chair@example.org",
    ),
    Kind("attendance, room", "camden", "/desk/meetings/in-the-room/attendance/", email="chair@example.org"),
    Kind("attendance, desk", "camden", "/desk/meetings/attendance/", email="chair@example.org"),
    Kind("decisions", "camden", "/desk/meetings/in-the-room/decisions/", email="chair@example.org"),
    Kind("sign out", "london", "/accounts/logout/", email="resident@example.org"),
    Kind("packs", "camden", "/desk/meetings/published/pack/", email="chair@example.org"),
    Kind("pack", "camden", "/desk/meetings/published/packs/1/", email="chair@example.org"),
]

"""Hostile requests, drawn from a seeded generator: the list of threats §8.7 and what servers have met since."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from urllib.parse import quote

from django.urls import get_resolver

NUL, SURROGATE, HUGE, LONG = "%00", "%ED%A0%80", "9" * 25, "a" * 5000
WORDS = [
    "1", "0", "-1", "2", "highgate", "news", "NW1 8AB", "nw1", "x", "", " ", "%20", "%C3%A9", "%F0%9F%92%A9", "%FF%FE", "%25", "%2F", "..",
    "%2e%2e%2f", "<script>", "'", "%27%20OR%201=1--", "{{7*7}}", "%0d%0aX: y", "\u202e", "١٢٣", "1e9", "NaN", "0x10", "true", "[]",
    "00000000-0000-0000-0000-000000000000", "a.pdf", "2025", "99999", "2025-02-30", NUL, f"a{NUL}b", SURROGATE, f"x{SURROGATE}y", HUGE,
    f"-{HUGE}", "9223372036854775807", "9223372036854775808", "-9223372036854775809", LONG, "%", "%ZZ", "%u0041", "http://evil.example/",
    "//evil.example", "javascript:alert(1)", "\t", "+", "a" * 255, "a" * 256,
]  # fmt: skip
NAMES = [
    "page", "q", "postcode", "ward", "next", "year", "month", "to", "email", "password", "code", "name", "login", "method", "kind", "board",
    "csrfmiddlewaretoken", "id", "ids", "action", "format", "sort", "x[]", "__proto__", "", "%00", "a" * 300,
]  # fmt: skip
HOSTS = [
    "user@camden.snb.localhost", "user:word@snb.localhost:8000", "camden.snb.localhost:0", "camden.snb.localhost:99999999999999999999",
    "camden.snb.localhost.", "CAMDEN.snb.localhost:8000", "camden.snb.localhost:", "[::1]:8000", "", "evil.example", "a" * 300,
    "camden.snb.localhost\x00", "snb.localhost, camden.snb.localhost", "*.snb.localhost", "xn--a.snb.localhost", "\u212aamden.snb.localhost",
]  # fmt: skip
METHODS = (
    ["GET"] * 8
    + ["POST"] * 8
    + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "X" * 50]
)
HEADERS = {
    "HTTP_X_FORWARDED_HOST": ["evil.example", "a,b", "\x00"],
    "HTTP_X_FORWARDED_PROTO": ["https", "https,http", "x"],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4", "::1", "unknown", "a" * 1000, "1.2.3.4, , x"],
    "HTTP_ACCEPT_LANGUAGE": ["fr", "x" * 600, "en;q=9", "*", "en-GB-oed,;;;", "zh-\x00"],
    "HTTP_ACCEPT": ["*/*", "text/html;q=x", ",", "a" * 2000, "application/json"],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=0", "gzip;;q=1", "\x00"],
    "HTTP_IF_NONE_MATCH": ["*", '"', 'W/"x', "\x00", '"' * 500],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Sun, 99 Foo 99999 99:99:99 GMT", "0"],
    "HTTP_RANGE": ["bytes=0-", "bytes=9-1", "bytes=" + HUGE, "x"],
    "HTTP_COOKIE": ["x", "=;=", 'snb_session="a\\000bcdefgh"', "snb_session=" + "a" * 4000, "django_language=xx", "django_language=\x00",
                    "csrftoken=x", "messages=x", 'messages="\\012"', "sessionid=\ud800".encode("utf-8", "surrogatepass").decode("latin1")],
    "HTTP_REFERER": ["http://[", "x", "//", "http://evil.example/%00", "\x00"],
    "HTTP_ORIGIN": ["null", "http://[", "https://evil.example", "x" * 500],
    "HTTP_HX_REQUEST": ["true", "x"],
    "HTTP_HX_CURRENT_URL": ["http://[", "%ZZ", "\x00", "http://snb.localhost:x/"],
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ["true"],
    "HTTP_AUTHORIZATION": ["Basic x", "Bearer \x00", "x" * 3000],
    "HTTP_USER_AGENT": ["", "\x00", "\xff", "a" * 9000],
    "CONTENT_LENGTH": ["-1", "x", "", HUGE],
    "HTTP_TRANSFER_ENCODING": ["chunked"],
    "REMOTE_ADDR": ["", "unix:", "::1%lo"],
}  # fmt: skip
BOUNDARY = "b" * 10
TYPES = [
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\xe9",
    "multipart/form-data; boundary=" + "b" * 300,
    f"multipart/form-data; boundary={BOUNDARY}; charset=utf-7",
    f'multipart/form-data; boundary="{BOUNDARY}',
    "multipart/mixed; boundary=x",
    "application/x-www-form-urlencoded; charset=nonsense",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=idna",
    "application/json",
    "application/json; charset=utf-7",
    "text/plain",
    "",
    "/",
    "a" * 500,
]


@dataclass
class Attack:
    """One request, as the test client's `generic` takes it."""

    method: str
    path: str
    query: str
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    what: str = ""

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.method} {self.path[:200]}?{self.query[:200]} {self.content_type[:80]!r} {self.body[:200]!r} "
            f"{ {name: value[:80] for name, value in self.headers.items()} }"
        )


def routes(urlconf: str, *, without: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Every address of a urlconf as a template with the names of its parts, those under `without` left out."""
    found: dict[str, list[str]] = {}
    resolver = get_resolver(urlconf)
    names = resolver.reverse_dict
    for key in list(names):
        for possibilities, *_ in names.getlist(key):
            for template, parts in possibilities:
                if not template.startswith(without):
                    found["/" + template] = list(parts)
    return sorted(found.items())


class Generator:
    """Draws attacks on a list of routes, the same ones for the same seed."""

    def __init__(self, seed: int, places: list[tuple[str, list[str]]]) -> None:
        self.random = random.Random(seed)
        self.places = places

    def draw(self) -> Attack:
        """One request: an honest address with one or two things wrong."""
        pick = self.random
        template, parts = pick.choice(self.places)
        path = template % {name: pick.choice(WORDS) for name in parts}
        if pick.random() < 0.08:
            path = pick.choice(
                [
                    "/" + pick.choice(WORDS),
                    path + pick.choice(WORDS),
                    path + "/" * 50,
                    "//" + path,
                    path.upper(),
                ]
            )
        attack = Attack(pick.choice(METHODS), path, "", b"", "application/octet-stream")
        for act in pick.sample(
            [self.query, self.form, self.multipart, self.header, self.host, self.json],
            k=pick.choice([1, 1, 2, 3]),
        ):
            act(attack)
        return attack

    def pairs(self, most: int = 6) -> str:
        """Fields as a browser, or somebody else, would send them."""
        pick = self.random
        kind = pick.random()
        if kind < 0.05:
            return "&".join(f"f{number}={number}" for number in range(1001))
        if kind < 0.1:
            return "&".join(["page=1"] * 50)
        if kind < 0.13:
            return f"{pick.choice(NAMES)}=" + "a" * 100_000
        return "&".join(f"{pick.choice(NAMES)}={pick.choice(WORDS)}" for _ in range(pick.randint(1, most)))

    def query(self, attack: Attack) -> None:
        """A query nobody asked for."""
        # A server hands the bytes of the query on as Latin-1.
        attack.query = self.pairs().encode("utf-8", "surrogatepass").decode("latin1")
        attack.what += "query "

    def form(self, attack: Attack) -> None:
        """A form with strange fields."""
        attack.method, attack.content_type = "POST", "application/x-www-form-urlencoded"
        attack.body = self.pairs(20).encode("utf-8", "surrogatepass")
        attack.what += "form "
        if self.random.random() < 0.03:
            attack.body = b"a=" + b"b" * (3 * 1024 * 1024)
        if self.random.random() < 0.1:
            attack.content_type = self.random.choice(TYPES)

    def multipart(self, attack: Attack) -> None:
        """An upload with a broken envelope."""
        pick = self.random
        attack.method, attack.content_type, attack.what = (
            "POST",
            f"multipart/form-data; boundary={BOUNDARY}",
            attack.what + "multipart ",
        )
        lines = []
        for _ in range(pick.randint(0, 5)):
            name = (
                quote(pick.choice(NAMES))
                if pick.random() < 0.5
                else pick.choice(["a\x00", 'a"b', "é", "\r\n", "file", "image"])
            )
            extra = pick.choice(
                [
                    "",
                    '; filename="a.png"',
                    '; filename="../../a\x00.pdf"',
                    '; filename=""',
                    "; filename*=utf-8''%ff",
                    ";;;=",
                ]
            )
            lines.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n')
            lines.append(
                pick.choice(
                    [
                        "",
                        "Content-Transfer-Encoding: base64\r\n",
                        "Content-Type: text/plain; charset=x\r\n",
                        ":\r\n",
                    ]
                )
            )
            lines.append(f"\r\n{pick.choice(WORDS)}\r\n")
        lines.append(
            pick.choice([f"--{BOUNDARY}--\r\n", f"--{BOUNDARY}", "", "--wrong--\r\n", f"--{BOUNDARY}--" * 20])
        )
        attack.body = "".join(lines).encode("utf-8", "surrogatepass")
        if pick.random() < 0.4:
            attack.content_type = pick.choice(TYPES)

    def json(self, attack: Attack) -> None:
        """JSON that is none, or too much of it."""
        attack.method, attack.content_type, attack.what = "POST", "application/json", attack.what + "json "
        attack.body = self.random.choice(
            [
                b"{",
                b'"\\ud800"',
                b"[" * 5000,
                b'{"a": 1e999}',
                b"\x00",
                b"\xff",
                b'{"id": ' + HUGE.encode() + b"}",
            ]
        )

    def header(self, attack: Attack) -> None:
        """Headers from elsewhere."""
        for name in self.random.sample(list(HEADERS), k=self.random.randint(1, 4)):
            attack.headers[name] = self.random.choice(HEADERS[name])
        attack.what += "header "

    def host(self, attack: Attack) -> None:
        """A host that is nobody's, or nearly somebody's."""
        attack.headers["HTTP_HOST"] = self.random.choice(HOSTS)
        attack.what += "host "

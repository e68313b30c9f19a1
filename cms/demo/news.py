"""Demo news: fictional, marked as such, with pictures drawn here. Called once for each board by the demo's loader."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw
from wagtail.models import Page, Site

from cms.models import NewsIndexPage, NewsPage, PortalImage
from snb.audit.actions import move_epoch
from snb.boards.models import Board
from snb.places.models import Ward

FULL = ("camden", "brent", "lewisham")
"""The boroughs whose demo is full of life; the others are open and tidy."""
MARK = "This is demo news: the people and the events are made up."
COLOURS = {
    "river": ("#0b5a50", "#e3efea"),
    "moss": ("#46581b", "#ecf0dd"),
    "canal": ("#1b5278", "#e3edf4"),
    "heather": ("#5b3f85", "#eee9f5"),
    "plum": ("#7a2f5f", "#f5e7ef"),
    "clay": ("#8a4320", "#f7eae2"),
    "ochre": ("#70520c", "#f5eedb"),
    "slate": ("#434c82", "#e9ebf6"),
}


@dataclass(frozen=True)
class Story:
    """One article: how many days ago, and in which of the borough's wards (by order of name; None for the borough)."""

    slug: str
    title: str
    intro: str
    text: tuple[str, ...]
    days_ago: int
    ward: int | None = None
    picture: str = ""
    quote: tuple[str, str] | None = None
    points: tuple[str, ...] = ()
    notice: str = ""


STORIES: tuple[Story, ...] = (
    Story(
        "lights-back-on",
        "The lights are back on in {ward}",
        "Fourteen street lamps on the path to the station were mended within three weeks of the ward panel asking.",
        (
            "In September the panel of {ward} heard from a dozen neighbours about the dark path between the flats and the "
            "station. The ward’s officers walked it with the council’s lighting engineer the same week.",
            "Fourteen lamps were out. All are working now, and the hedge that hid the last two has been cut back. The officers "
            "will count again in January, when the evenings are longest.",
        ),
        6,
        ward=0,
        picture="Pattern of hexagons with a row of small lights.",
        quote=(
            "I walk home that way again. It sounds like a small thing until you are the one walking.",
            "A neighbour, at the panel",
        ),
    ),
    Story(
        "priorities-autumn",
        "What residents want officers to work on this autumn",
        "Speeding, bike theft and a quieter high street came up most often at the ward panels’ autumn meetings.",
        (
            "The ward panels have met and agreed three priorities each. Every one says what will be done, by whom and by when, "
            "and the officers report back to the panel in three months.",
            "Most wards chose something about traffic. Half chose theft of bikes or from cars, and seven asked for more patrols "
            "on the high street on Friday and Saturday nights.",
        ),
        13,
        points=(
            "Traffic and speeding: fourteen wards",
            "Theft of bikes and from cars: ten wards",
            "High street at night: seven wards",
        ),
    ),
    Story(
        "open-meeting",
        "Come to the board’s open meeting",
        "The winter meeting is for everyone. Hear what the police did about the last priorities, and ask your own question.",
        (
            "The board meets at the town hall from 7pm to 9pm. The first hour is for the police’s report and for yours: anyone who "
            "lives or works in {borough} may speak for three minutes.",
            "There is step-free access, a hearing loop and a quiet room. Tell us a week before if you need an interpreter or a "
            "British Sign Language interpreter and we will arrange one.",
        ),
        17,
        picture="Pattern of hexagons around an empty space.",
        notice="Please register to speak a day before, through the contact page.",
    ),
    Story(
        "bike-marking",
        "Three hundred bikes marked in one Saturday",
        "Volunteers and officers marked 312 bikes outside the library in {ward}. There will be another day in spring.",
        (
            "The queue reached the corner by ten. Marking takes five minutes: a number is stuck to the frame and goes on the "
            "national register, so that a bike that turns up can be given back.",
            "Two people found that the bike they had bought second hand was on the register as stolen. Both have since been "
            "reunited: one with the bike, one with their money.",
        ),
        24,
        ward=3,
        picture="Pattern of round and six-sided tiles.",
    ),
    Story(
        "panel-needs-you",
        "{ward} ward panel has three free places",
        "The panel would like to hear from people under 25, from private renters and from anyone who works nights.",
        (
            "The panel meets four times a year for an hour and a half. Members look at what neighbours said, at the figures, and "
            "at what officers did; then they agree what comes next.",
            "You need not know anything about policing. If you can tell the panel what it is like to live in {ward} at two in the "
            "morning, it would like to hear from you.",
        ),
        31,
        ward=5,
        quote=(
            "I thought they would all be experts. They are people from my street.",
            "A member who joined last year",
        ),
    ),
    Story(
        "stop-and-search",
        "Residents watched body-worn film of twenty searches",
        "The stop and search monitoring group looked at a random sample. It thought four could have been handled better.",
        (
            "Members watched the film of twenty searches picked by chance. In sixteen the officer explained why, what would "
            "happen and how to get a record. In four something was missing, most often the reason in plain words.",
            "The group has asked that officers carry a card with the explanation in six languages, and will look again in March.",
        ),
        38,
        picture="Pattern of overlapping rings.",
    ),
    Story(
        "payback-garden",
        "Community Payback clears the garden behind the library",
        "Four days of unpaid work turned a fly-tipped corner of {ward} into a place to sit. Neighbours had put it forward.",
        (
            "The corner had been a dumping ground for years. Residents nominated it, the board passed it on, and people doing "
            "unpaid work as part of a sentence cleared eleven skips of rubbish.",
            "The primary school has planted bulbs. The council has moved the camera so that it sees the gate.",
        ),
        46,
        ward=8,
        picture="Pattern of green tiles with one warm one.",
    ),
    Story(
        "custody-volunteers",
        "Could you visit a police station unannounced?",
        "Independent custody visitors see how people are held. The borough’s panel is looking for four new volunteers.",
        (
            "Visitors come in pairs, at any hour and without notice. They ask people in the cells whether they have been told their "
            "rights, are warm and fed, and have seen a nurse if they need one. What they find goes to the custody inspector.",
            "You must be over 18, live or work in London, and be able to give about three hours a month. Training is given.",
        ),
        55,
        points=("About three hours a month", "Travel is paid", "Full training and a mentor"),
    ),
    Story(
        "victims-evening",
        "What victims told the board",
        "Twenty-two people came to an evening for victims of crime. The board has sent five questions to the police.",
        (
            "Most said the first officer was kind. Most also said that the next thing they heard was nothing. The board has asked "
            "for a date by which everyone who reports a crime is told what happens next.",
            "The answers are due at the next meeting, and will be on this site whatever they are.",
        ),
        64,
        quote=(
            "I did not need it solved. I needed somebody to ring me back.",
            "A resident who had been burgled",
        ),
    ),
    Story(
        "school-run",
        "A calmer school run in {ward}",
        "Speeds outside two schools fell after eight weeks of checks by residents and officers together.",
        (
            "Twelve residents learnt to use the speed gun. With an officer beside them they stood at the crossing for sixteen "
            "mornings and wrote to every driver above 24 miles an hour.",
            "In the first week one driver in five was too fast. In the last week it was one in eleven. The panel has asked the "
            "council for a raised crossing.",
        ),
        78,
        ward=11,
        picture="Pattern of stripes and hexagons like a crossing.",
    ),
    Story(
        "young-voices",
        "Young people’s forum sets its own questions",
        "Thirty pupils from five schools met officers for pizza and hard questions. They will meet every term.",
        (
            "They asked why officers stop the same boys twice, who to tell about a fight that is being planned, and whether "
            "anybody reads what they write in surveys. The sergeant answered all of it, some of it twice.",
            "The forum will have two seats on the board from January.",
        ),
        91,
        picture="Pattern of bright, uneven tiles.",
    ),
    Story(
        "fund-recommended",
        "Six projects recommended for the board’s fund",
        "Boxing, bystander training and a repair café for bikes: the board has sent six projects to the Mayor’s Office.",
        (
            "Twenty-three groups applied. Members with a link to a group left the room while it was talked about. The board "
            "recommends; the Mayor’s Office decides, and the decisions will be published here.",
            "Groups that were not recommended have been told why and can apply again in spring.",
        ),
        110,
        points=(
            "Bike repair café",
            "Bystander training for shop staff",
            "Boxing on Friday nights",
            "Three more",
        ),
    ),
    Story(
        "night-walk",
        "A night walk through {ward}",
        "Women from two estates walked the ward with officers and the council, and wrote down where they would not walk alone.",
        (
            "The list had nineteen places. Nine were about lighting, four about sight lines, and six about people who hang around "
            "one doorway. Each now has a name and a date beside it.",
        ),
        140,
        ward=14,
        picture="Pattern of dark tiles with a moon.",
    ),
    Story(
        "year-in-figures",
        "The board’s year on one page",
        "Five meetings, four of them open to all, forty-one questions to the police and thirty-eight answers.",
        (
            "The three questions without an answer are at the top of the next agenda. Fifteen wards have a working panel all "
            "year round; the board has asked the police for a plan for the rest.",
        ),
        380,
    ),
)

WELCOME = Story(
    "welcome",
    "{borough}’s new site is open",
    "Find your ward, see what is going on where you live, and tell the board what matters to you.",
    (
        "Every ward in {borough} has its own page here. Put in your postcode, or choose your ward on the map of hexagons.",
        "News of the board and of the ward panels will follow. If something is wrong or hard to use, please tell us through the "
        "contact page.",
    ),
    3,
)
LONDON_WELCOME = Story(
    "welcome",
    "All 32 boards are online",
    "Every London borough’s Safer Neighbourhood Board now has its own site, with a page for each of the city’s 679 wards.",
    ("Choose your borough on the front page, or put in your postcode to go straight to your ward.",),
    3,
)


def load_news(board: Board | None) -> int:
    """Publish a board's demo news (London's own for None); what is there already stays. Returns how many are new."""
    if board is None:
        home = Site.objects.get(hostname=settings.PORTAL_DOMAIN).root_page
        return _load(home, None, (LONDON_WELCOME,), "")
    stories = STORIES if board.borough.slug in FULL else (WELCOME,)
    return _load(board.site.root_page, board, stories, board.code)


@transaction.atomic
def _load(home: Page, board: Board | None, stories: tuple[Story, ...], epoch: str) -> int:
    index = NewsIndexPage.objects.child_of(home).get()
    there = set(index.get_children().values_list("slug", flat=True))
    wards = list(Ward.objects.current().filter(borough=board.borough_id)) if board else []
    # Oldest first, so that the order in the tree is that of time.
    missing = [story for story in reversed(stories) if story.slug not in there]
    for story in missing:
        index.add_child(instance=_article(story, board, wards))
    if missing:
        move_epoch(epoch)
    return len(missing)


def _article(story: Story, board: Board | None, wards: list[Ward]) -> NewsPage:
    ward = wards[story.ward % len(wards)] if story.ward is not None and wards else None
    names = {"ward": ward.name if ward else "the ward", "borough": board.borough.name if board else "London"}
    now = timezone.now() - timedelta(days=story.days_ago)
    page = NewsPage(
        slug=story.slug,
        title=story.title.format(**names),
        intro=story.intro.format(**names),
        date=timezone.localdate(now),
        ward=ward,
        first_published_at=now,
        last_published_at=now,
    )
    if story.picture and board is not None:
        page.image, page.image_alt = _picture(story, board), story.picture
    block = NewsPage._meta.get_field("body").stream_block
    page.body = block.normalize(
        [(kind, block.child_blocks[kind].normalize(value)) for kind, value in _body(story, names)]
    )
    return page


def _body(story: Story, names: dict[str, str]) -> list[tuple[str, Any]]:
    body: list[tuple[str, Any]] = [("notice", {"kind": "note", "text": MARK})]
    body += [("text", f"<p>{part.format(**names)}</p>") for part in story.text]
    if story.points:
        body.append(("text", "<ul>" + "".join(f"<li>{point}</li>" for point in story.points) + "</ul>"))
    if story.quote:
        body.append(("quote", {"quote": story.quote[0], "attribution": story.quote[1]}))
    if story.notice:
        body.append(("notice", {"kind": "warning", "text": story.notice}))
    return body


def _picture(story: Story, board: Board) -> PortalImage:
    picture = PortalImage(title=f"Demo: {story.slug}", collection=board.collection, description=story.picture)
    picture.file = ContentFile(
        draw_tiles(f"{board.code} {story.slug}", COLOURS[board.accent]), name="tiles.jpg"
    )
    picture.save()
    return picture


def draw_tiles(seed: str, colours: tuple[str, str], *, width: int = 960, height: int = 540) -> bytes:
    """An abstract picture of hexagons as a JPEG; the same seed draws the same picture. Never a person or a place."""
    chance = random.Random(seed)  # noqa: S311 - decoration
    dark, light = colours
    picture = Image.new("RGB", (width, height), light)
    draw = ImageDraw.Draw(picture)
    radius = chance.choice((58, 72, 92))
    across, down = radius * 3**0.5, radius * 1.5
    shades = [_mix(light, dark, part / 10) for part in (1, 2, 3, 5, 7, 10)]
    for row in range(-1, int(height / down) + 2):
        for column in range(-1, int(width / across) + 2):
            if chance.random() < 0.22:
                continue
            x, y = (column + (row % 2) / 2) * across, row * down
            fill = "#f4b13e" if chance.random() < 0.05 else chance.choice(shades)
            draw.regular_polygon((x, y, radius - 3), n_sides=6, fill=fill, rotation=0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _mix(light: str, dark: str, part: float) -> str:
    """A colour between two, as #rrggbb."""
    pairs = zip(bytes.fromhex(light[1:]), bytes.fromhex(dark[1:]), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one, other in pairs)

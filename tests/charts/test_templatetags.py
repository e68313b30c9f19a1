"""What the tags write: valid, named, and nothing inline that the content security policy would stop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from snb.charts.enums import Tone
from snb.charts.templatetags.charts import TileFigure
from snb.places.calculations import Tile

pytestmark = pytest.mark.pure


@dataclass
class Borough:
    """What a tile map is drawn of."""

    pk: str
    name: str
    slug: str
    tiles: tuple[Tile, ...]

    def url(self, path="/"):
        """Absolute address."""
        return f"http://{self.slug}.example{path}"

    def __str__(self):
        return self.name


@dataclass
class Board:
    """The board of a site."""

    borough_id: str


OAK = Tile("E05000001", "Oak & Ash", "oak-ash", 0, 0)
ELM = Tile("E05000002", "<Elm>", "elm", 1, 0)
TOWN = Borough("E09000099", "Testham", "testham", (ELM, OAK))
SVG = "{http://www.w3.org/2000/svg}"


def render(source, **context):
    """The text of a template that has loaded the tags."""
    return Template("{% load charts %}" + source).render(Context(context))


def svg_of(text):
    """The one SVG in it, parsed: so it is well-formed too."""
    found = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(found) == 1
    return ElementTree.fromstring(found[0])


def test_large_map_has_a_named_link_for_each_ward_on_another_site():
    svg = svg_of(render("{% tile_map town %}", town=TOWN))
    assert svg.get("aria-label") == "Map of the wards of Testham"
    links = svg.findall(f"{SVG}a")
    assert [(link.get("href"), link.get("aria-label"), link.find(f"{SVG}title").text) for link in links] == [
        ("http://testham.example/wards/elm/", "<Elm>", "<Elm>"),
        ("http://testham.example/wards/oak-ash/", "Oak & Ash", "Oak & Ash"),
    ]
    assert [link.find(f"{SVG}text").text for link in links] == ["1", "2"]


def test_large_map_on_the_boroughs_own_site_links_without_host():
    text = render("{% tile_map town %}", town=TOWN, board=Board("E09000099"))
    assert [link.get("href") for link in svg_of(text).findall(f"{SVG}a")] == [
        "/wards/elm/",
        "/wards/oak-ash/",
    ]


def test_numbers_in_the_map_are_those_of_the_list_beside():
    text = render("{% tile_table town list_id='places' %}", town=TOWN)
    assert re.findall(r'<li><a[^>]*href="([^"]+)">([^<]+)</a>', text) == [
        ("http://testham.example/wards/elm/", "&lt;Elm&gt;"),
        ("http://testham.example/wards/oak-ash/", "Oak &amp; Ash"),
    ]
    assert 'id="places"' in text


def test_figures_are_told_by_label_pattern_and_words():
    figures = {"E05000001": TileFigure("2", "2 overdue", Tone.OVERDUE)}
    svg = svg_of(render("{% tile_map town figures=figures %}", town=TOWN, figures=figures))
    elm, oak = svg.findall(f"{SVG}a")
    assert oak.get("aria-label") == "Oak & Ash: 2 overdue"
    assert oak.find(f"{SVG}path").get("fill") == "url(#tiles-overdue)"
    assert oak.find(f"{SVG}text").text == "2"
    assert elm.get("aria-label") == "<Elm>: No figure"
    assert elm.find(f"{SVG}path").get("fill") == "url(#tiles-none)"
    assert elm.find(f"{SVG}text").text == "–"
    patterns = {pattern.get("id") for pattern in svg.iter(f"{SVG}pattern")}
    assert {"tiles-overdue", "tiles-none"} < patterns


@pytest.mark.parametrize("tone", list(Tone))
def test_every_tone_has_its_pattern_or_its_rule_in_the_style_sheet(tone, settings):
    css = (settings.BASE_DIR / "static/css/components/charts.css").read_text()
    svg = svg_of(
        render(
            "{% tile_map town figures=figures %}", town=TOWN, figures={OAK.code: TileFigure("1", "1", tone)}
        )
    )
    fill = svg.findall(f"{SVG}a")[1].find(f"{SVG}path").get("fill")
    if fill:
        assert fill.removeprefix("url(#").removesuffix(")") in {
            p.get("id") for p in svg.iter(f"{SVG}pattern")
        }
    else:
        assert f".snb-tile--{tone} path" in css


def test_figure_table_says_each_figure_in_words():
    figures = {"E05000001": TileFigure("2", "2 overdue", Tone.OVERDUE)}
    text = render("{% tile_table town figures=figures caption='What is late' %}", town=TOWN, figures=figures)
    assert re.findall(r'<td class="govuk-table__cell">([^<]+)</td>', text) == ["No figure", "2 overdue"]
    assert re.search(r"<caption[^>]*>\s*What is late\s*</caption>", text)


def test_without_links_the_map_is_one_picture():
    svg = svg_of(render("{% tile_map town link=False %}", town=TOWN))
    assert svg.get("role") == "img"
    assert svg.findall(f"{SVG}a") == []
    assert len(svg.findall(f"{SVG}g")) == 2


def test_skip_link_leads_past_the_hexagons():
    assert re.search(
        r'<a class="govuk-skip-link"[^>]*href="#places"', render("{% tile_map t skip_to='places' %}", t=TOWN)
    )
    assert "skip-link" not in render("{% tile_map t %}", t=TOWN)


def test_small_map_is_one_path_that_screen_readers_pass_over():
    text = render("{% tile_map town size='small' %}", town=TOWN)
    assert text == (
        '<svg class="snb-tiles-small" viewBox="-8 -9 30 18" aria-hidden="true" focusable="false">'
        '<path d="m0-8l7 4v8l-7 4-7-4v-8zm14 0l7 4v8l-7 4-7-4v-8z"/></svg>'
    )


def test_borough_without_tiles_draws_nothing():
    assert render("{% tile_map town %}", town=Borough("E09", "None", "none", ())) == ""


ROWS = [
    ("Burglary", 1230),
    ("Anti<social> behaviour around the station and the market", 412.5),
    ("Other", None, "fewer than 5"),
]
CHART = "{% bar_chart rows title='Votes by option' unit='votes' label='Option' csv_url='/votes.csv' note='In full.' %}"


def test_bars_have_the_same_figures_in_a_table():
    text = render(CHART, rows=ROWS)
    assert re.findall(r'<td class="govuk-table__cell govuk-table__cell--numeric">([^<]+)</td>', text) == [
        "1,230",
        "412.5",
        "fewer than 5",
    ]
    assert re.search(r"<caption[^>]*>Votes by option</caption>", text)
    assert re.search(
        r'<a class="govuk-link" href="/votes.csv" download>Download “Votes by option” as CSV</a>', text
    )
    assert '<p class="govuk-body-s">In full.</p>' in text


def test_bars_are_as_long_as_their_values_and_hidden_from_screen_readers():
    svg = svg_of(render(CHART, rows=ROWS))
    assert svg.get("aria-hidden") == "true"
    widths = [float(bar.get("width")[:-1]) for bar in svg.findall(f"{SVG}rect")]
    assert widths[0] / widths[1] == pytest.approx(1230 / 412.5, rel=0.001)
    words = [text.text for text in svg.findall(f"{SVG}text")]
    assert words[-2:] == ["Other", "fewer than 5"]
    assert words[-5:-2] == ["Anti<social> behaviour around", "the station and the market", "412.5"]


def test_percentages_end_at_a_hundred():
    svg = svg_of(render("{% bar_chart rows title='Trust' unit='%' %}", rows=[("2024", 97.4), ("2025", 96)]))
    assert [text.text for text in svg.findall(f"{SVG}text") if text.get("class") == "snb-bars__scale"] == [
        "0%",
        "25%",
        "50%",
        "75%",
        "100%",
    ]


def test_no_rows_say_so():
    text = render(CHART, rows=[])
    assert "There are no figures yet." in text
    assert "<svg" not in text


def test_negative_values_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="nought"):
        render(CHART, rows=[("Below", -1)])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda: render("{% tile_map t %}{% tile_table t %}", t=TOWN), id="map"),
        pytest.param(lambda: render(CHART, rows=ROWS), id="bars"),
    ],
)
def test_nothing_inline_that_the_policy_would_stop(text):
    written = text()
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", written)
    for svg in re.findall(r"<svg.*?</svg>", written, re.DOTALL):
        ElementTree.fromstring(svg)

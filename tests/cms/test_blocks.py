"""The editor's blocks: what each makes, what each refuses, and that each can be shown before it is chosen."""

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from wagtail.blocks import StructBlock

from cms.blocks import BodyBlock, HelpBlock, LinkBlock, TableBlock
from cms.models import StandingPage
from tests import factories as make

CHILDREN = [*BodyBlock().child_blocks.items(), *HelpBlock().child_blocks.items()]
LINK = {"text": "Terms", "page": None, "document": None, "url": ""}


@pytest.mark.parametrize(("name", "block"), CHILDREN, ids=[name for name, _ in CHILDREN])
def test_every_block_says_what_it_is_for_and_shows_itself(name, block):
    assert block.meta.icon not in {"", "placeholder"}
    assert str(block.label)
    assert str(block.get_description())
    assert block.is_previewable
    value = block.get_preview_value()
    context = block.get_preview_context(value)
    context |= {"page_title": "x", "bound_block": block.bind(value), "block_def": block}
    html = render_to_string(block.get_preview_template(value, context), context)
    assert "site/main.css" in html
    assert html.count("<main") == 1
    assert len(html[html.index("<main") : html.index("</main>")]) > 120


@pytest.mark.pure
def test_no_block_takes_raw_html_or_embeds():
    def kinds(block):
        yield type(block).__name__
        for child in getattr(block, "child_blocks", {}).values():
            yield from kinds(child)
        if hasattr(block, "child_block"):
            yield from kinds(block.child_block)

    found = set(kinds(BodyBlock())) | set(kinds(HelpBlock()))
    assert not found & {"RawHTMLBlock", "EmbedBlock"}
    assert BodyBlock().child_blocks["text"].features == [
        "bold",
        "italic",
        "ol",
        "ul",
        "link",
        "document-link",
    ]


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"url": "ftp://files.example.org/x"},
        {"url": "javascript:alert(1)"},
        {"url": "not an address"},
    ],
)
def test_a_link_has_one_web_address(db, link):
    block = LinkBlock()
    with pytest.raises(ValidationError):
        block.clean(block.normalize(LINK | link))


def test_a_link_with_two_targets_is_refused(camden):
    block = LinkBlock()
    with pytest.raises(ValidationError):
        block.clean(block.normalize(LINK | {"page": camden.site.root_page, "url": "https://example.org/"}))
    assert (
        block.clean(block.normalize(LINK | {"url": "https://example.org/"}))["url"] == "https://example.org/"
    )


def table(caption="Sessions", headings=("Place", "When")):
    """A table of one row."""
    columns = [{"type": "text", "heading": heading} for heading in headings]
    return {
        "table": {"columns": columns, "rows": [{"values": ["Library", "Noon"]}], "caption": caption},
        "row_headers": True,
    }


@pytest.mark.pure
@pytest.mark.parametrize(
    "value", [table(caption=" "), table(headings=("Place", ""))], ids=["no caption", "no heading"]
)
def test_a_table_without_its_words_is_refused(value):
    block = TableBlock()
    with pytest.raises(ValidationError):
        block.clean(block.to_python(value))


def test_a_table_has_a_caption_and_headers_for_columns_and_rows():
    block = TableBlock()
    html = block.render(block.clean(block.to_python(table())))
    assert '<caption class="govuk-table__caption govuk-table__caption--m">Sessions</caption>' in html
    assert html.count('scope="col"') == 2
    assert '<th class="govuk-table__header" scope="row">Library</th>' in html
    assert '<td class="govuk-table__cell">Noon</td>' in html


@pytest.mark.usefixtures("private_files")
def test_a_picture_says_what_it_shows_or_is_decoration(camden, site_client):
    image = make.make_picture(camden)
    for alt, decorative, expected in (("Roofs & sky", False, 'alt="Roofs &amp; sky"'), ("", True, 'alt=""')):
        value = {
            "picture": {"image": image, "alt_text": alt, "decorative": decorative},
            "caption": "By the station",
        }
        page = make.make_article(camden, f"Picture {decorative}", body=[("picture", value)])
        html = site_client(camden).get(f"/news/{page.slug}/").content.decode()
        assert expected in html
        assert "By the station</figcaption>" in html
    block = BodyBlock().child_blocks["picture"]
    with pytest.raises(ValidationError):
        block.clean(
            block.normalize({"picture": {"image": image, "alt_text": "", "decorative": False}, "caption": ""})
        )


def test_what_an_editor_types_is_never_markup(camden, site_client):
    evil = "<script>alert(1)</script>"
    body = [
        ("heading", evil),
        ("quote", {"quote": evil, "attribution": evil}),
        ("contact", {"name": evil, "note": evil, "email": "", "phone": "", "hours": evil, "address": evil}),
        ("notice", {"kind": "warning", "text": evil}),
        ("call_to_action", {"text": evil, "link": LINK | {"text": evil, "url": "https://example.org/"}}),
    ]
    make.make_article(camden, "Typed", intro=evil, body=body)
    html = site_client(camden).get("/news/typed/").content.decode()
    assert evil not in html
    assert html.count("&lt;script&gt;") >= 8


def test_every_stored_block_is_a_struct_the_editor_can_open_again(camden):
    for page in StandingPage.objects.all():
        for child in page.body:
            assert not isinstance(child.block, StructBlock) or child.value is not None
            child.block.clean(child.value)

"""What minutes hold that the text editor alone would lose: levels, list numbers, merged cells, languages and notes.

A note is marked in the text as `[note 1]`. The mark is plain text, so no editor can lose it; it becomes a link where
the page has a note of that number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import html as lxml_html
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.rich_text import RichText

from cms.blocks.errors import refused
from cms.blocks.pictures import PictureBlock
from cms.blocks.text import NoticeBlock, TextBlock

INLINE_FEATURES = ["bold", "italic", "link", "document-link", "superscript", "subscript", "strikethrough"]
"""What a line of minutes may hold; a converted document uses each of them."""
MINUTES_FEATURES = [*INLINE_FEATURES, "ol", "ul"]
LEVELS = [
    ("2", gettext_lazy("Section")),
    ("3", gettext_lazy("Part of a section")),
    ("4", gettext_lazy("Smaller part")),
]
LANGUAGES = [
    ("ar", gettext_lazy("Arabic")),
    ("bn", gettext_lazy("Bengali")),
    ("zh", gettext_lazy("Chinese")),
    ("fr", gettext_lazy("French")),
    ("el", gettext_lazy("Greek")),
    ("gu", gettext_lazy("Gujarati")),
    ("he", gettext_lazy("Hebrew")),
    ("hi", gettext_lazy("Hindi")),
    ("ckb", gettext_lazy("Kurdish (Sorani)")),
    ("ps", gettext_lazy("Pashto")),
    ("fa", gettext_lazy("Persian")),
    ("pl", gettext_lazy("Polish")),
    ("pt", gettext_lazy("Portuguese")),
    ("pa", gettext_lazy("Punjabi")),
    ("ro", gettext_lazy("Romanian")),
    ("so", gettext_lazy("Somali")),
    ("es", gettext_lazy("Spanish")),
    ("ta", gettext_lazy("Tamil")),
    ("tr", gettext_lazy("Turkish")),
    ("uk", gettext_lazy("Ukrainian")),
    ("ur", gettext_lazy("Urdu")),
    ("vi", gettext_lazy("Vietnamese")),
    ("cy", gettext_lazy("Welsh")),
    ("yi", gettext_lazy("Yiddish")),
    ("rtl", gettext_lazy("Another language written from right to left")),
]
"""The languages of London's leaflets and those written from right to left. “rtl” is for text whose language nobody told us."""
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "rtl", "ur", "yi"})
STYLES = [
    ("1", gettext_lazy("1, 2, 3")),
    ("a", gettext_lazy("a, b, c")),
    ("A", gettext_lazy("A, B, C")),
    ("i", gettext_lazy("i, ii, iii")),
    ("I", gettext_lazy("I, II, III")),
]
MARK = re.compile(r"\[note (\d{1,3})\]")


def language_attributes(language: str | None) -> SafeString:
    """`lang` and `dir` of text in this language, ready for a tag; nothing for English."""
    if not language:
        return mark_safe("")
    direction = format_html(' dir="{}"', "rtl" if language in RIGHT_TO_LEFT else "ltr")
    return direction if language == "rtl" else format_html(' lang="{}"{}', language, direction)


def language_field(**kwargs: Any) -> blocks.ChoiceBlock:
    """The field that asks which language something is in."""
    return blocks.ChoiceBlock(
        choices=LANGUAGES,
        required=kwargs.pop("required", False),
        label=gettext_lazy("Language"),
        help_text=kwargs.pop(
            "help_text", gettext_lazy("Leave empty for English. Screen readers change their voice for it.")
        ),
        **kwargs,
    )


class SpokenValue(blocks.StructValue):
    """A value with a language."""

    def attributes(self) -> SafeString:
        """`lang` and `dir` for the tag around it."""
        return language_attributes(self.get("language"))


class MinutesHeadingBlock(blocks.StructBlock):
    """A heading of one of three levels."""

    text = blocks.CharBlock(max_length=255, label=gettext_lazy("Heading"))
    level = blocks.ChoiceBlock(choices=LEVELS, default="2", label=gettext_lazy("Level"))
    language = language_field()

    class Meta:
        icon = "title"
        label = gettext_lazy("Heading")
        label_format = "{text}"
        description = gettext_lazy("Starts a section, or a part of one. An item of the agenda is a section.")
        template = "cms/blocks/minutes_heading_block.html"
        value_class = SpokenValue
        preview_value = {"text": gettext_lazy("3. Police report"), "level": "2", "language": ""}


class PassageBlock(blocks.StructBlock):
    """Text in another language, from right to left where that is how it is written."""

    language = language_field(
        required=True,
        help_text=gettext_lazy("Screen readers change their voice for it, and the page its direction."),
    )
    text = blocks.RichTextBlock(features=MINUTES_FEATURES, label=gettext_lazy("Text"))

    class Meta:
        icon = "globe"
        label = gettext_lazy("Text in another language")
        description = gettext_lazy("Paragraphs and lists in a language other than English.")
        template = "cms/blocks/passage_block.html"
        value_class = SpokenValue
        preview_value = {
            "language": "ur",
            "text": "<p>اگلا اجلاس جنوری میں لائبریری میں ہوگا۔ سب کا خیرمقدم ہے۔</p>",
        }


class NumberedValue(SpokenValue):
    """A list with numbers of its own."""

    def rendered(self) -> SafeString:
        """The list as the page shows it: one list, begun at its number, each level in its own kind of numbers."""
        text = self.get("text")
        tree = lxml_html.fragment_fromstring(str(text) if text else "", create_parent="div")
        _join_lists(tree)
        styles = [self.get("style") or "1", self.get("second_style") or "1", self.get("third_style") or "1"]
        for numbered in tree.iter("ol"):
            depth = sum(1 for above in numbered.iterancestors("ol"))
            style = styles[min(depth, 2)]
            if style != "1":
                numbered.set("type", style)
        first = next((numbered for numbered in tree.iterchildren("ol")), None)
        start = self.get("start")
        if first is not None and start is not None and start != 1:
            first.set("start", str(start))
        inside = "".join(lxml_html.tostring(child, encoding="unicode") for child in tree)
        return mark_safe(inside)  # noqa: S308 (the editor's own sanitised rich text with numbers set on it)


def _join_lists(tree: Any) -> None:
    """Join neighbouring lists of one kind: the editor closes a list and opens another around each part with other marks."""
    for one in list(tree.iter("ol", "ul")):
        if one.getparent() is None:
            continue
        following = one.getnext()
        while following is not None and following.tag == one.tag and not (one.tail or "").strip():
            one.extend(list(following))
            one.tail = following.tail
            following.getparent().remove(following)
            following = one.getnext()


class NumberedListBlock(blocks.StructBlock):
    """A list whose numbers matter: where it begins, and how each level is counted."""

    text = blocks.RichTextBlock(features=MINUTES_FEATURES, label=gettext_lazy("List"))
    start = blocks.IntegerBlock(
        default=1, min_value=0, max_value=9999, label=gettext_lazy("Number it begins with")
    )
    style = blocks.ChoiceBlock(choices=STYLES, default="1", label=gettext_lazy("Numbers"))
    second_style = blocks.ChoiceBlock(
        choices=STYLES, default="1", label=gettext_lazy("Numbers of the second level")
    )
    third_style = blocks.ChoiceBlock(
        choices=STYLES, default="1", label=gettext_lazy("Numbers of the third level")
    )
    language = language_field()

    class Meta:
        icon = "list-ol"
        label = gettext_lazy("Numbered list")
        description = gettext_lazy(
            "A list that does not begin with 1, or that counts with letters or Roman numbers."
        )
        template = "cms/blocks/numbered_list_block.html"
        value_class = NumberedValue
        preview_value = {
            "text": "<ol><li>Patrols after school</li><li>Better lights<ol><li>by the station</li></ol></li></ol>",
            "start": 4,
            "style": "1",
            "second_style": "a",
            "third_style": "i",
            "language": "",
        }


class MergedCellsBlock(blocks.StructBlock):
    """Cells that are one: the first of them, and how far it reaches."""

    row = blocks.IntegerBlock(min_value=1, max_value=5000, label=gettext_lazy("Row"))
    column = blocks.IntegerBlock(min_value=1, max_value=100, label=gettext_lazy("Column"))
    across = blocks.IntegerBlock(default=1, min_value=1, max_value=100, label=gettext_lazy("Columns"))
    down = blocks.IntegerBlock(default=1, min_value=1, max_value=5000, label=gettext_lazy("Rows"))

    class Meta:
        icon = "table"
        label = gettext_lazy("Merged cells")
        label_format = gettext_lazy("Row {row}, column {column}")


class MinutesTableValue(SpokenValue):
    """A table and its merged cells."""

    def covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Each cell that another one reaches over, with the place of that one; rows and columns counted from 0."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for place, (across, down) in self._reaches():
            for row in range(place[0], place[0] + down):
                for column in range(place[1], place[1] + across):
                    if (row, column) != place:
                        found[row, column] = place
        return found

    def _reaches(self) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        for merged in self.get("merged") or ():
            if all(merged.get(part) for part in ("row", "column", "across", "down")):
                yield (merged["row"] - 1, merged["column"] - 1), (merged["across"], merged["down"])

    def body(self) -> list[list[dict[str, Any]]]:
        """Rows of cells as they are shown; a merge that would hide words or leave the table is not made."""
        table = self.get("table")
        rows = list(table.rows) if table else []
        size = (len(rows), len(table.columns) if table else 0)
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        hidden: set[tuple[int, int]] = set()
        for place, (across, down) in self._reaches():
            over = {
                (row, column)
                for row in range(place[0], place[0] + down)
                for column in range(place[1], place[1] + across)
            }
            fits = place[0] + down <= size[0] and place[1] + across <= size[1]
            if not fits or over & hidden or over & spans.keys():
                continue
            if any(cell_text(rows[row][column].value) for row, column in over - {place}):
                continue
            spans[place] = (across, down)
            hidden |= over - {place}
        return [
            [
                {
                    "block": cell,
                    "is_plain": cell.block.name == "text",
                    "is_header": bool(column == 0 and self.get("row_headers")),
                    "across": spans.get((row, column), (1, 1))[0],
                    "down": spans.get((row, column), (1, 1))[1],
                }
                for column, cell in enumerate(cells)
                if (row, column) not in hidden
            ]
            for row, cells in enumerate(rows)
        ]

    def has_headings(self) -> bool:
        """Whether any column is named."""
        table = self.get("table")
        return bool(table and any(column["heading"].strip() for column in table.columns))


def cell_text(value: Any) -> str:
    """The words of a cell, to see whether there are any."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    return re.sub(r"<[^>]*>", "", source).replace("\xa0", " ").strip()


class MinutesTableBlock(blocks.StructBlock):
    """A table as documents have them: lines in cells, links, merged cells."""

    table = TypedTableBlock(
        [
            ("text", blocks.TextBlock(required=False, rows=1, label=gettext_lazy("Text"))),
            (
                "rich",
                blocks.RichTextBlock(
                    required=False,
                    features=MINUTES_FEATURES,
                    label=gettext_lazy("Text with bold, links or lists"),
                ),
            ),
        ],
        label=gettext_lazy("Table"),
    )
    row_headers = blocks.BooleanBlock(
        required=False, default=False, label=gettext_lazy("The first column names each row")
    )
    merged = blocks.ListBlock(
        MergedCellsBlock(),
        default=[],
        collapsed=True,
        label=gettext_lazy("Merged cells"),
        help_text=gettext_lazy(
            "Rows are counted from 1 below the headings. What a merged cell reaches over must be empty."
        ),
    )
    language = language_field()

    class Meta:
        icon = "table"
        label = gettext_lazy("Table")
        description = gettext_lazy(
            "Facts in rows and columns, with the merged cells of a converted document."
        )
        template = "cms/blocks/minutes_table_block.html"
        preview_template = "cms/blocks/table_preview.html"
        value_class = MinutesTableValue

    def clean(self, value: Any) -> Any:
        """A table has named columns or named rows, and its merged cells hide nothing."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        table: TypedTable | None = cleaned.get("table")
        if not table or not table.columns or not table.row_data:
            raise refused("row_headers", gettext_lazy("Add at least one column and one row to the table."))
        if not cleaned.has_headings() and not cleaned.get("row_headers"):
            raise refused(
                "row_headers",
                gettext_lazy("Give the columns headings, or say that the first column names each row."),
            )
        _check_merged(cleaned, table)
        return cleaned


def _check_merged(value: MinutesTableValue, table: TypedTable) -> None:
    taken: set[tuple[int, int]] = set()
    for place, (across, down) in value._reaches():
        row, column = place[0] + 1, place[1] + 1
        if place[0] + down > len(table.row_data) or place[1] + across > len(table.columns):
            raise refused(
                "merged",
                format_lazy(
                    gettext_lazy("The merged cell in row {row}, column {column} reaches out of the table."),
                    row=row,
                    column=column,
                ),
            )
        over = {
            (at_row, at_column)
            for at_row in range(place[0], place[0] + down)
            for at_column in range(place[1], place[1] + across)
        }
        if over & taken:
            raise refused(
                "merged",
                format_lazy(
                    gettext_lazy(
                        "The merged cell in row {row}, column {column} reaches over another merged cell."
                    ),
                    row=row,
                    column=column,
                ),
            )
        taken |= over
        for at_row, at_column in sorted(over - {place}):
            if cell_text(table.row_data[at_row]["values"][at_column]):
                raise refused(
                    "merged",
                    format_lazy(
                        gettext_lazy(
                            "The cell in row {row}, column {column} holds words, but a merged cell reaches over it. "
                            "Empty the cell or change the merged cell."
                        ),
                        row=at_row + 1,
                        column=at_column + 1,
                    ),
                )


class NoteBlock(blocks.StructBlock):
    """One note."""

    number = blocks.IntegerBlock(min_value=1, max_value=999, label=gettext_lazy("Number"))
    text = blocks.RichTextBlock(features=INLINE_FEATURES, label=gettext_lazy("Note"))

    class Meta:
        icon = "superscript"
        label = gettext_lazy("Note")
        label_format = "{number}"


class NotesBlock(blocks.StructBlock):
    """The notes to the text above."""

    heading = blocks.CharBlock(max_length=120, default=gettext_lazy("Notes"), label=gettext_lazy("Heading"))
    notes = blocks.ListBlock(NoteBlock(), min_num=1, label=gettext_lazy("Notes"))

    class Meta:
        icon = "superscript"
        label = gettext_lazy("Notes")
        description = gettext_lazy(
            "Footnotes. Write [note 1] in the text where note 1 belongs; it becomes a link."
        )
        template = "cms/blocks/notes_block.html"
        preview_value = {
            "heading": gettext_lazy("Notes"),
            "notes": [
                {"number": 1, "text": "<p>Figures of the Met's dashboard, downloaded on 4 January.</p>"}
            ],
        }

    def clean(self, value: Any) -> Any:
        """No two notes have one number."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        numbers = [note["number"] for note in cleaned["notes"]]
        if len(numbers) != len(set(numbers)):
            raise refused("heading", gettext_lazy("Two notes have the same number. Give each its own."))
        return cleaned


class MinutesBlock(blocks.StreamBlock):
    """Everything that minutes or an agenda may hold."""

    heading = MinutesHeadingBlock()
    text = TextBlock(features=MINUTES_FEATURES)
    passage = PassageBlock()
    numbered_list = NumberedListBlock()
    table = MinutesTableBlock()
    picture = PictureBlock()
    notice = NoticeBlock()
    notes = NotesBlock()

    class Meta:
        template = "cms/blocks/body_block.html"
        block_counts: ClassVar[dict[str, dict[str, int]]] = {"notes": {"max_num": 1}}

    def render(self, value: Any, context: Any = None) -> SafeString:
        """The blocks, with each mark of a note as a link to it."""
        return link_notes(super().render(value, context), note_numbers(value))

    def clean(self, value: Any) -> Any:
        """As usual; and a mark in the text has its note."""
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        numbers = note_numbers(cleaned)
        for index, child in enumerate(cleaned):
            if child.block_type == "notes":
                continue
            missing = [number for number in _marks(child) if number not in numbers]
            if missing:
                message = _(
                    "The text speaks of note %(number)s, but there is no such note. Add it, or take the mark out."
                )
                raise blocks.StreamBlockValidationError(
                    block_errors={index: ValidationError(message % {"number": missing[0]})}
                )
        return cleaned


def note_numbers(value: Any) -> frozenset[int]:
    """The numbers of all notes of these blocks."""
    return frozenset(
        note["number"]
        for child in value or ()
        if child.block_type == "notes"
        for note in child.value["notes"]
        if note["number"]
    )


def _marks(child: Any) -> list[int]:
    return [
        int(number)
        for words in child.block.get_searchable_content(child.value)
        for number in MARK.findall(str(words))
    ]


def link_notes(html: str, numbers: frozenset[int]) -> SafeString:
    """Make each mark a link to its note; the first of each number is where the note leads back to."""
    seen: set[int] = set()

    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        if number not in numbers:
            return found[0]
        place = "" if number in seen else format_html(' id="note-{}-mark"', number)
        seen.add(number)
        return format_html(
            '<sup class="snb-note-mark"><a class="govuk-link" href="#note-{}"{}>'
            '<span class="govuk-visually-hidden">{} </span>{}</a></sup>',
            number,
            place,
            _("Note"),
            number,
        )

    if not numbers or "[note " not in html:
        return mark_safe(html)  # noqa: S308 (what Wagtail's templates made)
    made: list[str] = []
    links = 0
    for part in re.split(r"(<[^>]*>)", html):
        if part.startswith("<"):
            links += part.startswith("<a ") - part.startswith("</a")
            made.append(part)
        else:
            made.append(part if links else MARK.sub(link, part))
    return mark_safe("".join(made))  # noqa: S308 (the same, with links to its own places)

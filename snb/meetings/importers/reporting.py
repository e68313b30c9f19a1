"""The report's sentences, one for each code the child writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from snb.meetings.importers.results import Finding, Report, Section, Words

SECTIONS = {
    "headings": gettext_lazy("Headings"),
    "tables": gettext_lazy("Tables"),
    "lists": gettext_lazy("Lists"),
    "pictures": gettext_lazy("Pictures"),
    "links": gettext_lazy("Links"),
    "footnotes": gettext_lazy("Footnotes"),
    "languages": gettext_lazy("Other languages"),
    "left": gettext_lazy("Not taken over as it was"),
    "removed": gettext_lazy("Removed"),
}
"""The fixed headings, in order; the words come last and are shown apart."""

COUNTED: dict[str, Callable[[int], str]] = {
    "headings.found": lambda n: ngettext("%(n)s heading was found.", "%(n)s headings were found.", n),
    "tables.found": lambda n: ngettext("%(n)s table was taken over.", "%(n)s tables were taken over.", n),
    "tables.layout": lambda n: ngettext(
        "%(n)s table only arranged the page. It is text now.",
        "%(n)s tables only arranged the page. They are text now.",
        n,
    ),
    "tables.discussion": lambda n: ngettext(
        "%(n)s table held the whole minutes with a column for actions. It is text now, with each action after what led to it.",
        "%(n)s tables held the whole minutes with a column for actions. They are text now, with each action after what led to it.",
        n,
    ),
    "tables.nested": lambda n: ngettext(
        "%(n)s table inside another table became lines of its cell.",
        "%(n)s tables inside other tables became lines of their cells.",
        n,
    ),
    "tables.merged": lambda n: ngettext("%(n)s merged cell was kept.", "%(n)s merged cells were kept.", n),
    "tables.resolved": lambda n: ngettext(
        "In %(n)s table the merged names of columns were put together, so that each column has one name.",
        "In %(n)s tables the merged names of columns were put together, so that each column has one name.",
        n,
    ),
    "lists.bullets": lambda n: ngettext(
        "%(n)s list with bullets was found.", "%(n)s lists with bullets were found.", n
    ),
    "lists.numbered": lambda n: ngettext(
        "%(n)s numbered list was found. It keeps its numbers.",
        "%(n)s numbered lists were found. They keep their numbers.",
        n,
    ),
    "lists.typed": lambda n: ngettext(
        "%(n)s list had bullets typed by hand. It is a real list now.",
        "%(n)s lists had bullets typed by hand. They are real lists now.",
        n,
    ),
    "lists.written_out": lambda n: ngettext(
        "%(n)s number that Word counted by itself is written into the text now.",
        "%(n)s numbers that Word counted by itself are written into the text now.",
        n,
    ),
    "pictures.described": lambda n: ngettext(
        "%(n)s picture came with a description. Check that it says what the picture shows.",
        "%(n)s pictures came with a description. Check that they say what the pictures show.",
        n,
    ),
    "pictures.decorative": lambda n: ngettext(
        "%(n)s picture is marked as decoration.", "%(n)s pictures are marked as decoration.", n
    ),
    "links.kept": lambda n: ngettext("%(n)s link was kept.", "%(n)s links were kept.", n),
    "links.on_picture": lambda n: ngettext(
        "%(n)s link on a picture was dropped. Add it as a link with words.",
        "%(n)s links on pictures were dropped. Add them as links with words.",
        n,
    ),
    "footnotes.kept": lambda n: ngettext(
        "%(n)s note was kept. It stands at the end, and its mark in the text leads there and back.",
        "%(n)s notes were kept. They stand at the end, and their marks in the text lead there and back.",
        n,
    ),
    "languages.known": lambda n: ngettext(
        "%(n)s part is in another language and written from right to left. It keeps its direction.",
        "%(n)s parts are in another language and written from right to left. They keep their direction.",
        n,
    ),
    "languages.unknown": lambda n: ngettext(
        "%(n)s part is written from right to left, but the document does not say in which language. Choose the language.",
        "%(n)s parts are written from right to left, but the document does not say in which language. Choose the language.",
        n,
    ),
    "boxes.moved": lambda n: ngettext(
        "The words of %(n)s text box stand in the text now, after the paragraph the box hung on. Check the order.",
        "The words of %(n)s text boxes stand in the text now, after the paragraphs the boxes hung on. Check the order.",
        n,
    ),
    "controls.found": lambda n: ngettext(
        "What was filled in at %(n)s content control is plain text now.",
        "What was filled in at %(n)s content controls is plain text now.",
        n,
    ),
    "left.drawing": lambda n: ngettext(
        "%(n)s drawing without words was not taken over.",
        "%(n)s drawings without words were not taken over.",
        n,
    ),
    "left.picture": lambda n: ngettext(
        "%(n)s picture is of a kind that web pages cannot show, so it was not taken over. Save it as PNG or JPEG and add it.",
        "%(n)s pictures are of a kind that web pages cannot show, so they were not taken over. Save them as PNG or JPEG and add them.",
        n,
    ),
    "left.huge_picture": lambda n: ngettext(
        "%(n)s picture has too many pixels for a web page and was not taken over. Make it smaller and add it.",
        "%(n)s pictures have too many pixels for a web page and were not taken over. Make them smaller and add them.",
        n,
    ),
    "left.dot": lambda n: ngettext(
        "%(n)s picture was a mere dot or line and was not taken over.",
        "%(n)s pictures were mere dots or lines and were not taken over.",
        n,
    ),
    "left.linked_picture": lambda n: ngettext(
        "%(n)s picture is not in the file, only a pointer to it. Add the picture itself.",
        "%(n)s pictures are not in the file, only pointers to them. Add the pictures themselves.",
        n,
    ),
    "left.embedded": lambda n: ngettext(
        "%(n)s file inside the document was not taken over. Publish it as a document of its own if people need it.",
        "%(n)s files inside the document were not taken over. Publish them as documents of their own if people need them.",
        n,
    ),
    "removed.authors": lambda n: ngettext(
        "The name of %(n)s person who wrote, changed or saved the file was removed.",
        "The names of %(n)s people who wrote, changed or saved the file were removed.",
        n,
    ),
    "removed.company": lambda n: ngettext(
        "The name of the company or manager was removed.",
        "The names of the company and the manager were removed.",
        n,
    ),
    "removed.dates": lambda n: ngettext(
        "%(n)s date of writing, saving or printing was removed.",
        "%(n)s dates of writing, saving or printing were removed.",
        n,
    ),
    "removed.properties": lambda n: ngettext(
        "%(n)s property of the file, such as its subject, was removed.",
        "%(n)s properties of the file, such as its subject, were removed.",
        n,
    ),
    "removed.comments": lambda n: ngettext("%(n)s comment was removed.", "%(n)s comments were removed.", n),
    "removed.insertions": lambda n: ngettext(
        "%(n)s tracked insertion was kept as text; who made it was removed.",
        "%(n)s tracked insertions were kept as text; who made them was removed.",
        n,
    ),
    "removed.deletions": lambda n: ngettext(
        "%(n)s tracked deletion was dropped.", "%(n)s tracked deletions were dropped.", n
    ),
    "removed.formatting": lambda n: ngettext(
        "The record of %(n)s change of formatting was removed.",
        "The record of %(n)s changes of formatting was removed.",
        n,
    ),
    "removed.covered": lambda n: ngettext(
        "%(n)s passage in the colour of what is behind it was removed: nobody sees it in the document. "
        "If people should read it, give it another colour in Word and convert again.",
        "%(n)s passages in the colour of what is behind them were removed: nobody sees them in the document. "
        "If people should read them, give them another colour in Word and convert again.",
        n,
    ),
    "removed.hidden": lambda n: ngettext(
        "%(n)s passage or picture that is hidden was removed. If people should see it, show it in Word and convert again.",
        "%(n)s passages or pictures that are hidden were removed. If people should see them, show them in Word and convert again.",
        n,
    ),
}
"""Findings of which there is one sentence with a number."""

TOLD = {
    "headings.title": gettext_lazy("“%(text)s” is the title. The page shows it above the text, so it is not repeated."),
    "headings.made": gettext_lazy("“%(text)s” looked like a heading and is one now."),
    "headings.level": gettext_lazy("“%(text)s” was a heading of level %(was)s and is one of level %(now)s now, so that no level is skipped."),
    "headings.none": gettext_lazy("No heading was found. Add some: screen readers use them to jump about."),
    "tables.header_kept": gettext_lazy("The table “%(text)s” has a row that names its columns."),
    "tables.header_given": gettext_lazy("In the table “%(text)s” the first row looked like the names of the columns and is now."),
    "tables.header_guessed": gettext_lazy("In the table “%(text)s” the first row was taken as the names of the columns. Check that this is right."),
    "tables.row_names": gettext_lazy("In the table “%(text)s” the first column names the rows."),
    "tables.caption": gettext_lazy("“%(text)s” is the name of a table now."),
    "tables.column_names": gettext_lazy("The names of the columns, “%(text)s”, were left out where a table became text."),
    "pictures.undescribed": gettext_lazy("%(name)s needs a description: say what it shows, or mark it as decoration."),
    "pictures.scanned": gettext_lazy(
        "This document is a picture of a page. Nobody who uses a screen reader can read it. Ask for the document that was "
        "printed, or type the words."
    ),
    "links.dropped.inside": gettext_lazy("The link “%(text)s” led to a place inside the document. Its words stay as text."),
    "links.dropped.scheme": gettext_lazy("The link “%(text)s” led neither to a website nor to an email address. Its words stay as text."),
    "links.dropped.broken": gettext_lazy("The link “%(text)s” had an address that cannot be used. Its words stay as text."),
    "links.dropped.heading": gettext_lazy("The link in “%(text)s” was dropped: headings and names of columns hold no links."),
    "links.says_nothing": gettext_lazy("The words of the link “%(text)s” to %(address)s do not say where it leads. Change them."),
    "left.contents": gettext_lazy("The table of contents with %(count)s lines was left out: page numbers mean nothing on a web page. Its words: “%(text)s”."),
    "left.equation": gettext_lazy("An equation was taken over as plain text: “%(text)s”. Check it."),
    "left.symbol": gettext_lazy("A symbol of the font “%(text)s” could not be read. □ stands in its place."),
    "left.parts": gettext_lazy("A document inside this document was not taken over. Open this one in Word, save it again and convert that file: Word then writes all of it as text."),
    "left.object": gettext_lazy("An embedded object (%(text)s) was not taken over. Publish it as a document of its own if people need it."),
    "left.chart": gettext_lazy("A chart was not taken over. Write what it shows, or add it as a picture with a description. Its words: “%(text)s”."),
    "left.diagram": gettext_lazy("A diagram was not taken over. Write what it shows. Its words: “%(text)s”."),
    "left.drawn_words": gettext_lazy("A drawing with words in it was not taken over. Write what it says. Its words: “%(text)s”."),
    "left.wordart": gettext_lazy("WordArt was not taken over. Its words: “%(text)s”."),
    "left.header": gettext_lazy("The page header is not part of the text. Its words: “%(text)s”."),
    "left.footer": gettext_lazy("The page footer is not part of the text. Its words: “%(text)s”."),
    "controls.empty": gettext_lazy("A content control that nobody filled in was left out: “%(text)s”."),
}  # fmt: skip
"""Findings with words of the document in them."""

_SECTION_OF = {"boxes": "left", "controls": "left"}


def report_of(result: Mapping[str, Any]) -> Report:
    """The report of what the child found."""
    findings: dict[str, list[Finding]] = {code: [] for code in SECTIONS}
    for code, number in sorted(result["counted"].items(), key=lambda each: list(COUNTED).index(each[0])):
        sentence = COUNTED[code](number) % {"n": number}
        findings[_section_of(code)].append(Finding(code, sentence))
    for code, words in result["findings"]:
        findings[_section_of(code)].append(Finding(code, str(TOLD[code]) % words))
    if (
        not any(code.startswith("headings.") for code, _words in result["findings"])
        and "headings.found" not in result["counted"]
    ):
        findings["headings"].append(Finding("headings.none", str(TOLD["headings.none"])))
    words = result["words"]
    return Report(
        title=result["title"],
        sections=tuple(
            Section(code, str(heading), tuple(findings[code]))
            for code, heading in SECTIONS.items()
            if findings[code]
        ),
        words=Words(
            words["before"], words["after"], words["left_out"], words["lost"], tuple(words["missing"])
        ),
    )


def _section_of(code: str) -> str:
    first = code.split(".")[0]
    return _SECTION_OF.get(first, first)


def words_sentences(words: Words) -> list[str]:
    """What the comparison of words says, for a page or a terminal."""
    said = [
        _("The document has %(before)s words and the page has %(after)s of them.")
        % {"before": words.before, "after": words.after}
    ]
    if words.left_out:
        said.append(
            ngettext(
                "%(n)s word was left out for a reason named above.",
                "%(n)s words were left out for reasons named above.",
                words.left_out,
            )
            % {"n": words.left_out}
        )
    if words.lost:
        said.append(
            ngettext(
                "%(n)s word was lost. Compare with the document: %(missing)s.",
                "%(n)s words were lost. Compare with the document: %(missing)s.",
                words.lost,
            )
            % {"n": words.lost, "missing": ", ".join(words.missing)}
        )
    return said

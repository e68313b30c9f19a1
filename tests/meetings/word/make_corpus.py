"""`python -m tests.meetings.word.make_corpus`: writes the Word files of the corpus anew; `--expected` also what they become.

Board and people are made up. The expected results are read by a person before they are committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.meetings.word.ooxml import (
    BULLETS,
    FROM_FOUR,
    LEGAL,
    LETTERED,
    NAMESPACES,
    bold,
    docx,
    footnote,
    link,
    notes,
    numbering,
    old_office,
    p,
    picture,
    png,
    r,
    tbl,
    tc,
    tr,
    zipped,
)  # fmt: skip

FILES = Path(__file__).parent / "files"
AUTHOR = (
    "<dc:creator>Zebedee Quillfeather</dc:creator><cp:lastModifiedBy>Ottoline Marchbanks</cp:lastModifiedBy>"
    "<dcterms:created>2026-11-13T09:00:00Z</dcterms:created><dc:subject>Draft two</dc:subject>"
)
WHO = 'w:author="Ottoline Marchbanks" w:date="2026-11-13T09:00:00Z"'


def bold_headings() -> bytes:
    """Minutes whose headings are only bold text, with everything that is proposed as a record."""
    return docx(
        p(r("Camden Safer Neighbourhood Board", "b"), more='<w:jc w:val="center"/>'),
        p("Minutes of the meeting held on Thursday 12 November 2026 at 7pm in the Town Hall"),
        bold("Present:"),
        p("Cllr Pat Example (Chair)"),
        p("Sam Sample – Highgate ward panel"),
        p("Jo Specimen (JS), Kentish Town ward panel"),
        bold("In attendance:"),
        p("Sgt Ali Khan, Safer Neighbourhood Team\nPC Robin Placeholder"),
        bold("1. Apologies and introductions"),
        p("Apologies for absence were received from Alex Nobody, Dr Kim Demo and Lee Muster (ICV)."),
        bold("2. Minutes of the last meeting"),
        p("The minutes of the meeting on 3 September 2026 were agreed as a correct record."),
        bold("3. Police report"),
        p("Sgt Khan reported 42 burglaries in the quarter, 7 fewer than in the same quarter of last year."),
        p(r("ACTION: ", "b"), "Sgt Khan to circulate the figures by 12 January 2027."),
        p("The Board agreed that burglary stays a priority for the next quarter."),
        bold("3.1 Ward survey"),
        p("The survey had 212 answers. Two streets asked for lights. (Action: JS)"),
        bold("4. Funding"),
        p("RESOLVED that £1,500 be given to the youth club at the library."),
        p("Members asked for a report on the last grants. Action: Secretary to ask the youth club for one by the end of March 2027"),
        bold("5. Any other business"),
        p("A resident asked about speeding in Park Road. Action: PC Placeholder to bring the speed figures to the next meeting."),
        bold("6. Date of next meeting"),
        p("Thursday 14 January 2027 at 7pm."),
        core=AUTHOR,
    )  # fmt: skip


def layout_table() -> bytes:
    """A letterhead and a list of people in tables without lines."""
    return docx(
        tbl(
            tr("Hackney Safer Neighbourhood Board", tc(p("c/o The Annexe"), p("1 Example Street"))),
            borders=False,
        ),
        bold("Minutes of the panel meeting, 4 June 2026", more='<w:jc w:val="center"/>'),
        tbl(
            tr(tc(bold("Present:")), tc(p("Pat Example (Chair)"), p("Sam Sample"))),
            tr(tc(bold("Apologies:")), tc(p("Alex Nobody"))),
            borders=False,
        ),
        bold("Welcome"),
        p("The Chair welcomed everybody."),
        tbl(tr(tc(bold("Notice"), p("The lift is out of order until 12 June.")))),
        bold("Priorities"),
        p("It was agreed to keep the three priorities."),
    )


def discussion_table() -> bytes:
    """Minutes written into a table, with the actions in a column on the right."""
    return docx(
        p("Notes of the Lambeth ward panel on 5 May 2026", style="Title"),
        tbl(
            tr("No", "Item", "Action", header=True),
            tr(
                "1.",
                tc(bold("Welcome and apologies"), p("Apologies were received from Kim Demo and Lee Muster.")),
                tc(),
            ),
            tr(
                "2.",
                tc(
                    bold("Police report"),
                    p(
                        "PS Moss Sample (MS) said that thefts from cars went up in two streets near the station."
                    ),
                    p(
                        "The panel asked for a patrol after school and for figures at each meeting from now on."
                    ),
                ),
                tc(p("MS to bring figures by 30 June 2026"), p("Chair to write to the council")),
            ),
            tr("3.", tc(bold("Any other business"), p("None. The meeting closed at 8.30pm.")), tc()),
        ),
    )


def merged_cells() -> bytes:
    """Figures in a table whose names of columns and rows reach over several cells."""
    return docx(
        p("Crime figures", style="Title"),
        p("Table 1: Offences by ward", style="Caption"),
        tbl(
            tr(tc(bold("Ward"), merge="restart"), tc(bold("2025"), across=2), tc(bold("2026"), across=2)),
            tr(
                tc(merge="continue"),
                *(tc(bold(each)) for each in ("Burglary", "Robbery", "Burglary", "Robbery")),
            ),
            tr("Highgate", "12", "4", "9", "5"),
            tr("Kentish Town", "31", "17", "28", "20"),
            tr(tc("No figures for 2024 and before", across=5)),
        ),
        p("The next table has the patrols."),
        tbl(
            tr("Day", "Place", "Hours", header=True),
            tr(tc("Monday", merge="restart"), "Station", "2"),
            tr(tc(p("continued words"), merge="continue"), "Library", "3"),
            tr("Friday", tc("No patrol", across=2)),
        ),
        tbl(
            tr("Street", "Sightings"),
            tr("Park Road", "3"),
            tr("Mill Lane", tc(p("11"), tbl(tr("of which", "4 at night")))),
        ),
    )


def nested_lists() -> bytes:
    """Lists in lists, a list that begins at 4, legal numbers, and bullets typed by hand."""
    return docx(
        p("Terms of reference", style="Heading1"),
        p("Members", number=(2, 0)),
        p("Chairs of ward panels", number=(2, 1)),
        p("one for each ward", number=(2, 2)),
        p("Independent custody visitors", number=(2, 1)),
        p("Meetings", number=(2, 0)),
        p("What the police bring:"),
        p("figures", number=(1, 0)),
        p("of each ward", number=(1, 1)),
        p("promises", number=(1, 0)),
        p("The list goes on from the last minutes."),
        p("Fourth point", number=(4, 0)),
        p("with a remark", number=(4, 1)),
        p("Fifth point", number=(4, 0)),
        p("Between the points stands a paragraph."),
        p("Sixth point", number=(4, 0)),
        p("Quorum", style="Heading1", number=(3, 0)),
        p("The quorum is five members.", number=(3, 1)),
        p("Without a quorum nothing is decided.", number=(3, 1)),
        p("Votes", style="Heading1", number=(3, 0)),
        p("The Chair has a second vote.", number=(3, 1)),
        p("Typed by hand:"),
        p("• first"),
        p("• second"),
        p("- a dash"),
        p("- another dash"),
        parts={"word/numbering.xml": numbering(BULLETS, LETTERED, LEGAL, FROM_FOUR)},
        relationships={"rId9": ("numbering", "numbering.xml")},
    )


def tracked_changes() -> bytes:
    """Insertions, deletions, a moved paragraph, a deleted row and a joined paragraph."""
    return docx(
        bold(
            "Minutes of the board, 12 March 2026", more=f'<w:pPrChange w:id="1" {WHO}><w:pPr/></w:pPrChange>'
        ),
        p(
            "The Board ",
            f'<w:del w:id="2" {WHO}><w:r><w:delText xml:space="preserve">refused </w:delText></w:r></w:del>',
            f'<w:ins w:id="3" {WHO}>{r("agreed ")}</w:ins>',
            "to the grant of £900.",
        ),
        p("This paragraph ", mark=f'<w:del w:id="4" {WHO}/>'),
        p("goes on here."),
        f'<w:p><w:moveFrom w:id="5" {WHO}>{r("Moved words.")}</w:moveFrom></w:p>',
        p("In between."),
        f'<w:p><w:moveTo w:id="6" {WHO}>{r("Moved words.")}</w:moveTo></w:p>',
        tbl(
            tr(tc(bold("Ward")), tc(bold("Members"))),
            tr("Highgate", "12"),
            tr("Deleted row", "99", properties=f'<w:del w:id="7" {WHO}/>'),
            tr("Gospel Oak", "9", properties=f'<w:ins w:id="8" {WHO}/>'),
        ),
        core=AUTHOR,
    )


def comments() -> bytes:
    """Comments with names, and everything else a file says about people."""
    return docx(
        bold("Minutes of 1 October 2026"),
        p(
            '<w:commentRangeStart w:id="0"/>',
            "The grant was paid.",
            '<w:commentRangeEnd w:id="0"/>',
            '<w:r><w:commentReference w:id="0"/></w:r>',
        ),
        parts={
            "word/comments.xml": f"<w:comments {NAMESPACES}><w:comment w:id='0' {WHO} w:initials='OM'>"
            f"{p('Was it really? Ask Quentin.')}</w:comment><w:comment w:id='1' {WHO}>{p('Second thoughts.')}</w:comment></w:comments>",
            "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
            "<Company>Marchbanks and Daughters</Company><Manager>Zebedee Quillfeather</Manager></Properties>",
        },
        relationships={"rId5": ("comments", "comments.xml")},
        core=AUTHOR,
    )


def footnotes() -> bytes:
    """Footnotes and an endnote, one with a link, one in a heading."""
    return docx(
        p("Annual report 2026", style="Title"),
        p("Burglary", footnote(1), style="Heading1"),
        p("Burglary fell by 4%", footnote(2), " and robbery by 2%", footnote(1, "endnote"), "."),
        p("The survey says [note 7] little about it."),
        parts={
            "word/footnotes.xml": notes(
                "footnote", {1: "Without attempts.", 2: r("See ") + r("table 3", "i") + r(".")}
            ),
            "word/endnotes.xml": notes("endnote", {1: "Counted by the Met."}),
        },
        relationships={"rId1": ("footnotes", "footnotes.xml"), "rId2": ("endnotes", "endnotes.xml")},
    )


def pictures() -> bytes:
    """Pictures with and without a description, one cropped, one marked as decoration, one in a table, one of no use."""
    return docx(
        p("Walkabout in Somers Town", style="Title"),
        p("The panel saw the new lights.", picture("rId1", alt="Three lamp posts along a path between two hedges")),
        p(picture("rId2", alt="A picture containing text Description automatically generated")),
        p(picture("rId2", alt="IMG_2043.PNG", crop='<a:srcRect r="50000"/>')),
        p(picture("rId1", decorative=True)),
        p(picture("rId3", alt="A map")),
        tbl(tr(tc(bold("Place")), tc(bold("Photo"))), tr("Path", tc(p(picture("rId4", alt="The path by night"))))),
        parts={
            "word/media/image1.png": png(320, 200),
            "word/media/image2.png": png(240, 160, (160, 60, 60)),
            "word/media/image3.emf": b"\x01\0\0\0 no picture we know",
            "word/media/image4.png": png(200, 100, (10, 120, 60)),
        },
        relationships={f"rId{number}": ("image", f"media/image{number}.{'emf' if number == 3 else 'png'}") for number in (1, 2, 3, 4)},
    )  # fmt: skip


def scanned() -> bytes:
    """A page that was printed and scanned."""
    return docx(
        p(picture("rId1", alt="Scan0001.png")),
        parts={"word/media/image1.png": png(850, 1200, (240, 240, 235))},
        relationships={"rId1": ("image", "media/image1.png")},
    )


def content_controls() -> bytes:
    """A template with fields to fill in, some of them empty; a table of contents; old form fields."""
    control = "<w:sdt><w:sdtPr>{0}</w:sdtPr><w:sdtContent>{1}</w:sdtContent></w:sdt>"
    field = '<w:r><w:fldChar w:fldCharType="{0}"/></w:r>'
    return docx(
        control.format("", p("Ward panel minutes", style="Title")),
        control.format(
            '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>',
            p("Contents", style="TOCHeading") + p("Attendance\t1", style="TOC1") + p("Actions\t2", style="TOC1"),
        ),
        p("Attendance", style="Heading1"),
        p("Date: ", control.format("<w:date/>", r("3 February 2026"))),
        p("Venue: ", control.format("<w:showingPlcHdr/>", r("Click or tap here to enter text."))),
        p(control.format('<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>', r("☒")), " Quorate"),
        p(control.format("<w:dropDownList/>", r("Highgate")), " ward, ", f'<w:fldSimple w:instr=" NUMPAGES ">{r("12")}</w:fldSimple>', " pages"),
        p(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>',
            '<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>', field.format("end"), " Minutes agreed",
        ),
        p("Actions", style="Heading1"),
        p(
            field.format("begin"), '<w:r><w:instrText> HYPERLINK "https://www.london.gov.uk/mopac" </w:instrText></w:r>',
            field.format("separate"), r("MOPAC's page"), field.format("end"), " has the form.",
        ),
    )  # fmt: skip


def right_to_left() -> bytes:
    """A notice in three languages; one does not say which it is."""
    speaks = '<w:r><w:rPr><w:rtl/><w:lang w:bidi="{0}"/></w:rPr><w:t>{1}</w:t></w:r>'
    return docx(
        p("Public meeting", style="Title"),
        p("English", style="Heading1"),
        p("The next meeting is on 14 January 2027 in the library."),
        p("Urdu", style="Heading1"),
        p(speaks.format("ur-PK", "اگلا اجلاس 14 جنوری 2027 کو لائبریری میں ہوگا۔"), more="<w:bidi/>"),
        p(speaks.format("ur-PK", "سب کا خیرمقدم ہے۔"), more="<w:bidi/>"),
        p("Arabic", style="Heading1"),
        p("<w:r><w:rPr><w:rtl/></w:rPr><w:t>الاجتماع القادم في المكتبة.</w:t></w:r>", more="<w:bidi/>"),
        p(speaks.format("ar-SA", "مرحبا بالجميع"), number=(1, 0), more="<w:bidi/>"),
        tbl(
            tr(tc(bold("Word")), tc(p(speaks.format("ar-SA", "كلمة")))),
            tr("Library", tc(p(speaks.format("ar-SA", "مكتبة")))),
        ),
        parts={"word/numbering.xml": numbering(BULLETS)},
    )


def smart_quotes() -> bytes:
    """Typographer's marks, letters of many languages, raised and lowered letters, and symbols."""
    return docx(
        p("Residents’ forum – minutes", style="Title"),
        p("“We’ve seen nobody since May,” said a resident – the Board’s answer: ‘patrols begin on 1st June’…"),
        p("Tŷ Café, Łódź Street, İstanbul Road and 东街; £5,000 for 3½ months; a\u00a0b; co\u2011operate; soft\u00adhyphen."),
        p("The 21", r("st", "+"), " meeting; CO", r("2", "-"), "; ", r("old words", "s"), "; ", r("bold", "b"), r(" and both", "bi"), "."),
        p('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', " done; ", '<w:r><w:sym w:font="Odd Font" w:char="F041"/></w:r>', " odd"),
        p(r("5 < 6 & 7 > 3", "i"), " <script>alert(1)</script>"),
        p("One line\nanother line\tafter a tab"),
    )  # fmt: skip


def heading_levels() -> bytes:
    """Headings that begin at level 3, skip one and go too deep; and bold lines below them."""
    return docx(
        p("Stop and search monitoring group", style="Heading1"),
        p("Minutes of 9 July 2026"),
        p("1. Figures", style="Heading3"),
        p("There were 210 searches."),
        p("By age", style="Heading5"),
        p("Most were under 25."),
        bold("Complaints"),
        p("There were 2 complaints."),
        p("2. Body-worn video", style="Heading3"),
        p("Twelve films were seen."),
        p(r("Not a heading, ", "b"), "only half of it is bold."),
        bold("ACTION: Chair to ask for the films by 1 September 2026"),
        p(r("This whole bold paragraph is far too long to be a heading of anything, because it goes on and on and on, and on until the end of its line.", "b")),
        p("Depth", style="Heading4"),
        p("Deeper", style="Heading5"),
        p("Deepest", style="Heading6"),
        p("The end."),
    )  # fmt: skip


def hidden_text() -> bytes:
    """Hidden words by look, by style and in a note nobody refers to any more."""
    return docx(
        p("Minutes of the custody panel, 2 April 2026", style="Title"),
        p("Shown. ", r("Hidden words about Quentin.", "h"), " Shown again."),
        p('<w:r><w:rPr><w:rStyle w:val="Secret"/></w:rPr><w:t>Secret by its style.</w:t></w:r>'),
        p("Half ", f'<w:r><w:rPr><w:vanish w:val="0"/></w:rPr>{"<w:t>visible</w:t>"}</w:r>', " after all."),
        p(f'<w:del w:id="1" {WHO}>{footnote(1)}</w:del>', "No note any more."),
        parts={"word/footnotes.xml": notes("footnote", {1: "A note that was deleted."})},
    )


def drawings() -> bytes:
    """Page headers, text boxes in both dialects, a chart, a diagram, an equation, WordArt and an embedded workbook."""
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><wp:docPr id='1' name='Box'/><a:graphic>"
        "<a:graphicData uri='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><wps:wsp><wps:txbx>"
        "<w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:rect><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:rect></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    graphic = (
        "<w:r><w:drawing><wp:inline><wp:docPr id='2' name='x'/><a:graphic><a:graphicData "
        "uri='http://schemas.openxmlformats.org/drawingml/2006/{0}'>{1}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    return docx(
        p("Community payback in the borough", style="Title"),
        p("Before the box.", box.format(p("Next date: 14 January 2027"))),
        p("After the box."),
        p("<w:r><w:pict><v:shape><v:textbox><w:txbxContent>" + p("An old box.") + "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"),
        p(graphic.format("chart", "<c:chart r:id='rId1'/>")),
        p(graphic.format("diagram", "<dgm:relIds r:dm='rId2'/>")),
        p("The rate is ", "<m:oMath><m:r><m:t>hours/60</m:t></m:r></m:oMath>", "."),
        p("<w:r><w:pict><v:shape><v:textpath string='Well done'/></v:shape></w:pict></w:r>"),
        p("<w:r><w:object><o:OLEObject ProgID='Excel.Sheet.12' r:id='rId6'/></w:object></w:r>"),
        p("<w:r><w:drawing><wp:inline><wp:docPr id='3' name='Arrow'/><a:graphic><a:graphicData uri='x'/></a:graphic></wp:inline></w:drawing></w:r>", "Last words."),
        parts={
            "word/charts/chart1.xml": "<c:chartSpace xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><c:chart><a:t>Hours by month</a:t><c:v>120</c:v></c:chart></c:chartSpace>",
            "word/diagrams/data1.xml": "<dgm:dataModel xmlns:dgm='http://schemas.openxmlformats.org/drawingml/2006/diagram' xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><a:t>Nominate</a:t><a:t>Screen</a:t></dgm:dataModel>",
            "word/header1.xml": f"<w:hdr {NAMESPACES}>{p('Official – for the website')}</w:hdr>",
            "word/footer1.xml": f"<w:ftr {NAMESPACES}>{p('Page ', r('1'))}</w:ftr>",
            "word/embeddings/sheet1.xlsx": b"PK\x03\x04 no workbook",
        },
        relationships={
            "rId1": ("chart", "charts/chart1.xml"), "rId2": ("diagramData", "diagrams/data1.xml"),
            "rId4": ("header", "header1.xml"), "rId5": ("footer", "footer1.xml"), "rId6": ("package", "embeddings/sheet1.xlsx"),
        },
    )  # fmt: skip


def links() -> bytes:
    """Links that are kept, links that are not, and words that do not say where a link leads."""
    targets = [
        "https://www.met.police.uk/a/your-area/?ward=Highgate&y=1", "mailto:secretary@demo.example", "file:///C:/Users/om/minutes.doc",
        "javascript:alert(1)", "https://www.london.gov.uk/", "https://user:secret@demo.example/", "ftp://demo.example/x", "www.demo.example/panel",
    ]  # fmt: skip
    words = [
        "the Met's page for Highgate", "the secretary", "last minutes", "a script", "click here", "a page with a password", "a file", "our panel",
    ]  # fmt: skip
    return docx(
        p("Where to read more", style="Title"),
        *(p("See ", link(f"rId{at}", word), f" ({at}).") for at, word in enumerate(words, 1)),
        p('<w:hyperlink w:anchor="_Toc1"><w:r><w:t>Item 3 above</w:t></w:r></w:hyperlink>', " has more."),
        p("Contacts ", link("rId1", "of the team"), style="Heading1"),
        p("There is nothing else."),
        relationships={f"rId{at}": ("hyperlink", target) for at, target in enumerate(targets, 1)},
    )


def action_table() -> bytes:
    """Attendance and actions in tables, dates in every manner."""
    head = [tc(bold(name), fill="D9E2F3") for name in ("Action", "Owner", "By when", "Status")]
    return docx(
        p("Haringey ward panels: minutes of the meeting on 10 November 2026", style="Title"),
        p("Attendance", style="Heading1"),
        tbl(
            tr(*(tc(bold(name)) for name in ("Name", "Role", "Organisation", "Present"))),
            tr("Pat Example", "Chair", "Noel Park ward panel", "Yes"),
            tr("Insp Robin Placeholder", "Inspector", "Metropolitan Police", "Yes"),
            tr("Lee Muster", "Member", "Victims' group", "Apologies"),
        ),
        p("1. Matters arising", style="Heading1"),
        p("Decision: The lights in Mill Lane come first."),
        p("It was agreed that the panel would meet six times a year. The Board could not agree on the hall."),
        p("2. Actions", style="Heading1"),
        tbl(
            tr(*head),
            tr("Send the survey to all schools", "Pat Example", "12/01/2027", "Open"),
            tr("Ask for a date of the walkabout", "Insp Placeholder", "12 Jan", "Open"),
            tr("Report on the speed trial", "Council", "by the next meeting", ""),
            tr("Book the library", "Secretary", "31/11/2026", ""),
            tr("Thank the volunteers", "Chair", "1 October 2026", "Completed"),
        ),
        p("3. Next steps", style="Heading1"),
        p("ACTION: Tidy the notice board", number=(1, 0)),
        p("ACTION 7: All to read the handbook by end of March 2027", number=(1, 0)),
        parts={"word/numbering.xml": numbering(BULLETS)},
    )


def strict() -> bytes:
    """Saved as “Strict Open XML”, with other names for everything."""
    made = bold_headings()
    return _renamed(
        made,
        {
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        },
    )


def no_text() -> bytes:
    """A document somebody forgot to write."""
    return docx(p(""), p("   "))


def macros() -> bytes:
    """A document with a program in it."""
    return docx(p("Minutes"), parts={"word/vbaProject.bin": b"Sub AutoOpen()"})


def doctype() -> bytes:
    """A document that declares entities."""
    made = docx(p("Minutes &amp; more"))
    return _renamed(
        made,
        {b"<w:document ": b'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document '},
    )


def _renamed(data: bytes, names: dict[bytes, bytes]) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts: dict[str, str | bytes] = {}
        for name in source.namelist():
            content = source.read(name)
            for old, new in names.items():
                content = content.replace(old, new)
            parts[name] = content
    return zipped(parts)


def sixty_pages() -> bytes:
    """About 60 pages: 30 items with sub-items, lists, tables, notes and actions. Made when it is needed."""
    body = [p("Camden Safer Neighbourhood Board: minutes of the year 2026", style="Title")]
    texts: dict[int, str] = {}
    for item in range(1, 31):
        body.append(bold(f"{item}. Report of ward {item}"))
        for part in range(1, 4):
            body.append(bold(f"{item}.{part} Part {part} of ward {item}"))
            body += [
                p(
                    f"In ward {item} the team counted {item * part + line} offences, and the panel asked for patrols in ",
                    r("Example Street", "b"),
                    " and for lights near the station. Residents said that the numbers of last quarter came late, "
                    "and that nobody told them what became of their priorities; the sergeant promised to write down "
                    "which of them were met, which were not, and why. The panel thanked the team for its work.",
                )
                for line in range(4)
            ]
        texts[item] = f"Counted on day {item}."
        body += [
            p("Sources", footnote(item), " are named below."),
            *(p(f"Point {number} of ward {item}", number=(1, number % 3)) for number in range(6)),
            tbl(
                tr(*(tc(bold(name)) for name in ("Street", "2025", "2026"))),
                *(tr(f"Street {row}", str(row * item), str(row * item + 1)) for row in range(1, 9)),
            ),
            p(f"ACTION: Sgt Khan to report on ward {item} by 12 January 2027"),
            p('<w:r><w:br w:type="page"/></w:r>'),
        ]
    return docx(
        *body,
        parts={"word/numbering.xml": numbering(BULLETS), "word/footnotes.xml": notes("footnote", texts)},
        relationships={"rId1": ("footnotes", "footnotes.xml")},
    )


def bomb() -> bytes:
    """Thirty megabytes of nothing in a few kilobytes."""
    return docx(p("Minutes"), parts={"word/media/image1.png": bytes(30 * 1024 * 1024)})


GOOD = {
    "bold-headings": bold_headings, "layout-table": layout_table, "discussion-table": discussion_table,
    "merged-cells": merged_cells, "nested-lists": nested_lists, "tracked-changes": tracked_changes, "comments": comments,
    "footnotes": footnotes, "pictures": pictures, "scanned": scanned, "content-controls": content_controls,
    "right-to-left": right_to_left, "smart-quotes": smart_quotes, "heading-levels": heading_levels,
    "hidden-text": hidden_text, "drawings": drawings, "links": links, "action-table": action_table, "strict": strict,
}  # fmt: skip
"""Documents that become pages."""

BAD = {
    "nothing.docx": lambda: b"",
    "no-text.docx": no_text,
    "renamed-doc.docx": lambda: old_office("WordDocument", "1Table", "\x05SummaryInformation"),
    "password.docx": lambda: old_office(
        "\x06DataSpaces", "Version", "DataSpaceMap", "EncryptionInfo", "EncryptedPackage"
    ),
    "macros.docx": macros,
    "cut-short.docx": lambda: bold_headings()[:-400],
    "doctype.docx": doctype,
    "not-a-document.docx": lambda: zipped({"holiday.txt": "Sun and sea."}),
    "open-document.odt": lambda: zipped(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o/>"}
    ),
    "photo.docx": lambda: png(64, 48),
}
"""Files that are refused, each with a sentence."""


def main() -> None:
    """Write the files, and with `--expected` what they become."""
    FILES.mkdir(exist_ok=True)
    for name, make in GOOD.items():
        (FILES / f"{name}.docx").write_bytes(make())
    for name, make in BAD.items():
        (FILES / name).write_bytes(make())
    if "--expected" in sys.argv:
        import django

        django.setup()
        from tests.meetings.word.expecting import write_expected

        write_expected()


if __name__ == "__main__":
    main()

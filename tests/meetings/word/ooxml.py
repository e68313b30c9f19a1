"""Just enough of a word processor to write the files that secretaries send: raw OOXML in a zip, the same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="emf" ContentType="image/x-emf"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)


def t(text: str) -> str:
    """Text; a tab and a line end become Word's."""
    made = []
    for part in text.replace("\t", "\0\t\0").replace("\n", "\0\n\0").split("\0"):
        if part == "\t":
            made.append("<w:tab/>")
        elif part == "\n":
            made.append("<w:br/>")
        elif part:
            made.append(f'<w:t xml:space="preserve">{escape(part)}</w:t>')
    return "".join(made)


def r(text: str, look: str = "", inside: str = "") -> str:
    """A run. `look` has letters: b bold, i italic, u underlined, h hidden, + raised, - lowered, s struck out."""
    names = {
        "b": "<w:b/>", "i": "<w:i/>", "u": '<w:u w:val="single"/>', "h": "<w:vanish/>", "s": "<w:strike/>",
        "+": '<w:vertAlign w:val="superscript"/>', "-": '<w:vertAlign w:val="subscript"/>',
    }  # fmt: skip
    properties = "".join(names[letter] for letter in look)
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:r>{properties}{t(text)}{inside}</w:r>"


def p(
    *runs: str, style: str = "", number: tuple[int, int] | None = None, more: str = "", mark: str = ""
) -> str:
    """A paragraph of runs; a text that is no XML becomes a plain run."""
    inside = "".join(run if run.startswith("<") else r(run) for run in runs)
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    properties += more + (f"<w:rPr>{mark}</w:rPr>" if mark else "")
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def bold(text: str, **how) -> str:
    """A paragraph that is all bold."""
    return p(r(text, "b"), **how)


def tc(*content: str, across: int = 1, merge: str = "", fill: str = "") -> str:
    """A cell; `merge` is `restart` or `continue`."""
    properties = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    if merge:
        properties += '<w:vMerge w:val="restart"/>' if merge == "restart" else "<w:vMerge/>"
    if fill:
        properties += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
    inside = "".join(each if each.startswith("<") else p(each) for each in content) or "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tr(*cells: str, header: bool = False, properties: str = "") -> str:
    """A row; a text becomes a cell."""
    properties += "<w:tblHeader/>" if header else ""
    inside = "".join(cell if cell.startswith("<w:tc>") else tc(cell) for cell in cells)
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inside}</w:tr>"


def tbl(*rows: str, borders: bool = True) -> str:
    """A table with or without lines."""
    line = '<w:{0} w:val="single" w:sz="4"/>' if borders else '<w:{0} w:val="nil"/>'
    sides = "".join(line.format(side) for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    return (
        f"<w:tbl><w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr><w:tblGrid/>{''.join(rows)}</w:tbl>"
    )


def link(identity: str, text: str) -> str:
    """A link by its relationship."""
    return f'<w:hyperlink r:id="{identity}">{r(text, "u")}</w:hyperlink>'


def footnote(number: int, kind: str = "footnote") -> str:
    """A mark of a note."""
    return f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Reference w:id="{number}"/></w:r>'


def picture(identity: str, *, alt: str = "", crop: str = "", decorative: bool = False) -> str:
    """A picture in the line."""
    extra = (
        '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
        'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
        if decorative
        else ""
    )
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="3000000" cy="2000000"/><wp:docPr id="1" name="Picture 1" '
        f'descr="{escape(alt)}">{extra}</wp:docPr><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>'
        f'<a:blip r:embed="{identity}"/>{crop}</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r>"
    )


def png(width: int, height: int, colour: tuple[int, int, int] = (30, 90, 160)) -> bytes:
    """A picture of one colour with a darker right half."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    dark = bytes(value // 2 for value in colour)
    row = b"\0" + bytes(colour) * (width // 2) + dark * (width - width // 2)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * height, 9))
        + chunk(b"IEND", b"")
    )


def levels(*each: tuple[str, str, int]) -> str:
    """Levels of a list: kind of number, its text, and where it begins."""
    return "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text, start) in enumerate(each)
    )


BULLETS = levels(("bullet", "•", 1), ("bullet", "o", 1), ("bullet", "▪", 1))
LETTERED = levels(("decimal", "%1.", 1), ("lowerLetter", "%2)", 1), ("lowerRoman", "%3.", 1))
LEGAL = levels(("decimal", "%1.", 1), ("decimal", "%1.%2", 1), ("decimal", "%1.%2.%3", 1))
FROM_FOUR = levels(("decimal", "%1.", 4), ("bullet", "•", 1))


def numbering(*lists: str, starts: dict[int, int] | None = None) -> str:
    """A numbering part; list n uses the n-th of `lists`, and may begin at a number of its own."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">{each}</w:abstractNum>' for at, each in enumerate(lists)
    )
    made = "".join(
        f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(len(lists))
    )
    for number, (source, start) in enumerate((starts or {}).items(), len(lists) + 1):
        made += (
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="{source - 1}"/><w:lvlOverride w:ilvl="0">'
            f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        )
    return f"<w:numbering {NAMESPACES}>{abstract}{made}</w:numbering>"


STYLES = (
    f"<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val='22'/></w:rPr></w:rPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:rPr><w:sz w:val="56"/></w:rPr></w:style>'
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
        for level in range(1, 7)
    )
    + '<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOCHeading"><w:name w:val="TOC Heading"/></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>'
    "</w:styles>"
)


def document(*body: str) -> str:
    """The document part."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<w:document {NAMESPACES}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>"
    )


def notes(kind: str, texts: dict[int, str]) -> str:
    """A part of footnotes or endnotes, with Word's own separator."""
    inside = f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
    for number, text in texts.items():
        paragraph = p(f"<w:r><w:{kind}Ref/></w:r>", text)
        inside += f'<w:{kind} w:id="{number}">{paragraph}</w:{kind}>'
    return f"<w:{kind}s {NAMESPACES}>{inside}</w:{kind}s>"


def docx(
    *body: str,
    parts: dict[str, str | bytes] | None = None,
    relationships: dict[str, tuple[str, str]] | None = None,
    core: str = "",
) -> bytes:
    """A Word file. A relationship is id to kind and target; one with `:` in it is outside."""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _rels({"rId1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": document(*body),
        "word/styles.xml": STYLES,
        **(parts or {}),
    }
    if core:
        files["docProps/core.xml"] = (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">{core}'
            "</cp:coreProperties>"
        )
    files["word/_rels/document.xml.rels"] = _rels(relationships or {})
    return zipped(files)


def _rels(relationships: dict[str, tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{escape(target, {chr(34): "&quot;"})}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if kind == 'hyperlink' or ':' in target else ''}/>"
        for identity, (kind, target) in relationships.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{made}</Relationships>'


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A zip file with one date for everything, so that the same corpus has the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 11, 12, 19, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, data)
    return out.getvalue()


def old_office(*streams: str) -> bytes:
    """The wrapper of old Office files, with these names in its table of contents."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, 9)
    names = ["Root Entry", *streams]
    entries = b"".join(
        each.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(each) * 2 + 2) + bytes(62)
        for each in names
    )
    sectors = -(-len(entries) // 512)
    table = [*range(2, sectors + 1), 0xFFFFFFFE]
    struct.pack_into("<I", head, 48, 1)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    fat = struct.pack(f"<{len(table) + 1}I", 0xFFFFFFFD, *table).ljust(512, b"\xff")
    return bytes(head) + fat + entries.ljust(sectors * 512, b"\0") + bytes(1024)

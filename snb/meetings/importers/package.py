"""A Word file as a zip of XML parts, read without trusting any of them."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 (the prefix everybody knows it by)
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
MAIN = "word/document.xml"
_KINDS = {"styles", "numbering", "footnotes", "endnotes", "comments"}

_STRICT = [
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", M[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", A[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", WP[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/drawingml/picture",
        b"http://schemas.openxmlformats.org/drawingml/2006/picture",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/chart",
        b"http://schemas.openxmlformats.org/drawingml/2006/chart",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/diagram",
        b"http://schemas.openxmlformats.org/drawingml/2006/diagram",
    ),
]
"""Word's “strict” files say the same with other names; they are read as the usual ones."""
_TOO_BIG = {etree.ErrorTypes.ERR_NO_MEMORY, etree.ErrorTypes.ERR_RESOURCE_LIMIT}


class Damaged(Exception):
    """The file is not the Word document that it says it is."""


@dataclass(frozen=True)
class Relationship:
    """Where a part points: another part by its name in the zip, or an address outside."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of a Word file, each read when it is asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file)
        self._names = {info.filename: info.file_size for info in self._zip.infolist()}
        self._places: dict[str, str] = {}
        self._places = self._find_places()

    def _find_places(self) -> dict[str, str]:
        """Where the parts we know by Word's usual names are kept, if a program gave them other names."""
        found: dict[str, str] = {}
        for target in self.relationships("").values():
            if target.kind == "officeDocument" and target.target in self._names:
                found[MAIN] = target.target
        for target in self.relationships(found.get(MAIN, MAIN)).values():
            if target.kind in _KINDS and not target.is_external and target.target in self._names:
                found[f"word/{target.kind}.xml"] = target.target
        return found

    def __contains__(self, name: str) -> bool:
        return self._places.get(name, name) in self._names

    @property
    def names(self) -> list[str]:
        """Names of all parts, in the order of the file."""
        return list(self._names)

    def read(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            Damaged: there is no such part.
        """
        if name not in self:
            raise Damaged(name)
        return self._zip.read(self._places.get(name, name))

    def xml(self, name: str) -> Any:
        """The root of an XML part; None where there is no such part.

        Raises:
            Damaged: it is no XML, or it declares entities.
        """
        return parse(self.read(name)) if name in self else None

    @cached_property
    def main(self) -> Any:
        """The root of the document itself."""
        root = self.xml(MAIN)
        if root is None or root.find(f"{W}body") is None:
            raise Damaged(MAIN)
        return root

    def relationships(self, name: str) -> dict[str, Relationship]:
        """What a part points at, by id."""
        folder, base = posixpath.split(self._places.get(name, name))
        root = self.xml(f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels")
        found: dict[str, Relationship] = {}
        for each in root.iter(RELATIONSHIP) if root is not None else ():
            target, external = each.get("Target") or "", each.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[each.get("Id") or ""] = Relationship(
                (each.get("Type") or "").rpartition("/")[2], target, external
            )
        return found


def parse(data: bytes) -> Any:
    """Parse XML from a stranger: no document type, no entities, nothing fetched, no comments.

    Raises:
        Damaged: it is not well-formed, nests too deep, or declares a document type.
        MemoryError: one text of it is too long, or there is no memory for it.
    """
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if error.code in _TOO_BIG and "depth" not in str(error):
            raise MemoryError from None
        raise Damaged(str(error)) from None
    except ValueError as error:
        raise Damaged(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise Damaged("document type")
    return root


def is_on(element: Any) -> bool:
    """Whether an on/off property that is there is on."""
    return element is not None and element.get(f"{W}val") not in {"0", "false", "off"}

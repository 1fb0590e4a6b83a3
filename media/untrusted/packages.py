"""Zips of XML: opened, unpacked with a count, and read without a document type."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from xml.parsers import expat

from media.untrusted.refusal import LARGEST_UNPACKED_BYTES, MOST_PARTS, Refused

WORD, OPEN, BOOK = "word/document.xml", "content.xml", "xl/workbook.xml"
_OPEN_TYPE = b"application/vnd.oasis.opendocument.text"
_MANIFEST = "META-INF/manifest.xml"
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError)


class Reader(Protocol):
    """Hears the elements of one part in their order."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; `name` is its namespace, a space, and its local name."""

    def end(self, name: str) -> None:
        """An element ends."""

    def said(self, text: str) -> None:
        """Letters."""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip whose troubles are refusals."""
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            if len(names) > MOST_PARTS or len(set(names)) < len(names):
                raise Refused("bomb", None, "")
            yield package
    except _BROKEN as error:
        raise Refused("damaged", None, "") from error
    except RecursionError:
        raise
    except RuntimeError as error:  # what zipfile says of a part under a password
        raise Refused("locked", None, "") from error


def kind_of_package(path: Path) -> str:
    """docx, odt or xlsx."""
    with opened(path) as package:
        names = package.namelist()
        if WORD in names:
            return "docx"
        if BOOK in names:
            return "xlsx"
        if OPEN in names and "mimetype" in names and _is_open(package):
            if _MANIFEST in names and b"encryption-data" in unpacked(package, _MANIFEST):
                raise Refused("locked", None, "")
            return "odt"
    raise Refused("other_package", None, "")


def _is_open(package: zipfile.ZipFile) -> bool:
    short = package.getinfo("mimetype").file_size < 200
    return short and package.read("mimetype").startswith(_OPEN_TYPE)


def unpacked(package: zipfile.ZipFile, name: str, most: int = LARGEST_UNPACKED_BYTES) -> bytes:
    """A part, as far as any honest document goes."""
    with package.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise Refused("bomb", None, name)
    return content


def read_part(package: zipfile.ZipFile, name: str, reader: Reader) -> None:
    """Let a reader hear one part."""
    parser = _parser(name)
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.said
    parser.buffer_text = True
    _parse(parser, unpacked(package, name), name)


def check_parts(package: zipfile.ZipFile, names: list[str]) -> None:
    """Look through parts that a library will read: together not too much, whole XML, and no document type."""
    left = LARGEST_UNPACKED_BYTES
    for name in names:
        content = unpacked(package, name, left)
        left -= len(content)
        _parse(_parser(name), content, name)


def _parser(name: str) -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")

    def no_type(*_: object) -> None:
        raise Refused("doctype", parser.CurrentLineNumber, name)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = no_type
    return parser


def _parse(parser: Any, content: bytes, name: str) -> None:
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refused("bad_xml", error.lineno, name) from error


def local(name: str) -> str:
    """An element's name without its namespace."""
    return name.rpartition(" ")[2]


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute by its local name; "" where it is not there."""
    return next((value for key, value in attributes.items() if local(key) == name), "")

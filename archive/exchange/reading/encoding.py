"""From bytes to lines of text: which encoding a file is in, and whether it is text at all. Pure."""

import codecs
import re
import unicodedata

from archive.exchange.reading.cues import LONGEST_FILE_LINE, refuse

# What begins with these is no text that we read; the page says what to do with each.
MAGIC = {
    b"%PDF": "pdf",
    b"{\\rtf": "rtf",
    b"\xd0\xcf\x11\xe0": "old_office",
    b"ID3": "sound",
    b"RIFF": "sound",
    b"fLaC": "sound",
    b"OggS": "sound",
    b"\xff\xfb": "sound",
    b"\xff\xf1": "sound",
    b"\x1aE\xdf\xa3": "sound",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
}
# Letters and signs that Norwegian texts have beyond ASCII. A file in another old encoding, read as Windows-1252, has
# other signs in their places (Macintosh: ¾ ¿ Œ; DOS: ‘ › †).
_EXPECTED = frozenset("æøåÆØÅéèêëóòôöäüáàíúçñÉÈÊÓÒÔÖÄÜÁÀšžŠŽđŧŋ«»–—“”‘’…´°§½¼·•€ \xa0")
_EXPECTED_SHARE = 0.9
_LINE_END = re.compile(r"\r\n|\r|\n")
# Terminators and control signs that a program leaves; they mean nothing in a text.
_MOST_CONTROL_SHARE = 0.01


def lines_of(content: bytes, *, only_unicode: bool = False) -> tuple[list[str], str]:
    """The lines of a text file without their ends, and the encoding it was read as.

    Args:
        only_unicode: the format allows no older encoding.

    Raises:
        ImportRefused: "empty", "binary" or what the magic says, "encoding" (at a line), "line_too_long".
    """
    if not content.strip():
        raise refuse("empty")
    for magic, what in MAGIC.items():
        if content.startswith(magic):
            raise refuse(what)
    text, encoding = _decoded(content, only_unicode)
    lines = _LINE_END.split(text)
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_FILE_LINE:
            raise refuse("line_too_long", number, line[:100])
        if "\0" in line:
            raise refuse("binary", number)
    if not text.strip("\ufeff \t\r\n"):
        raise refuse("empty")
    controls = sum(unicodedata.category(c) in ("Cc", "Co", "Cn") for c in text[:100_000] if c not in "\t\r\n\f\v")
    if controls > max(2, _MOST_CONTROL_SHARE * min(len(text), 100_000)):
        raise refuse("binary")
    return lines, encoding


def _decoded(content: bytes, only_unicode: bool) -> tuple[str, str]:
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(bom):
            return _strictly(content[len(bom) :], encoding), encoding
    sample = content[:2000]
    if b"\0" in sample:
        # Two bytes a letter without a mark: every other byte of Norwegian is zero.
        for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
            if len(zeros) >= 2 and zeros.count(0) >= 0.7 * len(zeros):
                return _strictly(content, encoding), encoding
        raise refuse("binary", content[: content.index(b"\0")].count(b"\n") + 1)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as wrong:
        line = _line_at(content, wrong.start)
        if only_unicode:
            raise refuse("encoding", line) from wrong
    return _old_windows(content, line), "windows-1252"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as wrong:
        before = content[: wrong.start].decode(encoding, "replace")
        raise refuse("encoding", before.count("\n") + 1) from wrong


def _old_windows(content: bytes, line: int) -> str:
    """Windows-1252, of which Latin-1 is a part for everything that is printed.

    Raises:
        ImportRefused: "encoding": so read it has signs that no Norwegian text has.
    """
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as wrong:
        raise refuse("encoding", _line_at(content, wrong.start)) from wrong
    others = [c for c in text if ord(c) > 127]
    if sum(c in _EXPECTED for c in others) < _EXPECTED_SHARE * len(others):
        raise refuse("encoding", line)
    return text


def _line_at(content: bytes, offset: int) -> int:
    before = content[:offset]
    return before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1

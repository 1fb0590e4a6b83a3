"""DOCX and ODT: headings, items, paragraphs and rows of tables, in their order."""

import re
from pathlib import Path

from media.untrusted.gathered import Gathering
from media.untrusted.packages import OPEN, WORD, attribute, local, opened, read_part

_STYLES = "word/styles.xml"
_MOST_SPACES = 100  # that an ODT may write as one element


def read_docx(path: Path, into: Gathering) -> None:
    """The text of a DOCX, with the page breaks that were asked for or that Word last saw."""
    with opened(path) as package:
        styles = _Styles()
        if _STYLES in package.namelist():
            read_part(package, _STYLES, styles)
        read_part(package, WORD, _Word(into, styles))


def read_odt(path: Path, into: Gathering) -> None:
    """The text of an ODT."""
    with opened(path) as package:
        read_part(package, OPEN, _Open(into))


class _Styles:
    """Which styles of a DOCX are headings, by what they are called: *heading 1* also where Word speaks Norwegian."""

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}
        self.lists: set[str] = set()
        self._id = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "style":
            self._id = attribute(attributes, "styleId")
        elif local(name) == "name":
            called = attribute(attributes, "val").lower()
            if found := re.fullmatch(r"(?:heading|overskrift) ?(\d)", called):
                self.levels[self._id] = int(found[1])
            elif called in ("title", "tittel"):
                self.levels[self._id] = 1
            elif called.startswith(("list bullet", "list number", "punktliste", "nummerert liste")):
                self.lists.add(self._id)

    def end(self, name: str) -> None:
        """Nothing to do."""

    def said(self, text: str) -> None:
        """Nothing to do."""


class _Text:
    """What the two formats share: what is skipped, and tables, whose outermost rows are kept as one each."""

    SKIPPED: tuple[str, ...] = ()
    ROW = CELL = ""

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._text: list[str] = []
        self._rows = 0  # how many rows of tables we are in
        self._cells: list[str] = []
        self._skipping = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self._skipping or tag in self.SKIPPED:
            self._skipping += 1
        elif tag == self.ROW:
            self._rows += 1
            self._cells = [] if self._rows == 1 else self._cells
        elif tag == self.CELL:
            if self._rows == 1:
                self._text = []
        else:
            self._begin(tag, attributes)

    def end(self, name: str) -> None:
        tag = local(name)
        if self._skipping:
            self._skipping -= 1
        elif tag == self.CELL:
            if self._rows == 1:
                self._cells.append("".join(self._text))
        elif tag == self.ROW:
            self._rows -= 1
            if not self._rows:
                self._into.keep("row", 0, "\t".join(self._cells))
                self._text = []
        else:
            self._end(tag)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def _end(self, tag: str) -> None:
        raise NotImplementedError

    def _keep(self, level: int, *, listed: bool) -> None:
        kind = "heading" if level else "item" if listed else "paragraph"
        self._into.keep(kind, level, "".join(self._text))
        self._text = []

    def _end_paragraph(self, level: int, *, listed: bool) -> None:
        if self._rows:
            self._text.append(" ")
        else:
            self._keep(level, listed=listed)


class _Word(_Text):
    # What Word keeps beside the words: what was deleted or moved away, and a second form for older programs.
    SKIPPED = ("del", "moveFrom", "Fallback", "rPr", "sectPr", "instrText", "tblPr", "tcPr", "trPr", "tabs")
    ROW, CELL = "tr", "tc"

    def __init__(self, into: Gathering, styles: _Styles) -> None:
        super().__init__(into)
        self._styles = styles
        self._in_run = self._in_text = False
        self._style, self._numbered = "", False

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "r":
                self._in_run = True
            case "t":
                self._in_text = self._in_run
            case "p" if not self._rows:
                self._text, self._style, self._numbered = [], "", False
            case "pStyle":
                self._style = attribute(attributes, "val")
            case "numPr":
                self._numbered = True
            case "tab":
                self._text.append(" ")
            case "noBreakHyphen":
                self._text.append("-")
            case "br" if attribute(attributes, "type") == "page":
                self._turn()
            case "lastRenderedPageBreak":
                self._turn()
            case "br" | "cr":
                self._text.append(" " if self._rows else "\n")

    def _end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "r":
            self._in_run = False
        elif tag == "p":
            self._end_paragraph(self._level, listed=self._listed)

    def said(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._text.append(text)

    @property
    def _level(self) -> int:
        return self._styles.levels.get(self._style, 0)

    @property
    def _listed(self) -> bool:
        return self._numbered or self._style in self._styles.lists

    def _turn(self) -> None:
        if self._rows:
            return
        if self._text:
            self._keep(self._level, listed=self._listed)
        self._into.turn()


class _Open(_Text):
    SKIPPED = ("tracked-changes", "annotation", "note-citation", "automatic-styles", "desc", "title")
    ROW, CELL = "table-row", "table-cell"

    def __init__(self, into: Gathering) -> None:
        super().__init__(into)
        self._level = self._lists = 0
        self._depth = 0  # how many paragraphs we are in: a text box stands in one

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "p" | "h":
                if not self._depth and not self._rows:
                    self._text = []
                self._depth += 1
                outline = attribute(attributes, "outline-level")
                self._level = int(outline) if tag == "h" and outline.isdigit() else 2 if tag == "h" else 0
            case "list-item":
                self._lists += 1
            case "s":
                spaces = attribute(attributes, "c")
                self._text.append(" " * min(int(spaces) if spaces.isdigit() else 1, _MOST_SPACES))
            case "tab":
                self._text.append(" ")
            case "line-break":
                self._text.append("\n")
            case "soft-page-break" if not self._rows:
                if self._text:
                    self._keep(self._level, listed=bool(self._lists))
                self._into.turn()

    def _end(self, tag: str) -> None:
        if tag in ("p", "h"):
            self._depth -= 1
            if self._rows or not self._depth:
                self._end_paragraph(self._level, listed=bool(self._lists))
        elif tag == "list-item":
            self._lists -= 1

    def said(self, text: str) -> None:
        if self._depth and not self._skipping:
            self._text.append(text)

"""Looks into one paper (PDF, DOCX, ODT, text, picture) and prints JSON. Runs alone, in a child process with limits.

Nothing of ours is imported here. What a file is, its bytes say; its name only tells Markdown from plain text.

    look PATH NAME            {"kind", "pages", "is_paged"}
    text PATH KIND FIRST LAST {"pages": [{"raw", "blocks", "is_scan"}, …]}, from FIRST up to LAST, counted from 0
    draw PATH KIND PAGE       draws a page: `page.png` in grey for reading it by OCR, `page.jpg` for people
"""

import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

MOST_PAGES = 2_000
MOST_PARTS = 4_000
LARGEST_UNPACKED_BYTES = 80_000_000
LARGEST_TEXT_BYTES = 20_000_000
MOST_BLOCKS = 100_000
LONGEST_PAGE = 200_000  # letters; more than any page, and than anybody reads
PART_LETTERS = 4_000  # of a text without pages: about two printed ones
MOST_PIXELS = 20_000_000  # of a drawn page: A3 at 300 dpi
LARGEST_PICTURE_PIXELS = 200_000_000
OCR_DPI, SHOWN_PIXELS = 300, 1_400
LEAST_LETTERS = 8  # a page with fewer that holds pictures was scanned
DOCX, ODT = "word/document.xml", "content.xml"
ODT_TYPE = b"application/vnd.oasis.opendocument.text"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PIECE = 65_536

Block = list[Any]  # [kind, level, text, []], as `archive.readable.blocks.Block` is kept


class Refused(Exception):
    """The reason, a number that belongs to it, and the part."""


def main(how: str, path: str, *more: str) -> None:
    """Print what was asked for, or `{"refused": [reason, number, part]}`."""
    try:
        asked: dict[str, Callable[..., dict[str, Any]]] = {"look": look, "text": text, "draw": draw}
        found = asked[how](Path(path), *more)
    except Refused as refused:
        found = {"refused": list(refused.args)}
    except MemoryError:
        found = {"refused": ["bomb", None, ""]}
    sys.stdout.write(json.dumps(found))


def look(path: Path, name: str) -> dict[str, Any]:
    """What it is, and how many pages it has; every format is read through once."""
    kind = kind_of(path, name)
    if kind == "pdf":
        with_pages = pdf(path)
        pages = len(with_pages)
        with_pages.close()
        if not pages:
            raise Refused("empty", None, "")
    elif kind == "picture":
        pages = sum(1 for _ in frames(path))
    else:
        made, is_paged = written_pages(path, kind)
        return {"kind": kind, "pages": check_pages(len(made)), "is_paged": is_paged}
    return {"kind": kind, "pages": check_pages(pages), "is_paged": True}


def check_pages(pages: int) -> int:
    """Refuse what nobody can read through."""
    if pages > MOST_PAGES:
        raise Refused("too_many_pages", pages, "")
    return pages


def kind_of(path: Path, name: str) -> str:
    """pdf, docx, odt, picture, md or txt."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise Refused("empty", None, "")
    if b"%PDF-" in start[:1024]:
        return "pdf"
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")) or (
        start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    ):
        return "picture"
    if start.startswith(b"PK"):
        return package_kind(path)
    if start.startswith(OLD_OFFICE):
        raise Refused("locked" if "EncryptedPackage".encode("utf-16-le") in path.read_bytes() else "old_word", None, "")
    if start.startswith(b"{\\rtf"):
        raise Refused("old_word", None, "")
    if start[4:8] == b"ftyp":
        raise Refused("heic", None, "")
    return "md" if name.lower().endswith((".md", ".markdown")) else "txt"


# --- packages: DOCX and ODT


def package_kind(path: Path) -> str:
    with opened(path) as package:
        names = package.namelist()
        if len(names) > MOST_PARTS or len(set(names)) < len(names):
            raise Refused("bomb", None, "")
        if DOCX in names:
            return "docx"
        if ODT in names and "mimetype" in names and is_odt(package):
            if "META-INF/manifest.xml" in names and b"encryption-data" in bounded(package, "META-INF/manifest.xml"):
                raise Refused("locked", None, "")
            return "odt"
    raise Refused("other_package", None, "")


def is_odt(package: zipfile.ZipFile) -> bool:
    short = package.getinfo("mimetype").file_size < 200
    return short and package.read("mimetype").startswith(ODT_TYPE)


class opened:  # noqa: N801 - reads as `with opened(…)`
    """A zip whose troubles are refusals."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> zipfile.ZipFile:
        try:
            self._package = zipfile.ZipFile(self._path)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
            raise Refused("damaged", None, "") from error
        return self._package

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._package.close()
        if isinstance(error, (zipfile.BadZipFile, NotImplementedError, EOFError, OSError)):
            raise Refused("damaged", None, "") from error
        if isinstance(error, RuntimeError) and not isinstance(error, RecursionError):  # a part under a password
            raise Refused("locked", None, "") from error


def bounded(package: zipfile.ZipFile, name: str) -> bytes:
    """A part, unpacked as far as any honest document goes."""
    with package.open(name) as part:
        content = part.read(LARGEST_UNPACKED_BYTES + 1)
    if len(content) > LARGEST_UNPACKED_BYTES:
        raise Refused("bomb", None, name)
    return content


def parse(content: bytes, reader: Any, name: str) -> None:
    """Feed a reader with one part; a document type and what is not XML are refused."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def no_type(*_: object) -> None:
        raise Refused("doctype", parser.CurrentLineNumber, name)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = no_type
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.said
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refused("bad_xml", error.lineno, name) from error


class Pages:
    """Gathers blocks, page by page."""

    def __init__(self) -> None:
        self.made: list[list[Block]] = [[]]
        self._blocks = 0

    def keep(self, kind: str, level: int, text: str) -> None:
        said = "\t".join(" ".join(cell.split()) for cell in text.split("\t")) if kind == "row" else tidy(text)
        if not said.strip():
            return
        self._blocks += 1
        if self._blocks > MOST_BLOCKS:
            raise Refused("too_many", MOST_BLOCKS, "")
        self.made[-1].append([kind, level, said[:LONGEST_PAGE], []])

    def turn(self) -> None:
        """Another page begins; one with nothing on it is none."""
        if self.made[-1]:
            self.made.append([])


def tidy(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def local(name: str) -> str:
    return name.rpartition(" ")[2]


def attribute(attributes: dict[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if local(key) == name), "")


class Styles:
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


class Word:
    """The paragraphs of a DOCX: headings, items and rows of tables, with the pages that Word last saw."""

    SKIPPED = ("del", "moveFrom", "Fallback", "rPr", "sectPr", "instrText", "tblPr", "tcPr", "trPr")

    def __init__(self, styles: Styles) -> None:
        self.pages = Pages()
        self._styles = styles
        self._skipping = 0
        self._in_text = False
        self._text: list[str] = []
        self._cells: list[str] = []
        self._rows = 0
        self._style, self._listed = "", False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self._skipping or tag in self.SKIPPED:
            self._skipping += 1
        elif tag == "t":
            self._in_text = True
        elif tag == "p" and not self._rows:
            self._text, self._style, self._listed = [], "", False
        elif tag == "pStyle":
            self._style = attribute(attributes, "val")
        elif tag == "numPr":
            self._listed = True
        elif tag == "tab":
            self._text.append(" ")
        elif tag == "noBreakHyphen":
            self._text.append("-")
        elif tag == "lastRenderedPageBreak" or (tag == "br" and attribute(attributes, "type") == "page"):
            self._break_page()
        elif tag in ("br", "cr"):
            self._text.append(" " if self._rows else "\n")
        elif tag == "tr":
            self._rows += 1
            self._cells = [] if self._rows == 1 else self._cells
        elif tag == "tc" and self._rows == 1:
            self._text = []

    def _break_page(self) -> None:
        if not self._rows:
            self._keep()
            self._text = []
            self.pages.turn()

    def end(self, name: str) -> None:
        tag = local(name)
        if self._skipping:
            self._skipping -= 1
        elif tag == "t":
            self._in_text = False
        elif tag == "p":
            if self._rows:
                self._text.append(" ")
            else:
                self._keep()
                self._text = []
        elif tag == "tc" and self._rows == 1:
            self._cells.append("".join(self._text))
        elif tag == "tr":
            self._rows -= 1
            if not self._rows:
                self.pages.keep("row", 0, "\t".join(self._cells))

    def said(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._text.append(text)

    def _keep(self) -> None:
        level = self._styles.levels.get(self._style, 0)
        listed = self._listed or self._style in self._styles.lists
        kind = "heading" if level else "item" if listed else "paragraph"
        self.pages.keep(kind, level, "".join(self._text))


class Open:
    """The paragraphs of an ODT."""

    SKIPPED = ("tracked-changes", "annotation", "note-citation", "automatic-styles", "desc", "title")

    def __init__(self) -> None:
        self.pages = Pages()
        self._skipping = 0
        self._text: list[str] = []
        self._level, self._lists, self._rows, self._depth = 0, 0, 0, 0
        self._cells: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if self._skipping or tag in self.SKIPPED:
            self._skipping += 1
        elif tag in ("p", "h"):
            if not self._depth and not self._rows:
                self._text = []
            self._depth += 1
            outline = attribute(attributes, "outline-level")
            self._level = int(outline) if tag == "h" and outline.isdigit() else 2 if tag == "h" else 0
        elif tag == "list-item":
            self._lists += 1
        elif tag == "table-row":
            self._rows += 1
            self._cells = [] if self._rows == 1 else self._cells
        elif tag == "table-cell" and self._rows == 1:
            self._text = []
        elif tag == "s":
            spaces = attribute(attributes, "c")
            self._text.append(" " * min(int(spaces) if spaces.isdigit() else 1, 100))
        elif tag == "tab":
            self._text.append(" ")
        elif tag == "line-break":
            self._text.append("\n")
        elif tag == "soft-page-break" and not self._rows:
            self._keep()
            self._text = []
            self.pages.turn()

    def end(self, name: str) -> None:
        tag = local(name)
        if self._skipping:
            self._skipping -= 1
        elif tag in ("p", "h"):
            self._depth -= 1
            if self._rows:
                self._text.append(" ")
            elif not self._depth:
                self._keep()
                self._text = []
        elif tag == "list-item":
            self._lists -= 1
        elif tag == "table-cell" and self._rows == 1:
            self._cells.append("".join(self._text))
        elif tag == "table-row":
            self._rows -= 1
            if not self._rows:
                self.pages.keep("row", 0, "\t".join(self._cells))

    def said(self, text: str) -> None:
        if self._depth and not self._skipping:
            self._text.append(text)

    def _keep(self) -> None:
        kind = "heading" if self._level else "item" if self._lists else "paragraph"
        self.pages.keep(kind, self._level, "".join(self._text))


def docx_pages(path: Path) -> list[list[Block]]:
    with opened(path) as package:
        styles = Styles()
        if "word/styles.xml" in package.namelist():
            parse(bounded(package, "word/styles.xml"), styles, "word/styles.xml")
        word = Word(styles)
        parse(bounded(package, DOCX), word, DOCX)
    return word.pages.made


def odt_pages(path: Path) -> list[list[Block]]:
    with opened(path) as package:
        reader = Open()
        parse(bounded(package, ODT), reader, ODT)
    return reader.pages.made


# --- texts


def decoded(path: Path) -> str:
    content = path.read_bytes()
    if len(content) > LARGEST_TEXT_BYTES:
        raise Refused("bomb", None, "")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        written = content.decode("utf-16", "replace")
    else:
        try:
            written = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            written = content.decode("cp1252", "replace")
    odd = sum(1 for letter in written[:PIECE] if ord(letter) < 32 and letter not in "\t\n\r\f")
    if odd * 100 > len(written[:PIECE]):
        raise Refused("not_document", None, "")
    if not written.strip():
        raise Refused("empty", None, "")
    return "".join(letter for letter in written if letter in "\t\n\r\f" or ord(letter) >= 32)


def markdown_pages(path: Path) -> list[list[Block]]:
    pages = Pages()
    growing: list[str] = []

    def end_paragraph() -> None:
        pages.keep("paragraph", 0, " ".join(growing))
        growing.clear()

    for line in decoded(path).replace("\f", "\n\n").splitlines():
        if heading := re.fullmatch(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*", line):
            end_paragraph()
            pages.keep("heading", len(heading[1]), plain(heading[2]))
        elif item := re.match(r"\s*(?:[-*+]\s+|(?=\d{1,3}[.)]\s))(.+)", line):
            end_paragraph()
            pages.keep("item", 0, plain(item[1]))
        elif line.lstrip().startswith("|"):
            end_paragraph()
            if not re.fullmatch(r"[\s|:-]+", line):
                pages.keep("row", 0, "\t".join(plain(cell) for cell in line.strip().strip("|").split("|")))
        elif not line.strip():
            end_paragraph()
        elif not growing and pages.made[-1] and pages.made[-1][-1][0] == "item" and line[:1] == " ":
            pages.made[-1][-1][2] += f" {plain(line.strip())}"
        else:
            growing.append(plain(line.strip()))
    end_paragraph()
    return pages.made


def plain(text: str) -> str:
    """Markdown without its signs."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    return re.sub(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)


def written_pages(path: Path, kind: str) -> tuple[list[dict[str, Any]], bool]:
    """The pages of everything but PDF and pictures, and whether they are pages of the paper itself."""
    if kind == "txt":
        sheets = decoded(path).replace("\r\n", "\n").replace("\r", "\n").rstrip("\f\n").split("\f")
        return [page(raw=sheet[: LONGEST_PAGE * 10]) for sheet in sheets], len(sheets) > 1
    made = {"docx": docx_pages, "odt": odt_pages, "md": markdown_pages}[kind](path)
    made = [blocks for blocks in made if blocks]
    if not made:
        raise Refused("empty", None, "")
    is_paged = len(made) > 1
    if not is_paged:
        made = list(in_parts(made[0]))
    return [page(blocks=blocks) for blocks in made], is_paged


def in_parts(blocks: list[Block]) -> Iterator[list[Block]]:
    """A text without pages in parts of a readable length; a heading goes with what is below it."""
    part: list[Block] = []
    letters = 0
    for block in blocks:
        full = letters >= PART_LETTERS or (letters >= PART_LETTERS / 2 and block[0] == "heading")
        if part and full and part[-1][0] != "heading":
            yield part
            part, letters = [], 0
        part.append(block)
        letters += len(block[2])
    if part:
        yield part


def page(raw: str = "", blocks: list[Block] | None = None, *, is_scan: bool = False) -> dict[str, Any]:
    return {"raw": raw, "blocks": blocks, "is_scan": is_scan}


def text(path: Path, kind: str, first: str, last: str) -> dict[str, Any]:
    """The text of some pages."""
    of = slice(int(first), int(last))
    if kind == "pdf":
        document = pdf(path)
        return {"pages": [pdf_page(document, at) for at in range(*of.indices(len(document)))]}
    if kind == "picture":
        return {"pages": [page(is_scan=True) for _ in list(frames(path))[of]]}
    return {"pages": written_pages(path, kind)[0][of]}


# --- PDF and pictures


def pdf(path: Path) -> Any:
    """The document, opened."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Refused("locked" if locked else "damaged", None, "") from error


def pdf_page(document: Any, at: int) -> dict[str, Any]:
    import pypdfium2

    try:
        sheet = document[at]
        said = sheet.get_textpage().get_text_bounded()[:LONGEST_PAGE]
    except pypdfium2.PdfiumError:  # one broken page of many: the others can be read
        return page()
    said = re.sub(r"[\x02\ufffe\xad](?=\r?\n)", "-", said.replace("\r\n", "\n").replace("\r", "\n"))
    said = "".join(
        letter for letter in said if letter in "\n\t" or (ord(letter) >= 32 and letter not in "\ufffe\uffff")
    )
    if sum(map(str.isalnum, said)) >= LEAST_LETTERS:
        return page(raw=said)
    return page(raw=said, is_scan=is_scanned(sheet, has_text=any(map(str.isalnum, said))))


def is_scanned(sheet: Any, *, has_text: bool) -> bool:
    """Whether there is something to read that is no text: a picture, or letters drawn as lines."""
    from pypdfium2 import raw

    drawn = {each.type for each in sheet.get_objects(max_depth=3)}
    return raw.FPDF_PAGEOBJ_IMAGE in drawn or (not has_text and bool(drawn & {raw.FPDF_PAGEOBJ_PATH}))


def frames(path: Path) -> Iterator[Any]:
    """The pages of a picture: a TIFF may hold several."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE_PIXELS // 2
    try:
        picture = Image.open(path)
        if picture.width * picture.height > LARGEST_PICTURE_PIXELS:
            raise Refused("bomb", None, "")
        if picture.format != "TIFF":  # what moves is one picture
            picture.load()
            yield picture
            return
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            check_pages(number + 1)
            yield frame
    except (Image.DecompressionBombError, MemoryError) as error:
        raise Refused("bomb", None, "") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("damaged", None, "") from error


def draw(path: Path, kind: str, number: str) -> dict[str, Any]:
    """A page as two pictures in the folder that the process runs in."""
    picture = drawn_pdf(path, int(number)) if kind == "pdf" else turned(path, int(number))
    grey = picture.convert("L")
    grey.save("page.png")
    shown = picture.convert("RGB")
    shown.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS * 2))
    shown.save("page.jpg", quality=80)
    return {"width": shown.width, "height": shown.height}


def drawn_pdf(path: Path, at: int) -> Any:
    import pypdfium2

    try:
        sheet = pdf(path)[at]
        width, height = sheet.get_size()
        scale = min(OCR_DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        return sheet.render(scale=scale, grayscale=False).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise Refused("damaged", at, "") from error


def turned(path: Path, at: int) -> Any:
    """One page of a picture, the way up that the camera said, not larger than a page needs."""
    from PIL import ImageOps

    for number, frame in enumerate(frames(path)):
        if number == at:
            picture = ImageOps.exif_transpose(frame) or frame
            shrink = (MOST_PIXELS / max(picture.width * picture.height, 1)) ** 0.5
            if shrink < 1:
                picture = picture.resize((max(1, int(picture.width * shrink)), max(1, int(picture.height * shrink))))
            return picture
    raise Refused("damaged", at, "")


if __name__ == "__main__":
    main(*sys.argv[1:])

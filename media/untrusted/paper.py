"""Looks into one paper: PDF, DOCX, ODT, text or picture. What it is, its bytes say.

look PATH NAME            {"kind", "pages", "is_paged"}; the name only tells Markdown from plain text
text PATH KIND FIRST LAST {"pages": [{"raw", "blocks", "is_scan"}, …]}, from FIRST up to LAST, counted from 0
draw PATH KIND PAGE       draws a page: `page.png` in grey for reading it by OCR, `page.jpg` for people
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from media.untrusted.gathered import LONGEST_PAGE, Block, Pages
from media.untrusted.packages import kind_of_package
from media.untrusted.pdf import drawn, open_pdf, text_of
from media.untrusted.pictures import frames, turned
from media.untrusted.refusal import Refused, answer
from media.untrusted.texts import decoded, read_markdown
from media.untrusted.written import read_docx, read_odt

MOST_PAGES = 2_000
PART_LETTERS = 4_000  # of a text without pages: about two printed ones
SHOWN_PIXELS = 1_400
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")

Written = dict[str, Callable[[Path, Pages], None]]


def main(how: str, path: str, *more: str) -> None:
    """Print what was asked for."""
    asked: dict[str, Callable[..., dict[str, Any]]] = {"look": look, "text": text, "draw": draw}
    answer(lambda: asked[how](Path(path), *more))


def look(path: Path, name: str) -> dict[str, Any]:
    """What it is, and how many pages it has; every format is read through once."""
    kind = kind_of(path, name)
    is_paged = True
    if kind == "pdf":
        document = open_pdf(path)
        pages = len(document)
        document.close()
        if not pages:
            raise Refused("empty", None, "")
    elif kind == "picture":
        pages = sum(1 for _ in frames(path, MOST_PAGES))
    else:
        made, is_paged = written_pages(path, kind)
        pages = len(made)
    if pages > MOST_PAGES:  # nobody reads through that
        raise Refused("too_many_pages", pages, "")
    return {"kind": kind, "pages": pages, "is_paged": is_paged}


def kind_of(path: Path, name: str) -> str:
    """pdf, docx, odt, picture, md or txt."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise Refused("empty", None, "")
    if b"%PDF-" in start[:1024]:
        return "pdf"
    if start.startswith(_PICTURES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"):
        return "picture"
    if start.startswith(b"PK"):
        kind = kind_of_package(path)
        if kind == "xlsx":
            raise Refused("other_package", None, "")
        return kind
    if start.startswith(_OLD_OFFICE):
        raise Refused("locked" if "EncryptedPackage".encode("utf-16-le") in path.read_bytes() else "old_word", None, "")
    if start.startswith(b"{\\rtf"):
        raise Refused("old_word", None, "")
    if start[4:8] == b"ftyp":
        raise Refused("heic", None, "")
    return "md" if name.lower().endswith((".md", ".markdown")) else "txt"


def text(path: Path, kind: str, first: str, last: str) -> dict[str, Any]:
    """The text of some pages."""
    of = slice(int(first), int(last))
    if kind == "pdf":
        document = open_pdf(path)
        found = (text_of(document, at) for at in range(*of.indices(len(document))))
        return {"pages": [_page(raw=raw, is_scan=is_scan) for raw, is_scan in found]}
    if kind == "picture":
        return {"pages": [_page(is_scan=True) for _ in list(frames(path, MOST_PAGES))[of]]}
    return {"pages": written_pages(path, kind)[0][of]}


def draw(path: Path, kind: str, number: str) -> dict[str, Any]:
    """A page as two pictures in the folder that the process runs in."""
    picture = drawn(path, int(number)) if kind == "pdf" else turned(path, int(number))
    picture.convert("L").save("page.png")
    shown = picture.convert("RGB")
    shown.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS * 2))
    shown.save("page.jpg", quality=80)
    return {"width": shown.width, "height": shown.height}


def written_pages(path: Path, kind: str) -> tuple[list[dict[str, Any]], bool]:
    """The pages of everything but PDF and pictures, and whether they are pages of the paper itself."""
    if kind == "txt":
        sheets = decoded(path).replace("\r\n", "\n").replace("\r", "\n").rstrip("\f\n").split("\f")
        return [_page(raw=sheet[: LONGEST_PAGE * 10]) for sheet in sheets], len(sheets) > 1
    readers: Written = {"docx": read_docx, "odt": read_odt, "md": read_markdown}
    gathered = Pages()
    readers[kind](path, gathered)
    made = [blocks for blocks in gathered.made if blocks]
    if not made:
        raise Refused("empty", None, "")
    is_paged = len(made) > 1
    return [_page(blocks=blocks) for blocks in (made if is_paged else _in_parts(made[0]))], is_paged


def _in_parts(blocks: list[Block]) -> Iterator[list[Block]]:
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


def _page(raw: str = "", blocks: list[Block] | None = None, *, is_scan: bool = False) -> dict[str, Any]:
    return {"raw": raw, "blocks": blocks, "is_scan": is_scan}

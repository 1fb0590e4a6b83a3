"""Papers: what a PDF, a text document or a picture says, page by page, found out by a child process with limits."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.child import ask

LARGEST_PICTURE_BYTES = 60_000_000
_PICTURES = ("page.png", "page.jpg")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a file is: pdf, docx, odt, txt, md or picture. Without pages of its own its text comes in parts."""

    kind: str
    pages: int
    is_paged: bool


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page: its printed lines as one text, or its blocks where the format knows them; a scan has neither yet.

    `blocks` are lists [kind, level, text, []], see `archive.readable.blocks.Block`.
    """

    raw: str
    blocks: list[list[Any]] | None
    is_scan: bool


def look_at(path: Path, name: str) -> Paper:
    """What a file is. The bytes decide; `name` only tells Markdown from other texts.

    Raises:
        DocumentRefused: it is none of these, or damaged, locked, too long ("too_many_pages", `line` says how many), or
            made to do harm.
        ToolFailed: the child crashed.
    """
    found = ask("paper", ["look", str(path.resolve()), name])
    return Paper(found["kind"], found["pages"], found["is_paged"])


def read_pages(path: Path, kind: str, first: int, last: int) -> list[PaperPage]:
    """The pages from `first` up to `last`, counted from 0; fewer where the paper ends.

    Raises:
        DocumentRefused, ToolFailed: as `look_at`.
    """
    found = ask("paper", ["text", str(path.resolve()), kind, str(first), str(last)])
    return [PaperPage(each["raw"], each["blocks"], each["is_scan"]) for each in found["pages"]]


def draw_page(path: Path, kind: str, at: int, folder: Path) -> tuple[Path, Path]:
    """A page of a PDF or a picture drawn twice into a folder: in grey for OCR, and small enough for a screen.

    Raises:
        DocumentRefused, ToolFailed: as `look_at`.
    """
    words = ["draw", str(path.resolve()), kind, str(at)]
    ask("paper", words, folder=folder, write_bytes=LARGEST_PICTURE_BYTES)
    grey, shown = (folder / name for name in _PICTURES)
    return grey, shown

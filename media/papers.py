"""Papers: what a PDF, a text document or a picture says, page by page, found out by a child process with limits."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.errors import DocumentRefused, ToolFailed
from media.run import limits

LONGEST_S = 60  # for looking, for the text of some pages, or for drawing one
LARGEST_PICTURE_BYTES = 60_000_000
_CHILD = Path(__file__).with_name("paper_child.py")
_MESSAGE_BYTES = 4_000
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
    found = _ask(["look", str(path.resolve()), name])
    return Paper(found["kind"], found["pages"], found["is_paged"])


def read_pages(path: Path, kind: str, first: int, last: int) -> list[PaperPage]:
    """The pages from `first` up to `last`, counted from 0; fewer where the paper ends.

    Raises:
        DocumentRefused, ToolFailed: as `look_at`.
    """
    found = _ask(["text", str(path.resolve()), kind, str(first), str(last)])
    return [PaperPage(each["raw"], each["blocks"], each["is_scan"]) for each in found["pages"]]


def draw_page(path: Path, kind: str, at: int, folder: Path) -> tuple[Path, Path]:
    """A page of a PDF or a picture drawn twice into a folder: in grey for OCR, and small enough for a screen.

    Raises:
        DocumentRefused, ToolFailed: as `look_at`.
    """
    _ask(["draw", str(path.resolve()), kind, str(at)], folder=folder)
    grey, shown = (folder / name for name in _PICTURES)
    return grey, shown


def _ask(words: Sequence[str], folder: Path | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="paper-") as empty:
        where = folder or Path(empty)
        # -I: nothing of the caller's folder or environment is imported.
        written = LARGEST_PICTURE_BYTES if folder else 0
        command = [*limits(LONGEST_S, written), sys.executable, "-I", str(_CHILD), *words]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                cwd=where,
                env={"LC_ALL": "C.UTF-8", "HOME": empty},
                timeout=LONGEST_S * 2,  # the processor's time is bounded already; a busy machine takes longer
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise DocumentRefused("bomb") from slow
    if done.returncode < 0:  # a limit ended it
        raise DocumentRefused("bomb")
    if done.returncode:
        raise ToolFailed("paper_child", done.returncode, done.stderr[-_MESSAGE_BYTES:].decode("utf-8", "replace"))
    found: dict[str, Any] = json.loads(done.stdout)
    if "refused" in found:
        raise DocumentRefused(*found["refused"])
    return found

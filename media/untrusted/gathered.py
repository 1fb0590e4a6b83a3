"""What the readers of text documents put together: blocks on pages, or plain lines."""

from typing import Any, Protocol

from media.untrusted.refusal import MOST_PARAGRAPHS, Refused

LONGEST_PAGE = 200_000  # letters; more than any page, and than anybody reads

Block = list[Any]  # [kind, level, text, []], as `archive.readable.blocks.Block` is kept


class Gathering(Protocol):
    """Takes what a reader finds."""

    def keep(self, kind: str, level: int, text: str) -> None:
        """A heading (with its level), an item, a paragraph, or a row with tabs between its cells."""

    def turn(self) -> None:
        """Another page begins."""


class Pages:
    """Blocks, page by page; a block without letters is none, and neither is a page without blocks."""

    def __init__(self) -> None:
        self.made: list[list[Block]] = [[]]
        self._blocks = 0

    def keep(self, kind: str, level: int, text: str) -> None:
        """One block more."""
        said = _row(text) if kind == "row" else "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
        if not said.strip():
            return
        self._blocks += 1
        if self._blocks > MOST_PARAGRAPHS:
            raise Refused("too_many", MOST_PARAGRAPHS, "")
        self.made[-1].append([kind, level, said[:LONGEST_PAGE], []])

    def turn(self) -> None:
        """The blocks that follow are on another page."""
        if self.made[-1]:
            self.made.append([])


class Lines:
    """Lines as they were typed, empty ones too; pages do not matter."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def keep(self, kind: str, _level: int, text: str) -> None:
        """Its lines; a row is one."""
        self.made += [_row(text)] if kind == "row" else text.split("\n")
        if len(self.made) > MOST_PARAGRAPHS:
            raise Refused("too_many", MOST_PARAGRAPHS, "")

    def turn(self) -> None:
        """Nothing to do."""


def _row(text: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in text.split("\t"))

"""Goals, measures, strengths and weaknesses out of a list that is pasted, or of the pages of a document. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.people import name_key
from archive.readable.blocks import Block
from archive.workplan.items import LIMITS
from archive.workplan.outline import ItemKind
from archive.workplan.points import PointKind

MOST_LINES = 300
_BULLET = re.compile(r"\s*(?:[●•▪◦○·‣∙*–—-]|\d{1,3}[.)])\s+(?=\S)")
_NAMED = re.compile(r"\s*(mål|tiltak|overskrift)\s*:\s*(?=\S)", re.IGNORECASE)
_KINDS = {"mål": ItemKind.GOAL, "tiltak": ItemKind.MEASURE, "overskrift": ItemKind.HEADING}
_GOALS = ("mål", "målsetting", "målsettinger", "hovedmål")  # a heading that begins so stands over goals
# Words of headings over what is, not over what is to be done: strengths, weaknesses, figures, who leads what.
_NOT_TO_DO = ("styrke", "svakhet", "status", "oversikt")
_STRENGTHS = re.compile(r"\b(?:styrke(?:r|ne)|sterke sider)\b")
_WEAKNESSES = re.compile(r"\b(?:svakhet(?:er|ene)?|svake sider)\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may become an item, or a strength or weakness."""

    kind: ItemKind | PointKind | None  # what it looks like; None: nothing that belongs in a plan
    text: str
    about: str = ""
    page: int | None = None
    lines: str = ""  # as printed: 73, or 80-82


def read_list(typed: str, usual: ItemKind) -> list[Candidate]:
    """A pasted list, one item on each line.

    `# ` or a colon at the end makes a heading, a bullet a measure, *Mål:* and *Tiltak:* what they say; `usual`: what
    any other line is. What stands under a heading over strengths is one.
    """
    found = []
    points: PointKind | None = None
    for line in typed.splitlines():
        said = line.strip()
        if not said or not said.strip("#-–—•●* "):
            continue
        kind: ItemKind | PointKind | None = points or usual
        if said.startswith("#"):
            kind, said = ItemKind.HEADING, said.lstrip("# ")
        elif named := _NAMED.match(said):
            kind, said = _KINDS[named[1].lower()], said[named.end() :]
        elif bullet := _BULLET.match(said):
            kind, said = points or ItemKind.MEASURE, said[bullet.end() :]
        elif said.endswith(":"):
            kind, said = ItemKind.HEADING, said.rstrip(": ")
        text, about = divided(said)
        if kind is ItemKind.HEADING:
            points = points_under(text)
            kind = None if points else kind
        if text:
            found.append(Candidate(kind, text, about))
    return found


def candidates_of(pages: Iterable[tuple[int, Sequence[Block]]]) -> list[Candidate]:
    """The headings, paragraphs and items of pages, each with where it stands: (number, blocks)."""
    found: list[Candidate] = []
    above = ""  # the heading
    for number, blocks in pages:
        for block in blocks:
            if block.kind == "row":
                continue
            text, about = divided(block.text)
            if not text:
                continue
            if block.kind == "heading":
                above = name_key(text)
                text = text.rstrip(": ") or text
            found.append(Candidate(_looks_like(block, above), text, about, number, printed_lines(block)))
    return found


def points_under(heading: str) -> PointKind | None:
    """What stands below a heading: strengths, weaknesses, or neither."""
    above = name_key(heading)
    if _STRENGTHS.search(above):
        return PointKind.STRENGTH
    return PointKind.WEAKNESS if _WEAKNESSES.search(above) else None


def _looks_like(block: Block, above: str) -> ItemKind | PointKind | None:
    """`above`: the heading that it stands under, as it is compared."""
    points = points_under(above)
    if block.kind == "heading":
        return None if points else ItemKind.HEADING
    if points:
        return points if block.kind == "item" else None
    if above.rstrip(":").split(" ")[0] in _GOALS:
        return ItemKind.GOAL
    return ItemKind.MEASURE if block.kind == "item" and not any(word in above for word in _NOT_TO_DO) else None


def printed_lines(block: Block) -> str:
    """The printed numbers of a block's lines: `73`, `80-82`; "" where it has none."""
    numbers = [number for _, number in block.marks]
    if not numbers:
        return ""
    return f"{numbers[0]}-{numbers[-1]}" if numbers[-1] != numbers[0] else str(numbers[0])


def divided(text: str) -> tuple[str, str]:
    """A text as what fits in an item, and the rest as more about it: parted after a sentence, or else after a word."""
    said = " ".join(text.split())
    if len(said) <= LIMITS["text"]:
        return said, ""
    fitting = [found.start() for found in _SENTENCE.finditer(said) if found.start() <= LIMITS["text"]]
    at = fitting[0] if fitting else said.rfind(" ", 0, LIMITS["text"])
    at = at if at > 0 else LIMITS["text"]
    return said[:at].rstrip(), said[at:].strip()

"""Three stated ways to make two texts comparable before their words are counted. Pure.

- `library`: as the National Library's published scorer (nostram, `utils/evaluate.py`): lower case, no punctuation, by
  jiwer's own transforms. Two words with a hyphen between them become one («e-post» → «epost»).
- `hyphens`: the same, but split at hyphens and dashes («e post»).
- `numbers`: as `hyphens`, and numbers are figures however they are written (`archive.evaluation.numbers`); «20 000» and
  «20.000» are one number, «12.15» is two, «1,5» is «1 komma 5», «5 %» is «5 prosent», and «5.» is the fifth when a
  small letter or a figure follows, else it ends a sentence.

All compose letters first: «å» is one letter, also when a Mac wrote it as two.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jiwer

from archive.evaluation.numbers import Number, is_step, parts_of_number, read_number

_TRANSFORMS: list[Any] = [jiwer.ToLowerCase, jiwer.RemoveMultipleSpaces, jiwer.Strip, jiwer.RemovePunctuation]
_LIBRARY: Callable[[str], str] = jiwer.Compose([transform() for transform in _TRANSFORMS])
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_DECIMAL = re.compile(r"([0-9]+),([0-9]+)")
_ORDINAL = re.compile(r"([0-9]{1,2})\.")
_FIGURES = re.compile(r"[0-9]+(?:[.:/][0-9]+)+")
_BEGINS_GROUPS, _GROUP = re.compile(r"[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word as it is compared, and which of the text's words (first and last, inclusive) it came of."""

    text: str
    first: int
    last: int


Normalise = Callable[[Sequence[str]], list[Piece]]


def as_library(words: Sequence[str]) -> list[Piece]:
    """As the National Library's scorer."""
    return [
        Piece(part, number, number) for number, word in enumerate(words) for part in _LIBRARY(_composed(word)).split()
    ]


def with_hyphens_split(words: Sequence[str]) -> list[Piece]:
    """As `as_library`, split at hyphens and dashes."""
    return [
        Piece(part, number, number)
        for number, word in enumerate(words)
        for half in _halves(_composed(word))
        for part in _LIBRARY(half).split()
    ]


def with_figures(words: Sequence[str]) -> list[Piece]:
    """As `with_hyphens_split`, with every number as figures: `52`, `5te`."""
    pieces = [
        Piece(part, number, number)
        for number, word in enumerate(words)
        for part in _parts(_composed(word).lower(), _first_letter(words, number + 1))
    ]
    return list(_groups_joined(_read(pieces)))


NORMALISATIONS: dict[str, Normalise] = {
    "library": as_library,
    "hyphens": with_hyphens_split,
    "numbers": with_figures,
}


def _composed(word: str) -> str:
    return unicodedata.normalize("NFC", word)


def _halves(word: str) -> list[str]:
    return "".join(" " if unicodedata.category(sign) == "Pd" else sign for sign in word).split()


def _first_letter(words: Sequence[str], at: int) -> str:
    return next((sign for sign in words[at] if sign.isalnum()), "") if at < len(words) else ""


def _bare(text: str) -> str:
    return "".join(sign for sign in text if not _is_sign(sign))


def _is_sign(sign: str) -> bool:
    return unicodedata.category(sign).startswith("P")


def _parts(word: str, following: str) -> list[str]:
    """The words in one written word, ready for numbers to be read: bare of signs, compounds taken apart."""
    if word == "%":
        return ["prosent"]
    core = word.strip("".join({sign for sign in word if _is_sign(sign) and sign != "."}))
    if (found := _ORDINAL.fullmatch(core)) and (following.islower() or following.isdigit()):
        return [Number(int(found[1]), 0, is_ordinal=True).written]
    core = core.strip("." + "".join({sign for sign in word if _is_sign(sign)}))
    percent = ["prosent"] if core[-1:].isdigit() and f"{core[-1:]}%" in word else []
    return [part for half in _with_whole_compounds(core) for part in _parts_of_half(half)] + percent


def _with_whole_compounds(core: str) -> list[str]:
    """«femti-to» as one, anything else split at its hyphens."""
    halves = _halves(core)
    whole = "".join(_bare(half) for half in halves)
    if len(halves) == 2 and is_step(*halves):
        return [read.written for half in halves if (read := read_number([half], 0))]
    return [whole] if len(halves) > 1 and parts_of_number(whole) else halves


def _parts_of_half(half: str) -> list[str]:
    if found := _DECIMAL.fullmatch(half):
        return [found[1], "komma", found[2]]
    if _GROUPED.fullmatch(half):
        return [half.replace(".", "")]
    if _FIGURES.fullmatch(half):
        return re.findall(r"[0-9]+", half)
    bare = _bare(half)
    return [part for each in bare.split() for part in (parts_of_number(each) or [each])]


def _read(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Every number in words as figures."""
    texts = [piece.text for piece in pieces]
    at = 0
    while at < len(texts):
        read = read_number(texts, at)
        if read is None:
            yield pieces[at]
            at += 1
        else:
            yield Piece(read.written, pieces[at].first, pieces[read.end - 1].last)
            at = read.end


def _groups_joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """`20 000` as one number: one to three figures, then threes."""
    begun: Piece | None = None
    for piece in pieces:
        if begun is not None and _GROUP.fullmatch(piece.text):
            begun = Piece(begun.text + piece.text, begun.first, piece.last)
            continue
        if begun is not None:
            yield begun
        begun = piece if _BEGINS_GROUPS.fullmatch(piece.text) else None
        if begun is None:
            yield piece
    if begun is not None:
        yield begun

"""The charts of the overview: bars of how far lists have come, a mark for each municipality, and members by year.

Pure geometry in a picture 640 wide. What a shape means is told by its form and by words, never by its colour alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.overview.board import Line, MembersOfYear
from archive.overview.unit_years import ListWork, ProgrammeWork
from web.overview_words import list_words, programme_words

WIDTH = 640
# How far something has come, in the order that bars and legends have; None: not reported.
LIST_ORDER: tuple[ListWork | None, ...] = (
    ListWork.DELIVERED,
    ListWork.UNDER_WAY,
    ListWork.NOT_BEGUN,
    ListWork.NO_LIST,
    None,
)
PROGRAMME_ORDER: tuple[ProgrammeWork | None, ...] = (
    ProgrammeWork.ADOPTED,
    ProgrammeWork.UNDER_WAY,
    ProgrammeWork.NOT_BEGUN,
    None,
)
_LOOKS = {
    ListWork.DELIVERED: "done",
    ProgrammeWork.ADOPTED: "done",
    ListWork.UNDER_WAY: "begun",
    ProgrammeWork.UNDER_WAY: "begun",
    ListWork.NOT_BEGUN: "open",
    ProgrammeWork.NOT_BEGUN: "open",
    ListWork.NO_LIST: "none",
    None: "unknown",
}
_GAP = 3.0
_ROW, _MARK_STEP, _MARK_RIGHT = 46.0, 30.0, 626.0
_CHART_TOP, _CHART_BOTTOM = 44.0, 250.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar."""

    x: float
    width: float
    middle: float
    count: int
    word: str
    look: str  # done, begun, open, none, unknown


@dataclass(frozen=True, slots=True)
class Bar:
    """How many have come how far; what is nought has no segment, and stands in `parts` all the same."""

    segments: tuple[Segment, ...]
    parts: tuple[tuple[str, str, int], ...]  # (look, word, count) for the legend

    @property
    def in_words(self) -> str:
        """`12 levert, 4 i gang, 22 ikke meldt`."""
        return ", ".join(f"{count} {word}" for _look, word, count in self.parts if count) or "ingen kommuner"


def list_bar(counts: Sequence[int]) -> Bar:
    """A bar of lists; the counts come in `LIST_ORDER`."""
    return bar([(_LOOKS[work], list_words(work), count) for work, count in zip(LIST_ORDER, counts, strict=True)])


def programme_bar(counts: Sequence[int]) -> Bar:
    """A bar of programmes; the counts come in `PROGRAMME_ORDER`."""
    return bar(
        [(_LOOKS[work], programme_words(work), count) for work, count in zip(PROGRAMME_ORDER, counts, strict=True)]
    )


def bar(parts: Sequence[tuple[str, str, int]]) -> Bar:
    """Segments side by side, each as wide as its count; together as wide as the picture."""
    shown = [each for each in parts if each[2] > 0]
    whole = sum(count for _look, _word, count in shown)
    room = WIDTH - _GAP * max(0, len(shown) - 1)
    x, segments = 0.0, []
    for look, word, count in shown:
        width = room * count / whole
        segments.append(Segment(round(x, 2), round(width, 2), round(x + width / 2, 2), count, word, look))
        x += width + _GAP
    return Bar(tuple(segments), tuple(parts))


@dataclass(frozen=True, slots=True)
class Mark:
    """One municipality of the field of marks."""

    x: float
    y: float
    look: str
    title: str


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A region with its municipalities."""

    name: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """Every municipality, region by region."""

    height: float
    rows: tuple[MarkRow, ...]


def marks(lines: Iterable[Line]) -> Marks:
    """A mark for each municipality that shows how far its list has come; those in no region last."""
    by_region: dict[str, list[Line]] = {}
    for line in lines:
        by_region.setdefault(line.region.name if line.region else "Uten region", []).append(line)
    rows = []
    for number, (name, theirs) in enumerate(by_region.items()):
        y = _ROW * number + _ROW / 2
        left = _MARK_RIGHT - _MARK_STEP * (len(theirs) - 1)
        rows.append(
            MarkRow(
                name,
                y,
                tuple(
                    Mark(
                        left + _MARK_STEP * place,
                        y,
                        _LOOKS[line.election.list_work],
                        f"{line.unit.name}: {list_words(line.election.list_work)}",
                    )
                    for place, line in enumerate(theirs)
                ),
            )
        )
    return Marks(_ROW * len(rows), tuple(rows))


@dataclass(frozen=True, slots=True)
class Column:
    """The members of one year."""

    x: float
    width: float
    middle: float
    y: float
    height: float
    look: str  # own: the county's own figure; summed: what municipalities have reported; missing
    year: int
    count: int | None


def columns(members: Sequence[MembersOfYear]) -> tuple[Column, ...]:
    """A column for each year, from nought; a year that nobody has reported has none."""
    if not members:
        return ()
    highest = max((each.count or 0 for each in members), default=0) or 1
    step = WIDTH / len(members)
    made = []
    for place, each in enumerate(members):
        count = each.count
        height = (_CHART_BOTTOM - _CHART_TOP) * (count or 0) / highest
        look = "missing" if count is None else "own" if each.county is not None else "summed"
        made.append(
            Column(
                x=round(step * place + 6, 1),
                width=round(step - 12, 1),
                middle=round(step * (place + 0.5), 1),
                y=round(_CHART_BOTTOM - height, 1),
                height=round(height, 1),
                look=look,
                year=each.year,
                count=count,
            )
        )
    return tuple(made)

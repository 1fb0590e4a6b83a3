"""A transcript as it is read: lines gathered into turns, with what is lost, missing or doubtful where it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from archive.coverage import Coverage
from archive.people import Person
from archive.recordings import Recording
from archive.transcripts import Segment

# A turn gets a time of its own at least this often: it is what one jumps to and what the keyboard reaches.
LONGEST_TURN_MS = 60_000
# What one hears and writes at one go; the machine's own lines are hardly longer.
LONGEST_PIECE_MS = 15_000
# Words that the model itself gave less than this are underlined.
DOUBTFUL_BELOW = 0.4
UNDERLINED = Markup('<span class="doubt">{}</span>')


@dataclass(frozen=True, slots=True)
class Line:
    """A segment ready to be shown. `word_times` is what transcript.js reads, "" when they are unknown."""

    segment: Segment
    word_times: str
    said: Markup  # the text as HTML, its doubtful words underlined
    begins_place: bool = True  # of lines that are unsure for one reason, the first says so
    next_place: int | None = None  # the first line of the next place that is unsure; None: there is none

    @property
    def is_unsure(self) -> bool:
        """Whether something speaks against what the machine heard here, and nobody has checked it."""
        return is_unsure(self.segment)

    @property
    def corrected(self) -> bool:
        """Whether a person changed what the machine wrote, or wrote the line."""
        return self.segment.machine_text is not None and self.segment.text != self.segment.machine_text


@dataclass(frozen=True, slots=True)
class Turn:
    """Lines of one speaker that follow each other."""

    speaker: Person | None  # None: nobody has said who it is
    voice: int | None  # its number, when the machine told voices apart
    lines: tuple[Line, ...]

    @property
    def start_ms(self) -> int:
        """Where it begins on the interview's time line."""
        return self.lines[0].segment.start_ms


@dataclass(frozen=True, slots=True)
class Hole:
    """Sound that could not be read, on the interview's time line."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Speech without text, on the interview's time line."""

    start_ms: int
    end_ms: int
    is_missing_text: bool = True  # what a template asks

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """The stretch in parts of equal length that one writes as a line each."""
        length_ms = self.end_ms - self.start_ms
        count = max(1, -(-length_ms // LONGEST_PIECE_MS))
        edges = [self.start_ms + length_ms * number // count for number in range(count + 1)]
        return list(pairwise(edges))


def line_of(segment: Segment, *, begins_place: bool = True, next_place: int | None = None) -> Line:
    """The segment with its words' times, and its doubtful words marked."""
    word_times, said = _said(segment)
    return Line(segment, word_times, said, begins_place, next_place)


def _said(segment: Segment) -> tuple[str, Markup]:
    words = segment.words
    if not words or " ".join(word[2] for word in words) != segment.text:
        return "", escape(segment.text)
    if not is_doubtful(segment):
        return " ".join(str(word[0] - segment.start_ms) for word in words), escape(segment.text)
    doubtful = [word[3] < DOUBTFUL_BELOW for word in words]
    times = [f"{word[0] - segment.start_ms}{'?' if doubt else ''}" for word, doubt in zip(words, doubtful, strict=True)]
    said = [
        UNDERLINED.format(word[2]) if doubt else escape(word[2]) for word, doubt in zip(words, doubtful, strict=True)
    ]
    return " ".join(times), Markup(" ").join(said)


def is_doubtful(segment: Segment) -> bool:
    """Whether any word of it is underlined."""
    return not segment.checked and any(word[3] < DOUBTFUL_BELOW for word in segment.words)


def is_unsure(segment: Segment) -> bool:
    """Whether the guard doubts the line still, and nobody has checked it."""
    return bool(segment.doubts) and not segment.checked


def unsure_places(lines: Iterable[tuple[int, int | None, bool]]) -> list[int]:
    """The first lines of the places to look at. A place is what follows each other out of one window.

    Args:
        lines: their numbers, their windows and whether each is unsure, in time order.
    """
    places, before = [], None
    for line_id, window_id, unsure in lines:
        here = (window_id,) if unsure else None
        if here is not None and here != before:
            places.append(line_id)
        before = here
    return places


def missing(found: Coverage | None) -> list[Missing]:
    """Where text is missing, in time order; None: nobody knows."""
    return [Missing(gap.start_ms, gap.end_ms) for gap in found.gaps] if found else []


def in_time_order(lost: Iterable[Hole], without_text: Iterable[Missing]) -> list[Hole | Missing]:
    """Both kinds of what a reader misses."""
    return sorted([*lost, *without_text], key=lambda each: each.start_ms)


def holes(recordings: Iterable[Recording]) -> list[Hole]:
    """Where sound is missing, in time order."""
    found = [Hole(r.offset_ms + start, r.offset_ms + end) for r in recordings for start, end in r.lost]
    return sorted(found, key=lambda hole: hole.start_ms)


def turns(segments: Iterable[Segment], absent: Sequence[Hole | Missing] = ()) -> list[Turn | Hole | Missing]:
    """The whole text in time order. What is absent ends the turn it falls in."""
    segments = list(segments)
    places = unsure_places((each.id, each.window_id, is_unsure(each)) for each in segments)
    follows = dict(pairwise([*places, None]))
    page: list[Turn | Hole | Missing] = []
    waiting = list(absent)
    gathered: list[Line] = []

    def close() -> None:
        if gathered:
            page.append(Turn(gathered[0].segment.speaker, gathered[0].segment.voice, tuple(gathered)))
            gathered.clear()

    for segment in segments:
        while waiting and waiting[0].start_ms <= segment.start_ms:
            close()
            page.append(waiting.pop(0))
        if gathered and not _goes_on(gathered[0].segment, segment):
            close()
        gathered.append(line_of(segment, begins_place=segment.id in follows, next_place=follows.get(segment.id)))
    close()
    return page + waiting


def _goes_on(first: Segment, segment: Segment) -> bool:
    same_voice = (first.speaker_id, first.voice) == (segment.speaker_id, segment.voice)
    return same_voice and segment.end_ms - first.start_ms <= LONGEST_TURN_MS

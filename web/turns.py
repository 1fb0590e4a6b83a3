"""A transcript as it is read: lines gathered into turns, with the holes in the sound where they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.people import Person
from archive.recordings import Recording
from archive.transcripts import Segment

# A turn gets a time of its own at least this often: it is what one jumps to and what the keyboard reaches.
LONGEST_TURN_MS = 60_000
# Words that the model itself gave less than this are underlined.
DOUBTFUL_BELOW = 0.4
UNDERLINED = Markup('<span class="doubt">{}</span>')


@dataclass(frozen=True, slots=True)
class Line:
    """A segment ready to be shown. `word_times` is what transcript.js reads, "" when they are unknown."""

    segment: Segment
    word_times: str
    said: Markup  # the text as HTML, its doubtful words underlined

    @property
    def corrected(self) -> bool:
        """Whether a person changed what the machine wrote, or wrote the line."""
        return self.segment.machine_text is not None and self.segment.text != self.segment.machine_text


@dataclass(frozen=True, slots=True)
class Turn:
    """Lines of one speaker that follow each other."""

    speaker: Person | None  # None: nobody has said who it is
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


def line_of(segment: Segment) -> Line:
    """The segment with its words' times, and its doubtful words marked."""
    words = segment.words
    if not words or " ".join(word[2] for word in words) != segment.text:
        return Line(segment, "", escape(segment.text))
    if not is_doubtful(segment):
        return Line(segment, " ".join(str(word[0] - segment.start_ms) for word in words), escape(segment.text))
    doubtful = [word[3] < DOUBTFUL_BELOW for word in words]
    times = [f"{word[0] - segment.start_ms}{'?' if doubt else ''}" for word, doubt in zip(words, doubtful, strict=True)]
    said = [
        UNDERLINED.format(word[2]) if doubt else escape(word[2]) for word, doubt in zip(words, doubtful, strict=True)
    ]
    return Line(segment, " ".join(times), Markup(" ").join(said))


def is_doubtful(segment: Segment) -> bool:
    """Whether any word of it is underlined."""
    return not segment.checked and any(word[3] < DOUBTFUL_BELOW for word in segment.words)


def holes(recordings: Iterable[Recording]) -> list[Hole]:
    """Where sound is missing, in time order."""
    found = [Hole(r.offset_ms + start, r.offset_ms + end) for r in recordings for start, end in r.lost]
    return sorted(found, key=lambda hole: hole.start_ms)


def turns(segments: Iterable[Segment], missing: Sequence[Hole] = ()) -> list[Turn | Hole]:
    """The whole text in time order. A hole ends the turn it falls in."""
    page: list[Turn | Hole] = []
    waiting = list(missing)
    gathered: list[Line] = []

    def close() -> None:
        if gathered:
            page.append(Turn(gathered[0].segment.speaker, tuple(gathered)))
            gathered.clear()

    for segment in segments:
        while waiting and waiting[0].start_ms <= segment.start_ms:
            close()
            page.append(waiting.pop(0))
        if gathered and not _goes_on(gathered[0].segment, segment):
            close()
        gathered.append(line_of(segment))
    close()
    return page + waiting


def _goes_on(first: Segment, segment: Segment) -> bool:
    return first.speaker_id == segment.speaker_id and segment.end_ms - first.start_ms <= LONGEST_TURN_MS

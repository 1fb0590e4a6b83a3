"""Plain text: the words and nothing else, the same bytes for the same transcript."""

from collections.abc import Sequence

from archive.exchange.plain import one_line, speaker_of, time_of
from archive.transcripts import Segment


def export(segments: Sequence[Segment], *, times: bool = False, speakers: bool = False) -> str:
    """One line for each segment in time order; `times` and `speakers` put `[hh:mm:ss]` and the name before it."""
    return "".join(f"{_line(segment, times, speakers)}\n" for segment in segments if one_line(segment.text))


def _line(segment: Segment, times: bool, speakers: bool) -> str:
    time = f"[{time_of(segment.start_ms, '.')[:-4]}] " if times else ""
    speaker = f"{name}: " if speakers and (name := speaker_of(segment)) else ""
    return f"{time}{speaker}{one_line(segment.text)}"

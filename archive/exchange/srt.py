"""SubRip: numbered cues; the format has no place for who speaks, so the name stands before the words."""

from collections.abc import Sequence

from archive.exchange.plain import one_line, speaker_of, time_of
from archive.transcripts import Segment


def export(segments: Sequence[Segment]) -> str:
    """The segments as an SRT file. Segments without text are left out."""
    written = [segment for segment in segments if one_line(segment.text)]
    return "\n".join(_cue(number, segment) for number, segment in enumerate(written, start=1))


def _cue(number: int, segment: Segment) -> str:
    speaker = f"{name}: " if (name := speaker_of(segment)) else ""
    end_ms = max(segment.end_ms, segment.start_ms + 1)
    times = f"{time_of(segment.start_ms, ',')} --> {time_of(end_ms, ',')}"
    text = f"{speaker}{one_line(segment.text)}".replace("-->", "→")  # which readers take for the line of times
    return f"{number}\n{times}\n{text}\n"

"""WebVTT: one cue for each segment, its id the segment's, whoever speaks in the voice tag; and one for each chapter."""

from collections.abc import Sequence

from archive.chapters import Chapter, ends_of
from archive.exchange.plain import one_line, speaker_of, time_of
from archive.interviews import Interview, Status
from archive.transcripts import Segment

_NOTE = {
    Status.REVIEWED: "Teksten er rettet og gjennomgått. Lyden er kilden.",
    Status.IN_REVIEW: "Teksten rettes nå; ikke alt er gjennomgått. Lyden er kilden.",
}
_MACHINE = "Maskintekst, ikke gjennomgått. Lyden er kilden."


def export(interview: Interview, segments: Sequence[Segment]) -> str:
    """The segments as a WebVTT file. Segments without text are left out."""
    note = f"NOTE {interview.reference} {interview.title}\n{_NOTE.get(interview.status, _MACHINE)}"
    blocks = ["WEBVTT", "\n".join(_escaped(line) for line in note.split("\n"))]
    blocks += [_cue(segment) for segment in segments if one_line(segment.text)]
    return "\n\n".join(blocks) + "\n"


def export_chapters(interview: Interview, chapters: Sequence[Chapter], until_ms: int) -> str:
    """The chapters as the WebVTT file of a track of kind "chapters"; the last one ends at `until_ms`.

    The format has no place for synopsis and keywords: they are in our own JSON.
    """
    blocks = ["WEBVTT", f"NOTE {_escaped(f'{interview.reference} {interview.title}')}\nKapitler"]
    for chapter, end_ms in zip(chapters, ends_of(chapters, until_ms), strict=True):
        times = f"{time_of(chapter.start_ms, '.')} --> {time_of(end_ms, '.')}"
        blocks.append(f"{chapter.id}\n{times}\n{_escaped(chapter.title)}")
    return "\n\n".join(blocks) + "\n"


def _cue(segment: Segment) -> str:
    speaker = speaker_of(segment)
    voice = f"<v {_escaped(speaker)}>" if speaker else ""
    end_ms = max(segment.end_ms, segment.start_ms + 1)  # the format knows no cue without length
    times = f"{time_of(segment.start_ms, '.')} --> {time_of(end_ms, '.')}"
    return f"{segment.id}\n{times}\n{voice}{_escaped(segment.text)}"


def _escaped(text: str) -> str:
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

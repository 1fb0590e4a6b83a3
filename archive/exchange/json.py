"""Our own JSON: everything a reader of the interview may know of it, and every word with its times."""

import json
from typing import Any

from sqlalchemy.orm import Session

from archive.chapters import Chapter, chapters_and_lines
from archive.coverage import Coverage
from archive.interviews import Interview, Part
from archive.progress import fraction_done
from archive.provenance import Run, runs_of
from archive.transcripts import Segment, segments_of


def document(session: Session, interview: Interview) -> dict[str, Any]:
    """The document that `stemme show --json` prints. All times are integers in milliseconds."""
    return {
        "interview_id": interview.id,
        "reference": interview.reference,
        "title": interview.title,
        "narrators": _names(interview, Part.NARRATOR),
        "interviewers": _names(interview, Part.INTERVIEWER),
        "heard": _names(interview, Part.HEARD),
        "held_on": interview.held_on.isoformat() if interview.held_on else None,
        "place": interview.place,
        "creator": interview.creator.name if interview.creator else None,
        "language": interview.language,
        "dialect": interview.dialect,
        "summary": interview.summary,
        "access": interview.access.value,
        "status": interview.status.value,
        "progress": round(fraction_done(session, interview), 4),
        "duration_ms": interview.duration_ms,
        "recordings": [
            {
                "sha256": each.sha256,
                "part": each.part,
                "offset_ms": each.offset_ms,
                "duration_ms": each.duration_ms,
                "lost": each.lost,
                "sound": each.sound,
            }
            for each in interview.recordings
        ],
        "chapters": [_chapter(*each) for each in chapters_and_lines(session, interview.id)],
        "layers": [_layer(each) for each in runs_of(session, interview)],
        "segments": [_segment(each) for each in segments_of(session, interview.id)],
    }


def export(document: dict[str, Any]) -> str:
    """The document as text."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _names(interview: Interview, part: Part) -> list[str]:
    return [person.name for person in interview.people(part)]


def _layer(run: Run) -> dict[str, Any]:
    """Where the machine's text came from. The newest run of a recording comes first; gaps lie on the one time line."""
    layer, found = run.layer, run.coverage
    return {
        "sha256": run.recording.sha256,
        "run": layer.run,
        "engine": layer.engine,
        "model": layer.model,
        "model_sha256": layer.model_sha256,
        "options": layer.options,
        "prompt": layer.prompt,
        "start_ms": layer.start_ms,
        "end_ms": layer.end_ms,
        "languages": layer.languages,
        "speakers": layer.speakers,
        "started_at": layer.started_at.isoformat(),
        "finished_at": layer.finished_at.isoformat() if layer.finished_at else None,
        "working_ms": layer.working_ms,
        "windows": run.windows,
        "decoded": run.decoded,
        "doubtful": run.doubtful,
        "heard_again": run.heard_again,
        "coverage": None if found is None else _coverage(found),
    }


def _coverage(found: Coverage) -> dict[str, Any]:
    return {
        "share": found.share,
        "speech_ms": found.speech_ms,
        "gaps": [gap._asdict() for gap in found.gaps],
    }


def _chapter(chapter: Chapter, is_a_line: bool) -> dict[str, Any]:
    return {
        "id": chapter.id,
        "start_ms": chapter.start_ms,
        "end_ms": chapter.end_ms,
        "title": chapter.title,
        "synopsis": chapter.synopsis,
        "keywords": chapter.keywords,
        "segment_id": chapter.line_id if is_a_line else None,  # the line that is the same row of a log
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "speaker": segment.speaker.name if segment.speaker else None,
        "text": segment.text,
        "voice": segment.voice,
        "checked": segment.checked,
        "doubts": segment.doubts,
        "words": [
            {"start_ms": start_ms, "end_ms": end_ms, "text": text, "p": p}
            for start_ms, end_ms, text, p in segment.words
        ],
    }

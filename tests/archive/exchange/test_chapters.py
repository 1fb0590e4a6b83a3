"""Chapters go out as WebVTT and in our own JSON, and come back the same."""

import json
from datetime import datetime
from html import unescape
from io import StringIO
from typing import Any

import webvtt
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.chapters import Chapter, ChapterDetails, bring_in, chapters_and_lines
from archive.exchange import EXPORTS, vtt
from archive.exchange.plain import one_line
from archive.exchange.reading import read_text
from archive.importing import import_text
from archive.interviews import Interview, InterviewDetails, Status
from archive.transcripts import segments_of

LOG = "Tid;Til;Kapittel;Sammendrag;Emneord\n0:10;5:00;A < B & C;Skolen;skole, Frosta\n12:30;;Arbeid;;\n"
EMPTY = ChapterDetails(2_000, "Uten linje")


def imported(session: Session, content: str, now: datetime) -> Interview:
    details = InterviewDetails(title="Logg")
    text = read_text(content.encode())
    return import_text(session, text, details, original_name="l", sha256="0", handed_in_by_id=None, now=now)


def test_our_own_json_brings_back_lines_and_chapters(session: Session, now: datetime) -> None:
    first = imported(session, LOG, now)
    bring_in(session, first.id, [(EMPTY, None)], by=None, now=now)
    second = imported(session, EXPORTS["json"](session, first), now)

    def of(interview: Interview) -> list[dict[str, Any]]:
        read = json.loads(EXPORTS["json"](session, interview))
        line_ids = [each["id"] for each in read["segments"]]
        for each in read["chapters"]:
            each["segment_id"] = each["segment_id"] and line_ids.index(each["segment_id"])
            del each["id"]
        return list(read["chapters"])

    assert of(first) == of(second)
    assert [is_a_line for _, is_a_line in chapters_and_lines(session, second.id)] == [False, True, True]
    assert len(segments_of(session, second.id)) == 2
    assert of(first)[1] == {
        "start_ms": 10_000,
        "end_ms": 300_000,
        "title": "A < B & C",
        "synopsis": "Skolen",
        "keywords": ["skole", "Frosta"],
        "segment_id": 0,
    }


def test_the_chapters_of_a_log_end_where_the_next_begins(session: Session, now: datetime) -> None:
    interview = imported(session, LOG, now)
    cues = webvtt.from_string(EXPORTS["chapters"](session, interview)).captions
    assert [(cue.start, cue.end, unescape(cue.text)) for cue in cues] == [
        ("00:00:10.000", "00:05:00.000", "A < B & C"),
        ("00:12:30.000", "00:12:31.000", "Arbeid"),
    ]


def test_no_chapters_are_an_empty_track(session: Session, now: datetime) -> None:
    interview = imported(session, "Hei.\nDu.\n", now)
    assert EXPORTS["chapters"](session, interview).startswith("WEBVTT\n\nNOTE TSV-I-0001 Logg\n")
    assert webvtt.from_string(EXPORTS["chapters"](session, interview)).captions == []


titles = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).filter(lambda text: one_line(text))


@given(st.lists(st.tuples(st.integers(0, 90_000_000), titles), max_size=6))
def test_webvtt_brings_back_whatever_was_typed(typed: list[tuple[int, str]]) -> None:
    chapters = [Chapter(id=n, start_ms=at, end_ms=None, title=title) for n, (at, title) in enumerate(sorted(typed))]
    interview = Interview(id=1, title="-->\n\n1", status=Status.REVIEWED)
    cues = webvtt.from_buffer(StringIO(vtt.export_chapters(interview, chapters, 1)), format="vtt").captions
    assert [(cue.identifier, unescape(cue.raw_text)) for cue in cues] == [
        (str(each.id), one_line(each.title)) for each in chapters
    ]

"""Each export is read back by a program that is not ours."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from io import StringIO
from pathlib import Path

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.database import Database
from archive.exchange import EXPORTS, MEDIA_TYPES, document, srt, txt, vtt
from archive.exchange.plain import one_line, time_of
from archive.interviews import Access, Interview, Part, Participation, Status
from archive.model import Base
from archive.people import Person
from archive.transcripts import Segment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR_MS = 3_600_000
WORDS = [[0, 700, "Hva", 0.9], [700, 1500, "skjedde?", 1.0]]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(f"sqlite:///{tmp_path / 'archive.db'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        yield session
    database.close()


@pytest.fixture
def interview(session: Session) -> Interview:
    kari, ola = Person(name="Kari Spør"), Person(name="Ola <Svarer> & co")
    interview = Interview(
        title="Torvet i 1969",
        status=Status.REVIEWED,
        access=Access.MEMBERS,
        held_on=date(2026, 2, 3),
        place="Steinkjer",
        made_at=NOW,
    )
    interview.participations = [Participation(person=ola, part=Part.NARRATOR)]
    interview.segments = [
        Segment(start_ms=0, end_ms=1500, speaker=kari, text="Hva skjedde?", words=WORDS),
        Segment(start_ms=1500, end_ms=1500, speaker=ola, text="A < B & C --> D,\n\nsa han."),
        Segment(start_ms=HOUR_MS + 61_001, end_ms=HOUR_MS + 62_000, text="  Det var slutten.  ", checked=True),
        Segment(start_ms=2 * HOUR_MS, end_ms=2 * HOUR_MS + 5, text="  "),
    ]
    session.add(interview)
    session.flush()
    return interview


def test_vtt_is_read_by_another_reader(session: Session, interview: Interview) -> None:
    written = EXPORTS["vtt"](session, interview)
    cues = webvtt.from_string(written).captions
    ids = [segment.id for segment in interview.segments]
    assert [cue.identifier for cue in cues] == [str(each) for each in ids[:3]]
    assert [(cue.start, cue.end) for cue in cues] == [
        ("00:00:00.000", "00:00:01.500"),
        ("00:00:01.500", "00:00:01.501"),
        ("01:01:01.001", "01:01:02.000"),
    ]
    assert [unescape(cue.text) for cue in cues] == ["Hva skjedde?", "A < B & C --> D, sa han.", "Det var slutten."]
    assert [unescape(cue.voice or "") for cue in cues] == ["Kari Spør", "Ola <Svarer> & co", ""]
    assert written.startswith("WEBVTT\n\nNOTE TSV-I-0001 Torvet i 1969\nTeksten er rettet og gjennomgått.")


def test_vtt_says_what_is_machine_text(session: Session, interview: Interview) -> None:
    interview.status = Status.MACHINE_TEXT
    assert "Maskintekst, ikke gjennomgått. Lyden er kilden." in EXPORTS["vtt"](session, interview)


def test_srt_is_read_by_another_reader(session: Session, interview: Interview) -> None:
    events = pysubs2.SSAFile.from_string(EXPORTS["srt"](session, interview), format_="srt", keep_html_tags=True).events
    assert [(event.start, event.end) for event in events] == [
        (0, 1500),
        (1500, 1501),
        (HOUR_MS + 61_001, HOUR_MS + 62_000),
    ]
    assert [event.text for event in events] == [
        "Kari Spør: Hva skjedde?",
        "Ola <Svarer> & co: A < B & C → D, sa han.",
        "Det var slutten.",
    ]


def test_txt_is_the_words_and_nothing_else(session: Session, interview: Interview) -> None:
    assert EXPORTS["txt"](session, interview) == "Hva skjedde?\nA < B & C --> D, sa han.\nDet var slutten.\n"
    assert EXPORTS["txt"](session, interview, extras=("times", "speakers")).splitlines() == [
        "[00:00:00] Kari Spør: Hva skjedde?",
        "[00:00:01] Ola <Svarer> & co: A < B & C --> D, sa han.",
        "[01:01:01] Det var slutten.",
    ]


def test_json_is_the_document_and_every_word_has_its_times(session: Session, interview: Interview) -> None:
    read = json.loads(EXPORTS["json"](session, interview))
    assert read == document(session, interview)
    assert (read["interview_id"], read["reference"], read["access"]) == (interview.id, "TSV-I-0001", "members")
    assert (read["status"], read["progress"], read["held_on"]) == ("reviewed", 1.0, "2026-02-03")
    assert read["narrators"] == ["Ola <Svarer> & co"]
    first = read["segments"][0]
    assert (first["start_ms"], first["end_ms"], first["speaker"]) == (0, 1500, "Kari Spør")
    assert first["words"] == [
        {"start_ms": 0, "end_ms": 700, "text": "Hva", "p": 0.9},
        {"start_ms": 700, "end_ms": 1500, "text": "skjedde?", "p": 1.0},
    ]
    assert [segment["speaker"] for segment in read["segments"]] == ["Kari Spør", "Ola <Svarer> & co", None, None]


def test_every_format_has_its_media_type() -> None:
    assert EXPORTS.keys() == MEDIA_TYPES.keys()


# Whatever a person may have typed: any sign that can be stored at all.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
lines = st.lists(st.tuples(st.integers(0, 100 * HOUR_MS - 1), st.integers(0, 60_000), texts, texts), max_size=6)


def said(lines: list[tuple[int, int, str, str]]) -> list[Segment]:
    return [
        Segment(id=number, start_ms=at, end_ms=at + long, text=text, speaker=Person(name=name) if name else None)
        for number, (at, long, text, name) in enumerate(lines, start=1)
    ]


@given(lines)
def test_vtt_brings_back_whatever_was_typed(typed: list[tuple[int, int, str, str]]) -> None:
    interview = Interview(id=1, title="-->\n\n1", status=Status.RECEIVED)
    written = vtt.export(interview, said(typed))
    cues = webvtt.from_buffer(StringIO(written), format="vtt").captions
    expected = [segment for segment in said(typed) if one_line(segment.text)]
    assert [cue.identifier for cue in cues] == [str(segment.id) for segment in expected]
    assert [cue.start for cue in cues] == [time_of(segment.start_ms, ".") for segment in expected]
    for cue, segment in zip(cues, expected, strict=True):
        assert unescape(re.sub("^<v [^>]*>", "", cue.raw_text)) == one_line(segment.text)


@given(lines)
def test_srt_keeps_every_cue_and_its_times(typed: list[tuple[int, int, str, str]]) -> None:
    written = srt.export(said(typed))
    expected = [segment for segment in said(typed) if one_line(segment.text)]
    events = pysubs2.SSAFile.from_string(written, format_="srt", keep_html_tags=True, keep_ssa_tags=True).events
    assert [event.start for event in sorted(events, key=lambda e: e.start)] == sorted(s.start_ms for s in expected)


@given(lines)
def test_txt_has_one_line_for_each_segment_with_words(typed: list[tuple[int, int, str, str]]) -> None:
    written = txt.export(said(typed))
    assert written.encode().decode() == written
    assert written.split("\n")[:-1] == [one_line(text) for _, _, text, _ in typed if one_line(text)]


@given(st.integers(0, 1000 * HOUR_MS))
def test_times_are_exact(time_ms: int) -> None:
    hours, minutes, seconds = time_of(time_ms, ".").split(":")
    assert int(hours) * HOUR_MS + int(minutes) * 60_000 + round(float(seconds) * 1000) == time_ms

"""Whom the names of a finished text mean, and what is written."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.chapters import chapters_and_lines
from archive.exchange.reading import read_text
from archive.importing import import_text
from archive.interviews import Interview, InterviewDetails, Status
from archive.outbox import OutboxEntry
from archive.people import Person
from archive.transcripts import segments_of
from archive.voices import Voice

DETAILS = InterviewDetails(title="Prøve", narrators=("Kari Nordmann",), interviewers=("Ola Berg", "Per Dal"))


def imported(session: Session, text: str, now: datetime, details: InterviewDetails = DETAILS) -> Interview:
    read = read_text(text.encode())
    return import_text(session, read, details, original_name="a.txt", sha256="0", handed_in_by_id=None, now=now)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Kari Nordmann", "Kari Nordmann"),
        ("KARI NORDMANN", "Kari Nordmann"),
        ("Kari", "Kari Nordmann"),
        ("Nordmann", "Kari Nordmann"),
        ("KN", "Kari Nordmann"),
        ("K", "Kari Nordmann"),
        ("Forteller", "Kari Nordmann"),
        ("Åse Lund", "Åse Lund"),
        ("Intervjuer", None),
        ("Spm", None),
        ("Speaker 3", None),
    ],
)
def test_whom_a_label_means(session: Session, now: datetime, label: str, name: str | None) -> None:
    interview = imported(session, f"{label}: Hei.\nOla Berg: Hei.\n{label}: Nei.\n", now)
    first, _, last = segments_of(session, interview.id)
    assert (first.speaker.name if first.speaker else None) == name
    assert (first.speaker_id, first.voice) == (last.speaker_id, last.voice)
    assert first.speaker_id is not None or first.voice is not None
    numbers = set(session.scalars(select(Voice.number)))
    assert numbers == ({first.voice} if first.voice else set())
    known = {"Kari Nordmann", "Ola Berg", "Per Dal"} | ({name} if name else set())
    assert set(session.scalars(select(Person.name))) == known


def test_a_text_without_times_keeps_its_order(session: Session, now: datetime) -> None:
    interview = imported(session, "En.\nTo.\nTre.\n", now)
    lines = segments_of(session, interview.id)
    assert [(line.text, line.start_ms, line.end_ms, line.words) for line in lines] == [
        ("En.", 0, 0, []),
        ("To.", 0, 0, []),
        ("Tre.", 0, 0, []),
    ]
    assert (interview.status, interview.received_at, interview.duration_ms) == (Status.IN_REVIEW, None, 0)
    assert session.scalars(select(OutboxEntry.thing_id)).first() == interview.id


def test_words_lie_inside_their_cue(session: Session, now: datetime) -> None:
    interview = imported(session, "WEBVTT\n\n00:01.000 --> 00:03.000\nvi møttes der\n", now)
    (line,) = segments_of(session, interview.id)
    assert [word[2] for word in line.words] == ["vi", "møttes", "der"]
    assert (line.words[0][0], line.words[-1][1]) == (1000, 3000)
    assert line.machine_text is None


def test_the_rows_of_a_log_become_lines_and_chapters(session: Session, now: datetime) -> None:
    interview = imported(session, "Tid;Stikkord;Sammendrag\n0:10;Skole;Grendeskolen\n2:00;\n12:30;Arbeid\n", now)
    lines = segments_of(session, interview.id)
    assert [line.text for line in lines] == ["Skole – Grendeskolen", "Arbeid"]
    chapters = chapters_and_lines(session, interview.id)
    assert [(each.line_id, each.start_ms, each.title, is_a_line) for each, is_a_line in chapters] == [
        (lines[0].id, 10_000, "Skole", True),
        (lines[1].id, 750_000, "Arbeid", True),
    ]

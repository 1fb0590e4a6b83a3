"""An invented interview with sound and text, for the tests of the pages that play, correct, find and open it."""

import math
import wave
from array import array
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.access import ConsentDetails, Use, open_interview
from archive.accounts import Role, User
from archive.database import Database
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from archive.people import Person, find_or_add_person
from archive.recordings import MachineLayer, RecordingState, Window, add_recordings, receive_file
from archive.settings import Settings
from archive.transcripts import Segment
from media.store import open_store

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
TITLE = "Blanketten"
SECONDS = 40
# (speaker, first second, the words, one each half second); the machine was not sure of a word with ~
SAID = (
    ("Ida Intervjuer", 1, "Hvorfor ble du med i laget den høsten?"),
    ("Ragnhild Oppdiktet", 6, "Det var en nabo som kom med en blankett."),
    ("Ragnhild Oppdiktet", 12, "Vi delte ut løpesedler på kaia~ hver lørdag."),
    ("Ida Intervjuer", 20, "Hva husker du best?"),
    ("Ragnhild Oppdiktet", 24, "At vi sang på bussen hjem fra Namsos."),
)


def make_sound(path: Path, seconds: int = SECONDS) -> Path:
    """A tone that a browser plays as it is."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(_tone(seconds))
    return path


@cache
def _tone(seconds: int) -> bytes:
    return array("h", (int(6000 * math.sin(n / 6)) for n in range(8000 * seconds))).tobytes()


def tell(settings: Settings, database: Database, folder: Path, *, title: str = TITLE) -> int:
    """Put the interview in the archive, closed, with machine text; gives its number."""
    received = receive_file(open_store(settings.store_url), make_sound(folder / f"{title}.wav"), f"{title}.wav")
    details = InterviewDetails(
        title=title,
        narrators=("Ragnhild Oppdiktet",),
        interviewers=("Ida Intervjuer",),
        held_on=date(2022, 3, 14),
        place="Namsos",
    )
    with database.write() as session:
        interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
        (recording,) = add_recordings(session, interview, [received], received_by_id=None, now=NOW)
        recording.state = RecordingState.DONE
        recording.layers.append(
            MachineLayer(
                run=1,
                engine="faster-whisper",
                model="base",
                model_sha256="0" * 64,
                options={},
                speech_ms=SECONDS * 1000,
                started_at=NOW,
                finished_at=NOW,
            )
        )
        interview.segments += [
            _line(find_or_add_person(session, who), at, said, recording.id) for who, at, said in SAID
        ]
        interview.status = Status.MACHINE_TEXT
        session.commit()
        return interview.id


def _line(speaker: Person, at_s: int, said: str, recording_id: int) -> Segment:
    starts = [at_s * 1000 + n * 500 for n in range(len(said.split()))]
    words = [
        [start_ms, start_ms + 450, word.removesuffix("~"), 0.2 if word.endswith("~") else 0.95]
        for start_ms, word in zip(starts, said.split(), strict=True)
    ]
    text = " ".join(word[2] for word in words)
    return Segment(
        recording_id=recording_id,
        start_ms=words[0][0],
        end_ms=words[-1][1],
        speaker=speaker,
        text=text,
        words=words,
        machine_text=text,
        machine_words=words,
    )


def open_to(database: Database, interview_id: int, access: Access) -> None:
    """Open the interview on a consent."""
    use = Use.ALL if access is Access.OPEN else Use.MEMBERS
    consent = ConsentDetails(given_by="Ragnhild Oppdiktet", use=use, valid_from=date(2026, 1, 1), paper="perm 1")
    with database.write() as session:
        interview = session.get_one(Interview, interview_id)
        open_interview(session, interview, access, consent=consent, by=None, now=NOW)
        session.commit()


def lines_of(database: Database, interview_id: int) -> list[Segment]:
    """The lines as they are in the database now."""
    with database.read() as session:
        return list(session.query(Segment).filter_by(interview_id=interview_id).order_by(Segment.start_ms))


def person_with(database: Database, role: Role) -> int:
    """The id of the person who has this role."""
    with database.read() as session:
        return int(session.query(User.id).filter_by(role=role).scalar())


@pytest.fixture
def story(settings: Settings, database: Database) -> int:
    """The interview, closed. It lies in the archive that `settings` is a copy of, for whoever asks for it."""
    with database.read() as session:
        return session.scalars(select(Interview.id).where(Interview.title == TITLE)).one()


def make_doubtful(database: Database, interview_id: int) -> None:
    """Give the interview windows: two are doubted still, and in the last one somebody speaks and no word was found."""
    spans = ((800, 5_000), (5_800, 18_000), (19_800, 23_000), (23_800, 33_000), (33_000, 38_000))
    doubts = ([], ["repeats", "low_probability"], [], ["speech_without_words"], ["speech_without_words"])
    others = {1: (6_000, "Det var en annen som kom dit."), 4: (33_500, "takk for at du så på")}
    with database.write() as session:
        interview = session.get_one(Interview, interview_id)
        layer = interview.recordings[0].layers[0]
        for number, ((start_ms, end_ms), why) in enumerate(zip(spans, doubts, strict=True)):
            inside = [line for line in interview.segments if start_ms <= line.start_ms < end_ms]
            words = [word for line in inside for word in line.words]
            window = Window(number=number, group_number=0, start_ms=start_ms, end_ms=end_ms, doubts=list(why))
            window.text, window.words = " ".join(word[2] for word in words), words
            window.speech = [[start_ms + 200, end_ms - 200]]
            window.metrics = {"avg_logprob": -0.5, "compression_ratio": 1.4, "no_speech_prob": 0.02}
            if number in others:
                window.how, window.others = "beam", [_version(*others[number])]
            layer.windows.append(window)
            session.flush()
            for line in inside:
                line.window_id, line.doubts = window.id, list(why)
        session.commit()


def _version(start_ms: int, said: str) -> dict[str, object]:
    words = [[start_ms + n * 400, start_ms + n * 400 + 350, word, 0.5] for n, word in enumerate(said.split())]
    return {"how": "batch", "text": said, "words": words, "metrics": {"avg_logprob": -1.1}, "doubts": ["repeats"]}


@pytest.fixture
def doubtful(story: int, database: Database) -> int:
    """The interview with windows, two of them doubted, and two places where text is missing (15–20 s, 27–38 s)."""
    make_doubtful(database, story)
    return story

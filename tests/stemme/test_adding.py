"""Recordings in from the command line."""

import os
import re
import signal
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.access import Consent, Use
from archive.bin import throw_away
from archive.bin_rows import BinEntry
from archive.database import Database
from archive.interviews import Access, Interview
from archive.recordings import Recording
from archive.settings import Settings
from media.store import Store
from tests.stemme.conftest import StartStemme, Stemme

SHARED_AUDIO = Path(__file__).resolve().parents[3] / "shared" / "audio"
WORST_WORD_ERROR_RATE = 0.42


def words_of(text: str) -> str:
    """Lower case, no punctuation: what a word error rate is counted on."""
    return " ".join(re.findall(r"\w+", text.lower()))


@pytest.fixture
def king() -> Path:
    """85 s of real Norwegian speech, with its words beside it."""
    recording = SHARED_AUDIO / "kongen-2016-utdrag.mp3"
    if not recording.exists():
        pytest.skip("../shared/audio/kongen-2016-utdrag.mp3 is not here")
    return recording


def test_a_recording_is_received_and_the_caller_keeps_his_file(
    stemme: Stemme, recording_file: Path, store: Store, database: Database, today: date
) -> None:
    """It returns at once; the text comes when a worker runs. Closed, since nothing else was said."""
    content = recording_file.read_bytes()
    typed = stemme(
        "add", recording_file, "--title", "Prøve", "--narrator", "Olga Oppdiktet", "--narrator", "Ola Oppdiktet",
        "--date", "2026-03-01", "--place", "Frosta", "--json",
    )  # fmt: skip
    assert typed.exit_code == 0, typed.err
    document = typed.document
    assert set(document) == {"interview_id", "recordings", "status", "segments", "took_ms"}
    assert (document["status"], document["segments"]) == ("received", 0)
    (recording,) = document["recordings"]
    assert 2_900 < recording["duration_ms"] < 3_200
    assert recording_file.read_bytes() == content == store.open(recording["sha256"]).read()
    with database.read() as session:
        interview = session.get_one(Interview, document["interview_id"])
        assert interview.access == Access.CLOSED
        assert [person.name for person in interview.narrators] == ["Olga Oppdiktet", "Ola Oppdiktet"]
        assert interview.held_on == date(2026, 3, 1)


def test_the_same_bytes_are_received_once(stemme: Stemme, recording_file: Path, database: Database) -> None:
    """The sentence says where they are, and nothing is left half-made."""
    stemme("add", recording_file, "--title", "Prøve")
    typed = stemme("add", recording_file, "--title", "En gang til", "--json")
    assert (typed.exit_code, typed.out) == (1, "")
    assert typed.err == "«tone.mp3» er mottatt før, i intervju TSV-I-0001. Ingenting ble lagt inn.\n"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == 1


def test_what_lies_in_the_bin_is_not_received_again(stemme: Stemme, recording_file: Path, database: Database) -> None:
    """The sentence says since when, until when, and how it comes back."""
    stemme("add", recording_file, "--title", "Prøve")
    with database.write() as session:
        thrown = datetime(2030, 1, 2, 12, tzinfo=UTC)
        entry = throw_away(session, session.scalars(select(Interview)).one(), by=None, now=thrown)
        session.commit()
        number = entry.id
    typed = stemme("add", recording_file, "--title", "En gang til")
    assert typed.exit_code == 1
    assert typed.err == (
        "«tone.mp3», intervju TSV-I-0001: Dette opptaket har vi fra før, men det ligger i papirkurven. Det ble flyttet "
        "dit 2. januar 2030. Start arkivet med stemme serve, og hent det tilbake på siden /papirkurv i stedet for å "
        "levere det på nytt. Ellers blir det slettet for godt 1. februar 2030.\n"
    )
    with database.write() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == 1
        session.get_one(BinEntry, number).erase_at = datetime(2020, 1, 1, tzinfo=UTC)
        session.commit()
    assert "prøver du igjen om noen minutter" in stemme("add", recording_file, "--title", "Igjen").err


@pytest.mark.parametrize(("content", "says"), [(b"", "tom"), (b"Dette er en tekst.\n" * 200, "ikke et opptak")])
def test_what_is_no_recording_is_refused_with_a_sentence(
    stemme: Stemme, settings: Settings, database: Database, tmp_path: Path, content: bytes, says: str
) -> None:
    """Nothing is kept, not even a copy on the way in."""
    file = tmp_path / "tekst.mp3"
    file.write_bytes(content)
    typed = stemme("add", file, "--title", "Prøve")
    assert typed.exit_code == 1
    assert says in typed.err
    assert list(settings.incoming.iterdir()) == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Recording)) == 0
    assert stemme("add", tmp_path / "nei.mp3", "--title", "Prøve").err.startswith("Finner ikke ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--title", ""), "Tittelen mangler.\n"),
        (("--title", "Prøve", "--language", "x" * 11), "Språkkoden er for langt.\n"),
        (("--title", "Prøve", "--narrator", "x" * 201), "Navnet på fortelleren er for langt.\n"),
        (
            ("--title", "Prøve", "--access", "open", "--consent-until", "2001-01-01"),
            "Siste dag for samtykket er alt passert.\n",
        ),
    ],
)
def test_what_cannot_be_kept_is_said_before_anything_is_received(
    stemme: Stemme, recording_file: Path, store: Store, words: tuple[str, ...], said: str
) -> None:
    """Else the recording of somebody would lie in the store with nothing that names it."""
    typed = stemme("add", recording_file, *words)
    assert (typed.exit_code, typed.out, typed.err) == (1, "", said)
    assert list(store.hashes()) == []


def test_a_pipe_or_a_device_without_end_is_no_recording(stemme: Stemme, tmp_path: Path) -> None:
    """Nothing is read from it."""
    os.mkfifo(tmp_path / "pipe.wav")
    for endless in (tmp_path / "pipe.wav", "/dev/zero"):
        typed = stemme("add", endless, "--title", "Prøve")
        assert (typed.exit_code, typed.err) == (1, "Dette kan ikke legges inn: filen er ikke et opptak.\n")


def test_one_file_named_twice_is_refused(stemme: Stemme, recording_file: Path, database: Database) -> None:
    """It says so, and names no interview that never was."""
    typed = stemme("add", recording_file, recording_file, "--title", "Prøve")
    assert (typed.exit_code, typed.err) == (1, "Det samme opptaket er nevnt to ganger. Ingenting ble lagt inn.\n")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == 0


def test_opening_from_the_command_line_writes_the_consent(
    stemme: Stemme, recording_file: Path, database: Database
) -> None:
    """The same row as from the page; whoever sits at the machine answers for it."""
    typed = stemme(
        "add", recording_file, "--title", "Prøve", "--narrator", "Olga Oppdiktet", "--access", "members",
        "--consent-paper", "Perm 3", "--consent-until", "2040-12-31",
    )  # fmt: skip
    assert typed.exit_code == 0, typed.err
    with database.read() as session:
        consent = session.scalars(select(Consent)).one()
        assert (consent.given_by, consent.use, consent.paper) == ("Olga Oppdiktet", Use.MEMBERS, "Perm 3")
        assert consent.valid_until == date(2040, 12, 31)
        assert session.scalars(select(Interview)).one().access == Access.MEMBERS


def test_a_text_that_cannot_be_made_fails_and_says_why(stemme: Stemme, recording_file: Path) -> None:
    """The document is printed all the same, and the sound is kept."""
    typed = stemme("add", recording_file, "--title", "Prøve", "--wait", "--json", STEMME_MODEL="finnes-ikke")
    assert (typed.exit_code, typed.document["status"]) == (1, "failed")
    assert "talemodellen er ikke installert" in typed.err.splitlines()[-1]


@pytest.mark.weights
def test_waiting_works_the_job_here_where_no_worker_runs(stemme: Stemme, king: Path) -> None:
    """The issue's own example: the text is there, good enough, and a word of it is found where it was said."""
    from jiwer import wer

    typed = stemme("add", king, "--title", "Kongen", "--language", "nb", "--wait", "--json")
    assert typed.exit_code == 0, typed.err
    document = typed.document
    assert document["status"] == "machine_text"
    shown = stemme("show", document["interview_id"], "--json").document
    assert len(shown["segments"]) == document["segments"] > 0
    heard = words_of(" ".join(segment["text"] for segment in shown["segments"]))
    said = words_of(king.with_suffix(".txt").read_text(encoding="utf-8"))
    assert wer(said, heard) <= WORST_WORD_ERROR_RATE

    (hit,) = stemme("search", "trøndere", "--json").document["hits"]
    (word,) = [
        word
        for segment in shown["segments"]
        for word in segment["words"]
        if words_of(word["text"]) == "trøndere"
    ]  # fmt: skip
    assert hit["start_ms"] == word["start_ms"]
    assert 3000 <= hit["start_ms"] <= 3800  # as in the recording
    start, end = hit["highlights"][0]
    assert hit["text"][start:end].lower() == "trøndere"
    assert hit["url"].startswith(f"/intervju/{document['interview_id']}?t=")
    assert stemme("search", "trøndere", "--role", "member", "--json").document["total"] == 0


@pytest.mark.weights
def test_waiting_waits_for_a_worker_that_is_alive(
    stemme: Stemme, start_stemme: StartStemme, recording_file: Path, database: Database
) -> None:
    """It does the work; the command only looks."""
    from archive.jobs import worker_is_alive
    from stemme.opened import now
    from tests.stemme.test_serving import eventually

    worker = start_stemme("worker")

    def alive() -> bool:
        with database.read() as session:
            return worker_is_alive(session, now())

    try:
        eventually(alive)
        typed = stemme("add", recording_file, "--title", "Prøve", "--wait", "--json")
        assert typed.document["status"] == "machine_text", worker.stderr
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=120)
    assert worker.returncode == 0

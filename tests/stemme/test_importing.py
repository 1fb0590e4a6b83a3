"""`stemme import`: a finished text, found when the command returns."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.audit import AuditEvent
from archive.interviews import Interview
from archive.outbox import OutboxEntry
from archive.people import Person
from archive.transcripts import Segment
from archive.voices import Voice
from tests.stemme.conftest import Stemme

VTT = """WEBVTT

00:00:10.000 --> 00:00:13.000
<v Kari Nordmann>Vi stiftet laget på Inderøya

00:00:13.000 --> 00:00:15.000
<v Intervjuer>Når var det?
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Two cues, of a person and of whoever asks."""
    path = tmp_path / "samtale.vtt"
    path.write_text(VTT)
    return path


def test_what_it_prints_and_that_search_finds_it(stemme: Stemme, text: Path) -> None:
    document = stemme("import", text, "--title", "Laget på Inderøya", "--json").document
    assert document == {"interview_id": 1, "segments": 2, "status": "in_review"}
    (hit,) = stemme("search", "stiftet", "--json").document["hits"]
    assert (hit["speaker"], hit["start_ms"], hit["end_ms"]) == ("Kari Nordmann", 10_250, 13_000)
    shown = stemme("show", 1, "--json").document
    assert (shown["access"], shown["status"], shown["duration_ms"]) == ("closed", "in_review", 0)
    assert [each["speaker"] for each in shown["segments"]] == ["Kari Nordmann", None]
    assert shown["segments"][0]["words"][0] == {"start_ms": 10_000, "end_ms": 10_250, "text": "Vi", "p": 1.0}
    assert "Lagt inn: intervju 2, 2 linjer." in stemme("import", text, "--title", "En gang til").out


def test_an_asker_is_a_voice_and_the_one_interviewer_when_there_is_one(
    stemme: Stemme, text: Path, session: Session
) -> None:
    stemme("import", text, "--title", "A", "--narrator", "Kari Nordmann")
    stemme("import", text, "--title", "B", "--interviewer", "Frode Spør")
    lines = session.execute(
        select(Segment.voice, Person.name).outerjoin(Person, Segment.speaker_id == Person.id).order_by(Segment.id)
    )
    assert [tuple(line) for line in lines] == [
        (None, "Kari Nordmann"),
        (1, None),
        (None, "Kari Nordmann"),
        (1, "Frode Spør"),
    ]
    assert session.scalar(select(func.count()).select_from(Voice)) == 2
    assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_our_own_json_comes_back_word_for_word(stemme: Stemme, text: Path, tmp_path: Path) -> None:
    stemme("import", text, "--title", "A", "--place", "Inderøya")
    before = stemme("show", 1, "--json").document
    (tmp_path / "a.json").write_text(json.dumps(before))
    stemme("import", tmp_path / "a.json", "--title", "B")
    after = stemme("show", 2, "--json").document
    assert after["place"] == "Inderøya"

    def lines(document: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
        return [{key: value for key, value in line.items() if key != "id"} for line in document["segments"]]

    assert lines(after) == lines(before)


def test_an_opened_text_is_found_by_visitors(stemme: Stemme, text: Path) -> None:
    stemme("import", text, "--title", "A", "--access", "open")
    stemme("import", text, "--title", "B")
    assert stemme("search", "stiftet", "--role", "visitor", "--json").document["total"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (VTT.replace("00:00:13.000 -->", "00:00:03.000 -->"), "Linje 6: tiden går bakover"),
        (VTT.replace("WEBVTT\n\n", ""), "Linje 1: den første linjen skal være WEBVTT"),
        ("<!DOCTYPE a>", "Linje 1: dette er XML"),
        ("", "Filen er tom"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_written(
    stemme: Stemme, tmp_path: Path, session: Session, content: str, said: str
) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(content)
    typed = stemme("import", path, "--title", "A", "--json")
    assert (typed.exit_code, typed.out) == (1, "")
    assert typed.err.startswith(said)
    assert typed.err.endswith("Ingenting ble lagt inn.\n")
    for table in (Interview, Segment, Person, OutboxEntry, AuditEvent):
        written = session.scalar(select(func.count()).select_from(table))
        assert written == 0 or table is AuditEvent


def test_a_missing_file_and_a_folder_are_told_of(stemme: Stemme, tmp_path: Path) -> None:
    assert stemme("import", tmp_path / "borte.vtt", "--title", "A").exit_code == 1
    assert stemme("import", tmp_path, "--title", "A").exit_code == 1
    assert stemme("import", "--title", "A").exit_code == 2


def test_a_folder_of_texts_becomes_an_interview_each_and_a_bad_one_stops_none(
    stemme: Stemme, tmp_path: Path, session: Session
) -> None:
    folder = tmp_path / "tekster"
    folder.mkdir()
    (folder / "b_andre_samtale.vtt").write_text(VTT)
    (folder / "a.txt").write_text("Vi sto på torvet.\n")
    (folder / "c.srt").write_text("1\n00:00:05,000 --> 00:00:04,000\nFeil.\n")
    (folder / "bilde.jpg").write_bytes(b"ikke en tekst")
    typed = stemme("import", folder, "--place", "Inderøya", "--json")
    assert typed.exit_code == 1
    assert [each["file"] for each in typed.document["imported"]] == [
        str(folder / "a.txt"),
        str(folder / "b_andre_samtale.vtt"),
    ]
    (refused,) = typed.document["refused"]
    assert refused["why"] in typed.err
    interviews = session.execute(select(Interview.title, Interview.place).order_by(Interview.id))
    assert [tuple(each) for each in interviews] == [("a", "Inderøya"), ("b andre samtale", "Inderøya")]
    assert stemme("search", "stiftet", "--json").document["total"] == 1
    typed = stemme("import", folder / "a.txt", folder / "c.srt", "--title", "Begge")
    assert (typed.exit_code, "Utelat --title" in typed.err) == (1, True)


def test_a_title_may_be_left_out(stemme: Stemme, text: Path) -> None:
    assert stemme("import", text, "--json").document["interview_id"] == 1
    assert stemme("show", 1, "--json").document["title"] == "samtale"

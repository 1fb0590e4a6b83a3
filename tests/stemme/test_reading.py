"""What was said, from the command line."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from archive.chapters import ChapterDetails, add_chapter
from archive.interviews import Interview
from archive.outbox import searchable_text_changed
from archive.transcripts import Segment
from tests.conftest import NOW
from tests.stemme.conftest import Stemme


@pytest.fixture
def told(session: Session, interview: Interview, line: Segment) -> int:
    """A closed interview on Frosta, with the line «vi startet lage her» from second 10."""
    searchable_text_changed(session, interview.id, now=NOW)
    session.commit()
    return interview.id


def test_a_hit_is_what_the_contract_says(stemme: Stemme, told: int) -> None:
    """Other programs read it: these names, milliseconds, and the time of the word itself."""
    document = stemme("search", "startet", "--json").document
    assert set(document) == {"total", "took_ms", "hits", "above", "meant"}
    assert (document["above"], document["meant"]) == (1, {})
    assert document["total"] == 1
    (hit,) = document["hits"]
    assert hit == {
        "kind": "passage",
        "interview_id": told,
        "title": "Lokallaget på Frosta",
        "speaker": None,
        "start_ms": 10_500,
        "end_ms": 12_000,
        "text": "vi startet lage her",
        "highlights": [[3, 10]],
        "url": hit["url"],
    }
    assert hit["url"].startswith(f"/intervju/{told}?t=")


def test_the_machine_owner_sees_everything_and_may_borrow_other_eyes(stemme: Stemme, told: int) -> None:
    """What a role may not see is not there: neither found, nor counted, nor shown, nor exported."""
    for role in ("visitor", "member", "volunteer"):
        assert stemme("search", "startet", "--role", role, "--json").document["total"] == 0
        for command in (("show", told), ("export", told, "--format", "txt")):
            typed = stemme(*command, "--role", role)
            assert (typed.exit_code, typed.out, typed.err) == (1, "", f"Fant ikke intervju {told}.\n")
    assert stemme("search", "startet", "--role", "secretary", "--json").document["total"] == 1


def test_nothing_found_is_no_failure(stemme: Stemme, told: int) -> None:
    """Exit code 0; a number that nobody has is a failure."""
    assert stemme("search", "finnesikke", "--json").document["hits"] == []
    assert stemme("search", "finnesikke").out == "Ingen treff.\n"
    assert stemme("show", 4711, "--json").exit_code == 1


def test_an_interview_is_shown_with_its_words(stemme: Stemme, told: int) -> None:
    """By number or by reference."""
    document = stemme("show", f"TSV-I-{told:04d}", "--json").document
    assert (document["interview_id"], document["title"]) == (told, "Lokallaget på Frosta")
    assert (document["access"], document["status"]) == ("closed", "planned")
    (segment,) = document["segments"]
    assert segment["words"][1] == {"start_ms": 10_500, "end_ms": 11_000, "text": "startet", "p": 0.9}
    assert "    0:10  vi startet lage her" in stemme("show", told).out


def test_plain_text_is_the_words_and_nothing_else(stemme: Stemme, told: int, tmp_path: Path) -> None:
    """The same bytes to a file as to the screen."""
    typed = stemme("export", told, "--format", "txt")
    assert typed.out == "vi startet lage her\n"
    assert stemme("export", told, "--format", "txt", "-o", tmp_path / "tekst.txt").out == ""
    assert (tmp_path / "tekst.txt").read_bytes() == typed.out.encode()
    assert "00:10" in stemme("export", told, "--format", "txt", "--with", "times,speakers").out


def test_the_other_formats_begin_as_they_must(stemme: Stemme, told: int) -> None:
    """Subtitles, and the document of `show --json`."""
    assert stemme("export", told, "--format", "vtt").out.startswith("WEBVTT")
    assert "00:00:10,000 --> 00:00:12,000" in stemme("export", told, "--format", "srt").out
    assert stemme("export", told, "--format", "json").document == stemme("show", told, "--json").document


def test_chapters_are_shown_found_when_asked_for_and_exported(stemme: Stemme, session: Session, told: int) -> None:
    """Passages alone are found unless `--kind` says otherwise."""
    details = ChapterDetails(10_000, "Stiftelsen", None, "Hvem som møtte.", ("lokallag",))
    add_chapter(session, told, details, by=None, now=NOW)
    session.commit()
    (chapter,) = stemme("show", told, "--json").document["chapters"]
    assert chapter == {
        "id": chapter["id"],
        "start_ms": 10_000,
        "end_ms": None,
        "title": "Stiftelsen",
        "synopsis": "Hvem som møtte.",
        "keywords": ["lokallag"],
        "segment_id": None,
    }
    assert "    0:10  Kapittel: Stiftelsen" in stemme("show", told).out
    assert stemme("search", "stiftelse", "--json").document["total"] == 0
    for kind in ("chapter", "all"):
        (hit,) = stemme("search", "stiftelse", "--kind", kind, "--json").document["hits"]
        assert (hit["kind"], hit["start_ms"]) == ("chapter", 10_000)
    assert stemme("search", "stiftelse", "--kind", "all", "--role", "member", "--json").document["total"] == 0
    assert "00:00:10.000 -->" in stemme("export", told, "--format", "chapters").out

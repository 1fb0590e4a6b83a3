"""`stemme evaluate`, as a person and as a program read it."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from archive.interviews import Interview
from archive.transcripts import Segment
from tests.stemme.conftest import Stemme


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """Four words; the machine heard «lage» for «laget»."""
    path = tmp_path / "fasit.txt"
    path.write_text("Vi startet laget her.\n", encoding="utf-8")
    return path


@pytest.fixture
def told(interview: Interview, line: Segment) -> int:
    """«vi startet lage her»."""
    return interview.id


def test_a_person_reads_it_in_norwegian(stemme: Stemme, told: int, reference: Path) -> None:
    """Each figure with its name, and how it was counted."""
    typed = stemme("evaluate", f"TSV-I-{told:04d}", "--reference", reference)
    assert (typed.exit_code, typed.err) == (0, "")
    assert f"Intervju {told}, maskinens tekst: 4 ord. Fasiten: 4 ord." in typed.out
    rows = {line[:30].strip(): line[30:].split("  ") for line in typed.out.splitlines() if line[30:].strip()}
    assert [cell.strip() for cell in rows["Ordfeil (WER)"] if cell.strip()] == ["25,0 %"] * 3
    assert [cell.strip() for cell in rows["byttet ut"] if cell.strip()] == ["1"] * 3
    assert "Tale uten tekst: ikke målt" in typed.out


def test_a_program_reads_one_document(stemme: Stemme, told: int, reference: Path) -> None:
    """As the contract says."""
    document = stemme("evaluate", told, "--reference", reference, "--json").document
    assert set(document) == {
        "interview_id",
        "text",
        "reference_words",
        "text_words",
        "scores",
        "names",
        "name_recall",
        "coverage",
        "warnings",
    }
    assert document["scores"]["library"] == {
        "reference_words": 4,
        "text_words": 4,
        "substitutions": 1,
        "deletions": 0,
        "insertions": 0,
        "wer": 0.25,
        "cer": 1 / 20,
        "deletion_runs": 0,
        "longest_deletion_run": 0,
        "over_silence": None,
    }


def test_an_empty_reference_has_no_rate(stemme: Stemme, told: int, tmp_path: Path) -> None:
    """It is said, and what was made up is counted."""
    empty = tmp_path / "tom.txt"
    empty.touch()
    typed = stemme("evaluate", told, "--reference", empty)
    assert typed.exit_code == 0
    assert "ikke definert" in typed.out
    assert typed.err.startswith("Fasiten har ingen ord.")
    assert stemme("evaluate", told, "--reference", empty, "--json").document["scores"]["library"]["wer"] is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Finner ikke {path}."),
        ("blåbær".encode("latin-1"), "{path} er ikke lagret som UTF-8"),
        (b"ID3\x03\x00lyd", "{path} er ikke en tekst."),
    ],
)
def test_a_reference_that_cannot_be_read_is_a_sentence(
    stemme: Stemme, told: int, tmp_path: Path, content: bytes | None, said: str
) -> None:
    """With the file's name and what to do."""
    path = tmp_path / "fasit.txt"
    if content is not None:
        path.write_bytes(content)
    typed = stemme("evaluate", told, "--reference", path)
    assert (typed.exit_code, typed.out) == (1, "")
    assert typed.err.startswith(said.format(path=path))
    assert stemme("evaluate", told, "--reference", tmp_path).err == f"{tmp_path} er en mappe, ikke en fil.\n"


def test_an_interview_that_is_not_there_or_has_no_text(
    stemme: Stemme, session: Session, interview: Interview, reference: Path
) -> None:
    """The two are told apart: the command line sees everything."""
    assert stemme("evaluate", 4711, "--reference", reference).err == "Fant ikke intervju 4711.\n"
    assert stemme("evaluate", interview.id, "--reference", reference).err == (
        f"Intervju {interview.id} har ingen tekst ennå.\n"
    )


def test_the_corrected_text_when_asked(stemme: Stemme, session: Session, told: int, reference: Path) -> None:
    """`--text current`."""
    session.query(Segment).update({"text": "vi startet laget her", "words": []})
    session.commit()
    asked = ("evaluate", told, "--reference", reference, "--json")
    assert stemme(*asked).document["scores"]["library"]["wer"] == 0.25
    assert stemme(*asked, "--text", "current").document["scores"]["library"]["wer"] == 0


def test_names_are_counted(stemme: Stemme, told: int, tmp_path: Path) -> None:
    """Those that the archive knows; the one who tells is one of them."""
    path = tmp_path / "navn.txt"
    path.write_text("Olga Oppdiktet startet laget her", encoding="utf-8")
    typed = stemme("evaluate", told, "--reference", path)
    assert "Navn: 0 av 1 i fasiten står i teksten (0,0 %).\n  Olga Oppdiktet: 0 av 1" in typed.out
    document = stemme("evaluate", told, "--reference", path, "--json").document
    assert document["names"] == {"Olga Oppdiktet": {"reference": 1, "text": 0}}
    assert document["name_recall"] == 0


def test_wrong_usage(stemme: Stemme) -> None:
    """Without a reference there is nothing to measure against."""
    assert stemme("evaluate", 1).exit_code == 2
    assert stemme("evaluate", 1, "--reference", "fasit.txt", "--text", "beste").exit_code == 2

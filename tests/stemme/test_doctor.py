"""What is wrong, in plain words, and how to mend it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from archive.database import Database
from archive.outbox import OutboxEntry
from archive.search import comparing
from archive.settings import Settings
from archive.site import set_setting
from tests.stemme.conftest import Stemme, Typed


def finding(typed: Typed, about: str) -> dict[str, str]:
    """What the doctor says about one thing."""
    return next(each for each in typed.document["findings"] if each["about"] == about)


def test_a_healthy_archive_is_healthy(stemme: Stemme, tmp_path: Path) -> None:
    """Right after the first backup."""
    stemme("backup", tmp_path / "kept")
    typed = stemme("doctor", "--json")
    assert typed.exit_code == 0, typed.out
    assert typed.document["ok"]
    assert finding(typed, "backup")["level"] == "ok"


def test_no_archive_is_a_fault_with_its_remedy(stemme: Stemme, tmp_path: Path) -> None:
    """`stemme init`."""
    typed = stemme("doctor", STEMME_DATA=str(tmp_path / "nothing"))
    assert typed.exit_code == 1
    assert "stemme init" in typed.out


@pytest.mark.parametrize(
    ("base_url", "proxies", "level"),
    [
        ("https://arkiv.example.no", "1", "ok"),
        ("https://arkiv.example.no", "0", "fault"),
        ("http://arkiv.example.no", "1", "fault"),
        ("http://192.168.1.20:8321", "0", "fault"),
        ("http://127.0.0.1:8321", "0", "ok"),
    ],
)
def test_an_address_without_https_is_a_fault_except_on_this_machine(
    stemme: Stemme, base_url: str, proxies: str, level: str
) -> None:
    """Nobody could log in there."""
    typed = stemme("doctor", "--json", STEMME_BASE_URL=base_url, STEMME_TRUSTED_PROXIES=proxies)
    assert finding(typed, "address")["level"] == level


def test_a_program_that_is_missing_is_named(stemme: Stemme, tmp_path: Path) -> None:
    """With what to type."""
    typed = stemme("doctor", "--json", PATH=str(tmp_path))
    assert typed.exit_code == 1
    assert finding(typed, "ffmpeg")["mend"] == "Skriv: script/setup"
    assert "Uten setpriv og prlimit" in finding(typed, "limits")["says"]


def test_an_old_backup_and_a_bad_setting_are_said(stemme: Stemme, database: Database) -> None:
    """The first as advice, the second as a fault."""
    with database.write() as session:
        set_setting(session, "last_backup_at", (datetime.now(UTC) - timedelta(days=30)).isoformat())
        session.commit()
    assert finding(stemme("doctor", "--json"), "backup")["level"] == "advice"
    typed = stemme("doctor", "--json", STEMME_ENGINE="finnes-ikke")
    assert typed.exit_code == 1
    assert "faster-whisper eller openai-whisper" in finding(typed, "settings")["says"]


def test_a_data_folder_that_others_can_read_is_a_fault(stemme: Stemme, settings: Settings) -> None:
    """It holds life stories."""
    settings.data.chmod(0o755)
    assert finding(stemme("doctor", "--json"), "privacy")["level"] == "fault"


def said(typed: Typed, about: str) -> tuple[str, str]:
    """How grave it is, and the sentence with common blanks."""
    found = finding(typed, about)
    return found["level"], found["says"].replace("\N{NO-BREAK SPACE}", " ")


def test_an_index_that_differs_is_a_fault_and_is_mended(stemme: Stemme, database: Database, tmp_path: Path) -> None:
    """A line that changed behind its back; search does not find it until then."""
    assert said(stemme("doctor", "--json"), "search") == ("ok", "Det er ingenting å søke i ennå.")
    (tmp_path / "a.txt").write_text("Vi sto på torvet.\n")
    stemme("import", tmp_path / "a.txt", "--title", "Torvet")
    assert said(stemme("doctor", "--json"), "search") == ("ok", "Søkeregisteret stemmer med arkivet: 2 avsnitt.")
    with database.write() as session:
        session.execute(text("UPDATE segment SET text = 'Vi sto på kaia.'"))
        session.execute(delete(OutboxEntry))
        session.commit()
    typed = stemme("doctor", "--json")
    assert typed.exit_code == 1
    assert said(typed, "search") == (
        "fault",
        "Søkeregisteret stemte ikke med arkivet i 1 intervju: 1 avsnitt er gamle.",
    )
    assert finding(typed, "search")["mend"] == "Skriv: stemme doctor --mend"
    assert stemme("search", "kaia", "--json").document["total"] == 0
    level, says = said(stemme("doctor", "--mend", "--json"), "search")
    assert (level, says.endswith("Nå har det 2 avsnitt.")) == ("ok", True)
    assert stemme("search", "kaia", "--json").document["total"] == 1


def test_a_change_that_nobody_told_the_index_of_is_said(stemme: Stemme, database: Database, tmp_path: Path) -> None:
    """The archive was closed right after the change."""
    (tmp_path / "a.txt").write_text("Vi sto på torvet.\n")
    stemme("import", tmp_path / "a.txt", "--title", "Torvet")
    with database.write() as session:
        session.add(OutboxEntry(thing_id=1, at=datetime.now(UTC) - timedelta(hours=1)))
        session.commit()
    level, says = said(stemme("doctor", "--json"), "search changes")
    assert (level, says) == ("advice", "1 endring kan ikke søkes i ennå.")
    typed = stemme("doctor", "--mend", "--json")
    assert "search changes" not in {each["about"] for each in typed.document["findings"]}


def test_postgresql_is_recommended_for_a_large_archive(
    stemme: Stemme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Past the size at which Whoosh becomes slow."""
    (tmp_path / "a.txt").write_text("Vi sto på torvet.\n")
    stemme("import", tmp_path / "a.txt", "--title", "Torvet")
    monkeypatch.setattr(comparing, "WHOOSH_PASSAGES", 1)
    found = finding(stemme("doctor", "--json"), "search size")
    assert (found["level"], "STEMME_SEARCH=postgresql" in found["mend"]) == ("advice", True)


def test_without_a_mail_server_letters_wait_for_a_person(stemme: Stemme) -> None:
    """That is no fault."""
    found = finding(stemme("doctor", "--json"), "mail")
    assert found["level"] == "ok"
    assert "Utboks" in found["says"]


def test_a_mail_server_that_does_not_answer_is_a_fault_with_its_remedy(stemme: Stemme) -> None:
    """And the password stands nowhere."""
    typed = stemme(
        "doctor", "--json", STEMME_SMTP_URL="smtp://arkivet:hemmelig@127.0.0.1:1",
        STEMME_MAIL_FROM="arkivet@lag.example", STEMME_BASE_URL="http://127.0.0.1:8321",
    )  # fmt: skip
    found = finding(typed, "mail")
    assert (typed.exit_code, found["level"]) == (1, "fault")
    assert "127.0.0.1:1 svarer ikke" in found["says"]
    assert "STEMME_SMTP_URL" in found["mend"]
    assert "hemmelig" not in typed.out

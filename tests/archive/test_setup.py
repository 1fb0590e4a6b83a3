import stat
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select

from archive.database import Database
from archive.errors import NotInitialised
from archive.interviews import ArchiveCreator
from archive.settings import Settings
from archive.setup import initialise, open_database, secret_key
from archive.site import page_text, save_page
from tests.conftest import settings_for


def test_an_archive_begins_private_and_ready(tmp_path: Path, now: datetime) -> None:
    settings = settings_for(tmp_path / "nytt" / "arkiv")
    initialise(settings, now=now)
    for folder in (settings.data, settings.incoming, settings.derived, settings.index, settings.models):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data / "secret-key").stat().st_mode) == 0o600
    assert len(secret_key(settings)) >= 60
    with open_database(settings).read() as session:
        assert set(session.scalars(select(ArchiveCreator.name))) == {
            "Nord-Trøndelag SV",
            "Sør-Trøndelag SV",
            "Trøndelag SV",
        }
        assert "Lyden er kilden" in page_text(session, "slik-retter-vi")
        assert "samtykke" in page_text(session, "personvern")


def test_a_second_time_changes_nothing(settings: Settings, database: Database, now: datetime) -> None:
    key = secret_key(settings)
    with database.write() as session:
        save_page(session, "personvern", "Vår egen tekst", by=None, now=now)
        session.commit()
    initialise(settings, now=now)
    assert secret_key(settings) == key
    with database.read() as session:
        assert page_text(session, "personvern") == "Vår egen tekst"
        assert session.scalar(select(func.count()).select_from(ArchiveCreator)) == 3


def test_several_at_once_make_one_archive(tmp_path: Path, now: datetime) -> None:
    settings = settings_for(tmp_path)
    threads = [Thread(target=initialise, args=(settings,), kwargs={"now": now}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_database(settings).read() as session:
        assert session.scalar(select(func.count()).select_from(ArchiveCreator)) == 3
    assert list(tmp_path.glob("secret-key*")) == [tmp_path / "secret-key"]


def test_opening_where_there_is_nothing_makes_nothing(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "ingenting")
    with pytest.raises(NotInitialised):
        open_database(settings)
    with pytest.raises(NotInitialised):
        secret_key(settings)
    assert not settings.data.exists()


def test_opening_an_older_archive_brings_it_up_to_date(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    upgraded: list[Settings] = []
    monkeypatch.setattr("archive.setup.is_current", lambda _settings: False)
    monkeypatch.setattr("archive.setup.upgrade", upgraded.append)
    open_database(settings).close()
    assert upgraded == [settings]

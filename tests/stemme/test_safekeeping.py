"""Backup from the command line."""

from io import BytesIO
from pathlib import Path

from archive.settings import Settings
from media.store import Store
from tests.stemme.conftest import Stemme


def test_backup_restore_and_verify_say_what_they_did(stemme: Stemme, tmp_path: Path) -> None:
    """As JSON and in words."""
    done = stemme("backup", tmp_path / "kept", "--json").document
    assert (done["originals"], done["damaged"], done["missing"]) == (0, [], [])
    restored = stemme("restore", tmp_path / "kept", "--into", tmp_path / "back", "--json").document
    assert restored["data"] == str(tmp_path / "back")
    assert stemme("verify", "--json").document == {"originals": 0, "damaged": [], "missing": [], "unnamed": []}
    assert "Alle er uendret." in stemme("verify", STEMME_DATA=str(tmp_path / "back")).out


def test_an_original_that_changed_makes_verify_fail_and_is_named(
    stemme: Stemme, settings: Settings, store: Store
) -> None:
    """Exit code 1, so that a nightly job notices."""
    sha256 = store.put(BytesIO(b"et opptak")).sha256
    assert stemme("verify").exit_code == 0
    file = next((settings.data / "originals").rglob(sha256))
    file.chmod(0o600)
    file.write_bytes(b"et 0pptak")
    typed = stemme("verify")
    assert typed.exit_code == 1
    assert sha256 in typed.out
    assert stemme("verify", "--json").document["damaged"] == [sha256]


def test_restoring_over_something_is_refused(stemme: Stemme, tmp_path: Path) -> None:
    """With a sentence."""
    stemme("backup", tmp_path / "kept")
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "noe").touch()
    typed = stemme("restore", tmp_path / "kept", "--into", tmp_path / "back")
    assert (typed.exit_code, typed.err) == (1, f"{tmp_path / 'back'} er ikke tom. Velg en annen.\n")
    assert "mangler i sikkerhetskopien" in stemme("restore", tmp_path, "--into", tmp_path / "new").err

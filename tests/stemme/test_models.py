"""Choosing a speech model."""

import pytest

from archive.database import Database
from archive.site import get_setting
from tests.stemme.conftest import Stemme

pytestmark = pytest.mark.weights


def test_the_embedded_model_is_listed_used_and_called_rough(stemme: Stemme) -> None:
    """Until a person chooses another; NB-Whisper is what is offered."""
    typed = stemme("model", "list", "--json")
    assert typed.document["used"] == "whisper-base"
    assert typed.document["recommended"].startswith("NbAiLab/nb-whisper")
    assert "grov tekst" in stemme("model", "list").out


def test_choosing_a_model_that_is_there_is_remembered(stemme: Stemme, database: Database) -> None:
    """For everything that is handed in from then on."""
    assert stemme("model", "use", "whisper-base").exit_code == 0
    with database.read() as session:
        assert get_setting(session, "model") == "whisper-base"


def test_choosing_one_that_is_not_there_is_a_sentence(stemme: Stemme, database: Database) -> None:
    """And changes nothing."""
    typed = stemme("model", "use", "finnes-ikke")
    assert typed.exit_code == 1
    assert "stemme model install finnes-ikke" in typed.err
    with database.read() as session:
        assert get_setting(session, "model") is None

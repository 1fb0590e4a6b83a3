from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import BadInput
from archive.site import get_setting, page_history, page_text, save_page, set_setting


def test_a_setting_is_set_changed_and_taken_away(session: Session) -> None:
    assert get_setting(session, "help_name") is None
    set_setting(session, "help_name", "Hjelpsom")
    set_setting(session, "help_name", "Hjelpsom Hansen")
    assert get_setting(session, "help_name") == "Hjelpsom Hansen"
    set_setting(session, "help_name", None)
    set_setting(session, "help_name", None)
    assert get_setting(session, "help_name") is None


def test_a_page_keeps_every_version(session: Session, secretary: User, now: datetime) -> None:
    before = page_text(session, "personvern")
    save_page(session, "personvern", "Ny tekst\r\n\r\n- med et punkt ", by=secretary.id, now=now)
    assert page_text(session, "personvern") == "Ny tekst\n\n- med et punkt"
    newest, oldest = page_history(session, "personvern")
    assert (newest.made_by_id, oldest.made_by_id) == (secretary.id, None)
    assert oldest.text == before


@pytest.mark.parametrize(("text", "problem"), [(" \n ", "empty"), ("x" * 100_001, "too_long")])
def test_a_text_that_cannot_be_shown_is_refused(session: Session, now: datetime, text: str, problem: str) -> None:
    with pytest.raises(BadInput) as raised:
        save_page(session, "personvern", text, by=None, now=now)
    assert raised.value.problem == problem


def test_a_page_that_nobody_wrote_is_empty(session: Session) -> None:
    assert page_text(session, "ukjent") == ""

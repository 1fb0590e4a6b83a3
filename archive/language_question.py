"""When the machine hears another language than the interview says: the question, and what somebody answered."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.interviews import LIMITS, Interview, note_one_value
from archive.languages import other_language_heard
from archive.outbox import searchable_text_changed
from archive.recordings import MachineLayer
from archive.typed import one_line

# Whisper's code for what we write as one of two.
_OURS = {"no": "nb"}


def language_to_ask_about(interview: Interview, newest: Iterable[MachineLayer]) -> str | None:
    """The language (our code) that is clearly spoken instead of the stated one; None: no reason to ask, or answered.

    `newest` are the newest runs of its recordings.
    """
    if interview.language_kept_at is not None:
        return None
    heard = (other_language_heard(layer.languages, interview.language) for layer in newest)
    first = next((code for code in heard if code is not None), None)
    return None if first is None else _OURS.get(first, first)


def keep_language(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Somebody says that the stated language is right; it is not asked again."""
    require_at_least(session, by, "keep_language", Role.VOLUNTEER)
    before, interview.language_kept_at = interview.language_kept_at, now
    note_one_value(session, interview, "language_kept_at", before, now, act="kept_language", by=by, now=now)
    session.flush()


def change_language(session: Session, interview: Interview, language: str, *, by: int | None, now: datetime) -> None:
    """Write another language. The text stays as it is until the recordings are heard anew.

    Raises:
        BadInput: `language` is "empty" or "too_long".
    """
    require_at_least(session, by, "change_language", Role.VOLUNTEER)
    before = interview.language
    interview.language = one_line(language, "language", limit=LIMITS["language"], required=True)
    after = interview.language
    note_one_value(session, interview, "language", before, after, act="changed_language", by=by, now=now)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()

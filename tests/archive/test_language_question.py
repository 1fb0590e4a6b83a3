"""When another language is heard than the interview says: one question, one answer, not asked again."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.audit import AuditEvent
from archive.errors import BadInput, NotAllowed
from archive.interviews import Interview
from archive.language_question import change_language, keep_language, language_to_ask_about
from archive.recordings import MachineLayer

ENGLISH, NORWEGIAN = {"en": 0.9, "no": 0.05}, {"no": 0.7, "da": 0.2, "en": 0.1}


@pytest.mark.parametrize(
    ("stated", "heard", "asked"),
    [
        ("nb", [NORWEGIAN], None),
        ("nn", [NORWEGIAN], None),
        ("nb", [ENGLISH], "en"),
        ("nb", [NORWEGIAN, ENGLISH], "en"),  # of two recordings, one
        ("en", [NORWEGIAN], "nb"),
        ("nb", [{}], None),
        ("nb", [], None),
    ],
)
def test_only_a_language_that_is_clearly_another_is_asked_about(
    interview: Interview, stated: str, heard: list[dict[str, float]], asked: str | None
) -> None:
    interview.language = stated
    assert language_to_ask_about(interview, [MachineLayer(languages=each) for each in heard]) == asked


def test_an_answer_is_kept(session: Session, interview: Interview, volunteer: User, now: datetime) -> None:
    keep_language(session, interview, by=volunteer.id, now=now)
    session.commit()
    assert language_to_ask_about(interview, [MachineLayer(languages=ENGLISH)]) is None
    assert interview.language == "nb"
    assert session.scalars(select(AuditEvent.act)).all()[-1] == "kept_language"


def test_a_change_is_written_down(session: Session, interview: Interview, volunteer: User, now: datetime) -> None:
    change_language(session, interview, "en", by=volunteer.id, now=now)
    assert interview.language == "en"
    assert language_to_ask_about(interview, [MachineLayer(languages=ENGLISH)]) is None
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.act == "changed_language"))
    assert event.detail == {"before": "nb", "after": "en", "change": event.detail["change"]}
    for wrong in ("", "x" * 11):
        with pytest.raises(BadInput):
            change_language(session, interview, wrong, by=volunteer.id, now=now)


def test_a_member_answers_nothing(session: Session, interview: Interview, member: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        keep_language(session, interview, by=member.id, now=now)
    with pytest.raises(NotAllowed):
        change_language(session, interview, "en", by=member.id, now=now)

"""Suggestions are data: accepting is a real revision, declining is remembered, and everything can be taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.accounts import User
from archive.errors import NotAllowed, NotFound
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.names import LearnedName, NameSuggestion, SuggestionState
from archive.names.deciding import accept, decided, decline, settle, take_back
from archive.names.register import register
from archive.names.suggestions import (
    groups,
    keep_suggestions,
    learned_names,
    lines_to_search,
    open_suggestions,
    search_lines,
)
from archive.transcripts import RevisionKind, Segment, edit_segment, history, restore

HEARD = ("Vi bodde i Stenkær da.", "Det var i Stenkær, og stenkærværingene lo.", "Alle i Namsås visste det.")


def say(session: Session, interview: Interview, lines: Sequence[str], p: float = 0.9) -> list[Segment]:
    """The lines as a machine wrote them, four seconds each."""
    made = []
    for number, text in enumerate(lines):
        start_ms = number * 4000
        words: list[Any] = [[start_ms + n * 10, start_ms + n * 10 + 9, word, p] for n, word in enumerate(text.split())]
        made.append(
            Segment(
                interview=interview,
                start_ms=start_ms,
                end_ms=start_ms + 4000,
                text=text,
                words=words,
                machine_text=text,
                machine_words=words,
            )
        )
    session.add_all(made)
    session.commit()
    return made


def renew(session: Session, interview: Interview) -> int:
    """What the worker does at the end of a run."""
    lines = lines_to_search(session, interview.id)
    found = search_lines(lines, register(session), learned_names(session))
    kept = keep_suggestions(session, interview.id, found)
    session.commit()
    return kept


def ids(session: Session, interview: Interview, heard: str) -> list[int]:
    """The suggestions of one group."""
    return [row.id for group in groups(session, interview.id) if group.heard == heard for row in group.suggestions]


@pytest.fixture
def lines(session: Session, interview: Interview) -> list[Segment]:
    """Three lines with names heard wrong, and their suggestions."""
    made = say(session, interview, HEARD)
    assert renew(session, interview) == 4
    return made


def texts(lines: Sequence[Segment]) -> list[str]:
    return [line.text for line in lines]


def test_they_come_in_groups_of_what_was_heard(session: Session, interview: Interview, lines: list[Segment]) -> None:
    seen = [(group.heard, group.name, group.kind, len(group.suggestions)) for group in groups(session, interview.id)]
    assert seen == [("Stenkær", "Steinkjer", "place", 3), ("Namsås", "Namsos", "place", 1)]
    assert open_suggestions(session, interview.id) == 2
    assert [len(each.suggestions) for each in groups(session, interview.id, segment_id=lines[1].id)] == [2]


def test_accepting_all_changes_those_words_and_nothing_else(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    outcome = accept(session, interview.id, ids(session, interview, "Stenkær"), by=volunteer.id, now=now)
    session.commit()
    assert (outcome.changed, outcome.stale) == (3, 0)
    assert texts(lines) == [
        "Vi bodde i Steinkjer da.",
        "Det var i Steinkjer, og steinkjerværingene lo.",
        "Alle i Namsås visste det.",
    ]
    assert [line.checked for line in lines] == [False] * 3  # nobody heard the rest of the line
    assert [line.machine_text for line in lines] == list(HEARD)
    newest = history(session, lines[0].id)[0]
    assert (newest.kind, newest.editor, newest.text_before) == (RevisionKind.NAMED, volunteer, HEARD[0])
    assert [word[2] for word in lines[1].words] == lines[1].text.split()
    assert lines[0].words[:3] == lines[0].machine_words[:3]
    assert open_suggestions(session, interview.id) == 1
    learned = session.get_one(LearnedName, "stenkær")
    assert (learned.name, learned.accepted) == ("Steinkjer", 3)


def test_one_of_them_can_be_accepted_alone(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    accept(session, interview.id, ids(session, interview, "Stenkær")[:1], by=volunteer.id, now=now)
    assert texts(lines)[1:] == list(HEARD)[1:]
    (first, *_rest) = groups(session, interview.id)
    assert (first.heard, first.learned, len(first.suggestions)) == ("Stenkær", True, 2)


def test_what_was_accepted_can_be_taken_back(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    wanted = ids(session, interview, "Stenkær")
    accept(session, interview.id, wanted, by=volunteer.id, now=now)
    outcome = take_back(session, interview.id, wanted, by=volunteer.id, now=now)
    assert (outcome.changed, texts(lines), learned_names(session)) == (3, list(HEARD), {})
    assert open_suggestions(session, interview.id) == 2
    assert [line.version for line in lines] == [2, 4, 0]  # everything that happened is there to be seen


def test_what_was_declined_is_not_offered_again_here(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    wanted = ids(session, interview, "Namsås")
    decline(session, interview.id, wanted, by=volunteer.id, now=now)
    assert renew(session, interview) == 3
    session.delete(lines[2])  # a new run replaced the line
    session.commit()
    say(session, interview, ["I Namsås igjen."])
    assert renew(session, interview) == 3
    assert take_back(session, interview.id, wanted, by=volunteer.id, now=now).changed == 1
    assert renew(session, interview) == 4


def test_renewing_keeps_what_was_decided_and_makes_nothing_twice(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    accept(session, interview.id, ids(session, interview, "Stenkær"), by=volunteer.id, now=now)
    session.commit()
    assert [renew(session, interview) for _ in range(3)] == [1, 1, 1]
    states = list(session.scalars(select(NameSuggestion.state).order_by(NameSuggestion.id)))
    assert sorted(states) == [SuggestionState.ACCEPTED] * 3 + [SuggestionState.OPEN]


def test_accepted_once_it_is_offered_everywhere(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    other = add_interview(session, InterviewDetails(title="En annen"), handed_in_by_id=None, now=now)
    before, after = say(session, other, ["Det var Vegaskard sitt hus.", "Hun tok vegaskard på alvor."], p=0.2)
    mine = NameSuggestion(
        interview_id=interview.id, segment_id=lines[0].id, first_word=0, last_word=0, heard="Vi", name="Olga", kind="x"
    )
    (third,) = say(session, interview, ["De spurte Vegaskard."])
    mine.segment_id, mine.first_word, mine.last_word = third.id, 2, 2
    mine.heard, mine.name, mine.kind, mine.score = "Vegaskard", "Olga Oppdiktet", "person", 0.5
    session.add(mine)
    session.commit()
    assert groups(session, other.id) == []
    accept(session, interview.id, [mine.id], by=volunteer.id, now=now)
    session.commit()
    assert third.text == "De spurte Olga Oppdiktet."
    (offered,) = groups(session, other.id)
    assert (offered.heard, offered.name, offered.kind, offered.learned) == (
        "Vegaskard",
        "Olga Oppdiktet",
        "person",
        True,
    )
    assert [row.segment_id for row in offered.suggestions] == [before.id, after.id]
    assert renew(session, other) == 2  # and it stays when that interview is searched anew


def test_a_longer_name_moves_the_ones_after_it(
    session: Session, interview: Interview, volunteer: User, now: datetime
) -> None:
    (line,) = say(session, interview, ["Fra Namsås til Stenkær gikk vi."])
    renew(session, interview)
    namsos, steinkjer = session.scalars(select(NameSuggestion).order_by(NameSuggestion.first_word))
    namsos.name = "Namsos og omegn"
    accept(session, interview.id, [namsos.id], by=volunteer.id, now=now)
    assert (steinkjer.first_word, steinkjer.last_word) == (5, 5)
    accept(session, interview.id, [steinkjer.id], by=volunteer.id, now=now)
    assert line.text == "Fra Namsos og omegn til Steinkjer gikk vi."
    take_back(session, interview.id, [namsos.id, steinkjer.id], by=volunteer.id, now=now)
    assert line.text == "Fra Namsås til Stenkær gikk vi."


def test_a_line_that_somebody_corrected_meanwhile_is_left_alone(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, secretary: User, now: datetime
) -> None:
    wanted = ids(session, interview, "Stenkær")
    line = lines[0]
    edit_segment(
        session,
        line.id,
        text="Me budde i Egge.",
        speaker_id=None,
        base_version=0,
        editor_id=secretary.id,
        now=now,
    )
    session.commit()
    outcome = accept(session, interview.id, wanted, by=volunteer.id, now=now)
    assert (outcome.changed, outcome.stale, line.text) == (2, 1, "Me budde i Egge.")
    assert line.version == 1


def test_a_vouched_line_is_never_wondered_about(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    edit_segment(session, lines[2].id, text=HEARD[2], speaker_id=None, base_version=0, editor_id=volunteer.id, now=now)
    assert [group.heard for group in groups(session, interview.id)] == ["Stenkær"]
    assert renew(session, interview) == 3


def test_bringing_back_a_line_with_only_a_name_put_in_vouches_for_nothing(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    accept(session, interview.id, ids(session, interview, "Namsås"), by=volunteer.id, now=now)
    correct = {"speaker_id": None, "editor_id": volunteer.id, "now": now}
    edit_segment(session, lines[2].id, text="Noe annet.", base_version=1, **correct)
    restore(session, lines[2].id, 1, base_version=2, editor_id=volunteer.id, now=now)
    assert (lines[2].text, lines[2].checked) == ("Alle i Namsos visste det.", False)


def test_only_who_may_correct_may_decide(
    session: Session, interview: Interview, lines: list[Segment], other_volunteer: User, member: User, now: datetime
) -> None:
    wanted = ids(session, interview, "Namsås")
    with pytest.raises(NotFound):
        accept(session, interview.id, wanted, by=other_volunteer.id, now=now)
    for decide in (decline, take_back):
        with pytest.raises(NotAllowed):
            decide(session, interview.id, wanted, by=member.id, now=now)
    assert texts(lines) == list(HEARD)


def test_numbers_that_belong_to_another_interview_change_nothing(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    other = add_interview(session, InterviewDetails(title="En annen"), handed_in_by_id=volunteer.id, now=now)
    wanted = ids(session, interview, "Namsås")
    for decide in (accept, decline, take_back):
        assert decide(session, other.id, [*wanted, -1, 2**40], by=volunteer.id, now=now).changed == 0
    assert texts(lines) == list(HEARD)


def test_what_was_decided_is_told_newest_first(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    accept(session, interview.id, ids(session, interview, "Stenkær"), by=volunteer.id, now=now)
    decline(session, interview.id, ids(session, interview, "Namsås"), by=volunteer.id, now=now + timedelta(minutes=1))
    told = [(each.heard, each.name, each.accepted, len(each.ids)) for each in decided(session, interview.id)]
    assert told == [("Namsås", "Namsos", False, 1), ("Stenkær", "Steinkjer", True, 3)]


def test_a_correction_by_hand_teaches_the_name_it_put_there(
    session: Session, interview: Interview, lines: list[Segment], volunteer: User, now: datetime
) -> None:
    correct = {"speaker_id": None, "editor_id": volunteer.id, "now": now}
    edit_segment(session, lines[0].id, text="Nei, vi bodde i Steinkjer da.", base_version=0, **correct)
    edit_segment(session, lines[2].id, text="Alle visste det.", base_version=0, **correct)
    for line in lines:
        settle(session, line.id, by=volunteer.id, now=now)
    assert learned_names(session) == {"stenkær": "Steinkjer"}
    (told,) = decided(session, interview.id)
    assert (told.name, told.accepted, len(told.ids)) == ("Steinkjer", True, 1)
    take_back(session, interview.id, told.ids, by=volunteer.id, now=now)
    assert lines[0].text == "Nei, vi bodde i Stenkær da."

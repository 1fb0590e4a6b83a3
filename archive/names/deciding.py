"""Deciding about suggested names: yes, no, taken back; and what is learned from a yes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.errors import BadInput
from archive.names import LearnedName, NameSuggestion, SuggestionState
from archive.names.alike import find_names, put_in, stands, take_out
from archive.names.register import Register
from archive.names.suggestions import FoundIn, add_suggestions, line_to_search
from archive.people import name_key
from archive.search.words import is_known
from archive.transcripts import Segment, change_words

# Lines of the archive that an accepted name is offered in at once; the rest hear of it after their next run.
_MOST_ELSEWHERE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided at one time about one pair of what was heard and a name."""

    heard: str
    name: str
    accepted: bool  # else declined
    ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision."""

    changed: int  # lines' places that were changed
    stale: int  # left alone, because the line is no longer what it was


def decided(session: Session, interview_id: int, *, most: int = 12) -> list[Decided]:
    """What was decided in an interview, newest first, as far as its lines are still there."""
    rows = (
        select(NameSuggestion)
        .where(
            NameSuggestion.interview_id == interview_id,
            NameSuggestion.state != SuggestionState.OPEN,
            NameSuggestion.segment_id.is_not(None),
            NameSuggestion.decided_at.is_not(None),
        )
        .order_by(NameSuggestion.decided_at.desc(), NameSuggestion.id)
    )
    gathered: dict[tuple[datetime, str, str, bool], list[NameSuggestion]] = {}
    for row in session.scalars(rows):
        assert row.decided_at is not None  # noqa: S101 - as asked for
        key = (row.decided_at, name_key(row.heard), row.name, row.state == SuggestionState.ACCEPTED)
        gathered.setdefault(key, []).append(row)
    found = [
        Decided(of[0].heard, name, yes, tuple(row.id for row in of), at)
        for (at, _key, name, yes), of in gathered.items()
    ]
    return found[:most]


def _rows(
    session: Session, interview_id: int, ids: Collection[int], states: Collection[SuggestionState]
) -> list[NameSuggestion]:
    """Those of the suggestions that are in one of the states, the last word of a line first: what is put in moves what
    comes after it."""
    rows = select(NameSuggestion).where(
        NameSuggestion.interview_id == interview_id, NameSuggestion.id.in_(ids), NameSuggestion.state.in_(states)
    )
    return list(session.scalars(rows.order_by(NameSuggestion.segment_id, NameSuggestion.first_word.desc())))


def accept(session: Session, interview_id: int, ids: Collection[int], *, by: int | None, now: datetime) -> Outcome:
    """Put the names into their lines, as revisions by this person; the pairs are offered everywhere from now on.

    A line in which the words no longer stand is left as it is: nobody's correction is overwritten.

    Raises:
        NotFound, NotAllowed: as `transcripts.edit_segment`.
    """
    rows = _rows(session, interview_id, ids, [SuggestionState.OPEN])
    changed = [row for row in rows if _replace(session, row, by, now, back=False)]
    for row in changed:
        _decide(row, SuggestionState.ACCEPTED, by, now)
        _learn(session, row)
    session.flush()
    for heard, name, kind in {(row.heard, row.name, row.kind) for row in changed}:
        _offer_everywhere(session, heard, name, kind)
    _note(session, "accepted_names", interview_id, changed, by, now)
    return Outcome(len(changed), len(rows) - len(changed))


def decline(session: Session, interview_id: int, ids: Collection[int], *, by: int | None, now: datetime) -> Outcome:
    """Say that these names were not meant; the pairs are not offered in this interview again."""
    require_at_least(session, by, "decline_names", Role.VOLUNTEER)
    rows = _rows(session, interview_id, ids, [SuggestionState.OPEN])
    for row in rows:
        _decide(row, SuggestionState.DECLINED, by, now)
    _note(session, "declined_names", interview_id, rows, by, now)
    session.flush()
    return Outcome(len(rows), 0)


def take_back(session: Session, interview_id: int, ids: Collection[int], *, by: int | None, now: datetime) -> Outcome:
    """Undo `accept` and `decline`: the suggestions are open again, the lines say what was heard, what was learned goes.

    Raises:
        NotFound, NotAllowed: as `transcripts.edit_segment`.
    """
    require_at_least(session, by, "take_back_names", Role.VOLUNTEER)
    rows = _rows(session, interview_id, ids, [SuggestionState.ACCEPTED, SuggestionState.DECLINED])
    opened = []
    for row in rows:
        if row.state == SuggestionState.ACCEPTED:
            if not _replace(session, row, by, now, back=True):
                continue
            _unlearn(session, row)
        _decide(row, SuggestionState.OPEN, None, None)
        opened.append(row)
    _note(session, "took_back_names", interview_id, opened, by, now)
    session.flush()
    return Outcome(len(opened), len(rows) - len(opened))


def _decide(row: NameSuggestion, state: SuggestionState, by: int | None, now: datetime | None) -> None:
    row.state, row.decided_by_id, row.decided_at = state, by, now


def _note(
    session: Session, act: str, interview_id: int, rows: Sequence[NameSuggestion], by: int | None, now: datetime
) -> None:
    if rows:
        note(session, act, "interview", interview_id, user_id=by, now=now, suggestions=[row.id for row in rows])


def _replace(session: Session, row: NameSuggestion, by: int | None, now: datetime, *, back: bool) -> bool:
    """Put the name in, or take it out again; False when the line is no longer what it was."""
    if row.segment_id is None:
        return False
    put: list[str] | None = None

    def change(texts: list[str]) -> list[str]:
        nonlocal put
        swap, old, new = (take_out, row.name, row.heard) if back else (put_in, row.heard, row.name)
        put = swap(texts, row.first_word, row.last_word, old, new)
        return texts if put is None else texts[: row.first_word] + put + texts[row.last_word + 1 :]

    try:
        revision = change_words(session, row.segment_id, change, editor_id=by, now=now)
    except BadInput:  # the line would be too long
        return False
    if revision is None or put is None:
        return False
    _move_those_after(session, row, len(put))
    return True


def _move_those_after(session: Session, row: NameSuggestion, count: int) -> None:
    """The row's words are now `count`; what comes after them in the line has moved."""
    by = count - (row.last_word - row.first_word + 1)
    after = select(NameSuggestion).where(
        NameSuggestion.segment_id == row.segment_id, NameSuggestion.first_word > row.last_word
    )
    for other in session.scalars(after) if by else ():
        other.first_word += by
        other.last_word += by
    row.last_word += by
    session.flush()


def settle(session: Session, segment_id: int, *, by: int | None, now: datetime) -> None:
    """After a person corrected the line: a name that was suggested and that now stands there is learned."""
    rows = select(NameSuggestion).where(
        NameSuggestion.segment_id == segment_id, NameSuggestion.state == SuggestionState.OPEN
    )
    texts = session.get_one(Segment, segment_id).text.split()
    for row in session.scalars(rows.order_by(NameSuggestion.first_word)):
        length = len(row.name.split())
        near = sorted(range(len(texts) - length + 1), key=lambda at: abs(at - row.first_word))
        at = next((at for at in near if stands(texts, at, at + length - 1, row.name)), None)
        if at is not None and not stands(texts, row.first_word, row.last_word, row.heard):
            row.first_word, row.last_word = at, at + length - 1
            _decide(row, SuggestionState.ACCEPTED, by, now)
            _learn(session, row)
    session.flush()


# --- learning


def _learn(session: Session, row: NameSuggestion) -> None:
    learned = session.get(LearnedName, name_key(row.heard)[:200])
    if learned is None:
        session.add(LearnedName(heard_key=name_key(row.heard)[:200], name=row.name, accepted=1))
        session.flush()
    elif learned.name == row.name:
        learned.accepted += 1
    else:
        learned.name, learned.accepted = row.name, 1


def _unlearn(session: Session, row: NameSuggestion) -> None:
    learned = session.get(LearnedName, name_key(row.heard)[:200])
    if learned is not None and learned.name == row.name:
        learned.accepted -= 1
        if learned.accepted < 1:
            session.delete(learned)
            session.flush()


def _offer_everywhere(session: Session, heard: str, name: str, kind: str) -> None:
    """Suggest the name at once in every line of the archive in which the same was heard and nothing is suggested."""
    spellings = {heard, heard.lower(), heard[:1].upper() + heard[1:]}
    suggested = select(NameSuggestion.segment_id).where(
        NameSuggestion.state == SuggestionState.OPEN, NameSuggestion.segment_id.is_not(None)
    )
    lines = select(Segment).where(
        Segment.checked.is_(False),
        or_(*(Segment.text.contains(spelling, autoescape=True) for spelling in spellings)),
        Segment.id.not_in(suggested),
    )
    only = Register(())
    for segment in session.scalars(lines.order_by(Segment.id).limit(_MOST_ELSEWHERE)):
        line = line_to_search(segment)
        found = find_names(line.texts, line.sure, only, {name_key(heard): name}, is_known)
        add_suggestions(session, segment.interview_id, [FoundIn(line, replace(each, kind=kind)) for each in found])
    session.flush()

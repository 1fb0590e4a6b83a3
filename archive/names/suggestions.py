"""Suggested names of an interview: found, shown in groups, accepted, declined, taken back. Data, never edits by itself.

What was decided stays decided: a pair that was declined is not offered again in the same interview, a pair that was
accepted once is offered first in all of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from archive.accounts import Role, require_at_least
from archive.audit import note
from archive.errors import BadInput
from archive.names import LearnedName, NameSuggestion, SuggestionState
from archive.names.alike import Found, IsWord, find_names, put_in, stands, take_out
from archive.names.register import Register
from archive.people import name_key
from archive.search.analysis import is_word
from archive.transcripts import Segment, change_words

# Lines of other interviews that an accepted name is offered in at once; the rest hear of it after their next run.
_MOST_ELSEWHERE = 500


@dataclass(frozen=True, slots=True)
class LineToSearch:
    """A line as it is matched, loaded so that no session is held meanwhile."""

    segment_id: int
    version: int
    texts: tuple[str, ...]
    sure: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A name found in a line as it was at `version`."""

    line: LineToSearch
    found: Found


@dataclass(frozen=True, slots=True)
class Group:
    """One thing that was heard and the name that may have been meant, everywhere in an interview."""

    heard: str
    name: str
    kind: str
    learned: bool  # somebody said so before
    suggestions: tuple[NameSuggestion, ...]  # in the order of the lines, whose rows are loaded


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


def line_to_search(segment: Segment) -> LineToSearch:
    """The line's words, and how sure the machine was of each when the words are still its own."""
    texts = tuple(segment.text.split())
    same = tuple(word[2] for word in segment.words) == texts
    sure = tuple(word[3] for word in segment.words) if same else (None,) * len(texts)
    return LineToSearch(segment.id, segment.version, texts, sure)


def lines_to_search(session: Session, interview_id: int) -> list[LineToSearch]:
    """The lines that nobody vouches for, in time order."""
    lines = select(Segment).where(Segment.interview_id == interview_id, Segment.checked.is_(False))
    return [line_to_search(each) for each in session.scalars(lines.order_by(Segment.start_ms, Segment.id))]


def learned_names(session: Session) -> dict[str, str]:
    """What was heard and which name a person said was meant, by the folded form."""
    return {each.heard_key: each.name for each in session.scalars(select(LearnedName))}


def search_lines(
    lines: Sequence[LineToSearch], register: Register, learned: dict[str, str], *, is_word: IsWord = is_word
) -> list[FoundIn]:
    """The names that may have been meant in these lines. Needs no session: 40,000 words take seconds."""
    return [
        FoundIn(line, found)
        for line in lines
        for found in find_names(line.texts, line.sure, register, learned, is_word)
    ]


def keep_suggestions(session: Session, interview_id: int, found: Sequence[FoundIn]) -> int:
    """Make these the open suggestions of an interview; how many. Lines that changed meanwhile are left out."""
    session.execute(
        delete(NameSuggestion).where(
            NameSuggestion.interview_id == interview_id, NameSuggestion.state == SuggestionState.OPEN
        )
    )
    lines = select(Segment.id, Segment.version).where(Segment.interview_id == interview_id, Segment.checked.is_(False))
    versions = {row.id: row.version for row in session.execute(lines)}
    current = [each for each in found if versions.get(each.line.segment_id) == each.line.version]
    kept = _add(session, interview_id, current)
    session.flush()
    return kept


def _add(session: Session, interview_id: int, found: Sequence[FoundIn]) -> int:
    declined = _declined(session, interview_id)
    rows = [
        NameSuggestion(
            interview_id=interview_id,
            segment_id=each.line.segment_id,
            first_word=each.found.first,
            last_word=each.found.last,
            heard=each.found.heard[:200],
            name=each.found.name,
            kind=each.found.kind,
            score=each.found.score,
        )
        for each in found
        if (name_key(each.found.heard), each.found.name) not in declined
    ]
    session.add_all(rows)
    return len(rows)


def _declined(session: Session, interview_id: int) -> set[tuple[str, str]]:
    rows = select(NameSuggestion.heard, NameSuggestion.name).where(
        NameSuggestion.interview_id == interview_id, NameSuggestion.state == SuggestionState.DECLINED
    )
    return {(name_key(heard), name) for heard, name in session.execute(rows)}


# --- showing


def open_suggestions(session: Session, interview_id: int) -> int:
    """How many names the machine wonders about: pairs of what was heard and a name, each once."""
    rows = select(
        NameSuggestion.heard, NameSuggestion.name, NameSuggestion.first_word, NameSuggestion.last_word, Segment.text
    )
    standing = session.execute(
        rows.join(NameSuggestion.segment).where(
            NameSuggestion.interview_id == interview_id,
            NameSuggestion.state == SuggestionState.OPEN,
            Segment.checked.is_(False),
        )
    )
    return len(
        {(name_key(heard), name) for heard, name, first, last, text in standing if _stands(text, first, last, heard)}
    )


def _stands(text: str, first: int, last: int, heard: str) -> bool:
    return stands(text.split(), first, last, heard)


def groups(session: Session, interview_id: int, *, segment_id: int | None = None) -> list[Group]:
    """The open suggestions that still stand: what was learned, then what is frequent. Of one line, if named."""
    rows = (
        select(NameSuggestion)
        .join(NameSuggestion.segment)
        .where(
            NameSuggestion.interview_id == interview_id,
            NameSuggestion.state == SuggestionState.OPEN,
            Segment.checked.is_(False),
        )
        .order_by(Segment.start_ms, Segment.id, NameSuggestion.first_word)
    )
    if segment_id is not None:
        rows = rows.where(Segment.id == segment_id)
    gathered: dict[tuple[str, str], list[NameSuggestion]] = {}
    for row in session.scalars(rows):
        if row.segment and _stands(row.segment.text, row.first_word, row.last_word, row.heard):
            gathered.setdefault((name_key(row.heard), row.name), []).append(row)
    learned = learned_names(session)
    found = [
        Group(of[0].heard, name, of[0].kind, learned.get(key) == name, tuple(of))
        for (key, name), of in gathered.items()
    ]
    return sorted(found, key=lambda group: (not group.learned, -len(group.suggestions)))


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


# --- deciding


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
        found = find_names(line.texts, line.sure, only, {name_key(heard): name}, is_word)
        _add(session, segment.interview_id, [FoundIn(line, replace(each, kind=kind)) for each in found])
    session.flush()

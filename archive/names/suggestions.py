"""Suggested names of an interview: found in its lines, kept as rows, shown in groups. Data for the editor, never edits.

What was decided stays decided (`archive.names.deciding`): a pair that was declined is not offered again in the same
interview, a pair that was accepted once is offered first in all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.names import LearnedName, NameSuggestion, SuggestionState
from archive.names.alike import Found, IsWord, find_names, stands
from archive.names.register import Register
from archive.people import name_key
from archive.search.words import is_known
from archive.transcripts import Segment


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
    lines: Sequence[LineToSearch], register: Register, learned: dict[str, str], *, is_word: IsWord = is_known
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
    kept = add_suggestions(session, interview_id, current)
    session.flush()
    return kept


def add_suggestions(session: Session, interview_id: int, found: Sequence[FoundIn]) -> int:
    """New open suggestions, but for pairs that were declined in the interview; how many."""
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

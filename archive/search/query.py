"""Searching: the index says which passages to look at, the database says what they are and who may see them."""

import re
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.access import Viewer, visible_to
from archive.interviews import Interview, Participation
from archive.outbox import OutboxEntry
from archive.search.analysis import tokens
from archive.search.passages import Line, Passage, passage_from
from archive.search.question import Question, read_question
from archive.search.reading import Candidate, Found, Index
from archive.search.schema import INTERVIEW, PASSAGE, description_of, lines_where
from archive.transcripts import Segment

FILLED_TO = 10  # where fewer passages have all of the words, others with some of them follow up to so many
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_LONGEST_NEIGHBOUR = 240  # letters of the sentence before or after that are shown


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage (or an interview's description) that answers the question, as it is in the database now."""

    kind: str  # passage, interview
    interview_id: int
    title: str
    speaker: str | None  # None: unknown
    start_ms: int  # of the first matching word; of the passage when the question has no words
    end_ms: int  # of the passage
    text: str
    highlights: list[tuple[int, int]]  # [from, to) in `text`
    url: str
    narrators: list[str]
    held_on: date | None
    place: str
    checked: bool  # a person vouches for every line of it
    before: str  # the sentence before the passage; "" at the beginning
    after: str


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` counts only what the reader may see."""

    total: int
    took_ms: int
    hits: list[Hit]
    also: list[str] = field(default_factory=list)  # no passage has all of these words: the hits have some of them
    complete: bool = True  # False: the time was up, or the index is being built; there may be more than is shown
    interviews: int = 0  # in how many interviews the `total` are
    above: int = 0  # how many of the `total` have all of the words; they come first, and below a line those with some


def search(
    session: Session,
    index: Index,
    text: str,
    *,
    viewer: Viewer,
    today: date,
    limit: int = 20,
    offset: int = 0,
    kinds: Collection[str] = (PASSAGE,),
) -> Results:
    """Search as `viewer`. Never raises for what was typed; a question without a word to look for finds nothing."""
    began = time.monotonic()
    question = read_question(text)
    limit, offset = max(limit, 0), max(offset, 0)
    if question.is_empty:
        return Results(0, _since(began), [])
    visible = set(session.scalars(select(Interview.id).where(visible_to(viewer, today=today))))
    one = _Search(session, index, index.mended(question), viewer, today, visible, kinds)
    page = one.run(limit, offset, any_word=False)
    if page.total >= FILLED_TO or not page.complete or len(question.needed) < 2:
        return Results(page.total, _since(began), page.hits, [], page.complete, page.interviews, page.total)
    every = one.run(FILLED_TO, 0, any_word=False)
    some = one.run(FILLED_TO, 0, any_word=True)
    places = {_place(hit) for hit in every.hits}
    hits = [*every.hits, *(hit for hit in some.hits if _place(hit) not in places)][:FILLED_TO]
    also = [each.written for each in question.needed] if hits and not every.total else []
    shown = hits[offset : offset + limit]
    interviews = len({hit.interview_id for hit in hits})
    return Results(len(hits), _since(began), shown, also, every.complete and some.complete, interviews, every.total)


@dataclass(frozen=True, slots=True)
class _Page:
    total: int
    hits: list[Hit]
    complete: bool
    interviews: int


@dataclass(frozen=True, slots=True)
class _Search:
    """One question by one reader."""

    session: Session
    index: Index
    question: Question
    viewer: Viewer
    today: date
    visible: set[int]
    kinds: Collection[str]

    def run(self, limit: int, offset: int, *, any_word: bool) -> _Page:
        """What the index has not heard of yet is read in the database before it is counted."""
        changed = set(self.session.scalars(select(OutboxEntry.thing_id).distinct()))
        found: Found = self.index.find(
            self.question,
            any_word=any_word,
            kinds=self.kinds,
            visible=self.visible,
            changed=changed,
            most=offset + limit,
        )
        confirmed = {hit[0]: hit[1] for hit in self._hits(found.doubtful, any_word=any_word)}
        ranked = sorted((*found.best, *confirmed))[offset : offset + limit]
        rest = [each for each in ranked if each not in confirmed]
        read = {**confirmed, **dict(self._hits(rest, any_word=any_word))}
        gone = sum(each not in read for each in rest)
        hits = [read[each] for each in ranked if each in read]
        total = found.sure + len(confirmed) - gone
        interviews = found.interviews.union(each.interview_id for each in confirmed)
        return _Page(total, hits, found.complete, min(len(interviews), total))

    def _hits(self, candidates: Sequence[Candidate], *, any_word: bool) -> list[tuple[Candidate, Hit]]:
        """Those of the candidates that still answer the question and that the reader may see."""
        if not candidates:
            return []
        interviews = self._interviews({each.interview_id for each in candidates})
        lines = self._lines(candidates)
        hits = []
        for each in candidates:
            interview = interviews.get(each.interview_id)
            if interview is None:
                continue
            if each.kind == INTERVIEW:
                hit = self._description(interview, any_word=any_word)
            else:
                own = [line for line in map(lines.get, each.lines) if line and line.interview_id == interview.id]
                passage = passage_from(own, lines.get(each.before or 0), lines.get(each.after or 0))
                hit = self._passage(interview, passage, any_word=any_word) if passage else None
            if hit:
                hits.append((each, hit))
        return hits

    def _interviews(self, ids: set[int]) -> dict[int, Interview]:
        rows = self.session.scalars(
            select(Interview)
            .where(Interview.id.in_(ids), visible_to(self.viewer, today=self.today))
            .options(
                selectinload(Interview.participations).joinedload(Participation.person),
                selectinload(Interview.recordings),
            )
        )
        return {interview.id: interview for interview in rows}

    def _lines(self, candidates: Iterable[Candidate]) -> dict[int, Line]:
        wanted = {line for each in candidates for line in (*each.lines, each.before, each.after) if line is not None}
        return {
            line.id: line
            for line in lines_where(self.session, Segment.id.in_(wanted), visible_to(self.viewer, today=self.today))
        }

    def _passage(self, interview: Interview, passage: Passage, *, any_word: bool) -> Hit | None:
        text = passage.text
        speaker = passage.lines[0].speaker
        marks = self.question.marks(tokens(text), speaker, any_word=any_word)
        if marks is None:
            return None
        start_ms = passage.time_at(marks[0][0]) if marks else passage.start_ms
        return Hit(
            kind=PASSAGE,
            interview_id=interview.id,
            title=interview.title,
            speaker=speaker,
            start_ms=start_ms,
            end_ms=max(passage.end_ms, start_ms),
            text=text,
            highlights=marks,
            url=f"/intervju/{interview.id}?t={start_ms // 1000}",
            narrators=[person.name for person in interview.narrators],
            held_on=interview.held_on,
            place=interview.place,
            checked=all(line.checked for line in passage.lines),
            before=_last_sentence(passage.before) if _same(passage.before, interview) else "",
            after=_first_sentence(passage.after) if _same(passage.after, interview) else "",
        )

    def _description(self, interview: Interview, *, any_word: bool) -> Hit | None:
        if self.question.marks(tokens(description_of(interview)), None, any_word=any_word) is None:
            return None
        text = interview.summary or interview.title
        return Hit(
            kind=INTERVIEW,
            interview_id=interview.id,
            title=interview.title,
            speaker=None,
            start_ms=0,
            end_ms=interview.duration_ms,
            text=text,
            highlights=self.question.marks(tokens(text), None, any_word=True) or [],
            url=f"/intervju/{interview.id}",
            narrators=[person.name for person in interview.narrators],
            held_on=interview.held_on,
            place=interview.place,
            checked=False,
            before="",
            after="",
        )


def _place(hit: Hit) -> tuple[str, int, int, str]:
    return hit.kind, hit.interview_id, hit.end_ms, hit.text


def _same(line: Line | None, interview: Interview) -> bool:
    return line is not None and line.interview_id == interview.id


def _last_sentence(line: Line | None) -> str:
    sentence = _SENTENCE_END.split(line.text.strip())[-1] if line else ""
    if len(sentence) <= _LONGEST_NEIGHBOUR:
        return sentence
    return "… " + sentence[-_LONGEST_NEIGHBOUR:].partition(" ")[2]


def _first_sentence(line: Line | None) -> str:
    sentence = _SENTENCE_END.split(line.text.strip())[0] if line else ""
    if len(sentence) <= _LONGEST_NEIGHBOUR:
        return sentence
    return sentence[:_LONGEST_NEIGHBOUR].rpartition(" ")[0] + " …"


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)

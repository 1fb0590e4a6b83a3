"""Searching: the index says which passages to look at, the database says what they are and who may see them."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.access import Viewer, visible_to
from archive.chapters import Chapter
from archive.interviews import Interview, Participation
from archive.records import Record, RecordPage
from archive.search import holders
from archive.search.analysis import tokens
from archive.search.backend import NOBODY, Asking, Backend, Candidate, by_rank
from archive.search.decades import decades_said
from archive.search.event_texts import text_of, visible_events
from archive.search.hits import Hit, chapter_hit, description_hit, event_hit, meeting_hit, passage_hit, record_hit
from archive.search.meeting_texts import case_text, visible_cases, visible_meetings
from archive.search.meeting_texts import description_of as meeting_description
from archive.search.mentions import read_names
from archive.search.narrowing import Counts, Facets, Narrow, Sort, as_it_stands, facets_of, order_of
from archive.search.passages import Line, passage_from
from archive.search.question import Question, read_question, taken_apart
from archive.search.record_pages import description_of as record_description
from archive.search.record_pages import shown_pages, visible_records
from archive.search.schema import (
    CHAPTER,
    EVENT,
    INTERVIEW,
    LOGGED,
    MEETING,
    PASSAGE,
    RECORD,
    asked_kinds,
    description_of,
    lines_where,
)
from archive.transcripts import Segment

__all__ = ["FILLED_TO", "Hit", "Results", "Wish", "search"]

FILLED_TO = 10  # where fewer passages have all of the words, others with some of them follow up to so many
MOST_MENDED = 8  # words of a question in which slips of the hand are looked for; each that nobody says takes its time
_CHAPTERS = (CHAPTER, LOGGED)


@dataclass(frozen=True, slots=True)
class Wish:
    """How the hits are wanted, beside the question itself."""

    narrow: Narrow = field(default_factory=Narrow)
    sort: Sort = "relevance"
    by_interview: bool = False  # only the best hit of each interview
    with_facets: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` counts only what the reader may see."""

    total: int
    took_ms: int
    hits: list[Hit]
    also: list[str] = field(default_factory=list)  # no passage has all of these words: the hits have some of them
    apart: list[str] = field(default_factory=list)  # nobody says the one word: the hits have these parts of it
    complete: bool = True  # False: the time was up, or the index is being built; there may be more than is shown
    interviews: int = 0  # in how many interviews the `total` are
    records: int = 0  # and in how many records
    events: int = 0  # and how many of them are events
    meetings: int = 0  # and in how many meetings
    above: int = 0  # how many of the `total` have all of the words; they come first, and below a line those with some
    meant: Mapping[str, str] = field(default_factory=dict)  # a word that nobody says, and the one found in its stead
    counts: Mapping[int, int] = field(default_factory=dict)  # how many of the `total` are in each interview
    facets: Facets = field(default_factory=Facets)  # empty where some-word hits follow: so few are seen at a glance


def search(
    session: Session,
    index: Backend,
    text: str,
    *,
    viewer: Viewer,
    today: date,
    limit: int = 20,
    offset: int = 0,
    kinds: Collection[str] = (PASSAGE,),
    wish: Wish = Wish(),
) -> Results:
    """Search as `viewer`. Never raises for what was typed; a question without a word to look for finds nothing."""
    began = time.monotonic()
    question = read_question(text)
    limit, offset = max(limit, 0), max(offset, 0)
    if question.is_empty:
        return Results(0, _since(began), [])
    narrow = as_it_stands(session, wish.narrow)
    wish = replace(wish, narrow=narrow)
    visible = holders.visible(
        session,
        viewer,
        today,
        narrow.conditions(),
        narrow.record_conditions(),
        narrow.event_conditions(),
        narrow.meeting_conditions(),
    )
    order = order_of(session, wish.sort, visible)
    if len(question.needed) <= MOST_MENDED:
        question = index.mended(question, visible)
    one = _Search(session, index, question, viewer, today, visible, asked_kinds(kinds), order, wish)
    page = one.run(limit, offset, any_word=False, by_interview=wish.by_interview)
    if page.total < FILLED_TO and page.complete and len(question.needed) > 1:
        whole = offset == 0 and limit >= FILLED_TO and not wish.by_interview
        every = page if whole else one.run(FILLED_TO, 0, any_word=False)
        some = one.run(FILLED_TO, 0, any_word=True, with_counts=False)
        return _filled(question, every, some, limit, offset, began)
    parts = taken_apart(question) if page.complete and not page.total else None
    if parts:
        some = replace(one, question=parts).run(FILLED_TO, 0, any_word=False, with_counts=False)
        return _filled(parts, page, some, limit, offset, began)
    held = holders.held_by(page.counts)
    return Results(
        page.total,
        _since(began),
        page.hits,
        complete=page.complete,
        interviews=held.interviews,
        records=held.records,
        events=held.events,
        meetings=held.meetings,
        above=page.total,
        meant=_meant(question, page.hits),
        counts=page.counts,
        facets=facets_of(session, page.counted) if wish.with_facets else Facets(),
    )


def _filled(question: Question, every: "_Page", some: "_Page", limit: int, offset: int, began: float) -> Results:
    """The few hits with all of the words, and below a line others with some of them, or with the parts of the one."""
    places = {_place(hit) for hit in every.hits}
    hits = [*every.hits, *(hit for hit in some.hits if _place(hit) not in places)][:FILLED_TO]
    counts = Counter(hit.interview_id for hit in hits)
    written = [each.written for each in question.needed] if hits and not every.total else []
    held = holders.held_by(counts)
    return Results(
        len(hits),
        _since(began),
        hits[offset : offset + limit],
        also=written if not question.is_apart else [],
        apart=written if question.is_apart else [],
        complete=every.complete and some.complete,
        interviews=held.interviews,
        records=held.records,
        events=held.events,
        meetings=held.meetings,
        above=every.total,
        meant=_meant(question, hits),
        counts=counts,
    )


@dataclass(frozen=True, slots=True)
class _Page:
    total: int
    hits: list[Hit]
    complete: bool
    counted: Counts

    @property
    def counts(self) -> Counter[int]:
        """How many hits each interview has."""
        counted: Counter[int] = Counter()
        for (interview_id, _), count in self.counted.speakers.items():
            counted[interview_id] += count
        return counted


@dataclass(frozen=True, slots=True)
class _Read:
    """A candidate as it is in the database now."""

    candidate: Candidate
    hit: Hit
    speaker: int
    text: str  # that it was indexed by


@dataclass(frozen=True, slots=True)
class _Search:
    """One question by one reader."""

    session: Session
    index: Backend
    question: Question
    viewer: Viewer
    today: date
    visible: set[int]
    kinds: Collection[str]
    order: Mapping[int, int]
    wish: Wish

    def run(
        self, limit: int, offset: int, *, any_word: bool, by_interview: bool = False, with_counts: bool = True
    ) -> _Page:
        """What the index has not heard of yet is read in the database before it is counted."""
        changed = holders.waiting(self.session)
        found = self.index.find(
            Asking(
                self.question,
                any_word=any_word,
                kinds=self.kinds,
                visible=self.visible,
                changed=changed,
                most=offset + limit,
                order=self.order,
                by_interview=by_interview,
                speaker_id=self.wish.narrow.speaker_id,
                decade=self.wish.narrow.about_decade,
                person_id=self.wish.narrow.person_id,
                with_counts=with_counts,
                with_facets=with_counts and self.wish.with_facets,
            )
        )
        counts = Counts(Counter(found.counts), Counter(found.decades), Counter(found.people))
        confirmed = {each.candidate: each for each in self._confirmed(found.doubtful, counts, any_word=any_word)}
        ranked = by_rank((*found.best, *confirmed), by_interview=by_interview)[offset : offset + limit]
        rest = [each for each in ranked if each not in confirmed]
        read = {**confirmed, **{each.candidate: each for each in self._hits(rest, any_word=any_word)}}
        for each in (each for each in rest if each not in read):
            _take_away(counts.speakers, each.interview_id)
        hits = [read[each].hit for each in ranked if each in read]
        return _Page(counts.speakers.total(), hits, found.complete, counts)

    def _confirmed(self, doubtful: Sequence[Candidate], counts: Counts, *, any_word: bool) -> list[_Read]:
        """What answers of interviews that the index has not heard of, counted as it is now."""
        narrow, confirmed = self.wish.narrow, []
        those = self._hits(doubtful, any_word=any_word)
        asks_for_people = those and (self.wish.with_facets or narrow.person_id is not None)
        names = read_names(self.session) if asks_for_people else None
        for each in those:
            decades = decades_said(each.text)
            people = names.said_in(each.text, tokens(each.text)) if names else ()
            if (narrow.about_decade is None or narrow.about_decade in decades) and (
                narrow.person_id is None or narrow.person_id in people
            ):
                confirmed.append(each)
                counts.speakers[each.hit.interview_id, each.speaker] += 1
                counts.decades.update(decades)
                counts.people.update(people)
        return confirmed

    def _hits(self, candidates: Sequence[Candidate], *, any_word: bool) -> list[_Read]:
        """Those of the candidates that still answer the question and that the reader may see."""
        if not candidates:
            return []
        interviews = self._interviews(set(filter(holders.is_interview, (each.interview_id for each in candidates))))
        chapters = self._chapters([each for each in candidates if each.kind in _CHAPTERS])
        lines = self._lines([each for each in candidates if each.kind == PASSAGE])
        hits = self._record_hits([each for each in candidates if each.kind == RECORD], any_word=any_word)
        hits += self._event_hits([each for each in candidates if each.kind == EVENT], any_word=any_word)
        hits += self._meeting_hits([each for each in candidates if each.kind == MEETING], any_word=any_word)
        for each in candidates:
            interview = interviews.get(each.interview_id)
            if interview is None:
                continue
            speaker, hit = NOBODY, None
            if each.kind == INTERVIEW:
                hit = description_hit(self.question, interview, any_word=any_word)
            elif each.kind in _CHAPTERS:
                chapter = chapters.get(each.lines[0])
                if chapter and chapter.interview_id == interview.id:
                    hit = chapter_hit(self.question, interview, chapter, any_word=any_word)
            else:
                own = [line for line in map(lines.get, each.lines) if line and line.interview_id == interview.id]
                if passage := passage_from(own, lines.get(each.before or 0), lines.get(each.after or 0)):
                    hit = passage_hit(self.question, interview, passage, each.marked, any_word=any_word)
                    speaker = own[0].speaker_id or NOBODY
            if hit and self.wish.narrow.speaker_id in (None, speaker):
                hits.append(
                    _Read(each, hit, speaker, description_of(interview) if each.kind == INTERVIEW else hit.text)
                )
        return hits

    def _event_hits(self, candidates: Sequence[Candidate], *, any_word: bool) -> list[_Read]:
        """The same for events, in which nobody speaks."""
        if self.wish.narrow.speaker_id not in (None, NOBODY):
            return []
        ids = {holders.event_of(each.interview_id) or 0 for each in candidates}
        events = visible_events(self.session, self.viewer, ids)
        hits = []
        for each in candidates:
            event = events.get(holders.event_of(each.interview_id) or 0)
            if event and (hit := event_hit(self.question, event, any_word=any_word)):
                hits.append(_Read(each, hit, NOBODY, text_of(event)))
        return hits

    def _meeting_hits(self, candidates: Sequence[Candidate], *, any_word: bool) -> list[_Read]:
        """The same for meetings and their cases, which nobody is heard in."""
        if self.wish.narrow.speaker_id not in (None, NOBODY):
            return []
        ids = {holders.meeting_of(each.interview_id) or 0 for each in candidates}
        meetings = visible_meetings(self.session, self.viewer, ids)
        cases = visible_cases(self.session, self.viewer, {case for each in candidates for case in each.lines})
        hits = []
        for each in candidates:
            meeting = meetings.get(holders.meeting_of(each.interview_id) or 0)
            case = cases.get(each.lines[0]) if each.lines else None
            if meeting is None or (each.lines and (case is None or case.meeting_id != meeting.id)):
                continue
            if hit := meeting_hit(self.question, meeting, case, any_word=any_word):
                hits.append(_Read(each, hit, NOBODY, case_text(case) if case else meeting_description(meeting)))
        return hits

    def _record_hits(self, candidates: Sequence[Candidate], *, any_word: bool) -> list[_Read]:
        """The same for pages and descriptions of records, in which nobody speaks."""
        if self.wish.narrow.speaker_id not in (None, NOBODY):
            return []
        ids = {holders.record_of(each.interview_id) or 0 for each in candidates}
        records = visible_records(self.session, self.viewer, ids)
        pages = shown_pages(self.session, self.viewer, {line for each in candidates for line in each.lines})
        read = (self._read_record(each, records, pages, any_word=any_word) for each in candidates)
        return [each for each in read if each]

    def _read_record(
        self,
        each: Candidate,
        records: Mapping[int, Record],
        pages: Mapping[int, tuple[int, RecordPage]],
        *,
        any_word: bool,
    ) -> _Read | None:
        record = records.get(holders.record_of(each.interview_id) or 0)
        of, page = pages.get(each.lines[0], (None, None)) if each.lines else (None, None)
        if record is None or (each.lines and of != record.id):
            return None
        said = page.text if page else record_description(record)
        hit = record_hit(self.question, record, page.number if page else None, said, any_word=any_word)
        return _Read(each, hit, NOBODY, said) if hit else None

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

    def _chapters(self, candidates: Iterable[Candidate]) -> dict[int, Chapter]:
        wanted = {each.lines[0] for each in candidates}
        found = self.session.scalars(select(Chapter).where(Chapter.id.in_(wanted))) if wanted else ()
        return {chapter.id: chapter for chapter in found}

    def _lines(self, candidates: Iterable[Candidate]) -> dict[int, Line]:
        wanted = {line for each in candidates for line in (*each.lines, each.before, each.after) if line is not None}
        return {
            line.id: line
            for line in lines_where(self.session, Segment.id.in_(wanted), visible_to(self.viewer, today=self.today))
        }


def _take_away(counts: Counter[tuple[int, int]], interview_id: int) -> None:
    """One hit of an interview that was counted is gone."""
    of_it = next((each for each in counts if each[0] == interview_id), None)
    if of_it:
        counts[of_it] -= 1
        if not counts[of_it]:
            del counts[of_it]


def _meant(question: Question, hits: Iterable[Hit]) -> dict[str, str]:
    """The words that stand in the hits for what nobody says. Taken from them alone, so that nothing else shows."""
    near = {each.written: set(each.near) for each in question.needed if each.near}
    if not near:
        return {}
    said = [token for hit in hits for token in tokens(hit.text)]
    meant = {}
    for written, keys in near.items():
        common = Counter(token.word for token in said if any(key.text in keys for key in token.keys))
        if common:
            meant[written] = common.most_common(1)[0][0]
    return meant


def _place(hit: Hit) -> tuple[str, int, int, str]:
    return hit.kind, hit.interview_id, hit.page or hit.end_ms, hit.text


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)

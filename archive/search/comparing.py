"""Holding the search index against the database: what it lacks, has too many of, or has in an older version.

Each document of the index carries a stamp of what it was made from (`schema.Source`), so no text is looked at, and no
word: an interview is right when the index has the stamps of it that the database gives, each as often.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from archive.database import Database
from archive.outbox import OutboxEntry, event_changed, meeting_changed, record_changed, searchable_text_changed
from archive.search import folder as place
from archive.search import holders, postgres_store
from archive.search.index import bring_up_to_date, needs_rebuilding
from archive.search.schema import open_at, sources_of
from archive.settings import Settings

_log = logging.getLogger(__name__)

Stamps = Mapping[int, Collection[int]]  # by interview

# Whoever keeps the index hears of a change within a second; after this long nobody keeps it.
LATE_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the index stands beside the database. Passages are counted with the interviews' descriptions."""

    is_usable: bool  # False: there is none, or another version made it; whoever keeps the index builds it anew
    passages: int = 0  # in the index
    interviews: int = 0  # in the database
    lacking: int = 0  # passages that the index has not
    too_many: int = 0  # passages of the index that are nowhere else
    older: int = 0  # passages that say something else by now
    wrong: tuple[int, ...] = ()  # the interviews whose passages those are
    late: int = 0  # interviews and people that changed a while ago, and nobody has told the index

    @property
    def is_right(self) -> bool:
        """Whether the index holds everything, and nothing else."""
        return self.is_usable and not self.wrong


def is_too_large_for_whoosh(passages: int) -> bool:
    """Whether the slowest searches in Whoosh take longer than 150 ms by now, where PostgreSQL is the better choice.

    Measured by `script/bench search --backend whoosh`: the 95th percentile is 11 ms among 80,000 passages and 52 ms
    among 800,000 (ten thousand hours). On a slower machine, where it was 35 ms among 80,000, the same growth passes
    150 ms at 800,000; so that is where it is said.
    """
    return passages > WHOOSH_PASSAGES


WHOOSH_PASSAGES = 800_000


def compare(settings: Settings, database: Database, *, now: datetime) -> Comparison:
    """Hold all of the index against all of the database. Changes that wait for the index are no differences.

    It reads every line of every interview once: some seconds for a thousand hours.
    """
    late = _late(database, now)
    interviews = _interviews(database)
    held = None if needs_rebuilding(settings, database) else _held(settings, database)
    if held is None:
        return Comparison(is_usable=False, interviews=len(interviews), late=late)
    passages = sum(map(len, held.values()))
    differing = [each for each in interviews | held.keys() if _differs(database, held, each)]
    if differing:  # it may have changed, and been told of, while we looked
        held = _held(settings, database) or {}
        differing = [each for each in differing if _differs(database, held, each)]
    wrong = sorted(set(differing) - _waiting(database))
    lacking, too_many, older = _counted(database, held, wrong)
    return Comparison(
        is_usable=True,
        passages=passages,
        interviews=len(interviews),
        lacking=lacking,
        too_many=too_many,
        older=older,
        wrong=tuple(wrong),
        late=late,
    )


def mend(settings: Settings, database: Database, found: Comparison, *, now: datetime) -> None:
    """Put right what `compare` found, and what waits, before it returns."""
    with database.write() as session:
        for interview_id in found.wrong:
            if record_id := holders.record_of(interview_id):
                record_changed(session, record_id, now=now)
            elif event_id := holders.event_of(interview_id):
                event_changed(session, event_id, now=now)
            elif meeting_id := holders.meeting_of(interview_id):
                meeting_changed(session, meeting_id, now=now)
            else:
                searchable_text_changed(session, interview_id, now=now)
        session.commit()
    if not found.is_usable and settings.search != "postgresql":
        place.condemn(settings.index)  # it may be one that nobody doubts yet, since it is so new
    bring_up_to_date(settings, database, wait=True)


def _held(settings: Settings, database: Database) -> Stamps | None:
    """The stamps in the index; None when it cannot be read."""
    if settings.search == "postgresql":
        return postgres_store.stamps(database)
    try:
        return _in_whoosh(settings)
    except Exception:  # Whoosh raises anything for a file that is damaged
        _log.warning("the search index cannot be read", exc_info=True)
        return None


def _in_whoosh(settings: Settings) -> Stamps:
    path = place.current(settings.index)
    if path is None:
        raise FileNotFoundError(settings.index)
    held: dict[int, list[int]] = {}
    reader = open_at(path).reader()
    try:
        for leaf, _offset in reader.leaf_readers() if reader.doc_count_all() else ():
            interview_of, stamp_of = leaf.column_reader("interview_id"), leaf.column_reader("stamp")
            for number in leaf.all_doc_ids():  # without those that were deleted
                held.setdefault(int(interview_of[number]), []).append(int(stamp_of[number]))
    finally:
        reader.close()
    return held


def _wanted(database: Database, interview_id: int) -> list[int]:
    with database.read() as session:
        return [source.stamp for source in sources_of(session, interview_id)]


def _differs(database: Database, held: Stamps, interview_id: int) -> bool:
    return sorted(held.get(interview_id, ())) != sorted(_wanted(database, interview_id))


def _counted(database: Database, held: Stamps, interviews: Iterable[int]) -> tuple[int, int, int]:
    """Passages that are lacking, that are too many, and that are older, over these interviews.

    What an interview lacks and what it has too many of are, as far as they go in pairs, old versions of the same.
    """
    lacking = too_many = older = 0
    for interview_id in interviews:
        here, there = Counter(held.get(interview_id, ())), Counter(_wanted(database, interview_id))
        absent, surplus = (there - here).total(), (here - there).total()
        pairs = min(absent, surplus)
        lacking, too_many, older = lacking + absent - pairs, too_many + surplus - pairs, older + pairs
    return lacking, too_many, older


def _interviews(database: Database) -> set[int]:
    with database.read() as session:
        return set(holders.every(session))


def _waiting(database: Database) -> set[int]:
    with database.read() as session:
        return holders.waiting(session)


def _late(database: Database, now: datetime) -> int:
    changes = select(OutboxEntry.kind, OutboxEntry.thing_id).where(OutboxEntry.at < now - LATE_AFTER).distinct()
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(changes.subquery())) or 0

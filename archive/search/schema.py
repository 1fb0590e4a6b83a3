"""What stands in the Whoosh index: a document for each passage, each chapter, and each interview's description."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, cast, null, select
from sqlalchemy.orm import Session, selectinload
from whoosh import columns, fields
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.system import pack_uint

from archive.chapters import chapters_and_lines
from archive.events import Event
from archive.interviews import Interview, Participation
from archive.people import Person
from archive.search.about import terms_of
from archive.search.analysis import ANALYSIS_VERSION, Key, tokens
from archive.search.backend import NOBODY
from archive.search.decades import decades_said
from archive.search.event_texts import text_of
from archive.search.holders import event_of, meeting_of, record_of
from archive.search.marking import keys_and_places
from archive.search.meeting_texts import texts_of as meeting_texts_of
from archive.search.mentions import Names
from archive.search.passages import Line, Passage, passages_of
from archive.search.record_pages import texts_of
from archive.transcripts import Segment

PASSAGE = "passage"
INTERVIEW = "interview"
CHAPTER = "chapter"
RECORD = "record"
EVENT = "event"
MEETING = "meeting"
KINDS = (PASSAGE, CHAPTER, INTERVIEW, RECORD, EVENT, MEETING)
# A chapter that says the very same as a line does, as the rows of a log that was brought in: where passages are asked
# for too, the line is found and not both.
LOGGED = "logged"

_COLUMNS = (
    Segment.id,
    Segment.interview_id,
    Segment.recording_id,
    Segment.speaker_id,
    Segment.voice,
    Person.name.label("speaker"),
    Segment.start_ms,
    Segment.end_ms,
    Segment.text,
    Segment.checked,
)

# Raise it when the fields or what is put into them change; an index of another version is built anew.
SCHEMA_VERSION = 8


class Keys(fields.TEXT):  # type: ignore[misc]
    """A field of keys that count differently much; its value is a list of `analysis.Key`.

    Whoosh stores a weight with every posting anyway, so this costs a question nothing. The class is named in the index
    (never its code); an index with other fields is not opened.
    """

    def __init__(self) -> None:
        super().__init__(phrase=False)

    def index(self, value: Iterable[Key], **_kwargs: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What Whoosh puts into its posting lists: the key, how often, how much together, and its own packing."""
        often: dict[str, int] = {}
        weight: dict[str, float] = {}
        for key in value:
            often[key.text] = often.get(key.text, 0) + 1
            weight[key.text] = weight.get(key.text, 0.0) + key.weight
        return ((text.encode(), count, weight[text], pack_uint(count)) for text, count in often.items())


# Every text is given as the list of its words or keys, so Whoosh's own analyzers never see any.
SCHEMA = fields.Schema(
    kind=fields.ID,
    interview=fields.ID,  # to delete and replace all documents of one
    interview_id=fields.COLUMN(columns.NumericColumn("q")),  # to ask for rights while collecting
    speaker_id=fields.COLUMN(columns.NumericColumn("q")),  # to count by whoever speaks; 0: nobody knows
    stamp=fields.COLUMN(columns.NumericColumn("q")),  # of what it was made from: `comparing` finds what is older
    keys=Keys(),
    exact=fields.TEXT(phrase=True),
    speaker=fields.TEXT(phrase=False),
    about=fields.ID,  # the decades and the people that are spoken of: `about.terms_of`
    where=fields.STORED,  # (kind, ids of the segments, id of the one before, id of the one after)
)


@cache
def versions() -> dict[str, str]:
    """What an index was made with; any difference asks for a new one."""
    made_with = {name: version(name) for name in ("whoosh-reloaded", "PyStemmer", "simplemma", "wordfreq")}
    return {"schema": str(SCHEMA_VERSION), "analysis": str(ANALYSIS_VERSION), **made_with}


def create_at(path: Path) -> Any:
    """A new, empty Whoosh index in an empty folder."""
    return FileIndex.create(_storage(path), SCHEMA)


def open_at(path: Path) -> Any:
    """The Whoosh index in a folder."""
    return FileIndex(_storage(path))


def _storage(path: Path) -> Any:
    # Where Whoosh maps a file into memory it also copies the whole of it, for every reader: 43 MB for 4,000 passages,
    # against 1 MB when it reads what it needs, at the same speed within a fifth.
    return FileStorage(str(path), supports_mmap=False)


class Source(NamedTuple):
    """What one document of the index is made from, before any word of it is looked at."""

    kind: str
    interview_id: int  # or a record's number, see `holders`
    text: str
    speaker_id: int  # NOBODY: unknown
    speaker: str
    lines: tuple[int, ...] = ()
    before: int | None = None
    after: int | None = None

    @property
    def stamp(self) -> int:
        """A number that is another one when anything here is."""
        digest = hashlib.blake2b(repr(tuple(self)).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)


def documents_of(session: Session, interview_id: int, names: Names) -> Iterator[dict[str, Any]]:
    """The documents of one interview or record; none when it is gone. `names`: those of the register as it is now."""
    return (document_of(source, names) for source in sources_of(session, interview_id))


def sources_of(session: Session, interview_id: int) -> Iterator[Source]:
    """What the documents of an interview, or of a record by its number, are made from; none when it is gone."""
    if record_id := record_of(interview_id):
        for page_id, text in texts_of(session, record_id):
            yield Source(RECORD, interview_id, text, NOBODY, "", () if page_id is None else (page_id,))
        return
    if event_id := event_of(interview_id):
        event = session.get(Event, event_id)
        if event is not None:
            yield Source(EVENT, interview_id, text_of(event), NOBODY, "")
        return
    if meeting_id := meeting_of(interview_id):
        for case_id, text in meeting_texts_of(session, meeting_id):
            yield Source(MEETING, interview_id, text, NOBODY, "", () if case_id is None else (case_id,))
        return
    interview = session.get(
        Interview, interview_id, options=[selectinload(Interview.participations).joinedload(Participation.person)]
    )
    if interview is None:
        return
    yield Source(INTERVIEW, interview_id, description_of(interview), NOBODY, "")
    for passage in passages_of(lines_where(session, Segment.interview_id == interview_id, with_words=False)):
        yield source_of(passage)
    for chapter, is_a_line in chapters_and_lines(session, interview_id):
        yield Source(LOGGED if is_a_line else CHAPTER, interview_id, chapter.text, NOBODY, "", (chapter.id,))


def source_of(passage: Passage) -> Source:
    """What the document of a passage is made from."""
    said = passage.lines[0]
    lines = tuple(line.id for line in passage.lines)
    speaker = said.speaker_id or NOBODY, said.speaker or ""
    return Source(PASSAGE, said.interview_id, passage.text, *speaker, lines, _id(passage.before), _id(passage.after))


def asked_kinds(kinds: Collection[str]) -> tuple[str, ...]:
    """The kinds of documents to look among when a reader wants these kinds of hits."""
    return (*kinds, LOGGED) if CHAPTER in kinds and PASSAGE not in kinds else tuple(kinds)


def description_of(interview: Interview) -> str:
    """Everything about an interview that is searched beside what was said in it."""
    names = [person.name for person in interview.narrators]
    return "\n".join((interview.title, *names, interview.place, interview.summary))


def lines_where(session: Session, *conditions: ColumnElement[bool], with_words: bool = True) -> list[Line]:
    """Lines in time order; conditions may speak of the segment and of its interview.

    Without `with_words` they come without the times of their words.
    """
    rows = session.execute(
        select(*_COLUMNS, (cast(Segment.words, Text) if with_words else null()).label("words"))
        .join(Segment.interview)
        .outerjoin(Person, Segment.speaker_id == Person.id)
        .where(*conditions)
        .order_by(Segment.start_ms, Segment.id)
    )
    return [Line(**{**row, "words": row["words"] or ""}) for row in rows.mappings()]


def document_of(source: Source, names: Names) -> dict[str, Any]:
    """The document that is made from this."""
    words = tokens(source.text)
    keys, places = keys_and_places(words)
    return {
        "kind": source.kind,
        "interview": str(source.interview_id),
        "interview_id": source.interview_id,
        "speaker_id": source.speaker_id,
        "stamp": source.stamp,
        "keys": keys,
        "key_places": places,
        "exact": [word.word for word in words],
        "speaker": [word.word for word in tokens(source.speaker)],
        "about": terms_of(decades_said(source.text), names.said_in(source.text, words)),
        "where": (source.kind, source.lines, source.before, source.after),
    }


def _id(line: Line | None) -> int | None:
    return line.id if line else None

"""`script/bench judged`: how good the hits are, on the judged set in bench/judged_set/, beside plain Whoosh.

The set is a list of invented passages and of what members ask of them, with the passages that answer. A third of the
questions, chosen by a hash of what is typed, is held out: nobody looks at their hits while he changes the search
(`--misses` shows the others only). Our hits come from `archive.search.query.search` over an archive in a temporary
folder; Whoosh's own from the same passages with all words, then some words, as ours.
"""

import argparse
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "judged_set"
TOP = 10
REACH = (0.95, 0.85, 0.80)
PASSAGE_MS, STEP_MS = 55_000, 60_000 + 5_000  # too long and too far apart for two to become one


@dataclass(frozen=True, slots=True)
class Passage:
    """What somebody says in the judged set."""

    id: str
    written_as: str  # nb, nn, tr (Trøndersk)
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the passages that answer it; none when nothing should stand above the line."""

    kind: str
    typed: str
    answers: frozenset[str]

    @property
    def is_held_out(self) -> bool:
        """Whether it belongs to the third that nobody tunes by."""
        return zlib.crc32(self.typed.encode()) % 3 == 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The passages found, best first, and how many of them stand above the line."""

    found: Sequence[str]
    above: int


@dataclass(frozen=True, slots=True)
class Score:
    """Recall among the first ten, 1/rank of the first answer, precision above the line; None where it says nothing."""

    recall: float | None
    reciprocal: float | None
    precision: float | None


Ask = Callable[[str], Answer]


def read_passages() -> list[Passage]:
    """The passages of bench/judged_set/passages.txt."""
    return [Passage(*line.split("|", 3)) for line in _lines("passages.txt")]


def read_questions() -> list[Asked]:
    """The questions of bench/judged_set/queries.txt."""
    rows = [[part.strip() for part in line.split("|")] for line in _lines("queries.txt")]
    known = {passage.id for passage in read_passages()}
    questions = [Asked(kind, typed, frozenset(answers.split())) for kind, typed, answers in rows]
    strange = {answer for question in questions for answer in question.answers} - known
    if strange:
        raise ValueError(f"no such passages: {sorted(strange)}")
    return questions


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def score(question: Asked, answer: Answer) -> Score:
    """How good an answer is."""
    right = [each in question.answers for each in answer.found]
    above = right[: answer.above]
    precision = sum(above) / len(above) if above else None
    if not question.answers:
        return Score(None, None, precision)
    recall = sum(right[:TOP]) / min(len(question.answers), TOP)
    return Score(recall, 1 / (right.index(True) + 1) if True in right else 0.0, precision)


@contextmanager
def our_search(passages: Sequence[Passage], backend: str) -> Iterator[Ask]:
    """`archive.search` over an archive in a temporary folder that holds the passages, an interview for each speaker."""
    from archive.access import MACHINE_OWNER
    from archive.database import Database
    from archive.model import Base
    from archive.search.index import bring_up_to_date, open_index
    from archive.search.query import search
    from archive.settings import read_settings

    with tempfile.TemporaryDirectory(prefix="stemme-judged-") as folder, settings_of(folder, backend) as environ:
        settings = read_settings(environ)
        database = Database(settings.database_url)
        Base.metadata.create_all(database.engine)
        _fill(database, passages)
        bring_up_to_date(settings, database, wait=True)
        index = open_index(settings)
        by_text = {passage.text: passage.id for passage in passages}

        def ask(typed: str) -> Answer:
            with database.read() as session:
                results = search(session, index, typed, viewer=MACHINE_OWNER, today=date(2026, 1, 1), limit=100)
            return Answer([by_text[hit.text] for hit in results.hits], results.above)

        yield ask
        index.close()
        database.close()


@contextmanager
def settings_of(
    folder: str, backend: str, *, kept: Path | None = None, server: Mapping[str, str] | None = None
) -> Iterator[dict[str, str]]:
    """The settings of an archive in a folder; its database, where PostgreSQL searches, in a server of its own.

    Args:
        kept: a folder that keeps the server's data for the next time.
        server: settings of the server.
    """
    if backend == "whoosh":
        yield {"STEMME_DATA": folder}
        return
    from tests.postgres import running, url_of

    with running(kept=kept, **(server or {})) as where:
        yield {"STEMME_DATA": folder, "STEMME_DATABASE_URL": url_of(where), "STEMME_SEARCH": backend}


def _fill(database: Any, passages: Sequence[Passage]) -> None:
    from archive.interviews import Interview, Status
    from archive.outbox import searchable_text_changed
    from archive.people import Person
    from archive.transcripts import Segment

    now = datetime(2026, 1, 1, tzinfo=UTC)
    said = defaultdict(list)
    for passage in passages:
        said[passage.speaker].append(passage.text)
    with database.write() as session:
        for name, texts in said.items():
            interview = Interview(title=f"Intervju {len(said)}", status=Status.REVIEWED, made_at=now)
            speaker = Person(name=name)
            session.add_all([interview, speaker])
            session.flush()
            for number, text in enumerate(texts):
                start = number * STEP_MS
                times = {"start_ms": start, "end_ms": start + PASSAGE_MS}
                session.add(Segment(interview_id=interview.id, speaker=speaker, text=text, words=[], **times))
            searchable_text_changed(session, interview.id, now=now)
        session.commit()


@contextmanager
def plain_whoosh(passages: Sequence[Passage], analyzer: Any) -> Iterator[Ask]:
    """Whoosh as it comes, with one of its own analyzers and its own query parser."""
    from whoosh import fields, index, qparser

    with tempfile.TemporaryDirectory(prefix="stemme-judged-") as folder:
        schema = fields.Schema(id=fields.ID(stored=True), text=fields.TEXT(analyzer=analyzer))
        opened = index.create_in(folder, schema)
        writer = opened.writer()
        for passage in passages:
            writer.add_document(id=passage.id, text=passage.text)
        writer.commit()
        with opened.searcher() as searcher:
            every = qparser.QueryParser("text", schema)
            some = qparser.QueryParser("text", schema, group=qparser.OrGroup)

            def ask(typed: str) -> Answer:
                above = [hit["id"] for hit in searcher.search(every.parse(typed), limit=100)]
                more = [hit["id"] for hit in searcher.search(some.parse(typed), limit=TOP)]
                below = [each for each in more if each not in above][: max(0, TOP - len(above))]
                return Answer([*above, *below], len(above))

            yield ask


def _mean(values: Sequence[float | None]) -> float | None:
    said = [value for value in values if value is not None]
    return sum(said) / len(said) if said else None


def _row(name: str, scores: Sequence[Score]) -> str:
    means = [_mean([getattr(each, what) for each in scores]) for what in ("recall", "reciprocal", "precision")]
    return f"{name:<34}{len(scores):>5}" + "".join(f"{'-' if mean is None else f'{mean:.3f}':>11}" for mean in means)


def report(name: str, questions: Sequence[Asked], ask: Ask, *, misses: bool) -> None:
    """Print the scores by kind, of the third held out, of the rest and of all."""
    scored = [(question, answer := ask(question.typed), score(question, answer)) for question in questions]
    print(f"\n{name:<34}{'asked':>5}{'recall@10':>11}{'MRR':>11}{'precision':>11}")
    for kind in dict.fromkeys(question.kind for question in questions):
        print(_row(f"  {kind}", [each for question, _, each in scored if question.kind == kind]))
    for part, wanted in (("tuned by", {False}), ("held out", {True}), ("all", {False, True})):
        print(_row(part, [each for question, _, each in scored if question.is_held_out in wanted]))
    for question, answer, each in scored if misses else []:
        values = [value for value in (each.recall, each.reciprocal, each.precision) if value is not None]
        if not question.is_held_out and min(values, default=1) < 1:
            line = f"{' '.join(answer.found[: answer.above])} | {' '.join(answer.found[answer.above : TOP])}"
            print(f"    {question.typed}: {' '.join(sorted(question.answers))} -> {line}")


def main() -> None:
    """Print a table for our search and for each of Whoosh's analyzers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=["whoosh", "postgresql"], default="whoosh", help="which of our back ends")
    parser.add_argument("--misses", action="store_true", help="show what went wrong, but for the third held out")
    parser.add_argument("--ours", action="store_true", help="leave plain Whoosh out")
    wanted = parser.parse_args()
    from whoosh import analysis

    passages, questions = read_passages(), read_questions()
    print(f"{len(questions)} questions over {len(passages)} passages; to reach: {REACH}")
    with our_search(passages, wanted.backend) as ask:
        report(f"ours, {wanted.backend}", questions, ask, misses=wanted.misses)
    for name, analyzer in (
        []
        if wanted.ours
        else [
            ("plain Whoosh, StandardAnalyzer", analysis.StandardAnalyzer()),
            ("plain Whoosh, its Norwegian stemmer", analysis.LanguageAnalyzer("no")),
        ]
    ):
        with plain_whoosh(passages, analyzer) as ask:
            report(name, questions, ask, misses=False)


if __name__ == "__main__":
    main()

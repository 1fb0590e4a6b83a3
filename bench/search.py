"""`script/bench search`: how fast search is and how fast an index is built, beside SQLite FTS5, tantivy and Whoosh.

All of them hold the same passages of 110 words with the word frequencies of Norwegian, and are asked the same mix:
one, two and three words by thirds, drawn by how often they are said from ranks 50 to 20,000; every tenth has a word
that nobody says, so that some of its words must do. Ours is measured through `archive.search.query.search`, with the
hits read from the database, their rights asked for and every word marked; the others give ten ids.
"""

import argparse
import json
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.search_text import PASSAGES_PER_HOUR, PASSAGES_PER_INTERVIEW, Mixed, passages, questions
from bench.transcription.memory import watched

ASKED, WARM = 300, 30
RECALL_EVERY = 3  # of the questions, since ranking all takes long
LINE_WORDS, WORD_MS, PASSAGE_MS = 28, 400, 65_000
TODAY = date(2026, 1, 1)
# What whoever runs PostgreSQL for so much would set; its own defaults are for a machine with very little memory.
SERVER = {"shared_buffers": "6GB", "effective_cache_size": "12GB", "max_wal_size": "8GB"}
Ask = Callable[[Mixed], object]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=100, help="hours of speech (usually 100)")
    parser.add_argument("--asked", type=int, default=ASKED, help="how many questions")
    parser.add_argument("--backend", choices=["whoosh", "postgresql", "both"], default="both")
    parser.add_argument("--without-peers", action="store_true", help="ours only")
    parser.add_argument("--hostile", action="store_true", help="also 500 hostile questions, ours only")
    parser.add_argument("--facets", action="store_true", help="as the page asks: with all facets counted")
    parser.add_argument("--recall", action="store_true", help="also what ranking no more than a cap costs, PostgreSQL")
    parser.add_argument("--doctor", action="store_true", help="also how long index and archive are held together")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep PostgreSQL's data there for the next time")
    wanted = parser.parse_args()
    texts = list(passages(wanted.hours * PASSAGES_PER_HOUR))
    mix = questions(wanted.asked)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    print(
        f"{wanted.hours} h, {len(texts):,} passages; {os.cpu_count()} cores, load {load}, {platform.python_version()}"
    )
    some = sum(each.any_word for each in mix)
    print(f"{len(mix)} questions: {[each.typed for each in mix[:6]]} …; {some} fall back on some of their words")
    print("to reach: p95 60 ms with Whoosh at 1,000 h and 150 ms with PostgreSQL at 10,000 h; an edit within 1 s;")
    print("          a build of 1,000 h with Whoosh in 240 s and 1,000 MB; no hostile question over 1 s")
    print(f"\n{'':<26}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}{'build s':>9}{'per s':>8}{'MB':>7}{'edit s':>8}")
    for backend in ("whoosh", "postgresql"):
        if wanted.backend in (backend, "both"):
            keep = wanted.keep if backend == "postgresql" else None
            recall = wanted.recall and backend == "postgresql"
            also = {"hostile": wanted.hostile, "recall": recall, "doctor": wanted.doctor}
            _ours(backend, texts, mix, also, facets=wanted.facets, keep=keep)
    if not wanted.without_peers:
        print("", *(f"{name} {found}" for name, found in _versions().items()), sep="  ")
        for name, peer in (("plain Whoosh", _whoosh), ("SQLite FTS5", _fts5), ("tantivy", _tantivy)):
            with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
                began = time.perf_counter()
                ask = peer(Path(folder), texts)
                built_s = time.perf_counter() - began
                _print(name, _times(ask, mix), built_s, len(texts), None, None)


def _versions() -> dict[str, str]:
    """Of what is measured beside ours."""
    return {"Whoosh": version("whoosh-reloaded"), "SQLite": sqlite3.sqlite_version, "tantivy": version("tantivy")}


def _ours(
    backend: str,
    texts: Sequence[str],
    mix: Sequence[Mixed],
    also: Mapping[str, bool],
    *,
    facets: bool,
    keep: Path | None,
) -> None:
    from archive.access import MACHINE_OWNER
    from archive.database import Database
    from archive.model import Base
    from archive.search.analysis import warm_up
    from archive.search.index import bring_up_to_date, needs_rebuilding, open_index
    from archive.search.query import Wish, search
    from archive.settings import read_settings
    from bench.judged import settings_of

    with (
        tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder,
        settings_of(folder, backend, kept=keep, server=SERVER) as environ,
    ):
        settings = read_settings(environ)
        database = Database(settings.database_url)
        Base.metadata.create_all(database.engine)
        first = _fill(database, texts)
        warm_up(whole=backend == "postgresql")
        is_new = needs_rebuilding(settings, database)
        with watched(os.getpid()) as peak:
            began = time.perf_counter()
            bring_up_to_date(settings, database, wait=True)
            built_s = time.perf_counter() - began if is_new else None
        if keep and not is_new:
            _prewarm(database)
        index = open_index(settings)
        wish = Wish(with_facets=facets)

        def ask(mixed: Mixed) -> object:
            with database.read() as session:
                return search(session, index, mixed.typed, viewer=MACHINE_OWNER, today=TODAY, wish=wish)

        times = _times(ask, mix)
        edit_s = _edit(database, first, lambda: bring_up_to_date(settings, database, wait=True), ask)
        _print(f"ours, {backend}", times, built_s, len(texts), peak.bytes / 1e6, edit_s)
        if also["doctor"]:
            _compared(settings, database)
        if also["recall"]:
            _recall(database, mix)
        if also["hostile"]:
            _hostile(backend, ask)
        index.close()
        database.close()


def _prewarm(database: Any) -> None:
    """Have PostgreSQL read its index into memory, as it is after a build, or after a day of questions."""
    from sqlalchemy import text

    parts = """SELECT pg_prewarm(oid) FROM pg_class WHERE relname IN ('search_passage', 'search_key', 'search_common')
        OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'search_passage'::regclass)
        OR oid IN (SELECT reltoastrelid FROM pg_class WHERE relname = 'search_passage')
        OR oid IN (SELECT indexrelid FROM pg_index JOIN pg_class owner ON indrelid = reltoastrelid
            WHERE owner.relname = 'search_passage')"""
    with database.engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_prewarm"))
        connection.execute(text(parts)).all()


def _hostile(backend: str, ask: Ask) -> None:
    """How long the longest of the hostile questions take; every one of them must be answered."""
    from bench.hostile import questions

    taken = []
    for typed in questions():
        began = time.perf_counter()
        found: Any = ask(Mixed(typed, 0, any_word=False))
        taken.append((time.perf_counter() - began, typed, found.complete))
    taken.sort(key=lambda each: each[0])
    p95, (worst, typed, _) = taken[int(len(taken) * 0.95)][0], taken[-1]
    cut = sum(not complete for *_, complete in taken)
    shown = repr(typed if len(typed) <= 40 else typed[:40] + "…")
    print(f"  {len(taken)} hostile, {backend}: p95 {p95 * 1000:.1f} ms, worst {worst * 1000:.1f} ms, {shown};", end=" ")
    print(f"{sum(each[0] > 1 for each in taken)} over 1 s, {cut} cut off by the time limit", flush=True)


def _compared(settings: Any, database: Any) -> None:
    """How long `stemme doctor` takes to hold the index against the archive."""
    from archive.search.comparing import compare

    began = time.perf_counter()
    found = compare(settings, database, now=datetime(2026, 1, 1, tzinfo=UTC))
    taken = time.perf_counter() - began
    assert found.is_right
    print(f"  {found.passages:,} passages of the index held against the archive: {taken:.1f} s", flush=True)


def _recall(database: Any, mix: Sequence[Mixed]) -> None:
    """What is lost where only so many passages are ranked: of the ten best of all, how many are among the ten shown.

    Where several are as good as the tenth, any of them will do.
    """
    from sqlalchemy import select

    from archive.interviews import Interview
    from archive.search.backend import Asking
    from archive.search.postgres import MOST_RANKED, PgIndex
    from archive.search.question import read_question
    from archive.search.schema import PASSAGE

    with database.read() as session:
        visible = set(session.scalars(select(Interview.id)))
    capped, whole = PgIndex(database), PgIndex(database, most_ranked=10**9, time_limit_s=600)
    shares, many, times = [], [], []
    for mixed in mix[::RECALL_EVERY]:
        question = capped.mended(read_question(mixed.typed), visible)
        asking = Asking(question, any_word=mixed.any_word, kinds=(PASSAGE,), visible=visible, changed=(), most=10)
        began = time.perf_counter()
        best = whole.find(asking)
        times.append((time.perf_counter() - began) * 1000)
        if best.best:
            # The score is summed in another order where rows come in another one.
            worst = -best.best[-1].rank[1] * (1 - 1e-9)
            shares.append(sum(-each.rank[1] >= worst for each in capped.find(asking).best) / len(best.best))
            if sum(best.counts.values()) > MOST_RANKED:
                many.append(shares[-1])
    times.sort()
    p50, p95 = (times[int(len(times) * part)] for part in (0.5, 0.95))
    print(f"  recall@10 where {MOST_RANKED:,} are ranked, of what ranking all finds: ", end="")
    print(f"{sum(shares) / len(shares):.3f} over {len(shares)} questions", end="")
    if many:
        print(f", {sum(many) / len(many):.3f} over the {len(many)} that more passages answer", end="")
    print(f"; asked without the cap: p50 {p50:.1f} ms, p95 {p95:.1f} ms", flush=True)


def _edit(database: Any, interview_id: int, update: Callable[[], object], ask: Ask) -> float:
    """How long it takes from a committed change until it is found."""
    from archive.outbox import searchable_text_changed
    from archive.transcripts import Segment

    with database.write() as session:
        line = {"start_ms": 0, "end_ms": 1, "text": "Snøfreseren sto i uthuset.", "words": []}
        session.add(Segment(interview_id=interview_id, **line))
        searchable_text_changed(session, interview_id, now=datetime(2026, 1, 1, tzinfo=UTC))
        session.commit()
    began = time.perf_counter()
    update()
    found: Any = ask(Mixed("snøfreseren uthuset", 2, any_word=False))
    taken = time.perf_counter() - began
    assert any("Snøfreseren" in hit.text for hit in found.hits)
    return taken


def _fill(database: Any, texts: Sequence[str]) -> int:
    """An archive with these passages, some lines to each, every word with its time; gives its first interview.

    One that was kept is as it was.
    """
    from sqlalchemy import func, insert, select

    from archive.interviews import Interview, Status
    from archive.transcripts import Segment

    now = datetime(2026, 1, 1, tzinfo=UTC)
    ids: list[int] = []
    with database.write() as session:
        if (there := session.scalar(select(func.min(Interview.id)))) is not None:
            return int(there)
        for first in range(0, len(texts), PASSAGES_PER_INTERVIEW):
            interview = Interview(title=f"Intervju {len(ids)}", status=Status.REVIEWED, made_at=now)
            session.add(interview)
            session.flush()
            ids.append(interview.id)
            part = texts[first : first + PASSAGES_PER_INTERVIEW]
            rows = [row for at, text in enumerate(part) for row in _rows(ids[-1], at, text)]
            if session.connection().dialect.name == "postgresql":
                _copy(session, rows)
            else:
                session.execute(insert(Segment), rows)
        session.commit()
    return ids[0]


def _copy(session: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Put lines into PostgreSQL some times as fast as by INSERT."""
    with (
        session.connection().connection.driver_connection.cursor() as cursor,
        cursor.copy(f"COPY segment ({', '.join(rows[0])}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([json.dumps(value) if isinstance(value, list) else value for value in row.values()])


def _rows(interview_id: int, at: int, text: str) -> Iterator[dict[str, Any]]:
    words = text.split()
    for first in range(0, len(words), LINE_WORDS):
        part = words[first : first + LINE_WORDS]
        start = at * PASSAGE_MS + first * WORD_MS
        times = [[start + n * WORD_MS, start + (n + 1) * WORD_MS, word, 0.9] for n, word in enumerate(part)]
        yield {
            "interview_id": interview_id,
            "start_ms": start,
            "end_ms": start + len(part) * WORD_MS,
            "text": " ".join(part),
            "words": times,
            "machine_words": [],
            "doubts": [],
            "version": 0,
            "checked": False,
        }


def _whoosh(folder: Path, texts: Sequence[str]) -> Ask:
    from whoosh import fields, index, qparser
    from whoosh.analysis import LanguageAnalyzer

    schema = fields.Schema(id=fields.STORED, text=fields.TEXT(analyzer=LanguageAnalyzer("no"), phrase=False))
    opened = index.create_in(str(folder), schema)
    writer = opened.writer(limitmb=128)
    for number, text in enumerate(texts):
        writer.add_document(id=number, text=text)
    writer.commit()
    searcher = opened.searcher()
    every = qparser.QueryParser("text", schema)
    some = qparser.QueryParser("text", schema, group=qparser.OrGroup)
    return lambda mixed: list(searcher.search((some if mixed.any_word else every).parse(mixed.typed), limit=10))


def _fts5(folder: Path, texts: Sequence[str]) -> Ask:
    connection = sqlite3.connect(folder / "fts5.db")
    connection.execute("CREATE VIRTUAL TABLE said USING fts5(text)")
    connection.executemany("INSERT INTO said (text) VALUES (?)", ((text,) for text in texts))
    connection.commit()

    def ask(mixed: Mixed) -> object:
        typed = (" OR " if mixed.any_word else " ").join(f'"{word}"' for word in mixed.typed.split())
        found = "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT 10"
        return connection.execute(found, (typed,)).fetchall()

    return ask


def _tantivy(folder: Path, texts: Sequence[str]) -> Ask:
    import tantivy

    schema = tantivy.SchemaBuilder().add_text_field("text", stored=False).build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(num_threads=2)
    for text in texts:
        writer.add_document(tantivy.Document(text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(mixed: Mixed) -> object:
        typed = (" OR " if mixed.any_word else " AND ").join(mixed.typed.split())
        return searcher.search(index.parse_query(typed, ["text"]), 10).hits

    return ask


def _times(ask: Ask, mix: Sequence[Mixed]) -> list[float]:
    """Milliseconds of each question, sorted; the first questions are asked once before, to warm up."""
    for each in mix[:WARM]:
        ask(each)
    taken = []
    for each in mix:
        began = time.perf_counter()
        ask(each)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def _print(
    name: str, times: Sequence[float], built_s: float | None, count: int, peak_mb: float | None, edit_s: float | None
) -> None:
    p50, p95 = (times[int(len(times) * part)] for part in (0.5, 0.95))
    built = f"{built_s:>9.1f}{count / built_s:>8.0f}" if built_s else f"{'kept':>9}{'-':>8}"
    row = f"{name:<26}{p50:>9.1f}{p95:>9.1f}{times[-1]:>9.1f}{built}"
    print(row + f"{f'{peak_mb:.0f}' if peak_mb else '-':>7}{f'{edit_s:.2f}' if edit_s else '-':>8}", flush=True)


if __name__ == "__main__":
    main()

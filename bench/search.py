"""`script/bench search`: how fast search is and how fast an index is built, beside SQLite FTS5, tantivy and Whoosh.

All of them hold the same passages of 110 words with the word frequencies of Norwegian, and are asked the same mix:
one, two and three words by thirds, drawn by how often they are said from ranks 50 to 20,000; every tenth has a word
that nobody says, so that some of its words must do. Ours is measured through `archive.search.query.search`, with the
hits read from the database, their rights asked for and every word marked; the others give ten ids.
"""

import argparse
import os
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.search_text import PASSAGES_PER_HOUR, PASSAGES_PER_INTERVIEW, Mixed, passages, questions
from bench.transcription.memory import watched

ASKED, WARM = 300, 30
LINE_WORDS, WORD_MS, PASSAGE_MS = 28, 400, 65_000
TODAY = date(2026, 1, 1)
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
    wanted = parser.parse_args()
    texts = list(passages(wanted.hours * PASSAGES_PER_HOUR))
    mix = questions(wanted.asked)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    print(
        f"{wanted.hours} h, {len(texts):,} passages; {os.cpu_count()} cores, load {load}, {platform.python_version()}"
    )
    some = sum(each.any_word for each in mix)
    print(f"{len(mix)} questions: {[each.typed for each in mix[:6]]} …; {some} fall back on some of their words")
    print(f"\n{'':<26}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}{'build s':>9}{'per s':>8}{'MB':>7}{'edit s':>8}")
    for backend in ("whoosh", "postgresql"):
        if wanted.backend in (backend, "both"):
            _ours(backend, texts, mix, hostile=wanted.hostile, facets=wanted.facets)
    if not wanted.without_peers:
        for name, peer in (("plain Whoosh", _whoosh), ("SQLite FTS5", _fts5), ("tantivy", _tantivy)):
            with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
                began = time.perf_counter()
                ask = peer(Path(folder), texts)
                built_s = time.perf_counter() - began
                _print(name, _times(ask, mix), built_s, len(texts), None, None)


def _ours(backend: str, texts: Sequence[str], mix: Sequence[Mixed], *, hostile: bool, facets: bool) -> None:
    from archive.access import MACHINE_OWNER
    from archive.database import Database
    from archive.model import Base
    from archive.search.analysis import warm_up
    from archive.search.index import bring_up_to_date, open_index
    from archive.search.query import Wish, search
    from archive.settings import read_settings
    from bench.judged import settings_of

    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder, settings_of(folder, backend) as environ:
        settings = read_settings(environ)
        database = Database(settings.database_url)
        Base.metadata.create_all(database.engine)
        first = _fill(database, texts)
        warm_up()
        with watched(os.getpid()) as peak:
            began = time.perf_counter()
            bring_up_to_date(settings, database, wait=True)
            built_s = time.perf_counter() - began
        index = open_index(settings)
        wish = Wish(with_facets=facets)

        def ask(mixed: Mixed) -> object:
            with database.read() as session:
                return search(session, index, mixed.typed, viewer=MACHINE_OWNER, today=TODAY, wish=wish)

        times = _times(ask, mix)
        edit_s = _edit(database, first, lambda: bring_up_to_date(settings, database, wait=True), ask)
        _print(f"ours, {backend}", times, built_s, len(texts), peak.bytes / 1e6, edit_s)
        if hostile:
            _hostile(backend, ask)
        index.close()
        database.close()


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
    """An archive with these passages, some lines to each, every word with its time; gives its first interview."""
    from sqlalchemy import insert

    from archive.interviews import Interview, Status
    from archive.transcripts import Segment

    now = datetime(2026, 1, 1, tzinfo=UTC)
    ids: list[int] = []
    with database.write() as session:
        for first in range(0, len(texts), PASSAGES_PER_INTERVIEW):
            interview = Interview(title=f"Intervju {len(ids)}", status=Status.REVIEWED, made_at=now)
            session.add(interview)
            session.flush()
            ids.append(interview.id)
            part = texts[first : first + PASSAGES_PER_INTERVIEW]
            session.execute(insert(Segment), [row for at, text in enumerate(part) for row in _rows(ids[-1], at, text)])
        session.commit()
    return ids[0]


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
    name: str, times: Sequence[float], built_s: float, count: int, peak_mb: float | None, edit_s: float | None
) -> None:
    p50, p95 = (times[int(len(times) * part)] for part in (0.5, 0.95))
    row = f"{name:<26}{p50:>9.1f}{p95:>9.1f}{times[-1]:>9.1f}{built_s:>9.1f}{count / built_s:>8.0f}"
    print(row + f"{f'{peak_mb:.0f}' if peak_mb else '-':>7}{f'{edit_s:.2f}' if edit_s else '-':>8}", flush=True)


if __name__ == "__main__":
    main()

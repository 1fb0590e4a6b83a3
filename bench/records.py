"""`script/bench records`: how long pages of 2,000 records, papers, and a table of 2,000 people take.

The records are invented words from a fixed seed; the papers are a PDF with text and a scanned page.
"""

import random
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive.exchange.tables import read_table, write_csv
from archive.interviews import Access
from archive.model import Base  # noqa: F401 - all tables must be known
from archive.people import Person
from archive.people_table import PEOPLE_TABLE
from archive.record_series import RecordKind
from archive.records import ReceivedPaper, RecordDetails, add_record
from archive.records_reading import save_pages, settle
from archive.settings import Settings, read_settings
from archive.setup import initialise, open_database
from archive.table_imports import carry_out_table, plan_table
from archive.units import Unit
from bench.web import WORDS
from media.ocr import can_read, read_picture
from media.papers import Paper, PaperPage, draw_page, look_at, read_pages
from tests.media import papers
from web.app import create_app

RECORDS, PAGES, LOOKS = 2_000, 4, 40
PATHS = ("/dokumenter", "/dokumenter?slag=letter&tiar=1970", "/dokumenter/arkivliste?arkivskaper=-", "/dokument/1000")


def main() -> None:
    """Print what was seen."""
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        _pages(Path(folder) / "data")
        _papers(Path(folder))
        _table(Path(folder) / "table")


def _pages(data: Path) -> None:
    settings = read_settings({"STEMME_DATA": str(data)})
    initialise(settings, now=datetime.now(UTC))
    _fill(settings)
    app = create_app(settings, keep_index=False)
    app.extensions["archive"].has_owner = True  # else every page leads to the first one
    browser = app.test_client()
    for path in PATHS:
        browser.get(path)  # templates are made ready once
        took = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            answer = browser.get(path)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200, path
        took.sort()
        middle, late = took[len(took) // 2], took[int(len(took) * 0.95)]
        print(f"{path}: median {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms (to reach: 100 ms)")
    app.extensions["archive"].close()


def _fill(settings: Settings) -> None:
    chance, now = random.Random(5), datetime.now(UTC)
    kinds = list(RecordKind)
    with closing(open_database(settings)) as database, database.write() as session:
        units = [unit.id for unit in session.query(Unit).limit(40)]
        for number in range(RECORDS):
            details = RecordDetails(
                title=" ".join(chance.choices(WORDS, k=4)),
                kind=chance.choice(kinds),
                unit_id=chance.choice([None, *units]),
                dated=str(chance.randint(1961, 2023)),
                box=f"Eske {number % 40}",
            )
            paper = ReceivedPaper(f"{number:064x}", 1_000, "a.pdf", Paper("pdf", PAGES, is_paged=True))
            record = add_record(session, details, paper, by=None, now=now)
            said = [PaperPage(" ".join(chance.choices(WORDS, k=300)), None, is_scan=False) for _ in range(PAGES)]
            save_pages(session, record.versions[0], 0, said)
            settle(session, record.versions[0], now=now)
            record.access, record.ground = Access.OPEN, "oppdiktet"
        session.commit()


def _papers(folder: Path) -> None:
    path = folder / "original"
    path.write_bytes(papers.pdf([[" ".join(WORDS)] * 40] * 300))
    began = time.perf_counter()
    paper = look_at(path, "a.pdf")
    for first in range(0, paper.pages, 50):
        read_pages(path, "pdf", first, first + 50)
    print(f"a PDF of {paper.pages} pages with text: {time.perf_counter() - began:.1f} s")
    if not can_read():
        print("tesseract with Norwegian is not installed")
        return
    path.write_bytes(papers.picture([" ".join(WORDS[:8])] * 20, "PDF"))
    began = time.perf_counter()
    grey, _shown = draw_page(path, "pdf", 0, folder)
    drawn = time.perf_counter()
    letters = len(read_picture(grey))
    print(
        f"a scanned page: drawn in {drawn - began:.1f} s, {letters} letters read in {time.perf_counter() - drawn:.1f} s"
    )


def _table(data: Path) -> None:
    """People from a CSV: half of them known, and changed by it."""
    settings, now = read_settings({"STEMME_DATA": str(data)}), datetime.now(UTC)
    initialise(settings, now=now)
    rows = [{"name": f"Gammel Person{number}", "born": "1931", "note": "Ny merknad."} for number in range(1_000)]
    rows += [{"name": f"Ny Person{number}", "former": "Ung Person", "born": "ca. 1940"} for number in range(1_000)]
    content = write_csv(PEOPLE_TABLE.columns, rows)
    with closing(open_database(settings)) as database, database.write() as session:
        session.add_all(Person(name=f"Gammel Person{number}", born="1931") for number in range(1_000))
        session.commit()
        began = time.perf_counter()
        table = read_table(content, PEOPLE_TABLE.columns, name="folk.csv")
        plan = plan_table(session, PEOPLE_TABLE, table, now=now)
        seen = time.perf_counter()
        carry_out_table(session, PEOPLE_TABLE, table, fingerprint=plan.fingerprint, by=None, now=now)
        session.commit()
    took = f"seen through in {seen - began:.1f} s, carried out in {time.perf_counter() - seen:.1f} s"
    print(f"a CSV of 2,000 people: {took} (to reach: 5 s)")


if __name__ == "__main__":
    main()

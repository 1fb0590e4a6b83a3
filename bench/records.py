"""`script/bench records`: how long reading papers, and a table of 2,000 people, take.

The papers are a PDF with text and a scanned page, of invented words. Pages are measured by `script/bench pages`.
"""

import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive.exchange.tables import read_table, write_csv
from archive.model import Base  # noqa: F401 - all tables must be known
from archive.people import Person
from archive.people_table import PEOPLE_TABLE
from archive.settings import read_settings
from archive.setup import initialise, open_database
from archive.table_imports import carry_out_table, plan_table
from bench.web import WORDS
from media.ocr import can_read, read_picture
from media.papers import draw_page, look_at, read_pages
from tests.media import papers


def main() -> None:
    """Print what was seen."""
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        _papers(Path(folder))
        _table(Path(folder) / "table")


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

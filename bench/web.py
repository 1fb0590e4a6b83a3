"""`script/bench web`: how soon `stemme web` answers, and what it weighs after 50 searches.

The archive holds invented interviews of words drawn from a fixed seed, so that every search finds something.
"""

import random
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from archive.interviews import Interview, Status
from archive.outbox import searchable_text_changed
from archive.search.index import bring_up_to_date
from archive.settings import read_settings
from archive.setup import open_database
from archive.transcripts import Segment
from bench.site import environment, site

WORDS = [
    "kommunestyret",
    "årsmøtet",
    "lokallaget",
    "valgkampen",
    "plakatene",
    "barnehagen",
    "fjorden",
    "bøndene",
    "skolen",
    "fagforeningen",
    "lederen",
    "stemmene",
    "møtet",
    "avisa",
    "bussen",
    "ungdommen",
    "kvinnene",
    "fabrikken",
    "torget",
    "sangen",
    "vedtaket",
    "stranda",
    "kaia",
    "dugnaden",
]
INTERVIEWS, LINES, SEARCHES, STARTS = 20, 300, 50, 3


def fill(data: Path) -> None:
    """Twenty invented interviews of 300 lines, indexed."""
    chance = random.Random(1)
    settings = read_settings(environment(data))
    database = open_database(settings)
    now = datetime.now(UTC)
    with database.write() as session:
        for number in range(INTERVIEWS):
            interview = Interview(title=f"Oppdiktet {number}", status=Status.MACHINE_TEXT, made_at=now)
            session.add(interview)
            session.flush()
            for line in range(LINES):
                text = " ".join(chance.choices(WORDS, k=12)).capitalize() + "."
                start = line * 5000
                words = [[start + 400 * n, start + 400 * (n + 1), each, 0.9] for n, each in enumerate(text.split())]
                session.add(
                    Segment(interview_id=interview.id, start_ms=start, end_ms=start + 4900, text=text, words=words)
                )
            searchable_text_changed(session, interview.id, now=now)
        session.commit()
    bring_up_to_date(settings, database, wait=True)
    database.close()


def main() -> None:
    """Print the figures."""
    starts = []
    for _ in range(STARTS):
        with site() as running:
            starts.append(running.first_answer_s)
    print(f"start to first answer: median {statistics.median(starts):.2f} s of {STARTS} (to reach: 3 s)")
    with site("secretary") as running:
        fill(running.data)
        before = running.resident_bytes()
        times = []
        for number in range(SEARCHES):
            words = f"{WORDS[number % len(WORDS)]} {WORDS[(number * 7 + 3) % len(WORDS)]}"
            began = time.monotonic()
            answer, page = running.ask("GET", "/sok?q=" + quote(words))
            times.append(time.monotonic() - began)
            if answer.status != 200 or b"<mark" not in page:
                raise RuntimeError(f"search for {words!r} found nothing ({answer.status})")
        print(
            f"resident: {before / 1e6:.0f} MB before, {running.resident_bytes() / 1e6:.0f} MB "
            f"after {SEARCHES} searches, "
            f"peak {running.peak_bytes() / 1e6:.0f} MB (to reach: under 150 MB)"
        )
        print(f"a search page: median {statistics.median(times) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms")


if __name__ == "__main__":
    main()

"""Beside the jobs: texts and names that changed are looked through for links to suggest, a little at a time."""

import time

from archive.link_looking import Looker
from pipeline.bench import Bench

FOR_S = 2.0  # a text of four hours takes less; the worker says in between that it lives


def suggest_links(bench: Bench) -> None:
    """Look at what waits, for a moment or until all is done."""
    looker, began = Looker(bench.database), time.monotonic()
    while looker.step(now=bench.now()) and time.monotonic() - began < FOR_S and not bench.stop.is_set():
        pass

"""How commands speak: one JSON document on standard output, or plain lines; progress on a terminal's standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WIDTH = 30
Report = Callable[[float], None]


def print_json(document: Any) -> None:
    """The one document of a command that was asked for `--json`."""
    print(json.dumps(document, ensure_ascii=False))


@contextmanager
def progress_bar(label: str) -> Iterator[Report]:
    """A bar that is told fractions from 0 to 1. Nothing is drawn where standard error is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _fraction: None
        return
    drawn = ""

    def report(fraction: float) -> None:
        nonlocal drawn
        done = round(WIDTH * min(max(fraction, 0.0), 1.0))
        line = f"\r{label} [{'█' * done}{'·' * (WIDTH - done)}] {round(100 * fraction):3d} %"
        if line != drawn:
            drawn = line
            sys.stderr.write(line)
            sys.stderr.flush()

    report(0.0)
    try:
        yield report
    finally:
        sys.stderr.write("\n")

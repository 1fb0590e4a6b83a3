"""A refusal, how it leaves the process, and the limits that several formats share."""

import json
import sys
from collections.abc import Callable
from typing import Any

MOST_PARTS = 4_000
# Ten hours of speech in Word are about 3 MB unpacked; pictures in it are never unpacked.
LARGEST_UNPACKED_BYTES = 80_000_000
MOST_PARAGRAPHS = 100_000


class Refused(Exception):
    """The reason, the line or another number that belongs to it (None: the whole), and the part."""


def answer(find: Callable[[], dict[str, Any]]) -> None:
    """Print what was found as JSON, or `{"refused": [reason, number, part]}`."""
    try:
        found = find()
    except Refused as refused:
        found = {"refused": list(refused.args)}
    except MemoryError:
        found = {"refused": ["bomb", None, ""]}
    sys.stdout.write(json.dumps(found))

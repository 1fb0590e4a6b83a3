"""The one place that starts a reader of untrusted documents (`media.untrusted`), and hears what it found."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from media.errors import DocumentRefused, ToolFailed
from media.run import MESSAGE_BYTES, limits

# The longest document that we allow takes 10 s on one slow core; a child that takes longer was sent to take longer.
LONGEST_S = 60
_PROJECT = Path(__file__).resolve().parent.parent
# -I: nothing of the caller's folder or environment is imported; of ours only what is asked for.
_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from media.untrusted.{0} import main; main(*sys.argv[2:])"


def ask(reader: str, words: Sequence[str], *, folder: Path | None = None, write_bytes: int = 0) -> dict[str, Any]:
    """What a reader prints about a file.

    Args:
        reader: a module of `media.untrusted` with a `main`.
        folder: where it runs, and may write files of up to `write_bytes`; None: in an empty one.

    Raises:
        DocumentRefused: it is not read, or it took more time or memory than any honest document.
        ToolFailed: the child crashed.
    """
    with tempfile.TemporaryDirectory(prefix="reading-") as empty:
        program = [sys.executable, "-I", "-c", _BEGIN.format(reader), str(_PROJECT)]
        try:
            done = subprocess.run(
                [*limits(LONGEST_S, write_bytes), *program, *words],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                cwd=folder or empty,
                env={"LC_ALL": "C.UTF-8", "HOME": empty},
                timeout=LONGEST_S * 2,  # the processor's time is bounded already; a busy machine takes longer
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise DocumentRefused("bomb") from slow
    if done.returncode < 0:  # a limit ended it
        raise DocumentRefused("bomb")
    if done.returncode:
        raise ToolFailed(reader, done.returncode, done.stderr[-MESSAGE_BYTES:].decode(errors="replace"))
    found: dict[str, Any] = json.loads(done.stdout)
    if "refused" in found:
        raise DocumentRefused(*found["refused"])
    return found

"""The process in which voices are told apart: `python -m pipeline.diarization.child`.

One JSON line comes on standard input, one goes out. What the libraries take of memory goes with the process, and it
ends when its standard input does: with the worker, also after `kill -9`.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from pipeline.memory import keep_no_large_blocks

PRIORITY = 15  # behind everything a person waits for


def main() -> None:
    """Do what the line asks for."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(PRIORITY)
    keep_no_large_blocks()
    answer = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints is no answer
    json.dump(_answer(request), answer)
    answer.write("\n")
    answer.flush()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from pipeline.diarization.hear import sound_of, tell_apart
    from pipeline.diarization.networks import load_networks
    from pipeline.errors import EngineMissing, ModelDamaged

    try:
        networks = load_networks(request["threads"])
    except EngineMissing as error:
        return {"failed": "engine_missing", "library": error.library}
    except ModelDamaged as error:
        return {"failed": "model_damaged", "path": str(error.path), "problem": error.problem}
    files = [Path(each) for each in request["files"]]
    if "spans" in request:
        sound = sound_of(files[0], request["spans"], networks)
        return {"voice": None if sound is None else [round(float(each), 6) for each in sound]}
    told = tell_apart(files, networks, request["count"], exact=request["exact"])
    return {
        "turns": [[[turn.start_ms, turn.end_ms, turn.voice] for turn in part] for part in told.turns],
        "voices": [[round(float(each), 6) for each in voice] for voice in told.voices],
    }


if __name__ == "__main__":
    main()

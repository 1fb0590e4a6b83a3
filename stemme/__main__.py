"""`stemme`: finds the command that was typed and carries it out."""

import importlib
import os
import sys
from collections.abc import Sequence

from stemme.arguments import build_parser
from stemme.wording import sentence

# The libraries below us ask a hub for newer models and report what they are used for, unless these say no.
# `stemme model install` opens the first one again, for itself.
STAY_HOME = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command.

    Returns:
        0 done, 1 failed (a sentence stands on standard error), 2 wrong usage.
    """
    os.environ.update(STAY_HOME)
    _fill_closed_streams()
    arguments = build_parser().parse_args(argv)
    module, function = arguments.run.split(":")
    try:
        done = int(getattr(importlib.import_module(module), function)(arguments))
        sys.stdout.flush()  # here, where an error still becomes a sentence
        return done
    except BrokenPipeError:  # whoever read us has seen enough: `stemme show 1 | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # what is none of ours comes out of `sentence` again
        print(sentence(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _fill_closed_streams() -> None:
    """Give a stream that was closed (`>&-`) a place to go: else the database might be opened under its number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))


if __name__ == "__main__":
    sys.exit(main())

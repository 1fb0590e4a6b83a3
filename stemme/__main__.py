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
    arguments = build_parser().parse_args(argv)
    module, function = arguments.run.split(":")
    try:
        return int(getattr(importlib.import_module(module), function)(arguments))
    except Exception as error:  # what is none of ours comes out of `sentence` again
        print(sentence(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

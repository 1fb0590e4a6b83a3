"""`stemme init`."""

import argparse
import importlib

from archive.jobs import prepare
from archive.settings import read_settings
from archive.setup import initialise
from stemme.opened import now


def init(arguments: argparse.Namespace) -> int:
    """Make the data folder and the database; with `--demo`, fill them with invented interviews."""
    settings = read_settings()
    initialise(settings, now=now())
    prepare(settings)
    if arguments.demo:
        importlib.import_module("stemme.demo").load(settings, now=now())
    print(f"Arkivet ligger i {settings.data}.")
    if not arguments.demo:
        print("Åpne det med: stemme serve")
    return 0

"""`stemme backup`, `restore` and `verify`."""

import argparse
import os
from dataclasses import asdict

from archive import backup as keeping
from archive.settings import read_settings
from stemme.opened import now
from stemme.output import print_json, progress_bar
from stemme.wording import megabytes


def backup(arguments: argparse.Namespace) -> int:
    """Bring a backup up to date; 1 when an original could not be kept."""
    with progress_bar("Kopierer") as report:
        done = keeping.backup(read_settings(), arguments.destination.absolute(), now=now(), report=report)
    if arguments.json:
        print_json(asdict(done))
    else:
        size = megabytes(done.size_bytes)
        print(f"Sikkerhetskopien er ferdig: {done.originals} opptak og skann ({size}), {done.new} nye siden sist.")
        _name("er skadet i arkivet og ble ikke kopiert", done.damaged)
        _name("mangler i arkivet", done.missing)
    return 1 if done.damaged or done.missing else 0


def restore(arguments: argparse.Namespace) -> int:
    """Bring a backup back to an empty folder."""
    into = arguments.into.absolute()
    settings = read_settings({**os.environ, "STEMME_DATA": str(into)})
    with progress_bar("Henter tilbake") as report:
        done = keeping.restore(arguments.source.absolute(), settings, now=now(), report=report)
    if arguments.json:
        print_json({**asdict(done), "data": str(into)})
    else:
        print(
            f"Arkivet slik det var {done.made_at} ligger i {into}: {done.originals} opptak og skann, alle kontrollert."
        )
        _name("var skadet da kopien ble tatt, og er ikke med", done.damaged)
        _name("manglet da kopien ble tatt, og er ikke med", done.missing)
        print(f"Åpne det med: STEMME_DATA={into} stemme serve")
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Re-read every original; 1 when one is missing or changed."""
    with progress_bar("Leser") as report:
        found = keeping.verify(read_settings(), report=report)
    if arguments.json:
        print_json(asdict(found))
    else:
        print(f"Leste {found.originals} opptak og skann.")
        _name("er endret eller skadet", found.damaged)
        _name("mangler", found.missing)
        if found.damaged or found.missing:
            print("Hent dem fra sikkerhetskopien: mappen originals i den, samme navn.")
        else:
            print("Alle er uendret.")
        if found.unnamed:
            _name("hører ikke til noe intervju (en innlevering som ble avbrutt, kan ligge igjen)", found.unnamed)
    return 1 if found.damaged or found.missing else 0


def _name(what: str, hashes: list[str]) -> None:
    if hashes:
        print(f"{len(hashes)} {what}:")
        for sha256 in hashes:
            print(f"  {sha256}")

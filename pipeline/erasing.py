"""Erasing what lay in the bin to the end of its days: its rows, then its files. Every step can be repeated."""

import logging
import shutil
from datetime import timedelta

from archive import bin as bins
from archive.bin_rows import BinEntry
from archive.search.folder import condemn
from media import places
from pipeline.bench import Bench

log = logging.getLogger(__name__)

# Bytes that were handed in anew a moment ago are named by a row within this time, or by none.
JUST_NOW = timedelta(hours=1)


def erase(bench: Bench, entry_id: int) -> None:
    """Erase one thing, or go on where a killed worker stopped. What is not due, or was brought back, stays."""
    now = bench.now()
    with bench.database.write() as session:
        entry = session.get(BinEntry, entry_id)
        if entry is None or entry.erase_at > now:
            return
        if entry.erased_at is None:
            if bins.stop_work(session, entry):
                session.commit()
                return  # the next look erases it, when the machine has let go of it
            bins.erase_rows(session, entry, now=now)
            session.commit()
            log.info("%s %d was erased", entry.kind, entry.thing_id)
        files = [(str(what), str(name)) for what, name in entry.files]
    for what, name in files:
        _remove(bench, entry_id, what, name)
    with bench.database.write() as session:
        entry = session.get(BinEntry, entry_id)
        if entry is not None:
            if bench.settings.search == "whoosh" and bins.is_first_look(entry, now=bench.now()):
                condemn(bench.settings.index)  # what is taken out of an index lies in its files until it is built anew
            bins.settle(session, entry, now=bench.now())
        session.commit()


def _remove(bench: Bench, entry_id: int, what: str, name: str) -> None:
    """Remove one file where no row names its bytes, while no row can come to name them.

    The lock of the database is held meanwhile. Bytes that were handed in again after they were thrown away, and within
    the hour, wait: who hands them in may not have written his row yet.
    """
    derived = bench.settings.derived
    with bench.database.write() as session:
        entry = session.get_one(BinEntry, entry_id, with_for_update=True)
        if what != "sound" and bins.is_named(session, name):
            return
        if what == "original":
            touched = bench.store.stored_at(name)
            came_again = touched is not None and entry.removed_at < touched > bench.now() - JUST_NOW
            if not came_again:
                bench.store.remove(name)
        elif what == "speech":
            places.speech_file(derived, name).unlink(missing_ok=True)
        elif what == "pages":
            shutil.rmtree(places.page_picture(derived, name, 1).parent, ignore_errors=True)
        elif what == "sound":
            places.access_copy(derived, name).unlink(missing_ok=True)
            places.peaks_file(derived, name).unlink(missing_ok=True)

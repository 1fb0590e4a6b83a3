"""The search index follows the database, beside the requests and never in their way."""

import logging
import threading

from archive.database import Database
from archive.search.analysis import warm_up
from archive.search.index import bring_up_to_date
from archive.settings import Settings

log = logging.getLogger(__name__)

# Changes of this process are told at once (`nudge`); those of the worker and the command line are found by looking.
LOOK_EVERY_S = 1.0
# After trouble the keeper waits longer, so that a broken disk does not fill the log.
LOOK_AFTER_TROUBLE_S = 30.0
# How long `stop` waits for the round it meets. A rebuilding that takes longer is cut off and begun again next time.
ROUND_TAKES_S = 10.0


class IndexKeeper:
    """A thread that looks now and then, and when somebody asks, whether the index lacks anything or cannot be read."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._asked = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index-keeper", daemon=True)

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def nudge(self) -> None:
        """Say that something was committed; returns at once."""
        self._asked.set()

    def stop(self) -> None:
        """End the thread, after the round it is in. Safe to repeat, and before `start`."""
        self._stopping.set()
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join(ROUND_TAKES_S)

    def _run(self) -> None:
        pause_s = self._round()  # mends what happened while nobody kept the index
        while True:
            self._asked.wait(pause_s)
            if self._stopping.is_set():
                return
            self._asked.clear()
            pause_s = self._round()
            # Here, so that neither the first page nor the first search waits for the dictionaries. Where PostgreSQL
            # searches there is more text than one machine's small memory was ever meant for.
            warm_up(whole=self._settings.search == "postgresql")

    def _round(self) -> float:
        try:
            bring_up_to_date(self._settings, self._database, wait=False)
        except Exception:  # whatever it is, the thread must live: nobody starts another
            log.exception("the search index could not be brought up to date; the next round tries again")
            return LOOK_AFTER_TROUBLE_S
        return LOOK_EVERY_S

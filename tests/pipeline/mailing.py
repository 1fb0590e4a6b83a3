"""A worker that sends letters, as a program of its own: `python -m tests.pipeline.mailing DATA SMTP_URL`."""

import sys
import threading
from pathlib import Path

from archive.settings import read_settings
from pipeline import worker
from tests.pipeline.scripted import loading

if __name__ == "__main__":
    worker.LOOK_EVERY_S = worker.HEARTBEAT_S = 0.2
    worker.LYING_FOR_S = 0.2
    worker.REMINDERS_EVERY_S = 0.5
    environment = {
        "STEMME_DATA": sys.argv[1],
        "STEMME_SMTP_URL": sys.argv[2],
        "STEMME_MAIL_FROM": "arkivet@eksempel.example",
        "STEMME_BASE_URL": "https://arkiv.example",
    }
    worker.run_worker(read_settings(environment), threading.Event(), load=loading(Path(sys.argv[1]) / "log"))

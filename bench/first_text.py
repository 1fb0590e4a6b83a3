"""`script/bench first-text FILE`: from the last byte received to the first text on the page.

The recording is repeated to 85 s, 20 min and 4 h with a second of silence between; each is handed in to a site with an
idle worker, and the page is asked until it shows text.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

from bench.site import Site, site, worker
from bench.upload import hand_in, send

LENGTHS_S = {"85 s": 85, "20 min": 1200, "4 h": 14_400}
GIVES_UP_AFTER_S = 300


def lengthen(source: Path, target: Path, seconds: int) -> None:
    """The recording over and over, a second of silence between, cut at `seconds`; MP3 as a recorder makes it."""
    sound = f"apad=pad_dur=1,aloop=loop=-1:size={16_000 * 3600},atrim=end={seconds}"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), "-af", f"aresample=16000,{sound}"]
    subprocess.run([*command, "-ac", "1", "-b:a", "64k", str(target)], check=True)


def first_text(running: Site, recording: Path) -> float:
    """Seconds from the last byte to the first word on the interview's page."""
    upload_id, _ = send(running, recording)
    began = time.monotonic()
    hand_in(running, upload_id)
    number = _newest(running)
    while time.monotonic() - began < GIVES_UP_AFTER_S:
        _, page = running.ask("GET", f"/intervju/{number}")
        if b'class="words"' in page:
            return time.monotonic() - began
        time.sleep(0.25)
    raise RuntimeError("no text came")


def _newest(running: Site) -> int:
    from sqlalchemy import func, select

    from archive.interviews import Interview
    from archive.settings import read_settings
    from archive.setup import open_database
    from bench.site import environment

    database = open_database(read_settings(environment(running.data)))
    with database.read() as session:
        number = session.scalar(select(func.max(Interview.id))) or 0
    database.close()
    return number


def main() -> None:
    """Print one line for each length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a recording of speech")
    recording = parser.parse_args().file
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        for name, seconds in LENGTHS_S.items():
            long = Path(folder) / f"{seconds}.mp3"
            lengthen(recording, long, seconds)
            with site() as running, worker(running.data):
                time.sleep(8)  # the worker is idle: it has started and waits
                print(f"{name}: first text after {first_text(running, long):.1f} s (to reach: 30 s)", flush=True)


if __name__ == "__main__":
    main()

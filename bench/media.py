"""`script/bench media [FILE]`: how long four hours take to look into, decode, draw and make a copy of.

Prints wall and processor seconds, and how many times faster than the sound itself; and beside them a plain ffmpeg that
only decodes, without true times, limits or a check.
"""

import argparse
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from media.convert import Piece, decode_speech, make_access_copy
from media.measure import write_peaks
from media.probe import probe

HOURS = 4


def lengthen(source: Path, target: Path) -> None:
    """The sound over and over for four hours, as a recorder's MP3."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source), "-t", "600", "-ac", "1", "-ar", "44100"]
    with tempfile.TemporaryDirectory() as folder:
        piece = Path(folder) / "piece.mp3"
        subprocess.run([*command, "-b:a", "64k", str(piece)], check=True)
        again = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i", str(piece)]
        subprocess.run([*again, "-t", str(HOURS * 3600), "-c", "copy", str(target)], check=True)


def timed(name: str, work: Callable[[], object]) -> None:
    """Print what one piece of work took."""
    began, before = time.monotonic(), _processor_s()
    work()
    wall_s, processor_s = time.monotonic() - began, _processor_s() - before
    print(f"{name:14} {wall_s:7.1f} s  {processor_s:7.1f} s of processor  {HOURS * 3600 / wall_s:6.0f} times real time")


def _processor_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print one line for each piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    demo = Path(__file__).resolve().parent.parent / "stemme" / "demo" / "plakater.opus"
    parser.add_argument("file", type=Path, nargs="?", default=demo, help="any recording; without one a demo interview")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        long, speech = folder / "long.mp3", folder / "speech.wav"
        lengthen(parser.parse_args().file, long)
        duration_ms = probe(long).duration_ms
        plain = ["ffmpeg", "-nostdin", "-v", "quiet", "-threads", "1", "-i", str(long), "-ac", "1", "-ar", "16000"]
        timed("plain ffmpeg", lambda: subprocess.run([*plain, str(folder / "plain.wav")], check=True))
        timed("probe", lambda: probe(long))
        timed("decode_speech", lambda: decode_speech(long, speech, duration_ms=duration_ms))
        timed("peaks", lambda: write_peaks([Piece(speech, 0, duration_ms)], folder / "peaks.json"))
        timed("access copy", lambda: make_access_copy([Piece(long, 0, duration_ms)], folder / "copy.m4a"))
    print(f"most memory of our own process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()

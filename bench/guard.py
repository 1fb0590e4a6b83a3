"""`script/bench guard FILE…`: what the guard doubts in recordings, what hearing again changes, and what it costs.

With FILE.txt beside a file (the words that are said), the word error rate with and without the guard.
"""

import argparse
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import jiwer

from archive.coverage import coverage
from archive.settings import read_settings
from media.convert import decode_speech
from media.loudness import measure_sound
from media.probe import probe
from pipeline.engines import Engine, load_engine
from pipeline.hearing_again import Version, better, hear_again
from pipeline.models import find_model
from pipeline.planning import Sound, find_windows
from pipeline.windows import Span


@dataclass
class Told:
    """One recording with and without the guard."""

    windows: list[tuple[Span, list[Version]]] = field(default_factory=list)
    spoken: list[tuple[int, int]] = field(default_factory=list)
    batch_s: float = 0.0
    again_s: float = 0.0

    def text(self, *, guarded: bool) -> str:
        """All words, as kept or as the batches gave them."""
        kept = (versions[better(versions) if guarded else 0] for _span, versions in self.windows)
        return " ".join(version.decoded.text for version in kept)

    def covered(self, *, guarded: bool) -> float | None:
        """The share of speech that has text."""
        words = [
            (span.start_ms + start, span.start_ms + end)
            for span, versions in self.windows
            for start, end, _text, _p in versions[better(versions) if guarded else 0].decoded.words
        ]
        return coverage(self.spoken, words).share


def listen(engine: Engine, file: Path, language: str, folder: Path) -> Told:
    """Hear a file as the worker does, one batch after the other."""
    speech = folder / "speech.wav"
    duration_ms = decode_speech(file, speech, duration_ms=probe(file).duration_ms).duration_ms
    sound = Sound(speech, duration_ms, measure_sound(speech).gain_db)
    planned = [window for portion in find_windows(sound, None) for window in portion]
    told = Told(spoken=[(span.start_ms, span.end_ms) for window in planned for span in window.speech])
    for first in range(0, len(planned), engine.batch):
        batch = planned[first : first + engine.batch]
        samples = [sound.read(window.span.start_ms, window.span.end_ms) for window in batch]
        began = time.monotonic()
        decoded = engine.decode(samples, language)
        between = time.monotonic()
        for window, each, one in zip(batch, samples, decoded, strict=True):
            at = window.span.start_ms
            spans = [Span(span.start_ms - at, span.end_ms - at) for span in window.speech]
            told.windows.append((window.span, hear_again(engine, each, one, language=language, speech=spans)))
        told.batch_s += between - began
        told.again_s += time.monotonic() - between
    return told


def show(file: Path, told: Told) -> None:
    """Print one recording."""
    firsts = [versions[0] for _span, versions in told.windows]
    kept = [versions[better(versions)] for _span, versions in told.windows]
    print(f"{file.name}: {len(firsts)} windows")
    for name, chosen in (("before", firsts), ("after", kept)):
        counts = Counter(doubt for version in chosen for doubt in version.doubts)
        doubted = sum(bool(version.doubts) for version in chosen)
        print(f"  in doubt {name}: {doubted}  {dict(counts)}")
    print(f"  kept: {dict(Counter(version.how for version in kept))}")
    print(f"  time: {told.batch_s:.1f} s in batches, {told.again_s:.1f} s more ({told.again_s / told.batch_s:.0%})")
    reference = file.with_suffix(".txt")
    for name, guarded in (("without", False), ("with", True)):
        share = told.covered(guarded=guarded)
        line = f"  {name} the guard: coverage {'–' if share is None else f'{share:.1%}'}"
        if reference.exists():
            line += (
                f", word error rate {jiwer.wer(_plain(reference.read_text()), _plain(told.text(guarded=guarded))):.3f}"
            )
        print(line)
    for span, versions in told.windows:
        if len(versions) > 1:
            best = better(versions)
            print(f"  {span.start_ms / 1000:.1f}–{span.end_ms / 1000:.1f} s")
            for number, version in enumerate(versions):
                mark = "→" if number == best else " "
                print(
                    f"   {mark} {version.how:9} {', '.join(version.doubts) or 'no doubt'}: {version.decoded.text[:90]}"
                )


def main() -> None:
    """Print each file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="+", type=Path)
    parser.add_argument("--language", default="nb")
    given = parser.parse_args()
    settings = read_settings()
    engine = load_engine(settings, find_model(settings, None))
    for file in given.file:
        with tempfile.TemporaryDirectory() as folder:
            show(file, listen(engine, file, given.language, Path(folder)))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.lower()).split())


if __name__ == "__main__":
    main()

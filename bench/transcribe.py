"""`script/bench transcribe FILE`: our worker beside the two programs that it rests on, in one run on one machine.

A long recording is made of the file (`bench.transcription.recording`). Everything lies in a temporary folder; nothing
is asserted. Each line is printed as soon as it is known, and a table for the README at the end.
"""

import argparse
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from archive.evaluation.reference import read_reference
from bench.transcription.compare import LATE_MS, TimeErrors, time_errors, word_error_rate
from bench.transcription.kills import run_killed, run_undisturbed
from bench.transcription.memory import watched
from bench.transcription.ours import OurRun, run_ours
from bench.transcription.peers import PeerRun, run_peer
from bench.transcription.recording import Made, make_recording

PARTS = ("ours", "batched", "openai", "memory", "kills")
ROUNDS = 3
LONG_MINUTES = 240


@dataclass
class Results:
    """What was seen so far, and the rows of the table."""

    reference: list[str] | None
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    ours: list[OurRun] = field(default_factory=list)
    batched: list[PeerRun] = field(default_factory=list)
    failures: int = 0

    def row(self, what: str, against: str, reach: str, seen: str, is_met: bool | None) -> None:
        """One row, printed now and kept for the table."""
        met = {True: "yes", False: "no", None: ""}[is_met]
        self.rows.append((what, against, reach, seen, met))
        say(f"  => {what}: reach {reach}, seen {seen}{', met: ' + met if met else ''}")

    def our_seconds(self) -> float:
        """The median of our runs."""
        return statistics.median(run.took_s for run in self.ours)


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def timed_runs(results: Results, made: Made, folder: Path, only: set[str], rounds: int) -> None:
    """Ours and faster-whisper's batches in turn, so that a change of the machine's mood meets both."""
    say(f"\nwall time over {made.duration_ms / 60_000:.1f} min ({made.repetitions} repetitions), {rounds} rounds")
    for turn in range(rounds):
        if "ours" in only:
            run = run_ours(folder, made.path, follow=turn == 0)
            results.ours.append(run)
            say(f"  ours {turn + 1}: {_seconds(run)}{_error_rate(made.reference, run.words)}")
            if turn == 0:
                _tell_where_time_goes(run)
        if "batched" in only:
            peer = run_peer("batched", made.path, folder)
            results.batched.append(peer)
            say(f"  batched {turn + 1}: {_seconds(peer)}{_error_rate(made.reference, peer.words)}")
    if results.ours and results.batched:
        peer_s = statistics.median(run.took_s for run in results.batched)
        ours_s = results.our_seconds()
        seen = f"{ours_s / peer_s:.2f}× ({ours_s:.1f} s of {peer_s:.1f} s)"
        against = "faster-whisper, batches of 8, beam 5"
        results.row("wall time, text searchable", against, "≤ 0.8×", seen, ours_s <= 0.8 * peer_s)
        _row_of_words(results, made.reference, against, results.ours[0], results.batched[0], within=True)


def _tell_where_time_goes(run: OurRun) -> None:
    for name, seconds in sorted(run.seconds.items(), key=lambda each: each[1]):
        say(f"    {name}: {seconds:.1f} s after the worker's start")
    say(
        f"    decoding {run.working_s:.1f} s; {run.windows} windows, {run.heard_again} heard again, "
        f"{run.doubtful} still doubtful; {run.options}"
    )


def _seconds(run: OurRun | PeerRun) -> str:
    return f"{run.took_s:.1f} s, {run.processor_s:.0f} s of processor"


def _error_rate(reference: list[str] | None, words: list[Any]) -> str:
    rate = word_error_rate(reference, words)
    return f", {len(words)} words" + ("" if rate is None else f", word error rate {100 * rate:.2f} %")


def _row_of_words(
    results: Results, reference: list[str] | None, against: str, ours: OurRun, peer: PeerRun, *, within: bool
) -> None:
    mine, theirs = word_error_rate(reference, ours.words), word_error_rate(reference, peer.words)
    if mine is None or theirs is None:
        return
    points = 100 * (mine - theirs)
    seen = f"{points:+.2f} points ({100 * mine:.2f} % and {100 * theirs:.2f} %)"
    # The reach is said as a point either way; fewer errors than the peer are no failure.
    results.row("word error rate", against, "within 1 point" if within else "≤ +1 point", seen, points <= 1)


def openai_run(results: Results, made: Made, folder: Path, source: Path, minutes: float | None) -> None:
    """The reference program once, over all or (scaled) over the beginning; our words' times against its."""
    against = "openai-whisper, beam 5 with fallback"
    whole_ms = made.duration_ms
    if minutes is not None and minutes * 60_000 < made.duration_ms:
        made = make_recording(source, results.reference, folder / "beginning.mp3", minutes)
    say(f"\nopenai-whisper over {made.duration_ms / 60_000:.1f} min")
    peer = run_peer("openai", made.path, folder)
    scaled_s = peer.took_s * whole_ms / made.duration_ms
    scaled = "" if made.duration_ms == whole_ms else f", scaled to {whole_ms / 60_000:.1f} min: {scaled_s:.0f} s"
    say(f"  openai: {_seconds(peer)}{scaled}{_error_rate(made.reference, peer.words)}")
    if results.ours:
        ours_s = results.our_seconds()
        seen = f"{scaled_s / ours_s:.1f}× ({ours_s:.1f} s of {scaled_s:.0f} s{', scaled' if scaled else ''})"
        results.row("faster, text searchable", against, "≥ 12×", seen, scaled_s >= 12 * ours_s)
        part = _beginning(results.ours[0], made)
        _row_of_words(results, made.reference, against, part, peer, within=False)
        found = time_errors(part.words, peer.words)
        seen = _times(found)
        results.row(f"words more than {LATE_MS} ms away", against, "< 10 %", seen, found.share < 0.1)
    if results.batched:
        until = [word for word in results.batched[0].words if word[0] < made.duration_ms]
        say(f"  faster-whisper's batches: {_times(time_errors(until, peer.words))}")


def _beginning(run: OurRun, made: Made) -> OurRun:
    """The words of a run as far as a shorter recording reaches."""
    return OurRun([word for word in run.words if word[0] < made.duration_ms])


def _times(found: TimeErrors) -> str:
    return f"{100 * found.share:.1f} % of {found.words} words, median {found.median_ms:.0f} ms"


def memory_runs(results: Results, made: Made, folder: Path, source: Path, long_minutes: float | None) -> None:
    """The most memory of the worker and its children over the recording and over a long one."""
    say("\npeak memory, the worker and its children (PSS)")
    short = _peak_bytes(folder, made)
    if long_minutes is None:
        what = f"peak memory, {made.duration_ms / 60_000:.0f} min"
        results.row(what, "", "< 1.5 GB", f"{short / 1e9:.2f} GB", short < 1.5e9)
        return
    long = make_recording(source, None, folder / "long.mp3", long_minutes)
    peak = _peak_bytes(folder, long)
    seen = f"{peak / 1e9:.2f} GB, {peak / short:.2f}× of {short / 1e9:.2f} GB"
    is_met = peak < 1.5e9 and abs(peak / short - 1) <= 0.1
    what = f"peak memory, {long.duration_ms / 3_600_000:.1f} h"
    results.row(what, f"the same on {made.duration_ms / 60_000:.0f} min", "within 10 %, < 1.5 GB", seen, is_met)
    long.path.unlink()


def _peak_bytes(folder: Path, made: Made) -> int:
    with ExitStack() as stack:
        peaks: list[Any] = []

        def watch(process: subprocess.Popen[bytes]) -> None:
            peaks.append(stack.enter_context(watched(process.pid)))

        run = run_ours(folder, made.path, follow=True, beside=watch)
    minutes = made.duration_ms / 60_000
    say(f"  {minutes:.1f} min: {peaks[0].bytes / 1e9:.3f} GB; {run.took_s:.0f} s until searchable")
    return int(peaks[0].bytes)


def kill_run(results: Results, made: Made, folder: Path, kills: int, seed: int) -> None:
    """One run, killed again and again, against one that was not."""
    say(f"\n{kills} × kill -9 over {made.duration_ms / 60_000:.1f} min, seed {seed}")
    wanted, run_s = run_undisturbed(folder, made.path)
    say(f"  undisturbed: {run_s:.1f} s, {len(wanted)} windows")
    killed = run_killed(folder, made.path, kills=kills, run_s=run_s, seed=seed)
    group = killed.group
    say(f"  windows begun and not saved, for each kill: {killed.lost}; a group is {group}")
    say(f"  windows begun all together: {killed.begun}, {killed.begun - killed.windows} of them anew")
    same = killed.heard == wanted
    # What was saved is not begun again, so all that is begun anew was in flight at a kill.
    honest = killed.begun - killed.windows <= sum(killed.lost)
    is_met = same and honest and len(killed.lost) == kills and max(killed.lost, default=0) <= group
    text = "identical text and words" if same else "ANOTHER TEXT"
    seen = f"{text}; at most {max(killed.lost, default=0)} of {group} windows a kill"
    what = f"{len(killed.lost)} × kill -9"
    results.row(what, "the undisturbed run", "identical, at most one group a kill", seen, is_met)


def describe_machine() -> None:
    """What the figures belong to."""
    found = [line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    name = found[0].split(":", 1)[1].strip() if found else platform.processor()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    libraries = ", ".join(f"{each} {version(each)}" for each in ("faster-whisper", "ctranslate2", "openai-whisper"))
    say(f"{name}, {cores} cores, load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, {libraries}")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def print_table(results: Results) -> None:
    """For the README."""
    say("\n| what | against | reach | seen | met |\n|---|---|---|---|---|")
    for row in results.rows:
        say("| " + " | ".join(row) + " |")


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a recording of speech")
    parser.add_argument("--reference", type=Path, help="what is said in it (default: the .txt file beside it)")
    parser.add_argument("--minutes", type=float, default=20, help="length of the recording that is made (20)")
    parser.add_argument("--openai-minutes", type=float, help="let openai-whisper hear only so much, and scale")
    parser.add_argument("--kill-minutes", type=float, help="another length for the run that is killed")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, help="of the moments of the kills (default: drawn, and printed)")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="without the recording of four hours")
    typed = parser.parse_args()
    typed.only = set(typed.only.split(","))
    if typed.only - set(PARTS):
        parser.error(f"--only: {', '.join(sorted(typed.only - set(PARTS)))}")
    if not typed.file.is_file():
        parser.error(f"{typed.file} is not there")
    beside = typed.file.with_suffix(".txt")
    typed.reference = typed.reference or (beside if beside.is_file() else None)
    typed.seed = random.randrange(10**6) if typed.seed is None else typed.seed
    return typed


def run(typed: argparse.Namespace, folder: Path) -> Results:
    """All parts that were asked for; one that fails is said, and the others go on."""
    reference = read_reference(typed.reference) if typed.reference else None
    results = Results(reference)
    made = make_recording(typed.file, reference, folder / "recording.mp3", typed.minutes)
    long_minutes = None if typed.quick else LONG_MINUTES
    for_kills = made
    if typed.kill_minutes is not None and "kills" in typed.only:
        for_kills = make_recording(typed.file, reference, folder / "killed.mp3", typed.kill_minutes)
    parts: dict[str, Callable[[], None]] = {
        "ours,batched": lambda: timed_runs(results, made, folder, typed.only, typed.rounds),
        "memory": lambda: memory_runs(results, made, folder, typed.file, long_minutes),
        "kills": lambda: kill_run(results, for_kills, folder, typed.kills, typed.seed),
        "openai": lambda: openai_run(results, made, folder, typed.file, typed.openai_minutes),
    }
    for names, part in parts.items():
        if not typed.only & set(names.split(",")):
            continue
        try:
            part()
        except Exception as error:  # what is measured already is worth the rest
            say(f"  {names} FAILED: {type(error).__name__}: {error}")
            _show_log(folder / "worker.log")
            results.failures += 1
    return results


def _show_log(log: Path) -> None:
    for line in _lines(log)[-15:]:
        say(f"    {line}")


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Print what was seen; exit code 1 when a part could not be measured."""
    typed = arguments()
    signal.signal(signal.SIGTERM, _stop)
    describe_machine()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        try:
            results = run(typed, Path(folder))
        except KeyboardInterrupt:
            sys.exit(130)
    print_table(results)
    say(f"\nall of it took {(time.monotonic() - began) / 60:.0f} min")
    sys.exit(1 if results.failures else 0)


if __name__ == "__main__":
    main()

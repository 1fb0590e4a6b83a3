"""Speak the demo interviews anew: `python3 script/make_demo_voices.py [NAME]…` after a change in stemme/demo/NAME.json.

Needs espeak-ng and ffmpeg; nothing else does, since the sound is committed. Writes NAME.opus, and the time of every
line into NAME.json. Then run `script/bench demo-voices --keep`, which writes what the embedded model hears in each
line.
"""

import json
import subprocess
import sys
import wave
from io import BytesIO
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parent.parent / "stemme" / "demo"
RATE_HZ = 22_050  # espeak-ng's own
BEFORE_MS = 400
BETWEEN_MS = {True: 400, False: 650}  # the same speaker goes on; another one answers
OPUS = ["-c:a", "libopus", "-b:a", "20k", "-application", "voip", "-fflags", "+bitexact", "-flags:a", "+bitexact"]


def speak(text: str, voice: list[str]) -> bytes:
    """Plain samples of one line, without the silence around it."""
    name, speed, pitch, gap = voice
    command = ["espeak-ng", "-v", name, "-s", speed, "-p", pitch, "-g", gap, "--stdout"]
    spoken = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    with wave.open(BytesIO(spoken)) as file:
        samples = file.readframes(len(spoken))
    return samples.rstrip(b"\0") + b"\0" * (len(samples.rstrip(b"\0")) % 2)


def silence(ms: int) -> bytes:
    """Plain samples of nothing."""
    return bytes(2 * (ms * RATE_HZ // 1000))


def speak_interview(document: dict[str, Any]) -> bytes:
    """Speak every line, and note in the document when it begins and ends."""
    sound = bytearray(silence(BEFORE_MS))
    before = None
    for line in document["lines"]:
        if before:
            sound += silence(BETWEEN_MS[before == line["speaker"]])
        before = line["speaker"]
        line["start_ms"] = len(sound) // 2 * 1000 // RATE_HZ
        sound += speak(line["text"], document[line["speaker"]]["voice"])
        line["end_ms"] = len(sound) // 2 * 1000 // RATE_HZ
        line.pop("heard", None)
    return bytes(sound + silence(BEFORE_MS))


def make(path: Path) -> None:
    """Write the sound of one interview."""
    document = json.loads(path.read_text("utf-8"))
    samples = speak_interview(document)
    plain = ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "pipe:0"]
    command = ["ffmpeg", "-v", "error", "-y", *plain, "-af", "volume=0.8", *OPUS, str(path.with_suffix(".opus"))]
    subprocess.run(command, input=samples, check=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{path.stem}: {len(samples) / 2 / RATE_HZ:.0f} s, {path.with_suffix('.opus').stat().st_size // 1000} kB")


def main() -> None:
    """Make the interviews that are named, or all."""
    for path in sorted(DEMO.glob("*.json")):
        if not sys.argv[1:] or path.stem in sys.argv[1:]:
            make(path)


if __name__ == "__main__":
    main()

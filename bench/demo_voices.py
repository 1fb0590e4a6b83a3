"""`script/bench demo-voices`: how well the embedded model hears the demo's machine voices.

Prints the word error rate of each interview (lower case, no punctuation). With `--keep`, what was heard in each line is
written into stemme/demo/NAME.json, as the machine text that the demo's corrections begin from.
"""

import argparse
import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import jiwer

from archive.settings import read_settings
from media.convert import decode_speech
from media.probe import probe
from pipeline.engines import Engine, load_engine
from pipeline.models import find_model
from pipeline.planning import Sound, find_windows
from pipeline.windows import Excerpt, Span
from stemme.demo import FOLDER

Heard = list[tuple[int, int, str, float]]


def hear(engine: Engine, sound: Path, folder: Path) -> Heard:
    """Every word that the engine hears in a file, with its time."""
    speech = folder / "speech.wav"
    duration_ms = decode_speech(sound, speech, duration_ms=probe(sound).duration_ms).duration_ms
    heard = Sound(speech, duration_ms)
    excerpts = [Excerpt.of(each.span, each.speech) for portion in find_windows(heard, None) for each in portion]
    decoded = engine.decode([heard.read_excerpt(each) for each in excerpts], "nb")
    words = []
    for excerpt, one in zip(excerpts, decoded, strict=True):
        for start_ms, end_ms, text, p in one.words:
            said = excerpt.to_recording(Span(start_ms, end_ms))
            words.append((said.start_ms, said.end_ms, text, round(p, 3)))
    return words


def spread(words: Heard, lines: list[dict[str, Any]]) -> None:
    """Put each word into the line that lies nearest to its middle."""
    for line in lines:
        line["heard"] = []
    for start_ms, end_ms, text, sure in words:
        middle = (start_ms + end_ms) // 2
        nearest = min(lines, key=lambda line: max(line["start_ms"] - middle, middle - line["end_ms"], 0))
        within = [min(max(at, nearest["start_ms"]), nearest["end_ms"]) for at in (start_ms, end_ms)]
        nearest["heard"].append([*within, text, sure])


def plain(text: str) -> str:
    """Lower case, no punctuation, single spaces."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def main() -> None:
    """Print a line for each interview, and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="write what was heard into stemme/demo/")
    keep = parser.parse_args().keep
    texts, heards = [], []
    with tempfile.TemporaryDirectory() as temporary:
        settings = read_settings({"STEMME_DATA": temporary})
        engine = load_engine(settings, find_model(settings, None))
        for path in sorted(FOLDER.glob("*.json")):
            document = json.loads(path.read_text("utf-8"))
            began = time.monotonic()
            words = hear(engine, path.with_suffix(".opus"), Path(temporary))
            took_s = time.monotonic() - began
            texts.append(plain(" ".join(line["text"] for line in document["lines"])))
            heards.append(plain(" ".join(word[2] for word in words)))
            print(f"{path.stem:15} WER {jiwer.wer(texts[-1], heards[-1]):.2f}   {took_s:.1f} s")
            print("   ", heards[-1])
            if keep:
                spread(words, document["lines"])
                document["heard_by"] = {
                    "engine": engine.name,
                    "model": engine.model,
                    "model_sha256": engine.model_sha256,
                    "options": engine.options,
                }
                path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{'all':15} WER {jiwer.wer(texts, heards):.2f}")


if __name__ == "__main__":
    main()

"""`script/bench names`: how well names that were heard wrong are found again, and whether a prompt helps the engine.

Three measurements, each with a line of figures:
- written: names of the register in invented sentences, misspelled as Norwegian is misheard, among names that nobody
  knows; precision and recall of the suggestions, and how long 40,000 words take.
- spoken (with `--speak`, needs espeak-ng and the speech model): the same kind of sentences read by machine voices and
  heard by the engine, with and without the prompt: how many names were heard, how many the suggestions bring back.
- demo: what the engine heard in the demo's voices, where every suggestion is a wrong one but for the people's names.
"""

import argparse
import json
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import numpy as np

from archive.names.alike import find_names, put_in
from archive.names.places import places
from archive.names.prompt import short_prompt
from archive.names.register import Register, make_register, names_in
from archive.people import name_key
from archive.search.analysis import warm_up
from archive.search.words import is_known
from archive.settings import read_settings
from media.convert import decode_speech
from media.measure import read_samples
from media.probe import probe
from pipeline.engines import Engine, load_engine
from pipeline.models import find_model
from pipeline.voice import speech_probabilities
from pipeline.windows import plan_windows
from stemme.demo import FOLDER

SEED = 1975
# Invented people: those the archive knows, and those it does not.
KNOWN = (
    "Ragnhild Tverrmoen", "Oddvar Prøvemo", "Magnhild Tenkehaug", "Harald Eksempelli", "Frida Dikterud",
    "Torleif Gjettlund", "Kjellaug Skrivervold", "Sivert Papirmoen", "Aslaug Heimsvik", "Bergsvein Kvernhusmo",
)  # fmt: skip
UNKNOWN = (
    "Grytlaug", "Sandbrekkmo", "Tuvslåtten", "Hjelmbakk", "Rotneskog", "Vollansæter", "Brattgjerde", "Kjøsvollen",
    "Nordslett", "Mellomsjord", "Gammeleng", "Sjursvold", "Trettvika", "Oppistuen", "Storhølet", "Aunmo", "Bjerkaas",
    "Dalbakk", "Elnan", "Fossland", "Grande", "Hallan", "Hegstad", "Hovdal", "Indahl", "Jystad", "Kalvå", "Kverkild",
    "Langåssve", "Leirset", "Lindset", "Lyngmo", "Moksnes", "Musum", "Nessemo", "Opdal", "Overrein", "Rennemo",
    "Rostad", "Ryan", "Selnes", "Skjerve", "Skogseth", "Solbu", "Stamnes", "Stokke", "Storaunet", "Sundseth",
    "Svarliaunet", "Svepstad", "Tangstad", "Tronstad", "Tømmerås", "Ulstad", "Vangstad", "Vestrum", "Vikan",
    "Wekre", "Ystgård", "Øksnes", "Aursand", "Breivold", "Finne", "Gaustad", "Hammervold", "Kirknes", "Sandnes",
)  # fmt: skip
SENTENCES = (
    "Den vinteren reiste vi til {} for å holde møte.",
    "Jeg er født og oppvokst i {}, og der ble jeg boende.",
    "Vi var fem stykker fra {} som kom med bussen.",
    "Det var {} som hadde ideen til avisen.",
    "Etter valget ringte de fra {} og gratulerte.",
    "Skolen i {} skulle legges ned, og da ble folk sinte.",
    "På {} var det lettere å få folk med seg.",
    "Far arbeidet i {} helt til han ble pensjonist.",
    "I {} sto vi på stand hver lørdag.",
    "Hun flyttet til {} da hun var ferdig med skolen.",
    "Vi hadde mye kontakt med {} i de årene.",
    "Så kom streiken, og da møtte hele {} opp.",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the one name in it."""

    text: str
    name: str


def sentences(names: Sequence[str], chance: random.Random) -> list[Said]:
    """One sentence for each name."""
    return [Said(chance.choice(SENTENCES).format(name), name) for name in names]


def sample(register: Register, count: int, chance: random.Random) -> list[str]:
    """Names to say: the invented people, then places and units as they come."""
    places = [name.name for name in register.names if name.kind != "person" and len(name.name) > 3]
    people = [name.name for name in register.names if name.kind == "person"]
    return (people + chance.sample(places, max(0, count - len(people))))[:count]


# --- written


# How Norwegian is misheard and misspelled; none of it is taken from the costs in archive/names/sound.py.
_SLIPS = (
    ("kj", "k"), ("kj", "sj"), ("kj", "tj"), ("skj", "sj"), ("sj", "skj"), ("hv", "v"), ("gj", "g"), ("gj", "j"),
    ("ei", "ai"), ("ei", "e"), ("øy", "øi"), ("øy", "ø"), ("au", "ø"), ("au", "ou"), ("ld", "l"), ("nd", "n"),
    ("rd", "r"), ("rd", "l"), ("ng", "n"), ("å", "o"), ("o", "å"), ("o", "u"), ("u", "o"), ("æ", "e"), ("e", "æ"),
    ("e", "a"), ("y", "i"), ("i", "e"), ("i", "y"), ("ø", "o"), ("ø", "u"), ("a", "å"), ("a", "æ"), ("b", "p"),
    ("p", "b"), ("d", "t"), ("t", "d"), ("g", "k"), ("k", "g"), ("v", "f"), ("f", "v"), ("m", "n"), ("n", "m"),
    ("rs", "sj"), ("r", "l"), ("l", "r"), ("h", ""), ("t", ""), ("d", ""), ("e", ""), ("r", ""), ("s", "ss"),
    ("n", "nn"), ("l", "ll"), ("m", "mm"), ("sk", "sj"), ("v", "w"), ("k", "c"), ("ks", "x"),
)  # fmt: skip


def misheard(name: str, chance: random.Random) -> str:
    """The name with one slip in short ones, up to three in long ones; now and then torn into two words."""
    text = name
    for _ in range(1 + (len(name) > 6) * chance.randint(0, 1) + (len(name) > 9) * chance.randint(0, 1)):
        fitting = [(a, b) for a, b in _SLIPS if a in text[1:].lower()]
        if fitting:
            a, b = chance.choice(fitting)
            at = chance.choice([m.start() for m in re.finditer(a, text[1:].lower())]) + 1
            text = text[:at] + b + text[at + len(a) :]
    if len(text) > 7 and " " not in text and chance.random() < 0.15:
        cut = chance.randint(3, len(text) - 3)
        text = f"{text[:cut]} {text[cut:]}"
    return text


@dataclass(slots=True)
class Score:
    """What became of the names."""

    wrong: int = 0  # names that were heard wrong
    offered: int = 0  # suggestions made
    right: int = 0  # of them, the name that was said

    def __str__(self) -> str:
        precision = self.right / self.offered if self.offered else 1.0
        recall = self.right / self.wrong if self.wrong else 1.0
        return (
            f"{self.wrong} names heard wrong, {self.offered} suggestions: "
            f"precision {precision:.3f}, recall {recall:.3f}"
        )


def corrected(
    texts: Sequence[str], sure: Sequence[float | None], register: Register
) -> Iterator[tuple[str, list[str]]]:
    """Each suggestion in a line: the name, and the line with it put in."""
    for found in find_names(texts, sure, register, {}, is_known):
        put = put_in(texts, found.first, found.last, found.heard, found.name)
        assert put is not None
        yield found.name, [*texts[: found.first], *put, *texts[found.last + 1 :]]


def written(register: Register, count: int, *, show: bool) -> None:
    """Print precision and recall over misspelled names, and over names that are not in the register at all."""
    chance = random.Random(SEED)
    score, of_unknown = Score(), 0
    for said in sentences(sample(register, count, chance), chance):
        heard = misheard(said.name, chance)
        text = said.text.replace(said.name, heard)
        score.wrong += name_key(heard) != name_key(said.name)
        for name, words in corrected(text.split(), [None] * len(text.split()), register):
            score.offered += 1
            good = set(name.split()) <= set(said.name.split()) and len(words) <= len(said.text.split())
            score.right += good
            if show and not good:
                print(f"      {said.name}: heard «{heard}», offered «{name}»")
    for said in sentences([UNKNOWN[number % len(UNKNOWN)] for number in range(count)], chance):
        offers = list(corrected(said.text.split(), [0.9] * len(said.text.split()), register))
        of_unknown += len(offers)
        if show and offers:
            print(f"      {said.name} is unknown, offered «{offers[0][0]}»")
    print(f"written   {score}; {of_unknown} suggestions in {count} sentences with unknown names")


def speed(register: Register, count: int) -> None:
    """Print how long an interview of so many words takes, with a name heard wrong in every fifth sentence."""
    chance = random.Random(SEED)
    lines: list[list[str]] = []
    while sum(map(len, lines)) < count:
        said = sentences(sample(register, 400, chance), chance)
        for number, each in enumerate(said):
            heard = misheard(each.name, chance) if number % 5 == 0 else chance.choice(("byen", "bygda", "fylket"))
            lines.append(each.text.replace(each.name, heard).split())
    began = time.process_time()
    found = sum(len(find_names(line, [0.8] * len(line), register, {}, is_known)) for line in lines)
    took_s = time.process_time() - began
    print(f"speed     {sum(map(len, lines))} words, {found} suggestions in {took_s:.1f} s of one core")


# --- demo


def demo(register: Register, *, show: bool) -> None:
    """Print what is suggested in the demo's machine text, where nobody said the name of a place we know."""
    words, offers = 0, []
    for path in sorted(FOLDER.glob("*.json")):
        for line in json.loads(path.read_text("utf-8"))["lines"]:
            texts, sure = [word[2] for word in line["heard"]], [word[3] for word in line["heard"]]
            words += len(texts)
            offers += find_names(texts, sure, register, {}, is_known)
    print(f"demo      {words} words of rough machine text, {len(offers)} suggestions")
    if show:
        for found in offers:
            print(f"      heard «{found.heard}», offered «{found.name}» {found.score}")


# --- spoken


VOICES = ("nb+m1", "nb+m4")


@dataclass(frozen=True, slots=True)
class Talk:
    """Some sentences of one interview, and what the model would be told before it hears them."""

    said: list[Said]
    prompt: str


def talks(count: int, chance: random.Random) -> list[Talk]:
    """Interviews of five sentences: three names that the prompt holds, two of places elsewhere that it does not."""
    municipalities = [place.name for place in places() if place.kind == "municipality"]
    found = []
    for _ in range(count):
        home, people = chance.choice(municipalities), chance.sample(KNOWN, 2)
        there = [place.name for place in places() if place.municipality == home and place.name != home]
        prompt = short_prompt([*people, home, *there])
        away = [place.name for place in places() if place.kind in ("town", "village") and place.municipality != home]
        told = [name for name in there if name in prompt] or [people[1]]
        names = [people[0], home, chance.choice(told), *chance.sample(away, 2)]
        found.append(Talk(sentences(names, chance), prompt))
    return found


def speak(talk: Talk, voice: str, folder: Path) -> Any:
    """The sentences read by a machine voice, as the engine hears sound."""
    spoken_at, speech = folder / "said.wav", folder / "speech.wav"
    text = " ".join(each.text for each in talk.said)
    command = ["espeak-ng", "-v", voice, "-s", "115", "-p", "50", "-g", "6", "-w", str(spoken_at), text]
    subprocess.run(command, check=True)
    duration_ms = decode_speech(spoken_at, speech, duration_ms=probe(spoken_at).duration_ms).duration_ms
    voice_at = list(speech_probabilities(lambda start, end: read_samples(speech, start, end), duration_ms))
    return [read_samples(speech, at.start_ms, at.end_ms) for at in plan_windows(np.concatenate(voice_at))]


def spoken(register: Register, count: int) -> None:
    """Print what the engine hears of names, without and with a prompt, and what the suggestions make of it."""
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as temporary:
        settings = read_settings({"STEMME_DATA": temporary})
        engine = load_engine(settings, find_model(settings, None))
        made = [
            (talk, speak(talk, VOICES[number % len(VOICES)], Path(temporary)))
            for number, talk in enumerate(talks(count, chance))
        ]
        for told in (False, True):
            report(
                "prompt" if told else "no prompt",
                [(talk, hear(engine, talk, sound, told)) for talk, sound in made],
                register,
            )


def hear(engine: Engine, talk: Talk, windows: Any, told: bool) -> list[tuple[str, float]]:
    """The words that the engine hears, with how sure it is."""
    heard = []
    for at in range(0, len(windows), engine.batch):
        for decoded in engine.decode(windows[at : at + engine.batch], "nb", prompt=talk.prompt if told else ""):
            heard += [(word[2], word[3]) for word in decoded.words]
    return heard


def report(name: str, heard: Sequence[tuple[Talk, list[tuple[str, float]]]], register: Register) -> None:
    """Print word error rate, the names heard, and what the suggestions bring back."""
    score, said, right, told, told_right, unsaid = Score(), 0, 0, 0, 0, 0
    for talk, words in heard:
        texts = [text for text, _ in words]
        there = names_in(" ".join(texts), register)
        meant = {each.name for each in talk.said}
        offers = {offer for offer, _ in corrected(texts, [p for _, p in words], register)}
        said, right = said + len(meant), right + sum(there[each] > 0 for each in meant)
        told += sum(each in talk.prompt for each in meant)
        told_right += sum(each in talk.prompt and there[each] > 0 for each in meant)
        unsaid += sum(count for each, count in there.items() if each in talk.prompt and each not in meant)
        score.wrong += sum(there[each] == 0 for each in meant)
        score.offered += len(offers)
        score.right += len(offers & meant)
    plain = [
        [_plain(" ".join(each.text for each in talk.said)) for talk, _ in heard],
        [_plain(" ".join(text for text, _ in words)) for _, words in heard],
    ]
    print(
        f"{name:9} WER {jiwer.wer(*plain):.3f}, names heard {right}/{said} "
        f"(of those in the prompt {told_right}/{told}), {unsaid} of the prompt that nobody said; {score}"
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=600, help="how many names are misspelled")
    parser.add_argument("--speak", type=int, default=0, metavar="N", help="let machine voices read N interviews")
    parser.add_argument("--show", action="store_true", help="name what was suggested wrongly")
    chosen = parser.parse_args()
    warm_up()
    register = make_register(KNOWN)
    print(f"register  {len(register.names)} names")
    written(register, chosen.count, show=chosen.show)
    demo(make_register([*KNOWN, "Anders Dikterud"], ["Innervika", "Storlia"]), show=chosen.show)
    speed(register, 40_000)
    if chosen.speak:
        spoken(register, chosen.speak)


if __name__ == "__main__":
    main()

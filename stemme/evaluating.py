"""`stemme evaluate`: how good a text is, held against what a person wrote down."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from archive.catalogue import load_interview
from archive.evaluation.evaluate import Evaluation
from archive.evaluation.evaluate import evaluate as hold_against
from archive.evaluation.reference import read_reference
from archive.evaluation.score import RUN_WORDS, Score
from stemme.opened import eyes_of, opened_archive, today
from stemme.output import print_json
from stemme.wording import clock

TEXTS = {"machine": "maskinens tekst", "current": "teksten slik den står nå"}
WARNINGS = {
    "unfinished": "Teksten er ikke ferdig ennå; tallene gjelder det som er kommet så langt.",
    "empty_reference": "Fasiten har ingen ord. Da finnes det ingen feilprosent, bare hvor mange ord som er lagt til.",
    "reference_longer": "Fasiten er mer enn dobbelt så lang som teksten. Er det fasiten til hele dette intervjuet?",
    "text_longer": "Teksten er mer enn dobbelt så lang som fasiten. Er det fasiten til hele dette intervjuet?",
}
COLUMNS = {"library": "som NB", "hyphens": "bindestrek", "numbers": "tall"}
ROWS: tuple[tuple[str, Callable[[Score], str]], ...] = (
    ("Ordfeil (WER)", lambda score: _percent(score.wer)),
    ("Tegnfeil (CER)", lambda score: _percent(score.cer)),
    ("  byttet ut", lambda score: _count(score.substitutions)),
    ("  utelatt", lambda score: _count(score.deletions)),
    ("  lagt til", lambda score: _count(score.insertions)),
    (f"Utelatt {RUN_WORDS} ord på rad eller mer", lambda score: _runs(score)),
    ("Lagt til der ingen snakker", lambda score: _count(score.over_silence)),
)
LABEL, COLUMN = 30, 20
EXPLAINED = """
som NB      små bokstaver, uten skilletegn, som Nasjonalbiblioteket måler: «e-post» blir «epost»
bindestrek  det samme, men ord med bindestrek er to ord: «e post»
tall        som bindestrek, og tall er like enten de er skrevet med siffer eller ord: «femti-to» er 52
"""


def evaluate(arguments: argparse.Namespace) -> int:
    """Print error rates by three ways of counting, and what is missing or made up."""
    with opened_archive() as archive, archive.database.read() as session:
        interview = load_interview(session, arguments.id, eyes_of(None), today=today())
        people = {each.person.name for each in interview.participations} | {
            each.speaker.name for each in interview.segments if each.speaker
        }
        reference = read_reference(arguments.reference, people=people)
        found = hold_against(session, interview, reference, corrected=arguments.text == "current")
        document = _document(found, interview.id, arguments.text)
    for warning in found.warnings:
        print(WARNINGS[warning], file=sys.stderr)
    if arguments.json:
        print_json(document)
    else:
        _tell(found, interview.id, TEXTS[arguments.text])
    return 0


def _document(found: Evaluation, interview_id: int, text: str) -> dict[str, Any]:
    covered = found.coverage
    return {
        "interview_id": interview_id,
        "text": text,
        "reference_words": found.reference_words,
        "text_words": found.text_words,
        "scores": {name: _score_document(score) for name, score in found.scores.items()},
        "names": {name: {"reference": wanted, "text": there} for name, (wanted, there) in found.names.items()},
        "name_recall": _recall(found.names),
        "coverage": covered
        and {
            "share": covered.share,
            "speech_ms": covered.speech_ms,
            "gap_speech_ms": sum(gap.speech_ms for gap in covered.gaps),
            "gaps": [gap._asdict() for gap in covered.gaps],
        },
        "warnings": list(found.warnings),
    }


def _score_document(score: Score) -> dict[str, Any]:
    runs = {"deletion_runs": len(score.runs), "longest_deletion_run": score.longest_run}
    return {name: value for name, value in asdict(score).items() if name != "runs"} | runs


def _tell(found: Evaluation, interview_id: int, text: str) -> None:
    print(f"Intervju {interview_id}, {text}: {_words(found.text_words)}. Fasiten: {_words(found.reference_words)}.\n")
    print(" " * LABEL + "".join(f"{COLUMNS[name]:>{COLUMN}}" for name in found.scores))
    for label, cell in ROWS:
        print(f"{label:{LABEL}}" + "".join(f"{cell(score):>{COLUMN}}" for score in found.scores.values()))
    print(EXPLAINED)
    _tell_coverage(found)
    _tell_names(found.names)


def _tell_coverage(found: Evaluation) -> None:
    if found.coverage is None:
        print("Tale uten tekst: ikke målt, for ingen har lyttet etter hvor det snakkes.")
        return
    if found.coverage.share is None:
        print("Tale uten tekst: ingen snakker i opptaket.")
        return
    gaps = found.coverage.gaps
    seconds = _decimal(sum(gap.speech_ms for gap in gaps) / 1000)
    print(f"Tale uten tekst: {len(gaps)} {'sted' if len(gaps) == 1 else 'steder'}, {seconds} sekunder til sammen.")
    for gap in gaps:
        print(f"  {clock(gap.start_ms)} til {clock(gap.end_ms)}: {_decimal(gap.speech_ms / 1000)} sekunder med tale")
    print(f"{_percent(found.coverage.share)} av talen har tekst.")


def _tell_names(names: dict[str, tuple[int, int]]) -> None:
    if not names:
        print("Navn: fasiten har ingen av dem arkivet kjenner.")
        return
    wanted, there = (sum(each) for each in zip(*names.values(), strict=True))
    print(f"Navn: {there} av {wanted} i fasiten står i teksten ({_percent(_recall(names))}).")
    for name, (wanted, there) in names.items():
        if there < wanted:
            print(f"  {name}: {there} av {wanted}")


def _recall(names: dict[str, tuple[int, int]]) -> float | None:
    """The share of the reference's names that stand in the text; None without any."""
    wanted = sum(wanted for wanted, _there in names.values())
    return sum(there for _wanted, there in names.values()) / wanted if wanted else None


def _words(count: int) -> str:
    return f"{count} ord"


def _percent(share: float | None) -> str:
    return "ikke definert" if share is None else f"{_decimal(100 * share)} %"


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _count(number: int | None) -> str:
    return "ikke målt" if number is None else str(number)


def _runs(score: Score) -> str:
    if not score.runs:
        return "ingen"
    return f"{len(score.runs)}, lengste {score.longest_run} ord"

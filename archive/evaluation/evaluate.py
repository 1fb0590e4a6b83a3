"""An interview's text held against a reference: everything that `stemme evaluate` prints."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive.coverage import Coverage, coverage
from archive.errors import NoText
from archive.evaluation.normalise import NORMALISATIONS
from archive.evaluation.score import Score, TimedWord, score
from archive.interviews import UNDER_WAY, Interview
from archive.names.register import names_in, register
from archive.provenance import speech_of
from archive.recordings import RecordingState
from archive.transcripts import Segment, segments_of

# A reference of so many times the words of the text, or the other way, is probably that of another recording.
FAR_APART = 2


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it. Scores by the names of `normalise.NORMALISATIONS`."""

    reference_words: int  # as they are written
    text_words: int
    scores: dict[str, Score]
    coverage: Coverage | None  # None: nobody listened for voices
    names: dict[str, tuple[int, int]]  # names in the reference: how often there, and how often of those in the text
    warnings: tuple[str, ...]  # "empty_reference", "reference_longer", "text_longer", "unfinished"


def evaluate(session: Session, interview: Interview, reference: Sequence[str], *, corrected: bool) -> Evaluation:
    """Hold the machine's text (or the `corrected` one) of an interview against the words of a reference.

    Raises:
        NoText: there is no text yet.
    """
    text = timed_words(session, interview, corrected=corrected)
    if not text and not _is_heard(interview):
        raise NoText(interview.id)
    speech = speech_of(session, interview)
    if text and not speech:  # words are heard only where somebody speaks: nobody noted where
        speech = None
    return Evaluation(
        reference_words=len(reference),
        text_words=len(text),
        scores={name: score(reference, text, normalise, speech=speech) for name, normalise in NORMALISATIONS.items()},
        coverage=None if speech is None else coverage(speech, [(start, end) for start, end, _word in text]),
        names=_names(session, reference, [word for _start, _end, word in text]),
        warnings=tuple(_warnings(interview, len(reference), len(text))),
    )


def timed_words(session: Session, interview: Interview, *, corrected: bool) -> list[TimedWord]:
    """The words of an interview in the order of its lines, on its time line.

    The machine's are those that the lines shown now were made with; a line that a person wrote anew has none.
    """
    lines = segments_of(session, interview.id)
    if corrected:
        return [word for line in lines for word in _written(line)]
    return [(word[0], word[1], word[2]) for line in lines for word in line.machine_words]


def _written(line: Segment) -> list[TimedWord]:
    """The words of a line as it stands; each has the line's own times where nobody knows better."""
    if line.words:
        return [(word[0], word[1], word[2]) for word in line.words]
    return [(line.start_ms, line.end_ms, word) for word in line.text.split()]


def _names(session: Session, reference: Sequence[str], text: Sequence[str]) -> dict[str, tuple[int, int]]:
    known = register(session)
    wanted, found = names_in(" ".join(reference), known), names_in(" ".join(text), known)
    return {name: (count, min(count, found[name])) for name, count in sorted(wanted.items())}


def _is_heard(interview: Interview) -> bool:
    """Whether all was heard: then an empty text is an answer (silence, music)."""
    states = {each.state for each in interview.recordings}
    return bool(states) and states == {RecordingState.DONE}


def _warnings(interview: Interview, reference_words: int, text_words: int) -> list[str]:
    found = []
    if interview.status in UNDER_WAY:
        found.append("unfinished")
    if not reference_words:
        found.append("empty_reference")
    elif reference_words > FAR_APART * text_words:
        found.append("reference_longer")
    elif text_words > FAR_APART * reference_words:
        found.append("text_longer")
    return found

"""How well a text agrees with a reference: error rates, what is missing in runs, and what was invented. Pure.

The words are aligned by jiwer: four hours, 40,000 words on each side, take 0.6 s and 20 MB. The letters of those are
counted by rapidfuzz, on which jiwer rests, since jiwer would also list every letter (3 s against 6 s); a test holds the
two against each other.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import jiwer
from rapidfuzz.distance import Levenshtein

from archive.coverage import Stretch, united
from archive.evaluation.normalise import Normalise, Piece

# Fewer words than this are lost one by one; a run is a stretch that nobody wrote down.
RUN_WORDS = 3

TimedWord = tuple[int, int, str]  # start_ms, end_ms, the word


@dataclass(frozen=True, slots=True)
class Score:
    """What one normalisation gave. The rates are None when the reference is empty: there is nothing to divide by."""

    reference_words: int
    text_words: int
    substitutions: int
    deletions: int
    insertions: int
    wer: float | None
    cer: float | None
    runs: tuple[int, ...]  # the lengths of the runs of `RUN_WORDS` or more deleted words, in the order of the reference
    over_silence: int | None  # inserted words while nobody speaks; None: nobody listened for voices

    @property
    def longest_run(self) -> int:
        """The longest run of deleted words; 0 without any."""
        return max(self.runs, default=0)


def score(
    reference: Sequence[str], text: Sequence[TimedWord], normalise: Normalise, *, speech: Sequence[Stretch] | None
) -> Score:
    """Hold a text against a reference.

    Args:
        reference: its words as they are written.
        text: the words of the text in order, with their times.
        speech: where somebody speaks, on the same time line; None when nobody knows.
    """
    wanted = [piece.text for piece in normalise(reference)]
    pieces = normalise([word for _start, _end, word in text])
    found = aligned(wanted, [piece.text for piece in pieces])
    runs = [chunk.ref_end_idx - chunk.ref_start_idx for chunk in found.alignments[0] if chunk.type == "delete"]
    return Score(
        reference_words=len(wanted),
        text_words=len(pieces),
        substitutions=found.substitutions,
        deletions=found.deletions,
        insertions=found.insertions,
        wer=found.wer if wanted else None,
        cer=_letter_errors(wanted, [piece.text for piece in pieces]),
        runs=tuple(length for length in runs if length >= RUN_WORDS),
        over_silence=None if speech is None else _over_silence(list(_inserted(found, pieces)), text, speech),
    )


def aligned(reference: Sequence[str], text: Sequence[str]) -> jiwer.WordOutput:
    """jiwer's alignment of words that are normalised already."""
    given = jiwer.Compose([jiwer.ReduceToListOfListOfWords()])
    return jiwer.process_words(" ".join(reference), " ".join(text), given, given)


def _letter_errors(reference: Sequence[str], text: Sequence[str]) -> float | None:
    """Errors of letters and single spaces over those of the reference, as jiwer's `cer`."""
    wanted = " ".join(reference)
    return Levenshtein.distance(wanted, " ".join(text)) / len(wanted) if wanted else None


def _inserted(found: jiwer.WordOutput, pieces: Sequence[Piece]) -> Iterator[Piece]:
    for chunk in found.alignments[0]:
        if chunk.type == "insert":
            yield from pieces[chunk.hyp_start_idx : chunk.hyp_end_idx]


def _over_silence(inserted: Sequence[Piece], text: Sequence[TimedWord], speech: Sequence[Stretch]) -> int:
    """How many of the inserted words touch no speech at all."""
    spoken = united(speech)
    ends = [end for _start, end in spoken]
    silent = 0
    for piece in inserted:
        start_ms, end_ms = text[piece.first][0], max(text[piece.last][1], text[piece.first][0] + 1)
        next_spoken = bisect_left(ends, start_ms + 1)
        silent += next_spoken == len(spoken) or spoken[next_spoken][0] >= end_ms
    return silent

"""What is held against what: words against the reference, and word times against another program's."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from archive.evaluation.normalise import as_library
from archive.evaluation.score import TimedWord, aligned, score

LATE_MS = 300


@dataclass(frozen=True, slots=True)
class TimeErrors:
    """How far the words' beginnings are from those of the same words in another text."""

    words: int  # that both have
    late: int  # of them: more than `LATE_MS` away
    median_ms: float

    @property
    def share(self) -> float:
        """The share that is too far away."""
        return self.late / self.words if self.words else 0.0


def word_error_rate(reference: Sequence[str] | None, words: Sequence[TimedWord]) -> float | None:
    """As the National Library's scorer; None without a reference."""
    return None if reference is None else score(reference, words, as_library, speech=None).wer


def time_errors(of: Sequence[TimedWord], against: Sequence[TimedWord]) -> TimeErrors:
    """Compare the beginnings of the words that both heard, as jiwer aligns them."""
    ours, theirs = (as_library([word for _start, _end, word in each]) for each in (of, against))
    found = aligned([piece.text for piece in theirs], [piece.text for piece in ours])
    errors = [
        abs(of[ours[chunk.hyp_start_idx + step].first][0] - against[theirs[chunk.ref_start_idx + step].first][0])
        for chunk in found.alignments[0]
        if chunk.type == "equal"
        for step in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    late = sum(error > LATE_MS for error in errors)
    return TimeErrors(len(errors), late, statistics.median(errors) if errors else 0.0)

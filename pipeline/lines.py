"""Words of a window as lines of a transcript: sentences, and parts of long ones. Pure."""

from collections.abc import Sequence

from pipeline.engines import Word

# A line is what a person reads and corrects at one go: two rows on a phone or a few, and seldom over ten seconds.
MAX_CHARACTERS = 180
MAX_LENGTH_MS = 12_000
MIN_CHARACTERS = 20  # a shorter sentence goes with the next one: "Ja. Det var i 1975."
LONG_PAUSE_MS = 1_200  # somebody else may speak after it

_SENTENCE_ENDS = (".", "?", "!", "…")
_CLAUSE_ENDS = (",", ";", ":", "–")


def lines_of(words: Sequence[Word]) -> list[list[Word]]:
    """The words in lines, every word in exactly one, in order."""
    lines: list[list[Word]] = []
    for sentence in _sentences(words):
        lines += _parts(sentence)
    return lines


def _sentences(words: Sequence[Word]) -> list[list[Word]]:
    sentences: list[list[Word]] = []
    current: list[Word] = []
    for number, word in enumerate(words):
        current.append(word)
        following = words[number + 1] if number + 1 < len(words) else None
        ends = word[2].rstrip("\"'»”)").endswith(_SENTENCE_ENDS) and _characters(current) >= MIN_CHARACTERS
        if following is None or ends or following[0] - word[1] >= LONG_PAUSE_MS:
            sentences.append(current)
            current = []
    return sentences


def _parts(words: list[Word]) -> list[list[Word]]:
    """A sentence that is too long, cut after a clause, else in its longest pause, near the middle."""
    if len(words) < 2 or (_characters(words) <= MAX_CHARACTERS and words[-1][1] - words[0][0] <= MAX_LENGTH_MS):
        return [words]
    middle = len(words) / 2

    def worth(number: int) -> tuple[float, float]:
        pause_ms = min(words[number][0] - words[number - 1][1], LONG_PAUSE_MS)
        clause = LONG_PAUSE_MS / 2 if words[number - 1][2].endswith(_CLAUSE_ENDS) else 0
        return (pause_ms + clause - LONG_PAUSE_MS * abs(number - middle) / middle, -abs(number - middle))

    cut = max(range(1, len(words)), key=worth)
    return [*_parts(words[:cut]), *_parts(words[cut:])]


def _characters(words: Sequence[Word]) -> int:
    return sum(len(word[2]) + 1 for word in words) - 1

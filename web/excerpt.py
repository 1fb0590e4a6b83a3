"""What of a passage a hit shows: the sentences that hold what was searched for, and one on either side."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

Span = tuple[int, int]  # [from, to) in characters

_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+(?=\s)|$)", re.DOTALL)
# A sentence longer than this (machines forget full stops) is cut to what stands around the words.
LONGEST = 260
LONGEST_NEIGHBOUR = 140
MOST_SENTENCES = 3
MARK = Markup("<mark>{}</mark>")
CONTEXT = Markup('<span class="ctx">{}</span>')
CUT = Markup('<span class="ctx">…</span>')


@dataclass(frozen=True, slots=True)
class Passage:
    """What was said together, and the sentences of others around it."""

    text: str
    marks: Sequence[Span]  # what was searched for
    before: str = ""
    after: str = ""


def excerpt(passage: Passage) -> Markup:
    """The passage as a hit shows it, with `<mark>` around the words and what stands around them softer."""
    sentences = [match.span() for match in _SENTENCE.finditer(passage.text)]
    held = [n for n, sentence in enumerate(sentences) if _marks_in(sentence, passage.marks)][:MOST_SENTENCES] or [0]
    if not sentences:
        return Markup("")
    before = _text(passage, sentences, held[0] - 1) or passage.before
    after = _text(passage, sentences, held[-1] + 1) or passage.after
    pieces = [CONTEXT.format(_ending(before))] if before else []
    for n in held:
        if n - 1 not in held and n != held[0]:
            pieces.append(CUT)
        pieces.append(_shown(passage, sentences[n]))
    if after:
        pieces.append(CONTEXT.format(_beginning(after)))
    return Markup(" ").join(pieces)


def marked(text: str, marks: Sequence[Span]) -> Markup:
    """The text as HTML, with `<mark>` around each of the stretches, which do not overlap."""
    pieces, at = [], 0
    for start, end in sorted(marks):
        pieces += [escape(text[at:start]), MARK.format(text[start:end])]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def _marks_in(sentence: Span, marks: Sequence[Span]) -> list[Span]:
    return [mark for mark in marks if sentence[0] <= mark[0] < sentence[1]]


def _text(passage: Passage, sentences: Sequence[Span], n: int) -> str:
    return passage.text[slice(*sentences[n])] if 0 <= n < len(sentences) else ""


def _shown(passage: Passage, sentence: Span) -> Markup:
    """The sentence with its marks; of a very long one, what stands around the first of them."""
    marks = _marks_in(sentence, passage.marks)
    start, end = sentence
    if end - start > LONGEST:
        first, last = marks[0] if marks else (start, start)
        start = _word_border(passage.text, max(start, first - LONGEST // 2), start)
        end = max(last, _word_border(passage.text, min(end, first + LONGEST // 2), start))
    inside = [(a - start, min(b, end) - start) for a, b in marks if start <= a < end]
    pieces = [CUT] if start > sentence[0] else []
    pieces.append(marked(passage.text[start:end].rstrip(), inside))
    if end < sentence[1]:
        pieces.append(CUT)
    return Markup(" ").join(pieces)


def _word_border(text: str, at: int, first: int) -> int:
    """The beginning of the word that `at` falls in, not before `first`; `at` itself where the text ends."""
    if at >= len(text) or at <= first:
        return at
    space = text.rfind(" ", first, at + 1)
    return at if space < 0 else space + 1


def _ending(sentence: str) -> str:
    """The end of a sentence before, after three dots."""
    return "… " + (sentence[-LONGEST_NEIGHBOUR:].partition(" ")[2] if len(sentence) > LONGEST_NEIGHBOUR else sentence)


def _beginning(sentence: str) -> str:
    """The beginning of a sentence after, before three dots."""
    return (sentence[:LONGEST_NEIGHBOUR].rpartition(" ")[0] if len(sentence) > LONGEST_NEIGHBOUR else sentence) + " …"

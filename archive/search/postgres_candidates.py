"""Which passages PostgreSQL ranks where more match than can be ranked: those that promise most, as `tsquery` texts.

Working out a score means unpacking a passage, so no more than a cap are ranked. What decides a score is known
beforehand: what each key counts in this question, and about what `ts_rank` gives for the key in a passage, which stands
in the index as a level (`postgres_rows.LEVELS`). So candidates are looked for in steps: first where the levels add up
to most, at last anywhere. Pure.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from archive.search.analysis import HOMOGRAPH
from archive.search.postgres_rows import LEVELS, quoted, value_of
from archive.search.question import Question, Wanted

_MOST_CASES = 2_500  # ways to have the terms of a question; to sort more of them takes longer than it gains
_WIDER = 4  # so many times as many passages are looked for where a step brought too few
_ONCE = value_of([1.0])
_Array = np.ndarray[Any, np.dtype[Any]]


def match_of(question: Question, *, any_word: bool) -> str:
    """What a passage must hold to answer."""
    every = [_ways_of(each, any_word=any_word) for each in question.needed]
    match = [_joined(every, "|" if any_word else "&")] if every else []
    return " & ".join((*match, *_conditions(question)))


def terms_of(wanted: Wanted, *, any_word: bool) -> Iterator[tuple[str, float]]:
    """The lexemes that one thing is found by, and what each counts."""
    yield from ((f"k:{key.text}", key.weight) for key in wanted.asked(any_word=any_word))
    yield from ((f"x:{word}", HOMOGRAPH) for word in (*wanted.words, *wanted.row))
    for other in wanted.either:
        yield from terms_of(other, any_word=any_word)


def levels_of(terms: Collection[str]) -> list[str]:
    """The lexemes that say which passages have those terms often."""
    return [f"{level}:{term[2:]}" for term in terms if term.startswith("k:") for level in LEVELS]


def promising(
    question: Question,
    scored: Mapping[str, float],
    often: Mapping[str, int],
    *,
    any_word: bool,
    passages: int,
    most: int,
) -> Iterator[str]:
    """The steps, each with all that the one before has and more, and everything that matches last.

    Args:
        scored: what each term counts for a score; what nobody says is not in it.
        often: how many passages have each lexeme, those of `levels_of` among them; what no passage has is not in it.
        passages: how many there are.
        most: how many passages the first step brings at most, as far as the counts tell.
    """
    if scored:
        yield from _Cases(question, scored, often, any_word=any_word, passages=passages).steps(most)
    yield match_of(question, any_word=any_word)


def at_most(question: Question, often: Mapping[str, int]) -> int:
    """About how many passages have all that is asked for, at most: as many as have the rarest of it."""
    return min((_count(each, often) for each in question.needed), default=0)


@dataclass(frozen=True, slots=True)
class _Axis:
    """A term, and its levels: first to be without it, then to have it, then to have it often."""

    lexemes: list[str]  # of the levels
    worth: _Array  # of the levels, upwards
    having: _Array  # about how many passages have at least the level, downwards; of the first all
    finds: frozenset[int]  # which of the things asked for; those that only help have the last numbers

    def finds_surely(self, number: int) -> bool:
        """Whether who has the term has that thing; a word of a row alone does not say so."""
        return number in self.finds and self.lexemes[1].startswith("k:")


class _Cases:
    """What passages may have of the terms that tell most: a grid with an axis for each term."""

    def __init__(
        self,
        question: Question,
        scored: Mapping[str, float],
        often: Mapping[str, int],
        *,
        any_word: bool,
        passages: int,
    ) -> None:
        self._question, self._any_word, self._passages = question, any_word, max(passages, 1)
        finds: dict[str, set[int]] = {}
        for number, wanted in enumerate((*question.needed, *question.helping)):
            for term, _ in terms_of(wanted, any_word=any_word):
                finds.setdefault(term, set()).add(number)
        self._axes: list[_Axis] = []
        cases = 1
        for term in sorted(scored.keys() & finds, key=lambda term: (-scored[term], term)):
            axis = self._axis(term, scored[term], often, finds[term])
            if cases * len(axis.lexemes) <= _MOST_CASES:
                cases *= len(axis.lexemes)
                self._axes.append(axis)
                del finds[term]
        untold = [0] * len(question.wanted)
        for term, those in finds.items():
            for number in those:
                untold[number] += often.get(term, 0)
        self._sort(untold)

    def steps(self, most: int) -> Iterator[str]:
        """Queries for the cases worth most: those that bring about so many passages at most, then more and more."""
        before = 0
        for target in (most, None, *(most * _WIDER**power for power in (1, 2, 3))):
            # The case that brings too many comes in a step of its own: which of its passages are ranked is by chance.
            cases = before + 1 if target is None else int(np.searchsorted(self._found, target, side="right"))
            cases = min(max(cases, 1), len(self._found))
            if cases > before:
                yield self._query(cases)
                before = cases

    def _axis(self, term: str, counts: float, often: Mapping[str, int], finds: set[int]) -> _Axis:
        values = dict(zip(levels_of([term]), LEVELS.values(), strict=False))  # a word as it is written has no levels
        lexemes = ["", term, *(each for each in values if each in often)]
        worth = [0.0, *(counts * values.get(each, _ONCE) for each in lexemes[1:])]
        having = [self._passages, *(often[each] for each in lexemes[1:])]
        return _Axis(lexemes, np.array(worth), np.minimum.accumulate(having), frozenset(finds))

    def _sort(self, untold: list[int]) -> None:
        """Put the cases in order, those worth most first, and add up about how many passages they bring.

        Args:
            untold: about how many passages have each thing that is asked for by terms without an axis.
        """
        places = np.indices([len(axis.lexemes) for axis in self._axes])
        worth: _Array = sum(axis.worth[place] for axis, place in zip(self._axes, places, strict=True))
        share, possible = np.ones(worth.shape), places.any(axis=0)
        for finds in {axis.finds for axis in self._axes}:
            # Who has the rarer key of a word often has its other keys often, too; different words are said apart.
            those = [(axis, place) for axis, place in zip(self._axes, places, strict=True) if axis.finds == finds]
            at_least = np.minimum.reduce([axis.having[place] for axis, place in those])
            more = np.maximum.reduce([np.append(axis.having[1:], 0)[place] for axis, place in those])
            share *= np.maximum(at_least - more, 0) / self._passages
        for number, others in enumerate(untold[: len(self._question.needed)] if not self._any_word else ()):
            without = ~self._has(places, number)
            share[without] *= min(others / self._passages, 1)
            possible &= ~without | bool(others)
        order = np.flatnonzero(possible)
        self._order = order[np.argsort(-worth.flat[order], kind="stable")]
        self._found = np.cumsum(share.flat[self._order]) * self._passages
        self._places = places

    def _has(self, places: _Array, number: int) -> _Array:
        """In which cases a passage surely has a thing that is asked for."""
        has = np.zeros(places.shape[1:], dtype=bool)
        for axis, place in zip(self._axes, places, strict=True):
            if axis.finds_surely(number):
                has |= place > 0
        return has

    def _query(self, cases: int) -> str:
        """Where one of the first so many cases is, and all else that must be."""
        taken = np.zeros(self._places.shape[1:], dtype=bool)
        taken.flat[self._order[:cases]] = True
        widest = taken.copy()  # what asks for a level more than another one that is taken finds nothing new
        for axis in range(taken.ndim):
            fewer = np.roll(taken, 1, axis)
            fewer[(slice(None),) * axis + (0,)] = False
            widest &= ~fewer
        found = self._places[:, widest]
        texts = [
            _joined([quoted(axis.lexemes[at]) for axis, at in zip(self._axes, case, strict=True) if at], "&")
            for case in found.T.tolist()
        ]
        has = [self._has(found, number) for number in range(len(self._question.needed))]
        every = [_ways_of(each, any_word=self._any_word) for each in self._question.needed]
        if self._any_word:
            others = [] if np.logical_or.reduce(has).all() else [_joined(every, "|")]
        else:
            others = [ways for ways, those in zip(every, has, strict=True) if not those.all()]
        return " & ".join((_joined(texts, "|"), *others, *_conditions(self._question)))


def _ways_of(wanted: Wanted, *, any_word: bool) -> str:
    """One thing to look for."""
    ways = [quoted(f"k:{key.text}") for key in wanted.asked(any_word=any_word)]
    ways += [quoted(f"x:{word}") for word in wanted.words]
    if wanted.row:
        ways.append(f"({' <-> '.join(quoted(f'x:{word}') for word in wanted.row)})")
    if wanted.start:
        ways.append(f"{quoted(f'x:{wanted.start}')}:*")
    ways += (_ways_of(other, any_word=any_word) for other in wanted.either)
    return _joined(ways, "|")


def _conditions(question: Question) -> list[str]:
    speaker = [quoted(f"s:{word}") for word in question.speaker]
    return [*speaker, *(f"!({_ways_of(each, any_word=False)})" for each in question.unwanted)]


def _count(wanted: Wanted, often: Mapping[str, int]) -> int:
    """About how many passages have it: as many as have the most common way to say it."""
    counts = [often.get(term, 0) for term, _ in terms_of(wanted, any_word=False)]
    return max(counts, default=0) or int(bool(wanted.start))


def _joined(ways: list[str], sign: str) -> str:
    return ways[0] if len(ways) == 1 else f"({f' {sign} '.join(ways)})"

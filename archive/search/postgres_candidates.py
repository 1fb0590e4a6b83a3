"""Which passages PostgreSQL ranks where more match than can be ranked: those that promise most, as `tsquery` texts.

Working out a score means unpacking a passage, so no more than a cap are ranked. What decides a score is known
beforehand: how rare a word is, and how often it is said. So candidates are looked for in steps: where all the words are
said often, where a rare one is, and at last anywhere. Pure.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from archive.search.analysis import OWN
from archive.search.postgres_rows import OFTEN, quoted
from archive.search.question import Question, Wanted

_MOST_PAIRED = 4  # words of which two together are looked for, the rarest; more of them would take longer than it gains


def match_of(question: Question, *, any_word: bool) -> str:
    """What a passage must hold to answer."""
    every = [ways_of(each, any_word=any_word) for each in question.needed]
    match = [_joined(every, "|" if any_word else "&")] if every else []
    return " & ".join((*match, *_conditions(question)))


def promising(question: Question, often: Mapping[str, int], *, any_word: bool) -> list[str]:
    """The steps, the most promising first and everything that matches last; a passage may be in several of them.

    Args:
        often: how many passages have each lexeme; what is not in it no passage has.
    """
    said = [each for each in question.needed if _count(each, often, any_word=any_word)]
    rarest_first = sorted(said, key=lambda each: _count(each, often, any_word=any_word))
    if any_word:
        steps = list(_of_any(rarest_first, often))
    else:
        steps = list(_of_all(rarest_first, often)) if said and len(said) == len(question.needed) else []
    conditions = _conditions(question)
    steps = [" & ".join((step, *conditions)) for step in steps]
    return [*steps, match_of(question, any_word=any_word)]


def at_most(question: Question, often: Mapping[str, int]) -> int:
    """About how many passages have all that is asked for, at most: as many as have the rarest of it."""
    return min((_count(each, often, any_word=False) for each in question.needed), default=0)


def ways_of(wanted: Wanted, *, any_word: bool, least: int = 1) -> str:
    """One thing to look for; with `least` where it counts so much, and "" where nobody wrote that down."""
    prefix = "k" if least == 1 else str(least)
    ways = [quoted(f"{prefix}:{key.text}") for key in wanted.asked(any_word=any_word)]
    if least == 1:
        ways += [quoted(f"x:{word}") for word in wanted.words]
        if wanted.row:
            ways.append(f"({' <-> '.join(quoted(f'x:{word}') for word in wanted.row)})")
        if wanted.start:
            ways.append(f"{quoted(f'x:{wanted.start}')}:*")
    ways += filter(None, (ways_of(other, any_word=any_word, least=least) for other in wanted.either))
    return _joined(ways, "|") if ways else ""


def _of_all(rarest_first: list[Wanted], often: Mapping[str, int]) -> Iterator[str]:
    """Where all words are said often, first those by all of their own keys; then where the rarest is."""
    for least in reversed(OFTEN):
        surely = [_by_every_key(each, often, any_word=False, least=least) for each in rarest_first]
        said = [ways_of(each, any_word=False, least=least) for each in rarest_first]
        if all(said):
            yield from _both(_joined(surely, "&") if all(surely) else "", _joined(said, "&"))
    others = [ways_of(each, any_word=False) for each in rarest_first[1:]]
    if others and (rarest := ways_of(rarest_first[0], any_word=False, least=OFTEN[0])):
        yield _joined([rarest, *others], "&")
    surely = [_by_every_key(each, often, any_word=False) for each in rarest_first]
    if all(surely):
        yield _joined(surely, "&")


def _of_any(rarest_first: list[Wanted], often: Mapping[str, int]) -> Iterator[str]:
    """Where most of the words are; then where the rarest is, and often."""
    every = [ways_of(each, any_word=True) for each in rarest_first]
    if len(every) > 1:
        yield _joined(every, "&")
    if len(every) > 2:
        pairs = combinations(every[:_MOST_PAIRED], 2)
        yield _joined([_joined(list(pair), "&") for pair in pairs], "|")
    for each in rarest_first[:1]:
        for least in reversed(OFTEN):
            if said := ways_of(each, any_word=True, least=least):
                yield from _both(_by_every_key(each, often, any_word=True, least=least), said)
        yield from _both(_by_every_key(each, often, any_word=True), ways_of(each, any_word=True))


def _by_every_key(wanted: Wanted, often: Mapping[str, int], *, any_word: bool, least: int = 1) -> str:
    """Where a word has all of its own keys that the archive has, as the form that was typed has; "" where one is all.

    Each key adds to the score: who asks for *ser* finds *ser* before *sett*, which has only its dictionary form.
    """
    own = [key.text for key in wanted.asked(any_word=any_word) if key.weight >= OWN and f"k:{key.text}" in often]
    prefix = "k" if least == 1 else str(least)
    return _joined([quoted(f"{prefix}:{text}") for text in own], "&") if len(own) > 1 else ""


def _both(first: str, then: str) -> Iterator[str]:
    if first:
        yield first
    yield then


def _conditions(question: Question) -> list[str]:
    speaker = [quoted(f"s:{word}") for word in question.speaker]
    return [*speaker, *(f"!({ways_of(each, any_word=False)})" for each in question.unwanted)]


def _count(wanted: Wanted, often: Mapping[str, int], *, any_word: bool) -> int:
    """About how many passages have it: as many as have the most common way to say it."""
    ways = [f"k:{key.text}" for key in wanted.asked(any_word=any_word)]
    ways += [f"x:{word}" for word in (*wanted.words, *wanted.row)]
    counts = [often.get(way, 0) for way in ways]
    counts += [_count(other, often, any_word=any_word) for other in wanted.either]
    return max(counts, default=0) or int(bool(wanted.start))


def _joined(ways: list[str], sign: str) -> str:
    return ways[0] if len(ways) == 1 else f"({f' {sign} '.join(ways)})"

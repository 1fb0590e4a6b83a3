"""What a back end of search is asked, and what it answers: ids, scores and counts, never a text.

There are two: Whoosh (`reading.Index`), a folder beside the database, and PostgreSQL's full text (`postgres.PgIndex`).
Both take the keys and words that our own analyzer made, so they find the same; the order of hits differs in detail.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archive.search.analysis import own_keys
from archive.search.marking import Marked
from archive.search.question import Question, Wanted, spelling_of
from archive.search.spelling import distance

TIME_LIMIT_S = 1.0
MOST_DOUBTFUL = 500  # candidates of interviews that changed which are checked one by one; the rest are left out
SHORTEST_SLIP = 5  # letters of a word that may be a slip of the hand; shorter ones are near too many others
LONGEST_SLIP = 30  # letters; looking for what is like a longer one takes long, and nobody says it
LONG_SLIP = 7  # letters of a word in which two may be wrong
MOST_NEAR = 8  # keys that one slip may stand for
MOST_SPELLINGS = 300  # words of the archive that the beginning of a word may stand for
SHORTEST_SUGGESTED = 3  # letters of a word that is suggested
NOBODY = 0  # the number of an unknown speaker


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Something to look at in the database; sorts by what was asked for."""

    rank: tuple[int, float, int]  # smaller is better: the interview's place in the order, the score, any number
    kind: str = field(compare=False)
    interview_id: int = field(compare=False)
    lines: tuple[int, ...] = field(compare=False)
    before: int | None = field(compare=False)
    after: int | None = field(compare=False)
    marked: Marked | None = field(default=None, compare=False)  # None: the index does not know


@dataclass(frozen=True, slots=True)
class Asking:
    """What to look for, and among what. The `most` best are given; those of `changed` interviews come apart."""

    question: Question
    any_word: bool
    kinds: Collection[str]
    visible: Collection[int]  # interviews
    changed: Collection[int]  # interviews of which the index has not heard yet
    most: int
    order: Mapping[int, int] = field(default_factory=dict)  # interviews that come before others, whatever the score
    by_interview: bool = False  # only the best of each
    speaker_id: int | None = None  # whoever must be speaking
    decade: int | None = None  # must be spoken about: 1970 is 1970 to 1979
    person_id: int | None = None  # whoever must be mentioned
    with_counts: bool = True  # whether all are counted, or only the best given
    with_facets: bool = False  # whether what the passages are about is counted; only where all are counted


@dataclass(frozen=True, slots=True)
class Found:
    """What the index says: the best passages, how many there are, and those that the database must confirm first."""

    counts: Mapping[tuple[int, int], int] = field(default_factory=Counter)  # passages by interview and speaker
    best: tuple[Candidate, ...] = ()
    doubtful: tuple[Candidate, ...] = ()  # of interviews that changed; counted nowhere
    complete: bool = True  # False: the time was up, or the index cannot be read
    decades: Mapping[int, int] = field(default_factory=Counter)  # passages by the decades they speak about
    people: Mapping[int, int] = field(default_factory=Counter)  # and by the people they mention; both if asked for


class Backend(Protocol):
    """An index for reading, for any number of threads."""

    def find(self, asking: Asking) -> Found:
        """The best passages. Never raises for what a person typed; where the index cannot be read nothing is found."""

    def mended(self, question: Question, visible: Collection[int]) -> Question:
        """The question, asking also for keys that are spelt nearly as a word that nobody says in `visible`."""

    def begun(self, start: str, visible: Collection[int], most: int) -> list[str]:
        """Words that begin so and are said in `visible`; the most common first."""

    def close(self) -> None:
        """Close what is open; a later search opens it again."""


def by_rank(candidates: Collection[Candidate], *, by_interview: bool) -> list[Candidate]:
    """In order; with `by_interview` only the first of each."""
    ranked = sorted(candidates)
    if not by_interview:
        return ranked
    first: dict[int, Candidate] = {}
    for each in ranked:
        first.setdefault(each.interview_id, each)
    return list(first.values())


def keys_near(
    wanted: Wanted,
    *,
    is_said: Callable[[str, str], bool],
    alike: Callable[[str, str, int], Iterable[str]],
) -> list[str]:
    """The keys nearest to a plain word that nobody says; none when somebody does.

    Args:
        is_said: whether a term of the field `keys` or `exact` stands in what the reader may see.
        alike: terms of a field that may be at most so far from a text; those farther away do no harm.
    """
    written = spelling_of(wanted)
    if written is None or not SHORTEST_SLIP <= len(written) <= LONGEST_SLIP:
        return []
    said = [("keys", key.text) for key in wanted.keys] + [("exact", word) for word in wanted.words]
    if any(is_said(field, term) for field, term in said):
        return []
    stem = own_keys(written)[0]
    for most in range(1, 3 if len(written) >= LONG_SLIP else 2):
        near = _nearest(written, most, words=alike("exact", written, most), keys=alike("keys", stem, most))
        if found := [key for key in near if is_said("keys", key)]:
            return found
    return []


def _nearest(written: str, most: int, *, words: Iterable[str], keys: Iterable[str]) -> list[str]:
    """The keys of those words and keys of an archive that are at most so far from what was typed, nearest first."""
    far = {word: distance(word, written, most) for word in words}
    stem = own_keys(written)[0]
    apart = {key: distance(key, stem, most) for key in keys}
    found = [(apart[key], key) for key in apart] + [(far[word], key) for word in far for key in own_keys(word)]
    return list(dict.fromkeys(key for away, key in sorted(found) if away <= most))[:MOST_NEAR]

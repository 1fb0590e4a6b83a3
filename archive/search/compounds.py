"""Compounds: *kommunestyremøtet* is *kommunestyre* and *møtet*. Pure.

A split must be into common words. The first must be a dictionary form, the last any form; a linking s or e may stand
between them. Of several splits the one of the most common words is taken. Where the words are rare or short the
word is left whole: a part too few costs a hit at a lower place, a part too many shows what nobody asked for.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import log

from archive.search.dialect import by_rule
from archive.search.dialect import meant as meant_by_table
from archive.search.words import bokmaal_lemma, function_words, is_known, lemmas, rank

SHORTEST = 6  # letters of a word that is split
LONGEST = 40
_SHORTEST_PART = 2
_SHORTEST_HEADS = frozenset("år by øy".split())
_SHORTEST_HEAD = 8.0  # how rare these are taken to be
# Parts of three letters are common endings too; these are the nouns that compounds are made of.
_SHORT = frozenset(
    "duk lag råd tog dag hus hav fag mat bil vei veg sak tid liv ord avis sjø sag arv sau ved bru bok båt hest "
    "skog jord fly ting gård gard krig fred kamp valg makt folk barn mann land by år skap fisk kraft malm olje "
    "post buss rom bad kjøp salg møte kaffe film fest dans kor lys gass tre skip fjøs låve melk lov rett stat "
    "leir marsj tale natt kveld uke".split()
)
# What looks like a word and is an ending or a beginning.
_NO_TAIL = frozenset(
    "joner jonen jon erte dommen lende este gram "
    "het heten skap dom lig else ende ere ene inger ling som full vis gang messig aktig bar sel ter ner ler "
    "ser rer per men tor ette anse ering isk iske ist istisk iv ium al ale ent ens ang dal heter lige sett "
    "sette sinn sinne spill mel mer mene rom ster stere ester mest tere tær tell rant rasjon rikt rik riket "
    "ram land sats ate ert".split()
)
_NO_HEAD = frozenset(
    "for fra mot over under etter opp inn ut av på til ved om med sam mis van gjen fram hen bort ned mellom "
    "gjennom bak be an kon kom pro pre per par man mar kar kor her vin min din sin dem den det som bar bare "
    "ser ler ten tre nor inter sek reg poli sos god uten innen igjen sammen viten lik all annen hel halv let "
    "ren rik full fri vel even bes".split()
)
# How rare the parts may be together, as the sum of the logarithms of their ranks; found on the list of the tests.
_RAREST = 19.5
_LINK = {"": 0.0, "s": 0.6, "e": 1.0}
_SHORT_PART = 1.5
_UNKNOWN_WHOLE = 1.0  # no dictionary has the whole: then it is more likely made for the occasion
_SPLIT_AGAIN = 1.0
_SPOKEN = 2.0  # the last part is a dialect form
_SHORTEST_SPOKEN = 5
_RARE = 50_000  # the rank of a word that is not among the common ones; such a last part must have some letters
_SHORTEST_RARE = 6
_SHORTEST_RARE_HEAD = 8


@dataclass(frozen=True, slots=True)
class Compound:
    """The two parts of a compound: the first in its dictionary form, the link, the last as it is written.

    Parts that are only nynorsk or Trøndersk are given as bokmål writes them.
    """

    head: str
    link: str
    tail: str


@lru_cache(maxsize=50_000)
def split(word: str) -> Compound | None:
    """The parts of a word in lower case; None when it is not a compound, or not surely. Not for names."""
    if not SHORTEST <= len(word) <= LONGEST or word in function_words():
        return None
    known = is_known(word)
    best = _best(word, _RAREST + (0 if known else _UNKNOWN_WHOLE))
    if best is None or (known and not word.endswith(best[1].tail)):
        return None  # a word of bokmål has no dialect in it
    return best[1]


def is_made_of(one: str, two: str) -> bool:
    """Whether two words that stand beside each other are the parts of a compound."""
    compound = split(one + two)
    return compound is not None and one in (compound.head, compound.head + compound.link)


def _best(word: str, limit: float) -> tuple[float, Compound] | None:
    found: list[tuple[float, Compound]] = []
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        for link, link_cost in _LINK.items():
            head = word[: at - len(link)] if word[:at].endswith(link) else ""
            common = rank(head) is not None or head in _SHORTEST_HEADS
            if not common and len(head) < _SHORTEST_SPOKEN:
                continue
            last = _tail(word[at:], spoken=common)
            first = _head(head) if last and last[0] <= limit else None
            if last and first:
                found.append((first[0] + last[0] + link_cost, Compound(first[1], link, last[1])))
    best = min(found, key=lambda each: each[0], default=None)
    return best if best and best[0] <= limit else None


@lru_cache(maxsize=50_000)
def _tail(word: str, *, spoken: bool) -> tuple[float, str] | None:
    """How rare the last part is, and how bokmål writes it; None: no last part. `spoken`: dialect forms too."""
    if word in _NO_TAIL or word in function_words():
        return None
    if not is_known(word):
        if not spoken or len(word) < _SHORTEST_SPOKEN:
            return None
        meant = (meant_by_table(word) or by_rule(word))[:1]
        last = _tail(meant[0], spoken=False) if meant and is_known(meant[0]) else None
        return (last[0] + _SPOKEN, meant[0]) if last else None
    base = next(lemmas(word), None)
    if base is None or (len(word) <= 3 and word not in _SHORT):
        return None
    best = min(rank(word) or _RARE, rank(base) or _RARE)
    if best == _RARE and len(word) < _SHORTEST_RARE:
        return None
    return log(best) + (_SHORT_PART if len(word) <= 3 else 0), word


@lru_cache(maxsize=50_000)
def _head(word: str) -> tuple[float, str] | None:
    """How rare the first part is, and how bokmål writes it; None: no first part."""
    if word in _SHORTEST_HEADS:
        return _SHORTEST_HEAD, word
    if word in _NO_HEAD or word in function_words() or (len(word) <= 3 and word not in _SHORT):
        return None
    place = rank(word)
    if place is not None and bokmaal_lemma(word) in (word, f"{word}e"):
        return log(place) + (_SHORT_PART if len(word) <= 3 else 0), word
    if len(word) >= _SHORTEST_RARE_HEAD and bokmaal_lemma(word) == word:
        return log(_RARE), word
    if bokmaal_lemma(word) is None and len(word) >= _SHORTEST_SPOKEN:
        meant = (meant_by_table(word) or by_rule(word))[:1]
        if meant and bokmaal_lemma(meant[0]) == meant[0] and (first := _head(meant[0])):
            return first[0] + _SPOKEN, meant[0]
    if len(word) < SHORTEST + 1:
        return None
    again = _best(word, _RAREST)
    return (min(again[0], log(_RARE)) + _SPLIT_AGAIN, word) if again else None

"""Nynorsk and Trøndersk beside bokmål: a table of reviewed pairs, and rules for the forms that no table holds. Pure.

The table is of pairs and is never closed: a homograph stands for each of its words and links none of them to another.
A rule only proposes; what it proposes counts where bokmål has such a word and the word itself is not a common one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from archive.search.words import bokmaal_lemma, function_words, is_known, lemmas, lines_of, rank

_SHORTEST = 4  # letters of a word that rules are tried on
_RAREST = 30_000  # what a rule makes must be this common
_RAREST_OF_TWO = 8_000  # what two rules make together
_MOST = 2  # words that rules may find for one form
_LONG = 8  # letters of a word that is hardly another by chance

# What is written or said, and how bokmål writes it. Of one word any of them is tried, and of unknown words any two.
_REGULAR = (
    (r"^kv", "hv"),
    (r"au", "ø"),
    (r"ei", "e"),
    (r"øy", "ø"),
    (r"ø[yi]", "øye"),
    (r"ar$", "er"),
    (r"ar(?=en$|s$)", "er"),
    (r"arar$", "ere"),
    (r"arane?$", "erne"),
    (r"eran$", "erne"),
    (r"ane?$", "ene"),
    (r"heit", "het"),
    (r"leik", "lighet"),
    (r"leg(?=$|e$|t$)", "lig"),
    (r"ing[ao]$", "ingen"),
    (r"^heim", "hjem"),
    (r"^jam", "lik"),
    (r"yr(?=[a-z])", "ør"),
    (r"skule", "skole"),
    (r"([gk])j(?=[ea]$)", r"\1"),
)
_SPOKEN = (
    (r"^k(?=[aåoe])", "hv"),
    (r"i(nn|ll|nd|tt|dd)j?", r"\1"),  # palatal: mainn, aill
    (r"i?nn", "nd"),  # lainn
    (r"i?ll", "ld"),  # kveill, kall
    (r"(nn|ll|tt|dd)j", r"\1"),
    (r"(?<=[nl])j$", ""),
    (r"ø", "y"),  # fløtta
    (r"ø", "u"),
    (r"ø", "o"),
    (r"y", "ø"),
    (r"æ", "e"),  # hæst
    (r"æ", "a"),
    (r"e(?!$|[nr]$|ne$|t$)", "i"),  # fesk
    (r"i", "e"),
    (r"å", "o"),
    (r"o", "u"),  # onge
    (r"jo", "ju"),
    (r"å$", "e"),  # vårrå
    (r"a$", "e"),  # lesa, fløtta
    (r"a$", "et"),
    (r"i$", "et"),
    (r"([^aeiouyæøå])$", r"\1e"),  # å kjøp
    (r"([^aeiouyæøå])n$", r"\1en"),  # skoln
    (r"ern$", "eren"),
    (r"en$", "ene"),  # jenten
    (r"om$|åm$", "ene"),  # dative
    (r"([tdk])$", r"\1te"),
    (r"([aeiouyæøå])([bdgklmnprstv])\2", r"\1\2"),
    (r"([aeiouyæøå])([bdgklmnprstv])(?=$|[aeiouyæøå])", r"\1\2\2"),
    (r"le$", "lig"),
    (r"li$", "lig"),
    (r"^h(?=v)", ""),
    (r"kj", "k"),
    (r"gj", "g"),
    (r"(?<=r)n", "rn"),
    (r"(?<=[nlr])d", ""),
    (r"b(?=$|[aeiouyæøå])", "p"),
    (r"d(?=$|[aeiouyæøå])", "t"),
    (r"g(?=$|[aeiouyæøå])", "k"),
)
# What a form of the table may end in where no dictionary has it: *bladstyraren*, *kvinnfolkan*.
_ENDING = re.compile(r"(.{4,}?)(?:en|n|et|a|ane|ene|an|ar|er|s)")
# Everything in a rule that is not plainly letters which must be there.
_NOT_NEEDED = re.compile(r"\(\?<?[=!][^)]*\)|\([^)]*\)\??|\[[^]]*\]\??|\\.|.\?|[$^]")
_Rules = Sequence[tuple[str, re.Pattern[str], str]]  # with letters that a word must have


@cache
def table() -> Mapping[str, tuple[str, ...]]:
    """The bokmål words that each form of the table stands for, in its order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines_of("dialect.txt"):
        lemma, _, forms = line.partition(":")
        for form in forms.split():
            found[form].append(lemma)
    return {form: tuple(dict.fromkeys(words)) for form, words in found.items()}


@lru_cache(maxsize=50_000)
def meant(word: str) -> tuple[str, ...]:
    """The bokmål words that a word in lower case stands for by the table; none for most words."""
    if word in table():
        return table()[word]
    if word in function_words():
        return ()
    for lemma in lemmas(word):
        if lemma in table() and lemma not in function_words():
            return table()[lemma]
    if not is_known(word) and (ending := _ENDING.fullmatch(word)):
        return table().get(ending.group(1), ())
    return ()


@lru_cache(maxsize=50_000)
def by_rule(word: str) -> tuple[str, ...]:
    """Words of bokmål that a word in lower case may be a form of, the likeliest first; none for a common word."""
    regular = bokmaal_lemma(word) is not None
    if len(word) < _SHORTEST or not word.isalpha() or (regular and rank(word) is not None):
        return ()
    once = list(dict.fromkeys(_tried(word, _compiled()[0] if regular else _compiled()[1])))
    if not regular:  # *lagd* is nynorsk *leggje*, and that is *legge*
        once += [made for lemma in lemmas(word) for made in _tried(lemma, _compiled()[0])]
    found = _common(once, _RAREST)
    if not found and not regular and not is_known(word):
        found = _common([two for one in once for two in _tried(one, _compiled()[1])], _RAREST_OF_TWO)
    return tuple(found[:_MOST])


@cache
def _compiled() -> tuple[_Rules, _Rules]:
    """The rules for words that bokmål has too, and those for words that it has not."""
    regular, spoken = (
        [(needed_by(written), re.compile(written), meant) for written, meant in rules] for rules in (_REGULAR, _SPOKEN)
    )
    return regular, regular + spoken


def needed_by(written: str) -> str:
    """Letters in a row without which a rule changes nothing: most rules need not be tried on most words."""
    left = _NOT_NEEDED.sub(" ", written)
    return "" if "|" in left else max(left.split(), key=len, default="")


def _tried(word: str, rules: _Rules) -> Iterator[str]:
    for needed, written, meant in rules:
        if needed in word and (made := written.sub(meant, word)) != word:
            yield made


def _common(words: Sequence[str], rarest: int) -> list[str]:
    known = {}
    for word in dict.fromkeys(words):
        unranked = rarest if rarest == _RAREST and len(word) >= _LONG else rarest + 1
        if (place := rank(word) or unranked) <= rarest and bokmaal_lemma(word):
            known[word] = place
    return sorted(known, key=known.__getitem__)

"""Questions that nobody asks in good faith, or that are a cat on the keyboard: the same ones for the same seed."""

import random
from collections.abc import Callable, Iterator

SEED = 4
_WORDS = "styre møte ordfører valg kommune leder torvet ikke og det er fylkesting Steinkjer SV streik æ itj".split()
_SIGNS = "\"“”„«»'`()[]{}<>|&!*?~^:;\\/%_-–+=#@$.,"
_SQL = (
    "'; DROP TABLE segment; --",
    "' OR '1'='1",
    "a' | 'b:* & !c <-> d",
    "styre:*A & (møte | !valg)",
    "x' UNION SELECT sql FROM sqlite_master --",
    "\\'; SELECT pg_sleep(10); --",
    "%s %(x)s {0} ${jndi:ldap://x} {{7*7}} <% %>",
    "kind:interview keys:* exact:[a TO z] interview:1",
    "-- /* */ ;;; \\x00 \\u0000",
    "<script>alert(1)</script>",
)
_STRANGE = (
    *("\x00", "\x01\x02\x1b[31m", "\x7f", "\r\n\r\n", "\u2028\u2029", "\ufeff", "\ufffd"),  # control characters
    *("\ud800", "\udfff\ud800", "\udc80abc"),  # halves of characters
    *("\u202e", "\u202dabc\u202c", "\u200f\u200e", "\u2067x\u2069", "שלום עולם", "مرحبا"),  # from right to left
    *("a" + "\u0301" * 200, "\u0301" * 50, "Z\u0351\u036b\u0343", "e\u0301\u00ad\u00ad"),  # marks that combine
    *("🎤" * 40, "👩‍👩‍👧‍👦", "ﬁﬀ", "ǅ", "İıß", "１２３", "²³", "𝕊𝕍", "中文 日本語", "\U000e0061"),
)


def questions(count: int = 500, seed: int = SEED) -> list[str]:
    """So many of them, every kind about as often; the largest has 10 MB."""
    chance = random.Random(seed)
    made = ["a" * 10_000_000, "styre " * 1_700_000, *(each(chance) for each in _in_turn(count - 2))]
    return made[:count]


def _in_turn(count: int) -> Iterator[Callable[[random.Random], str]]:
    return (_KINDS[number % len(_KINDS)] for number in range(count))


def _long(chance: random.Random) -> str:
    return chance.choice(["a", "å", "-", '"', "*", "styre", "a-", "a*", "(", "æ "]) * chance.choice(
        [300, 3_000, 60_000]
    )


def _many_terms(chance: random.Random) -> str:
    joined = chance.choice([" ", " OR ", " -", ' "', "* ", "-", " hvem:"])
    return joined.join(
        chance.choice(_WORDS) + chance.choice(["", "", str(n)]) for n in range(chance.choice([30, 4_000]))
    )


def _nested_quotes(chance: random.Random) -> str:
    return "".join(chance.choice(['"', "«", "»", "“", "„", " ", "-", chance.choice(_WORDS)]) for _ in range(120))


def _ors(chance: random.Random) -> str:
    return " ".join(chance.choice(["OR", "OR", "AND", "NOT", "-", chance.choice(_WORDS)]) for _ in range(80))


def _only_minus(chance: random.Random) -> str:
    return " ".join(f"-{chance.choice(_WORDS)}" for _ in range(chance.choice([1, 20, 2_000])))


def _wildcards(chance: random.Random) -> str:
    return " ".join(chance.choice(["*", "?", "a*", "sty*", "*re", "s*t", "fyl**", "mø*", "-mø*"]) for _ in range(25))


def _signs(chance: random.Random) -> str:
    return "".join(chance.choice(_SIGNS + " ") for _ in range(chance.choice([1, 10, 200])))


def _strange(chance: random.Random) -> str:
    return "".join(chance.choice([*_STRANGE, " ", chance.choice(_WORDS)]) for _ in range(chance.choice([1, 3, 12])))


def _languages(chance: random.Random) -> str:
    return f"{chance.choice(_SQL)} {chance.choice(_WORDS)}" if chance.random() < 0.5 else chance.choice(_SQL)


def _anything(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.choice([5, 80])))


_KINDS = (
    _long,
    _many_terms,
    _nested_quotes,
    _ors,
    _only_minus,
    _wildcards,
    _signs,
    _strange,
    _languages,
    _anything,
)

"""Who speaks, where a name and a colon stand before the words: «Kari:», «INTERVJUER:», «Spm.», «Speaker 1:». Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from enum import Enum

from archive.exchange.reading.cues import Cue, Remark
from archive.people import name_key

# What interviewers put before a question and before an answer.
_ASKS = frozenset("i int intervjuer intervjuaren intervjueren interviewer spm spørsmål spørsmal q s".split())
_TELLS = frozenset("f forteller forteljar fortelleren informant inf sv svar a respondent intervjuobjekt".split())
_NUMBERED = re.compile(
    r"(speaker|taler|talar|stemme|røyst|person|deltaker|deltakar|participant|spk|voice|ukjent|unknown|informant"
    r"|intervjuer|forteller)[ _-]*0*(\d{1,4})?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?P<name>[^\W\d_][^:\n<>\[\]{}|]{0,79}?)\s*:(?=\s|$)\s*(?P<said>.*)", re.DOTALL)
_SHORT = re.compile(r"(?P<name>Spm|Sp|Sv|Int|I|F|S)\.\s+(?P<said>\S.*)", re.DOTALL)
_NAME_WORD = re.compile(r"(?:[^\W\d_]\.?|[^\W\d_][\w'’.-]*[^\W_]\.?|\([^()]*\))")
# Small words inside a name.
_WITHIN = frozenset("av af van von de der di la le og".split())
_MOST_WORDS = 5


class Role(Enum):
    """What a label says of somebody whom it does not name."""

    ASKS = "asks"
    TELLS = "tells"
    SOMEBODY = "somebody"  # a number, or nothing more than that it is a voice


def role_of(label: str) -> tuple[Role, int | None] | None:
    """The role that a label names, and the number it gives; None: it is somebody's name."""
    key = name_key(label).rstrip(".:")
    numbered = _NUMBERED.fullmatch(key)
    number = int(numbered[2]) if numbered and numbered[2] else None
    word = numbered[1] if numbered else key
    if word in _ASKS:
        return Role.ASKS, number
    if word in _TELLS:
        return Role.TELLS, number
    return (Role.SOMEBODY, number) if numbered else None


def split_label(text: str) -> tuple[str, str] | None:
    """The label before the words, if one may stand there, and the words; None: no sign of one."""
    found = _SHORT.match(text) or _LABEL.match(text)
    if found is None or not _may_be_name(found["name"]):
        return None
    return found["name"].strip(), found["said"].strip()


def _may_be_name(label: str) -> bool:
    words = label.split()
    if role_of(label):
        return True
    if not 0 < len(words) <= _MOST_WORDS or not words[0][0].isupper():
        return False
    return all(
        _NAME_WORD.fullmatch(word) and (word[0].isupper() or word[0] == "(" or word in _WITHIN) for word in words
    )


def is_full_name(label: str) -> bool:
    """Whether a label is a first name and a surname at least."""
    words = [word for word in label.split() if word[0] != "("]
    return (
        role_of(label) is None and len(words) >= 2 and all(len(word.strip(".")) > 1 for word in (words[0], words[-1]))
    )


def trusted_labels(texts: Iterable[str], people: Collection[str] = ()) -> set[str]:
    """The labels that are labels: a role, a full name, one of the interview's people, or what comes twice.

    «Husk: …» once in a text is no speaker; where every other paragraph begins so, all of them are.
    """
    splits = [split_label(text) for text in texts]
    often = Counter(split[0] for split in splits if split)
    if len(often) > 1 and 2 * often.total() >= len(splits):
        return set(often)
    known = {name_key(name) for name in people} | {name_key(name.split()[0]) for name in people if name.split()}
    return {
        label
        for label, count in often.items()
        if count > 1 or role_of(label) or is_full_name(label) or name_key(label) in known
    }


def with_labels(cues: Sequence[Cue]) -> tuple[tuple[Cue, ...], tuple[Remark, ...]]:
    """The cues with the names before their words as speakers. A file that says who speaks otherwise stays as it is."""
    if any(cue.speaker for cue in cues):
        return tuple(cues), ()
    trusted = trusted_labels(cue.text for cue in cues)
    found = []
    for cue in cues:
        split = split_label(cue.text)
        if split and split[0] in trusted and split[1]:
            found.append(replace(cue, speaker=split[0], text=split[1]))
        else:
            found.append(cue)
    return tuple(found), ()

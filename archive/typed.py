"""What a person typed, made safe to keep: no control characters, one form of every letter, not too long."""

import re
import unicodedata

from archive.errors import BadInput


def one_line(value: str | None, field: str, *, limit: int, required: bool = False) -> str:
    """The value on one line, spaces collapsed; "" when nothing was typed.

    Raises:
        BadInput: "empty" when it is required, "too_long" above `limit` characters.
    """
    line = " ".join(clean(value or "").split())
    if required and not line:
        raise BadInput(field, "empty")
    if len(line) > limit:
        raise BadInput(field, "too_long")
    return line


def many_lines(value: str | None, field: str, *, limit: int = 100_000) -> str:
    """The value with its line breaks, without white space at the ends of lines and of the whole.

    Raises:
        BadInput: "too_long" above `limit` characters.
    """
    text = "\n".join(line.rstrip() for line in clean(value or "").splitlines()).strip()
    if len(text) > limit:
        raise BadInput(field, "too_long")
    return text


_LONGEST_NAME = 200
_LONGEST_ENDING = 16
_JOINER = "\u200d"  # the one unseen sign that an emoji needs; others can turn the name around, so that it reads wrong


def safe_name(original: str) -> str:
    """A file's name as people know it: the last part of its path, without control characters, not above 200 characters.

    It is only ever shown; no file of ours is named after it. "opptak" when nothing is left.
    """
    last = re.split(r"[/\\]", clean(original.replace("\n", " ").replace("\r", " ").replace("\t", " ")))[-1]
    name = " ".join("".join(c for c in last if c == _JOINER or unicodedata.category(c) != "Cf").split())
    if not name.strip("."):
        return "opptak"
    stem, dot, ending = name.rpartition(".")
    if len(name) > _LONGEST_NAME and stem and len(ending) <= _LONGEST_ENDING:
        return stem[: _LONGEST_NAME - len(ending) - 1] + dot + ending
    return name[:_LONGEST_NAME]


def clean(value: str) -> str:
    """NFC without what PostgreSQL or UTF-8 refuse: control characters, lone surrogates. Line breaks and tabs stay."""
    kept = (c for c in value if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))

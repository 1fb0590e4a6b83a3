"""What a person typed, made safe to keep: no control characters, one form of every letter, not too long."""

import unicodedata

from archive.errors import BadInput


def one_line(value: str | None, field: str, *, limit: int, required: bool = False) -> str:
    """The value on one line, spaces collapsed; "" when nothing was typed.

    Raises:
        BadInput: "empty" when it is required, "too_long" above `limit` characters.
    """
    line = " ".join(_clean(value or "").split())
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
    text = "\n".join(line.rstrip() for line in _clean(value or "").splitlines()).strip()
    if len(text) > limit:
        raise BadInput(field, "too_long")
    return text


def _clean(value: str) -> str:
    """NFC without what PostgreSQL or UTF-8 refuse: control characters, lone surrogates. Line breaks and tabs stay."""
    kept = (c for c in value if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))

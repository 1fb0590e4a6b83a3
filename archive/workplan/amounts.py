"""Numbers as people type and read them in Norwegian: 1 606, 3,5. Pure."""

import re

from archive.errors import BadInput

_AMOUNT = re.compile(r"(-?)(\d{1,3}(?: \d{3})+|\d{1,9})(?:[,.](\d{1,2}))?")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_THOUSANDS = 10_000  # from which digits are parted; a year, or the members of a branch, is not


def read_amount(typed: str, field: str) -> float | None:
    """A number of at most nine digits and two decimals; None when nothing was typed.

    Raises:
        BadInput: "not_a_number".
    """
    written = _SPACES.sub(" ", typed.replace("\u2212", "-")).strip()
    if not written:
        return None
    found = _AMOUNT.fullmatch(written)
    if found is None or not written.isascii():
        raise BadInput(field, "not_a_number")
    sign, whole, decimals = found.groups()
    return float(f"{sign}{whole.replace(' ', '')}.{decimals or 0}") + 0.0


def shown_amount(value: float | None) -> str:
    """`28`, `1606`, `12 500`, `3,5`; what is shown can be typed again. "" for None."""
    if value is None:
        return ""
    whole, _, decimals = f"{abs(value):.2f}".partition(".")
    if int(whole) >= _THOUSANDS:
        whole = f"{int(whole):,}".replace(",", "\u00a0")
    decimals = decimals.rstrip("0")
    sign = "-" if value < 0 and (int(whole.replace("\u00a0", "")) or decimals) else ""
    return f"{sign}{whole}{',' + decimals if decimals else ''}"

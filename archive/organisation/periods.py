"""From when until when: two fields that a person fills in, one EDTF that is kept. Pure.

| kept        | typed from | typed to | means                                     |
|-------------|------------|----------|-------------------------------------------|
| `1971/1975` | 1971       | 1975     |                                           |
| `1971/..`   | 1971       |          | begun, and still so                       |
| `1971/`     | 1971       | ukjent   | over, nobody knows since when             |
| `../1975`   |            | 1975     | over since then, nobody knows since when it was |
| ``          |            |          | so today, nobody has written down since when |
"""

from datetime import date

from archive.errors import BadInput
from archive.fuzzy_dates import LONGEST_EDTF, edtf_of, read_edtf, shown

__all__ = ["LONGEST_EDTF", "UNKNOWN", "bounds_of", "ends_of", "period_of", "surely_overlap", "typed_ends"]

UNKNOWN = "ukjent"
_SAYS_UNKNOWN = frozenset({"ukjent", "ukjend", "vet ikke", "veit ikke", "veit ikkje", "?"})
_OPEN = ".."


def period_of(typed_from: str | None, typed_to: str | None, fields: tuple[str, str]) -> str:
    """What is kept of the two fields. A whole span in the first one (1971–75) is understood when the second is empty.

    Raises:
        BadInput: as `edtf_of`; "one_time" (a span where one time is asked for), "backwards" (it ends before it begins),
            or "nothing_known" (over, but neither end is known).
    """
    begun, ended = edtf_of(typed_from, fields[0]), (typed_to or "").strip()
    if "/" in begun:
        if ended:
            raise BadInput(fields[0], "one_time")
        return begun
    if not ended:
        return f"{begun}/{_OPEN}" if begun else ""
    if ended.casefold() in _SAYS_UNKNOWN:
        if not begun:
            raise BadInput(fields[1], "nothing_known")
        return f"{begun}/"
    until = edtf_of(ended, fields[1])
    if "/" in until:
        raise BadInput(fields[1], "one_time")
    if until == begun:
        return begun  # some time then
    try:
        return read_edtf(f"{begun or _OPEN}/{until}").edtf
    except ValueError:
        raise BadInput(fields[1], "backwards") from None


def ends_of(period: str) -> tuple[str, str]:
    """The EDTF of its beginning and of its end; "" for an end that is open or unknown, the same twice for one time."""
    begin, stroke, end = period.partition("/")
    if not stroke:
        return begin, begin
    return begin.replace(_OPEN, ""), end.replace(_OPEN, "")


def typed_ends(period: str) -> tuple[str, str]:
    """What the two fields show; sent again it means the same."""
    begin, end = ends_of(period)
    return shown(begin), UNKNOWN if period.endswith("/") else shown(end)


def bounds_of(period: str) -> tuple[date, date]:
    """The first and the last day that it can hold, for a database to compare. Open ends are the ends of the calendar.

    Of one that is over since nobody knows when, only the beginning is sure.
    """
    if not period:
        return date.min, date.max
    found = read_edtf(period)
    if period.endswith("/"):
        return found.first or date.min, read_edtf(period[:-1]).last or date.min
    return found.first or date.min, found.last or date.max


def surely_overlap(one: str, other: str) -> bool:
    """Whether two periods share a time, whatever their dates mean: 1971–1975 and 1975–1979 may only touch."""
    if one == other or bounds_of(one)[1] == bounds_of(other)[1] == date.max:
        return True
    for point, other_one in ((one, other), (other, one)):
        if point and "/" not in point:  # some time then: surely within the other only when that lasts throughout
            first, last = bounds_of(point)
            begun, ended = _sure(other_one)
            return "/" in other_one and begun <= first and last <= ended
    (begun, ended), (other_begun, other_ended) = _sure(one), _sure(other)
    return max(begun, other_begun) < min(ended, other_ended)


def _sure(period: str) -> tuple[date, date]:
    """The last day that it can have begun on, and the first that it can have ended on."""
    begin, end = ends_of(period)
    begun = read_edtf(begin).last if begin else None
    ended = read_edtf(end).first if end else None
    goes_on = not period or period.endswith(_OPEN)
    return begun or date.max, ended or (date.max if goes_on else date.min)

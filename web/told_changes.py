"""Changes of rows as a *Historikk* page tells them; each register says its own words for its fields."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from archive.people import Person
from archive.row_history import RowChange
from archive.units import Unit
from web.visit import db


@dataclass(frozen=True, slots=True)
class Told:
    """A change, or what was done in one go with it."""

    id: int  # of the change by whose number all of it is undone
    act: str
    what: str
    by: str  # "": the program itself, or a branch by its own link
    at: datetime
    lines: tuple[tuple[str, str, str], ...]  # (field, what stood there, what came instead)
    may_undo: bool
    more: int = 0  # lines that are not told


class Names:
    """The names of the units and people that changes speak of by their numbers, in two questions."""

    def __init__(self, changes: Iterable[RowChange], units: tuple[str, ...] = ("unit_id",)) -> None:
        snapshots = [each for change in changes for each in (change.before, change.after) if each]
        self._units = dict.fromkeys(units, self._of(Unit, {each.get(field) for each in snapshots for field in units}))
        self._people = self._of(Person, {each.get("person_id") for each in snapshots})

    @staticmethod
    def _of(kind: type[Unit] | type[Person], ids: set[int | None]) -> dict[int, str]:
        return dict(db().execute(select(kind.id, kind.name).where(kind.id.in_(ids - {None}))).all())

    def of(self, field: str, value: object) -> str | None:
        """The name that a number stands for; None where the field holds none."""
        if not isinstance(value, int):
            return None
        if field in self._units:
            return self._units[field].get(value, "et ledd som er borte")
        return self._people.get(value, "en person som er borte") if field == "person_id" else None

"""Changes of rows as a *Historikk* page tells them; each register says its own words for its fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from archive.accounts import User
from archive.database import Base
from archive.interviews import ArchiveCreator
from archive.meetings.cases import MeetingCase
from archive.people import Person
from archive.records import Record
from archive.row_history import RowChange
from archive.units import Unit
from web.visit import db

# Of a long text that was changed its beginning is told.
LONGEST_SHOWN = 300


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
    undone: bool = False  # somebody has undone it; what may not be undone for another reason has not been
    forgotten: bool = False  # it was removed so long ago that nothing of it is kept

    @classmethod
    def of(
        cls,
        change: RowChange,
        *,
        act: str,
        what: str,
        lines: tuple[tuple[str, str, str], ...],
        may_undo: bool | None = None,
        more: int = 0,
    ) -> "Told":
        """A change in these words. `may_undo`: None where it can be undone as any can."""
        return cls(
            id=change.id,
            act=act,
            what=what,
            by=change.made_by.name if change.made_by else "",
            at=change.made_at,
            lines=lines,
            may_undo=change.can_be_undone if may_undo is None else may_undo,
            more=more,
            undone=change.undone_at is not None,
            forgotten=change.is_forgotten,
        )


# What a number stands for, and what is said where that is gone.
_NAMED: dict[type[Base], tuple[Any, Any, str]] = {
    ArchiveCreator: (ArchiveCreator.id, ArchiveCreator.name, "en arkivskaper som er borte"),
    MeetingCase: (MeetingCase.id, MeetingCase.title, "en sak som er borte"),
    Person: (Person.id, Person.name, "en person som er borte"),
    Record: (Record.id, Record.title, "et dokument som er borte"),
    Unit: (Unit.id, Unit.name, "et ledd som er borte"),
    User: (User.id, User.name, "en bruker som er borte"),
}


class Names:
    """The names of what changes speak of by its number, or by several; one question for each kind.

    `units` are the fields that name a unit, `more` those that name something else than a unit or `person_id`.
    """

    def __init__(
        self,
        changes: Iterable[RowChange],
        units: tuple[str, ...] = ("unit_id",),
        more: Mapping[str, type[Base]] | None = None,
    ) -> None:
        self._kinds: dict[str, type[Base]] = {"person_id": Person, **dict.fromkeys(units, Unit), **(more or {})}
        wanted: dict[type[Base], set[int]] = {}
        for row in (each for change in changes for each in (change.before, change.after) if each):
            for field, kind in self._kinds.items():
                wanted.setdefault(kind, set()).update(_numbers(row.get(field)))
        self._names = {kind: self._of(kind, ids) for kind, ids in wanted.items() if ids}

    @staticmethod
    def _of(kind: type[Base], ids: set[int]) -> dict[int, str]:
        number, name, _ = _NAMED[kind]
        return dict(db().execute(select(number, name).where(number.in_(ids))).all())

    def of(self, field: str, value: object) -> str | None:
        """The name that a number stands for, or the names; None where the field holds none."""
        kind, numbers = self._kinds.get(field), _numbers(value)
        if kind is None or not numbers:
            return None
        names, gone = self._names.get(kind, {}), _NAMED[kind][2]
        return ", ".join(names.get(number, gone) for number in numbers)


def _numbers(value: object) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, int)]


def shortened(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"

"""Units as a person names them in a field: by name, and by what they are where several share it."""

from collections.abc import Sequence

from sqlalchemy import select

from archive.errors import BadInput
from archive.organisation.words import UNIT_WORDS
from archive.people import name_key
from archive.units import Unit
from web.visit import db

# So many units one interview may be about, for a form to stay readable.
MOST_UNITS = 20


class NamedUnits:
    """Every unit by the name that a field shows: `Snåsa SV`, `Trondheim (kommune)`."""

    def __init__(self) -> None:
        found = select(Unit.id, Unit.name, Unit.name_key, Unit.kind).order_by(Unit.name_key)
        rows = db().execute(found).all()
        self._by_name: dict[str, list[int]] = {}
        for row in rows:
            self._by_name.setdefault(row.name_key, []).append(row.id)
        self.labels = {
            row.id: f"{row.name} ({UNIT_WORDS[row.kind]})" if len(self._by_name[row.name_key]) > 1 else row.name
            for row in rows
        }
        self._by_label: dict[str, int] = {name_key(label): unit_id for unit_id, label in self.labels.items()}

    def read(self, typed: Sequence[str]) -> list[int]:
        """The numbers of the units that were named.

        Raises:
            BadInput: `units` is "unknown_unit", "several_units" share a name, or there are "too_many".
        """
        names = [each for each in map(name_key, typed) if each]
        if len(names) > MOST_UNITS:
            raise BadInput("units", "too_many")
        return [self._one(each) for each in names]

    def _one(self, name: str) -> int:
        if name in self._by_label:
            return self._by_label[name]
        if name in self._by_name:
            raise BadInput("units", "several_units")
        raise BadInput("units", "unknown_unit")

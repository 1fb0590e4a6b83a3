"""What a person typed about a record, kept as typed: a form that fails loses nothing."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.fuzzy_dates import shown
from archive.people import find_or_add_person
from archive.record_series import RecordKind
from archive.records import Record, RecordDetails
from archive.typed import one_line
from web.typed_interview import Fields


@dataclass(slots=True)
class TypedRecord:
    """The form, field by field, as text."""

    title: str = ""
    kind: str = ""
    unit_id: str = ""
    person: str = ""
    series: str = ""
    box: str = ""
    place_of_paper: str = ""
    dated: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedRecord":
        """As the browser sent it."""
        return cls(**{name: form.get(name, "").strip() for name in cls.__slots__})

    @classmethod
    def of(cls, record: Record) -> "TypedRecord":
        """What stands there now."""
        return cls(
            title=record.title,
            kind=record.kind.value,
            unit_id=str(record.unit_id or ""),
            person=record.person.name if record.person else "",
            series=record.series,
            box=record.box,
            place_of_paper=record.place_of_paper,
            dated=shown(record.dated),
            note=record.note,
        )

    def details(self, session: Session, record: Record | None = None) -> RecordDetails:
        """What can be kept of it. A person who is typed and not in the register comes there.

        Raises:
            BadInput: `record_kind` is "empty"; `creator` is "two", or "unknown"; `person` is "too_long".
        """
        kind = next((kind for kind in RecordKind if kind.value == self.kind), None)
        if kind is None:
            raise BadInput("record_kind", "empty")
        if self.unit_id and self.person:
            raise BadInput("creator", "two")
        if self.unit_id and not self.unit_id.isdecimal():
            raise BadInput("creator", "unknown")
        return RecordDetails(
            title=self.title,
            kind=kind,
            unit_id=int(self.unit_id) if self.unit_id else None,
            person_id=self._person_id(session, record),
            series=self.series,
            box=self.box,
            place_of_paper=self.place_of_paper,
            dated=self.dated,
            note=self.note,
        )

    def _person_id(self, session: Session, record: Record | None) -> int | None:
        name = one_line(self.person, "person", limit=200)
        if not name:
            return None
        if record is not None and record.person is not None and record.person.name == name:
            return record.person_id  # two may share the name
        return find_or_add_person(session, name).id

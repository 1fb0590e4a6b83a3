"""The people as a table: in from a file, out to one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from archive.database import is_possible_id
from archive.errors import BadInput
from archive.exchange.tables import Column, Row
from archive.fuzzy_dates import shown
from archive.people import AliasKind, Person, name_key
from archive.people_details import LONGEST_NOTE, CheckedPerson, PersonDetails, check_person, write_many
from archive.table_imports import Does, Plan, Planned, RowProblem

_BETWEEN_NAMES = re.compile(r"\s*[,;/|\n]\s*")
_ALIASES = {"former": AliasKind.FORMER, "nicknames": AliasKind.NICKNAME, "spellings": AliasKind.SPELLING}


@dataclass(frozen=True, slots=True)
class _Known:
    """The register as it is before the file, and who of it the file has named so far."""

    by_id: dict[int, Person]
    by_name: dict[str, list[Person]]
    by_alias: dict[str, list[Person]]
    named: dict[int, int] = field(default_factory=dict)  # the line that named a person
    new: dict[tuple[str, str], int] = field(default_factory=dict)  # the line that added (name key, born)


class PeopleTable:
    """The register of people, as `archive.table_imports` wants it."""

    key = "folk"
    columns = (
        Column("id", "Nummer", also=("nr", "person nr")),
        Column("name", "Navn", also=("person", "fullt navn"), required=True),
        Column("former", "Tidligere navn", also=("pikenavn", "ugift navn"), limit=1_000),
        Column("nicknames", "Kalt", also=("kallenavn", "kalenavn", "tilnavn"), limit=1_000),
        Column("spellings", "Andre skrivemåter", also=("skrives også", "også skrevet"), limit=1_000),
        Column("born", "Født", also=("fødselsår", "fødselsdato", "fødd")),
        Column("died", "Død", also=("død år", "dødsår", "dødsdato", "døydde")),
        Column("note", "Merknad", also=("merknader", "notat", "om personen"), limit=LONGEST_NOTE),
    )

    def plan(self, session: Session, rows: Sequence[Row], *, now: datetime) -> Plan:
        """What the rows would do. An empty cell leaves alone what stands; a person is known by number or by name."""
        known = _read_register(session)
        planned, problems = [], []
        for row in rows:
            try:
                planned.append(_planned(known, row, now))
            except BadInput as bad:
                column = bad.field if any(bad.field == each.key for each in self.columns) else ""
                problems.append(RowProblem(row.line, column, bad.problem, row[column] if column else row["name"]))
        return Plan(tuple(planned), tuple(problems))

    def carry_out(self, session: Session, plan: Plan, *, by: int | None, now: datetime, batch: str) -> None:
        """Add and change the people."""
        added = [row.details[1] for row in plan.rows if row.does is Does.ADD]
        changed = [row.details for row in plan.rows if row.does is Does.CHANGE]
        write_many(session, added, changed, by=by, now=now, batch=batch)

    def export(self, session: Session) -> list[dict[str, str]]:
        """Everybody, by number."""
        people = select(Person).where(Person.merged_into_id.is_(None)).options(selectinload(Person.aliases))
        return [{"id": str(each.id), **_shown(each)} for each in session.scalars(people.order_by(Person.id))]


PEOPLE_TABLE = PeopleTable()


def _read_register(session: Session) -> _Known:
    known = _Known({}, {}, {})
    everybody = select(Person).where(Person.merged_into_id.is_(None)).options(selectinload(Person.aliases))
    for person in session.scalars(everybody.order_by(Person.id)):
        known.by_id[person.id] = person
        known.by_name.setdefault(person.name_key, []).append(person)
        for alias in person.aliases:
            known.by_alias.setdefault(alias.name_key, []).append(person)
    return known


def _planned(known: _Known, row: Row, now: datetime) -> Planned:
    if not row["name"]:
        raise BadInput("name", "empty")
    # As typed first: what is wrong with a cell is said, whoever the row is about.
    alone = check_person(_details(row, {}), now=now)
    person = _meant(known, row, alone)
    if person is None:
        first = known.new.setdefault((name_key(alone.name), alone.born), row.line)
        if first != row.line:
            raise BadInput("name", "twice")
        return Planned(row.line, Does.ADD, alone.name, _new_values(alone), (None, alone))
    if known.named.setdefault(person.id, row.line) != row.line:
        raise BadInput("name", "twice")
    before = _shown(person)
    over = check_person(_details(row, before), now=now)
    after = _checked_shown(over)
    changes = tuple((key, before[key], after[key]) for key in before if before[key] != after[key])
    return Planned(row.line, Does.CHANGE if changes else Does.SAME, over.name, changes, (person, over))


def _details(row: Row, before: Mapping[str, str]) -> PersonDetails:
    """What the row says, and where a cell is empty, what stands there."""
    said = {key: row[key] or before.get(key, "") for key in (*_ALIASES, "born", "died", "note")}
    former, nicknames, spellings = (tuple(_BETWEEN_NAMES.split(said[key])) for key in _ALIASES)
    return PersonDetails(row["name"], former, nicknames, spellings, said["born"], said["died"], said["note"])


def _meant(known: _Known, row: Row, typed: CheckedPerson) -> Person | None:
    """Whom a row is about: by number, else by name and perhaps birth; None: somebody new.

    Raises:
        BadInput: `id` is "unreadable_number" or "unknown_number"; `name` is that of "several" people, or "is_alias" of
            somebody who is called otherwise.
    """
    if row["id"]:
        if not (row["id"].isascii() and row["id"].isdigit() and is_possible_id(int(row["id"]))):
            raise BadInput("id", "unreadable_number")
        if int(row["id"]) not in known.by_id:
            raise BadInput("id", "unknown_number")
        return known.by_id[int(row["id"])]
    namesakes = known.by_name.get(name_key(typed.name), [])
    if typed.born:
        same = [each for each in namesakes if each.born == typed.born]
        namesakes = same or [each for each in namesakes if not each.born]
    if len(namesakes) > 1:
        raise BadInput("name", "several")
    if not namesakes and not known.by_name.get(name_key(typed.name)) and name_key(typed.name) in known.by_alias:
        raise BadInput("name", "is_alias")
    return namesakes[0] if namesakes else None


def _shown(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        **{key: ", ".join(person.names(kind)) for key, kind in _ALIASES.items()},
        "born": shown(person.born),
        "died": shown(person.died),
        "note": person.note,
    }


def _checked_shown(checked: CheckedPerson) -> dict[str, str]:
    return {
        "name": checked.name,
        **{key: ", ".join(name for kind, name in checked.aliases if kind == each) for key, each in _ALIASES.items()},
        "born": shown(checked.born),
        "died": shown(checked.died),
        "note": checked.note,
    }


def _new_values(checked: CheckedPerson) -> tuple[tuple[str, str, str], ...]:
    return tuple((key, "", value) for key, value in _checked_shown(checked).items() if value and key != "name")

"""What the secretary typed about a duty, kept as typed: a form that fails loses nothing."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from archive.errors import BadInput
from archive.offices import OfficeKind
from archive.units import UnitKind
from archive.yearwheel.duties import Duty, DutyDetails, Owner, Per, Strength
from archive.yearwheel.recurrence import read_clock
from web.named_people import named_people
from web.typed_interview import Fields, read_day
from web.typed_unit import read_number

_Kind = TypeVar("_Kind", Strength, Per, UnitKind, OfficeKind)
OFFICE_ROWS = 3
OWN = "own"  # a rule that is written by hand
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# How often, as one chooses it.
CHOICES = {
    "": "Ingen faste dager: hver dag settes for seg",
    "once": "Bare denne ene dagen",
    "year_date": "Hvert år, på samme dato",
    "year_weekday": "Hvert år, på samme ukedag i måneden",
    "half_year": "Hvert halvår, på samme dato",
    "month_date": "Hver måned, på samme dato",
    "month_weekday": "Hver måned, på samme ukedag i måneden",
    "two_weeks": "Annenhver uke, på samme ukedag",
    "election": "Hvert fjerde år, på samme dato",
    OWN: "Etter en regel som jeg skriver selv",
}


def rule_of(choice: str, first: date) -> str:
    """The rule that a choice means, counted from the first day."""
    weekday = _WEEKDAYS[first.weekday()]
    nth = f"{min((first.day - 1) // 7 + 1, 4) if first.day <= 28 else -1}{weekday}"
    # A date that not every month has is the last day of those that lack it.
    date_in_month = f"BYMONTHDAY={first.day}" if first.day <= 28 else "BYMONTHDAY=-1"
    months = sorted((first.month, (first.month + 5) % 12 + 1))
    return {
        "once": "",
        "year_date": f"FREQ=YEARLY;BYMONTH={first.month};{date_in_month}",
        "year_weekday": f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={nth}",
        "half_year": f"FREQ=YEARLY;BYMONTH={months[0]},{months[1]};{date_in_month}",
        "month_date": f"FREQ=MONTHLY;{date_in_month}",
        "month_weekday": f"FREQ=MONTHLY;BYDAY={nth}",
        "two_weeks": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        "election": f"FREQ=YEARLY;INTERVAL=4;BYMONTH={first.month};{date_in_month}",
    }[choice]


@dataclass(slots=True)
class TypedOwner:
    """One row of the form: an office, and where."""

    office: str = ""
    unit: str = ""  # "" with an office: the unit that has the duty for itself


@dataclass(slots=True)
class TypedDuty:
    """The form of a duty, field by field, as text."""

    title: str = ""
    about: str = ""
    strength: str = "must"
    per: str = "year"
    minimum: str = ""
    each_of: str = ""
    choice: str = ""
    rule: str = ""
    first_on: str = ""
    starts: str = ""
    lasts_minutes: str = "120"
    lead_days: str = "14"
    place: str = ""
    meeting_url: str = ""
    checklist: str = ""
    note_to_next: str = ""
    for_members: str = ""
    source_lines: str = ""
    owner_people: str = ""
    owners: list[TypedOwner] = field(default_factory=lambda: [TypedOwner() for _row in range(OFFICE_ROWS)])

    @classmethod
    def read(cls, form: Fields) -> "TypedDuty":
        """As the browser sent it."""
        plain = {name: form.get(name, "") for name in cls.__slots__ if name != "owners"}
        rows = max(OFFICE_ROWS, sum(key.startswith("owner_office_") for key in form))
        owners = [
            TypedOwner(form.get(f"owner_office_{row}", ""), form.get(f"owner_unit_{row}", "")) for row in range(rows)
        ]
        return cls(**plain, owners=owners)

    @classmethod
    def of(cls, duty: Duty) -> "TypedDuty":
        """What stands there now."""
        offices = [TypedOwner(each.office_kind, str(each.unit_id or "")) for each in duty.owners if each.office_kind]
        return cls(
            title=duty.title,
            about=duty.about,
            strength=duty.strength,
            per=duty.per,
            minimum="" if duty.minimum is None else str(duty.minimum),
            each_of=duty.each_of or "",
            choice=_choice_of(duty),
            rule=duty.rule,
            first_on=duty.first_on.isoformat() if duty.first_on else "",
            starts=duty.clock.replace(":", "."),
            lasts_minutes=str(duty.lasts_minutes),
            lead_days=str(duty.lead_days),
            place=duty.place,
            meeting_url=duty.meeting_url,
            checklist="\n".join(duty.checklist),
            note_to_next=duty.note_to_next,
            for_members="yes" if duty.for_members else "",
            source_lines=duty.source_lines,
            owner_people="\n".join(each.person.name for each in duty.owners if each.person),
            owners=offices + [TypedOwner() for _row in range(max(1, OFFICE_ROWS - len(offices)))],
        )

    def details(self, session: Session) -> DutyDetails:
        """What can be kept of it.

        Raises:
            BadInput: the first field that cannot be used.
        """
        first = read_day(self.first_on, "first_on")
        return DutyDetails(
            title=self.title,
            about=self.about,
            strength=_one_of(Strength, self.strength, "strength"),
            per=_one_of(Per, self.per, "per"),
            minimum=_number(self.minimum, "minimum"),
            each_of=_one_of(UnitKind, self.each_of, "each_of") if self.each_of else None,
            rule=self._rule(first),
            first_on=first if self.choice else None,
            starts=read_clock(self.starts, "starts"),
            lasts_minutes=_number(self.lasts_minutes, "lasts_minutes") or 120,
            lead_days=_number(self.lead_days, "lead_days") or 0,
            place=self.place,
            meeting_url=self.meeting_url,
            checklist=tuple(self.checklist.splitlines()),
            note_to_next=self.note_to_next,
            for_members=self.for_members == "yes",
            source_lines=self.source_lines,
            owners=(*self._offices(), *self._people(session)),
        )

    def _rule(self, first: date | None) -> str:
        if self.choice not in CHOICES:
            raise BadInput("choice", "unknown")
        if not self.choice:
            return ""
        if first is None:
            raise BadInput("first_on", "empty")
        if self.choice == OWN and not self.rule.strip():
            raise BadInput("rule", "unreadable")
        return self.rule if self.choice == OWN else rule_of(self.choice, first)

    def _offices(self) -> list[Owner]:
        owners = []
        for row in self.owners:
            if row.unit and not row.office:
                raise BadInput("owners", "no_office")
            if row.office:
                unit_id = read_number(row.unit, "owners") if row.unit else None
                owners.append(Owner(_one_of(OfficeKind, row.office, "owners"), unit_id))
        return owners

    def _people(self, session: Session) -> list[Owner]:
        return [Owner(person_id=each.id) for each in named_people(session, self.owner_people, "owner_people")]


def _choice_of(duty: Duty) -> str:
    """The choice that gives the rule which stands; one written by hand for any other."""
    if duty.first_on is None:
        return ""
    return next((each for each in CHOICES if each not in ("", OWN) and rule_of(each, duty.first_on) == duty.rule), OWN)


def _one_of(kinds: type[_Kind], value: str, name: str) -> _Kind:
    try:
        return kinds(value)
    except ValueError:
        raise BadInput(name, "unknown") from None


def _number(typed: str, name: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        raise BadInput(name, "out_of_range")
    return int(typed)

"""Norwegian words for the year wheel: how strictly, how often, what became of it, and what is wrong with a form."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from archive.errors import BadInput
from archive.organisation.words import UNIT_WORDS
from archive.yearwheel.counting import Count
from archive.yearwheel.duties import Duty, Per, Strength
from archive.yearwheel.occurrences import Occurrence, State
from web import wording

STRENGTHS = {
    Strength.MUST: "skal gjøres",
    Strength.ENCOURAGED: "oppfordres",
    Strength.CONSIDERED: "vurderes",
    Strength.AS_NEEDED: "etter behov",
}

PER = {
    Per.YEAR: "Så mange i året",
    Per.PERIOD: "Så mange i perioden, fra ett årsmøte til det neste",
    Per.DATE: "Én for hver dag som blir satt",
    Per.ELECTION_YEAR: "Så mange i år med kommunevalg, ingen i de andre",
    Per.REQUEST: "Hver gang noen ber om det",
}

STATES = {
    State.PLANNED: "planlagt",
    State.HELD: "holdt",
    State.POSTPONED: "utsatt uten ny dag",
    State.CANCELLED: "avlyst",
}

ACTS = {
    "added": "La til",
    "changed": "Endret",
    "ended": "Avsluttet",
    "removed": "Tok bort",
    "planned": "Satte dag for",
    "held": "Meldte holdt:",
    "postponed": "Utsatte",
    "cancelled": "Avlyste",
    "ticked": "Krysset av på",
    "set_up": "Satte opp året:",
    "asked_for_help": "Ba om hjelp til",
    "gave_help": "Meldte hjelpen gitt til",
    "undid": "Angret på",
}
TABLES = {"duty": "oppgaven", "duty_owner": "ansvaret", "occurrence": "gjennomføringen"}

# The columns as the forms name them; those that are left out only follow others.
FIELDS = {
    "title": "Oppgave",
    "about": "Om oppgaven",
    "strength": "Hvor strengt",
    "per": "Minstetallet gjelder",
    "minimum": "Minst",
    "each_of": "Hver for seg",
    "rule": "Regel for dagene",
    "first_on": "Første dag",
    "clock": "Klokkeslett",
    "lasts_minutes": "Varer i minutter",
    "lead_days": "Dager før",
    "place": "Sted",
    "meeting_url": "Digitalt møte",
    "checklist": "Sjekkliste",
    "note_to_next": "Til neste gang",
    "for_members": "Vises for alle medlemmer",
    "source_lines": "Linjer i arbeidsplanen",
    "ended_on": "Avsluttet",
    "office_kind": "Verv",
    "unit_id": "Ledd",
    "person_id": "Person",
    "due_on": "Dag",
    "state": "Status",
    "minutes": "Referat",
    "ticked": "Gjort",
    "help_text": "Ba om hjelp",
}

_WEEKDAYS = {
    "MO": "mandag",
    "TU": "tirsdag",
    "WE": "onsdag",
    "TH": "torsdag",
    "FR": "fredag",
    "SA": "lørdag",
    "SU": "søndag",
}
_NTH = {1: "første", 2: "andre", 3: "tredje", 4: "fjerde", 5: "femte", -1: "siste", -2: "nest siste"}
_EVERY = {2: "annethvert", 3: "hvert tredje", 4: "hvert fjerde", 5: "hvert femte"}


def listed(words: Sequence[str]) -> str:
    """`mars`, `mars og april`, `mars, april og mai`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} og {words[-1]}" if words else ""


def rule_words(duty: Duty) -> str:
    """When a duty comes, in words; a rule that we have no words for is shown as it is written."""
    if duty.first_on is None:
        return "Ingen faste dager. Hver dag settes for seg."
    if not duty.rule:
        return f"Bare {wording.day(duty.first_on)}."
    parts = dict(part.split("=", 1) for part in duty.rule.split(";"))
    said = _said(parts, duty.first_on)
    ending = f", til og med {wording.day(_until(parts['UNTIL']))}" if "UNTIL" in parts else ""
    ending += f", {wording.counted(int(parts['COUNT']), 'gang', 'ganger')}" if "COUNT" in parts else ""
    return f"{said[0].upper()}{said[1:]}{ending}." if said else f"Etter regelen {duty.rule}."


def _said(parts: dict[str, str], first: date) -> str:
    often, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    days = _days(parts)
    if "BYSETPOS" in parts or days is None:
        return ""
    months = [wording.MONTHS[int(each) - 1] for each in parts.get("BYMONTH", "").split(",") if each]
    if often == "WEEKLY":
        week = "hver uke" if interval == 1 else "annenhver uke" if interval == 2 else f"hver {interval}. uke"
        on = days or [_WEEKDAYS[list(_WEEKDAYS)[first.weekday()]]]
        return f"{week} på {listed(on)}" + (f" i {listed(months)}" if months else "")
    if often == "MONTHLY":
        on = days or [f"{first.day}."]
        if interval > 1 and months:
            return ""
        if interval > 1:
            return f"{listed(on)} {'annenhver måned' if interval == 2 else f'hver {interval}. måned'}"
        return f"{listed(on)} i {listed(months)}" if months else f"{listed(on)} hver måned"
    year = "hvert år" if interval == 1 else f"{_EVERY.get(interval, f'hvert {interval}.')} år"
    if not months and "BYMONTHDAY" in parts:
        return ""
    if not months and days:
        return ""
    in_months = listed(months or [wording.MONTHS[first.month - 1]])
    on = days or [f"{first.day}."]
    joint = " " if on[0].endswith(".") else " i "
    return f"{listed(on)}{joint}{in_months} {year}"


def _days(parts: dict[str, str]) -> list[str] | None:
    """The days of a month or week in words; None where there are no words for them."""
    found = []
    for each in parts.get("BYDAY", "").split(","):
        if each:
            count, weekday = each[:-2], _WEEKDAYS[each[-2:]]
            if count and int(count) not in _NTH:
                return None
            if not count and parts["FREQ"] != "WEEKLY":
                return None
            found.append(f"{_NTH[int(count)]} {weekday}" if count else weekday)
    for each in parts.get("BYMONTHDAY", "").split(","):
        if each and int(each) < -1:
            return None
        if each:
            found.append("siste dag" if int(each) == -1 else f"{int(each)}.")
    return found


def _until(text: str) -> date:
    return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")


def minimum_words(duty: Duty) -> str:
    """`minst 10 i året`."""
    each = f" for hvert ledd ({UNIT_WORDS[duty.each_of]})" if duty.each_of else ""
    if duty.per == Per.REQUEST:
        return f"hver gang noen ber om det{each}"
    if duty.per == Per.DATE:
        return f"én for hver dag som blir satt{each}"
    if duty.minimum is None:
        return f"hvor mange er ikke bestemt ennå{each}"
    period = {Per.YEAR: "i året", Per.PERIOD: "i perioden", Per.ELECTION_YEAR: "i valgår"}[duty.per]
    return f"minst {duty.minimum} {period}{each}"


def count_words(count: Count) -> str:
    """`4 holdt, 3 planlagt, 3 mangler`; what is nought is left out."""
    words = [f"{count.held} holdt"] if count.held else []
    words += [f"{count.planned} planlagt"] if count.planned else []
    words += [f"{count.unreported} ikke meldt"] if count.unreported else []
    words += [f"{count.missing} mangler"] if count.missing else []
    return ", ".join(words) or "ingenting planlagt"


def state_words(occurrence: Occurrence, today: date) -> str:
    """What became of one, in words."""
    if occurrence.is_unreported(today):
        return "passert, men ikke meldt"
    if occurrence.state == State.PLANNED and not occurrence.is_set:
        return "dagen er foreslått"
    return STATES[occurrence.state]


def due_words(occurrence: Occurrence, today: date) -> str:
    """`i dag`, `i morgen`, `om 12 dager`, `for 3 dager siden`."""
    days = (occurrence.due_on - today).days
    if days in (0, 1):
        return ("i dag", "i morgen")[days]
    return f"om {days} dager" if days > 0 else f"for {wording.counted(-days, 'dag', 'dager')} siden"


def day_words(occurrence: Occurrence) -> str:
    """`12. januar 2027 kl. 18.00`."""
    clock = f" kl. {occurrence.starts:%H.%M}" if occurrence.starts else ""
    return f"{wording.day(occurrence.due_on)}{clock}"


PROBLEMS: dict[tuple[str, str] | str, str] = {
    ("title", "empty"): "Skriv hva oppgaven heter.",
    ("rule", "unreadable"): "Regelen kan ikke leses. Velg en av de ferdige, eller skriv den slik: "
    "FREQ=YEARLY;BYMONTH=3;BYDAY=2SA.",
    ("rule", "too_often"): "Årshjulet er for det som kommer hver uke eller sjeldnere. Velg uke, måned eller år.",
    ("rule", "unsupported"): "Regelen har en del som årshjulet ikke kjenner. Bruk bare FREQ, INTERVAL, BYMONTH, "
    "BYMONTHDAY, BYDAY, BYSETPOS, COUNT og UNTIL.",
    ("rule", "two_ends"): "Regelen kan ikke ha både et antall (COUNT) og en siste dag (UNTIL). Ta bort en av dem.",
    ("rule", "never"): "Etter denne regelen kommer det aldri noen dag. Se over dagen og måneden.",
    ("rule", "no_first_day"): "Velg den første dagen, så regelen har noe å regne fra.",
    ("rule", "too_long"): "Regelen er for lang.",
    ("first_on", "empty"): "Velg den første dagen.",
    ("minimum", "out_of_range"): "Skriv et tall fra 0 til 366, eller la feltet stå tomt.",
    ("lead_days", "out_of_range"): "Skriv et tall fra 0 til 366.",
    ("lasts_minutes", "out_of_range"): "Skriv hvor mange minutter det varer, for eksempel 120.",
    ("meeting_url", "not_a_link"): "Dette er ikke en nettadresse. Lim inn lenken til møtet; den begynner med https://.",
    ("checklist", "too_many"): "Sjekklisten er for lang. Ta med de 40 viktigste punktene.",
    ("owners", "too_many"): "Det er for mange ansvarlige. Ta med høyst 12.",
    ("owners", "unknown"): "Velg hvem som har ansvaret på nytt.",
    ("owners", "no_unit"): "Velg leddet som vervet hører til.",
    ("owners", "no_office"): "Velg vervet også, eller ta bort leddet.",
    ("owner_people", "not_in_register"): "Ingen i registeret heter dette. Skriv navnet slik det står under Personer.",
    ("owner_people", "several"): "Flere i registeret har dette navnet. Bruk vervet i stedet for navnet.",
    ("unit_id", "empty"): "Velg hvilket ledd det gjelder.",
    ("unit_id", "unknown"): "Velg et annet ledd.",
    ("due_on", "empty"): "Velg dagen.",
    ("due_on", "past"): "Dagen er passert. Er det holdt, svarer du «Holdt». Ellers velger du en ny dag.",
    ("answer", "empty"): "Velg hvordan det går.",
    ("due_on", "far_off"): "Året ligger for langt unna. Se over datoen.",
    ("held_on", "empty"): "Velg dagen det ble holdt.",
    ("held_on", "future"): "Dagen ligger fram i tid. Skriv dagen det ble holdt, eller sett en ny dag i stedet.",
    ("held_on", "far_off"): "Året ligger for langt unna. Se over datoen.",
    ("starts", "not_a_time"): "Dette er ikke et klokkeslett. Skriv det slik: 18.00.",
    ("state", "held_already"): "Den er meldt holdt. Angre det i historikken før du flytter eller avlyser.",
    ("year", "far_off"): "Velg et år fra 1970 til 2200.",
    ("seen", "changed_meanwhile"): "Noen andre endret dette mens du skrev. Se i historikken hva de gjorde. Lagrer du "
    "nå, gjelder det du har skrevet her.",
}


def problem(field: str, key: str) -> str:
    """The sentence for a problem with a field of these forms."""
    return PROBLEMS.get((field, key)) or wording.problem(field, key)


def wrong(bad: BadInput | None) -> dict[str, str]:
    """The sentence for each field that something is wrong with."""
    return {bad.field: problem(bad.field, bad.problem)} if bad else {}


FILTERS: dict[str, Callable[..., Any]] = {
    "styrke": lambda strength: STRENGTHS[Strength(strength)],
    "regelord": rule_words,
    "minstord": minimum_words,
    "telling": count_words,
    "dagord": day_words,
}

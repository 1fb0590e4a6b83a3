"""Norwegian words for work plans: states, what an item is, how it goes, differences, and what is wrong with a form."""

from collections.abc import Callable
from typing import Any

from archive.errors import BadInput
from archive.organisation.words import OFFICE_WORDS, UNIT_WORDS
from archive.units import UnitKind
from archive.workplan.amounts import shown_amount
from archive.workplan.changes import Amendment
from archive.workplan.figures import Compared
from archive.workplan.items import ItemStatus, WorkPlanItem, WorkPlanResponsible
from archive.workplan.outline import ItemKind
from archive.workplan.plans import PlanState, WorkPlan
from archive.workplan.points import PointKind
from archive.workplan.sources import FromDocument
from web import wording

STATES = {PlanState.PROPOSAL: "forslag", PlanState.ADOPTED: "vedtatt", PlanState.SUPERSEDED: "avløst"}
KINDS = {ItemKind.HEADING: "overskrift", ItemKind.GOAL: "mål", ItemKind.MEASURE: "tiltak"}
# What a line of a text may become.
LINE_KINDS: dict[str, str] = {kind.value: word for kind, word in KINDS.items()}
LINE_KINDS |= {PointKind.STRENGTH.value: "styrke", PointKind.WEAKNESS.value: "svakhet"}
STATUSES = {
    ItemStatus.NOT_BEGUN: "ikke begynt",
    ItemStatus.UNDER_WAY: "i gang",
    ItemStatus.DONE: "gjort",
    ItemStatus.PUT_OFF: "utsatt",
    ItemStatus.DROPPED: "ikke lenger aktuelt",
}
# The colour that goes with the word.
STATUS_TAGS = {ItemStatus.DONE: "ok", ItemStatus.UNDER_WAY: "warn", ItemStatus.PUT_OFF: "bad"}

# Of which units each may answer for an item, as one chooses it.
EACH_OF = {
    UnitKind.REGION: "Hver region",
    UnitKind.LOCAL_BRANCH: "Hvert lokallag",
    UnitKind.TOWN_DISTRICT: "Hvert bydelslag",
    UnitKind.COMMITTEE: "Hvert politiske utvalg",
    UnitKind.SENIOR_GROUP: "Hver seniorgruppe",
}

ACTS = {
    "added": "La til",
    "amended_added": "La til etter vedtaket",
    "changed": "Endret",
    "amended": "Endret etter vedtaket",
    "removed": "Tok bort",
    "moved": "Flyttet",
    "adopted": "Skrev inn vedtaket av",
    "superseded": "Avløste",
    "carried": "Tok med videre",
    "reported": "Meldte om",
    "linked": "Knyttet til",
    "unlinked": "Tok bort en kobling",
    "undid": "Angret på",
}
TABLES = {
    "work_plan": "planen",
    "work_plan_item": "et punkt",
    "work_plan_responsible": "ansvaret",
    "work_plan_parent": "det planen er underordnet",
    "work_plan_figure": "tallene",
    "work_plan_point": "styrker og svakheter",
    "work_plan_report_text": "teksten i årsmeldingen",
}
# The columns as the forms name them; those that are left out only follow others.
FIELDS = {
    "title": "Tittel",
    "unit_id": "Ledd",
    "first_year": "Fra år",
    "last_year": "Til år",
    "about": "Mer",
    "state": "Planen er",
    "adopted_on": "Vedtatt",
    "adopted_by": "Vedtatt av",
    "amended_why": "Hvorfor",
    "kind": "Slag",
    "text": "Tekst",
    "measured_in": "Måles i",
    "target": "Målet",
    "current": "Nå",
    "status": "Hvordan det går",
    "status_note": "Merknad",
    "status_on": "Meldt",
    "source_lines": "Linjer i dokumentet",
    "person_id": "Person",
    "office_kind": "Verv",
    "each_of": "I hvert ledd",
    "label": "Hva",
    "value": "Tall",
    "year": "År",
    "heading": "Overskrift",
}


def years_words(plan: WorkPlan) -> str:
    """`2026`, `2026–2027`."""
    return str(plan.first_year) if plan.first_year == plan.last_year else f"{plan.first_year}–{plan.last_year}"


def answers_words(row: WorkPlanResponsible) -> str:
    """`leder i hver region`, `Snåsa SV`, a name."""
    if row.person is not None:
        return row.person.name
    where = EACH_OF[row.each_of].lower() if row.each_of in EACH_OF else row.unit.name if row.unit else ""
    if row.each_of is not None and not where:
        where = f"hvert ledd ({UNIT_WORDS[row.each_of]})"
    return f"{OFFICE_WORDS[row.office_kind]} i {where}" if row.office_kind else where


def target_words(item: WorkPlanItem) -> str:
    """`Målet er 28 kommuner. Nå: 22 (12. mai 2026).`; "" for a goal that is no number."""
    if item.target is None:
        return ""
    unit = f" {item.measured_in}" if item.measured_in else ""
    said = f"Målet er {shown_amount(item.target)}{unit}."
    if item.current is not None:
        noted = f" ({wording.day(item.current_on)})" if item.current_on else ""
        said += f" Nå: {shown_amount(item.current)}{noted}."
    return said


def difference_words(figure: Compared) -> str:
    """`36 flere enn året før`, `som året før`; what lacks is said."""
    if figure.value is None:
        return "ikke skrevet ennå"
    if figure.difference is None:
        return "ikke kjent året før"
    if not figure.difference:
        return "som året før"
    amount = abs(figure.difference)
    is_count = amount.is_integer() and figure.value.is_integer()
    more, less = ("flere", "færre") if is_count else ("mer", "mindre")
    return f"{shown_amount(amount)} {more if figure.difference > 0 else less} enn året før"


def counts_words(counts: dict[ItemStatus, int]) -> str:
    """`3 gjort, 2 i gang`."""
    return ", ".join(f"{number} {STATUSES[status]}" for status, number in counts.items())


def source_words(item: FromDocument) -> str:
    """`side 2, linje 80–82`."""
    parts = [f"side {item.source_page}"] if item.source_page else []
    parts += [f"linje {item.source_lines.replace('-', '–')}"] if item.source_lines else []
    return ", ".join(parts)


def amendment_words(amendment: Amendment) -> str:
    """`«Flere lister» er endret til «Mange lister».`, `Lagt til: «Ringe rundt».`."""
    name = amendment.after.get("text") or amendment.after.get("title") or ""
    if amendment.before is None:
        return f"Lagt til: «{name}»."
    was = amendment.before.get("text") or amendment.before.get("title") or ""
    return f"«{was}» er endret til «{name}»." if was != name else f"«{name}» er endret."


PROBLEMS: dict[tuple[str, str] | str, str] = {
    ("plan_title", "empty"): "Skriv hva planen heter, for eksempel Arbeidsplan 2027.",
    ("unit_id", "unknown"): "Velg hvem planen gjelder for.",
    ("first_year", "far_off"): "Skriv året med fire sifre, for eksempel 2027.",
    ("first_year", "before_this"): "Den nye planen må begynne etter den forrige. Velg et senere år.",
    ("last_year", "before_start"): "Det siste året kan ikke komme før det første.",
    ("last_year", "too_many"): "En plan kan gjelde for høyst ti år.",
    ("record_id", "unknown"): "Velg dokumentet på nytt.",
    ("parents", "too_many"): "Det er for mange. Ta med høyst åtte.",
    ("parents", "unknown"): "Velg planen eller dokumentet på nytt.",
    ("parents", "itself"): "En plan kan ikke være underordnet seg selv.",
    ("parents", "no_title"): "Skriv også hva det heter, så den som ikke kan åpne dokumentet, vet hva det er.",
    ("why", "empty"): "Planen er vedtatt. Skriv hvorfor teksten endres, så alle ser det.",
    ("state", "adopted_already"): "Planen er vedtatt fra før.",
    ("state", "not_adopted"): "Skriv først inn hvilket møte som vedtok denne planen. Så kan du lage den neste.",
    ("state", "next_exists"): "Neste plan er laget fra før. Du finner den blant arbeidsplanene.",
    ("adopted_on", "empty"): "Velg dagen planen ble vedtatt.",
    ("adopted_on", "future"): "Dagen ligger fram i tid. Planen er et forslag til møtet har vedtatt den.",
    ("adopted_by", "empty"): "Velg møtet, eller skriv hvilket møte det var, for eksempel Årsmøtet 2027, sak 8.",
    ("meeting_id", "unknown"): "Velg møtet på nytt.",
    ("case_id", "unknown"): "Saken hører ikke til dette møtet. Velg en sak fra møtet du har valgt.",
    ("plan", "adopted"): "En vedtatt plan kan ikke tas bort. Var vedtaket feil skrevet, angrer du det i historikken.",
    ("plan", "in_use"): "En annen plan bygger på denne. Ta bort den først.",
    ("item", "adopted"): "Planen er vedtatt, så punktet blir stående. Meld det som «ikke lenger aktuelt» i stedet.",
    ("item", "carried"): "Punktet er tatt med i en senere plan, og blir stående her.",
    ("order", "adopted"): "Planen er vedtatt, så rekkefølgen blir stående.",
    ("items", "too_many"): "En plan kan ha høyst 500 punkter.",
    ("text", "empty"): "Skriv hva målet, tiltaket eller overskriften er.",
    ("text", "too_long"): "Dette er for langt for ett punkt. Skriv resten under Mer om det.",
    ("target", "not_a_number"): "Skriv tallet med sifre, for eksempel 28.",
    ("current", "not_a_number"): "Skriv tallet med sifre, for eksempel 22.",
    ("responsible", "too_many"): "Det er for mange ansvarlige. Ta med høyst åtte.",
    ("responsible", "unknown"): "Velg hvem som har ansvaret på nytt.",
    ("responsible", "no_unit"): "Velg leddet som vervet hører til.",
    ("responsible_people", "not_in_register"): "Ingen i registeret heter dette. Skriv navnet slik det står under "
    "Personer.",
    ("responsible_people", "several"): "Flere i registeret har dette navnet. Bruk vervet i stedet for navnet.",
    ("status", "unknown"): "Velg hvordan det går.",
    ("status_on", "future"): "Dagen ligger fram i tid. La feltet stå tomt, så brukes dagen i dag.",
    ("status_on", "far_off"): "Se over året.",
    ("year", "outside"): "Planen gjelder ikke for dette året.",
    ("figure_label", "empty"): "Skriv hva tallet er for.",
    ("figure_label", "same"): "To tall heter det samme. Gi det ene et annet navn.",
    ("value", "not_a_number"): "Skriv tallet med sifre, for eksempel 1606.",
    ("figures", "too_many"): "Det er for mange tall. Ta med de viktigste.",
    ("strength", "too_many"): "Det er for mange linjer. Ta med de viktigste.",
    ("weakness", "too_many"): "Det er for mange linjer. Ta med de viktigste.",
    ("heading", "empty"): "Gi avsnittet en overskrift.",
    ("heading", "too_many"): "Det er for mange avsnitt. Slå noen sammen.",
    ("lines", "empty"): "Lim inn minst ett mål eller tiltak.",
    ("lines", "too_many"): "Det er for mange linjer. Ta høyst 300 om gangen.",
    ("lines", "none_chosen"): "Velg minst ett punkt som skal bli overskrift, mål, tiltak, styrke eller svakhet.",
    ("lines", "too_many_points"): "Et år kan ha høyst 60 styrker og 60 svakheter. Ta med de viktigste.",
    ("lines", "point_too_long"): "En styrke eller svakhet kan ha høyst 500 tegn. Skriv den kortere under «Skriv tall, "
    "styrker og svakheter», og la linjen stå som «Ikke med» her.",
    ("lines", "changed_meanwhile"): "Dokumentet har fått en ny fil mens du valgte. Se over listen på nytt.",
    ("change", "adopted"): "Planen er vedtatt siden. Endre teksten på vanlig måte, så ser alle hva som er endret.",
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
    "planstatus": lambda state: STATES[PlanState(state)],
    "punktslag": lambda kind: KINDS[ItemKind(kind)],
    "gaar": lambda status: STATUSES[ItemStatus(status)],
    "gaarfarge": lambda status: STATUS_TAGS.get(ItemStatus(status), ""),
    "planaar": years_words,
    "ansvarlig": answers_words,
    "maaltall": target_words,
    "belop": shown_amount,
    "forskjell": difference_words,
    "punkttelling": counts_words,
    "punktkilde": source_words,
    "endringsord": amendment_words,
}

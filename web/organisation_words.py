"""Norwegian words for the organisation: what a unit is, what an office is, and what was done to them."""

from archive.offices import OfficeKind
from archive.organisation.words import OFFICE_WORDS, UNIT_WORDS
from archive.units import UnitKind

# As a heading over many.
UNIT_HEADINGS = {
    UnitKind.CENTRAL_PARTY: "Partiet sentralt",
    UnitKind.COUNTY_BRANCH: "Fylkeslaget",
    UnitKind.REGION: "Regioner",
    UnitKind.MUNICIPALITY: "Kommuner",
    UnitKind.LOCAL_BRANCH: "Lokallag",
    UnitKind.TOWN_DISTRICT: "Bydelslag",
    UnitKind.SENIOR_GROUP: "Seniorgrupper",
    UnitKind.COMMITTEE: "Politiske utvalg",
    UnitKind.CAMPAIGN_COMMITTEE: "Valgkamputvalg",
    UnitKind.COUNCIL_GROUP: "Folkevalgte i fylket og på Stortinget",
    UnitKind.ELECTED_BODY: "Plasser i folkevalgte organer",
    UnitKind.YOUTH_BRANCH: "Ungdomsorganisasjonen",
    UnitKind.PARTNER: "Samarbeidspartnere",
    UnitKind.OTHER: "Andre ledd",
}

# What a choice says where the word alone says too little.
OFFICE_CHOICES = {kind: word.capitalize() for kind, word in OFFICE_WORDS.items()} | {
    OfficeKind.MEMBER: "Medlem av styret, utvalget eller laget",
    OfficeKind.ELECTED_SUBSTITUTE: "Vara for en folkevalgt",
    OfficeKind.OTHER: "Et annet verv",
}

ACTS = {
    "added": "La til",
    "changed": "Endret",
    "ended": "Avsluttet",
    "removed": "Tok bort",
    "imported": "La inn fra fil",
    "undid": "Angret",
}

TABLES = {"unit": "leddet", "office": "et verv", "invitation": "en invitasjon"}

# The columns as the forms name them; those that are left out only follow others.
FIELDS = {
    "name": "Navn",
    "kind": "Slag",
    "parent_id": "Hører under",
    "region_id": "Region",
    "municipality_id": "Kommune",
    "municipality_number": "Kommunenummer",
    "former_names": "Tidligere navn",
    "merged_into_id": "Ble del av",
    "active": "Tid",
    "seats": "Plasser",
    "note": "Merknad",
    "unit_id": "Ledd",
    "person_id": "Hvem",
    "title": "Verv",
    "held": "Tid",
    "invited_to": "Invitert til",
    "invited_on": "Når",
    "outcome": "Hva som kom ut av det",
}


def unit_kind(kind: str) -> str:
    """`lokallag`."""
    return UNIT_WORDS[UnitKind(kind)]


def unit_kinds(kind: str) -> str:
    """`Lokallag`, as a heading over many."""
    return UNIT_HEADINGS[UnitKind(kind)]


def office_kind(kind: str) -> str:
    """`leder`."""
    return OFFICE_WORDS[OfficeKind(kind)]


# Sentences for what is wrong with a form about the organisation; `web.wording` holds the rest.
PROBLEMS: dict[tuple[str, str] | str, str] = {
    ("active_to", "empty"): "Skriv når det tok slutt. Vet ingen det, skriver du «ukjent».",
    ("held_to", "empty"): "Skriv når vervet tok slutt. Vet ingen det, skriver du «ukjent».",
    ("name", "taken"): "Det finnes alt et ledd av samme slag med dette navnet.",
    ("kind", "unknown"): "Velg hva slags det er.",
    ("parent_id", "loop"): "Et ledd kan ikke høre under seg selv. Velg et annet.",
    ("merged_into_id", "loop"): "Et ledd kan ikke bli del av seg selv. Velg et annet.",
    ("municipality_number", "unreadable"): "Skriv kommunenummeret med fire sifre, for eksempel 5001.",
    ("municipality_number", "taken"): "Kommunenummeret er i bruk av en annen kommune.",
    ("seats", "out_of_range"): "Skriv et tall fra 0 til 999, eller la feltet stå tomt.",
    ("person", "empty"): "Skriv navnet på den som har vervet.",
    ("person", "several"): "Flere i registeret har dette navnet. Skriv fødselsåret også.",
    ("person_id", "holds_it_already"): "Personen har alt dette vervet i samme tid. Endre det som står der.",
    ("person_id", "taken"): "Denne personen logger alt inn med en annen konto.",
    ("person_id", "unknown"): "Denne personen finnes ikke i registeret.",
    ("invited_to", "empty"): "Skriv hva det ble invitert til.",
    ("phone", "not_a_number"): "Dette er ikke et telefonnummer. Skriv det slik: 900 00 000.",
    (
        "unit",
        "in_use",
    ): "Noe hører til dette leddet: verv, andre ledd, invitasjoner eller intervjuer. Flytt eller ta bort det først, "
    "eller avslutt leddet i stedet.",
    (
        "seen",
        "changed_meanwhile",
    ): "Noen andre endret dette mens du skrev. Se i historikken hva de gjorde. Lagrer du nå, gjelder det du "
    "har skrevet her.",
    ("person", "not_in_register"): "Ingen i registeret heter dette. Skriv navnet slik det står der.",
    ("person", "holds_it_already"): "Personen har alt dette vervet i samme tid.",
    ("person", "twice_in_file"): "Det samme vervet står i en annen rad over. Ta bort den ene.",
    ("name", "twice_in_file"): "Det samme leddet står i en annen rad over. Ta bort den ene.",
    ("units", "unknown_unit"): "Et av leddene finnes ikke. Skriv navnet slik det står under Organisasjon.",
    ("units", "several_units"): "Flere ledd har samme navn. Skriv hva slags ledd i parentes, for eksempel "
    "Trondheim (kommune).",
    "unknown_unit": "Det finnes ikke noe ledd med dette navnet. Skriv det slik det står under Organisasjon, eller legg "
    "til leddet først.",
    "several_units": "Flere ledd har dette navnet. Skriv hva slags ledd i parentes, for eksempel Trondheim (kommune).",
    "unknown_unit_kind": "Skriv hva slags ledd det er, for eksempel lokallag, kommune, region eller politisk utvalg.",
    "unknown_office_kind": "Skriv leder, nestleder, sekretær, kasserer, medlem, vara, folkevalgt, vararepresentant, "
    "kontaktperson eller verv, eller la feltet stå tomt.",
    "unknown_row": "Ingen rad i registeret har dette nummeret. La feltet stå tomt for en ny.",
    ("parent", "loop"): "Et ledd kan ikke høre under seg selv.",
    ("merged_into", "loop"): "Et ledd kan ikke bli del av seg selv.",
    "one_time": "Skriv bare én tid i dette feltet. Slutten skriver du i det andre.",
    "nothing_known": "Skriv omtrent når, for eksempel 1970-tallet.",
}

FILTERS = {"ledd": unit_kind, "leddene": unit_kinds, "vervslag": office_kind}

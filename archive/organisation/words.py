"""What units and offices are called in Norwegian: in the tables that move in and out, and on the pages."""

from archive.offices import OfficeKind
from archive.people import name_key
from archive.units import UnitKind

UNIT_WORDS = {
    UnitKind.CENTRAL_PARTY: "partiet sentralt",
    UnitKind.COUNTY_BRANCH: "fylkeslag",
    UnitKind.REGION: "region",
    UnitKind.MUNICIPALITY: "kommune",
    UnitKind.LOCAL_BRANCH: "lokallag",
    UnitKind.TOWN_DISTRICT: "bydelslag",
    UnitKind.SENIOR_GROUP: "seniorgruppe",
    UnitKind.COMMITTEE: "politisk utvalg",
    UnitKind.CAMPAIGN_COMMITTEE: "valgkamputvalg",
    UnitKind.COUNCIL_GROUP: "gruppe av folkevalgte",
    UnitKind.ELECTED_BODY: "folkevalgt organ",
    UnitKind.YOUTH_BRANCH: "ungdomsorganisasjon",
    UnitKind.PARTNER: "samarbeidspartner",
    UnitKind.OTHER: "annet ledd",
}
OFFICE_WORDS = {
    OfficeKind.LEADER: "leder",
    OfficeKind.DEPUTY: "nestleder",
    OfficeKind.SECRETARY: "sekretær",
    OfficeKind.TREASURER: "kasserer",
    OfficeKind.MEMBER: "medlem",
    OfficeKind.SUBSTITUTE: "vara",
    OfficeKind.ELECTED: "folkevalgt",
    OfficeKind.ELECTED_SUBSTITUTE: "vararepresentant",
    OfficeKind.CONTACT: "kontaktperson",
    OfficeKind.OTHER: "verv",
}
_UNITS = {name_key(word): kind for kind, word in UNIT_WORDS.items()} | {
    "lag": UnitKind.LOCAL_BRANCH,
    "utvalg": UnitKind.COMMITTEE,
    "fylkeslaget": UnitKind.COUNTY_BRANCH,
    "partner": UnitKind.PARTNER,
    "annet": UnitKind.OTHER,
}
_OFFICES = {name_key(word): kind for kind, word in OFFICE_WORDS.items()} | {"annet": OfficeKind.OTHER}
# Titles that say what sort of office it is. Who is a leader may see more: so only what surely leads a unit counts.
_TITLES = {
    OfficeKind.LEADER: "leder formann regionleder lokallagsleder lagsleder bydelslagsleder fylkesleder utvalgsleder "
    "styreleder",
    OfficeKind.DEPUTY: "nestleder nestformann",
    OfficeKind.SECRETARY: "sekretær fylkessekretær",
    OfficeKind.TREASURER: "kasserer",
    OfficeKind.MEMBER: "medlem styremedlem fylkesstyremedlem utvalgsmedlem",
    OfficeKind.SUBSTITUTE: "vara varamedlem",
    OfficeKind.ELECTED: "folkevalgt representant kommunestyrerepresentant fylkestingsrepresentant "
    "stortingsrepresentant ordfører varaordfører",
    OfficeKind.ELECTED_SUBSTITUTE: "vararepresentant",
    OfficeKind.CONTACT: "kontaktperson kontakt",
}
_OF_TITLE = {title: kind for kind, titles in _TITLES.items() for title in titles.split()}


def unit_kind_of(word: str) -> UnitKind | None:
    """What a word for a unit means; None for no such word."""
    return _UNITS.get(name_key(word))


def office_kind_of(word: str) -> OfficeKind | None:
    """What a word for a sort of office means; None for no such word."""
    return _OFFICES.get(name_key(word))


def office_kind_of_title(title: str) -> OfficeKind:
    """What sort of office a title surely is; `OTHER` where it may be anything (a *studieleder* leads no unit)."""
    return _OF_TITLE.get(name_key(title), OfficeKind.OTHER)

"""Norwegian words for the overview: figures, help, wishes, posts, and what is wrong with a form."""

from collections.abc import Callable
from datetime import date
from typing import Any

from archive.errors import BadInput
from archive.overview.helping import HelpState
from archive.overview.posts import Channel, Topic
from archive.overview.unit_years import ListWork, ProgrammeWork
from archive.overview.words import LIST_WORDS, PROGRAMME_WORDS
from web import wording

MISSING = "ikke meldt"  # never 0 for what nobody has reported

CHANNELS = {
    Channel.FACEBOOK: "Facebook",
    Channel.INSTAGRAM: "Instagram",
    Channel.WEBSITE: "nettsiden",
    Channel.NEWSLETTER: "nyhetsbrevet",
    Channel.OTHER: "et annet sted",
}
TOPICS = {
    Topic.NEWS: "nyhetssak, lokal eller nasjonal",
    Topic.COUNTY_COUNCIL: "sak fra fylkestinget",
    Topic.CAUSE: "en av hovedsakene våre",
    Topic.RECRUITING: "verving eller kampanje",
    Topic.HISTORY: "historie fra arkivet",
    Topic.CENTRAL: "delt fra partiet sentralt",
    Topic.OTHER: "annet",
}
WHY = {
    "role_and_region": "Samme verv i samme region",
    "region": "Andre i samme region",
    "role": "Samme verv andre steder",
    "higher": "I fylkestinget og på Stortinget",
    "municipalities": "I kommunene",
}

ACTS = {
    "added": "La til",
    "changed": "Endret",
    "removed": "Tok bort",
    "wished": "Skrev ned",
    "answered": "Svarte på",
    "imported": "La inn fra en tabell",
    "marked_sent": "Merket som sendt:",
    "undid": "Angret",
}
TABLES = {
    "unit_year": "tallene for et år",
    "follow_up_wish": "et ønske om oppfølging",
    "unit_help": "hjelp til laget",
    "newsletter": "nytt i arkivet",
    "social_post": "et innlegg",
}
FIELDS = {
    "year": "År",
    "members": "Medlemmer",
    "counted_on": "Talt",
    "is_active": "Laget er aktivt",
    "list_work": "Valgliste",
    "programme_work": "Valgprogram",
    "list_goal": "Mål for lister",
    "note": "Merknad",
    "person_id": "Hvem",
    "wish": "Ønsker",
    "wished_on": "Dag",
    "answer": "Svar",
    "answered_on": "Svart",
    "about": "Hva",
    "offered_on": "Tilbudt",
    "asked_on": "Bedt om",
    "given_on": "Gitt",
    "since": "Fra",
    "until": "Til",
    "audience": "For",
    "posted_on": "Dag",
    "unit_id": "Fra",
    "channel": "Hvor",
    "topic": "Hva slags",
    "title": "Om",
    "address": "Lenke",
}
_DAYS = frozenset({"counted_on", "wished_on", "answered_on", "offered_on", "asked_on", "given_on", "posted_on"})


def say_value(field: str, value: object) -> str:
    """A value of a change as a person reads it; numbers of people and units are for the caller to name."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if field in _DAYS:
        return wording.day(date.fromisoformat(str(value)))
    words: dict[str, dict[Any, str]] = {
        "list_work": dict(LIST_WORDS),
        "programme_work": dict(PROGRAMME_WORDS),
        "channel": dict(CHANNELS),
        "topic": dict(TOPICS),
        "audience": {"members": "medlemmer", "open": "alle"},
    }
    return words.get(field, {}).get(value, str(value))


def list_words(work: ListWork | None) -> str:
    """`levert`, `ikke meldt`."""
    return LIST_WORDS[work] if work else MISSING


def programme_words(work: ProgrammeWork | None) -> str:
    """`vedtatt`, `ikke meldt`."""
    return PROGRAMME_WORDS[work] if work else MISSING


def count_or_missing(count: int | None) -> str:
    """`42`, `ikke meldt`."""
    return MISSING if count is None else str(count)


def more_words(more: int | None) -> str:
    """`3 flere enn året før`; nothing where one of the years is not reported."""
    if more is None:
        return ""
    if more == 0:
        return "som året før"
    return f"{abs(more)} {'flere' if more > 0 else 'færre'} enn året før"


def help_words(state: HelpState) -> list[tuple[str, str]]:
    """Each thing to say of the help of a year, with the look of its tag: `("gitt 1 gang", "ok")`."""
    said = []
    if state.waiting:
        many = f" ({len(state.waiting)} ganger)" if len(state.waiting) > 1 else ""
        said.append((f"venter på hjelp siden {wording.day(min(state.waiting))}{many}", "bad"))
    if state.offered:
        said.append((f"tilbudt {wording.day(state.offered[-1])}", "ok"))
    elif state.offer_planned:
        said.append((f"tilbud planlagt {wording.day(state.offer_planned)}", ""))
    if state.asked:
        said.append((f"bedt om {wording.counted(len(state.asked), 'gang', 'ganger')}", ""))
    if state.given:
        said.append((f"gitt {wording.counted(len(state.given), 'gang', 'ganger')}", "ok"))
    return said


PROBLEMS: dict[tuple[str, str] | str, str] = {
    ("members", "out_of_range"): "Skriv et tall fra 0 til 99 999, eller la feltet stå tomt når ingen har meldt det.",
    ("list_goal", "out_of_range"): "Skriv et tall fra 0 til 999, eller la feltet stå tomt.",
    "not_a_number": "Dette er ikke et helt tall. Skriv bare sifre, for eksempel 42.",
    ("counted_on", "future"): "Dagen ligger fram i tid. Skriv dagen medlemmene ble talt.",
    ("counted_on", "other_year"): "Dagen hører til et annet år. Se over datoen, eller velg et annet år.",
    ("year", "far_off"): "Velg et år fra 1961 til 2200.",
    ("year", "empty"): "Skriv hvilket år tallene gjelder.",
    ("is_active", "not_yes_or_no"): "Skriv ja eller nei, eller la feltet stå tomt.",
    "unknown_work": "Dette ordet kjenner vi ikke. Skriv levert, i gang, ikke begynt eller stiller ikke; for program: "
    "vedtatt, i gang eller ikke begynt.",
    ("unit", "unknown_place"): "Ingen kommune heter dette. Skriv navnet slik det står under Organisasjon.",
    ("unit", "twice_in_file"): "Samme kommune og år står i en annen rad over. Ta bort den ene.",
    ("unit", "empty"): "Skriv hvilken kommune det gjelder.",
    ("wish", "empty"): "Skriv hva den folkevalgte ønsker.",
    ("wished_on", "future"): "Dagen ligger fram i tid.",
    ("answer", "empty"): "Skriv hva som ble gjort, eller hva dere ble enige om.",
    ("answered_on", "future"): "Dagen ligger fram i tid.",
    ("answered_on", "before_start"): "Svaret kan ikke komme før ønsket. Se over dagen.",
    ("about", "empty"): "Skriv hva hjelpen gjelder.",
    ("about", "unknown"): "Det innlegget handler om, finnes ikke lenger. Velg på nytt.",
    ("offered_on", "empty"): "Skriv minst én av dagene: når hjelpen ble tilbudt, bedt om eller gitt.",
    ("offered_on", "future"): "Dagen ligger fram i tid.",
    ("asked_on", "future"): "Dagen ligger fram i tid.",
    ("given_on", "future"): "Dagen ligger fram i tid.",
    ("given_on", "before_start"): "Hjelpen kan ikke være gitt før den ble tilbudt eller bedt om. Se over dagene.",
    ("posted_on", "empty"): "Skriv hvilken dag det ble lagt ut.",
    ("posted_on", "future"): "Dagen ligger fram i tid. Før opp innlegget når det er lagt ut.",
    ("title", "empty"): "Skriv kort hva innlegget handler om.",
    ("address", "not_a_link"): "Dette er ikke en nettadresse. Lim inn lenken; den begynner med https://.",
    ("unit_id", "unknown"): "Velg hvor innlegget er fra.",
    ("channel", "unknown"): "Velg hvor det ble lagt ut.",
    ("topic", "unknown"): "Velg hva slags innlegg det er.",
    ("until", "future"): "Perioden kan ikke slutte fram i tid.",
    ("until", "before_start"): "Perioden slutter før den begynner. Se over datoene.",
    ("since", "empty"): "Velg den første dagen.",
    ("until", "empty"): "Velg den siste dagen.",
    ("seen", "changed_meanwhile"): "Noen andre endret dette mens du skrev. Se i historikken hva de gjorde. Lagrer du "
    "nå, gjelder det du har skrevet her.",
}


def problem(field: str, key: str) -> str:
    """The sentence for a problem with a field of these forms."""
    return PROBLEMS.get((field, key)) or PROBLEMS.get(key) or wording.problem(field, key)


def wrong(bad: BadInput | None) -> dict[str, str]:
    """The sentence for each field that something is wrong with."""
    return {bad.field: problem(bad.field, bad.problem)} if bad else {}


FILTERS: dict[str, Callable[..., Any]] = {
    "listeord": list_words,
    "programord": programme_words,
    "tallord": count_or_missing,
    "flereord": more_words,
    "hjelpord": help_words,
    "kanal": lambda channel: CHANNELS[Channel(channel)],
    "innholdsord": lambda topic: TOPICS[Topic(topic)],
    "hvorfor": lambda why: WHY[why],
}

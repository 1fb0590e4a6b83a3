"""How the pages speak of what is linked: the word and the address of each kind, in one place."""

from dataclasses import dataclass

from archive.errors import NotFound
from archive.link_kinds import Shown, Side
from archive.links import Linked
from archive.search.record_pages import address_of as record_address


@dataclass(frozen=True, slots=True)
class Words:
    """A kind as pages and addresses say it."""

    path: str
    one: str
    many: str
    search: str  # what its search box asks for


KIND_WORDS = {
    "event": Words("hendelse", "hendelse", "Hendelser", "Hva skjedde, eller hvilket år?"),
    "interview": Words("intervju", "intervju", "Intervjuer", "Tittel, sted eller forteller"),
    "chapter": Words("kapittel", "kapittel", "Kapitler", "Overskriften på kapittelet"),
    "person": Words("person", "person", "Personer", "Navn"),
    "unit": Words("ledd", "organisasjonsledd", "Organisasjonsledd", "Navn på laget eller leddet"),
    "record": Words("dokument", "dokument", "Dokumenter", "Tittelen på dokumentet"),
    "meeting": Words("mote", "møte", "Møter", "Hva møtet heter, hvem som møttes, eller hvilket år"),
    "meeting_case": Words("sak", "sak", "Saker", "Nummeret, hva saken gjelder, eller møtet"),
    "occurrence": Words("gjennomforing", "gjennomføring", "Gjennomføringer i årshjulet", "Hva, eller hvilket år"),
    "work_plan_item": Words("planpunkt", "punkt i arbeidsplanen", "Fra arbeidsplanen", "Ord fra målet eller tiltaket"),
}
_KIND_OF_PATH = {words.path: kind for kind, words in KIND_WORDS.items()}


def kind_of(path: str) -> str:
    """The kind that an address names.

    Raises:
        NotFound: it names none.
    """
    if path not in _KIND_OF_PATH:
        raise NotFound("kind", path)
    return _KIND_OF_PATH[path]


# Written out, since a timeline has thousands of links and asking Flask for each took most of its time; a test compares.
_PAGES = {
    "event": "/tidslinje",
    "interview": "/intervju",
    "person": "/folk",
    "unit": "/organisasjon",
    "meeting": "/mote",
    "meeting_case": "/mote/sak",
    "occurrence": "/arshjul/gjennomforing",
    "work_plan_item": "/arbeidsplan/punkt",
}


def address_of(shown: Shown, ms: int | None = None, page: int | None = None, *, play: bool = False) -> str:
    """Where a thing is seen, at a second or a page of it."""
    if shown.kind == "record":
        return record_address(shown.id, page)
    if shown.kind == "chapter":
        return f"/intervju/{shown.interview_id}?t={(shown.start_ms or 0) // 1000}#kapittel-{shown.id}"
    address = f"{_PAGES[shown.kind]}/{shown.id}"
    if shown.kind == "interview":
        second = [] if ms is None else [f"t={ms // 1000}"]
        asked = "&".join([*second, *(["spill=1"] if play else [])])
        return f"{address}?{asked}" if asked else address
    return address


def linked_address(linked: Linked) -> str:
    """Where the other side of a link is seen."""
    return address_of(linked.other, linked.ms, linked.page)


def as_field(side: Side) -> str:
    """A side as a hidden field carries it: `interview:12:41000:`."""
    return ":".join((side.kind, *("" if each is None else str(each) for each in (side.id, side.ms, side.page))))


def read_field(text: str) -> Side | None:
    """What `as_field` made; None for anything else."""
    kind, *numbers = text.split(":")
    if kind not in KIND_WORDS or len(numbers) != 3 or not numbers[0]:
        return None
    if not all(not each or (each.isascii() and each.isdigit() and len(each) <= 10) for each in numbers):
        return None
    number, ms, page = (int(each) if each else None for each in numbers)
    return Side(kind, number or 0, ms, page)

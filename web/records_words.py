"""Norwegian words for records: kinds, series, what went wrong with a file, and how one is cited."""

from archive.fuzzy_dates import shown
from archive.record_series import SERIES, RecordKind
from archive.records import ReadingState, Record, RecordVersion
from media.errors import DocumentRefused

KINDS = {
    RecordKind.MINUTES: "møtereferat",
    RecordKind.CASE_PAPER: "sakspapir",
    RecordKind.WORK_PLAN: "arbeidsplan",
    RecordKind.PROGRAMME: "program",
    RecordKind.ANNUAL_REPORT: "årsmelding",
    RecordKind.STATUTES: "vedtekter",
    RecordKind.LETTER: "brev",
    RecordKind.ACCOUNTS: "regnskap",
    RecordKind.LEAFLET: "løpeseddel eller plakat",
    RecordKind.CLIPPING: "avisutklipp",
    RecordKind.PICTURE: "bilde",
    RecordKind.OTHER: "annet",
}

FILE_KINDS = {
    "pdf": "PDF",
    "docx": "Word",
    "odt": "OpenDocument",
    "txt": "ren tekst",
    "md": "Markdown",
    "picture": "bilde",
}

REFUSED = {
    "empty": "Filen er tom. Se etter om dokumentet ligger i en annen fil.",
    "damaged": "Filen er skadet og lar seg ikke åpne. Kopier eller skann den på nytt, og prøv igjen.",
    "locked": "Filen er låst med passord. Lagre den uten passord, og lever den på nytt.",
    "bomb": "Filen er mange ganger større når den åpnes, og derfor lar vi være. Lagre dokumentet som PDF, og prøv "
    "igjen.",
    "bad_xml": "Dokumentet er skadet inni. Åpne det i Word eller LibreOffice, lagre det på nytt, og prøv igjen.",
    "doctype": "Dokumentet har noe inni seg som vi ikke åpner. Lagre det som PDF, og lever den.",
    "too_many": "Dokumentet er lengre enn vi kan lese. Del det i flere filer, og lever dem hver for seg.",
    "old_word": "Dette er lagret på en gammel måte. Åpne det i Word og lagre det som .docx eller PDF.",
    "heic": "Bildet er lagret slik bare noen telefoner gjør det. Lagre det som JPG, og lever det.",
    "other_package": "Dette er ikke et dokument vi kan lese. Lever det som PDF, Word (.docx), OpenDocument (.odt), "
    "ren tekst eller bilde.",
    "not_document": "Dette er ikke et dokument vi kan lese. Lever det som PDF, Word (.docx), OpenDocument (.odt), "
    "ren tekst eller bilde.",
}
TOO_MANY_PAGES = "Dokumentet har {pages} sider. Del det i deler på høyst 2000 sider, og lever dem hver for seg."

FAILURES = {
    "document_refused": "Maskinen kunne ikke lese filen. Selve filen er her likevel.",
    "original_missing": "Filen ligger ikke der den skal. Si fra til driftsansvarlig, som kan hente den fra "
    "sikkerhetskopien.",
    "out_of_room": "Det er fullt på disken. Si fra til driftsansvarlig, og la maskinen lese på nytt etterpå.",
    "gave_up": "Maskinen prøvde mange ganger uten å komme gjennom filen. Prøv å lagre den som en ny PDF.",
    "tool_failed": "Programmet som leser skannede sider, stoppet. Prøv å la maskinen lese på nytt.",
}
FAILURE_UNKNOWN = "Noe gikk galt da maskinen leste filen. Prøv å la den lese på nytt. Går det ikke, si fra."

ACTS = {
    "added": "levert",
    "changed": "endret",
    "new_version": "ny fil lagt til",
    "used_version": "byttet fil som vises",
    "opened": "åpnet",
    "closed": "lukket",
    "undid": "angret",
}
FIELDS = {
    "title": "Tittel",
    "kind": "Slag",
    "unit_id": "Arkivskaper",
    "person_id": "Arkivskaper (person)",
    "series": "Serie",
    "box": "Eske eller mappe",
    "place_of_paper": "Der papiret ligger",
    "dated": "Tid",
    "note": "Merknad",
    "access": "Tilgang",
    "ground": "Grunn til å åpne",
    "current_number": "Fil som vises",
}


def refused_words(refused: DocumentRefused) -> str:
    """Why a file was not taken, and what to do."""
    if refused.reason == "too_many_pages":
        return TOO_MANY_PAGES.format(pages=refused.line)
    return REFUSED.get(refused.reason, REFUSED["damaged"])


def failure_words(version: RecordVersion) -> str:
    """Why a file has no text; "" where nothing went wrong."""
    if version.state is not ReadingState.FAILED:
        return ""
    return FAILURES.get(version.failure or "", FAILURE_UNKNOWN)


def series_words(letter: str) -> str:
    """`A – Møtebøker, referater og protokoller`."""
    return f"{letter} – {SERIES[letter]}"


def page_word(version: RecordVersion) -> str:
    """What a page of it is called: a text without pages comes in parts."""
    return "side" if version.is_paged else "del"


def citation(record: Record, page: int | None = None, lines: tuple[int, int] | None = None) -> str:
    """How one refers to a record, to a page or to printed lines of it."""
    parts = [f"«{record.title}»"]
    if record.dated:
        parts.append(shown(record.dated))
    if record.creator:
        parts.append(record.creator.name)
    place = [record.reference]
    version = record.current
    if page is not None and version is not None:
        place.append(f"{page_word(version)} {page}")
    if lines is not None:
        place.append(line_words(lines))
    return f"{', '.join(parts)}. {', '.join(place)}."


def line_words(lines: tuple[int, int]) -> str:
    """`linje 113–114`."""
    first, last = lines
    return f"linje {first}" if first == last else f"linje {first}–{last}"


PROBLEMS: dict[tuple[str, str] | str, str] = {
    ("record_title", "empty"): "Gi dokumentet en tittel, så andre finner det igjen.",
    ("record_kind", "empty"): "Velg hva det er.",
    ("creator", "two"): "Velg enten et ledd eller en person. Et arkiv har bare én arkivskaper.",
    ("creator", "unknown"): "Velg arkivskaperen på nytt.",
    ("series", "unknown"): "Velg serien på nytt.",
    ("ground", "empty"): "Skriv hvorfor dokumentet kan åpnes, for eksempel at det er vedtatt, trykt og delt ut.",
    ("file", "same"): "Dette er den samme filen som før.",
    ("access", "empty"): "Velg hvem som skal se dokumentet.",
}

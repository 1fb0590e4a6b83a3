"""Norwegian words for meetings: what they are, what a paper is for one, what was done, and what is wrong."""

from archive.interviews import Access
from archive.meetings.meeting import MeetingKind
from archive.meetings.papers import MeetingPaper, PaperRole
from archive.search.record_pages import address_of

KINDS = {
    MeetingKind.ANNUAL: "årsmøte",
    MeetingKind.REPRESENTATIVES: "representantskapsmøte",
    MeetingKind.COUNTY_BOARD: "fylkesstyremøte",
    MeetingKind.LOCAL_BRANCH: "lokallagsmøte",
    MeetingKind.COMMITTEE: "utvalgsmøte",
    MeetingKind.OTHER: "annet møte",
}
ROLES = {
    PaperRole.NOTICE: "innkalling",
    PaperRole.CASE_PAPER: "sakspapir",
    PaperRole.MINUTES: "protokoll eller referat",
    PaperRole.ATTACHMENT: "vedlegg",
}
ACCESSES = {
    Access.CLOSED: "Bare sekretæren",
    Access.MEMBERS: "Medlemmer",
    Access.OPEN: "Alle, også de som ikke er logget inn",
}
AGENDA_PROBLEMS = {
    "no_title": "Her står det et nummer, men ikke hva saken gjelder.",
    "twice": "Nummeret står på en linje lenger oppe også.",
    "taken": "Møtet har alt en sak med dette nummeret.",
    "too_long": "Linjen er for lang for en overskrift. Kort den ned; resten kan stå i selve saken.",
    "too_many": "Så mange saker har ingen møter. Lim inn bare sakslisten.",
}
ACTS = {
    "added": "Lagt til",
    "changed": "Endret",
    "moved": "Flyttet",
    "removed": "Tatt bort",
    "attached": "Lagt ved",
    "detached": "Papir tatt bort",
    "linked": "Knyttet til",
    "unlinked": "Kobling tatt bort",
    "undid": "Angret",
}
TABLES = {"meeting": "møtet", "meeting_case": "en sak", "meeting_paper": "et papir", "link": "en kobling"}
FIELDS = {
    "unit_id": "Hvem som møttes",
    "kind": "Slag",
    "title": "Overskrift",
    "dated": "Tid",
    "clock": "Klokken",
    "place": "Sted",
    "meeting_url": "Digitalt møte",
    "note": "Merknad",
    "access": "Hvem som ser",
    "ground": "Grunn til å åpne",
    "position": "Plass i sakslisten",
    "number": "Saksnummer",
    "proposal": "Innstilling",
    "discussion": "Det som ble sagt",
    "decision": "Vedtak",
    "vote": "Stemmer",
    "presented_by_id": "La fram saken",
    "case_id": "Sak",
    "record_id": "Dokument",
    "role": "Papiret er",
    "page": "Side",
    "lines": "Linjer",
}

PROBLEMS: dict[tuple[str, str] | str, str] = {
    ("meeting_title", "empty"): "Skriv hva møtet heter, for eksempel Årsmøte 2023.",
    ("meeting_title", "too_long"): "Dette er for langt for en overskrift. Skriv mer under Merknad.",
    ("meeting_unit", "empty"): "Velg hvem som møttes.",
    ("meeting_unit", "unknown"): "Velg hvem som møttes, på nytt.",
    ("meeting_kind", "empty"): "Velg hva slags møte det var.",
    ("meeting_dated", "empty"): "Skriv når møtet var. Et årstall er nok, også ca. 1975 eller 1970-tallet.",
    ("meeting_ground", "empty"): "Skriv hvorfor møtet kan vises, for eksempel at protokollen er godkjent og sendt ut.",
    ("starts", "not_a_time"): "Dette er ikke et klokkeslett. Skriv det slik: 18.00.",
    ("meeting_url", "not_a_link"): "Dette er ikke en adresse som kan åpnes. Den begynner som regel med https://.",
    ("occurrence", "taken"): "Denne gjennomføringen i årshjulet har alt et møte.",
    ("occurrence", "unknown"): "Denne gjennomføringen finnes ikke i årshjulet lenger.",
    ("case_title", "empty"): "Skriv hva saken gjelder.",
    ("case_title", "too_long"): "Dette er for langt for en overskrift. Skriv mer i feltene under.",
    ("case_number", "taken"): "Møtet har alt en sak med dette nummeret. Skriv et annet.",
    ("case", "in_use"): "En arbeidsplan viser til denne saken. Ta bort henvisningen der først.",
    ("case", "unknown"): "Den saken finnes ikke lenger. Velg på nytt.",
    ("meeting", "in_use"): "En arbeidsplan viser til dette møtet. Ta bort henvisningen der først.",
    ("record", "unknown"): "Det dokumentet finnes ikke lenger. Velg et annet.",
    ("paper_page", "unreadable"): "Skriv sidetallet med sifre, eller la feltet stå tomt.",
    ("lines", "unreadable"): "Skriv linjene slik: 17–24, eller la feltet stå tomt.",
    ("agenda", "empty"): "Lim inn sakslisten, én sak på hver linje.",
}


def paper_address(paper: MeetingPaper) -> str:
    """Where a paper is read: at its lines, else at its page."""
    address = address_of(paper.record_id, paper.page)
    if not paper.lines:
        return address
    return f"/dokument/{paper.record_id}?linje={paper.lines}#linje-{paper.lines.partition('-')[0]}"


def paper_place(paper: MeetingPaper) -> str:
    """`side 3, linje 17–24`; "" for the whole of it."""
    parts = [f"side {paper.page}"] if paper.page else []
    if paper.lines:
        parts.append(f"linje {paper.lines.replace('-', '–')}")
    return ", ".join(parts)

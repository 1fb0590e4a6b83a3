"""The menu, and the ways that lead from its pages to the others: only what this reader may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, request, url_for

from archive.accounts import Role
from archive.organisation.rights import rights_of_viewer
from web.visit import archive, db, today


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the menu."""

    path: str
    word: str
    role: Role
    also: tuple[str, ...] = ()  # other addresses that belong to it
    until: Role = Role.OWNER  # who stands above this reaches it in another way

    @property
    def is_current(self) -> bool:
        """Whether the page that is shown belongs to this entry."""
        return any(request.path == path or request.path.startswith(f"{path}/") for path in (self.path, *self.also))


@dataclass(frozen=True, slots=True)
class Way:
    """A page that has no word in the menu, and what one does there."""

    endpoint: str
    word: str
    about: str
    role: Role
    for_board: bool = False  # also below this role, for who sits on the county board

    @property
    def path(self) -> str:
        """Its address."""
        return url_for(self.endpoint)


# A phone bears nine words; what a secretary has beyond that lies on the desk.
ENTRIES = (
    Entry("/sok", "Søk", Role.VISITOR),
    Entry("/intervju", "Intervjuer", Role.VISITOR, also=("/linje",)),
    Entry("/tidslinje", "Tidslinje", Role.VISITOR),
    Entry("/dokumenter", "Dokumenter", Role.VISITOR, also=("/dokument",)),
    Entry(
        "/organisasjon",
        "Organisasjon",
        Role.MEMBER,
        also=("/folk", "/tabell", "/moter", "/mote", "/arbeidsplan", "/oversikt"),
    ),
    Entry("/arshjul", "Årshjul", Role.MEMBER),
    Entry("/lever", "Lever opptak", Role.VOLUNTEER),
    Entry("/mine-opptak", "Mine opptak", Role.VOLUNTEER, until=Role.VOLUNTEER),
    Entry("/intervjuplan", "Intervjuplan", Role.VOLUNTEER, until=Role.VOLUNTEER),
    Entry(
        "/skrivebord",
        "Skrivebord",
        Role.SECRETARY,
        also=("/mine-opptak", "/intervjuplan", "/brukere", "/innstillinger", "/papirkurv", "/endringer"),
    ),
)
# On top of *Organisasjon*.
ORGANISATION = (
    Way("people.show", "Folk", "", Role.MEMBER),
    Way("organisation.responsibility", "Hvem har ansvar for hva", "", Role.MEMBER),
    Way("overview_representatives.show", "Folkevalgte", "", Role.MEMBER),
    Way("meetings.show", "Møter", "", Role.MEMBER),
    Way("workplan.show", "Arbeidsplan", "", Role.MEMBER),
    Way("overview.show", "Oversikt", "", Role.SECRETARY, for_board=True),
)
# Below what waits on the desk.
TOOLS = (
    Way("users.show", "Brukere", "Slipp inn folk, og ta bort adgangen.", Role.SECRETARY),
    Way("plan.show", "Intervjuplan", "Hvem vi vil spørre, og hvem som haster.", Role.SECRETARY),
    Way("handin.mine", "Mine opptak", "Det du har levert selv.", Role.SECRETARY),
    Way("meetings.show", "Møter", "Saker, vedtak og protokoller.", Role.SECRETARY),
    Way("workplan.show", "Arbeidsplan", "Mål, tiltak og årets tall.", Role.SECRETARY),
    Way("overview.show", "Oversikt", "Kommunene og lagene, til fylkesstyret.", Role.SECRETARY),
    Way("year_wheel_outbox.show", "Påminnelser", "Brev til lagene før en frist.", Role.SECRETARY),
    Way("desk_bin.show", "Papirkurv", "Det som er fjernet, i 30 dager.", Role.SECRETARY),
    Way("desk_changes.show", "Siste endringer", "Hva som er gjort i registrene, og veien tilbake.", Role.SECRETARY),
    Way("site_settings.show", "Innstillinger", "Navn, telefonnummer og sikkerhetskopi.", Role.SECRETARY),
)


def menu() -> list[Entry]:
    """What this reader's menu shows, in order."""
    if not archive().has_owner:
        return []  # everything leads to the first page yet
    role = _role()
    return [entry for entry in ENTRIES if role.at_least(entry.role) and entry.until.at_least(role)]


def organisation_ways() -> list[Way]:
    """What *Organisasjon* leads to."""
    return _open(ORGANISATION)


def tools() -> list[Way]:
    """What the secretary's desk leads to."""
    return _open(TOOLS)


def _open(ways: Sequence[Way]) -> list[Way]:
    role = _role()
    on_board = any(way.for_board for way in ways) and sits_on_board()
    return [way for way in ways if role.at_least(way.role) or (way.for_board and on_board)]


def sits_on_board() -> bool:
    """Whether this reader sees what the county board sees, by role or by office."""
    return _role().at_least(Role.MEMBER) and rights_of_viewer(db(), g.viewer, today=today()).sees_overview


def _role() -> Role:
    role: Role = g.viewer.role if "viewer" in g else Role.VISITOR
    return role

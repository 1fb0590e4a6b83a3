"""The menu: only what this reader may open."""

from dataclasses import dataclass

from flask import g, request

from archive.accounts import Role
from web.visit import archive


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the menu."""

    path: str
    word: str
    role: Role
    also: tuple[str, ...] = ()  # other addresses that belong to it

    @property
    def is_current(self) -> bool:
        """Whether the page that is shown belongs to this entry."""
        return any(request.path == path or request.path.startswith(f"{path}/") for path in (self.path, *self.also))


ENTRIES = (
    Entry("/sok", "Søk", Role.VISITOR),
    Entry("/intervju", "Intervjuer", Role.VISITOR, also=("/linje",)),
    Entry("/tidslinje", "Tidslinje", Role.VISITOR),
    Entry("/dokumenter", "Dokumenter", Role.VISITOR, also=("/dokument",)),
    Entry("/organisasjon", "Organisasjon", Role.MEMBER, also=("/folk", "/tabell")),
    Entry("/arshjul", "Årshjul", Role.MEMBER),
    Entry("/lever", "Lever opptak", Role.VOLUNTEER),
    Entry("/mine-opptak", "Mine opptak", Role.VOLUNTEER),
    Entry("/intervjuplan", "Intervjuplan", Role.VOLUNTEER),
    Entry("/brukere", "Brukere", Role.SECRETARY),
    Entry("/innstillinger", "Innstillinger", Role.SECRETARY),
)


def menu() -> list[Entry]:
    """What this reader's menu shows, in order."""
    if not archive().has_owner:
        return []  # everything leads to the first page yet
    role = g.viewer.role if "viewer" in g else Role.VISITOR
    return [entry for entry in ENTRIES if role.at_least(entry.role)]

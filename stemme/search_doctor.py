"""What `stemme doctor` says of the search index, and how it mends it."""

from collections.abc import Iterator

from archive.database import Database
from archive.search.comparing import Comparison, compare, is_too_large_for_whoosh, mend
from archive.settings import Settings
from stemme.findings import Finding
from stemme.opened import now

_SEARCH = "search"
_BY_ITSELF = "Det går av seg selv når arkivet er åpent (stemme serve). Med en gang: stemme doctor --mend"


def look_at_search(settings: Settings, database: Database, *, mends: bool) -> Iterator[Finding]:
    """Whether search finds what the archive holds. With `mends` what is wrong is put right first."""
    found = compare(settings, database, now=now())
    was = found
    if mends and (found.late or not found.is_right):
        mend(settings, database, found, now=now())
        found = compare(settings, database, now=now())
    if found.is_right and not was.is_right:
        said = f" {_difference(was)}" if was.is_usable else ""
        yield Finding(_SEARCH, "ok", f"Søkeregisteret er rettet.{said} Nå har det {_counted(found)}.")
    else:
        yield _state_of(found)
    if found.late:
        changes = _number(found.late, "endring", "endringer")
        yield Finding("search changes", "advice", f"{changes} kan ikke søkes i ennå.", _BY_ITSELF)
    if settings.search != "postgresql" and is_too_large_for_whoosh(found.passages):
        says = f"Søkeregisteret har {_counted(found)}, og søk begynner å ta tid. PostgreSQL er raskere fra nå av."
        yield Finding("search size", "advice", says, "Se STEMME_SEARCH=postgresql i README.")


def _state_of(found: Comparison) -> Finding:
    if found.is_right:
        return Finding(_SEARCH, "ok", f"Søkeregisteret stemmer med arkivet: {_counted(found)}.")
    if found.is_usable:
        return Finding(_SEARCH, "fault", _difference(found), "Skriv: stemme doctor --mend")
    if not found.interviews:
        return Finding(_SEARCH, "ok", "Det er ingenting å søke i ennå.")
    says = "Søkeregisteret mangler, eller en annen utgave av programmet har laget det. Det bygges på nytt."
    return Finding(_SEARCH, "advice", says, _BY_ITSELF)


def _difference(found: Comparison) -> str:
    parts = [
        f"{_number(count, 'avsnitt', 'avsnitt')} {words}"
        for count, words in ((found.lacking, "mangler"), (found.too_many, "er for mye"), (found.older, "er gamle"))
        if count
    ]
    of_them = _number(len(found.wrong), "intervju", "intervjuer")
    return f"Søkeregisteret stemte ikke med arkivet i {of_them}: {', '.join(parts)}."


def _counted(found: Comparison) -> str:
    return _number(found.passages, "avsnitt", "avsnitt")


def _number(count: int, one: str, more: str) -> str:
    """`1 intervju`, `12 000 avsnitt`."""
    return f"{count:,} {one if count == 1 else more}".replace(",", "\N{NO-BREAK SPACE}")

"""What somebody may not see leaves no trace in a search: not in hits, totals, facets, suggestions, or the lines around.

Every way an interview (with a chapter), a record or an event may be kept from somebody, told to every kind of reader,
on both back ends. The same words are said in each, beside one that is said in it alone. Nobody changes anything, so all
readers ask one archive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, Use, Viewer, close_now, record_consent, withdraw_consent
from archive.accounts import Role, User, add_user
from archive.chapters import ChapterDetails, add_chapter
from archive.events import EventDetails, add_event
from archive.interviews import Access, Assignment, Interview
from archive.record_series import RecordKind
from archive.records import ReceivedPaper, RecordDetails, add_record, set_access
from archive.records_reading import save_pages, settle
from archive.search.holders import number_of_event, number_of_record
from archive.search.narrowing import Facets, Narrow
from archive.search.query import Results, Wish
from archive.search.schema import CHAPTER, EVENT, KINDS, PASSAGE, RECORD
from archive.search.suggesting import suggest
from media.papers import Paper, PaperPage
from tests.archive.search.conftest import NOW, TODAY, SmallArchive, make_tables, small_archive
from tests.postgres import new_database

# How a thing is kept, the word that is said in it alone, and the year that it alone speaks about.
KEPT = {
    "closed": ("blåbærskog", 1943),
    "assigned": ("multemyr", 1934),
    "handed_in": ("tyttebærlyng", 1921),
    "members": ("bringebærkratt", 1957),
    "open": ("jordbæråker", 1968),
    "ran_out": ("rognebærtre", 1979),
    "withdrawn": ("kreklinghei", 1982),
    "one_of_two_withdrew": ("bjørnebærbusk", 1996),
    "closed_again": ("stikkelsbærhage", 2007),
}
RECORDS = {
    "record closed": ("hasselnøtt", 1913),
    "record handed in": ("einerved", 1902),
    "record members": ("løvetannfrø", 1958),
    "record open": ("prestekrage", 1964),
}
EVENTS = {
    "event closed": ("humleranke", 1948),
    "event suggested": ("vierkjerr", 1926),
    "event members": ("kløvereng", 1959),
    "event open": ("syrinhekk", 1967),
}
THINGS = KEPT | RECORDS | EVENTS
EVERYTHING = set(THINGS)
OPEN = {"open", "record open", "event open"}
MEMBERS = OPEN | {"members", "record members", "event members"}
SEEN = {
    "visitor": OPEN,
    "member": MEMBERS,
    "volunteer": MEMBERS,
    "assigned volunteer": MEMBERS | {"assigned"},
    "volunteer who handed in": MEMBERS | {"handed_in", "record handed in", "event suggested"},
    "secretary": EVERYTHING,
    "owner": EVERYTHING,
}


ASKED = {
    "kodeordet": KINDS,
    '"kodeordet var"': KINDS,
    "kode*": KINDS,
    "hvem:svarer": (PASSAGE,),
    "kodeord romskip": (PASSAGE,),
    "husker OR etter": KINDS,
    "kodeordett": KINDS,
    "nøkkelordet": (CHAPTER,),
}
OF_INTERVIEWS = ((PASSAGE,), (CHAPTER,))


@dataclass
class Kept:
    """The archive, the numbers of what is in it by how that is kept, and the readers."""

    archive: SmallArchive
    numbers: dict[str, int]
    readers: dict[str, Viewer]


@pytest.fixture(scope="module", params=["whoosh", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    environ = {"STEMME_DATA": str(tmp_path_factory.mktemp("rights") / "var"), "STEMME_SEARCH": request.param}
    if request.param == "whoosh":
        with small_archive(environ) as made:
            yield _filled(made)
        return
    server: Path = request.getfixturevalue("postgres_server")
    tables = request.getfixturevalue("made_once")("no_rows", make_tables)
    with new_database(server, copy_of=tables) as url, small_archive({**environ, "STEMME_DATABASE_URL": url}) as made:
        yield _filled(made)


def _filled(each: SmallArchive) -> Kept:
    numbers = {}
    for how, (word, year) in KEPT.items():
        access = {"open": Access.OPEN, "members": Access.MEMBERS}.get(how, Access.CLOSED)
        numbers[how] = each.add(
            f"Om {word}",
            (f"Spør {word.title()}", f"Hva husker du om {word}?"),
            (f"Svarer {word.title()}", f"Kodeordet var {word}, sa Navnet {word.title()} i {year}."),
            (f"Spør {word.title()}", f"Og etter {word}?"),
            access=access,
            place=f"Sted {word}",
            held_on=date(year + 10, 5, 1),
            summary=f"Kodeordet {word} i {year}.",
            indexed=False,
        )
    readers = {"visitor": VISITOR, "member": Viewer(Role.MEMBER), "owner": MACHINE_OWNER}
    with each.database.write() as session:
        session.add_all(each._person(session, f"Navnet {word.title()}") for word, _ in THINGS.values())
        users = {
            name: add_user(session, name=name, username=f"u{number}", role=role, now=NOW, by=None)
            for number, (name, role) in enumerate(
                (
                    ("volunteer", Role.VOLUNTEER),
                    ("assigned volunteer", Role.VOLUNTEER),
                    ("volunteer who handed in", Role.VOLUNTEER),
                    ("secretary", Role.SECRETARY),
                )
            )
        }
        session.flush()
        readers |= {name: Viewer(user.role, user.id) for name, user in users.items()}
        for how, (word, year) in KEPT.items():
            chapter = ChapterDetails(0, f"Nøkkelordet {word}", 1_000, f"Om {word}, sa Navnet {word.title()} i {year}.")
            add_chapter(session, numbers[how], chapter, by=None, now=NOW)
        _keep(session, {how: session.get_one(Interview, number) for how, number in numbers.items()}, users)
        by = users["volunteer who handed in"].id
        numbers |= {how: _record(session, how, by=by if how == "record handed in" else None) for how in RECORDS}
        numbers |= {how: _event(session, how, by=by if how == "event suggested" else None) for how in EVENTS}
        session.commit()
    each.update()
    return Kept(each, numbers, readers)


def _said(how: str) -> str:
    word, year = THINGS[how]
    return f"Hva alle husker etter {word}: Kodeordet var {word}, sa Navnet {word.title()} i {year}."


def _access(how: str) -> Access:
    return {"members": Access.MEMBERS, "open": Access.OPEN}.get(how.split()[-1], Access.CLOSED)


def _record(session: Session, how: str, *, by: int | None) -> int:
    word, year = RECORDS[how]
    paper = ReceivedPaper(word.encode().hex().ljust(64, "0")[:64], 9, "a.pdf", Paper("pdf", 1, True))
    details = RecordDetails(f"Papir {word}", RecordKind.MINUTES, dated=str(year))
    record = add_record(session, details, paper, by=by, now=NOW)
    save_pages(session, record.versions[0], 0, [PaperPage(_said(how), None, is_scan=False)])
    settle(session, record.versions[0], now=NOW)
    if _access(how) != Access.CLOSED:
        set_access(session, record, _access(how), ground="Delt ut", by=None, now=NOW)
    return number_of_record(record.id)


def _event(session: Session, how: str, *, by: int | None) -> int:
    word, year = EVENTS[how]
    details = EventDetails(f"Dag {word}", str(year), place=f"Sted {word}", text=_said(how), access=_access(how))
    return number_of_event(add_event(session, details, by=by, now=NOW).id)


def _keep(session: Session, interviews: dict[str, Interview], users: dict[str, User]) -> None:
    volunteer = users["assigned volunteer"].id
    session.add(Assignment(interview_id=interviews["assigned"].id, user_id=volunteer, assigned_at=NOW))
    interviews["handed_in"].handed_in_by_id = users["volunteer who handed in"].id
    by = users["secretary"].id
    for how in ("ran_out", "withdrawn", "one_of_two_withdrew", "closed_again"):
        interview = interviews[how]
        until = date(2026, 2, 28) if how == "ran_out" else None
        made = [
            record_consent(
                session,
                interview,
                given_by=name,
                use=Use.ALL,
                valid_from=date(2020, 1, 1),
                valid_until=until,
                by=by,
                now=NOW,
            )
            for name in ("Kari Fortelling", "Ola Svarer")
        ]
        interview.access = Access.OPEN
        for consent in made[: {"withdrawn": 2, "one_of_two_withdrew": 1}.get(how, 0)]:
            withdraw_consent(session, consent, by=by, now=NOW)
        if how == "closed_again":
            close_now(session, interview, by=by, now=NOW)
        if how == "withdrawn":
            interview.access = Access.OPEN  # even if somebody forgot to close it


def everything_in(results: Results) -> str:
    """All that a reader can read out of an answer."""
    hits = (
        f"{hit.text} {hit.before} {hit.after} {hit.title} {hit.place} {hit.narrators} {hit.speaker}"
        for hit in results.hits
    )
    facets = results.facets
    of_facets = (f"{one.name} {one.value}" for name in Facets.__dataclass_fields__ for one in getattr(facets, name))
    return "\n".join((*hits, *of_facets, str(results.meant), str(results.also), str(results.apart))).lower()


@pytest.mark.parametrize("reader", SEEN)
def test_what_may_not_be_seen_leaves_no_trace(kept: Kept, reader: str) -> None:
    viewer, seen = kept.readers[reader], SEEN[reader]
    wish = Wish(with_facets=True)
    for typed, kinds in ASKED.items():
        here = {how for how in seen if kinds not in OF_INTERVIEWS or how in KEPT}
        results = kept.archive.search(typed, viewer, kinds=kinds, limit=100, wish=wish)
        assert {hit.interview_id for hit in results.hits} == {kept.numbers[how] for how in here}, typed
        assert results.total == len(results.hits)
        assert results.counts.keys() == {kept.numbers[how] for how in here}
        decades = {int(facet.value) for facet in results.facets.about_decades}
        assert decades <= {THINGS[how][1] // 10 * 10 for how in here}, typed
        readable = everything_in(results)
        for how, (word, year) in THINGS.items():
            assert (word in readable) == (how in here), (typed, word)
            assert how in here or str(year) not in readable, (typed, year)
    for how in THINGS:
        _no_trace_of(kept, viewer, how, how in seen)


def _no_trace_of(kept: Kept, viewer: Viewer, how: str, may_see: bool) -> None:
    """Everything that can be asked of one thing, as if it were not there for those who may not see it."""
    archive, number, (word, _) = kept.archive, kept.numbers[how], THINGS[how]
    slip = word[:5] + word[6:]
    for typed in (word, slip, f"{word} romskip", f"{word[:5]}*", f"-romskip {word}"):
        results = archive.search(typed, viewer, kinds=KINDS, limit=100, wish=Wish(with_facets=True))
        assert any(hit.interview_id == number for hit in results.hits) == may_see, (typed, how)
        assert (results.total > 0) == may_see, (typed, how)
        assert may_see or not (results.meant or results.apart), (typed, how)
    for kinds, narrow in _narrowed_to(kept, how):
        found = archive.search("kodeordet", viewer, kinds=kinds, wish=Wish(narrow=narrow, with_facets=True))
        assert (found.total, len(found.hits), bool(found.facets.people)) == (
            (1, 1, True) if may_see else (0, 0, False)
        ), (narrow, how)
    with archive.database.read() as session:
        spoken = (f"svarer {word[:4]}",) if how in KEPT else ()
        for typed in (word[:4], f"kodeordet {word[:6]}", *spoken):
            suggested = suggest(session, archive.index, typed, viewer=viewer, today=TODAY)
            assert any(word in each.lower() for each in suggested) == may_see, (typed, how)


def _narrowed_to(kept: Kept, how: str) -> list[tuple[tuple[str, ...], Narrow]]:
    """What a search for the code word may be narrowed to so that this alone is left."""
    word, year = THINGS[how]
    decade, place = year // 10 * 10, f"Sted {word}"
    if how in RECORDS:
        return [((RECORD,), Narrow(decade=decade)), ((RECORD,), Narrow(about_decade=decade))]
    if how in EVENTS:
        return [((EVENT,), Narrow(place=place)), ((EVENT,), Narrow(place=place, about_decade=decade))]
    narrows = (
        Narrow(interview_id=kept.numbers[how]),
        Narrow(place=place),
        Narrow(decade=(year + 10) // 10 * 10, place=place),
        Narrow(about_decade=decade),
    )
    return [((PASSAGE,), narrow) for narrow in narrows]


def test_the_lines_around_a_hit_are_of_its_own_interview(kept: Kept) -> None:
    (hit,) = [each for each in kept.archive.search("kodeordet jordbæråker", VISITOR).hits if "Kodeordet" in each.text]
    assert (hit.before, hit.after) == ("Hva husker du om jordbæråker?", "Og etter jordbæråker?")

"""What somebody may not see leaves no trace in a search: not in hits, totals, facets, suggestions, or the lines around.

Every way an interview may be kept from somebody, told to every kind of reader, on both back ends. The same words are
said in each, beside one that is said in it alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR, Use, Viewer, close_now, record_consent, withdraw_consent
from archive.accounts import Role, User, add_user
from archive.interviews import Access, Assignment, Interview
from archive.search.narrowing import Facets, Narrow
from archive.search.query import Results, Wish
from archive.search.schema import KINDS, PASSAGE
from archive.search.suggesting import suggest
from tests.archive.search.conftest import NOW, TODAY, SmallArchive

# How an interview is kept, the word that is said in it alone, and the year that it alone speaks about.
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
EVERYTHING = set(KEPT)
SEEN = {
    "visitor": {"open"},
    "member": {"open", "members"},
    "volunteer": {"open", "members"},
    "assigned volunteer": {"open", "members", "assigned"},
    "volunteer who handed in": {"open", "members", "handed_in"},
    "secretary": EVERYTHING,
    "owner": EVERYTHING,
}


ASKED = {
    "kodeordet": KINDS,
    '"kodeordet var"': KINDS,
    "kode*": KINDS,
    "hvem:svarer": KINDS,
    "kodeord romskip": (PASSAGE,),
    "husker OR etter": KINDS,
    "kodeordett": KINDS,
}


@dataclass
class Kept:
    """The archive, the interviews by how they are kept, and the readers."""

    archive: SmallArchive
    interviews: dict[str, int]
    readers: dict[str, Viewer]


@pytest.fixture
def kept(each: SmallArchive) -> Iterator[Kept]:
    interviews = {}
    for how, (word, year) in KEPT.items():
        access = {"open": Access.OPEN, "members": Access.MEMBERS}.get(how, Access.CLOSED)
        interviews[how] = each.add(
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
        session.add_all(each._person(session, f"Navnet {word.title()}") for word, _ in KEPT.values())
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
        _keep(session, {how: session.get_one(Interview, number) for how, number in interviews.items()}, users)
        session.commit()
    each.update()
    yield Kept(each, interviews, readers)


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
        results = kept.archive.search(typed, viewer, kinds=kinds, limit=100, wish=wish)
        assert {hit.interview_id for hit in results.hits} == {kept.interviews[how] for how in seen}, typed
        assert results.total == len(results.hits)
        assert results.counts.keys() == {kept.interviews[how] for how in seen}
        decades = {int(facet.value) for facet in results.facets.about_decades}
        assert decades <= {KEPT[how][1] // 10 * 10 for how in seen}, typed
        readable = everything_in(results)
        for how, (word, year) in KEPT.items():
            assert (word in readable) == (how in seen), (typed, word)
            assert how in seen or str(year) not in readable, (typed, year)
    for how, (word, year) in KEPT.items():
        _no_trace_of(kept, viewer, how, word, year, how in seen)


def _no_trace_of(kept: Kept, viewer: Viewer, how: str, word: str, year: int, may_see: bool) -> None:
    """Everything that can be asked of one interview, as if it were not there for those who may not see it."""
    archive, number = kept.archive, kept.interviews[how]
    slip = word[:5] + word[6:]
    for typed in (word, slip, f"{word} romskip", f"{word[:5]}*", f"-romskip {word}"):
        results = archive.search(typed, viewer, kinds=KINDS, limit=100, wish=Wish(with_facets=True))
        assert any(hit.interview_id == number for hit in results.hits) == may_see, (typed, how)
        assert (results.total > 0) == may_see, (typed, how)
        assert may_see or not (results.meant or results.apart), (typed, how)
    narrows = (
        Narrow(interview_id=number),
        Narrow(place=f"Sted {word}"),
        Narrow(decade=(year + 10) // 10 * 10, place=f"Sted {word}"),
        Narrow(about_decade=year // 10 * 10),
    )
    for narrow in narrows:
        found = archive.search("kodeordet", viewer, wish=Wish(narrow=narrow, with_facets=True))
        assert (found.total, len(found.hits), bool(found.facets.people)) == (
            (1, 1, True) if may_see else (0, 0, False)
        ), (narrow, how)
    with archive.database.read() as session:
        for typed in (word[:4], f"kodeordet {word[:6]}", f"svarer {word[:4]}"):
            suggested = suggest(session, archive.index, typed, viewer=viewer, today=TODAY)
            assert any(word in each.lower() for each in suggested) == may_see, (typed, how)


def test_the_lines_around_a_hit_are_of_its_own_interview(kept: Kept) -> None:
    (hit,) = [each for each in kept.archive.search("kodeordet jordbæråker", VISITOR).hits if "Kodeordet" in each.text]
    assert (hit.before, hit.after) == ("Hva husker du om jordbæråker?", "Og etter jordbæråker?")

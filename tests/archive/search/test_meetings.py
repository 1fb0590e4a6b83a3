"""Meetings, their cases and decisions are found by the same search, on both back ends, by whoever may see them."""

from sqlalchemy import select

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.accounts import Role
from archive.interviews import Access
from archive.meetings.cases import CaseDetails, MeetingCase, add_cases, change_case
from archive.meetings.history import remove_meeting, undo_removal
from archive.meetings.meeting import Meeting, MeetingDetails, MeetingKind, add_meeting, change_meeting
from archive.search.comparing import compare
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.search.schema import KINDS, MEETING, PASSAGE
from archive.units import Unit, UnitKind
from tests.archive.search.conftest import NOW, SmallArchive

MEMBER = Viewer(Role.MEMBER)


def details(unit_id: int, title: str, access: Access) -> MeetingDetails:
    return MeetingDetails(unit_id, MeetingKind.ANNUAL, title, "våren 1979", place="Verran", access=access, ground="Ja")


def add(each: SmallArchive, title: str = "Årsmøtet", access: Access = Access.CLOSED) -> tuple[int, list[int]]:
    """A meeting with two cases; gives its number and theirs."""
    with each.database.write() as session:
        unit = Unit(name="Verran SV", kind=UnitKind.LOCAL_BRANCH)
        session.add(unit)
        session.flush()
        meeting = add_meeting(session, details(unit.id, title, access), by=None, now=NOW)
        cases = [
            CaseDetails(
                "Ny barnehage", "4/79", "Styret foreslår", "Pengene brukes", "Barnehagene bygges ut", "9 mot 2"
            ),
            CaseDetails("Eventuelt"),
        ]
        numbers = [case.id for case in add_cases(session, meeting, cases, by=None, now=NOW)]
        session.commit()
        number = meeting.id
    each.update()
    return number, numbers


def found(each: SmallArchive, text: str, viewer: Viewer = MACHINE_OWNER, **more: object) -> list[str]:
    return [hit.url for hit in each.search(text, viewer, kinds=KINDS, **more).hits]


def test_a_decision_leads_to_its_case(each: SmallArchive) -> None:
    number, (kindergarten, _) = add(each)
    for asked in ("barnehage", "bygge ut", '"4/79"', "foreslå", "9 mot 2"):
        assert found(each, asked)[:1] == [f"/mote/{number}#sak-{kindergarten}"], asked
    for asked in ("årsmøte", "1979", "verran"):
        assert found(each, asked) == [f"/mote/{number}"], asked
    (hit,) = each.search("utbygging barnehager bygges", kinds=(MEETING,)).hits[:1]
    assert (hit.kind, hit.meeting_id, hit.case_id, hit.title, hit.dated) == (
        MEETING,
        number,
        kindergarten,
        "Årsmøtet",
        "1979-21",
    )
    (hit,) = each.search('"4/79"', kinds=(MEETING,)).hits
    assert hit.text.splitlines()[:3] == [
        "Sak 4/79 Ny barnehage.",
        "Vedtak: Barnehagene bygges ut.",
        "Stemmer: 9 mot 2.",
    ]
    assert {hit.text[a:b] for a, b in hit.highlights} <= {"4", "79", "4/79"}
    assert each.search("stemmer", kinds=(MEETING,)).total == 0  # what a part is called is no word of it
    results = each.search("barnehage", kinds=KINDS)
    assert (results.total, results.interviews, results.records, results.events, results.meetings) == (1, 0, 0, 0, 1)
    assert each.search("barnehage", kinds=(PASSAGE,)).total == 0
    by_unit = Wish(narrow=Narrow(unit_id=99_999))
    assert found(each, "barnehage", wish=by_unit) == []
    assert found(each, "barnehage", wish=Wish(narrow=Narrow(place="Verran"), with_facets=True)) != []


def test_nobody_finds_what_he_may_not_see(each: SmallArchive) -> None:
    numbers = {access: add(each, f"Møte {access.value}", access)[0] for access in Access}
    seen = {
        VISITOR: [Access.OPEN],
        MEMBER: [Access.MEMBERS, Access.OPEN],
        Viewer(Role.VOLUNTEER, 1): [Access.MEMBERS, Access.OPEN],
        Viewer(Role.SECRETARY): list(Access),
    }
    for viewer, accesses in seen.items():
        results = each.search("barnehage", viewer, kinds=KINDS, wish=Wish(with_facets=True))
        assert sorted(hit.meeting_id or 0 for hit in results.hits) == sorted(numbers[each] for each in accesses)
        assert results.total == results.meetings == len(accesses)
        assert sum(facet.count for facet in results.facets.places) == len(accesses)
    # It is closed before the index has heard of it.
    with each.database.write() as session:
        meeting = session.get_one(Meeting, numbers[Access.OPEN])
        change_meeting(session, meeting, details(meeting.unit_id, "Møte", Access.CLOSED), by=None, now=NOW)
        session.commit()
    assert found(each, "barnehage", VISITOR) == []


def test_the_index_follows_changes_and_removals(each: SmallArchive) -> None:
    number, (kindergarten, _) = add(each)
    with each.database.write() as session:
        case = session.scalars(select(MeetingCase).where(MeetingCase.id == kindergarten)).one()
        change_case(session, case, CaseDetails("Svømmehall", "4/79"), by=None, now=NOW)
        session.commit()
    assert found(each, "barnehage") == []  # the index has not heard of it yet
    each.update()
    assert found(each, "barnehage") == []
    assert found(each, "svømmehallen") == [f"/mote/{number}#sak-{kindergarten}"]
    with each.database.write() as session:
        removal = remove_meeting(session, session.get_one(Meeting, number), by=None, now=NOW)
        session.commit()
    for _ in range(2):
        assert found(each, "svømmehall") == []
        each.update()
    with each.database.write() as session:
        undo_removal(session, removal.id, by=None, now=NOW)
        session.commit()
    each.update()
    assert found(each, "svømmehall") == [f"/mote/{number}#sak-{kindergarten}"]
    each.settings.index.mkdir(exist_ok=True)
    (each.settings.index / "doubt").touch()  # Whoosh's is built anew
    each.update()
    assert found(each, "svømmehall") == [f"/mote/{number}#sak-{kindergarten}"]
    assert compare(each.settings, each.database, now=NOW).is_right

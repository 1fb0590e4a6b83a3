"""Events are found by the same search, on both back ends, by whoever may see them."""

from archive.access import MACHINE_OWNER, VISITOR, Viewer
from archive.accounts import Role
from archive.event_history import remove_event, undo_removal
from archive.events import Event, EventDetails, accept_event, add_event, change_event
from archive.interviews import Access
from archive.search.comparing import compare
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.search.schema import EVENT, KINDS, PASSAGE
from tests.archive.search.conftest import NOW, TODAY, SmallArchive

MEMBER = Viewer(Role.MEMBER)
TEXT = "Kommunehusene på brygga ble revet."


def add(each: SmallArchive, title: str, access: Access = Access.CLOSED) -> int:
    with each.database.write() as session:
        details = EventDetails(title, "våren 1974", place="Verran", text=TEXT, access=access)
        event = add_event(session, details, by=None, now=NOW)
        session.commit()
        number = event.id
    each.update()
    return number


def found(each: SmallArchive, text: str, viewer: Viewer = MACHINE_OWNER, **more: object) -> list[str]:
    return [hit.url for hit in each.search(text, viewer, kinds=KINDS, **more).hits]


def test_found_in_any_form_by_its_title_its_year_and_its_place(each: SmallArchive) -> None:
    number = add(each, "Rivningen")
    for asked in ("kommunehus", "brygge revet", "rivning", "1974", "verran", '"på brygga"'):
        assert found(each, asked) == [f"/tidslinje/{number}"], asked
    (hit,) = each.search("kommunehus", kinds=(EVENT,)).hits
    assert (hit.kind, hit.event_id, hit.title, hit.dated, hit.place) == (
        EVENT,
        number,
        "Rivningen",
        "1974-21",
        "Verran",
    )
    assert [hit.text[a:b] for a, b in hit.highlights] == ["Kommunehusene"]
    results = each.search("kommunehus", kinds=KINDS)
    assert (results.total, results.interviews, results.records, results.events) == (1, 0, 0, 1)
    assert each.search("kommunehus", kinds=(PASSAGE,)).total == 0


def test_nobody_finds_what_he_may_not_see(each: SmallArchive) -> None:
    numbers = {access: add(each, access.value, access) for access in Access}
    for viewer, seen in (
        (VISITOR, [Access.OPEN]),
        (MEMBER, [Access.MEMBERS, Access.OPEN]),
        (MACHINE_OWNER, list(Access)),
    ):
        results = each.search("kommunehus", viewer, kinds=KINDS)
        assert sorted(hit.event_id or 0 for hit in results.hits) == sorted(numbers[access] for access in seen)
        assert results.total == results.events == len(seen)
    with each.database.write() as session:  # closed now, and the index has not heard
        event = session.get_one(Event, numbers[Access.OPEN])
        details = EventDetails("open", "1974", text=TEXT, access=Access.CLOSED)
        change_event(session, event, details, by=None, now=NOW)
        session.commit()
    assert each.search("kommunehus", VISITOR, kinds=KINDS).total == 0


def test_what_is_removed_is_not_found_and_comes_back(each: SmallArchive) -> None:
    number = add(each, "Rivningen")
    with each.database.write() as session:
        removal = remove_event(session, session.get_one(Event, number), by=None, now=NOW)
        session.commit()
        removal_id = removal.id
    assert found(each, "kommunehus") == []
    each.update()
    assert found(each, "kommunehus") == []
    with each.database.write() as session:
        undo_removal(session, removal_id, by=None, now=NOW)
        session.commit()
    each.update()
    assert found(each, "kommunehus") == [f"/tidslinje/{number}"]
    assert compare(each.settings, each.database, now=NOW).is_right


def test_a_suggestion_is_found_by_members_when_it_stands(each: SmallArchive) -> None:
    number = add(each, "Rivningen")
    with each.database.write() as session:
        event = session.get_one(Event, number)
        assert found(each, "rivning", MEMBER) == []
        accept_event(session, event, Access.MEMBERS, by=None, now=NOW)
        session.commit()
    each.update()
    assert found(each, "rivning", MEMBER) == [f"/tidslinje/{number}"]


def test_narrowed_and_in_order_beside_interviews(each: SmallArchive) -> None:
    number = add(each, "Rivningen", Access.OPEN)
    interview = each.add("Om huset", ("Kari Oppdiktet", "Kommunehuset sto der i 1974."), held_on=TODAY, place="Verran")
    page = f"/tidslinje/{number}"

    def asked(sort: str = "relevance", **narrow: object) -> list[str]:
        wish = Wish(narrow=Narrow(**narrow), sort=sort, with_facets=True)  # type: ignore[arg-type]
        return [url.partition("?")[0] for url in found(each, "kommunehus", wish=wish)]

    told = f"/intervju/{interview}"
    places = each.search("kommunehus", kinds=KINDS, wish=Wish(with_facets=True)).facets.places
    assert sorted(asked()) == sorted(asked(about_decade=1970)) == sorted(asked(place="Verran")) == sorted([page, told])
    assert [(place.value, place.count) for place in places] == [("Verran", 2)]
    assert asked("date") == [told, page]
    assert asked(interview_id=interview) == [told]
    assert asked(language="nb") == [told]
    assert asked(about_decade=1980) == []

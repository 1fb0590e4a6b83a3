from collections.abc import Callable
from datetime import date

from sqlalchemy import event
from sqlalchemy.orm import Session

from archive.organisation.tree import alphabetical, list_units, matching, organisation
from archive.units import FormerName, Unit, UnitKind
from tests.archive.organisation.conftest import Hold

MakeUnit = Callable[..., Unit]


def test_the_list_shows_leaders_and_where_a_branch_is_missing(
    session: Session, unit_named: Callable[..., Unit], hold: Hold, today: date
) -> None:
    for name in ("Gro Oppdiktet", "Geir Oppdiktet"):
        hold(unit_named("Innherred"), name)
    hold(unit_named("Innherred"), "Forrige Leder", held_from="2010", held_to="2012")
    whole = organisation(list_units(session, today=today))
    innherred = next(each for each in whole.regions if each.unit.name == "Innherred")
    assert innherred.unit.leaders == ("Geir Oppdiktet", "Gro Oppdiktet")
    assert [each.municipality.name for each in innherred.places] == [
        "Inderøy",
        "Levanger",
        "Snåsa",
        "Steinkjer",
        "Verdal",
    ]


def test_a_region_says_which_of_its_municipalities_are_without(
    session: Session, make_unit: MakeUnit, unit_named: Callable[..., Unit], today: date
) -> None:
    region = unit_named("Fjellregionen")
    make_unit("Aafjell", UnitKind.MUNICIPALITY, region_id=region.id)
    make_unit("Fjellvandrerne SV", region_id=region.id)
    found = next(each for each in organisation(list_units(session, today=today)).regions if each.unit.id == region.id)
    assert [(each.municipality.name, bool(each.branches)) for each in found.places][-1] == ("Aafjell", False)
    assert [each.name for each in found.others] == ["Fjellvandrerne SV"]


def test_a_unit_is_found_by_what_it_was_called(session: Session, make_unit: MakeUnit, today: date) -> None:
    make_unit("Utopia SV", former_names=(FormerName("Sørvågen Sosialistiske Folkeparti"),))
    units = list_units(session, today=today)
    assert [each.name for each in matching(units, "SØRVÅGEN sosial")] == ["Utopia SV"]
    assert matching(units, "finnes ikke") == []


def test_norwegian_letters_come_last() -> None:
    names = ["Åfjord", "Ørland", "Trondheim", "Ærlig", "alvdal"]
    assert sorted(names, key=alphabetical) == ["alvdal", "Trondheim", "Ærlig", "Ørland", "Åfjord"]


def test_the_list_asks_as_often_for_many_as_for_few(
    session: Session, make_unit: MakeUnit, unit_named: Callable[..., Unit], hold: Hold, today: date
) -> None:
    def asked() -> int:
        count = 0

        def one_more(*_: object) -> None:
            nonlocal count
            count += 1

        session.flush()
        session.expire_all()
        session.connection()
        event.listen(session.get_bind(), "before_cursor_execute", one_more)
        organisation(list_units(session, today=today))
        event.remove(session.get_bind(), "before_cursor_execute", one_more)
        return count

    few = asked()
    for number in range(30):
        hold(make_unit(f"Utopia {number} SV"), f"Leder {number}")
    assert asked() == few == 2

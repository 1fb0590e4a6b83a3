"""What differs between an index and its database is found and counted, in both back ends, and put right."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text

from archive.interviews import Interview
from archive.outbox import OutboxEntry
from archive.search import folder as place
from archive.search.comparing import LATE_AFTER, WHOOSH_PASSAGES, Comparison, compare, is_too_large_for_whoosh, mend
from archive.transcripts import Segment
from tests.archive.search.conftest import NOW, SmallArchive


def found_in(each: SmallArchive) -> Comparison:
    return compare(each.settings, each.database, now=NOW)


def behind_its_back(each: SmallArchive, *statements: object) -> None:
    """Change the database without telling the index."""
    with each.database.write() as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
        session.execute(delete(OutboxEntry))
        session.commit()


def differences(found: Comparison) -> tuple[int, int, int]:
    return found.lacking, found.too_many, found.older


def test_an_index_that_heard_of_everything_is_right(each: SmallArchive) -> None:
    each.add_many(3)
    each.update()
    found = found_in(each)
    assert found.is_right
    assert (found.interviews, found.passages, differences(found), found.late) == (3, 15, (0, 0, 0), 0)


def test_what_is_lacking_too_much_or_older_is_told_apart(each: SmallArchive) -> None:
    a, b, c, d = (each.add(f"Nr. {n}", ("Kari Fortelling", "Torvet."), ("Ola Svarer", "Kaia.")) for n in range(4))
    new = each.add("Ny", ("Kari Fortelling", "Elven."), indexed=False)
    with each.database.read() as session:
        line = session.scalars(select(Segment.id).where(Segment.interview_id == b)).first()
    behind_its_back(
        each,
        text(f"UPDATE segment SET text = 'Brygga.' WHERE id = {line}"),
        delete(Segment).where(Segment.interview_id == c, Segment.text == "Kaia."),
        delete(Segment).where(Segment.interview_id == d),
        delete(Interview).where(Interview.id == d),
    )
    found = found_in(each)
    assert found.wrong == (b, c, d, new)
    assert not found.is_right
    # Of b one line reads otherwise; of c one is gone, and the one before it has another neighbour; d is gone, and
    # new is not in.
    assert differences(found) == (2, 1 + 3, 1 + 1)
    mend(each.settings, each.database, found, now=NOW)
    assert found_in(each).is_right
    assert each.found("brygge") == [b]
    assert each.found("torv") == [a, c]
    assert each.found("elv") == [new]


def test_a_speaker_of_another_name_makes_a_passage_old(each: SmallArchive) -> None:
    a = each.add("A", ("Kari Fortelling", "Torvet."))
    behind_its_back(each, text("UPDATE person SET name = 'Kari Nyttnavn', name_key = 'kari nyttnavn'"))
    found = found_in(each)
    assert (found.wrong, differences(found)) == ((a,), (0, 0, 1))


def test_what_waits_is_no_difference_but_late_after_a_while(each: SmallArchive) -> None:
    ids = each.add_many(2)
    assert found_in(each).is_right
    later = compare(each.settings, each.database, now=NOW + LATE_AFTER + timedelta(seconds=1))
    assert (later.is_right, later.late) == (True, len(ids))
    mend(each.settings, each.database, later, now=NOW)
    assert each.waiting == 0


def test_an_index_that_cannot_be_used_is_built_anew(each: SmallArchive) -> None:
    a = each.add("A", (None, "Torvet."))
    if each.settings.search == "postgresql":
        with each.database.engine.begin() as connection:
            connection.execute(text("DROP TABLE search_passage"))
    else:
        index = place.current(each.settings.index)
        assert index is not None
        for path in index.glob("*.seg"):
            path.write_bytes(b"garbage" * 9)
    found = found_in(each)
    assert not found.is_usable
    assert found.interviews == 1
    mend(each.settings, each.database, found, now=NOW)
    assert found_in(each).is_right
    assert each.found("torv") == [a]


@pytest.mark.parametrize(("passages", "large"), [(0, False), (WHOOSH_PASSAGES, False), (WHOOSH_PASSAGES + 1, True)])
def test_where_postgresql_is_recommended(passages: int, large: bool) -> None:
    assert is_too_large_for_whoosh(passages) is large

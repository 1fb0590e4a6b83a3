"""The piles of the desk, on both databases."""

from archive.accounts import Role, add_user
from archive.database import Database
from archive.desk import KINDS, desk, one_pile, waiting_count
from tests.conftest import NOW
from tests.web.on_the_desk import TODAY, fill


def test_the_oldest_lies_first_in_every_pile(each_database: Database) -> None:
    with each_database.write() as session:
        add_user(session, name="Frode Frivillig", username="frode", role=Role.VOLUNTEER, now=NOW, by=None)
        session.commit()
    fill(each_database, 7)
    with each_database.read() as session:
        piles = {pile.kind: pile for pile in desk(session, today=TODAY, most=3)}
        assert set(piles) == set(KINDS) - {"letters"}
        assert next(iter(piles)) == "help"
        for kind, pile in piles.items():
            days = [paper.since for paper in pile.papers if paper.since]
            assert days == sorted(days), kind
            assert len(pile.papers) == min(3, pile.count), kind
            whole = one_pile(session, kind, today=TODAY, first=0, most=100)
            assert whole.count == len(whole.papers) == pile.count, kind
            rest = one_pile(session, kind, today=TODAY, first=3, most=100)
            assert pile.papers + rest.papers == whole.papers, kind
        assert waiting_count(session, today=TODAY) == sum(pile.count for pile in piles.values())
        assert piles["names"].papers[0].number == 1

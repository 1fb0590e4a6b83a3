"""Five hundred questions that nobody asks in good faith, to both back ends. How long they take, `script/bench` says."""

from archive.access import VISITOR
from archive.search.narrowing import Narrow
from archive.search.query import Wish
from archive.search.suggesting import suggest
from bench.hostile import questions
from tests.archive.search.conftest import TODAY, SmallArchive

ODD_NUMBERS = (-1, 0, 2**31, 2**63, 10**30, -(10**30))
ODD_WORDS = ("\x00", "Namsos\x00", "\ud800", "'; --", "%", "x" * 100_000)


def test_no_question_fails(each: SmallArchive) -> None:
    said = "Det er det som og i det som er, sa lederen på møtet i styret i 1973. "
    for number in range(10):
        each.add(f"Nr. {number}", ("Ola Svarer", said), indexed=False)
    each.update()
    for question in questions():
        results = each.search(question, kinds=("passage", "chapter", "interview"), wish=Wish(with_facets=True))
        assert results.complete, question[:60]
        assert all(hit.text for hit in results.hits)
    with each.database.read() as session:
        for question in questions():
            suggest(session, each.index, question, viewer=VISITOR, today=TODAY)
    assert each.search("styret").total == 10


def test_no_narrowing_fails(each: SmallArchive) -> None:
    each.add("A", ("Ola Svarer", "Møtet i styret i 1973."), place="Namsos")
    for number in ODD_NUMBERS:
        for name in ("speaker_id", "decade", "interview_id", "about_decade", "person_id"):
            results = each.search("styret", wish=Wish(narrow=Narrow(**{name: number}), with_facets=True))
            assert (results.total, results.complete) == (0, True), (name, number)
    for word in ODD_WORDS:
        for name in ("place", "language"):
            results = each.search("styret", wish=Wish(narrow=Narrow(**{name: word})))
            assert results.complete
            assert results.total in (0, 1)

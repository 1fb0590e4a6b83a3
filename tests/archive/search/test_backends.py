"""The PostgreSQL back end finds what Whoosh finds: the same archive, the same questions, two indexes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import MACHINE_OWNER, VISITOR
from archive.errors import BadSetting
from archive.interviews import Access, Interview
from archive.search.analysis import spans_in, tokens
from archive.search.backend import Asking
from archive.search.narrowing import Narrow
from archive.search.passages import passages_of
from archive.search.query import Wish
from archive.search.question import merged, read_question
from archive.search.schema import PASSAGE, lines_where, sources_of
from archive.search.suggesting import suggest
from archive.settings import read_settings
from archive.transcripts import Segment
from tests.archive.search.conftest import TODAY, SmallArchive, small_archive

pytestmark = pytest.mark.postgres


@pytest.fixture(params=["whoosh", "postgresql"])
def one(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Iterator[SmallArchive]:
    data = str(tmp_path / "var")
    environ = {"STEMME_DATA": data, "STEMME_DATABASE_URL": postgres_url, "STEMME_SEARCH": request.param}
    with small_archive(environ) as made:
        yield made


@pytest.fixture
def filled(one: SmallArchive) -> SmallArchive:
    one.add(
        "Streiken",
        ("Kari Fortelling", "Vi gikk ikke med i styret før kommunestyremøtet i Namsos."),
        ("Ola Svarer", "Æ va itj med på dæ, og lederen sa nei."),
        place="Namsos",
        held_on=date(1994, 5, 1),
        access=Access.OPEN,
    )
    one.add("Torget", ("Ola Svarer", "Torvet var fullt, og det var møte."), place="Steinkjer", held_on=date(2003, 1, 1))
    one.add("Papir", (None, "Papirfabrikken ble lagt ned. D'Artagnan \\ sa: 'nei'."), place="Namsos")
    return one


QUESTIONS = {
    "styret": ["Streiken"],
    '"ikke med i styret"': ["Streiken"],
    '"med ikke"': [],
    "kommunestyre": ["Streiken"],
    "møte": ["Streiken", "Torget"],
    "møte -torvet": ["Streiken"],
    "torv OR papirfabrikk": ["Papir", "Torget"],
    "hvem:ola": ["Streiken", "Torget"],
    "hvem:ola torvet": ["Torget"],
    "pap*": ["Papir"],
    "leiar": ["Streiken"],
    "papirfabrikkn": ["Papir"],
    "D'Artagnan": ["Papir"],
    "'; drop table search_passage; --": [],
    "a' | 'b": [],
    "romskip": [],
    "\\": [],
}


@pytest.mark.parametrize("typed", QUESTIONS)
def test_a_question_finds_the_same(filled: SmallArchive, typed: str) -> None:
    results = filled.search(typed, limit=50)
    assert results.complete
    assert sorted({hit.title for hit in results.hits[: results.above]}) == QUESTIONS[typed]


@pytest.mark.parametrize("any_word", [False, True])
@pytest.mark.parametrize(
    "typed", ["møte kommunestyre", '"ikke med i styret"', "torv OR papirfabrikk", "d'artagnan nei"]
)
def test_the_index_knows_which_words_answer(filled: SmallArchive, typed: str, any_word: bool) -> None:
    question = read_question(typed)
    with filled.database.read() as session:
        visible = set(session.scalars(select(Interview.id)))
        asking = Asking(question, any_word=any_word, kinds=(PASSAGE,), visible=visible, changed=(), most=20)
        found = filled.index.find(asking).best
        assert found
        for each in found:
            (passage,) = passages_of(lines_where(session, Segment.id.in_(each.lines)))
            assert each.marked and each.marked.stamp == stamp_in(session, each.interview_id, each.lines)
            spans = spans_in(passage.text)
            marks = merged((spans[first][0], spans[first + words - 1][1]) for first, words in each.marked.words)
            assert marks == question.marks(tokens(passage.text), passage.lines[0].speaker, any_word=any_word)


def stamp_in(session: Session, interview_id: int, lines: tuple[int, ...]) -> int:
    return next(source.stamp for source in sources_of(session, interview_id) if source.lines == lines)


def test_some_words_follow_below_the_line(filled: SmallArchive) -> None:
    results = filled.search("torvet papirfabrikk")
    assert results.above == 0
    assert {hit.title for hit in results.hits} == {"Torget", "Papir"}


def test_a_slip_is_told_from_what_the_reader_may_see(filled: SmallArchive) -> None:
    assert filled.search("torvettt").meant == {"torvettt": "torvet"}
    assert filled.search("torvettt", VISITOR).total == 0


def test_narrowed_counted_sorted_and_gathered(filled: SmallArchive) -> None:
    results = filled.search("møte OR papirfabrikk", wish=Wish(sort="date", with_facets=True))
    assert [hit.title for hit in results.hits] == ["Torget", "Streiken", "Papir"]
    by_place = filled.search("møte OR papirfabrikk", wish=Wish(sort="place"))
    assert [hit.place for hit in by_place.hits] == ["Namsos", "Namsos", "Steinkjer"]
    assert filled.search("møte", wish=Wish(narrow=Narrow(place="Namsos"))).total == 1
    assert filled.search("møte", wish=Wish(narrow=Narrow(decade=2000))).total == 1
    assert filled.search("møte", wish=Wish(narrow=Narrow(text="machine"))).total == 0
    gathered = filled.search("hvem:ola", wish=Wish(by_interview=True))
    assert len(gathered.hits) == len({hit.interview_id for hit in gathered.hits})


def test_counts_are_of_what_the_reader_may_see(filled: SmallArchive) -> None:
    wish = Wish(with_facets=True)
    seen = filled.search("møte", VISITOR, wish=wish)
    assert (seen.total, [facet.value for facet in seen.facets.places]) == (1, ["Namsos"])
    everything = filled.search("møte", wish=wish)
    assert {(facet.value, facet.count) for facet in everything.facets.places} == {("Namsos", 1), ("Steinkjer", 1)}
    assert {(facet.name, facet.count) for facet in everything.facets.speakers} == {
        ("Kari Fortelling", 1),
        ("Ola Svarer", 1),
    }


def test_suggestions_are_of_what_the_reader_may_see(filled: SmallArchive) -> None:
    with filled.database.read() as session:
        asked = {"viewer": MACHINE_OWNER, "today": TODAY}
        assert suggest(session, filled.index, "papirf", **asked) == ["papirfabrikken"]
        assert suggest(session, filled.index, "nei ola", **asked) == ["nei Ola Svarer"]
        assert suggest(session, filled.index, "papirf", viewer=VISITOR, today=TODAY) == []
        assert suggest(session, filled.index, "kari", viewer=VISITOR, today=TODAY) == ["Kari Fortelling"]


def test_a_change_is_heard_of_and_one_that_is_not_yet_is_read_from_the_database(filled: SmallArchive) -> None:
    a = filled.add("Nytt", (None, "Torvet igjen."))
    assert len(filled.found("torvet")) == 2
    filled.say(a, ("Ola Svarer", "Og enda mer om torvet."), indexed=False)
    assert len(filled.search("torvet").hits) == 2
    assert filled.update() == 1
    assert len(filled.search("torvet").hits) == 3
    assert filled.update() == 0


SIGNS = ["((((", "* * *", "-" * 400, '"' * 301, "\x00", "🎉"]
NOWHERE = ["a " * 400, "x" * 5000, "hvem:"]


@pytest.mark.parametrize(
    ("typed", "beside_a_word"), [(each, ["Torget"]) for each in SIGNS] + [(each, []) for each in NOWHERE]
)
def test_no_question_is_wrong(filled: SmallArchive, typed: str, beside_a_word: list[str]) -> None:
    """What nobody says finds nothing; signs beside a word are passed over."""
    nothing = filled.search(typed)
    assert (nothing.complete, nothing.total, nothing.hits) == (True, 0, [])
    assert [hit.title for hit in filled.search(f"{typed} torvet").hits] == beside_a_word


def test_postgresql_search_needs_a_postgresql_database(tmp_path: Path) -> None:
    with pytest.raises(BadSetting):
        read_settings({"STEMME_DATA": str(tmp_path), "STEMME_SEARCH": "postgresql"})


def test_the_parts_of_a_word_that_nobody_says_are_found_below_the_line(filled: SmallArchive) -> None:
    results = filled.search("styremøte")
    assert (results.above, results.total, results.apart, results.also) == (0, 1, ["styre", "møte"], [])
    (hit,) = results.hits
    assert hit.title == "Streiken"
    assert {hit.text[start:end] for start, end in hit.highlights} == {"styret", "kommunestyremøtet"}
    assert filled.search("kommunestyremøtet").apart == []  # it is said
    assert filled.search("torvmøte").hits[0].title == "Torget"
    assert filled.search("papirmøte").total == 0  # nobody says both in one place
    assert filled.search("styremøte", VISITOR).total == 1
    assert filled.search("torvmøte", VISITOR).total == 0

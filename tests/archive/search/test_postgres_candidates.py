"""The steps in which candidates are looked for: what matches is in the last of them, and nothing else in any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from archive.database import Database
from archive.search.analysis import tokens
from archive.search.postgres_candidates import levels_of, match_of, promising, terms_of
from archive.search.postgres_rows import LEVELS, RANK_WEIGHTS, WEIGHTS, quoted, value_of
from archive.search.question import Question, read_question

WORDS = ("torvet", "brygga", "kommunestyre", "ikke", "Namsos", "og")
QUESTIONS = st.lists(
    st.sampled_from((*WORDS, '"på torvet"', "-streik", "OR", "hvem:kari", "tor*", "qwx")), min_size=1, max_size=6
).map(" ".join)


def lexemes(words: list[str], speaker: str) -> set[str]:
    """What stands in the row of a passage with these words, as far as no question here asks for an order of words."""
    made = {f"s:{speaker}"}
    weights: dict[str, list[float]] = {}
    for token in tokens(" ".join(words)):
        made.add(f"x:{token.word}")
        for key in token.all_keys:
            weights.setdefault(key.text, []).append(key.weight)
    for key, those in weights.items():
        value = value_of(those)
        made |= {f"k:{key}", *(f"{level}:{key}" for level, least in LEVELS.items() if value >= least)}
    return made


def steps_of(question: Question, often: dict[str, int], *, any_word: bool = False, most: int = 100) -> list[str]:
    """The steps where each term counts for the score what it weighs."""
    terms = [each for wanted in question.wanted for each in terms_of(wanted, any_word=any_word)]
    scored = {term: weight for term, weight in terms if term in often}
    return list(promising(question, scored, often, any_word=any_word, passages=20_000, most=most))


def holds(query: str, row: set[str]) -> bool:
    """A `tsquery` worked out over a set of lexemes, by Python; a row of words holds where all of them stand."""
    code = query.replace("<->", "&").replace(":*", "")
    names: list[str] = []
    parts = code.split("'")
    for place in range(1, len(parts), 2):
        lexeme = parts[place]
        begun = query.find(f"'{lexeme}':*") >= 0
        names.append(str(any(each.startswith(lexeme) for each in row) if begun else lexeme in row))
        parts[place] = names[-1]
    text = "".join(parts).replace("!", " not ").replace("&", " and ").replace("|", " or ")
    return bool(eval(text))


@given(
    typed=QUESTIONS,
    words=st.lists(st.sampled_from((*WORDS, "streik", "på", "torv")), min_size=1, max_size=12),
    any_word=st.booleans(),
    rare=st.lists(st.integers(0, 5_000), min_size=12, max_size=12),
)
def test_every_match_is_in_the_last_step_and_nothing_else_in_any(
    typed: str, words: list[str], any_word: bool, rare: list[int]
) -> None:
    question = read_question(typed)
    if question.is_empty:
        return
    row = lexemes(words, "kari")
    asked = [term for wanted in question.wanted for term, _ in terms_of(wanted, any_word=any_word)]
    often = {lexeme: rare[place % len(rare)] for place, lexeme in enumerate([*asked, *levels_of(asked)])}
    steps = steps_of(question, {lexeme: count for lexeme, count in often.items() if count}, any_word=any_word)
    matches = holds(match_of(question, any_word=any_word), row)
    assert holds(steps[-1], row) == matches
    assert matches or not any(holds(step, row) for step in steps)


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), most=st.integers(1, 30_000))
def test_each_step_holds_what_the_one_before_holds(words: list[str], most: int) -> None:
    often = {"k:torv": 9_000, "2:torv": 2_000, "3:torv": 50, "k:namso": 8_000, "2:namso": 300}
    row = lexemes(words, "kari")
    held = [holds(step, row) for step in steps_of(read_question("torvet Namsos"), often, most=most)]
    assert held == sorted(held)


def test_where_a_word_is_said_often_comes_first() -> None:
    often = {"k:torv": 9_000, "2:torv": 2_000, "3:torv": 90, "4:torv": 9}
    steps = steps_of(read_question("torvet"), often)
    found = [
        next(place for place, step in enumerate(steps) if holds(step, lexemes(["torvet"] * n, "kari")))
        for n in (5, 4, 3, 2, 1)
    ]
    assert found == [0, 0, 0, 1, 2]


def test_what_would_bring_too_many_is_a_step_of_its_own() -> None:
    assert steps_of(read_question("plass"), {"k:plass": 9_000, "2:plass": 29})[:2] == ["'2:plass'", "'k:plass'"]


def test_a_rare_word_said_once_comes_before_a_common_one_said_often() -> None:
    often = {"k:torv": 9_000, "3:torv": 5_000, "k:qwx": 80}
    scored = {"k:torv": 0.5, "k:qwx": 5.0}
    first = next(promising(read_question("torvet qwx"), scored, often, any_word=True, passages=20_000, most=100))
    assert holds(first, lexemes(["qwx", "torvet"], "kari"))
    assert not holds(first, lexemes(["torvet"] * 5, "kari"))


@pytest.mark.parametrize("often", [1, 2, 3, 4, 6, 9])
def test_a_level_is_what_so_many_of_a_word_are_worth(often: int) -> None:
    said = value_of([1.0] * often)
    assert [level for level, least in LEVELS.items() if said >= least] == [level for level in LEVELS if level <= often]


@pytest.mark.postgres
def test_postgresql_gives_what_the_levels_are_made_of(postgres_url: str) -> None:
    letters = ["A", "AA", "BA", "BBBBA", "AB", "C" * 7, "DBDA", "A" * 40]
    database = Database(postgres_url)
    given = []
    with database.engine.connect() as connection:
        for each in letters:
            vector = quoted("k:torv") + ":" + ",".join(f"{place}{letter}" for place, letter in enumerate(each, 1))
            ranked = "SELECT ts_rank(CAST(:weights AS float4[]), CAST(:vector AS tsvector), CAST(:query AS tsquery))"
            values = {"weights": RANK_WEIGHTS, "vector": vector, "query": quoted("k:torv")}
            given.append(connection.scalar(text(ranked), values))
    database.close()
    assert given == pytest.approx([value_of(WEIGHTS[letter] for letter in each) for each in letters], rel=1e-5)

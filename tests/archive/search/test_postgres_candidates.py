"""The steps in which candidates are looked for: what matches is in the last of them, and nothing else in any."""

from hypothesis import given
from hypothesis import strategies as st

from archive.search.analysis import tokens
from archive.search.postgres_candidates import match_of, promising
from archive.search.postgres_rows import OFTEN
from archive.search.question import read_question

WORDS = ("torvet", "brygga", "kommunestyre", "ikke", "Namsos", "og")
QUESTIONS = st.lists(
    st.sampled_from((*WORDS, '"på torvet"', "-streik", "OR", "hvem:kari", "tor*", "qwx")), min_size=1, max_size=6
).map(" ".join)


def lexemes(words: list[str], speaker: str) -> set[str]:
    """What stands in the row of a passage with these words, as far as no question here asks for an order of words."""
    made = {f"s:{speaker}"}
    weights: dict[str, float] = {}
    for token in tokens(" ".join(words)):
        made.add(f"x:{token.word}")
        for key in token.all_keys:
            made.add(f"k:{key.text}")
            weights[key.text] = weights.get(key.text, 0.0) + key.weight
    return made | {f"{least}:{key}" for key, weight in weights.items() for least in OFTEN if weight >= least}


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
    asked = [f"k:{key.text}" for each in question.needed for key in each.asked(any_word=any_word)]
    often = {lexeme: rare[place % len(rare)] for place, lexeme in enumerate(asked)}
    steps = promising(question, often, any_word=any_word)
    matches = holds(match_of(question, any_word=any_word), row)
    assert holds(steps[-1], row) == matches
    assert matches or not any(holds(step, row) for step in steps)


def test_where_a_word_is_said_often_comes_first() -> None:
    question = read_question("torvet")
    steps = promising(question, {"k:torv": 9_000}, any_word=False)
    found = [
        next(place for place, step in enumerate(steps) if holds(step, lexemes(["torvet"] * n, "kari")))
        for n in (5, 4, 3, 2, 1)
    ]
    assert found == [0, 0, 1, 2, 3]

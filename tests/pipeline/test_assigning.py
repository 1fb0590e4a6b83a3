"""Which voice says which word: every word once and in order, one voice for each line."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.assigning import Turn, Turns, lines_by_voice, main_voice
from pipeline.engines import Word

TEXTS = st.sampled_from(["ja", "ja.", "vi", "gikk", "i", "Verdal.", "og", "hva?", "nei,"])


@st.composite
def words_in_order(draw: st.DrawFn) -> list[Word]:
    at, words = 0, []
    for _ in range(draw(st.integers(0, 40))):
        at += draw(st.integers(0, 2_500))
        length = draw(st.integers(0, 900))
        words.append((at, at + length, draw(TEXTS), 0.9))
        at += length
    return words


turns_of_some = st.lists(
    st.builds(
        lambda start, length, voice: Turn(start, start + length, voice),
        st.integers(0, 60_000),
        st.integers(1, 9_000),
        st.integers(1, 3),
    ),
    max_size=25,
)


@given(words_in_order(), turns_of_some)
def test_every_word_is_said_once_in_order(words: list[Word], turns: list[Turn]) -> None:
    lines = lines_by_voice(words, Turns(turns))
    assert [word for _, line in lines for word in line] == words
    assert {voice for voice, _ in lines} <= {turn.voice for turn in turns} | {None}
    assert all(line for _, line in lines)


@given(words_in_order(), turns_of_some)
def test_a_word_goes_to_who_speaks_longest_while_it_sounds(words: list[Word], turns: list[Turn]) -> None:
    spans = [(start, max(end, start + 1)) for start, end, _, _ in words]
    for (start, end), voice in zip(spans, Turns(turns).of(spans), strict=True):
        spoken = {
            each: len(
                {
                    ms
                    for turn in turns
                    if turn.voice == each
                    for ms in range(max(turn.start_ms, start), min(turn.end_ms, end))
                }
            )
            for each in {turn.voice for turn in turns}
        }
        if voice is not None and max(spoken.values()) > 0:
            assert spoken[voice] == max(spoken.values())
        if voice is None:
            assert not any(spoken.values())


def say(text: str, step: int = 400) -> list[Word]:
    return [(n * step, n * step + 350, word, 0.9) for n, word in enumerate(text.split())]


def said(words: list[Word], turns: list[Turn]) -> list[tuple[int | None, str]]:
    return [(voice, " ".join(word[2] for word in line)) for voice, line in lines_by_voice(words, Turns(turns))]


def test_a_change_moves_to_the_end_of_the_sentence_beside_it() -> None:
    words = say("Hvor var du da? Jeg var i Namsos hele den høsten.")
    late, early = 4 * 400 + 500, 3 * 400 - 60
    for change in (late, early, 4 * 400):
        assert said(words, [Turn(0, change, 1), Turn(change, 10_000, 2)]) == [
            (1, "Hvor var du da?"),
            (2, "Jeg var i Namsos hele den høsten."),
        ]


def test_an_answer_of_one_word_is_its_speakers_own() -> None:
    words = say("Vi reiste til Namsos da. Ja. Og der ble vi hele høsten.")
    turns = [Turn(0, 2_000, 1), Turn(2_000, 2_400, 2), Turn(2_400, 9_000, 1)]
    assert said(words, turns) == [
        (1, "Vi reiste til Namsos da."),
        (2, "Ja."),
        (1, "Og der ble vi hele høsten."),
    ]


def test_a_short_word_inside_a_sentence_does_not_flicker() -> None:
    words = [(0, 300, "Vi", 0.9), (300, 400, "i", 0.9), (400, 900, "laget", 0.9), (900, 1_300, "sang.", 0.9)]
    assert said(words, [Turn(0, 300, 1), Turn(300, 400, 2), Turn(400, 2_000, 1)]) == [(1, "Vi i laget sang.")]


def test_far_from_every_turn_nobody_is_known_to_speak() -> None:
    assert said([(60_000, 60_400, "ja.", 0.9)], [Turn(0, 1_000, 1)]) == [(None, "ja.")]
    assert said(say("hei på deg."), []) == [(None, "hei på deg.")]


def test_a_line_that_stays_goes_to_who_says_most_of_it() -> None:
    words = say("ja det var i Namsos")
    assert main_voice(words, (0, 1), Turns([Turn(0, 400, 1), Turn(400, 2_000, 2)])) == 2
    assert main_voice([], (0, 3_000), Turns([Turn(0, 400, 1), Turn(400, 2_000, 2)])) == 2
    assert main_voice([], (0, 3_000), Turns([])) is None

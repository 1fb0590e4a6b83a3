"""Passages join lines of one speaker, and know when each word was said."""

import json

from hypothesis import given
from hypothesis import strategies as st

from archive.search.passages import LONGEST_MS, LONGEST_TEXT, Line, one_speaker, passage_from, passages_of


def line(
    number: int,
    start_ms: int,
    end_ms: int,
    text: str,
    *,
    speaker: int | None = None,
    voice: int | None = None,
    recording: int | None = 1,
    timed: bool = True,
) -> Line:
    said = text.split()
    step = (end_ms - start_ms) // max(len(said), 1)
    words = [[start_ms + i * step, start_ms + (i + 1) * step, word, 0.9] for i, word in enumerate(said)]
    name = None if speaker is None else f"Person {speaker}"
    times = json.dumps(words) if timed else ""
    return Line(number, 1, recording, speaker, voice, name, start_ms, end_ms, text, times, False)


def test_lines_of_one_speaker_are_joined_up_to_a_minute() -> None:
    lines = [line(n, n * 20_000, (n + 1) * 20_000, f"Linje {n}.", speaker=1) for n in range(7)]
    found = passages_of(lines)
    assert [[each.id for each in passage.lines] for passage in found] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [(passage.start_ms, passage.end_ms) for passage in found] == [(0, 60_000), (60_000, 120_000), (120_000, 140_000)]  # fmt: skip # noqa: E501
    assert [passage.before and passage.before.id for passage in found] == [None, 2, 5]
    assert [passage.after and passage.after.id for passage in found] == [3, 6, None]


def test_nobody_in_particular_is_joined_within_one_recording_only() -> None:
    lines = [
        line(1, 0, 1000, "a", recording=1),
        line(2, 1000, 2000, "b", recording=1),
        line(3, 2000, 3000, "c", recording=2),
        line(4, 3000, 4000, "d", recording=2, speaker=7),
        line(5, 4000, 5000, "e", recording=3, speaker=7),
    ]
    assert [[each.id for each in passage.lines] for passage in passages_of(lines)] == [[1, 2], [3], [4, 5]]


def test_two_voices_without_a_name_are_never_joined() -> None:
    lines = [
        line(1, 0, 0, "Hva gjorde du?", voice=1, recording=None, timed=False),
        line(2, 0, 0, "Jeg gikk på møter.", voice=2, recording=None, timed=False),
        line(3, 0, 0, "Ofte.", voice=2, recording=None, timed=False),
        line(4, 0, 0, "Mange?", recording=None, timed=False),
        line(5, 0, 0, "Sju.", voice=2, speaker=7, recording=None, timed=False),
        line(6, 0, 0, "Nei, åtte.", voice=3, speaker=7, recording=None, timed=False),
    ]
    assert [[each.id for each in passage.lines] for passage in passages_of(lines)] == [[1], [2, 3], [4], [5, 6]]
    assert passage_from(lines[:2], None, None) is None


def test_a_voice_is_one_speaker_in_all_files_of_an_interview() -> None:
    lines = [line(1, 0, 1000, "a", voice=1, recording=1), line(2, 1000, 2000, "b", voice=1, recording=2)]
    assert one_speaker(lines)


def test_a_word_leads_to_the_line_it_stands_in() -> None:
    passage = passages_of([line(1, 0, 0, "Ja. ", timed=False), line(2, 0, 0, " Vi sang.", timed=False)])[0]
    assert [passage.line_at(passage.text.index(word)).id for word in ("Ja", "Vi", "sang")] == [1, 2, 2]


def test_a_text_without_times_does_not_become_one_passage() -> None:
    lines = [line(n, 0, 0, "ord " * 100, timed=False) for n in range(20)]
    assert all(len(passage.text) <= LONGEST_TEXT for passage in passages_of(lines))


def test_the_time_is_that_of_the_word_also_when_a_word_is_said_twice() -> None:
    passage = passages_of([line(1, 0, 4000, " ja ja nei ja "), line(2, 4000, 6000, "så ja")])[0]
    assert passage.text == "ja ja nei ja så ja"
    offsets = [0, 3, 6, 10, 13, 16]
    assert [passage.time_at(offset) for offset in offsets] == [0, 1000, 2000, 3000, 4000, 5000]


def test_a_line_without_word_times_gives_the_time_its_length_suggests() -> None:
    passage = passages_of([line(1, 1000, 3000, "abcdefghi jklmnopqrs", timed=False)])[0]
    assert passage.time_at(10) == 2000


def test_a_found_passage_whose_lines_are_gone_or_changed_speaker_is_none() -> None:
    one, two = line(1, 0, 1, "a", speaker=1), line(2, 1, 2, "b", speaker=2)
    assert passage_from([], None, None) is None
    assert passage_from([one, two], None, None) is None
    assert passage_from([one, line(3, 2, 3, " ", speaker=2)], None, two) is not None


texts = st.lists(st.sampled_from(["ja", "nei,", "torvet", "å", "ja.", "-"]), max_size=12).map(" ".join)
many = st.lists(
    st.tuples(st.integers(1, 30_000), texts, st.sampled_from([None, 1, 2]), st.sampled_from([1, 2])), max_size=25
)


@given(many)
def test_every_word_is_in_one_passage_at_its_own_time(rows: list[tuple[int, str, int | None, int]]) -> None:
    lines, at = [], 0
    for number, (long, text, speaker, recording) in enumerate(rows):
        lines.append(line(number, at, at + long, text, speaker=speaker, recording=recording))
        at += long
    found = passages_of(lines)
    assert [each.id for passage in found for each in passage.lines] == [each.id for each in lines if each.text.strip()]
    for passage in found:
        assert one_speaker(passage.lines)
        assert len(passage.lines) == 1 or passage.end_ms - passage.start_ms <= LONGEST_MS
        offset = 0
        for word in (word for each in passage.lines for word in json.loads(each.words)):
            offset = passage.text.index(word[2], offset)
            assert passage.time_at(offset) == word[0]
            offset += len(word[2])

"""Gathering lines into turns: nothing is lost or moved, and the words' times reach the page."""

from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from archive.coverage import Coverage, Gap
from archive.recordings import Recording
from archive.transcripts import Segment
from web.turns import (
    LONGEST_PIECE_MS,
    LONGEST_TURN_MS,
    Hole,
    Missing,
    Turn,
    holes,
    in_time_order,
    line_of,
    missing,
    turns,
    unsure_places,
)

WORDS = st.lists(st.text("abcæøå<&\"'", min_size=1, max_size=8), min_size=1, max_size=8)


def line(
    start_ms: int, words: list[str], *, speaker_id: int | None = 1, p: float = 0.9, checked: bool = False
) -> Segment:
    timed = [[start_ms + n * 100, start_ms + n * 100 + 90, word, p] for n, word in enumerate(words)]
    return Segment(
        start_ms=start_ms,
        end_ms=start_ms + len(words) * 100,
        speaker_id=speaker_id,
        text=" ".join(words),
        words=timed,
        checked=checked,
    )


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from([None, 1, 2]), WORDS), max_size=30),
    st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 5_000)), max_size=4),
)
def test_every_line_and_every_hole_is_there_once_and_in_order(
    said: list[tuple[int, int | None, list[str]]], lost: list[tuple[int, int]]
) -> None:
    at, segments = 0, []
    for pause_ms, speaker_id, words in said:
        segments.append(line(at + pause_ms, words, speaker_id=speaker_id))
        at = segments[-1].end_ms
    missing = sorted((Hole(start, start + length) for start, length in lost), key=lambda hole: hole.start_ms)
    page = turns(segments, missing)
    shown = [each for each in page if isinstance(each, Turn)]
    assert [one.segment for turn in shown for one in turn.lines] == segments
    assert [each for each in page if isinstance(each, Hole)] == missing
    starts = [each.start_ms for each in page]
    assert starts == sorted(starts)
    for turn in shown:
        assert len({one.segment.speaker_id for one in turn.lines}) == 1
        assert len(turn.lines) == 1 or turn.lines[-1].segment.end_ms - turn.start_ms <= LONGEST_TURN_MS


@given(WORDS, st.sampled_from([0.1, 0.9]))
def test_the_page_gets_one_time_for_each_word_and_the_text_unchanged(words: list[str], p: float) -> None:
    shown = line_of(line(5_000, words, p=p))
    marks = shown.word_times.split(" ")
    assert [int(mark.removesuffix("?")) for mark in marks] == [n * 100 for n in range(len(words))]
    assert all(mark.endswith("?") == (p < 0.4) for mark in marks)
    assert shown.said.striptags() == Markup.escape(" ".join(words)).striptags()
    assert shown.said.count('<span class="doubt">') == (len(words) if p < 0.4 else 0)


def test_a_checked_line_has_no_doubt() -> None:
    assert "doubt" not in line_of(line(0, ["kaia"], p=0.1, checked=True)).said


def test_words_that_are_not_the_text_give_no_times() -> None:
    segment = line(0, ["en", "to"])
    segment.text = "en to tre"
    assert line_of(segment).word_times == ""
    assert line_of(segment).said == "en to tre"


def test_holes_lie_on_the_time_line_of_the_interview() -> None:
    second = Recording(offset_ms=60_000, lost=[[1_000, 1_800]])
    first = Recording(offset_ms=0, lost=[[50_000, 51_000]])
    assert holes([second, first]) == [Hole(50_000, 51_000), Hole(61_000, 61_800)]


def test_what_is_missing_comes_in_time_order_between_the_lines() -> None:
    without_text = missing(Coverage(9_000, 3_000, (Gap(100, 400, 300), Gap(2_000, 5_000, 3_000))))
    page = turns([line(0, ["a"]), line(1_000, ["b"])], in_time_order([Hole(500, 600)], without_text))
    assert [type(each) for each in page] == [Turn, Missing, Hole, Turn, Missing]
    assert missing(None) == []


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.booleans()), max_size=20))
def test_each_unsure_line_belongs_to_one_place_and_a_place_is_of_one_window(
    lines: list[tuple[int | None, bool]],
) -> None:
    places = unsure_places((number, window, unsure) for number, (window, unsure) in enumerate(lines))
    gathered = groupby(enumerate(lines), key=lambda each: each[1])
    assert places == [number for (_window, unsure), ((number, _line), *_more) in gathered if unsure]


def test_the_first_line_of_a_place_leads_to_the_next_place() -> None:
    segments = [line(n * 1_000, ["ord"]) for n in range(5)]
    for number, (segment, window) in enumerate(zip(segments, (1, 1, 2, 2, 3), strict=True)):
        segment.id, segment.window_id, segment.doubts = number, window, ["repeats"] if window != 2 else []
    shown = [one for turn in turns(segments) if isinstance(turn, Turn) for one in turn.lines]
    assert [(one.is_unsure, one.begins_place, one.next_place) for one in shown if one.is_unsure] == [
        (True, True, 4),
        (True, False, None),
        (True, True, None),
    ]


def test_another_voice_begins_another_turn() -> None:
    segments = [line(0, ["a"], speaker_id=None), line(500, ["b"], speaker_id=None), line(900, ["c"], speaker_id=None)]
    for segment, voice in zip(segments, (1, 2, 2), strict=True):
        segment.voice = voice
    assert [turn.voice for turn in turns(segments) if isinstance(turn, Turn)] == [1, 2]


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_a_long_stretch_is_written_in_pieces_that_join(start_ms: int, length_ms: int) -> None:
    pieces = Missing(start_ms, start_ms + length_ms).pieces
    assert (pieces[0][0], pieces[-1][1]) == (start_ms, start_ms + length_ms)
    assert all(before[1] == after[0] for before, after in pairwise(pieces))
    assert all(0 < end - start <= LONGEST_PIECE_MS for start, end in pieces)

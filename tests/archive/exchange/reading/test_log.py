"""What the rows of an interview log say of chapters; that they are lines too is tested with the other formats."""

import json
from typing import Any

import pytest

from archive.chapters import ChapterDetails
from archive.errors import ImportRefused
from archive.exchange.reading import ReadText, read_text


def chapters(*rows: str) -> list[ChapterDetails]:
    read = read_text("\n".join(rows).encode())
    assert read.is_log
    assert [each.line for each in read.chapters] == [cue.line for cue in read.cues][: len(read.chapters)]
    return [each.details for each in read.chapters]


def test_a_keyword_is_the_title_and_what_stands_beside_it_the_synopsis() -> None:
    assert chapters("0:10;Barndom", "12:30;Arbeid;på sagbruket", "1:02:00;;Avslutning") == [
        ChapterDetails(10_000, "Barndom", None, "", ()),
        ChapterDetails(750_000, "Arbeid", None, "på sagbruket", ()),
        ChapterDetails(3_720_000, "Avslutning", None, "", ()),
    ]


def test_a_header_says_which_column_is_what() -> None:
    header = "Emneord;Fra;Til;Sammendrag;Kapittel;Merknad"
    assert chapters(
        header, "skole, Frosta;0:10;5:00;På grendeskolen;Barndom;båndet knitrer", ";6:00;6:00;;Arbeid;"
    ) == [
        ChapterDetails(10_000, "Barndom", 300_000, "På grendeskolen\nbåndet knitrer", ("skole", "Frosta")),
        ChapterDetails(360_000, "Arbeid", None, "", ()),
    ]


@pytest.mark.parametrize("header", ["Tid;Stikkord;Emneord", "Tid;Tittel;Stikkord", "Tid;Keyword;Keywords"])
def test_the_word_stikkord_is_the_title_where_nothing_else_is(header: str) -> None:
    assert chapters(header, "0:10;Barndom;skole") == [ChapterDetails(10_000, "Barndom", None, "", ("skole",))]
    first, second = chapters("Stikkord;Tid;Kapittel", "skole;0:10;Barndom", ";9:00;Arbeid")
    assert (first.title, first.keywords, second.title) == ("Barndom", ("skole",), "Arbeid")


def test_keywords_alone_are_a_title() -> None:
    assert chapters("Tid;Stikkord;Sammendrag", "0:10;skole, Frosta;", "2:00;;Om arbeid") == [
        ChapterDetails(10_000, "skole, Frosta", None, "", ()),
        ChapterDetails(120_000, "Om arbeid", None, "", ()),
    ]


def test_nothing_of_a_long_row_is_lost() -> None:
    long, keyword = "ord " * 100 + "slutt", "x" * 101
    (first, second) = chapters("Tid;Tittel;Emneord", f"0:10;{long};a", f"9:00;Kort;{keyword}")
    assert (first.title[-2:], len(first.title) <= 300, first.synopsis, first.keywords) == (" …", True, long, ("a",))
    assert (second.synopsis, second.keywords) == (keyword, ())


def test_a_table_of_what_was_said_has_no_chapters() -> None:
    said = "Vi gikk ut av fabrikken og ned til torvet den dagen, og der sto de andre."
    rows = [f"0:{second:02};Kari;{said}" for second in range(0, 50, 5)]
    assert chapters("Tid;Hvem;Tekst", *rows) == []
    sparse = [f"{minute}:00;Kari;{said}" for minute in range(10)]
    assert len(chapters("Tid;Hvem;Tekst", *sparse)) == 10


GOOD = {"start_ms": 0, "title": "Barndom"}
SAID = {"id": 7, "start_ms": 0, "end_ms": 900, "text": "Hei."}


def document(*chapters: Any) -> bytes:
    return json.dumps({"segments": [SAID], "chapters": list(chapters)}).encode()


def test_our_own_chapters_come_back_with_their_lines() -> None:
    read: ReadText = read_text(document({**GOOD, "start_ms": 5, "segment_id": 7, "keywords": ["a", "a"]}, GOOD))
    assert [(each.details.start_ms, each.details.keywords, each.line) for each in read.chapters] == [
        (0, (), None),
        (5, ("a",), 1),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        None,
        {},
        {**GOOD, "title": " "},
        {**GOOD, "title": "x" * 301},
        {**GOOD, "start_ms": -1},
        {**GOOD, "start_ms": 0.5},
        {**GOOD, "end_ms": 0},
        {**GOOD, "end_ms": "1"},
        {**GOOD, "synopsis": 1},
        {**GOOD, "keywords": "abc" * 100},
        {**GOOD, "keywords": [1]},
        {**GOOD, "keywords": 5},
        {**GOOD, "segment_id": [7]},
    ],
)
def test_a_chapter_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_text(document(GOOD, wrong))
    assert (refused.value.problem, refused.value.line) == ("bad_chapter", 2)

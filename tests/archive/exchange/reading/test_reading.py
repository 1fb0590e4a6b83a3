"""Finished texts as programs and people write them, and files made to do harm."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import time as time_of_day

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ImportRefused
from archive.exchange import srt, vtt
from archive.exchange.plain import one_line
from archive.exchange.reading import ReadText, read_text
from archive.exchange.reading.labels import Role, role_of, split_label
from archive.interviews import Interview, Status
from archive.people import Person
from archive.transcripts import Segment
from archive.typed import clean


def said(text: ReadText) -> list[tuple[int | None, int | None, str, str]]:
    return [(cue.start_ms, cue.end_ms, cue.speaker, cue.text) for cue in text.cues]


def refusal_of(content: bytes | str, name: str = "") -> tuple[str, int | None]:
    with pytest.raises(ImportRefused) as refused:
        read_text(content.encode() if isinstance(content, str) else content, name=name)
    return refused.value.problem, refused.value.line


VTT = """\
WEBVTT - Intervju med Kari
Kind: captions

NOTE Skrevet av Frode
på to linjer

STYLE
::cue(v) { color: red }

REGION
id:nede

første
00:01.000 --> 00:04.000 align:start position:10%
<v.høy Kari Nordmann>Hei <i>du</i> <00:00:02.000><c.gul>der</c> &amp; alle</v>

00:00:05.000 --> 00:00:07.000
<v Ola>Ja.<v Kari Nordmann>Nei!
"""


def test_vtt_with_everything_that_the_format_has() -> None:
    read = read_text(VTT.encode())
    assert read.format == "vtt"
    assert said(read) == [
        (1000, 4000, "Kari Nordmann", "Hei du der & alle"),
        (5000, 5857, "Ola", "Ja."),
        (5857, 7000, "Kari Nordmann", "Nei!"),
    ]
    assert [cue.line for cue in read.cues] == [14, 17, 17]


def test_zoom_writes_names_before_the_words() -> None:
    zoom = (
        "WEBVTT\r\n\r\n1\r\n00:00:01.000 --> 00:00:02.000\r\nKari Nordmann: Hei: du\r\n\r\n"
        "2\r\n00:00:03.000 --> 00:00:04.000\r\nOla: Ja\r\n\r\n3\r\n00:00:05.000 --> 00:00:06.000\r\nOla: Nei\r\n"
    )
    assert [each[2:] for each in said(read_text(zoom.encode()))] == [
        ("Kari Nordmann", "Hei: du"),
        ("Ola", "Ja"),
        ("Ola", "Nei"),
    ]


SRT = """\ufeff1
00:00:01,000 --> 00:00:04,000
<i>Hei</i>
på deg

00:00:05.5 --> 00:00:06.000
I: Ja

3
00:00:07,000 --> 00:00:08,000 X1:1 X2:2
1975

og 76

4
00:00:09,000 --> 00:00:10,000
{\\an8}Slutt""".replace("\n", "\r\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_srt_as_it_comes(encoding: str) -> None:
    read = read_text(SRT.encode(encoding))
    assert read.format == "srt"
    assert said(read) == [
        (1000, 4000, "", "Hei på deg"),
        (5500, 6000, "I", "Ja"),
        (7000, 8000, "", "1975 og 76"),
        (9000, 10_000, "", "Slutt"),
    ]


def test_typed_with_times_in_brackets() -> None:
    typed = "Intervju på Frosta\n\n[00:12:30] Kari: Hei på deg.\nINTERVJUER: Ja?\n\n[12:40 - 12:50] Kari: Nå.\n"
    assert said(read_text(typed.encode())) == [
        (0, 1200, "", "Intervju på Frosta"),
        (750_000, 750_733, "Kari", "Hei på deg."),
        (750_733, 751_233, "INTERVJUER", "Ja?"),
        (760_000, 770_000, "Kari", "Nå."),
    ]


def test_typed_with_bare_times_and_with_names_on_lines_of_their_own() -> None:
    assert said(read_text(b"12:30 Spm. Hva da?\n12:40 Sv. Jo.\n")) == [
        (750_000, 750_500, "Spm", "Hva da?"),
        (760_000, 760_500, "Sv", "Jo."),
    ]
    assert [each[::2] for each in said(read_text(b"Kari Nordmann   0:03\nHei.\n\nOla Berg   1:00:09\nJa.\n"))] == [
        (3000, "Kari Nordmann"),
        (3_609_000, "Ola Berg"),
    ]


def test_typed_without_times_keeps_them_unknown_and_joins_lines_broken_at_a_margin() -> None:
    long = "Det var mange som kom på møtet den kvelden, og alle\nville snakke om skolen, om veien og om det nye huset\n"
    long += "vi hadde."
    read = read_text(f"I: Fortell!\n\nF: {long}\n\nHusk: ost\n".encode())
    assert said(read) == [
        (None, None, "I", "Fortell!"),
        (None, None, "F", long.replace("\n", " ")),
        (None, None, "Husk", "ost"),
    ]
    assert [remark.key for remark in read.remarks] == ["no_times"]


def test_a_time_of_day_in_prose_is_no_time_of_the_recording() -> None:
    read = read_text("12:30 møttes vi.\nSå gikk vi hjem.\n10:15 dagen etter var vi der igjen.\n".encode())
    assert not read.has_times
    assert read.cues[0].text == "12:30 møttes vi."


def test_a_long_paragraph_is_cut_at_sentences_and_nothing_is_lost() -> None:
    paragraph = " ".join(f"Setning nummer {number} er sagt." for number in range(400))
    read = read_text(paragraph.encode())
    assert all(len(cue.text) <= 1000 and cue.text.endswith(".") for cue in read.cues)
    assert " ".join(cue.text for cue in read.cues) == paragraph


def word_document(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        name, colon, words = paragraph.partition(":")
        line = document.add_paragraph()
        line.add_run(name + colon).bold = True
        line.add_run(words)
    table = document.add_table(2, 3)
    for row, cells in zip(table.rows, (("[0:10]", "Ola Berg", "Jo da"), ("[0:20]", "Kari", "Nei")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_word_document_with_a_table() -> None:
    read = read_text(word_document("Kari: Hei på deg", "I: Ja?"))
    assert read.format == "docx"
    assert [each[2:] for each in said(read)] == [
        ("Kari", "Hei på deg"),
        ("I", "Ja?"),
        ("Ola Berg", "Jo da"),
        ("Kari", "Nei"),
    ]
    assert [cue.start_ms for cue in read.cues][2:] == [10_000, 20_000]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_log_in_any_encoding(encoding: str, delimiter: str) -> None:
    rows = [("Tidskode", "Stikkord", "Sammendrag"), ("00:10", "skolegang", "på Skogn"), ("1:02:30", "vær, vind", "")]
    written = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    read = read_text(written.encode(encoding))
    assert (read.format, read.is_log) == ("csv", True)
    assert said(read) == [(10_000, 11_333, "", "skolegang – på Skogn"), (3_750_000, 3_751_000, "", "vær, vind")]


def test_a_log_in_a_spreadsheet_has_times_as_they_are_shown() -> None:
    book = openpyxl.Workbook()
    for row in (["Tid", "Hvem", "Stikkord"], [time_of_day(0, 12, 30), "Kari", "verv"], ["13:00", "", "møte"]):
        book.active.append(row)
    book.active.append([time_of_day(14, 30), None, "slutt"])
    book.active["A4"].number_format = "h:mm"  # typed as 14:30, minutes and seconds, and taken for the time of day
    buffer = io.BytesIO()
    book.save(buffer)
    read = read_text(buffer.getvalue())
    assert [each[::2] for each in said(read)] == [(750_000, "Kari"), (780_000, ""), (870_000, "")]


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        (b"", "empty", None),
        (b" \r\n\t", "empty", None),
        (b"\xef\xbb\xbf", "empty", None),
        (b"Hei\n\0du", "binary", 2),
        (bytes(range(1, 32)) * 20, "binary", None),
        (b"%PDF-1.7", "pdf", None),
        (b"ID3\x04\0", "sound", None),
        (b"{\\rtf1", "rtf", None),
        (b"\xd0\xcf\x11\xe0", "old_office", None),
        (b"<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml", 1),
        (b"WEBVTT", "no_cues", 1),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "no_cues", 5),
        (b"WEBVTT\n\nhei\ndu\n", "no_times", 3),
        (b"WEBVTT\n\n00:01.000 --> x\nhei\n", "bad_times", 3),
        (b"WEBVTT\n\n00:01,000 --> 00:02,000\nhei\n", "bad_times", 3),
        (b"WEBVTT\n\n00:61.000 --> 00:62.000\nhei\n", "bad_times", 3),
        (b"WEBVTT\n\n-00:01.000 --> 00:02.000\nhei\n", "negative", 3),
        (b"WEBVTT\n\n00:05.000 --> 00:04.000\nhei\n", "ends_before_start", 3),
        (b"WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb\n", "backwards", 6),
        (b"WEBVTT\n\n00:01.000 --> 00:06.000\na\n\n00:02.000 --> 00:07.000\nb\n", "overlaps", 6),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb\n", "arrow_in_text", 5),
        (b"WEBVTT\n\n25:00:00.000 --> 25:00:01.000\na\n", "too_late", 3),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nbl\xe5\n", "encoding", 4),
        (b"00:01.000 --> 00:02.000\n<v Kari>hei\n", "no_header", 1),
        (b"1\n00:00:05,000 --> 00:00:04,000\nhei\n", "ends_before_start", 2),
        (b"hei\n\n1\n00:00:05,000 --> 00:00:06,000\nhei\n", "no_times", 1),
        (b"1\n00:00:01,000 --> 00:00:02,000\nbl\xe5\n", "encoding", 3),
        (b"1\n999999999:00:00,000 --> 999999999:00:01,000\na\n", "too_late", 2),
        (b"[12:30] A\n[12:20] B\n", "backwards", 2),
        (b"[12:70] A\n", "bad_times", 1),
        (b"[99:00:00] A\n", "too_late", 1),
        (b"Tid;Ord\n10:00;a\nx;b\n12:00;c", "bad_times", 3),
        (b"Tid;Ord\n10:00;a\n;b\n12:00;c", "row_without_time", 3),
        (b"Tid;Ord\n10:00;a\n09:00;b\n", "backwards", 3),
        (b"Tid;Ord\n", "no_rows", 1),
        (b'{"a":\n,}', "not_json", 2),
        (b'{"a": 1}', "not_ours", None),
        (b'{"segments": []}', "no_cues", None),
        (b'{"segments": [{"start_ms": 0, "end_ms": 1, "text": "a"}, {"start_ms": 0.5}]}', "bad_segment", 2),
        (b'{"segments": [{"start_ms": true, "end_ms": 1, "text": "a"}]}', "bad_segment", 1),
        (b'{"segments": [{"start_ms": 5, "end_ms": 1, "text": "a"}]}', "ends_before_start", 1),
        (b'{"segments": [{"start_ms": NaN, "end_ms": 1, "text": "a"}]}', "not_json", None),
        (b'{"segments": ' + b"[" * 100_000, "not_json", None),
        ("Bl\u00e5b\u00e6r og r\u00f8mme".encode("mac_roman"), "encoding", 1),
    ],
)
def test_what_is_refused_and_where(content: bytes, problem: str, line: int | None) -> None:
    assert refusal_of(content) == (problem, line)


def test_a_vtt_without_its_header_is_known_by_its_name() -> None:
    cues = b"00:00:01.000 --> 00:00:02.000\nhei\n"
    assert read_text(cues).format == "srt"
    assert refusal_of(cues, "samtale.VTT") == ("no_header", 1)


def test_two_speakers_may_say_something_at_once() -> None:
    two = "WEBVTT\n\n00:01.000 --> 00:06.000\n<v Kari>a\n\n00:02.000 --> 00:03.000\n<v Ola>b\n"
    assert [each[:3] for each in said(read_text(two.encode()))] == [(1000, 6000, "Kari"), (2000, 3000, "Ola")]


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


BOMB = b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "' + b"c" * 1000 + b'">]><a>&b;</a>'
NUMBERED = b'<?xml version="1.0"?><w:document xmlns:w="w"><w:body>' + b"<w:p/>" * 100_001 + b"</w:body></w:document>"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (lambda: packed({"word/document.xml": BOMB}), "doctype"),
        (lambda: packed({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": BOMB}), "doctype"),
        (lambda: packed({"word/document.xml": b"<a>" + b" " * 90_000_000 + b"</a>"}), "bomb"),
        (lambda: packed({str(number): b"" for number in range(4001)}), "bomb"),
        (lambda: packed({"word/document.xml": b"<a><b></a>"}), "bad_xml"),
        (lambda: packed({"word/document.xml": b"<a>\xff</a>"}), "bad_xml"),
        (lambda: packed({"word/document.xml": NUMBERED}), "too_many"),
        (lambda: packed({"word/document.xml": b"<a/>"}), "empty"),
        (lambda: packed({"xl/workbook.xml": b"<a/>"}), "damaged"),
        (lambda: packed({"mimetype": b"application/epub+zip"}), "other_package"),
        (lambda: word_document("a")[:-100], "damaged"),
    ],
)
def test_documents_made_to_do_harm(content: Callable[[], bytes], problem: str) -> None:
    assert refusal_of(content())[0] == problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (lambda: b"x" * 32_000_001, "too_large"),
        (lambda: b"WEBVTT\n\n" + b"x" * 30_000_000, "line_too_long"),
        (lambda: b"1\n00:00:01,000 --> 00:00:02,000\na\n\n" * 100_001, "too_many"),
        (lambda: b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\na\n\n" * 100_001, "too_many"),
        (lambda: b"hei du\n" * 200_000, "too_many"),
        (lambda: b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"hei " * 3000, "text_too_long"),
        (lambda: b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v " * 60_000, "text_too_long"),
        (lambda: b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v.a" * 45_000, "text_too_long"),
        (lambda: b"1\n00:00:01,000 --> 00:00:02,000\n" + b"{\\a<i " * 25_000, "text_too_long"),
        (lambda: b"00:01 " + b"-->" * 60_000, "bad_times"),
        (lambda: b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v " + b"k" * 300 + b">hei", "speaker_too_long"),
    ],
)
def test_too_much_is_refused(content: Callable[[], bytes], problem: str) -> None:
    assert refusal_of(content())[0] == problem


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
@settings(deadline=None)
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    with suppress(ImportRefused):
        assert read_text(content.replace(b"PK\x03\x04", b"")).cues


PIECES = [
    "WEBVTT",
    "\n",
    "\n\n",
    "00:01.000",
    "00:00:02,000",
    " --> ",
    "<v Kari>",
    "hei",
    "1",
    "NOTE",
    "&",
    "</",
    ";",
    "[",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@settings(deadline=None)
def test_broken_subtitles_are_read_or_refused(content: str) -> None:
    try:
        read_text(content.encode())
    except ImportRefused as refused:
        assert refused.line is None or 1 <= refused.line <= content.count("\n") + 1


# --- what we write, read again ----------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=40)
names = st.sampled_from(["", "Kari Nordmann", "Ola «Svarer» & co", "Per-Åge Ness", "Stemme 2"])


@st.composite
def transcripts(draw: st.DrawFn) -> list[Segment]:
    """Lines that follow each other, as a transcript has them."""
    at, lines = 0, []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        at += draw(st.integers(0, 3_000_000))
        long = draw(st.integers(1, 60_000))
        name = draw(names)
        speaker = Person(name=name) if name else None
        lines.append(Segment(id=number, start_ms=at, end_ms=at + long, text=draw(words), speaker=speaker))
        at += long
    return [line for line in lines if one_line(line.text)]


@given(transcripts())
@settings(deadline=None)
def test_our_vtt_comes_back_as_it_was(lines: list[Segment]) -> None:
    written = vtt.export(Interview(id=1, title="Prøve", status=Status.RECEIVED), lines)
    if not lines:
        return
    read = read_text(written.encode())
    assert [cue.speaker for cue in read.cues] == [
        line.speaker.name if line.speaker else "" for line in lines
    ] or not any(line.speaker for line in lines)
    if any(line.speaker for line in lines):
        wanted = [(line.start_ms, line.end_ms, " ".join(one_line(line.text).split())) for line in lines]
        assert [(cue.start_ms, cue.end_ms, cue.text) for cue in read.cues] == [
            (start, end, _kept(text)) for start, end, text in wanted
        ]


@given(transcripts())
@settings(deadline=None)
def test_our_srt_comes_back_with_its_times(lines: list[Segment]) -> None:
    plain = [line for line in lines if "<" not in line.text and "{" not in line.text]
    if not plain:
        return
    read = read_text(srt.export(plain).encode())
    assert [(cue.start_ms, cue.end_ms) for cue in read.cues] == [(line.start_ms, line.end_ms) for line in plain]


def _kept(text: str) -> str:
    return " ".join(clean(text).split())


def test_labels_are_names_or_roles() -> None:
    assert role_of("Speaker 12") == (Role.SOMEBODY, 12)
    assert role_of("INTERVJUER") == (Role.ASKS, None)
    assert role_of("Kari") is None
    assert split_label("kl. 12: da") is None
    assert split_label("Kari Nordmann: hei: du") == ("Kari Nordmann", "hei: du")

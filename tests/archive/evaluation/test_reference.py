"""References as people have them; subtitles are held against programs that are not ours."""

from io import StringIO
from pathlib import Path

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ReferenceUnusable
from archive.evaluation.reference import LARGEST_BYTES, read_reference, words_of

VTT = """WEBVTT - Et møte
Kind: captions

NOTE Dette er ikke
tale

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:02.500 align:start
<v Kari Spør>Hva skjedde &amp; hvorfor?

innledning
00:02.500 --> 00:04.000
- Det <i>var</i> <00:03.000>i nittensyttifem.
Vi møttes.
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
Hva skjedde?

2
00:00:02,500 --> 00:00:04,000
{\\an8}Det <i>var</i>
i 1975.
"""


def words(content: str | bytes, *, people: tuple[str, ...] = ()) -> str:
    """The words, as one line."""
    raw = content.encode() if isinstance(content, str) else content
    return " ".join(words_of(raw, Path("fasit"), people=people))


def test_plain_text_is_its_words() -> None:
    """Line ends, blank lines and a byte order mark are no words."""
    assert words("\ufeffHei,  du.\r\n\r\nHva skjedde?\n") == "Hei, du. Hva skjedde?"
    assert words("Hei på deg".encode("utf-16")) == "Hei på deg"
    assert words("") == words("\ufeff \n") == ""


def test_a_line_may_say_who_speaks() -> None:
    """Only when it is somebody who takes part; other colons are the text's own."""
    text = "Kari Spør: Hva skjedde?\nDet var slik: vi møttes.\n"
    assert words(text, people=("Kari Spør",)) == "Hva skjedde? Det var slik: vi møttes."


def test_subtitles_are_what_other_programs_read() -> None:
    """WebVTT by webvtt-py, SubRip by pysubs2."""
    assert words(VTT) == "Hva skjedde & hvorfor? - Det var i nittensyttifem. Vi møttes."
    theirs = " ".join(cue.text for cue in webvtt.from_buffer(StringIO(VTT)))
    assert words(VTT).replace("&", "&amp;").split() == theirs.replace("<00:03.000>", "").split()
    assert words(SRT) == "Hva skjedde? Det var i 1975."
    lines = " ".join(event.plaintext for event in pysubs2.SSAFile.from_string(SRT))
    assert words(SRT).split() == lines.split()
    assert words(SRT.replace("\n", "\r\n")) == words(SRT)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("blåbær".encode("latin-1"), "encoding"),
        (b"\x00\x01\x02tekst", "no_text"),
        (b"ID3\x04tull", "no_text"),
        (b"PK\x03\x04et dokument", "no_text"),
        (b"%PDF-1.7", "no_text"),
        (b"{\\rtf1 Hei}", "no_text"),
        (b"\xff\xfeH", "encoding"),
        (b"\xff\xfe\x00\x00", "no_text"),
        (b"a" * (LARGEST_BYTES + 1), "too_large"),
    ],
)
def test_what_holds_no_text_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    """With the file's name and why."""
    path = tmp_path / "fasit.txt"
    path.write_bytes(content)
    with pytest.raises(ReferenceUnusable) as raised:
        read_reference(path)
    assert raised.value == ReferenceUnusable(path, problem)


@given(st.binary(max_size=200))
def test_any_bytes_are_words_or_refused(content: bytes) -> None:
    """Never anything else."""
    try:
        found = words_of(content, Path("fasit"))
    except ReferenceUnusable:
        return
    assert all(word.split() == [word] for word in found)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import BadInput
from archive.typed import many_lines, one_line, safe_name


@pytest.mark.parametrize(
    ("original", "kept"),
    [
        ("intervju.mp3", "intervju.mp3"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Mine dokumenter\\opptak 1.wav", "opptak 1.wav"),
        ("opptak\x00.mp3", "opptak.mp3"),
        ("en\nto\ttre.mp3", "en to tre.mp3"),
        ("sang 🎤 på møtet.m4a", "sang 🎤 på møtet.m4a"),
        ("👩\u200d👩\u200d👧.ogg", "👩\u200d👩\u200d👧.ogg"),
        ("snudd\u202e3pm.exe", "snudd3pm.exe"),
        ("", "opptak"),
        ("..", "opptak"),
        ("mappe/", "opptak"),
        ("a" * 300 + ".flac", "a" * 195 + ".flac"),
        ("b" * 300, "b" * 200),
        ("c." + "d" * 300, "c." + "d" * 198),
        ("\ud800løst.wav", "løst.wav"),
    ],
)
def test_a_files_name_is_made_safe_to_show(original: str, kept: str) -> None:
    assert safe_name(original) == kept


@given(st.text(st.characters(), max_size=400))
def test_no_name_is_unsafe(original: str) -> None:
    name = safe_name(original)
    assert 0 < len(name) <= 200
    assert not set(name) & set("/\\\x00\n\r\u202e")
    assert name not in (".", "..")
    name.encode()
    assert safe_name(name) == name


@given(st.text(st.characters()))
def test_what_is_typed_can_be_kept_anywhere(value: str) -> None:
    line = one_line(value, "title", limit=10_000)
    assert "\x00" not in line and "\n" not in line and line == line.strip()
    line.encode()
    many_lines(value, "summary").encode()


def test_one_line_says_what_is_wrong() -> None:
    assert one_line("  Møte \n på  Frosta ", "title", limit=20) == "Møte på Frosta"
    assert one_line(None, "title", limit=20) == ""
    for value, problem in ((" \x00 ", "empty"), ("x" * 21, "too_long")):
        with pytest.raises(BadInput) as raised:
            one_line(value, "title", limit=20, required=True)
        assert (raised.value.field, raised.value.problem) == ("title", problem)


def test_letters_have_one_form() -> None:
    assert one_line("a\u030asen", "name", limit=9) == "åsen"


def test_many_lines_keep_their_breaks() -> None:
    assert many_lines("\r\n første  \r\n\r\n- andre \n", "text") == "første\n\n- andre"

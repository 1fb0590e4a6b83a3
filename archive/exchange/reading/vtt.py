"""WebVTT as programs and people write it: voices, notes, styles, settings, and tags inside each other. Pure.

Read by ourselves and not by webvtt-py: that one passes over a damaged cue in silence and gives no line numbers.
"""

import html
import re
from collections.abc import Sequence

from archive.exchange.reading.cues import LONGEST_SPEAKER, Cue, ReadText, check_count, check_order, check_text, refuse
from archive.exchange.reading.labels import with_labels
from archive.exchange.reading.subtitles import ARROW, Block, blocks_of, read_times
from archive.typed import clean

_NO_CUE = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t]|$)")
# Nothing here looks further than the next bracket: a file of nothing but open tags would keep it looking for hours.
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?[ \t]+([^<>]{0,400})>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[. \t][^<>]*)?>|<\d[\d:.]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_vtt(lines: Sequence[str]) -> ReadText:
    """The cues of a file whose first line is the header.

    Raises:
        ImportRefused: with the line and the reason.
    """
    if not is_header(lines[0]):
        raise refuse("no_header", 1, lines[0])
    cues: list[Cue] = []
    # The header goes on to the first empty line; without one, the first line of times begins the cues.
    first = next((n for n, line in enumerate(lines) if n and (not line.strip() or ARROW in line)), len(lines))
    for block in blocks_of(lines[first:], first + 1):
        if _NO_CUE.match(block.lines[0]) and not any(ARROW in line for line in block.lines[1:2]):
            continue
        cues += _cues_of(block)
        check_count(cues, block.line)
    if not cues:
        raise refuse("no_cues", len(lines))
    check_order(cues)
    return ReadText("vtt", *with_labels(cues))


def is_header(line: str) -> bool:
    """Whether this is the first line of a WebVTT file."""
    return re.fullmatch(r"\ufeff?WEBVTT(?:[ \t].*)?", line.rstrip()) is not None


def _cues_of(block: Block) -> list[Cue]:
    """The cue of a block, one for each voice that speaks in it; none when nothing is said."""
    at = next((number for number, line in enumerate(block.lines[:2]) if ARROW in line), None)
    if at is None:
        raise refuse("no_times", block.line, block.lines[0])
    line = block.line + at
    start_ms, end_ms, _settings = read_times(block.lines[at], line, signs=".")
    for number, said in enumerate(block.lines[at + 1 :], start=line + 1):
        if ARROW in said:
            raise refuse("arrow_in_text", number, said)
    parts = _by_voice("\n".join(block.lines[at + 1 :]), line)
    total = sum(len(text) for _, text in parts) or 1
    cues, before = [], 0
    for speaker, text in parts:
        # Several voices in one cue share its time by how much each says.
        begins = start_ms + (end_ms - start_ms) * before // total
        before += len(text)
        ends = start_ms + (end_ms - start_ms) * before // total
        cues.append(Cue(check_text(text, line), speaker, begins, ends, line))
    return cues


def _by_voice(payload: str, line: int) -> list[tuple[str, str]]:
    pieces = _VOICE.split(payload)
    said = [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    found: list[tuple[str, str]] = []
    for voice, marked in said:
        text = _plain(marked)
        speaker = _plain(voice)
        if len(speaker) > LONGEST_SPEAKER:
            raise refuse("speaker_too_long", line, speaker)
        if not text:
            continue
        if found and found[-1][0] == speaker:
            found[-1] = (speaker, f"{found[-1][1]} {text}")
        else:
            found.append((speaker, text))
    return found


def _plain(marked: str) -> str:
    """The words alone: no tags, no times inside, entities as the signs they stand for, on one line."""
    return " ".join(clean(html.unescape(_TAG.sub("", _BREAK.sub(" ", marked))).replace("\0", "")).split())

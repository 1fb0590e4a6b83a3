"""What every text format needs: one line of text, and a time of day on the interview's time line."""

import unicodedata

from archive.transcripts import Segment


def one_line(text: str) -> str:
    """The text on one line, single spaces between the words, no control characters."""
    spaced = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join(spaced.split())


def speaker_of(segment: Segment) -> str:
    """Who says a line: the person's name, else `Stemme 1` where the machine told voices apart; "" when nobody knows."""
    name = one_line(segment.speaker.name) if segment.speaker else ""
    return name or (f"Stemme {segment.voice}" if segment.voice is not None else "")


def time_of(time_ms: int, point: str) -> str:
    """`hh:mm:ss`, the sign that the format puts before thousandths, and the thousandths."""
    seconds, thousandths = divmod(max(time_ms, 0), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"

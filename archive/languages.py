"""Which language is spoken, as the speech model hears it, held against what the interview says. Pure."""

from collections.abc import Mapping

# The model cannot tell these apart in short pieces of sound, and people here understand all of them.
SCANDINAVIAN = frozenset({"no", "nb", "nn", "da", "sv"})
# Sámi is none of the languages that the model knows; what it then takes it for says nothing.
_UNKNOWN_TO_THE_MODEL = frozenset({"se", "sma", "smj"})
# Nobody speaks it; the model takes dialect and machine voices for it (up to 0.55 on the demo).
_NEVER = frozenset({"la"})
# Whisper's own detection believes what is over 0.5 in 30 s. Seen with base weights: English at 0.95 and 0.99; the most
# that Norwegian got as another language is 0.38 in one window and less when windows are averaged.
CLEARLY = 0.6


def other_language_heard(languages: Mapping[str, float], stated: str) -> str | None:
    """The language (Whisper's code) that is clearly spoken instead of the stated one; None: no reason to ask.

    `languages` are probabilities that sum to at most 1, from one window or averaged over several. Norwegian, Danish and
    Swedish count as one: no choice between them is ever sure enough to ask about.
    """
    if stated in _UNKNOWN_TO_THE_MODEL:
        return None
    own = SCANDINAVIAN if stated in SCANDINAVIAN else {stated}
    others: dict[str, float] = {}
    for code, probability in languages.items():
        if code not in own and code not in _NEVER:
            others[code] = probability
    if not own & SCANDINAVIAN:  # an interview in English in which a Scandinavian language is spoken, whichever it is
        together = {code: others.pop(code) for code in SCANDINAVIAN & others.keys()}
        if together:
            others[max(sorted(together), key=together.__getitem__)] = sum(together.values())
    if not others:
        return None
    likeliest = max(sorted(others), key=others.__getitem__)
    return likeliest if others[likeliest] >= CLEARLY else None


def averaged(heard: list[dict[str, float]]) -> dict[str, float]:
    """The mean over several windows, likeliest first; {} for none. A language that a window lacks counts as 0 there."""
    codes = {code for window in heard for code in window}
    means = {code: round(sum(window.get(code, 0.0) for window in heard) / len(heard), 4) for code in codes}
    return dict(sorted(means.items(), key=lambda each: (-each[1], each[0])))

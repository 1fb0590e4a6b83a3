"""The names that a speech model may be told beforehand: few, since what it is told takes room from the answer."""

from sqlalchemy.orm import Session

from archive.interviews import Interview, Part
from archive.names.places import places
from archive.site import get_setting

# Whisper has 448 places for tokens and always needs 224 for what is said (openai/whisper keeps them; faster-whisper
# does not). A name of Trøndelag is 4 tokens, some 2.5 characters each: so many bytes are at most 60 tokens, and since
# no token is less than a byte, never more than 120.
MOST_BYTES = 120
MOST_NAMES = 15
# The site setting that turns the prompt on: "1". Off unless somebody chooses: Whisper's base model then heard 18 of 24
# names that were said, where it had heard none, and wrote 69 that nobody said (`script/bench names --speak 8`).
SETTING = "names_prompt"
_BETWEEN = ", "


def prompt_of(session: Session, interview: Interview) -> str:
    """What a model is told before it hears this interview: `prompt_for` where that was chosen, else ""."""
    return prompt_for(interview) if get_setting(session, SETTING) == "1" else ""


def prompt_for(interview: Interview) -> str:
    """The names of those who take part, of the place, its municipality and what lies there; "" when none fits."""
    people = [person.name for part in Part for person in interview.people(part)]
    return short_prompt([*people, *_around(interview.place)])


def short_prompt(names: list[str]) -> str:
    """As many of the names as there is room for, in their order, each once, as a sentence."""
    chosen: list[str] = []
    for name in dict.fromkeys(" ".join(name.split()) for name in names):
        if name and len(_BETWEEN.join([*chosen, name]).encode()) < MOST_BYTES and len(chosen) < MOST_NAMES:
            chosen.append(name)
    return f"{_BETWEEN.join(chosen)}." if chosen else ""


def _around(place: str) -> list[str]:
    """The place itself, its municipality and the villages there; only the place when we do not know it."""
    if not place:
        return []
    homes = [each.municipality for each in places() if each.name == place and each.municipality]
    there = [each.name for each in places() if homes and each.municipality == homes[0]]
    return [place, *homes[:1], *there]

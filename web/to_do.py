"""What is left for who corrects an interview: voices without a name, names that the machine wonders about."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from archive.access import may_edit
from archive.interviews import UNDER_WAY, Interview
from archive.names.suggestions import open_suggestions
from archive.transcripts import Segment
from web.visit import db, viewer
from web.wording import in_words


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: a sentence, and where it is done."""

    says: str
    asks: str
    address: str


def tasks_of(interview: Interview, segments: Sequence[Segment]) -> list[Task]:
    """What waits for a person beside the lines themselves; [] for who may not, and while the text grows."""
    if interview.status in UNDER_WAY or not may_edit(viewer(), interview):
        return []
    return [*_voices(interview, segments), *_names(interview)]


def _voices(interview: Interview, segments: Sequence[Segment]) -> list[Task]:
    voices = {each.voice for each in segments if each.voice is not None}
    unnamed = {each.voice for each in segments if each.voice is not None and each.speaker_id is None}
    if not unnamed:
        return []
    address = url_for("voices.show", interview_id=interview.id)
    if unnamed != voices:
        one = len(unnamed) == 1
        says = f"{in_words(len(unnamed), 'stemme', 'stemmer', common=True).capitalize()} har ikke fått navn."
        return [Task(says, "Hvem er det?" if one else "Hvem er de?", address)]
    heard = "Maskinen hørte" if interview.recordings else "Teksten har"
    says = f"{heard} {in_words(len(voices), 'stemme', 'stemmer', common=True)}."
    return [Task(says, "Hvem er det?" if len(voices) == 1 else "Hvem er de?", address)]


def _names(interview: Interview) -> list[Task]:
    count = open_suggestions(db(), interview.id)
    if not count:
        return []
    says = f"Maskinen lurer på {in_words(count, 'navn', 'navn')}."
    return [Task(says, "Se gjennom", url_for("names.show", interview_id=interview.id))]

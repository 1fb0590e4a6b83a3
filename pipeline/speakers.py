"""Telling the voices of an interview apart once its text is whole, and giving each line to one of them.

All recordings of an interview are heard together, so that a voice has one number through them all. What the voices
sound like stays in memory and is gone when the step ends; who is who, a person says.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from archive.adding_sound import has_own_text
from archive.audit import note
from archive.interviews import Interview
from archive.local_time import day_of
from archive.naming_voices import KIND, TOLD_APART
from archive.outbox import searchable_text_changed
from archive.recordings import UNFINISHED, MachineLayer, Recording
from archive.voice_memory import Remembered, forget_expired, remembered_voices
from archive.voices import Voice, expected_voices, voices_in
from media.apart import channel_levels
from media.places import speech_file
from pipeline import voice_lines
from pipeline.assigning import Turn, Turns
from pipeline.bench import Bench
from pipeline.channels import turns_by_channel
from pipeline.diarization.process import tell_apart
from pipeline.diarization.weights import LIBRARY, VOICE_MODEL, version
from pipeline.failures import failure_key
from pipeline.steps import decode

log = logging.getLogger(__name__)

# A voice this near to a remembered one is offered as that person; never more than offered. See SAME_VOICE.
SAME_PERSON = 0.6

# Who a voice is before it has a number: a person known by the file, a channel of the recorder, one that was told apart.
Key = tuple[str, int]


@dataclass(slots=True)
class _Found:
    """What was found in one recording."""

    recording_id: int
    method: str
    turns: list[tuple[int, int, Key]] = field(default_factory=list)  # on the interview's time line
    failure: str | None = None


def find_speakers(bench: Bench, recording_id: int, run: int) -> None:
    """Tell apart who speaks in the interview of a recording, when the text of all its recordings is whole.

    May be done again at any time: the same sound gives the same voices, and lines that a person touched keep their
    words. It raises nothing but what is worth another try: why voices were not told apart is written on the layers.
    """
    with bench.database.read() as session:
        recording = session.get_one(Recording, recording_id)
        interview = session.get_one(Interview, recording.interview_id)
        if recording.run != run or any(_is_unwritten(each) for each in interview.recordings if each.id != recording_id):
            return  # whoever writes the last text tells the voices apart
        interview_id = interview.id
        if has_own_text(session, interview_id) and not voice_lines.has_machine_lines(session, interview_id):
            return  # a text that people brought in stands for the whole: there is no line to give to a voice
    error = _tell_apart(bench, interview_id)
    if error is not None:
        key = failure_key(error)
        log.warning("voices were not told apart: %s (%s)", key, error, exc_info=error if key == "unknown" else None)


def tell_apart_anew(bench: Bench, interview_id: int) -> None:
    """Tell the voices of an interview apart although it was done before: somebody said how many there are.

    Raises:
        EngineMissing, ModelDamaged, VoicesFailed: nothing changed.
    """
    error = _tell_apart(bench, interview_id)
    if error is not None:
        raise error


def _tell_apart(bench: Bench, interview_id: int) -> Exception | None:
    """Find the voices and give the lines to them; what stood in the way, when something did."""
    with bench.database.read() as session:
        interview = session.get_one(Interview, interview_id)
        recordings = [each for each in interview.recordings if each.layers]
        expected = expected_voices(interview)
        known = remembered_voices(session, today=day_of(bench.now()))
    found = [_by_file_or_channel(bench, each) for each in recordings]
    sounds, error = _by_sound(bench, recordings, found, expected)
    likely = _likely(sounds, known)
    with bench.database.write() as session:
        today = day_of(bench.now())
        forget_expired(session, today=today, now=bench.now())
        # Telling apart takes minutes, and a consent may be withdrawn meanwhile: only who agrees now is offered.
        still = {each.person_id for each in remembered_voices(session, today=today)}
        likely = {key: person_id for key, person_id in likely.items() if person_id in still}
        _save(session, bench, interview_id, found, likely)
        session.commit()
    return error


def _likely(sounds: Sequence[Sequence[float]], known: Sequence[Remembered]) -> dict[Key, int]:
    """Which of the voices sound like one that is remembered: the likest first, each person once."""
    pairs = [
        (sum(a * b for a, b in zip(sound, each.embedding, strict=True)), voice, each.person_id)
        for voice, sound in enumerate(sounds)
        for each in known
        if each.model == VOICE_MODEL
    ]
    likely: dict[Key, int] = {}
    for likeness, voice, person_id in sorted(pairs, reverse=True):
        if likeness >= SAME_PERSON and ("sound", voice) not in likely and person_id not in likely.values():
            likely["sound", voice] = person_id
    return likely


def _is_unwritten(recording: Recording) -> bool:
    """Whether the machine is still to write text of this recording."""
    if recording.state not in UNFINISHED:
        return False
    layer = recording.layers[-1] if recording.layers else None
    return layer is None or layer.run != recording.run or layer.finished_at is None


def _by_file_or_channel(bench: Bench, recording: Recording) -> _Found:
    """Who speaks, where the recorder tells: one microphone each, in files of their own or in the channels of one."""
    start_ms, end_ms = recording.offset_ms, recording.offset_ms + recording.duration_ms
    if recording.speaker_id is not None:
        return _Found(recording.id, "files", [(start_ms, end_ms, ("person", recording.speaker_id))])
    if recording.channels != 2:
        _note_channels(bench, recording, "one" if recording.channels == 1 else "mixed")
        return _Found(recording.id, "")
    try:
        with bench.store.local(recording.sha256) as original:
            derived = speech_file(bench.settings.derived, recording.sha256).parent
            turns = turns_by_channel(channel_levels(original, work=derived, duration_ms=recording.duration_ms))
    except Exception as error:  # the sum of both channels is there all the same
        log.warning("the channels of recording %s could not be listened to: %s", recording.id, failure_key(error))
        turns = None
    _note_channels(bench, recording, "mixed" if turns is None else "apart")
    if turns is None:
        return _Found(recording.id, "")
    named: list[tuple[int, int, Key]] = [(start_ms + a, start_ms + b, ("channel", each)) for a, b, each in turns]
    return _Found(recording.id, "channels", named)


def _note_channels(bench: Bench, recording: Recording, channels: str) -> None:
    if recording.sound.get("channels") == channels:
        return
    with bench.database.write() as session:
        row = session.get_one(Recording, recording.id)
        row.sound = {**row.sound, "channels": channels}
        session.commit()


def _by_sound(
    bench: Bench, recordings: Sequence[Recording], found: Sequence[_Found], expected: tuple[int, bool]
) -> tuple[list[list[float]], Exception | None]:
    """Who speaks in the recordings of which the recorder does not tell, by how the voices sound.

    How each voice sounds comes back, or what stood in the way.
    """
    unknown = [(recording, each) for recording, each in zip(recordings, found, strict=True) if not each.method]
    if not unknown:
        return [], None
    try:
        for recording, _ in unknown:
            decode(bench, recording.id)  # what is derived may be deleted at any time
        files = [speech_file(bench.settings.derived, recording.sha256) for recording, _ in unknown]
        duration_ms = sum(recording.duration_ms for recording, _ in unknown)
        count, exact = expected
        told = tell_apart(files, count, exact=exact, duration_ms=duration_ms, pause=bench.pause_for_end)
    except OperationalError:
        raise
    except Exception as error:  # the text is whole without it
        for _, each in unknown:
            each.method, each.failure = "none", failure_key(error)
        return [], error
    for (recording, each), turns in zip(unknown, told.turns, strict=True):
        each.method = LIBRARY
        shift_ms = recording.offset_ms
        each.turns = [(start + shift_ms, end + shift_ms, ("sound", voice)) for start, end, voice in turns]
    return told.sounds, None


def _save(session: Session, bench: Bench, interview_id: int, found: Sequence[_Found], likely: dict[Key, int]) -> None:
    """Numbers for the voices, a voice for every line, and on each layer how it was found out."""
    session.get_one(Interview, interview_id, with_for_update=True)
    before = voices_in(session, interview_id)
    numbers = _numbers(session, interview_id, found, bool(before))
    for each in found:
        turns = Turns([Turn(start, end, numbers[key]) for start, end, key in each.turns])
        if each.method != "none":
            voice_lines.give_to_voices(session, each.recording_id, turns, _people(before, found, numbers))
        _note_method(session, each, len(numbers))
    _keep_rows(session, interview_id, before, found, numbers)
    for voice in voices_in(session, interview_id).values():
        voice.suggested_id = next((who for key, who in likely.items() if numbers.get(key) == voice.number), None)
    if before:  # what was said of the voices before can no longer be taken back line by line
        note(session, TOLD_APART, KIND, interview_id, user_id=None, now=bench.now())
    searchable_text_changed(session, interview_id, now=bench.now())


def _numbers(session: Session, interview_id: int, found: Sequence[_Found], told_before: bool) -> dict[Key, int]:
    """A number from 1 for each voice: the one it had before where lines know it, else by first appearance."""
    order = sorted((start, key) for each in found for start, _, key in each.turns)
    keys = list(dict.fromkeys(key for _, key in order))
    known = voice_lines.known_numbers(session, interview_id, [t for e in found for t in e.turns]) if told_before else {}
    taken = {*known.values(), *voice_lines.numbers_brought_in(session, interview_id)}
    free = (number for number in range(1, 2 * len(keys) + len(taken) + 2) if number not in taken)
    return {key: known.get(key) or next(free) for key in keys}


def _people(before: dict[int, Voice], found: Sequence[_Found], numbers: dict[Key, int]) -> dict[int, int]:
    """Whose each voice is, of those where somebody has said it."""
    people = {number: voice.person_id for number, voice in before.items() if voice.person_id is not None}
    return people | {number: who for (kind, who), number in numbers.items() if kind == "person"}


def _note_method(session: Session, found: _Found, count: int) -> None:
    newest = select(MachineLayer).where(MachineLayer.recording_id == found.recording_id)
    layer = session.scalars(newest.order_by(MachineLayer.run.desc()).limit(1)).one()
    noted: dict[str, Any] = {"method": found.method, "count": count}
    if found.method == LIBRARY:
        noted["version"] = version()
    if found.failure:
        noted["failure"] = found.failure
    layer.speakers = noted


def _keep_rows(
    session: Session, interview_id: int, before: dict[int, Voice], found: Sequence[_Found], numbers: dict[Key, int]
) -> None:
    """One row for each voice that has lines or turns; those that nothing is left of go."""
    people = _people(before, found, numbers)
    heard = set(numbers.values()) | voice_lines.numbers_in_use(session, interview_id)
    for number, voice in before.items():
        if number not in heard and not any(each.method == "none" for each in found):
            session.delete(voice)
    for number in sorted(heard - before.keys()):
        session.add(Voice(interview_id=interview_id, number=number, person_id=people.get(number)))
    session.flush()

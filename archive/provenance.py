"""Where the text of an interview comes from: every run of a model over it, what it heard, and what it left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.coverage import LONGEST_WORD_MS, Coverage, Gap, Stretch, coverage
from archive.interviews import Interview
from archive.recordings import MachineLayer, Recording, Window
from archive.transcripts import Segment


@dataclass(frozen=True, slots=True)
class Run:
    """One machine layer with what its windows add up to. Times lie on the interview's time line."""

    layer: MachineLayer
    recording: Recording
    windows: int
    decoded: int  # of them: those that went through the model
    heard_ms: int  # how long those are
    doubtful: int  # of those: something still speaks against what was kept
    heard_again: int  # of those: decoded more than once
    coverage: Coverage | None  # None: nobody noted where somebody speaks (older runs)

    @property
    def rate(self) -> float | None:
        """Milliseconds of work per millisecond of what was heard; None before anything was."""
        return self.layer.working_ms / self.heard_ms if self.heard_ms and self.layer.working_ms else None

    @property
    def start_ms(self) -> int:
        """Where the stretch that was heard begins."""
        return self.recording.offset_ms + (self.layer.start_ms or 0)

    @property
    def end_ms(self) -> int:
        """Where the stretch that was heard ends."""
        end_ms = self.recording.duration_ms if self.layer.end_ms is None else self.layer.end_ms
        return self.recording.offset_ms + end_ms


@dataclass(frozen=True, slots=True)
class _Heard:
    """What is asked of a window here."""

    start_ms: int
    end_ms: int
    is_decoded: bool
    speech: Sequence[Sequence[int]]
    words: Sequence[Sequence[Any]]
    is_doubtful: bool
    is_heard_again: bool


def runs_of(session: Session, interview: Interview) -> list[Run]:
    """Every machine layer of an interview, by recording and then the newest first. Reads the words of them all."""
    recordings = {each.id: each for each in interview.recordings}
    rows = session.execute(
        select(
            Window.layer_id,
            Window.start_ms,
            Window.end_ms,
            Window.text.is_not(None),
            Window.speech,
            Window.words,
            Window.doubts,
            Window.others,
        )
        .join(Window.layer)
        .where(MachineLayer.recording_id.in_(recordings))
    )
    windows: dict[int, list[_Heard]] = {}
    for layer_id, start_ms, end_ms, is_decoded, speech, words, doubts, others in rows:
        heard = _Heard(start_ms, end_ms, is_decoded, speech, words, bool(doubts), bool(others))
        windows.setdefault(layer_id, []).append(heard)
    return [
        _run(layer, recordings[layer.recording_id], windows.get(layer.id, []))
        for layer in sorted(
            layers_of(session, interview), key=lambda each: (recordings[each.recording_id].part, -each.run)
        )
    ]


def layers_of(session: Session, interview: Interview) -> list[MachineLayer]:
    """The machine layers of an interview's recordings, without their windows; oldest first."""
    ids = [each.id for each in interview.recordings]
    return list(
        session.scalars(select(MachineLayer).where(MachineLayer.recording_id.in_(ids)).order_by(MachineLayer.run))
    )


def standing_layers(session: Session, interview: Interview) -> list[MachineLayer]:
    """The runs that the machine's text as it stands came from, by recording: the newest whole one of each, then those
    that heard a stretch anew since. A run that is being made counts only where there is no other."""
    layers = layers_of(session, interview)
    whole = _whole_layers(layers)
    standing = []
    for recording in interview.recordings:
        if recording.id in whole:
            base = whole[recording.id]
            standing.append(base)
            standing += [
                each
                for each in layers
                if each.recording_id == recording.id and each.run > base.run and _is_finished(each)
            ]
    return standing


def _run(layer: MachineLayer, recording: Recording, windows: Sequence[_Heard]) -> Run:
    decoded = [each for each in windows if each.is_decoded]
    return Run(
        layer=layer,
        recording=recording,
        windows=len(windows),
        decoded=len(decoded),
        heard_ms=sum(each.end_ms - each.start_ms for each in decoded),
        doubtful=sum(each.is_doubtful for each in decoded),
        heard_again=sum(each.is_heard_again for each in decoded),
        coverage=_coverage_of(
            recording, [each.speech for each in decoded], _times(decoded), is_silent=_is_silent(layer)
        ),
    )


def _times(windows: Iterable[_Heard]) -> Iterator[Stretch]:
    return ((word[0], word[1]) for each in windows for word in each.words)


def _is_finished(layer: MachineLayer) -> bool:
    return layer.finished_at is not None


def _is_silent(layer: MachineLayer) -> bool:
    """Whether it is whole and found nobody speaking. A text that was brought in says how much speech it is of, and
    has no windows that say where."""
    return _is_finished(layer) and not layer.speech_ms


def _coverage_of(
    recording: Recording, speech: Sequence[Sequence[Sequence[int]]], words: Iterable[Stretch], *, is_silent: bool
) -> Coverage | None:
    """Coverage in one recording, its gaps moved to the interview's time line.

    None: nobody noted where somebody speaks. A whole run that found no speech is another thing: nobody speaks.
    """
    spoken = [(start, end) for of_window in speech for start, end in of_window]
    if not spoken and (speech or not is_silent):
        return None
    found = coverage(spoken, words)
    shift = recording.offset_ms
    gaps = tuple(Gap(gap.start_ms + shift, gap.end_ms + shift, gap.speech_ms) for gap in found.gaps)
    return Coverage(found.speech_ms, found.covered_ms, gaps)


def text_coverage(session: Session, interview: Interview, segments: Sequence[Segment]) -> Coverage | None:
    """How much of the speech has text as the lines stand now, whoever wrote them; on the interview's time line.

    A line that a person vouches for covers its whole stretch, also an empty one. None: not known for every recording,
    or for a text that does not say when things are said.
    """
    if any(not each.end_ms for each in segments):
        return None
    recordings = list(interview.recordings)
    newest = _whole_layers(layers_of(session, interview))
    speech = _speech(session, [layer.id for layer in newest.values()])
    found = []
    for recording in recordings:
        layer = newest.get(recording.id)
        if layer is None:
            return None
        shift = recording.offset_ms
        of_recording = (each for each in segments if each.recording_id in (None, recording.id))
        words = [(start - shift, end - shift) for each in of_recording for start, end in _covered(each)]
        found.append(_coverage_of(recording, speech.get(layer.id, []), words, is_silent=_is_silent(layer)))
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        return None
    gaps = sorted(gap for each in known for gap in each.gaps)
    return Coverage(sum(each.speech_ms for each in known), sum(each.covered_ms for each in known), tuple(gaps))


def speech_of(session: Session, interview: Interview) -> list[Stretch] | None:
    """Where somebody speaks, on the interview's time line, in any order; None: not known for every recording."""
    newest = _whole_layers(layers_of(session, interview))
    speech = _speech(session, [layer.id for layer in newest.values()])
    spoken: list[Stretch] = []
    for recording in interview.recordings:
        layer = newest.get(recording.id)
        in_windows = speech.get(layer.id, []) if layer else []
        found = [(start, end) for of_window in in_windows for start, end in of_window]
        if layer is None or (not found and (in_windows or not _is_silent(layer))):
            return None
        spoken += [(start + recording.offset_ms, end + recording.offset_ms) for start, end in found]
    return spoken if newest else None


def _whole_layers(layers: Iterable[MachineLayer]) -> dict[int, MachineLayer]:
    """The newest run over the whole of each recording; one that is not finished only where there is no other."""
    chosen: dict[int, MachineLayer] = {}
    for layer in layers:
        if layer.start_ms is None and (_is_finished(layer) or layer.recording_id not in chosen):
            chosen[layer.recording_id] = layer
    return chosen


def _speech(session: Session, layer_ids: Sequence[int]) -> dict[int, list[Sequence[Sequence[int]]]]:
    """Where somebody speaks in each decoded window, by layer. The words stay where they are."""
    rows = session.execute(
        select(Window.layer_id, Window.speech).where(Window.layer_id.in_(layer_ids), Window.text.is_not(None))
    )
    speech: dict[int, list[Sequence[Sequence[int]]]] = {}
    for layer_id, spans in rows:
        speech.setdefault(layer_id, []).append(spans)
    return speech


def _covered(segment: Segment) -> Iterator[Stretch]:
    if not segment.checked:
        return ((word[0], word[1]) for word in segment.words)
    # In pieces: what is longer than a word can be would be taken for a word stretched over what is missing.
    starts = range(segment.start_ms, segment.end_ms, LONGEST_WORD_MS)
    return ((start, min(start + LONGEST_WORD_MS, segment.end_ms)) for start in starts)

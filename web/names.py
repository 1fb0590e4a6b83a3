"""The names that the machine wonders about: what was heard, what may have been meant, and one press for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from archive.access import may_edit
from archive.accounts import Role
from archive.catalogue import load_interview
from archive.errors import NotAllowed
from archive.interviews import Interview
from archive.names import NameSuggestion
from archive.names.deciding import Decided, Outcome, accept, decided, decline, take_back
from archive.names.suggestions import Group, groups
from archive.transcripts import Segment
from web.excerpt import Passage, excerpt
from web.rights import needs
from web.sound import sound_of
from web.visit import db, now, today, viewer
from web.wording import counted

pages = Blueprint("names", __name__, url_prefix="/intervju/<int:interview_id>/navn")

KINDS = {"person": "personnavn", "place": "stedsnavn", "unit": "lag, parti eller avis"}
BEFORE_MS = 1_500  # a name is heard best with what was said just before it
SIGNS = '.,;:!?…«»"()–-'  # what stands around a word and is not marked
SHOWN_AT_ONCE = 3  # places of one group; the rest are behind a press
MOST_AT_ONCE = 5_000  # numbers in one form: more names than that in one interview is no form of ours
_Decide = Callable[..., Outcome]
# What each button does.
_DECISIONS: dict[str, _Decide] = {"ja": accept, "nei": decline, "angre": take_back}


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the text where the same was heard."""

    suggestion_id: int
    segment_id: int
    said: Markup  # the sentence, what was heard marked
    hear_ms: int


@dataclass(frozen=True, slots=True)
class Card:
    """A group as the page shows it."""

    group: Group
    kind: str  # in words
    places: tuple[Place, ...]

    @property
    def ids(self) -> str:
        """What the buttons for all of them send."""
        return ",".join(str(place.suggestion_id) for place in self.places)


@pages.get("")
@needs(Role.VOLUNTEER)
def show(interview_id: int) -> ResponseReturnValue:
    """Everything that is open, and what was decided last, which can be taken back."""
    interview = _load(interview_id)
    return render_template(
        "names/show.html",
        interview=interview,
        cards=[_card(group) for group in groups(db(), interview_id)],
        decisions=[(each, _said(each)) for each in decided(db(), interview_id)],
        has_sound=sound_of(interview).ready,
        shown_at_once=SHOWN_AT_ONCE,
    )


@pages.post("")
@needs(Role.VOLUNTEER)
def decide(interview_id: int) -> ResponseReturnValue:
    """Ja, Nei and Angre, for all of a group or for one place."""
    _load(interview_id)
    does = request.form.get("handling", "")
    if does in _DECISIONS:
        outcome = _DECISIONS[does](db(), interview_id, _ids(), by=viewer().user_id, now=now())
        db().commit()
        flash(_told(does, outcome))
    return redirect(url_for(".show", interview_id=interview_id), 303)


def _load(interview_id: int) -> Interview:
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not may_edit(viewer(), interview):
        raise NotAllowed("edit")
    return interview


def _ids() -> list[int]:
    """The numbers that were sent; what is no number of ours is left out."""
    sent = request.form.get("ider", "").split(",")[:MOST_AT_ONCE]
    return [int(each) for each in sent if each.isascii() and each.isdigit() and len(each) <= 10]


def _card(group: Group) -> Card:
    return Card(group, KINDS.get(group.kind, group.kind), tuple(map(_place, group.suggestions)))


def _place(suggestion: NameSuggestion) -> Place:
    segment = suggestion.segment
    assert segment is not None  # noqa: S101 - `groups` gives none without its line
    texts = segment.text.split()
    start = len(" ".join(["", *texts[: suggestion.first_word]])) if suggestion.first_word else 0
    stretch = " ".join(texts[suggestion.first_word : suggestion.last_word + 1])
    mark = (start + len(stretch) - len(stretch.lstrip(SIGNS)), start + len(stretch.rstrip(SIGNS)))
    said = excerpt(Passage(" ".join(texts), [mark]))
    return Place(suggestion.id, segment.id, said, _hear_ms(segment, suggestion.first_word, len(texts)))


def _hear_ms(segment: Segment, first_word: int, count: int) -> int:
    """Where to begin to listen: at the word, when the line's words have times."""
    words: Sequence[Sequence[int]] = segment.words
    at_ms = words[first_word][0] if len(words) == count else segment.start_ms
    return max(0, at_ms - BEFORE_MS)


def _said(decision: Decided) -> str:
    """What was decided, as a sentence."""
    if not decision.accepted:
        return f"«{decision.heard}» er ikke {decision.name}"
    places = counted(len(decision.ids), "sted", "steder")
    return f"«{decision.heard}» er rettet til {decision.name}, {places}"


def _told(does: str, outcome: Outcome) -> str:
    said = {
        "ja": f"Rettet {counted(outcome.changed, 'sted', 'steder')}.",
        "nei": "Greit. Det blir ikke foreslått igjen her.",
        "angre": f"Angret. {counted(outcome.changed, 'forslag står', 'forslag står')} åpent igjen.",
    }[does]
    if outcome.stale == 0:
        return said
    left = "1 linje er endret" if outcome.stale == 1 else f"{outcome.stale} linjer er endret"
    told = f"{left} av noen i mellomtiden, og står som de skrev den."
    return told if outcome.changed == 0 else f"{said} {told}"

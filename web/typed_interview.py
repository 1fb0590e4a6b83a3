"""What a person typed about an interview, kept as typed until it can be used: a form that fails loses nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from werkzeug.datastructures import MultiDict

from archive.errors import BadInput
from archive.interviews import MOST_VOICES, Interview, InterviewDetails, Part, check_details
from archive.people import name_key
from archive.typed import clean
from web.wording import problem

LANGUAGES = {
    "nb": "norsk, skrevet som bokmål",
    "nn": "norsk, skrevet som nynorsk",
    "sv": "svensk",
    "da": "dansk",
    "en": "engelsk",
}

# What *Hvor mange snakker?* may say, and how it says it.
VOICE_COUNTS = {str(count): str(count) for count in range(1, MOST_VOICES + 1)}

_NORWEGIAN_DAY = re.compile(r"(\d{1,2})[./ -]\s*(\d{1,2})[./ -]\s*(\d{4})")


# What a browser sends: werkzeug's form, with several values for one name.
Fields = MultiDict[str, str]


def wording(problems: Sequence[BadInput]) -> dict[str, str]:
    """The first sentence for each field that something is wrong with."""
    words: dict[str, str] = {}
    for bad in problems:
        words.setdefault(bad.field, problem(bad.field, bad.problem))
    return words


def read_day(typed: str, name: str) -> date | None:
    """A day as a browser sends it (2022-03-14) or as a person writes it (14.3.2022); None when nothing was typed.

    Raises:
        BadInput: "unreadable".
    """
    typed = typed.strip()
    if not typed:
        return None
    try:
        if written := _NORWEGIAN_DAY.fullmatch(typed):
            return date(int(written[3]), int(written[2]), int(written[1]))
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput(name, "unreadable") from None


@dataclass(slots=True)
class TypedInterview:
    """The details form of *Lever opptak*, field by field, as text."""

    title: str = ""
    narrators: list[str] = field(default_factory=list)
    interviewers: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    held_on: str = ""
    place: str = ""
    creator: str = ""
    language: str = "nb"
    dialect: str = ""
    voice_count: str = ""  # "": as many as are named

    @classmethod
    def read(cls, form: Fields) -> "TypedInterview":
        """As the browser sent it."""
        return cls(
            title=form.get("title", ""),
            narrators=form.getlist("narrators"),
            interviewers=form.getlist("interviewers"),
            heard=form.getlist("heard"),
            held_on=form.get("held_on", ""),
            place=form.get("place", ""),
            creator=form.get("creator_id", ""),
            language=form.get("language", "nb"),
            dialect=form.get("dialect", ""),
            voice_count=form.get("voice_count", "").strip(),
        )

    @classmethod
    def of(cls, interview: Interview) -> "TypedInterview":
        """What is known already; the day that was agreed on, while it is only planned."""
        held_on = interview.held_on or (interview.plan.agreed_on if interview.plan else None)
        return cls(
            title=interview.title,
            narrators=[each.name for each in interview.narrators],
            interviewers=[each.name for each in interview.people(Part.INTERVIEWER)],
            heard=[each.name for each in interview.people(Part.HEARD)],
            held_on=held_on.isoformat() if held_on else "",
            place=interview.place,
            creator=str(interview.creator_id or ""),
            language=interview.language,
            dialect=interview.dialect,
            voice_count=str(interview.voice_count or ""),
        )

    def is_what_we_know(self, interview: Interview) -> bool:
        """Whether it says nothing that does not stand in the interview already; for one that nothing is wrong with."""
        return self._in_one_form() == TypedInterview.of(interview)._in_one_form()

    def _in_one_form(self) -> tuple[object, ...]:
        lines = (self.title, self.place, self.dialect, self.creator, self.language, self.voice_count)
        names = (self.narrators, self.interviewers, self.heard)
        return (
            read_day(self.held_on, "held_on"),
            *(" ".join(clean(each).split()) for each in lines),
            *([name_key(clean(each)) for each in _named(typed)] for typed in names),
        )

    def add_person(self, part: str) -> None:
        """One more field for a name.

        Raises:
            BadInput: no form of ours has such a part.
        """
        named = {"narrators": self.narrators, "interviewers": self.interviewers, "heard": self.heard}
        if part not in named:
            raise BadInput("more", "unknown")
        named[part].append("")

    def details(self, *, creators: Mapping[int, str], today: date) -> tuple[InterviewDetails, list[BadInput]]:
        """What can be used of it, and what is wrong with the rest."""
        problems: list[BadInput] = []
        held_on = None
        try:
            held_on = read_day(self.held_on, "held_on")
        except BadInput as bad:
            problems.append(bad)
        creator_id = {str(each): each for each in creators}.get(self.creator)
        if self.creator and creator_id is None:
            problems.append(BadInput("creator_id", "unknown"))
        if self.language not in LANGUAGES:
            problems.append(BadInput("language", "unknown"))
        voice_count = int(self.voice_count) if self.voice_count in VOICE_COUNTS else None
        if self.voice_count and voice_count is None:
            problems.append(BadInput("voice_count", "out_of_range"))
        details = InterviewDetails(
            title=self.title,
            narrators=_named(self.narrators),
            interviewers=_named(self.interviewers),
            heard=_named(self.heard),
            held_on=held_on,
            place=self.place,
            creator_id=creator_id,
            language=self.language,
            dialect=self.dialect,
            voice_count=voice_count,
        )
        return details, problems + check_details(details, today=today)


def _named(typed: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in (each.strip() for each in typed) if name)

"""*Legg inn en tekst*: a text that is written already becomes an interview, seen through before it is kept."""

from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.accounts import Role
from archive.errors import NotFound
from archive.exchange.reading import LARGEST_BYTES, ReadText, read_text
from archive.exchange.reading.labels import is_full_name
from archive.importing import import_text, imported_just_now
from archive.interviews import InterviewDetails, creator_names
from archive.people import Person, PersonAlias, name_key
from web import upload
from web.file_looked_into import Given, Looking, read_again, received, used
from web.import_words import FORMATS, refusal, remarks
from web.rights import needs
from web.typed_interview import LANGUAGES, TypedInterview, wording
from web.visit import db, now, today

pages = Blueprint("importing", __name__, url_prefix="/legg-inn-tekst")

# How many lines one sees of what was understood: enough to know the text again, and its speakers.
FIRST_LINES = 8


LOOKING = Looking(
    read=lambda content, name: read_text(content, name=name),
    largest_bytes=LARGEST_BYTES,
    refusal=refusal,
    none_chosen="Velg filen med teksten først.",
    unreadable="Dokumentet kunne ikke åpnes. Lagre det på nytt, og prøv igjen.",
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a page shows of a text before anybody says yes."""

    text: ReadText
    format: str
    remarks: list[str] = field(default_factory=list)

    @property
    def first(self) -> tuple[object, ...]:
        """The first lines."""
        return self.text.cues[:FIRST_LINES]

    @property
    def length_ms(self) -> int:
        """When the last line ends; 0 without times."""
        return max((cue.end_ms or 0 for cue in self.text.cues), default=0)


@pages.get("")
@needs(Role.VOLUNTEER)
def begin() -> ResponseReturnValue:
    """Choose a file."""
    return render_template("importing/choose.html", problem="")


@pages.post("")
@needs(Role.VOLUNTEER)
def look() -> ResponseReturnValue:
    """Read the file and show what was understood; nothing is kept but the file, for a week at most."""
    given = received(LOOKING, request.files.get("file"))
    if given.found is None:
        return render_template("importing/choose.html", problem=given.problem), 422
    typed = _first_details(given.found)
    return _form(given, typed, {})


@pages.post("/lagre")
@needs(Role.VOLUNTEER)
def save() -> ResponseReturnValue:
    """Write it down, ask for one more name, or say what is missing and keep what was typed."""
    given, typed = read_again(LOOKING, request.form.get("upload", "")), TypedInterview.read(request.form)
    if given.found is None:
        known = _imported_just_now(request.form.get("sha256", ""))
        if known is not None:
            return redirect(url_for("listen.show", interview_id=known), 303)
        return render_template("importing/choose.html", problem=given.problem), 422
    if part := request.form.get("more"):
        typed.add_person(part)
        return _form(given, typed, {})
    details, problems = typed.details(creators=creator_names(db()), today=today())
    if problems:
        return _form(given, typed, wording(problems)), 422
    interview_id = _write_down(given, given.found, details)
    flash("Teksten er lagt inn. Den er lukket for andre til sekretæren åpner den.")
    return redirect(url_for("listen.show", interview_id=interview_id), 303)


def _write_down(given: Given[ReadText], text: ReadText, details: InterviewDetails) -> int:
    """One transaction: the interview with its text, and the file gone."""
    user_id = upload.require_user_id()
    interview = import_text(
        db(),
        text,
        details,
        original_name=given.name,
        sha256=given.sha256,
        handed_in_by_id=user_id,
        now=now(),
    )
    used(given)
    db().commit()
    return interview.id


def _first_details(text: ReadText) -> TypedInterview:
    """What the file says of the interview already, as the form shows it."""
    known = text.details
    if known is None:
        named = [each for each in text.speakers if is_full_name(each)]
        return TypedInterview(narrators=named if len(named) == 1 else [])
    return TypedInterview(
        title=known.title,
        narrators=list(known.narrators),
        interviewers=list(known.interviewers),
        heard=list(known.heard),
        held_on=known.held_on.isoformat() if known.held_on else "",
        place=known.place,
        language=known.language if known.language in LANGUAGES else "nb",
        dialect=known.dialect,
    )


def _imported_just_now(sha256: str) -> int | None:
    return imported_just_now(db(), sha256, upload.require_user_id(), now=now())


def _form(given: Given[ReadText], typed: TypedInterview, wrong: dict[str, str]) -> str:
    text = given.found
    if text is None:
        raise NotFound("upload", given.upload_id)
    return render_template(
        "importing/form.html",
        given=given,
        understood=Understood(text, FORMATS[text.format], remarks(text.remarks)),
        typed=typed,
        wrong=wrong,
        creators=creator_names(db()),
        languages=LANGUAGES,
        registered=_registered(text.speakers),
    )


def _registered(speakers: tuple[str, ...]) -> set[str]:
    """Those of the speakers whose names are people of the register already."""
    keys = {name_key(each): each for each in speakers}
    names = select(Person.name_key).where(Person.name_key.in_(keys), Person.merged_into_id.is_(None))
    known = db().scalars(names.union(select(PersonAlias.name_key).where(PersonAlias.name_key.in_(keys))))
    return {keys[each] for each in known}

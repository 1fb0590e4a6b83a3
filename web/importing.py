"""*Legg inn en tekst*: a text that is written already becomes an interview, seen through before it is kept."""

import hashlib
from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from archive.accounts import Role
from archive.errors import ImportRefused, NotFound
from archive.exchange.reading import LARGEST_BYTES, ReadText, read_text
from archive.exchange.reading.labels import is_full_name
from archive.importing import import_text, imported_just_now
from archive.interviews import InterviewDetails, creator_names
from archive.people import Person, PersonAlias, name_key
from archive.recordings import Upload
from archive.uploads import end_upload, load_upload, upload_path
from media.errors import MediaError
from web import file_problems, upload
from web.import_words import FORMATS, refusal, remarks
from web.rights import needs
from web.typed_interview import LANGUAGES, TypedInterview, wording
from web.visit import archive, db, now, today

pages = Blueprint("importing", __name__, url_prefix="/legg-inn-tekst")

# How many lines one sees of what was understood: enough to know the text again, and its speakers.
FIRST_LINES = 8


@dataclass(slots=True)
class Given:
    """A text file that was sent, and what is in it. `text` is None while there is none, or none that can be read."""

    upload_id: str = ""
    name: str = ""
    text: ReadText | None = None
    sha256: str = ""
    problem: str = ""  # a sentence; "" while nothing is wrong with it


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
    given = _received(request.files.get("file"))
    if given.text is None:
        return render_template("importing/choose.html", problem=given.problem), 422
    typed = _first_details(given.text)
    return _form(given, typed, {})


@pages.post("/lagre")
@needs(Role.VOLUNTEER)
def save() -> ResponseReturnValue:
    """Write it down, ask for one more name, or say what is missing and keep what was typed."""
    given, typed = _reread(request.form.get("upload", "")), TypedInterview.read(request.form)
    if given.text is None:
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
    interview_id = _write_down(given, given.text, details)
    flash("Teksten er lagt inn. Den er lukket for andre til sekretæren åpner den.")
    return redirect(url_for("listen.show", interview_id=interview_id), 303)


def _write_down(given: Given, text: ReadText, details: InterviewDetails) -> int:
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
    end_upload(db(), archive().settings, load_upload(db(), given.upload_id, user_id))
    db().commit()
    return interview.id


def _received(file: FileStorage | None) -> Given:
    """A file that came with the form, kept as an upload so that the next page can name it."""
    if file is None or not file.filename:
        return Given(problem="Velg filen med teksten først.")
    content = file.stream.read(LARGEST_BYTES + 1)
    given = _read(content, file.filename)
    if given.text is None:
        return given
    file.stream.seek(0)
    try:
        begun = upload.start(file.filename, len(content))
        upload.write(begun.id, 0, file.stream, None)
    except upload.Refused as refused:
        return Given(name=file.filename, problem=file_problems.sentence(refused.problem))
    given.upload_id = begun.id
    return given


def _reread(upload_id: str) -> Given:
    """The file of the page before, read anew: what is kept is what the file says, not what a form says of it."""
    try:
        known: Upload = load_upload(db(), upload_id, upload.require_user_id())
        content = upload_path(archive().settings, known.id).read_bytes()
    except (NotFound, FileNotFoundError):
        return Given(problem="Filen ligger ikke lenger på serveren. Velg den på nytt.")
    given = _read(content, known.original_name)
    given.upload_id = known.id
    return given


def _read(content: bytes, name: str) -> Given:
    """What is in a file. No lock is held meanwhile: a document may take a while."""
    db().rollback()
    try:
        text = read_text(content, name=name)
    except ImportRefused as refused:
        return Given(name=name, problem=refusal(refused))
    except MediaError:
        return Given(name=name, problem="Dokumentet kunne ikke åpnes. Lagre det på nytt, og prøv igjen.")
    return Given(name=name, text=text, sha256=hashlib.sha256(content).hexdigest())


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


def _form(given: Given, typed: TypedInterview, wrong: dict[str, str]) -> str:
    text = given.text
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

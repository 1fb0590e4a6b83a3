"""*Lever opptak*, its receipt, and *Mine opptak*: how a recording comes into the archive through a browser."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from archive import jobs
from archive.accounts import Role
from archive.catalogue import handed_in_by, load_interview
from archive.errors import AlreadyReceived, BadInput, NoRoom, NotFound, UploadRefused
from archive.handing_in import check_upload, forget_uploads, handed_in_just_now, receive_uploads
from archive.interviews import LIMITS, UNDER_WAY, Interview, InterviewDetails, Status, add_interview, creator_names
from archive.people import find_or_add_person
from archive.planning import hand_in_planned, load_planned
from archive.progress import progress_of, progress_of_each
from archive.recordings import ReceivedFile, Upload, add_recordings
from archive.transcripts import latest_segments
from archive.typed import one_line
from archive.uploads import end_upload, load_upload, uploads_of
from web import file_problems, upload
from web.rights import needs
from web.typed_interview import LANGUAGES, VOICE_COUNTS, Fields, TypedInterview, wording
from web.visit import archive, db, now, today, viewer
from web.waiting import Trouble, lasting_troubles, trouble_of

pages = Blueprint("handin", __name__)

LATEST_LINES = 6
# How many whole seconds the receipt waits before it looks again: often while something happens, seldom after a while.
PAUSES_S = ((30, 2), (90, 5), (400, 15))
SELDOM_S = 60
# What the plain form may carry in all; `web.app` stops a body a little above it.
PLAIN_FORM_MB = 15


@dataclass(slots=True)
class TypedHandIn:
    """The whole form as it was sent: the files' uploads in order, who speaks in each, and the details."""

    interview: TypedInterview = field(default_factory=TypedInterview)
    upload_ids: list[str] = field(default_factory=list)
    speakers: dict[str, str] = field(default_factory=dict)
    one_time: bool = False
    planned_id: int | None = None

    @classmethod
    def read(cls, form: Fields) -> "TypedHandIn":
        """As the browser sent it."""
        upload_ids = list(dict.fromkeys(form.getlist("upload")))
        return cls(
            interview=TypedInterview.read(form),
            upload_ids=upload_ids,
            speakers={each: form.get(f"speaker-{each}", "").strip() for each in upload_ids},
            one_time=form.get("order") == "one_time",
            planned_id=form.get("fra", type=int),
        )


@dataclass(slots=True)
class Wrong:
    """Everything that is wrong with a form, by where it is shown."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Trouble] = field(default_factory=dict)  # by the upload's id
    form: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.files or self.form)


@pages.get("/lever")
@needs(Role.VOLUNTEER)
def begin() -> ResponseReturnValue:
    """The empty form, or what a planned interview says already."""
    planned_id = request.args.get("fra", type=int)
    if planned_id is None:
        return _form_page(TypedHandIn(), Wrong())
    try:
        planned = load_planned(db(), planned_id)
    except NotFound:
        return _form_page(TypedHandIn(), Wrong(form=[file_problems.PLAN_TAKEN]))
    return _form_page(TypedHandIn(TypedInterview.of(planned), planned_id=planned_id), Wrong())


@pages.post("/lever")
@needs(Role.VOLUNTEER)
def hand_in() -> ResponseReturnValue:
    """Receive everything, or say what is missing and keep what was typed."""
    typed = TypedHandIn.read(request.form)
    wrong = Wrong()
    _keep_plain_files(request.files.getlist("files"), typed, wrong)
    if more := request.form.get("more"):
        typed.interview.add_person(more)
        return _form_page(typed, wrong)
    details, problems = typed.interview.details(creators=creator_names(db()), today=today())
    wrong.fields.update(wording(problems))
    if not typed.upload_ids and not wrong.form:
        wrong.fields["files"] = file_problems.NO_FILE
    _check_speakers(typed, wrong)
    is_filled_in = not wrong
    _check_plan(typed, wrong)
    db().close()  # hashing may take a minute, and nobody waits for our lock meanwhile
    interview_id = None if wrong else _receive(typed, details, wrong)
    if interview_id is None and is_filled_in:
        interview_id = _received_just_now(typed)
    if interview_id is None:
        return _form_page(typed, wrong), 422
    jobs.ask_for_unfinished(archive().settings)
    return redirect(url_for("handin.receipt", interview_id=interview_id), 303)


@pages.post("/lever/kontroll/<upload_id>")
@needs(Role.VOLUNTEER)
def check(upload_id: str) -> ResponseReturnValue:
    """Read a file through as soon as it is whole, so that a wrong one is told of before the form is filled in."""
    db().close()
    here = archive()
    try:
        sound = check_upload(here.database, here.settings, here.store, upload_id, upload.require_user_id())
    except UploadRefused as refused:
        return render_template("handin/_trouble.html", trouble=trouble_of(refused)), 422
    return render_template("handin/_checked.html", duration_ms=sound.duration_ms)


@pages.get("/lever/<int:interview_id>/kvittering")
@needs(Role.VOLUNTEER)
def receipt(interview_id: int) -> ResponseReturnValue:
    """*Mottatt og kontrollert*: what was received, and what happens now."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    if not interview.recordings:
        raise NotFound("interview", interview_id)
    return render_template("handin/receipt.html", interview=interview, **_progress(interview, looks=0))


@pages.get("/intervju/<int:interview_id>/framdrift")
@needs(Role.VOLUNTEER)
def progress(interview_id: int) -> ResponseReturnValue:
    """How far the text has come: the part of a page that asks for itself again."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    looks = request.args.get("sett", 0, type=int)
    return render_template("handin/_progress.html", interview=interview, **_progress(interview, looks=looks))


@pages.get("/mine-opptak")
@needs(Role.VOLUNTEER)
def mine() -> ResponseReturnValue:
    """What I handed in, and what I began to upload."""
    user_id = upload.require_user_id()
    interviews = [each for each in handed_in_by(db(), user_id) if each.status is not Status.PLANNED]
    uploads = uploads_of(db(), user_id, now=now())
    return render_template(
        "handin/mine.html",
        interviews=interviews,
        under_way=progress_of_each(db(), [each for each in interviews if each.status in UNDER_WAY], now=now()),
        uploads=uploads,
        troubles=lasting_troubles(uploads),
    )


@pages.post("/mine-opptak/fil/<upload_id>/fjern")
@needs(Role.VOLUNTEER)
def remove(upload_id: str) -> ResponseReturnValue:
    """Remove an upload that was not handed in."""
    end_upload(db(), archive().settings, load_upload(db(), upload_id, upload.require_user_id()))
    db().commit()
    return redirect(url_for("handin.mine"), 303)


def _receive(typed: TypedHandIn, details: InterviewDetails, wrong: Wrong) -> int | None:
    """Store the files and write the interview down: its id, or None with the reasons in `wrong`."""
    here = archive()
    user_id = upload.require_user_id()
    try:
        files = receive_uploads(here.database, here.settings, here.store, typed.upload_ids, user_id)
        return _write_down(typed, details, files, user_id)
    except UploadRefused as refused:
        db().rollback()
        wrong.files[refused.upload_id] = trouble_of(refused)
    except AlreadyReceived as received:  # by somebody else, in this very second
        db().rollback()
        upload_id = _upload_named(typed.upload_ids, received.sha256)
        wrong.files[upload_id] = trouble_of(UploadRefused(upload_id, "already_received", received.interview_id))
    except NotFound:  # the plan, or an upload, was somebody else's a moment ago
        db().rollback()
        wrong.form.append(file_problems.sentence("gone"))
    except NoRoom:
        db().rollback()
        wrong.form.append(file_problems.sentence("no_room"))
    return None


def _received_just_now(typed: TypedHandIn) -> int | None:
    """The interview that this very form made a moment ago: the button was pressed twice."""
    db().close()
    here, user_id = archive(), upload.require_user_id()
    known = handed_in_just_now(here.database, here.settings, here.store, typed.upload_ids, user_id, now=now())
    if known is None:
        return None
    try:
        interview = load_interview(db(), known, viewer(), today=today())
    except NotFound:
        return None
    if not typed.interview.is_what_we_know(interview):
        return None
    for copy in uploads_of(db(), user_id, now=now()):
        if copy.id in typed.upload_ids:
            end_upload(db(), here.settings, copy)
    db().commit()
    return known


def _write_down(typed: TypedHandIn, details: InterviewDetails, files: Sequence[ReceivedFile], user_id: int) -> int:
    """One transaction: the interview, its recordings, and the uploads gone."""
    session = db()
    if typed.planned_id is None:
        interview = add_interview(session, details, handed_in_by_id=user_id, now=now())
    else:
        planned = load_planned(session, typed.planned_id)
        interview = hand_in_planned(session, planned, details, handed_in_by_id=user_id, now=now())
    names = [typed.speakers[each] if typed.one_time else "" for each in typed.upload_ids]
    speakers = [find_or_add_person(session, name) if name else None for name in names]
    add_recordings(
        session, interview, files, one_time=typed.one_time, speakers=speakers, received_by_id=user_id, now=now()
    )
    forget_uploads(session, archive().settings, typed.upload_ids, interview, user_id, now=now())
    session.commit()
    return interview.id


def _form_page(typed: TypedHandIn, wrong: Wrong) -> str:
    uploads = uploads_of(db(), upload.require_user_id(), now=now())
    waiting = {each.id: each for each in uploads}
    chosen = [waiting.pop(each) for each in typed.upload_ids if each in waiting]
    return render_template(
        "handin/form.html",
        typed=typed,
        wrong=wrong,
        chosen=chosen,
        waiting=list(waiting.values()),
        troubles=lasting_troubles(uploads),
        creators=creator_names(db()),
        languages=LANGUAGES,
        voice_counts=VOICE_COUNTS,
        user_id=viewer().user_id,
        plain_form_mb=PLAIN_FORM_MB,
    )


def _keep_plain_files(files: Sequence[FileStorage], typed: TypedHandIn, wrong: Wrong) -> None:
    """Files that came with the form become uploads too: a form that fails for another reason keeps them."""
    for file in files:
        if not file.filename:
            continue
        size_bytes = file.stream.seek(0, 2)
        file.stream.seek(0)
        try:
            begun = upload.start(file.filename, size_bytes)
            upload.write(begun.id, 0, file.stream, None)
        except upload.Refused as refused:
            wrong.form.append(f"{file.filename}: {file_problems.sentence(refused.problem)}")
        else:
            typed.upload_ids.append(begun.id)
            typed.speakers[begun.id] = ""


def _check_plan(typed: TypedHandIn, wrong: Wrong) -> None:
    """Somebody else may have handed it in meanwhile; who goes on, makes an interview of its own."""
    if typed.planned_id is None:
        return
    try:
        load_planned(db(), typed.planned_id)
    except NotFound:
        wrong.form.append(file_problems.PLAN_TAKEN)
        typed.planned_id = None


def _check_speakers(typed: TypedHandIn, wrong: Wrong) -> None:
    """Make the names such that they can be kept, before any file moves."""
    if not typed.one_time:
        return
    for upload_id, name in typed.speakers.items():
        try:
            typed.speakers[upload_id] = one_line(name, "speaker", limit=LIMITS["name"])
        except BadInput:
            wrong.files[upload_id] = Trouble(file_problems.SPEAKER_TOO_LONG)


def _upload_named(upload_ids: Sequence[str], sha256: str) -> str:
    found = db().scalar(select(Upload.id).where(Upload.id.in_(upload_ids), Upload.sha256 == sha256))
    return found or upload_ids[0]


def _progress(interview: Interview, *, looks: int) -> dict[str, object]:
    lines = latest_segments(db(), interview.id, LATEST_LINES)
    unfinished = interview.status in UNDER_WAY
    return {
        "progress": progress_of(db(), interview, now=now()),
        "unfinished": unfinished,
        "lines": lines,
        "look_again_s": _pause_s(looks) if unfinished else None,
        "looks": looks + 1,
        "today": today(),
    }


def _pause_s(looks: int) -> int:
    return next((pause_s for until, pause_s in PAUSES_S if looks < until), SELDOM_S)

"""*Lever opptak*, its receipt, and *Mine opptak*: how a recording comes into the archive through a browser."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import jobs
from archive.accounts import Role
from archive.adding_sound import has_own_text
from archive.catalogue import handed_in_by, load_interview
from archive.errors import NotFound, UploadRefused
from archive.handing_in import check_upload, forget_uploads
from archive.interviews import UNDER_WAY, Interview, InterviewDetails, Status, add_interview, creator_names
from archive.planning import hand_in_planned, load_planned
from archive.progress import progress_of, progress_of_each
from archive.recordings import ReceivedFile, add_recordings
from archive.transcripts import latest_segments
from archive.uploads import end_upload, load_upload, uploads_of
from web import file_problems, upload
from web.handed_files import TypedFiles, Wrong, check_files, forget_copies, read_files, receive, received_as, shown
from web.rights import needs
from web.typed_interview import LANGUAGES, VOICE_COUNTS, TypedInterview, wording
from web.visit import archive, db, now, today, viewer
from web.waiting import lasting_troubles, trouble_of

pages = Blueprint("handin", __name__)

LATEST_LINES = 6
# How many whole seconds the receipt waits before it looks again: often while something happens, seldom after a while.
PAUSES_S = ((30, 2), (90, 5), (400, 15))
SELDOM_S = 60


@dataclass(slots=True)
class TypedHandIn:
    """The whole form as it was sent: the files, and what is said of the interview."""

    interview: TypedInterview = field(default_factory=TypedInterview)
    files: TypedFiles = field(default_factory=TypedFiles)
    planned_id: int | None = None


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
    wrong = Wrong()
    typed = TypedHandIn(
        TypedInterview.read(request.form),
        read_files(request.form, request.files.getlist("files"), wrong),
        request.form.get("fra", type=int),
    )
    if more := request.form.get("more"):
        typed.interview.add_person(more)
        return _form_page(typed, wrong)
    details, problems = typed.interview.details(creators=creator_names(db()), today=today())
    wrong.fields.update(wording(problems))
    check_files(typed.files, wrong)
    is_filled_in = not wrong
    _check_plan(typed, wrong)
    db().close()  # hashing may take a minute, and nobody waits for our lock meanwhile
    write_down = partial(_write_down, typed, details)
    interview_id = None if wrong else receive(typed.files, write_down, wrong)
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


def _received_just_now(typed: TypedHandIn) -> int | None:
    """The interview that this very form made a moment ago: the button was pressed twice."""
    known = received_as(typed.files)
    if known is None:
        return None
    try:
        interview = load_interview(db(), known, viewer(), today=today())
    except NotFound:
        return None
    if not typed.interview.is_what_we_know(interview):
        return None
    forget_copies(typed.files)
    return known


def _write_down(typed: TypedHandIn, details: InterviewDetails, files: Sequence[ReceivedFile]) -> int:
    """One transaction: the interview, its recordings, and the uploads gone."""
    session, user_id = db(), upload.require_user_id()
    if typed.planned_id is None:
        interview = add_interview(session, details, handed_in_by_id=user_id, now=now())
    else:
        planned = load_planned(session, typed.planned_id)
        interview = hand_in_planned(session, planned, details, handed_in_by_id=user_id, now=now())
    chosen = typed.files
    speakers = chosen.people()
    add_recordings(
        session, interview, files, one_time=chosen.one_time, speakers=speakers, received_by_id=user_id, now=now()
    )
    forget_uploads(session, archive().settings, chosen.upload_ids, interview, user_id, now=now())
    session.commit()
    return interview.id


def _form_page(typed: TypedHandIn, wrong: Wrong) -> str:
    return render_template(
        "handin/form.html",
        typed=typed,
        wrong=wrong,
        creators=creator_names(db()),
        languages=LANGUAGES,
        voice_counts=VOICE_COUNTS,
        **shown(typed.files),
    )


def _check_plan(typed: TypedHandIn, wrong: Wrong) -> None:
    """Somebody else may have handed it in meanwhile; who goes on, makes an interview of its own."""
    if typed.planned_id is None:
        return
    try:
        load_planned(db(), typed.planned_id)
    except NotFound:
        wrong.form.append(file_problems.PLAN_TAKEN)
        typed.planned_id = None


def _progress(interview: Interview, *, looks: int) -> dict[str, object]:
    lines = latest_segments(db(), interview.id, LATEST_LINES)
    unfinished = interview.status in UNDER_WAY
    return {
        "progress": progress_of(db(), interview, now=now()),
        "is_brought_in": has_own_text(db(), interview.id),
        "unfinished": unfinished,
        "lines": lines,
        "look_again_s": _pause_s(looks) if unfinished else None,
        "looks": looks + 1,
        "today": today(),
    }


def _pause_s(looks: int) -> int:
    return next((pause_s for until, pause_s in PAUSES_S if looks < until), SELDOM_S)

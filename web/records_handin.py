"""*Lever et dokument*: a file with what is known about it, or only where a paper lies."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import jobs
from archive.accounts import Role
from archive.bin import paper_in_bin
from archive.errors import BadInput, NoRoom, NotFound
from archive.record_series import SERIES
from archive.records import ReceivedPaper, Record, add_record, receive_paper
from archive.records_found import received_before
from archive.units import UnitKind
from archive.uploads import end_upload, load_upload, upload_path, uploads_of
from media.errors import DocumentRefused, ToolFailed
from media.papers import look_at
from web import file_problems, upload
from web.handed_files import PLAIN_FORM_MB, Wrong, read_files
from web.meeting_target import read_target
from web.records_words import FAILURE_UNKNOWN, KINDS, refused_words, series_words
from web.rights import needs
from web.typed_interview import wording
from web.typed_record import TypedRecord
from web.units import unit_groups
from web.visit import archive, db, now, viewer
from web.wording import counted, day

pages = Blueprint("records_handin", __name__, url_prefix="/dokumenter")

IN_BIN = (
    "Denne filen har vi fra før, men den ligger i papirkurven, dit den ble flyttet {}. Sekretæren kan hente den "
    "tilbake derfra."
)
RECEIVED_BEFORE = "Denne filen har vi fra før. Du trenger ikke å levere den på nytt."
NOTHING = "Velg filen. Finnes bare papiret, skriver du i stedet hvor det ligger."
# Whose archive a record may belong to; what is only ground or body has none.
CREATORS = [kind for kind in UnitKind if kind not in (UnitKind.MUNICIPALITY, UnitKind.REGION, UnitKind.ELECTED_BODY)]


@pages.get("/lever")
@needs(Role.VOLUNTEER)
def begin() -> ResponseReturnValue:
    """The empty form; `?mote=` is the meeting that the document is handed in for."""
    target = read_target(request.args.get("mote", ""))
    typed = TypedRecord(unit_id=request.args.get("arkivskaper", "").removeprefix("u"))
    return form_page(target.first_typed() if target else typed, Wrong())


@pages.post("/lever")
@needs(Role.VOLUNTEER)
def hand_in() -> ResponseReturnValue:
    """Receive it, or say what is wrong and keep what was typed and sent."""
    wrong = Wrong()
    typed = TypedRecord.read(request.form)
    chosen = read_files(request.form, request.files.getlist("files"), wrong).upload_ids
    if not chosen and not wrong and not (typed.place_of_paper or typed.box):
        wrong.fields["files"] = NOTHING
    _check_typed(typed, wrong)
    received = receive(chosen, wrong) if chosen and not wrong else None
    if wrong:
        return form_page(typed, wrong, chosen), 422
    try:
        record = add_record(db(), typed.details(db()), received, by=viewer().user_id, now=now())
        target = read_target(request.form.get("mote", ""))
        if target is not None:
            target.attach(record)
    except BadInput as bad:
        db().rollback()
        wrong.fields.update(wording([bad]))
        return form_page(typed, wrong, chosen), 422
    forget(chosen)
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    flash(f"Mottatt. Dokumentet heter {record.reference} og er lukket til sekretæren åpner det.")
    if target is not None:
        return redirect(url_for("meetings.one", meeting_id=target.meeting.id, _anchor="papirer"), 303)
    return redirect(url_for("records.one", record_id=record.id), 303)


@pages.post("/kontroll/<upload_id>")
@needs(Role.VOLUNTEER)
def check(upload_id: str) -> ResponseReturnValue:
    """Look into a file as soon as it is whole, so that a wrong one is told of before the form is filled in."""
    sent = load_upload(db(), upload_id, upload.require_user_id())
    db().close()
    try:
        paper = look_at(upload_path(archive().settings, sent.id), sent.original_name)
    except DocumentRefused as refused:
        return Response(refused_words(refused), 422, mimetype="text/plain")
    except (ToolFailed, FileNotFoundError):
        return Response(file_problems.sentence("gone"), 422, mimetype="text/plain")
    return Response(f"Lastet opp: {counted(paper.pages, 'side', 'sider')}", mimetype="text/plain")


def receive(upload_ids: list[str], wrong: Wrong) -> ReceivedPaper | None:
    """Look into the one file that was sent, and keep its bytes; None with the reason in `wrong`. No session is open."""
    if len(upload_ids) > 1:
        wrong.fields["files"] = "Lever én fil om gangen."
        return None
    here, user_id = archive(), upload.require_user_id()
    try:
        sent = load_upload(db(), upload_ids[0], user_id)
        if sent.offset_bytes < sent.size_bytes:
            wrong.fields["files"] = file_problems.sentence("not_whole")
            return None
        db().close()
        path = upload_path(here.settings, sent.id)
        received = receive_paper(here.store, path, sent.original_name)
    except (NotFound, FileNotFoundError):
        wrong.fields["files"] = file_problems.sentence("gone")
    except DocumentRefused as refused:
        wrong.fields["files"] = refused_words(refused)
    except ToolFailed:
        wrong.fields["files"] = FAILURE_UNKNOWN
    except NoRoom:
        wrong.fields["files"] = file_problems.sentence("no_room")
    else:
        is_known, record = received_before(db(), received.sha256, viewer())
        if not is_known:
            return received
        wrong.fields["files"] = RECEIVED_BEFORE
        if record is None and (entry := paper_in_bin(db(), received.sha256)):
            wrong.fields["files"] = IN_BIN.format(day(entry.removed_at))
        wrong.form += [f"Det er {record.reference}, «{record.title}»."] if record else []
    return None


def forget(upload_ids: list[str]) -> None:
    """The file is a record's now: the upload goes, in the same transaction."""
    for upload_id in upload_ids:
        end_upload(db(), archive().settings, load_upload(db(), upload_id, upload.require_user_id()))


def form_page(
    typed: TypedRecord, wrong: Wrong, chosen: list[str] | None = None, *, record: Record | None = None, seen: int = 0
) -> str:
    """The form: empty, as it was sent, or with what stands there."""
    waiting = uploads_of(db(), upload.require_user_id(), now=now()) if chosen else []
    return render_template(
        "records/form.html",
        typed=typed,
        wrong=wrong,
        chosen=[each for each in waiting if each.id in (chosen or [])],
        record=record,
        seen=seen,
        kinds=KINDS,
        series={letter: series_words(letter) for letter in SERIES},
        units=unit_groups(CREATORS),
        plain_form_mb=PLAIN_FORM_MB,
        target=None if record else read_target(request.values.get("mote", "")),
    )


def _check_typed(typed: TypedRecord, wrong: Wrong) -> None:
    """What is wrong with the words, before the file is looked into."""
    session = db()
    try:
        add_record(session, typed.details(session), None, by=viewer().user_id, now=now())
    except BadInput as bad:
        wrong.fields.update(wording([bad]))
    session.rollback()

"""What the secretary does with a record: change what is said of it, open and close it, add a file, undo."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import jobs
from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.fuzzy_dates import shown
from archive.interviews import Access
from archive.people import Person
from archive.records import Record, add_version, change_record, set_access, undo_of_record, use_version
from archive.records_found import load_record
from archive.records_reading import read_again
from archive.row_history import RowChange, changes_of, latest_change
from archive.units import Unit
from web import wording as words
from web.handed_files import PLAIN_FORM_MB, Wrong, read_files
from web.records_handin import forget, form_page, receive
from web.records_words import ACTS, FIELDS, KINDS, series_words
from web.rights import needs
from web.told_changes import Told
from web.typed_interview import wording
from web.typed_record import TypedRecord
from web.units import check_unchanged
from web.visit import archive, db, now, viewer
from web.wording import ACCESSES

pages = Blueprint("records_edit", __name__, url_prefix="/dokument/<int:record_id>")

_FOLLOWS = ("id", "first_day", "last_day", "handed_in_by_id", "made_at")


@pages.get("/endre")
@needs(Role.SECRETARY)
def edit(record_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    record = load_record(db(), record_id, viewer())
    return form_page(TypedRecord.of(record), Wrong(), record=record, seen=latest_change(db(), "record", record_id))


@pages.post("/endre")
@needs(Role.SECRETARY)
def change(record_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, record = TypedRecord.read(request.form), load_record(db(), record_id, viewer())
    try:
        check_unchanged("record", record_id)
        change_record(db(), record, typed.details(db(), record), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        wrong = Wrong(fields=wording([bad]))
        record = load_record(db(), record_id, viewer())
        return form_page(typed, wrong, record=record, seen=latest_change(db(), "record", record_id)), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return _to(record_id)


@pages.get("/tilgang")
@needs(Role.SECRETARY)
def access(record_id: int) -> ResponseReturnValue:
    """Whom is it open to, and on what ground?"""
    record = load_record(db(), record_id, viewer())
    return _access_form(record, record.access.value, record.ground, {})


@pages.post("/tilgang")
@needs(Role.SECRETARY)
def open_or_close(record_id: int) -> ResponseReturnValue:
    """Open it, or close it at once."""
    record = load_record(db(), record_id, viewer())
    wanted = next((each for each in Access if each.value == request.form.get("access")), None)
    ground = request.form.get("ground", "")
    try:
        if wanted is None:
            raise BadInput("access", "empty")
        set_access(db(), record, wanted, ground=ground, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        record = load_record(db(), record_id, viewer())
        return _access_form(record, request.form.get("access", ""), ground, wording([bad])), 422
    db().commit()
    flash(f"Dokumentet er nå {ACCESSES[wanted]}.")
    return _to(record_id)


@pages.get("/ny-fil")
@needs(Role.SECRETARY)
def new_file(record_id: int) -> ResponseReturnValue:
    """A better scan, or the same text written out."""
    return _file_form(load_record(db(), record_id, viewer()), Wrong())


@pages.post("/ny-fil")
@needs(Role.SECRETARY)
def add_file(record_id: int) -> ResponseReturnValue:
    """Receive it as a new version; the ones before stay."""
    wrong = Wrong()
    load_record(db(), record_id, viewer())
    db().close()  # the file is written down by a session of its own, which waits for our lock
    chosen = read_files(request.form, request.files.getlist("files"), wrong).upload_ids
    if not chosen and not wrong:
        wrong.fields["files"] = "Velg filen."
    received = receive(chosen, wrong) if chosen and not wrong else None
    record = load_record(db(), record_id, viewer())
    if received is not None:
        said = request.form.get("version_note", "")
        try:
            add_version(db(), record, received, version_note=said, by=viewer().user_id, now=now())
        except BadInput as bad:
            db().rollback()
            wrong.fields.update(wording([bad]))
    if wrong:
        return _file_form(load_record(db(), record_id, viewer()), wrong), 422
    forget(chosen)
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    flash("Den nye filen er mottatt og vises nå. Den forrige er fortsatt her.")
    return _to(record_id)


@pages.post("/bruk/<int:number>")
@needs(Role.SECRETARY)
def show_version(record_id: int, number: int) -> ResponseReturnValue:
    """Show another of its files."""
    try:
        use_version(db(), load_record(db(), record_id, viewer()), number, by=viewer().user_id, now=now())
    except BadInput:
        raise NotFound("version", number) from None
    db().commit()
    flash(f"Nå vises fil {number}.")
    return _to(record_id)


@pages.post("/les-igjen")
@needs(Role.SECRETARY)
def read_anew(record_id: int) -> ResponseReturnValue:
    """Have the machine read the shown file once more."""
    record = load_record(db(), record_id, viewer())
    if record.current is None:
        raise NotFound("version", record_id)
    read_again(db(), record.current, now=now())
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    flash("Maskinen leser dokumentet på nytt.")
    return _to(record_id)


@pages.get("/historikk")
@needs(Role.SECRETARY)
def history(record_id: int) -> ResponseReturnValue:
    """Every change, newest first."""
    return _history(load_record(db(), record_id, viewer()))


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(record_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    found = find_row(db(), RowChange, change_id)
    if found is None or (found.of_table, found.row_id) != ("record", record_id):
        raise NotFound("change", change_id)
    try:
        undo_of_record(db(), found, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _history(load_record(db(), record_id, viewer()), bad), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".history", record_id=record_id), 303)


def _to(record_id: int) -> ResponseReturnValue:
    return redirect(url_for("records.one", record_id=record_id), 303)


def _access_form(record: Record, chosen: str, ground: str, wrong: dict[str, str]) -> str:
    return render_template(
        "records/access.html", record=record, chosen=chosen, ground=ground, wrong=wrong, accesses=ACCESSES
    )


def _file_form(record: Record, wrong: Wrong) -> str:
    typed = request.form.get("version_note", "")
    return render_template(
        "records/new_file.html", record=record, wrong=wrong, version_note=typed, plain_form_mb=PLAIN_FORM_MB, chosen=[]
    )


def _history(record: Record, bad: BadInput | None = None) -> str:
    return render_template(
        "records/history.html",
        record=record,
        changes=[_told(each) for each in changes_of(db(), "record", record.id)],
        problem=words.problem(bad.field, bad.problem) if bad else "",
    )


def _told(change: RowChange) -> Told:
    before, after = change.before or {}, change.after or {}
    lines = [
        (FIELDS.get(each, each), _said(each, before.get(each)), _said(each, after.get(each)))
        for each in change.fields
        if each not in _FOLLOWS
    ]
    return Told.of(
        change,
        act=ACTS.get(change.act, change.act),
        what="",
        lines=tuple(line for line in lines if line[1] or line[2]),
        may_undo=change.can_be_undone and change.before is not None,
    )


def _said(field: str, value: object) -> str:
    """A value as a person reads it."""
    if value in (None, "", 0):
        return ""
    if field in ("unit_id", "person_id") and isinstance(value, int):
        row = db().get(Unit if field == "unit_id" else Person, value)
        return str(getattr(row, "name", "borte"))
    if field == "kind":
        return next((said for kind, said in KINDS.items() if kind.value == value), str(value))
    if field == "access":
        return ACCESSES[Access(str(value))]
    if field == "series":
        return series_words(str(value))
    if field == "dated":
        return shown(str(value))
    return str(value)

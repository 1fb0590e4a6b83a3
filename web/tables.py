"""Tables in and out of any register: choose a file, see what it would do, one button, and a way back.

A register gets these pages by one line in `REGISTERS`.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from archive.accounts import Role
from archive.errors import BadInput, ImportRefused, NotFound
from archive.exchange.tables import LARGEST_BYTES, Table, read_table, write_csv, write_xlsx
from archive.organisation.office_table import OfficeTable
from archive.organisation.unit_table import UnitTable
from archive.people_table import PEOPLE_TABLE
from archive.table_imports import (
    Does,
    Plan,
    Planned,
    TableRegister,
    carry_out_table,
    imports_of,
    plan_table,
    undo_import,
)
from archive.uploads import end_upload, load_upload, upload_path
from media.errors import MediaError
from web import file_problems, upload
from web.rights import needs
from web.table_words import NOT_CARRIED_OUT, NOT_UNDONE, refusal, summary
from web.visit import archive, db, now, viewer
from web.wording import problem

pages = Blueprint("tables", __name__, url_prefix="/tabell")

# How many rows of each kind one sees before one says yes; all problems of a file are more than anybody reads.
SHOWN = 100
MOST_SHOWN_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """How a register stands on these pages."""

    register: TableRegister
    title: str  # what it is a table of: Folk
    back: str  # the endpoint of its own page
    explain: str = ""  # a sentence about what a row is


REGISTERS = {
    each.register.key: each
    for each in (
        RegisterPage(
            PEOPLE_TABLE,
            title="Folk",
            back="people.show",
            explain="Hver rad er en person. Flere navn i samme felt skilles med komma. Årstall kan være omtrentlige: "
            "ca. 1931, 1930-tallet, mai 1974.",
        ),
        RegisterPage(
            UnitTable(),
            title="Ledd",
            back="organisation.show",
            explain="Hver rad er et ledd i organisasjonen. Et ledd kjennes igjen på navn og slag. Andre ledd skrives "
            "med navn; har flere samme navn, skriver du slaget i parentes: Trondheim (kommune).",
        ),
        RegisterPage(
            OfficeTable(),
            title="Verv",
            back="organisation.show",
            explain="Hver rad er en person i et verv. Den som ikke står i registeret fra før, blir lagt til. La Til "
            "stå tomt når vervet er i gang, og skriv «ukjent» når det er slutt, men ingen vet når.",
        ),
    )
}


@dataclass(slots=True)
class Given:
    """A file that was sent, and what is in it. `table` is None while it cannot be read."""

    upload_id: str = ""
    name: str = ""
    table: Table | None = None
    problem: str = ""


@pages.get("/<key>")
@needs(Role.SECRETARY)
def choose(key: str) -> ResponseReturnValue:
    """Choose a file, take the register home, or take back an earlier table."""
    return _choose(_page(key), "")


@pages.post("/<key>")
@needs(Role.SECRETARY)
def look(key: str) -> ResponseReturnValue:
    """Read the file and show what it would do; nothing is kept but the file, for a week at most."""
    page = _page(key)
    given = _received(page, request.files.get("file"))
    if given.table is None:
        return _choose(page, given.problem), 422
    return _preview(page, given, given.table)


@pages.post("/<key>/utfor")
@needs(Role.SECRETARY)
def carry_out(key: str) -> ResponseReturnValue:
    """Do what was shown, all of it or nothing."""
    page = _page(key)
    given = _reread(page, request.form.get("upload", ""))
    if given.table is None:
        return _choose(page, given.problem), 422
    try:
        batch = carry_out_table(
            db(),
            page.register,
            given.table,
            fingerprint=request.form.get("plan", ""),
            by=viewer().user_id,
            now=now(),
        )
    except BadInput as bad:
        db().rollback()
        said = NOT_CARRIED_OUT.get(bad.problem, problem(bad.field, bad.problem))
        return _preview(page, given, given.table, said), 409
    end_upload(db(), archive().settings, load_upload(db(), given.upload_id, upload.require_user_id()))
    db().commit()
    flash("Tabellen er lagt inn.")
    return redirect(url_for(".done", key=key, batch=batch), 303)


@pages.get("/<key>/utfort/<batch>")
@needs(Role.SECRETARY)
def done(key: str, batch: str) -> ResponseReturnValue:
    """What a table did, and the button that takes it back."""
    page = _page(key)
    found = imports_of(db(), page.register, batch=batch)
    if not found:
        raise NotFound("table", batch)
    return render_template("tables/done.html", page=page, done=found[0])


@pages.post("/<key>/utfort/<batch>/angre")
@needs(Role.SECRETARY)
def undo(key: str, batch: str) -> ResponseReturnValue:
    """Take back what a table did."""
    page = _page(key)
    try:
        undo_import(db(), page.register, batch, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(NOT_UNDONE.get(bad.problem, "Dette kan ikke angres nå. Ingenting er tatt bort."))
        return redirect(url_for(".done", key=key, batch=batch), 303)
    db().commit()
    flash("Det er angret. Registeret er som før tabellen ble lagt inn.")
    return redirect(url_for(".done", key=key, batch=batch), 303)


@pages.get("/<key>.csv", defaults={"format": "csv"})
@pages.get("/<key>.xlsx", defaults={"format": "xlsx"})
@needs(Role.SECRETARY)
def download(key: str, format: str) -> ResponseReturnValue:
    """The whole register as a file that can be sent in again."""
    page = _page(key)
    rows, columns = page.register.export(db()), page.register.columns
    if format == "csv":
        content, kind = write_csv(columns, rows), "text/csv; charset=utf-8"
    else:
        content = write_xlsx(columns, rows, sheet=page.title)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{key}.{format}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(key: str) -> RegisterPage:
    if key not in REGISTERS:
        abort(404)
    return REGISTERS[key]


def _choose(page: RegisterPage, said: str) -> str:
    return render_template("tables/choose.html", page=page, problem=said, earlier=imports_of(db(), page.register))


def _preview(page: RegisterPage, given: Given, table: Table, said: str = "") -> str:
    plan = plan_table(db(), page.register, table, now=now())
    titles = {column.key: column.title for column in page.register.columns}
    return render_template(
        "tables/preview.html",
        page=page,
        given=given,
        table=table,
        plan=plan,
        said=said,
        titles=titles,
        problems=[_worded(plan, number, titles) for number in range(min(len(plan.problems), MOST_SHOWN_PROBLEMS))],
        summary=summary(*(plan.count(does) for does in (Does.ADD, Does.CHANGE, Does.SAME))),
        added=_shown(plan, Does.ADD),
        changed=_shown(plan, Does.CHANGE),
        shown=SHOWN,
    )


def _shown(plan: Plan, does: Does) -> list[Planned]:
    return [row for row in plan.rows if row.does is does]


def _worded(plan: Plan, number: int, titles: dict[str, str]) -> tuple[int, str, str, str]:
    """The line, the column, what stands there and why it cannot be used."""
    wrong = plan.problems[number]
    found = wrong.found if len(wrong.found) <= 80 else f"{wrong.found[:80]}…"
    return wrong.line, titles.get(wrong.column, ""), found, problem(wrong.column, wrong.problem)


# --- the file


def _received(page: RegisterPage, file: FileStorage | None) -> Given:
    """A file that came with the form, kept as an upload so that the next page can name it."""
    if file is None or not file.filename:
        return Given(problem="Velg filen med tabellen først.")
    content = file.stream.read(LARGEST_BYTES + 1)
    given = _read(page, content, file.filename)
    if given.table is None:
        return given
    file.stream.seek(0)
    try:
        begun = upload.start(file.filename, len(content))
        upload.write(begun.id, 0, file.stream, None)
    except upload.Refused as refused:
        return Given(name=file.filename, problem=file_problems.sentence(refused.problem))
    given.upload_id = begun.id
    return given


def _reread(page: RegisterPage, upload_id: str) -> Given:
    """The file of the page before, read anew: what is done is what the file says, not what a form says of it."""
    try:
        known = load_upload(db(), upload_id, upload.require_user_id())
        content = upload_path(archive().settings, known.id).read_bytes()
    except (NotFound, FileNotFoundError):
        return Given(problem="Filen ligger ikke lenger på serveren. Er den ikke lagt inn alt, så velg den på nytt.")
    given = _read(page, content, known.original_name)
    given.upload_id = known.id if given.table is not None else ""
    return given


def _read(page: RegisterPage, content: bytes, name: str) -> Given:
    """What is in a file. No lock is held meanwhile: a spreadsheet may take a while."""
    db().rollback()
    try:
        table = read_table(content, page.register.columns, name=name)
    except ImportRefused as refused:
        return Given(name=name, problem=refusal(refused))
    except MediaError:
        return Given(name=name, problem="Regnearket kunne ikke åpnes. Lagre det på nytt, og prøv igjen.")
    return Given(name=name, table=table)

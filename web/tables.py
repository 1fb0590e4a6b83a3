"""Tables in and out of any register: choose a file, see what it would do, one button, and a way back.

A register gets these pages by one line in `REGISTERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput, NotFound
from archive.exchange.tables import LARGEST_BYTES, Table, read_table, write_csv, write_xlsx
from archive.organisation.office_table import OfficeTable
from archive.organisation.unit_table import UnitTable
from archive.overview.unit_year_table import UNIT_YEAR_TABLE
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
from web import overview_words
from web.file_looked_into import Given, Looking, read_again, received, used
from web.rights import needs
from web.table_words import NOT_CARRIED_OUT, NOT_UNDONE, refusal, summary
from web.visit import db, now, viewer
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
    word: Callable[[str, str], str] = problem  # the sentence for what is wrong with a column


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
            UNIT_YEAR_TABLE,
            title="Tallene i oversikten",
            back="overview.show",
            explain="Hver rad er en kommune, eller fylkeslaget, i ett år. Kommunen kjennes igjen på navn eller nummer, "
            "også på navnet til lokallaget. Medlemmer er bare antall. La det stå tomt som ingen har meldt.",
            word=overview_words.problem,
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
    given = received(_looking(page), request.files.get("file"))
    if given.found is None:
        return _choose(page, given.problem), 422
    return _preview(page, given, given.found)


@pages.post("/<key>/utfor")
@needs(Role.SECRETARY)
def carry_out(key: str) -> ResponseReturnValue:
    """Do what was shown, all of it or nothing."""
    page = _page(key)
    given = read_again(_looking(page), request.form.get("upload", ""))
    if given.found is None:
        return _choose(page, given.problem), 422
    try:
        batch = carry_out_table(
            db(),
            page.register,
            given.found,
            fingerprint=request.form.get("plan", ""),
            by=viewer().user_id,
            now=now(),
        )
    except BadInput as bad:
        db().rollback()
        said = NOT_CARRIED_OUT.get(bad.problem, page.word(bad.field, bad.problem))
        return _preview(page, given, given.found, said), 409
    used(given)
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


def _preview(page: RegisterPage, given: Given[Table], table: Table, said: str = "") -> str:
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
        problems=[_worded(page, plan, at, titles) for at in range(min(len(plan.problems), MOST_SHOWN_PROBLEMS))],
        summary=summary(*(plan.count(does) for does in (Does.ADD, Does.CHANGE, Does.SAME))),
        added=_shown(plan, Does.ADD),
        changed=_shown(plan, Does.CHANGE),
        shown=SHOWN,
    )


def _shown(plan: Plan, does: Does) -> list[Planned]:
    return [row for row in plan.rows if row.does is does]


def _worded(page: RegisterPage, plan: Plan, number: int, titles: dict[str, str]) -> tuple[int, str, str, str]:
    """The line, the column, what stands there and why it cannot be used."""
    wrong = plan.problems[number]
    found = wrong.found if len(wrong.found) <= 80 else f"{wrong.found[:80]}…"
    return wrong.line, titles.get(wrong.column, ""), found, page.word(wrong.column, wrong.problem)


def _looking(page: RegisterPage) -> Looking[Table]:
    return Looking(
        read=lambda content, name: read_table(content, page.register.columns, name=name),
        largest_bytes=LARGEST_BYTES,
        refusal=refusal,
        none_chosen="Velg filen med tabellen først.",
        unreadable="Regnearket kunne ikke åpnes. Lagre det på nytt, og prøv igjen.",
        gone="Filen ligger ikke lenger på serveren. Er den ikke lagt inn alt, så velg den på nytt.",
    )

"""*Årsmelding*: the report for the annual meeting as a page, as a document to edit, and the texts written into it."""

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.row_history import changes_of
from archive.workplan.looking import plan_for
from archive.workplan.plans import WorkPlan, load_plan
from archive.workplan.report import AnnualReport, annual_report
from archive.workplan.report_texts import Section, texts_of, write_texts
from web.rights import needs
from web.visit import db, now, site_values, today, viewer
from web.workplan import asked_year, sight
from web.workplan_docx import collected_words, report_document
from web.workplan_typed import read_year
from web.workplan_words import wrong

pages = Blueprint("workplan_report", __name__, url_prefix="/arbeidsplan")

EMPTY_ROWS = 2
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What most reports say first; headings to begin with, where nothing is written.
FIRST_HEADINGS = ("Innledning", "Økonomi", "Takk")


@pages.get("/<int:plan_id>/arsmelding")
@needs(Role.MEMBER)
def show(plan_id: int) -> ResponseReturnValue:
    """The report as a page, which prints."""
    sees = sight()
    plan = plan_for(db(), plan_id, sees)
    report = _report(plan)
    found = report.collected
    return render_template(
        "workplan/report.html",
        report=report,
        plan=plan,
        sight=sees,
        collected="" if found.is_empty else collected_words(found.interviews, found.records, found.events),
    )


@pages.get("/<int:plan_id>/arsmelding.docx")
@needs(Role.MEMBER)
def document(plan_id: int) -> Response:
    """The same as a document that a person can go on writing in."""
    plan = plan_for(db(), plan_id, sight())
    report = _report(plan)
    content = report_document(report, archive_name=site_values().get("archive_name", ""), now=now())
    name = f"Årsmelding {report.year}.docx"
    return send_file(io.BytesIO(content), mimetype=DOCX, as_attachment=True, download_name=name)


@pages.get("/<int:plan_id>/arsmelding/tekster")
@needs(Role.SECRETARY)
def edit(plan_id: int) -> ResponseReturnValue:
    """The form for the texts of one's own."""
    plan = load_plan(db(), plan_id)
    year = asked_year(plan)
    stood = [Section(each.heading, each.text) for each in texts_of(db(), plan_id, year)]
    return _form(plan, year, stood or [Section(heading, "") for heading in FIRST_HEADINGS])


@pages.post("/<int:plan_id>/arsmelding/tekster")
@needs(Role.SECRETARY)
def save(plan_id: int) -> ResponseReturnValue:
    """Write them down; one without text goes."""
    plan, form = load_plan(db(), plan_id), request.form
    year = read_year(form.get("year", ""), "year") or plan.first_year
    rows = sum(name.startswith("heading_") for name in form)
    typed = [Section(form.get(f"heading_{row}", ""), form.get(f"text_{row}", "")) for row in range(rows)]
    try:
        if form.get("seen") != str(_latest(plan)):
            raise BadInput("seen", "changed_meanwhile")
        wanted = [each for each in typed if each.text.strip()]
        write_texts(db(), plan, year, wanted, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(load_plan(db(), plan_id), year, typed, bad), 422
    db().commit()
    flash("Tekstene er lagret, og står i årsmeldingen.")
    return redirect(url_for(".show", plan_id=plan_id, ar=year), 303)


def _report(plan: WorkPlan) -> AnnualReport:
    """For the annual meeting; the board's own edition for the board, when the address asks for it."""
    for_board = request.args.get("for") == "styret" and sight().sees_proposals
    return annual_report(db(), plan, asked_year(plan), viewer=viewer() if for_board else None, today=today())


def _latest(plan: WorkPlan) -> int:
    return next((each.id for each in changes_of(db(), "work_plan", plan.id, limit=1)), 0)


def _form(plan: WorkPlan, year: int, sections: list[Section], bad: BadInput | None = None) -> str:
    return render_template(
        "workplan/texts_form.html",
        plan=plan,
        year=year,
        sections=[*sections, *(Section("", "") for _row in range(EMPTY_ROWS))],
        seen=_latest(plan),
        wrong=wrong(bad),
    )

"""*Status*: the year's figures, strengths and weaknesses, written beside those of the year before."""

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.row_history import changes_of
from archive.workplan.amounts import read_amount, shown_amount
from archive.workplan.counted import count_year
from archive.workplan.figures import USUAL, Compared, Figure, YearStatus, status_of, write_status
from archive.workplan.plans import WorkPlan, load_plan
from web.rights import needs
from web.visit import db, now, today, viewer
from web.workplan import asked_year
from web.workplan_typed import read_year
from web.workplan_words import wrong

pages = Blueprint("workplan_figures", __name__, url_prefix="/arbeidsplan")

OWN_ROWS = 3  # that stand empty for figures of the plan's own


@dataclass(frozen=True, slots=True)
class Row:
    """A figure in the form."""

    label: str
    value: str
    before: float | None
    counted: int | None  # what the archive counts; None: it cannot
    is_usual: bool
    is_counted: bool  # what stands there was counted


@pages.get("/<int:plan_id>/status")
@needs(Role.SECRETARY)
def edit(plan_id: int) -> ResponseReturnValue:
    """The form with what stands there; where nothing does, last year's strengths and weaknesses to begin with."""
    plan = load_plan(db(), plan_id)
    year = asked_year(plan)
    status = status_of(db(), plan, year)
    typed = {
        name: "\n".join(points.texts or (points.before if status.is_empty else ()))
        for name, points in (("strength", status.strengths), ("weakness", status.weaknesses))
    }
    return _form(plan, status, typed)


@pages.post("/<int:plan_id>/status")
@needs(Role.SECRETARY)
def save(plan_id: int) -> ResponseReturnValue:
    """Write it down."""
    plan, form = load_plan(db(), plan_id), request.form
    year = read_year(form.get("year", ""), "year") or plan.first_year
    try:
        if form.get("seen") != str(_latest(plan)):
            raise BadInput("seen", "changed_meanwhile")
        write_status(
            db(),
            plan,
            year,
            figures=_figures(year),
            strengths=form.get("strength", "").splitlines(),
            weaknesses=form.get("weakness", "").splitlines(),
            by=viewer().user_id,
            now=now(),
            today=today(),
        )
    except BadInput as bad:
        db().rollback()
        plan = load_plan(db(), plan_id)
        return _form(plan, status_of(db(), plan, year), form.to_dict(), bad), 422
    db().commit()
    flash(f"Status for {year} er lagret.")
    return redirect(url_for("workplan.one", plan_id=plan_id, ar=year, _anchor="status"), 303)


def _figures(year: int) -> list[Figure]:
    """What was typed, or taken over from what the archive counts just now.

    Raises:
        BadInput: `value` is "not_a_number".
    """
    form, counted, found = request.form, count_year(db(), year, today=today()), []
    labels = {label: key for key, label in USUAL.items()}
    for row in range(sum(name.startswith("label_") for name in form)):
        label = form.get(f"label_{row}", "")
        value = read_amount(form.get(f"value_{row}", ""), "value")
        number = counted.get(labels.get(label, ""))
        if form.get(f"counted_{row}") == "yes" and number is not None:
            found.append(Figure(label, float(number), is_counted=True))
        else:  # what was counted before and stands as it did is still counted
            was_counted = value is not None and form.get(f"was_counted_{row}") == shown_amount(value)
            found.append(Figure(label, value, was_counted))
    return found


def _latest(plan: WorkPlan) -> int:
    """The number of the last change of the plan or of anything in it."""
    return next((each.id for each in changes_of(db(), "work_plan", plan.id, limit=1)), 0)


def _form(plan: WorkPlan, status: YearStatus, typed: dict[str, str], bad: BadInput | None = None) -> str:
    counted = count_year(db(), status.year, today=today())
    known = {each.key: each for each in status.figures}
    nothing = Compared("", "", None, None)
    rows = [_row(key, label, known.get(key, nothing), counted.get(key)) for key, label in USUAL.items()]
    rows += [_row(each.key, each.label, each, None) for each in status.figures if each.key not in USUAL]
    rows += [_row("", "", nothing, None) for _empty in range(OWN_ROWS)]
    if bad is not None:
        rows = [_as_typed(row, number) for number, row in enumerate(rows)]
    return render_template(
        "workplan/figures_form.html",
        plan=plan,
        status=status,
        rows=rows,
        typed=typed,
        seen=_latest(plan),
        wrong=wrong(bad),
    )


def _row(key: str, label: str, figure: Compared, counted: int | None) -> Row:
    return Row(label, shown_amount(figure.value), figure.before, counted, key in USUAL, figure.is_counted)


def _as_typed(row: Row, number: int) -> Row:
    """The same with what the form that failed held."""
    form = request.form
    return replace(row, label=form.get(f"label_{number}", row.label), value=form.get(f"value_{number}", row.value))

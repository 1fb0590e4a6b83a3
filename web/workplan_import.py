"""Goals, measures, strengths and weaknesses from elsewhere: a pasted list, or a document. Seen first, then put in."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.access import records_visible_to
from archive.accounts import Role
from archive.errors import BadInput, NotFound
from archive.readable.blocks import Block
from archive.records import Record, RecordVersion
from archive.records_found import load_record, pages_of
from archive.workplan.item_acts import add_items
from archive.workplan.items import ItemDetails
from archive.workplan.lines import MOST_LINES, Candidate, candidates_of, read_list
from archive.workplan.outline import ItemKind
from archive.workplan.plans import WorkPlan, load_plan, new_batch
from archive.workplan.points import Point, PointKind, add_points
from archive.workplan.sources import Source
from web import wording
from web.rights import needs
from web.typed_unit import read_number
from web.visit import db, now, today, viewer
from web.workplan_typed import read_year
from web.workplan_words import LINE_KINDS, wrong

pages = Blueprint("workplan_import", __name__, url_prefix="/arbeidsplan")

PAGES_AT_ONCE = 12  # of a document on one form
MOST_OFFERED = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate in the form."""

    number: int
    chosen: str  # the kind's key; "": not taken
    found: Candidate


@pages.get("/<int:plan_id>/lim-inn")
@needs(Role.SECRETARY)
def paste(plan_id: int) -> ResponseReturnValue:
    """A field to paste into."""
    return _paste(load_plan(db(), plan_id))


@pages.post("/<int:plan_id>/lim-inn")
@needs(Role.SECRETARY)
def look(plan_id: int) -> ResponseReturnValue:
    """How the list was understood; with `legg_inn` it is put in as it was chosen there."""
    plan, form = load_plan(db(), plan_id), request.form
    usual = ItemKind.MEASURE if form.get("usual") == ItemKind.MEASURE else ItemKind.GOAL
    found = read_list(form.get("typed", ""), usual)
    try:
        if not found or len(found) > MOST_LINES:
            raise BadInput("lines", "too_many" if found else "empty")
        if form.get("legg_inn") is None:
            return _preview(plan, _lines(found), typed=form.get("typed", ""), usual=usual.value)
        return _put_in(plan, _chosen(found), None)
    except BadInput as bad:
        db().rollback()
        plan = load_plan(db(), plan_id)
        if form.get("legg_inn") is None:
            return _paste(plan, bad), 422
        return _preview(plan, _lines(found), typed=form.get("typed", ""), usual=usual.value, bad=bad), 422


@pages.get("/<int:plan_id>/fra-dokument")
@needs(Role.SECRETARY)
def from_record(plan_id: int) -> ResponseReturnValue:
    """Which document; and once it is chosen, its headings and lines."""
    plan, chosen = load_plan(db(), plan_id), request.args.get("dokument", "")
    if not chosen:
        return _choose(plan)
    record, version = _record(chosen)
    if version is None:
        return _choose(plan, record)
    first = max(request.args.get("side", 1, type=int), 1)
    return _pages(plan, record, version, first)


@pages.post("/<int:plan_id>/fra-dokument")
@needs(Role.SECRETARY)
def take(plan_id: int) -> ResponseReturnValue:
    """What was chosen becomes items, each with where it stands."""
    plan, form = load_plan(db(), plan_id), request.form
    record, version = _record(form.get("dokument", ""))
    first = read_number(form.get("side", ""), "side") or 1
    if version is None:
        return _choose(plan, record)
    try:
        if form.get("versjon") != str(version.number):
            raise BadInput("lines", "changed_meanwhile")
        return _put_in(plan, _chosen(_candidates(version, first)), record)
    except BadInput as bad:
        db().rollback()
        return _pages(load_plan(db(), plan_id), record, version, first, bad), 422


def _put_in(plan: WorkPlan, chosen: list[tuple[str, Candidate]], record: Record | None) -> ResponseReturnValue:
    """Put in what was chosen, to be undone in one go, and show it in the plan.

    Raises:
        BadInput: as `add_items` and `add_points`; `lines` are "none_chosen", or one is "point_too_long".
    """
    if not chosen:
        raise BadInput("lines", "none_chosen")
    items, points = _items(chosen, record), _points(chosen, record)
    year = read_year(request.form.get("year", ""), "year") or plan.year_shown(today())
    why, batch, by = request.form.get("why", ""), new_batch(), viewer().user_id
    made = add_items(db(), plan, items, why=why, by=by, now=now(), batch=batch) if items else []
    said = add_points(db(), plan, year, points, by=by, now=now(), batch=batch) if points else []
    db().commit()
    count = len(made) + len(said)
    if count:
        flash(
            f"{wording.counted(count, 'punkt', 'punkter')} er lagt inn. "
            "Var noe feil, angrer du alt på en gang i historikken."
        )
    else:
        flash("Alt du valgte, sto der fra før. Ingenting er endret.")
    anchor = f"punkt-{made[0].id}" if made else "status"
    return redirect(url_for("workplan.one", plan_id=plan.id, ar=year if said else None, _anchor=anchor), 303)


def _items(chosen: list[tuple[str, Candidate]], record: Record | None) -> list[ItemDetails]:
    """The headings, goals and measures."""
    return [
        ItemDetails(ItemKind(kind), each.text, each.about, source=_source(record, each))
        for kind, each in chosen
        if kind in list(ItemKind)
    ]


def _points(chosen: list[tuple[str, Candidate]], record: Record | None) -> list[Point]:
    """The strengths and weaknesses, which are short."""
    taken = [(PointKind(kind), each) for kind, each in chosen if kind in list(PointKind)]
    if any(each.about for _, each in taken):
        raise BadInput("lines", "point_too_long")
    return [Point(kind, each.text, _source(record, each)) for kind, each in taken]


def _source(record: Record | None, line: Candidate) -> Source | None:
    return Source(record.id, line.page, line.lines) if record else None


def _year(plan: WorkPlan) -> str:
    """Whose strengths and weaknesses the form is about."""
    return request.form.get("year") or str(plan.year_shown(today()))


def _chosen(found: list[Candidate]) -> list[tuple[str, Candidate]]:
    """What the form says of each line; nothing said is not taken."""
    said = [request.form.get(f"slag_{number}", "") for number in range(len(found))]
    return [(kind, each) for kind, each in zip(said, found, strict=True) if kind in LINE_KINDS]


def _lines(found: list[Candidate]) -> list[Line]:
    """As they look, or as the form that failed says."""
    return [
        Line(number, request.form.get(f"slag_{number}", each.kind.value if each.kind else ""), each)
        for number, each in enumerate(found)
    ]


def _candidates(version: RecordVersion, first: int) -> list[Candidate]:
    read = pages_of(db(), version, first, first + PAGES_AT_ONCE - 1)
    return candidates_of((page.number, [Block.from_json(block) for block in page.blocks]) for page in read)


def _record(chosen: str) -> tuple[Record, RecordVersion | None]:
    """The document, and its file that is shown; None where it has none that is read."""
    number = read_number(chosen, "dokument")
    if number is None:
        raise NotFound("record", chosen)
    record = load_record(db(), number, viewer())
    version = record.current
    return record, version if version is not None and version.state == "done" else None


def _paste(plan: WorkPlan, bad: BadInput | None = None) -> str:
    form = request.form
    return render_template(
        "workplan/paste.html",
        plan=plan,
        typed=form.get("typed", ""),
        usual=form.get("usual", ItemKind.GOAL.value),
        wrong=wrong(bad),
    )


def _preview(plan: WorkPlan, lines: list[Line], *, typed: str, usual: str, bad: BadInput | None = None) -> str:
    return render_template(
        "workplan/lines.html",
        plan=plan,
        lines=lines,
        hidden={"typed": typed, "usual": usual, "legg_inn": "ja"},
        action=url_for(".look", plan_id=plan.id),
        record=None,
        kinds=LINE_KINDS,
        year=_year(plan),
        year_choices=[(each, each) for each in plan.years],
        reason=request.form.get("why", ""),
        wrong=wrong(bad),
    )


def _choose(plan: WorkPlan, unread: Record | None = None) -> str:
    records = select(Record.id, Record.title, Record.dated).where(
        Record.current_number > 0, records_visible_to(viewer())
    )
    return render_template(
        "workplan/choose_record.html",
        plan=plan,
        records=db().execute(records.order_by(Record.id.desc()).limit(MOST_OFFERED)).all(),
        unread=unread,
    )


def _pages(plan: WorkPlan, record: Record, version: RecordVersion, first: int, bad: BadInput | None = None) -> str:
    return render_template(
        "workplan/lines.html",
        plan=plan,
        lines=_lines(_candidates(version, first)),
        hidden={"dokument": record.id, "versjon": version.number, "side": first},
        action=url_for(".take", plan_id=plan.id),
        record=record,
        first=first,
        last=min(first + PAGES_AT_ONCE - 1, version.page_count),
        page_count=version.page_count,
        together=PAGES_AT_ONCE,
        kinds=LINE_KINDS,
        year=_year(plan),
        year_choices=[(each, each) for each in plan.years],
        reason=request.form.get("why", ""),
        wrong=wrong(bad),
    )

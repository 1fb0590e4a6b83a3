"""*Intervjuplan*: whom we want to ask, and why it hastens."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput, NotFound
from archive.interviews import Interview
from archive.planning import PlanDetails, change_plan, load_planned, plan_interview, planned_interviews
from web.rights import needs
from web.typed_interview import Fields, read_day, wording
from web.visit import db, now, viewer

pages = Blueprint("plan", __name__, url_prefix="/intervjuplan")

HASTE = {1: "Haster nå", 2: "I år", 3: "Kan vente"}


@dataclass(slots=True)
class TypedPlan:
    """The form, field by field, as text."""

    narrator: str = ""
    birth_year: str = ""
    offices_held: str = ""
    haste: str = "2"
    why_haste: str = ""
    who_asks: str = ""
    agreed_on: str = ""
    question_guide: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedPlan":
        """As the browser sent it."""
        return cls(**{name: form.get(name, "") for name in cls.__slots__})

    @classmethod
    def of(cls, interview: Interview) -> "TypedPlan":
        """What stands there now."""
        plan, narrator = interview.plan, next(iter(interview.narrators), None)
        if plan is None or narrator is None:
            raise NotFound("plan", interview.id)
        return cls(
            narrator=narrator.name,
            birth_year=str(narrator.birth_year or ""),
            offices_held=plan.offices_held,
            haste=str(plan.haste),
            why_haste=plan.why_haste,
            who_asks=plan.who_asks,
            agreed_on=plan.agreed_on.isoformat() if plan.agreed_on else "",
            question_guide=plan.question_guide,
        )

    def details(self) -> PlanDetails:
        """What can be kept of it.

        Raises:
            BadInput: the first field that cannot be used.
        """
        if not self.narrator.strip():
            raise BadInput("narrator", "empty")
        if self.haste not in map(str, HASTE):
            raise BadInput("haste", "unknown")
        return PlanDetails(
            title=None,
            narrator=self.narrator,
            birth_year=_read_year(self.birth_year),
            offices_held=self.offices_held,
            haste=int(self.haste),
            why_haste=self.why_haste,
            who_asks=self.who_asks,
            agreed_on=read_day(self.agreed_on, "agreed_on"),
            question_guide=self.question_guide,
        )


@pages.get("")
@needs(Role.VOLUNTEER)
def show() -> ResponseReturnValue:
    """Everybody we want to ask, the most urgent first."""
    return render_template("plan/show.html", planned=planned_interviews(db()), haste=HASTE)


@pages.get("/ny")
@needs(Role.VOLUNTEER)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(TypedPlan())


@pages.post("/ny")
@needs(Role.VOLUNTEER)
def add() -> ResponseReturnValue:
    """Somebody new to ask."""
    typed = TypedPlan.read(request.form)
    try:
        interview = plan_interview(db(), typed.details(), now=now(), by=viewer().user_id)
    except BadInput as bad:
        return _form(typed, bad), 422
    db().commit()
    return redirect(url_for("plan.show", _anchor=f"plan-{interview.id}"), 303)


@pages.get("/<int:interview_id>/endre")
@needs(Role.VOLUNTEER)
def edit(interview_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    return _form(TypedPlan.of(load_planned(db(), interview_id)), interview_id=interview_id)


@pages.post("/<int:interview_id>/endre")
@needs(Role.VOLUNTEER)
def change(interview_id: int) -> ResponseReturnValue:
    """Write the changes down."""
    typed = TypedPlan.read(request.form)
    try:
        change_plan(db(), load_planned(db(), interview_id), typed.details(), now=now(), by=viewer().user_id)
    except BadInput as bad:
        return _form(typed, bad, interview_id=interview_id), 422
    db().commit()
    return redirect(url_for("plan.show", _anchor=f"plan-{interview_id}"), 303)


def _form(typed: TypedPlan, bad: BadInput | None = None, *, interview_id: int | None = None) -> str:
    return render_template(
        "plan/form.html",
        typed=typed,
        wrong=wording([bad] if bad else []),
        haste=HASTE,
        interview_id=interview_id,
    )


def _read_year(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (len(typed) == 4 and typed.isascii() and typed.isdigit()):
        raise BadInput("birth_year", "unreadable")
    return int(typed)

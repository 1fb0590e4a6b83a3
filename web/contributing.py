"""*Jeg vil bidra*: a short form for whoever knows something, with or without an account. It lands on the desk.

Robots are kept out without a riddle: a field that people never see must stay empty, and nobody writes in a second.
"""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from archive.contributions import ABOUT, LIMITS, Told, contribute
from archive.errors import BadInput, NotFound
from archive.link_kinds import KINDS, Shown, Side
from archive.links import check_side
from web.link_words import KIND_WORDS, address_of, as_field, kind_of, read_field
from web.links_between import at_place
from web.rights import public
from web.visit import db, now, this_user, today, viewer
from web.wording import position, problem

pages = Blueprint("contributing", __name__, url_prefix="/bidra")

FASTEST = timedelta(seconds=3)  # nobody reads the form and writes a sentence in less
TRAP = "nettside"  # the field that only robots fill in


@pages.get("")
@public
def ask() -> ResponseReturnValue:
    """The form, about nothing in particular."""
    return _page(None, {}, {})


@pages.get("/<path>/<int:number>")
@public
def ask_about(path: str, number: int) -> ResponseReturnValue:
    """The form about a thing. `?t=` is a second of an interview, `?side=` a page of a record."""
    side = Side(kind_of(path), number, _number("t", 1000), _number("side", 1))
    _shown(side)
    return _page(side, {}, {})


@pages.post("")
@public
def send() -> ResponseReturnValue:
    """Keep what was told."""
    form = request.form
    side = read_field(form["om"]) if form.get("om") else None
    if side is not None:
        _shown(side)
    try:
        _not_a_robot()
        place = at_place(side, form.get("sted", "")) if side and "sted" in form else side
        told = Told(form.get("text", ""), form.get("name", ""), form.get("contact", ""))
        contribute(db(), told, place, viewer(), today=today(), now=now())
    except BadInput as bad:
        db().rollback()
        return _page(side, {bad.field: _say(bad)}, form), 429 if bad.problem == "quota" else 422
    db().commit()
    flash("Takk! Det du skrev, ligger nå hos sekretæren.")
    return redirect(address_of(_shown(side)) if side else url_for("front.show"), 303)


def begun(at: datetime) -> str:
    """When a form was opened, so that nobody can say another time."""
    return str(_signer().dumps(int(at.timestamp())))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="bidra")


def _not_a_robot() -> None:
    """Raises: BadInput("text", "robot" or "too_fast")."""
    if request.form.get(TRAP):
        raise BadInput("text", "robot")
    try:
        opened = int(_signer().loads(request.form.get("begun", "")))
    except (BadSignature, ValueError, TypeError):
        raise BadInput("text", "too_fast") from None
    if now().timestamp() - opened < FASTEST.total_seconds():
        raise BadInput("text", "too_fast")


def _shown(side: Side) -> Shown:
    """What the form is about, for this reader.

    Raises:
        NotFound: it is not there, not for this reader, or nothing one tells about.
    """
    if side.kind not in ABOUT:
        raise NotFound(side.kind, side.id)
    try:
        return check_side(db(), side, viewer(), today=today())
    except BadInput:  # a second or a page that is not there
        raise NotFound(side.kind, side.id) from None


def _page(side: Side | None, wrong: dict[str, str], typed: dict[str, str]) -> str:
    shown = _shown(side) if side else None
    return render_template(
        "desk/contribute.html",
        side=as_field(side) if side else "",
        about=shown,
        kind=KIND_WORDS[shown.kind].one if shown else "",
        back=address_of(shown) if shown else url_for("front.show"),
        place=typed.get("sted", _place(side)) if side else "",
        asks_place=_asks_place(side),
        wrong=wrong,
        typed=typed,
        name=typed.get("name", this_user().name if viewer().user_id else ""),
        begun=typed.get("begun") or begun(now()),
        trap=TRAP,
        limits=LIMITS,
    )


def _asks_place(side: Side | None) -> str:
    """Whether the form asks for a place in the thing: "seconds", "page" or ""."""
    if side is None:
        return ""
    kind = KINDS[side.kind]
    return "seconds" if kind.has_seconds else "page" if kind.has_pages else ""


def _place(side: Side | None) -> str:
    if side is None:
        return ""
    return position(side.ms) if side.ms is not None else str(side.page or "")


def _number(name: str, times: int) -> int | None:
    typed = request.args.get(name, "")
    return int(typed) * times if typed.isascii() and typed.isdigit() and len(typed) <= 6 else None


_SAID = {
    "empty": "Skriv det du vet. Noen få ord er nok.",
    "quota": "Det har kommet inn svært mye på kort tid. Prøv igjen om en time, eller ring.",
    "robot": "Dette ser ut som om det er sendt av en maskin. Tøm feltet «Nettside», og send på nytt.",
    "too_fast": "Det gikk så fort at vi må spørre igjen. Trykk Send én gang til.",
}


def _say(bad: BadInput) -> str:
    return _SAID.get(bad.problem) or problem(bad.field, bad.problem)

"""*Skrivebord*: what waits for the secretary, the most urgent first, each one press from where it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.contributions import (
    Contribution,
    ContributionState,
    load_contribution,
    settle_contribution,
    settled_contributions,
    undo_of_contribution,
)
from archive.database import find_row
from archive.desk import Paper, Pile, desk, one_pile
from archive.errors import BadInput, NotFound
from archive.links import load_side
from archive.row_history import RowChange, changes_of
from web.link_words import address_of
from web.rights import needs
from web.told_changes import Told
from web.visit import db, now, today, viewer
from web.wording import counted, problem

pages = Blueprint("desk", __name__, url_prefix="/skrivebord")

SHOWN_AT_ONCE = 4  # papers of a pile on the desk itself
MOST_ON_A_PAGE = 50

STATES = {
    ContributionState.NEW: "ny",
    ContributionState.ANSWERED: "besvart",
    ContributionState.PUT_ASIDE: "lagt til side",
}
ACTS = {
    "told": "Kom inn",
    "new": "Lagt tilbake",
    "answered": "Besvart",
    "put_aside": "Lagt til side",
    "undid": "Angret",
}


@dataclass(frozen=True, slots=True)
class Words:
    """How the desk speaks of a pile."""

    slug: str
    heading: str
    to_do: str  # what is done with it, one sentence
    where: Callable[[Paper], str]  # where one of its papers is dealt with
    since: str = "siden"  # what stands before the day
    number: tuple[str, str] | None = None  # one and many of what a paper holds


def _of(endpoint: str, name: str) -> Callable[[Paper], str]:
    def where(paper: Paper) -> str:
        values: dict[str, Any] = {name: paper.id}
        return url_for(endpoint, **values)

    return where


def _at(endpoint: str) -> Callable[[Paper], str]:
    return lambda _paper: url_for(endpoint)


_OCCURRENCE = _of("year_wheel.occurrence", "occurrence_id")
_INTERVIEW = _of("listen.show", "interview_id")
_ACCESS = _of("opening.show", "interview_id")
WORDS = {
    "help": Words("hjelp", "Ber om hjelp", "Ring eller skriv, og meld at hjelpen er gitt.", _OCCURRENCE),
    "contributions": Words(
        "bidrag",
        "Vil bidra",
        "Noen vet noe. Les, svar om de vil det, og før det inn.",
        _of("desk.one", "contribution_id"),
    ),
    "joining": Words("vil-inn", "Vil logge inn", "Si ja eller nei, så slipper de å vente.", _at("users.show")),
    "deadlines": Words(
        "frister", "Frister", "Meld hva som er holdt, og minn om det som kommer.", _OCCURRENCE, since="frist"
    ),
    "consents_ending": Words(
        "samtykker-som-gar-ut",
        "Samtykker som går ut",
        "Spør om intervjuet fortsatt kan være åpent. Ellers lukker det seg selv.",
        _ACCESS,
        since="gjelder til",
    ),
    "without_consent": Words(
        "uten-samtykke", "Intervjuer uten samtykke", "Skriv inn hva som er avtalt, og hvor papiret ligger.", _ACCESS
    ),
    "hand_ins": Words(
        "nye-opptak",
        "Nye opptak",
        "Se over opplysningene, og gi intervjuet til en frivillig som kan rette.",
        _INTERVIEW,
    ),
    "failed": Words("gikk-ikke", "Opptak som ikke gikk", "Se hvorfor, og prøv igjen.", _INTERVIEW),
    "unread_records": Words(
        "uleste-dokumenter",
        "Dokumenter som ikke kunne leses",
        "Teksten mangler, så søk finner dem ikke.",
        _of("records.one", "record_id"),
        number=("side", "sider"),
    ),
    "events": Words(
        "foreslatte-hendelser",
        "Foreslåtte hendelser",
        "Legg dem på tidslinjen, eller fjern dem.",
        _of("timeline.one", "event_id"),
    ),
    "letters": Words(
        "utboks",
        "Påminnelser å levere",
        "Kopier teksten og send den, eller ring.",
        _at("year_wheel_outbox.show"),
        "frist",
    ),
    "names": Words(
        "tvilsomme-navn",
        "Navn maskinen er i tvil om",
        "Hør stedet, og svar ja eller nei.",
        _of("names.show", "interview_id"),
        number=("navn", "navn"),
    ),
    "links": Words(
        "foreslatte-koblinger",
        "Foreslåtte koblinger",
        "Les eller hør stedet, og svar ja eller nei.",
        _at("link_suggestions.pile"),
    ),
    "missing": Words(
        "mangler-i-arshjulet",
        "Mangler i årshjulet",
        "Sett en dag for det som må gjøres i år.",
        _of("year_wheel.duty", "duty_id"),
        number=("mangler", "mangler"),
    ),
}
_KIND_OF = {words.slug: kind for kind, words in WORDS.items()}


@pages.get("")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """Every pile in which something lies, with its first papers."""
    piles = desk(db(), today=today(), most=SHOWN_AT_ONCE)
    return render_template("desk/desk.html", piles=piles, words=WORDS, count=sum(pile.count for pile in piles))


@pages.get("/<slug>")
@needs(Role.SECRETARY)
def pile(slug: str) -> ResponseReturnValue:
    """One pile, all of it, a page at a time."""
    kind = _KIND_OF.get(slug)
    if kind is None:
        raise NotFound("pile", slug)
    page = page_number()
    found = one_pile(db(), kind, today=today(), first=(page - 1) * MOST_ON_A_PAGE, most=MOST_ON_A_PAGE)
    return render_template("desk/pile.html", pile=found, words=WORDS, page=page, last_page=_last_page(found), slug=slug)


@pages.get("/bidrag/ferdig")
@needs(Role.SECRETARY)
def settled() -> ResponseReturnValue:
    """What was answered or put aside, the last first."""
    page = page_number()
    found, count = settled_contributions(db(), first=(page - 1) * MOST_ON_A_PAGE, most=MOST_ON_A_PAGE)
    last_page = max(1, -(-count // MOST_ON_A_PAGE))
    return render_template("desk/settled.html", found=found, states=STATES, page=page, last_page=last_page)


@pages.get("/bidrag/<int:contribution_id>")
@needs(Role.SECRETARY)
def one(contribution_id: int) -> ResponseReturnValue:
    """What somebody told, and what was done about it."""
    return _one(load_contribution(db(), contribution_id))


@pages.post("/bidrag/<int:contribution_id>")
@needs(Role.SECRETARY)
def settle(contribution_id: int) -> ResponseReturnValue:
    """Answered, put aside, or back on the desk."""
    contribution = load_contribution(db(), contribution_id)
    chosen, reply = request.form.get("state", ""), request.form.get("reply", "")
    try:
        if chosen not in list(ContributionState):
            raise BadInput("state", "unknown")
        settle_contribution(db(), contribution, ContributionState(chosen), reply=reply, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _one(load_contribution(db(), contribution_id), bad), 422
    db().commit()
    flash(f"Bidraget er {STATES[contribution.state]}. Det kan angres nederst på siden.")
    return redirect(url_for(".one", contribution_id=contribution_id), 303)


@pages.post("/bidrag/<int:contribution_id>/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(contribution_id: int, change_id: int) -> ResponseReturnValue:
    """Put back what one change did."""
    change = find_row(db(), RowChange, change_id)
    if change is None or (change.of_table, change.row_id) != ("contribution", contribution_id):
        raise NotFound("change", change_id)
    try:
        undo_of_contribution(db(), change, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _one(load_contribution(db(), contribution_id), bad), 409
    db().commit()
    flash("Endringen er angret.")
    return redirect(url_for(".one", contribution_id=contribution_id), 303)


def _one(contribution: Contribution, bad: BadInput | None = None) -> str:
    side = contribution.side
    shown = load_side(db(), side, viewer(), today=today()) if side else None
    return render_template(
        "desk/contribution.html",
        told=contribution,
        about=address_of(shown, contribution.at_ms, contribution.page) if shown else "",
        states=STATES,
        changes=list(map(_told, changes_of(db(), "contribution", contribution.id))),
        wrong=problem(bad.field, bad.problem) if bad else "",
        reply=request.form.get("reply", contribution.reply),
    )


def _told(change: RowChange) -> Told:
    before, after = change.before or {}, change.after or {}
    lines = []
    if change.before and "reply" in change.fields:
        lines.append(("Hva ble gjort?", before["reply"], after.get("reply", "")))
    may_undo = bool(change.before) and change.can_be_undone  # that it came is not undone
    return Told.of(change, act=ACTS.get(change.act, change.act), what="", lines=tuple(lines), may_undo=may_undo)


def page_number() -> int:
    typed = request.args.get("side", "")
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _last_page(found: Pile) -> int:
    return max(1, -(-found.count // MOST_ON_A_PAGE))


def paper_note(kind: str, paper: Paper) -> str:
    """How many of something a paper holds, in words; "" for none."""
    number = WORDS[kind].number
    return counted(paper.number, *number) if number and paper.number else ""


pages.add_app_template_global(paper_note)

"""*Foreslåtte koblinger*: what is named in texts and may be tied to them, for people to say yes or no to."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import NotFound
from archive.link_kinds import Side
from archive.link_suggestions import answer, decline_all, load_suggestion, still_looking, suggestions
from archive.links import check_side
from web.desk import page_number
from web.excerpt import Passage, excerpt
from web.link_words import KIND_WORDS, address_of, as_field, read_field
from web.links_between import own_act, undo_act
from web.rights import needs
from web.visit import db, now, today, viewer

pages = Blueprint("link_suggestions", __name__)

MOST_ON_A_PAGE = 20
ANSWERS = ("linked", "declined")
WHY = {"person": "navnet på en som hører til", "year": "årstallet", "word": "ord fra overskriften"}
PATHS = {"event": "tidslinje", "interview": "intervju", "record": "dokument", "person": "folk", "unit": "organisasjon"}


@pages.get("/skrivebord/foreslatte-koblinger")
@needs(Role.SECRETARY)
def pile() -> ResponseReturnValue:
    """All that waits, the oldest first."""
    return _page(None)


@pages.post("/forslag/<int:number>")
@needs(Role.VOLUNTEER)
def decide(number: int) -> ResponseReturnValue:
    """Yes or no to one, and back to the others."""
    accepted = request.form.get("svar") == "ja"
    try:
        suggestion = load_suggestion(db(), number, viewer(), today=today())
    except NotFound:
        db().rollback()
        flash("Forslaget er besvart før, eller gjelder ikke lenger.")
        return redirect(_back(), 303)
    change = answer(db(), suggestion, accepted=accepted, by=viewer().user_id, now=now())
    db().commit()
    return redirect(_back(angre=change), 303)


@pages.post("/forslag/nei-til-alle")
@needs(Role.VOLUNTEER)
def decline_each() -> ResponseReturnValue:
    """No to all that wait of one thing, and back to its page."""
    about = read_field(request.form.get("fra", ""))
    if about is None or about.kind not in PATHS:
        abort(404)
    check_side(db(), about, viewer(), today=today())
    change = decline_all(db(), about, viewer(), today=today(), now=now())
    db().commit()
    return redirect(_back(angre=change), 303)


@pages.post("/forslag/angre/<int:change_id>")
@needs(Role.VOLUNTEER)
def undo(change_id: int) -> ResponseReturnValue:
    """Take back an answer: the suggestion waits again."""
    undo_act(change_id, ANSWERS, "Angret. Det som ble besvart, venter igjen.")
    return redirect(_back(), 303)


def suggestions_address(kind: str, number: int) -> str:
    """Where the suggestions are answered of which a thing is a side."""
    return _address(Side(kind, number))


pages.add_app_template_global(suggestions_address)


def _page(about: Side | None) -> str:
    here = check_side(db(), about, viewer(), today=today()) if about else None
    page = page_number()
    first = (page - 1) * MOST_ON_A_PAGE
    count, found = suggestions(db(), viewer(), today=today(), about=about, first=first, most=MOST_ON_A_PAGE)
    return render_template(
        "links/suggestions.html",
        here=here,
        here_address=address_of(here) if here else "",
        field=as_field(about) if about else "",
        found=[(each, excerpt(Passage(each.said, each.marks))) for each in found],
        count=count,
        page=page,
        last_page=max(1, -(-count // MOST_ON_A_PAGE)),
        address=_address(about),
        words=KIND_WORDS,
        why=WHY,
        looking=still_looking(db()),
        undoable=own_act(request.args.get("angre"), ANSWERS),
    )


def _back(**more: Any) -> str:
    """The page that was answered from."""
    return _address(read_field(request.form.get("fra", "")), **more)


def _address(about: Side | None, **more: Any) -> str:
    if about is None or about.kind not in PATHS:
        endpoint = "link_suggestions.pile" if viewer().role.at_least(Role.SECRETARY) else "front.show"
        return url_for(endpoint, **more)
    return url_for(f"link_suggestions.of_{about.kind}", number=about.id, **more)


def _of_one(kind: str) -> Callable[[int], ResponseReturnValue]:
    @needs(Role.VOLUNTEER)
    def view(number: int) -> ResponseReturnValue:
        """What waits of which one thing is a side, the likeliest first."""
        return _page(Side(kind, number))

    return view


for _kind, _path in PATHS.items():
    pages.add_url_rule(f"/{_path}/<int:number>/forslag", f"of_{_kind}", _of_one(_kind))

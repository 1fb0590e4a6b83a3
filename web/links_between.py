"""*Knytt til …*: from anything to anything, in two clicks; and the links that each page shows."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotAllowed, NotFound
from archive.link_kinds import KINDS, Shown, Side
from archive.link_suggestions import count_suggestions
from archive.links import (
    Linked,
    add_link,
    check_side,
    links_among,
    links_of,
    load_link,
    load_side,
    remove_link,
    undo_of_link,
)
from archive.row_history import RowChange
from web import wording
from web.link_words import KIND_WORDS, address_of, as_field, kind_of, linked_address, read_field
from web.rights import needs
from web.visit import db, now, today, viewer

pages = Blueprint("links_between", __name__, url_prefix="/knytt")

MOST_FOUND = 8
MOST_NEWEST = 5  # of each kind, before anything is typed
LONGEST_TYPED = 100
TAKEN_AWAY = ("unlinked",)
_TIME = re.compile(r"(?:(\d{1,2})[:.])?(\d{1,4})[:.](\d{2})")


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    kind: str
    heading: str
    found: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Here:
    """The links of a thing as its page shows them."""

    groups: tuple[tuple[str, str, tuple[Linked, ...]], ...]  # (kind, heading, links)
    may_link: bool
    path: str
    field: str
    suggested: int  # how many links are suggested


def links_here(kind: str, number: int, *, but: tuple[str, ...] = ()) -> Here:
    """What a page shows of the links of its thing; `but`: kinds that it shows in its own way."""
    links = links_of(db(), kind, number, viewer(), today=today())
    groups = [
        (each, KIND_WORDS[each].many, tuple(link for link in links if link.other.kind == each))
        for each in KINDS
        if each not in but
    ]
    may_link = viewer().role.at_least(Role.VOLUNTEER)
    here = Side(kind, number)
    suggested = count_suggestions(db(), viewer(), today=today(), about=here) if may_link else 0
    stands = tuple(group for group in groups if group[2])
    return Here(stands, may_link, KIND_WORDS[kind].path, as_field(here), suggested)


def chapter_links(chapters: Sequence[Any]) -> dict[int, list[Linked]]:
    """What the chapters beside an interview's text are tied to."""
    return links_among(db(), "chapter", [each.chapter.id for each in chapters], viewer(), today=today())


@pages.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {
        "links_here": links_here,
        "chapter_links": chapter_links,
        "link_address": linked_address,
        "shown_address": address_of,
    }


@pages.get("/<path>/<int:number>")
@needs(Role.VOLUNTEER)
def choose(path: str, number: int) -> ResponseReturnValue:
    """The search box and what it finds. `?t=` is a second of an interview, `?side=` a page of a record."""
    return _page(_asked_side(path, number))


@pages.post("/<path>/<int:number>")
@needs(Role.VOLUNTEER)
def link(path: str, number: int) -> ResponseReturnValue:
    """Tie the two together, and go back to where one was."""
    here = _asked_side(path, number)
    other = read_field(request.form.get("til", ""))
    if other is None:
        raise NotFound("thing", request.form.get("til", ""))
    try:
        other = at_place(other, request.form.get("sted", ""))
        add_link(db(), here, other, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _page(here, bad), 422
    db().commit()
    shown = load_side(db(), other, viewer(), today=today())
    flash(f"Knyttet til «{shown.title if shown else ''}».")
    return redirect(_back(here), 303)


@pages.post("/fjern/<int:link_id>")
@needs(Role.VOLUNTEER)
def unlink(link_id: int) -> ResponseReturnValue:
    """Take a link away, and offer to bring it back."""
    gone = load_link(db(), link_id, viewer(), today=today())
    here = read_field(request.form.get("fra", "")) or gone.side("a")
    change = remove_link(db(), gone, by=viewer().user_id, now=now())
    db().commit()
    return redirect(_page_of(here, angre_kobling=change.id if change else None), 303)


@pages.post("/angre/<int:change_id>")
@needs(Role.VOLUNTEER)
def undo(change_id: int) -> ResponseReturnValue:
    """Bring back a link that one took away."""
    here = read_field(request.form.get("fra", ""))
    undo_act(change_id, TAKEN_AWAY, "Koblingen er tilbake.")
    return redirect(_page_of(here) if here else url_for("front.show"), 303)


def undo_act(change_id: int, acts: Collection[str], said: str) -> None:
    """Undo what one did to a link oneself, or anybody's act as the secretary, and say so in these words.

    Raises:
        NotFound: it is none of these acts.
        NotAllowed: it is somebody else's.
    """
    change = _act(change_id, acts)
    if change is None:
        raise NotFound("change", change_id)
    if change.made_by_id != viewer().user_id and not viewer().role.at_least(Role.SECRETARY):
        raise NotAllowed("undo_of_link")
    try:
        undo_of_link(db(), change, by=viewer().user_id, now=now())
        db().commit()
        flash(said)
    except BadInput as bad:
        db().rollback()
        flash(wording.problem("change", bad.problem))


def own_act(asked: str | None, acts: Collection[str] = TAKEN_AWAY) -> RowChange | None:
    """The act that an address names, when this reader may undo it with the button on the page."""
    is_number = asked is not None and asked.isascii() and asked.isdigit() and len(asked) <= 10
    change = _act(int(asked or 0), acts) if is_number else None
    return change if change and change.can_be_undone and change.made_by_id == viewer().user_id else None


pages.add_app_template_filter(own_act, "kobling_angres")


def _act(change_id: int, acts: Collection[str]) -> RowChange | None:
    change = find_row(db(), RowChange, change_id)
    return change if change and change.of_table == "link" and change.act in acts else None


def _asked_side(path: str, number: int) -> Side:
    """The thing that the address names, and where in it; an odd place is none."""
    kind = KINDS[kind_of(path)]
    asked = request.values
    second, page = asked.get("t", type=int), asked.get("side", type=int)
    side = Side(kind.key, number)
    if kind.has_seconds and second is not None:
        side = replace(side, ms=second * 1000)
    if kind.has_pages and page is not None:
        side = replace(side, page=page)
    try:
        check_side(db(), side, viewer(), today=today())
    except BadInput:
        side = Side(kind.key, number)
        check_side(db(), side, viewer(), today=today())
    return side


def _page(here: Side, bad: BadInput | None = None) -> str:
    typed = request.values.get("q", "").strip()[:LONGEST_TYPED]
    wanted = request.values.get("slag", "")
    only = kind_of(wanted) if wanted in {each.path for each in KIND_WORDS.values()} else None
    most = MOST_FOUND if typed else MOST_NEWEST
    groups = [
        Group(
            key,
            KIND_WORDS[key].many,
            tuple(
                each
                for each in kind.find(db(), typed, viewer(), today=today(), most=most + 1)
                if (each.kind, each.id) != (here.kind, here.id)
            )[:most],
        )
        for key, kind in KINDS.items()
        if only in (None, key)
    ]
    return render_template(
        "links/choose.html",
        here=here,
        shown=check_side(db(), here, viewer(), today=today()),
        path=KIND_WORDS[here.kind].path,
        back=_back(here),
        typed=typed,
        only=only,
        kinds=KIND_WORDS,
        has_seconds={key for key, kind in KINDS.items() if kind.has_seconds},
        has_pages={key for key, kind in KINDS.items() if kind.has_pages},
        groups=[group for group in groups if group.found],
        as_field=as_field,
        here_field=as_field(here),
        side_of=lambda found: Side(found.kind, found.id),
        problem=wording.problem(bad.field, bad.problem) if bad else "",
    )


def at_place(side: Side, typed: str) -> Side:
    """The same with what was typed as its minute and second, or its page; nothing typed means nothing.

    Raises:
        BadInput: `place_in` is "not_a_place" or "not_a_page".
    """
    written, kind = typed.strip(), KINDS[side.kind]
    if not written:
        return side
    if kind.has_seconds:
        found = _TIME.fullmatch(written)
        if found is None or not found[0].isascii() or int(found[3]) > 59:
            raise BadInput("place_in", "not_a_place")
        return replace(side, ms=((int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])) * 1000)
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        raise BadInput("place_in", "not_a_page")
    return replace(side, page=int(written))


def _back(here: Side) -> str:
    shown = load_side(db(), here, viewer(), today=today())
    return address_of(shown, here.ms, here.page) if shown else url_for("front.show")


def _page_of(here: Side, **more: Any) -> str:
    """The page of a thing, where its links are, with something to say there."""
    shown = load_side(db(), here, viewer(), today=today())
    if shown is None:
        return url_for("front.show")
    address = address_of(shown).partition("#")[0]
    asked = "&".join(f"{name}={value}" for name, value in more.items() if value is not None)
    joint = "&" if "?" in address else "?"
    return f"{address}{joint + asked if asked else ''}#koblinger"

"""*Folk*: the people of the archive; each one's page; and the secretary's form for them."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.fuzzy_dates import shown
from archive.interviews import Part
from archive.merging import merges_of
from archive.offices import offices_of
from archive.people import AliasKind, Person, load_person
from archive.people_details import PersonDetails, add_person, change_person
from archive.people_found import (
    LETTERS,
    Listed,
    Mention,
    list_people,
    load_known,
    mentions_of,
    search_people,
    speaks_in,
)
from archive.workplan.answering import items_of_person
from web.people_history import ALIASES
from web.rights import needs, public
from web.typed_interview import Fields, wording
from web.visit import db, now, today, viewer

pages = Blueprint("people", __name__, url_prefix="/folk")

# As many as one scrolls through on a phone; more than that are shown a letter at a time.
WITHOUT_LETTERS = 60
PARTS = {Part.NARRATOR: "forteller", Part.INTERVIEWER: "intervjuer", Part.HEARD: "høres i opptaket"}
# How many lines of one interview a person's page shows before it only leads there.
MENTIONS_SHOWN = 5


@dataclass(slots=True)
class TypedPerson:
    """The form, field by field, as text."""

    name: str = ""
    former: str = ""
    nicknames: str = ""
    spellings: str = ""
    born: str = ""
    died: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedPerson":
        """As the browser sent it."""
        return cls(**{name: form.get(name, "") for name in cls.__slots__})

    @classmethod
    def of(cls, person: Person) -> "TypedPerson":
        """What stands there now."""
        return cls(
            name=person.name,
            former="\n".join(person.names(AliasKind.FORMER)),
            nicknames="\n".join(person.names(AliasKind.NICKNAME)),
            spellings="\n".join(person.names(AliasKind.SPELLING)),
            born=shown(person.born),
            died=shown(person.died),
            note=person.note,
        )

    def details(self) -> PersonDetails:
        """What is to be kept of it; a name on each line."""
        return PersonDetails(
            name=self.name,
            former=tuple(self.former.splitlines()),
            nicknames=tuple(self.nicknames.splitlines()),
            spellings=tuple(self.spellings.splitlines()),
            born=self.born,
            died=self.died,
            note=self.note,
        )


@pages.get("")
@public
def show() -> ResponseReturnValue:
    """Everybody whom this reader may know of; by name, or a letter at a time."""
    typed = request.args.get("navn", "")[:200].strip()
    everybody = list_people(db(), viewer(), today=today())
    found, alike = search_people(everybody, typed)
    letters = _letters(everybody) if not typed and len(everybody) > WITHOUT_LETTERS else []
    letter = request.args.get("bokstav", letters[0] if letters else "")
    if letters:
        found = [each for each in found if each.letter == letter]
    return render_template(
        "people/show.html",
        typed=typed,
        found=found,
        alike=alike,
        letters=letters,
        letter=letter,
        everybody=len(everybody),
    )


def _letters(everybody: list[Listed]) -> list[str]:
    there = {each.letter for each in everybody}
    return [letter for letter in (*LETTERS, "#") if letter in there]


@pages.get("/<int:person_id>")
@public
def one(person_id: int) -> ResponseReturnValue:
    """Names, life, where the person speaks and is spoken of, and the offices; an old number leads on."""
    person = load_known(db(), person_id, viewer(), today=today())
    if person.id != person_id:
        return redirect(url_for(".one", person_id=person.id))
    is_member, is_secretary = viewer().role.at_least(Role.MEMBER), viewer().role.at_least(Role.SECRETARY)
    offices = offices_of(db(), person.id) if is_member else []
    return render_template(
        "people/one.html",
        person=person,
        names=[(ALIASES[kind], ", ".join(person.names(kind))) for kind in AliasKind if person.names(kind)],
        speaks=speaks_in(db(), person, viewer(), today=today()),
        part_words=PARTS,
        mentions=_by_interview(mentions_of(db(), person, viewer(), today=today())),
        most_mentions=MENTIONS_SHOWN,
        offices=offices,
        plan_items=items_of_person(db(), offices, person.id, viewer(), today=today()) if is_member else [],
        merges=merges_of(db(), person.id) if is_secretary else [],
        is_secretary=is_secretary,
    )


def _by_interview(mentions: list[Mention]) -> list[tuple[int, str, list[Mention]]]:
    grouped = groupby(mentions, key=lambda each: (each.interview_id, each.title))
    return [(interview_id, title, list(lines)) for (interview_id, title), lines in grouped]


@pages.get("/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(TypedPerson(name=request.args.get("navn", "")[:200]))


@pages.post("/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """Somebody new."""
    typed = TypedPerson.read(request.form)
    try:
        person = add_person(db(), typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    flash(f"{person.name} er lagt til.")
    return redirect(url_for(".one", person_id=person.id), 303)


@pages.get("/<int:person_id>/endre")
@needs(Role.SECRETARY)
def edit(person_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    person = load_person(db(), person_id)
    return _form(TypedPerson.of(person), person=person)


@pages.post("/<int:person_id>/endre")
@needs(Role.SECRETARY)
def change(person_id: int) -> ResponseReturnValue:
    """Write the changes down."""
    person, typed = load_person(db(), person_id), TypedPerson.read(request.form)
    try:
        change_person(db(), person, typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, person=load_person(db(), person_id)), 422
    db().commit()
    flash("Opplysningene er lagret.")
    return redirect(url_for(".one", person_id=person.id), 303)


def _form(typed: TypedPerson, bad: BadInput | None = None, *, person: Person | None = None) -> str:
    return render_template("people/form.html", typed=typed, wrong=wording([bad] if bad else []), person=person)

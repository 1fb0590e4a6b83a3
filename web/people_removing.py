"""*Fjern personen*: who was entered by mistake goes when nothing points there; else the page says what does."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.people import Person, load_person
from archive.removing_people import MOST_NAMED, Named, Pointing, pointing_to, remove_person
from web.people_merging import MOVED
from web.rights import needs
from web.visit import db, now, viewer
from web.wording import counted

pages = Blueprint("people_removing", __name__, url_prefix="/folk/<int:person_id>/fjern")

# What a merge moves under other words, or does not move.
WORDS = {
    **MOVED,
    ("person", "merged_into_id"): ("person som er slått sammen med denne", "personer som er slått sammen med denne"),
    ("revision", "speaker_before_id"): ("linje som er rettet bort fra navnet", "linjer som er rettet bort fra navnet"),
    ("revision", "speaker_after_id"): ("linje som er rettet til navnet", "linjer som er rettet til navnet"),
    ("voice_request", "person_id"): ("stemme som venter på maskinen", "stemmer som venter på maskinen"),
}
OTHER = ("annen opplysning", "andre opplysninger")
# The page of a thing: its endpoint, and what the number is called there.
_PAGES = {
    "access": ("opening.show", "interview_id"),
    "contribution": ("desk.one", "contribution_id"),
    "duty": ("year_wheel.duty", "duty_id"),
    "interview": ("listen.show", "interview_id"),
    "meeting": ("meetings.one", "meeting_id"),
    "overview": ("overview_unit.one", "unit_id"),
    "person": ("people.one", "person_id"),
    "record": ("records.one", "record_id"),
    "unit": ("organisation.one", "unit_id"),
    "user": ("contacts.login", "user_id"),
    "work_plan": ("workplan.one", "plan_id"),
}


@pages.get("")
@needs(Role.SECRETARY)
def ask(person_id: int) -> ResponseReturnValue:
    """What points there, or the button."""
    return _page(load_person(db(), person_id))


@pages.post("")
@needs(Role.SECRETARY)
def remove(person_id: int) -> ResponseReturnValue:
    """Out of the register, and into the history."""
    person = load_person(db(), person_id)
    name = person.name
    try:
        remove_person(db(), person, by=viewer().user_id, now=now())
    except BadInput:  # something came to point there since the page was made
        db().rollback()
        return _page(load_person(db(), person_id)), 409
    db().commit()
    flash(f"{name} er fjernet fra registeret. I 30 dager kan du hente personen tilbake fra papirkurven.")
    return redirect(url_for("people.show"), 303)


def _page(person: Person) -> str:
    found = pointing_to(db(), person)
    return render_template("people/remove.html", person=person, pointing=[_told(person, each) for each in found])


def _told(person: Person, each: Pointing) -> tuple[str, list[tuple[str, str]], bool]:
    """What points there in words, its pages as (title, address), and whether there are more than are named."""
    words = counted(each.rows, *WORDS.get((each.table, each.column), OTHER))
    things = [(thing.title, _address(thing)) for thing in each.things]
    if each.table == "link":
        things = [(f"se siden til {person.name}", url_for("people.one", person_id=person.id))]
    if each.table == "person_contact":
        things = [("se kontaktopplysningene", url_for("contacts.edit", person_id=person.id))]
    return words, things, len(each.things) == MOST_NAMED < each.rows


def _address(thing: Named) -> str:
    endpoint, number = _PAGES[thing.page]
    return url_for(endpoint, **{number: thing.id})  # type: ignore[arg-type]

"""How people are reached, and who of the register logs in with which account: the secretary's forms."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.accounts import Role, User
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.offices import offices_of
from archive.organisation.contacts import contact_of, write_contact
from archive.organisation.rights import person_of, rights_of, say_who_logs_in
from archive.people import Person, load_person
from web.named_people import named_person
from web.rights import needs
from web.typed_interview import wording
from web.visit import db, now, today, viewer

pages = Blueprint("contacts", __name__, url_prefix="/organisasjon")


@pages.get("/kontakt/<int:person_id>")
@needs(Role.SECRETARY)
def edit(person_id: int) -> ResponseReturnValue:
    """The form with what stands there; `?ledd=` says which unit's page to go back to."""
    contact = contact_of(db(), load_person(db(), person_id).id)
    stands = {"email": contact.email, "phone": contact.phone} if contact else {}
    return _contact_form(load_person(db(), person_id), stands)


@pages.post("/kontakt/<int:person_id>")
@needs(Role.SECRETARY)
def change(person_id: int) -> ResponseReturnValue:
    """Write it down; empty fields forget it for good."""
    person, form = load_person(db(), person_id), request.form
    email, phone = form.get("email", ""), form.get("phone", "")
    try:
        kept = write_contact(db(), person, email=email, phone=phone, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _contact_form(load_person(db(), person_id), {"email": email, "phone": phone}, bad), 422
    db().commit()
    flash(f"Kontaktopplysningene til {person.name} er {'lagret' if kept else 'slettet'}.")
    return redirect(_back(), 303)


def _contact_form(person: Person, typed: dict[str, str], bad: BadInput | None = None) -> str:
    wrong = wording([bad] if bad else [])
    return render_template("organisation/contact.html", person=person, typed=typed, wrong=wrong, back=_back())


def _back() -> str:
    unit_id = request.args.get("ledd", type=int)
    return url_for("organisation.one", unit_id=unit_id) if unit_id else url_for("organisation.show")


@pages.get("/innlogging/<int:user_id>")
@needs(Role.SECRETARY)
def login(user_id: int) -> ResponseReturnValue:
    """Which person of the register logs in with this account, and what that person's offices let him see."""
    known = person_of(db(), user_id)
    return _login_form(_load(user_id), known.name if known else "")


@pages.post("/innlogging/<int:user_id>")
@needs(Role.SECRETARY)
def say_who(user_id: int) -> ResponseReturnValue:
    """Tie the account to a person of the register, or to nobody."""
    user, typed = _load(user_id), request.form.get("person", "")
    try:
        say_who_logs_in(db(), user, _named(typed), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _login_form(_load(user_id), typed, bad), 422
    db().commit()
    flash("Det er lagret.")
    return redirect(url_for(".login", user_id=user_id), 303)


def _load(user_id: int) -> User:
    user = find_row(db(), User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _named(typed: str) -> Person | None:
    """The person of the register that was typed, as `navn` or `navn, født 1938`; None for nobody."""
    if not typed.strip():
        return None
    name, _comma, year = typed.partition(", født ")
    digits = year.strip()
    return named_person(db(), name, "person", birth_year=int(digits[:4]) if digits.isdecimal() else None)


def _login_form(user: User, typed: str, bad: BadInput | None = None) -> str:
    known = person_of(db(), user.id)
    offices = offices_of(db(), known.id) if known else []
    people = select(Person.name, Person.birth_year).where(Person.merged_into_id.is_(None)).order_by(Person.name)
    return render_template(
        "organisation/login.html",
        user=user,
        known=known,
        typed=typed,
        held=[each for each in offices if each.is_held(today())],
        rights=rights_of(offices, today()),
        names=[f"{name}, født {year}" if year else name for name, year in db().execute(people)],
        wrong=wording([bad] if bad else []),
    )

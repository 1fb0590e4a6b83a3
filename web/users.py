"""*Brukere*: who may log in as what, the links to hand over, and who waits for a yes."""

from datetime import timedelta

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import MailUtil
from sqlalchemy import select

from archive.accounts import LOGIN_LINK_LIVES, Role, User, add_user, change_role, end_user, let_back_in, make_login_link
from archive.database import find_row
from archive.errors import BadInput, NotAllowed, NotFound
from archive.joining import (
    answer_join_request,
    current_join_link,
    free_username,
    make_join_link,
    open_join_requests,
    revoke_join_link,
)
from web import wording
from web.rights import needs
from web.security import address_of
from web.visit import archive, db, now, viewer

pages = Blueprint("users", __name__, url_prefix="/brukere")

GIVEN_ROLES = (Role.MEMBER, Role.VOLUNTEER, Role.SECRETARY, Role.OWNER)


@pages.get("")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """Everybody with an account, those who wait, and the joint link."""
    users = db().scalars(select(User).order_by(User.active.desc(), User.name)).all()
    link = current_join_link(db())
    return render_template(
        "accounts/users.html",
        users=users,
        waiting=open_join_requests(db()),
        join_address=address_of(url_for("joining.ask", token=link.token)) if link else None,
        reaches_others=archive().settings.base_url is not None,
    )


@pages.get("/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """The form for a new person."""
    return _new_form({})


@pages.post("/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """Give somebody an account, and show the link to hand over."""
    typed = request.form
    try:
        email = _address(typed.get("email", ""))
        user = add_user(
            db(),
            name=typed.get("name", ""),
            username=free_username(db(), name=typed.get("name", ""), contact=email or ""),
            email=email,
            role=_given_role(typed.get("role", "")),
            by=viewer().user_id,
            now=now(),
        )
    except BadInput as error:
        db().rollback()
        return _new_form({error.field: wording.problem(error.field, error.problem)}), 422
    return _hand_over(user)


@pages.get("/<int:user_id>")
@needs(Role.SECRETARY)
def one(user_id: int) -> ResponseReturnValue:
    """One person: role, a new link, an end."""
    user = _load(user_id)
    return render_template("accounts/user.html", user=user, roles=_roles_to_give(), is_self=_is_self(user))


@pages.post("/<int:user_id>/lenke")
@needs(Role.SECRETARY)
def new_link(user_id: int) -> ResponseReturnValue:
    """A new link to hand over; the one before stops working."""
    return _hand_over(_load(user_id))


@pages.post("/<int:user_id>/rolle")
@needs(Role.SECRETARY)
def give_role(user_id: int) -> ResponseReturnValue:
    """Let somebody do more or less; never oneself."""
    user = _other(user_id, "change_role")
    change_role(db(), user, _given_role(request.form.get("role", "")), by=viewer().user_id, now=now())
    db().commit()
    flash(f"{user.name} er nå {wording.ROLES[user.role]}.")
    return redirect(url_for("users.one", user_id=user_id))


@pages.post("/<int:user_id>/avslutt")
@needs(Role.SECRETARY)
def end(user_id: int) -> ResponseReturnValue:
    """End an account and log it out everywhere; never one's own."""
    user = _other(user_id, "end_user")
    end_user(db(), user, by=viewer().user_id, now=now())
    db().commit()
    flash(f"{user.name} kan ikke logge inn lenger, og er logget ut alle steder.")
    return redirect(url_for("users.show"))


@pages.post("/<int:user_id>/slipp-inn-igjen")
@needs(Role.SECRETARY)
def let_back(user_id: int) -> ResponseReturnValue:
    """Undo an end."""
    user = _other(user_id, "let_back_in")
    let_back_in(db(), user, by=viewer().user_id, now=now())
    db().commit()
    flash(f"{user.name} kan logge inn igjen. Lag en ny lenke om det trengs.")
    return redirect(url_for("users.one", user_id=user_id))


@pages.post("/svar/<int:request_id>")
@needs(Role.SECRETARY)
def answer(request_id: int) -> ResponseReturnValue:
    """Yes or no to somebody who waits."""
    said = request.form.get("answer")
    if said not in ("yes", "no"):
        abort(400)
    asked = answer_join_request(db(), request_id, yes=said == "yes", by_id=viewer().user_id, now=now())
    db().commit()
    flash(f"{asked.name} er sluppet inn." if said == "yes" else f"{asked.name} får ikke komme inn.")
    return redirect(url_for("users.show"))


@pages.post("/felles-lenke")
@needs(Role.SECRETARY)
def joint_link() -> ResponseReturnValue:
    """Turn the joint link on (a new one each time) or off."""
    if request.form.get("turn") == "on":
        make_join_link(db(), made_by_id=viewer().user_id, now=now())
        flash("Felleslenken er klar.")
    else:
        revoke_join_link(db(), by_id=viewer().user_id, now=now())
        flash("Felleslenken er slått av. De som alt har spurt, venter fortsatt på svar.")
    db().commit()
    return redirect(url_for("users.show"))


def _hand_over(user: User) -> ResponseReturnValue:
    """The one time the link can be seen."""
    token = make_login_link(db(), user, made_by_id=viewer().user_id, now=now())
    db().commit()
    return render_template(
        "accounts/hand_over.html",
        user=user,
        address=address_of(url_for("links.look", token=token)),
        last_day=now() + LOGIN_LINK_LIVES - timedelta(minutes=1),
        reaches_others=archive().settings.base_url is not None,
    )


def _new_form(problems: dict[str, str]) -> str:
    return render_template("accounts/new_user.html", problems=problems, typed=request.form, roles=_roles_to_give())


def _roles_to_give() -> list[Role]:
    return [role for role in GIVEN_ROLES if viewer().role.at_least(role)]


def _given_role(typed: str) -> Role:
    if typed not in GIVEN_ROLES:
        raise BadInput("role", "empty")
    return Role(typed)


def _address(typed: str) -> str | None:
    """The e-mail address in its plain form; None when none was given.

    Raises:
        BadInput: it does not look like one. Whether it exists is never asked of the network.
    """
    if not typed.strip():
        return None
    try:
        return str(MailUtil(current_app).normalize(typed.strip()))
    except ValueError as error:
        raise BadInput("email", "not_an_address") from error


def _load(user_id: int) -> User:
    user = find_row(db(), User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _other(user_id: int, act: str) -> User:
    user = _load(user_id)
    if _is_self(user):
        raise NotAllowed(act)
    return user


def _is_self(user: User) -> bool:
    return user.id == viewer().user_id

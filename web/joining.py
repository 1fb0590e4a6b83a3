"""The joint link for members: a name, a waiting page, and in when the secretary has said yes."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from archive.errors import BadInput, LinkSpent
from archive.joining import ask_to_join, claim_join, current_join_link, join_answer, open_join_requests
from web import wording
from web.identity import log_in
from web.rights import public
from web.security import connection_is_safe, unsafe_page
from web.visit import db, now

pages = Blueprint("joining", __name__, url_prefix="/bli-med")

ANSWER_KEY = "join"  # where the browser's cookie keeps what it hears the answer by
# More than any branch lets in on a day; a machine that fills the secretary's page stops here.
MOST_WAITING = 100


@pages.get("/<token>")
@public
def ask(token: str) -> ResponseReturnValue:
    """The form for a name."""
    if not connection_is_safe():
        return unsafe_page()
    _link_works(token)
    return render_template("accounts/join.html", token=token, problems={}, typed={})


@pages.post("/<token>")
@public
def send(token: str) -> ResponseReturnValue:
    """Ask, and wait."""
    if not connection_is_safe():
        return unsafe_page()
    name, contact = request.form.get("name", ""), request.form.get("contact", "")
    if len(open_join_requests(db())) >= MOST_WAITING:
        abort(429)
    try:
        secret = ask_to_join(db(), token, name=name, contact=contact, now=now())
    except BadInput as error:
        problems = {error.field: wording.problem(error.field, error.problem)}
        return render_template("accounts/join.html", token=token, problems=problems, typed=request.form), 422
    db().commit()
    session.permanent = True
    session[ANSWER_KEY] = secret
    return redirect(url_for("joining.wait"))


@pages.get("/venter")
@public
def wait() -> ResponseReturnValue:
    """Has the secretary answered? The page asks again by itself."""
    answer = join_answer(db(), session.get(ANSWER_KEY, ""))
    page = "accounts/join_answer.html" if "HX-Request" in request.headers else "accounts/join_wait.html"
    return render_template(page, answer=answer)


@pages.post("/venter")
@public
def enter() -> ResponseReturnValue:
    """In, after a yes; once."""
    log_in(claim_join(db(), session.get(ANSWER_KEY, ""), now=now()))
    db().commit()
    return redirect(url_for("links.welcome"))


def _link_works(token: str) -> None:
    link = current_join_link(db())
    if link is None or link.token != token:
        raise LinkSpent("revoked")

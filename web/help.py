"""Help, and what the archive does with what it knows of people."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.access import may_curate
from archive.accounts import Role
from archive.errors import BadInput
from archive.site import page_history, page_text, save_page
from web import wording
from web.rights import needs, public
from web.visit import db, now, viewer

pages = Blueprint("help", __name__)

PRIVACY = "personvern"


@pages.get("/hjelp")
@public
def show() -> ResponseReturnValue:
    """Whom to ring, and how the most common things are done."""
    return render_template("help/help.html")


@pages.get("/personvern")
@public
def privacy() -> ResponseReturnValue:
    """The text that the secretary edits."""
    versions = page_history(db(), PRIVACY)
    return render_template(
        "help/privacy.html",
        text=page_text(db(), PRIVACY),
        changed_at=versions[0].made_at if versions else None,
        may_change=may_curate(viewer()),
    )


@pages.get("/personvern/rediger")
@needs(Role.SECRETARY)
def edit_privacy() -> ResponseReturnValue:
    """The text in a field, with the older ones beneath."""
    return _form(page_text(db(), PRIVACY), {})


@pages.post("/personvern/rediger")
@needs(Role.SECRETARY)
def save_privacy() -> ResponseReturnValue:
    """A new version; the older ones stay."""
    text = request.form.get("text", "")
    try:
        save_page(db(), PRIVACY, text, by=viewer().user_id, now=now())
    except BadInput as error:
        db().rollback()
        return _form(text, {"text": wording.problem("text", error.problem)}), 422
    db().commit()
    flash("Teksten er lagret.")
    return redirect(url_for("help.privacy"))


def _form(text: str, problems: dict[str, str]) -> str:
    older = page_history(db(), PRIVACY)[1:]
    return render_template("help/edit_privacy.html", text=text, problems=problems, older=older)

"""*Slik retter vi*: one screen of rules for who corrects, which the secretary can change."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.site import page_history, page_text, save_page
from web.rights import needs, public
from web.visit import db, now, viewer

pages = Blueprint("rules", __name__, url_prefix="/slik-retter-vi")

KEY = "slik-retter-vi"


@pages.get("")
@public
def show() -> ResponseReturnValue:
    """The rules."""
    return render_template("rules/rules.html", text=page_text(db(), KEY))


@pages.get("/rediger")
@needs(Role.SECRETARY)
def change() -> ResponseReturnValue:
    """The form. `?versjon=` opens an older text, to be saved anew."""
    versions = page_history(db(), KEY)
    older = next((each for each in versions if each.id == request.args.get("versjon", type=int)), None)
    return render_template("rules/change.html", text=older.text if older else page_text(db(), KEY), older=older)


@pages.post("/rediger")
@needs(Role.SECRETARY)
def save() -> ResponseReturnValue:
    """Keep a new version; the older ones stay."""
    text = request.form.get("text", "")
    try:
        save_page(db(), KEY, text, by=viewer().user_id, now=now())
    except BadInput as problem:
        db().rollback()
        return render_template("rules/change.html", text=text, older=None, problem=problem), 422
    db().commit()
    flash("Reglene er lagret.")
    return redirect(url_for(".show"))


@pages.get("/historikk")
@needs(Role.SECRETARY)
def versions() -> ResponseReturnValue:
    """Every version, newest first."""
    return render_template("rules/history.html", versions=page_history(db(), KEY))

"""Help, and what the archive does with what it knows of people."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.rights import public

pages = Blueprint("help", __name__)


@pages.get("/hjelp")
@public
def show() -> ResponseReturnValue:
    """Whom to ring, and how the most common things are done."""
    return render_template("help/help.html")


@pages.get("/personvern")
@public
def privacy() -> ResponseReturnValue:
    """The text that the secretary edits."""
    return render_template("help/privacy.html")

"""The front page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.rights import public

pages = Blueprint("front", __name__)


@pages.get("/")
@public
def show() -> ResponseReturnValue:
    """What the archive is, and where to go."""
    return render_template("front/front.html")

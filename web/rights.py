"""Which role a page needs. Every view says so; one that does not is never called."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role

View = TypeVar("View", bound=Callable[..., Any])


def needs(role: Role) -> Callable[[View], View]:
    """Declare that a view is only for readers with at least this role.

    What one of them may see or do with a single interview is for `archive.access` to say.
    """

    def declare(view: View) -> View:
        view.needs_role = role  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that a view is for everybody; what it shows is still only what a visitor may see."""
    return needs(Role.VISITOR)(view)


def needed_role(app: Flask, endpoint: str) -> Role | None:
    """What the view declared; None when it did not."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Role.VISITOR
    return getattr(app.view_functions[endpoint], "needs_role", None)


def check_rights() -> ResponseReturnValue | None:
    """Before every view: a visitor is led to the log-in page, a reader with too small a role gets a 403."""
    if request.endpoint is None:
        return None  # an unknown address: the 404 page says so
    role = needed_role(current_app, request.endpoint)
    if role is None:
        raise RuntimeError(f"{request.endpoint} does not declare who may call it")
    if g.viewer.role.at_least(role):
        return None
    if g.viewer.role is Role.VISITOR and request.method in ("GET", "HEAD"):
        return redirect(url_for("login.log_in", neste=request.full_path.rstrip("?")))
    return abort(401 if g.viewer.role is Role.VISITOR else 403)

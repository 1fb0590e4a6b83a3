"""Error pages: a sentence that a volunteer understands, what to do next, and nothing typed lost when we can help it."""

import logging
import re
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from archive.errors import BadInput, LinkSpent, NoRoom, NotAllowed, NotFound

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER_S = 5
# What SQLite and PostgreSQL say when a lock was waited for in vain.
LOCKED = ("database is locked", "database table is locked", "lock timeout", "could not obtain lock")
# Fields that are never shown or sent again.
SECRETS = ("csrf_token", "password", "new_password", "passord", "code", "token")


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of a form that could not be received."""

    name: str
    value: str

    @property
    def is_words(self) -> bool:
        """Whether a person wrote it; `member` and `yes` are what buttons and choices send."""
        return bool(self.value.strip()) and not re.fullmatch(r"[a-z_]+", self.value)


def init_errors(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(CSRFError, page_stood_open)
    app.register_error_handler(401, page_stood_open)
    app.register_error_handler(NotFound, lambda _error: error_page(404))
    app.register_error_handler(NotAllowed, lambda _error: error_page(403))
    app.register_error_handler(LinkSpent, link_spent)
    app.register_error_handler(NoRoom, lambda _error: error_page(507))
    app.register_error_handler(BadInput, lambda _error: error_page(400))  # no form of ours sends it
    app.register_error_handler(OperationalError, database_trouble)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, our_fault)


def error_page(status: int, **values: object) -> Response:
    """The page for an HTTP status. The wording is the template's."""
    try:
        page = render_template("errors/error.html", status=status, **values)
    except SQLAlchemyError:  # the frame of the page asks the database for the archive's name
        g.site_values = {}
        page = render_template("errors/error.html", status=status, **values)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Any other refusal of Flask's."""
    if error.code is None or error.code < 400:
        return error  # a redirect, for example
    answer = error_page(error.code, reason=error.description)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "content-range"):
            answer.headers[name] = value
    return answer


def page_stood_open(error: HTTPException) -> ResponseReturnValue:
    """A form came without a valid proof that it is ours: usually a page that stood open while the log-in ended.

    What was typed is shown, to be sent once more with a press of a button. Not when another site sent it.
    """
    typed = list(_typed()) if _comes_from_here() else []
    return error_page(error.code or 400, stood_open=True, typed=typed, sent_to=request.full_path.rstrip("?"))


def link_spent(error: LinkSpent) -> ResponseReturnValue:
    """A one-time or joint link that does not lead in."""
    return error_page(410, reason=error.reason)


def database_trouble(error: OperationalError) -> ResponseReturnValue:
    """Somebody else held the database for longer than we wait: the reader may try again, nothing is half-made."""
    if not is_locked(error):
        return our_fault(error)
    log.warning("gave up waiting for the database: %s %s", request.method, request.path)
    answer = error_page(503, typed=list(_typed()) if request.method == "POST" and _comes_from_here() else [])
    answer.headers["Retry-After"] = str(TRY_AGAIN_AFTER_S)
    return answer


def our_fault(error: Exception) -> ResponseReturnValue:
    """Something we did not think of. The log gets the whole story, the reader none of it."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_page(500)


def is_locked(error: DBAPIError) -> bool:
    """Whether the database was busy, as opposed to broken."""
    said = str(error.orig).lower()
    return any(words in said for words in LOCKED)


def _typed() -> list[Typed]:
    if not (request.content_type or "").startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return []
    pairs = cast("list[tuple[str, str]]", list(request.form.items(multi=True)))
    return [Typed(name, value) for name, value in pairs if not any(secret in name for secret in SECRETS)]


def _comes_from_here() -> bool:
    """Whether a page of ours sent the form: browsers say so in headers that a page cannot write itself."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    return request.headers.get("Origin") in (f"http://{request.host}", f"https://{request.host}")

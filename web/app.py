"""The Flask app, put together."""

from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select
from werkzeug.routing import IntegerConverter, Map

from archive.accounts import Role, User
from archive.database import LARGEST_ID
from archive.settings import Settings
from archive.setup import open_database, secret_key
from media.store import open_store
from web import wording
from web.blueprints import BLUEPRINTS
from web.errors import init_errors
from web.identity import init_identity, load_viewer
from web.indexing import IndexKeeper
from web.menu import menu, organisation_ways, tools
from web.rights import check_rights
from web.security import csrf, init_security
from web.visit import LOOKING, Archive, archive, close_session, is_demo, open_session, site_values

# Files come in pieces of 8 MiB; a piece, its form and some air. The plain form without JavaScript sends whole files
# and raises this for its own address.
LARGEST_BODY_BYTES = 16 * 1024 * 1024
STATIC_FOR_S = 365 * 24 * 3600
FIRST_RUN_ENDPOINTS = ("first_run.begin", "first_run.make_owner")


class RowIntegerConverter(IntegerConverter):
    """`<int:…>` in an address is the number of a row. What no row can have is an unknown address."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def create_app(settings: Settings, *, keep_index: bool = True) -> Flask:
    """The site of one archive.

    Args:
        keep_index: start the thread that follows the outbox; a one-off look at the pages needs none.

    Raises:
        NotInitialised: there is no archive in the data folder yet.
    """
    database = open_database(settings)
    app = Flask(__name__)
    app.url_map.converters["int"] = RowIntegerConverter  # before any address is known
    app.config.update(
        SECRET_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_FOR_S,
        TEMPLATES_AUTO_RELOAD=False,
    )
    keeper = IndexKeeper(settings, database)
    app.extensions["archive"] = Archive(settings, database, open_store(settings.store_url), keeper)
    init_security(app, settings)
    init_identity(app, settings)
    init_errors(app)
    _init_requests(app)
    _init_templates(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).pages)
    if keep_index:
        keeper.start()
    return app


def _init_requests(app: Flask) -> None:
    app.before_request(open_session)
    app.before_request(load_viewer)
    csrf.init_app(app)  # here, so that the page about a spent form knows who reads it
    app.before_request(_begin_with_an_owner)
    app.before_request(check_rights)
    app.after_request(_tell_the_keeper)
    app.teardown_request(close_session)
    app.url_defaults(_stamp_static_files)


def _init_templates(app: Flask) -> None:
    app.jinja_env.filters.update(wording.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(Role=Role)
    app.context_processor(
        lambda: {
            "menu": menu,
            "organisation_ways": organisation_ways,
            "tools": tools,
            "site": _site(),
            "is_demo": is_demo,
            "has_owner": lambda: archive().has_owner,
        }
    )


def _site() -> dict[str, str]:
    return {"archive_name": "Stemmearkivet", "help_name": "", "help_phone": "", **site_values()}


def _begin_with_an_owner() -> ResponseReturnValue | None:
    """While nobody owns the archive, every page leads to the first one."""
    here = archive()
    if here.has_owner or request.endpoint == "static":
        return None
    with here.database.read() as session:
        here.has_owner = bool(session.scalar(select(exists().where(User.role == Role.OWNER))))
    if here.has_owner or request.endpoint in FIRST_RUN_ENDPOINTS:
        return None
    return redirect(url_for("first_run.begin"))


def _tell_the_keeper(response: Response) -> Response:
    if request.method not in LOOKING and response.status_code < 400:
        archive().keeper.nudge()
    return response


def _stamp_static_files(endpoint: str, values: dict[str, Any]) -> None:
    """Give a static file's address its time of change, so that browsers may keep it for a year."""
    if endpoint == "static" and "filename" in values and current_app.static_folder:
        file = Path(current_app.static_folder) / values["filename"]
        if file.is_file():
            values.setdefault("v", int(file.stat().st_mtime))

"""*Innstillinger*: the archive's name, who helps, when the machine may work, and whether all is as it should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts import Role
from archive.backup import OLD_AFTER, last_backup
from archive.errors import BadInput
from archive.names import prompt as names_prompt
from archive.outbox import OutboxEntry
from archive.site import save_settings
from archive.typed import one_line
from archive.working_hours import set_working_hours
from web import wording
from web.rights import needs
from web.visit import archive, db, now, site_values, viewer

pages = Blueprint("site_settings", __name__, url_prefix="/innstillinger")

SETTINGS = ("archive_name", "help_name", "help_phone")
# The index follows within a second; what waited this long waits for something that is wrong.
INDEX_IS_LATE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Health:
    """What the secretary should know of copies and search."""

    last_backup_at: datetime | None  # None: never
    backup_is_old: bool
    waiting_for_index: int  # changes that cannot be searched yet
    index_is_late: bool


@pages.get("")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """The form and the state of things."""
    return _page(site_values(), {})


@pages.post("")
@needs(Role.SECRETARY)
def save() -> ResponseReturnValue:
    """Save the names, the hours and the rest; an empty name goes back to how it was at first."""
    try:
        keep_names(request.form)
        keep_hours(request.form)
        keep_prompt(request.form)
    except BadInput as error:
        db().rollback()
        return _page(request.form.to_dict(), {error.field: wording.problem(error.field, error.problem)}), 422
    db().commit()
    flash("Innstillingene er lagret. Du kan angre det i historikken.")
    return redirect(url_for("site_settings.show"))


def keep_names(typed: Mapping[str, str]) -> None:
    """Set the three values as they were typed, here and when the archive is taken into use. The caller commits.

    Raises:
        BadInput: one of them is too long.
    """
    wanted = {key: one_line(typed.get(key), key, limit=80) or None for key in SETTINGS}
    save_settings(db(), wanted, by=viewer().user_id, now=now())


def keep_prompt(typed: Mapping[str, str]) -> None:
    """Set whether the speech model is told names beforehand. The caller commits."""
    if names_prompt.SETTING in typed:
        chosen = "1" if typed[names_prompt.SETTING] == "1" else None
        save_settings(db(), {names_prompt.SETTING: chosen}, by=viewer().user_id, now=now())


def keep_hours(typed: Mapping[str, str]) -> None:
    """Set when the machine may work: `work_when` is "always" or "hours". The caller commits.

    Raises:
        BadInput: the times cannot be used.
    """
    if "work_when" not in typed:
        return
    hours = ("", "") if typed["work_when"] == "always" else (typed.get("work_from", ""), typed.get("work_until", ""))
    if typed["work_when"] != "always" and not any(each.strip() for each in hours):
        raise BadInput("work_from", "empty")
    set_working_hours(db(), *hours, by=viewer().user_id, now=now())


def health(session: Session) -> Health:
    """How copies and search are."""
    last = last_backup(session)
    waiting, oldest = session.execute(select(func.count(), func.min(OutboxEntry.at)).select_from(OutboxEntry)).one()
    return Health(
        last_backup_at=last,
        backup_is_old=last is None or last < now() - OLD_AFTER,
        waiting_for_index=waiting,
        index_is_late=oldest is not None and oldest < now() - INDEX_IS_LATE_AFTER,
    )


def _page(values: dict[str, str], problems: dict[str, str]) -> str:
    with archive().database.read() as session:
        state = health(session)
    return render_template("settings/settings.html", values=values, problems=problems, health=state)

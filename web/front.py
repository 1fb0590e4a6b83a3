"""The front page: one question, and for each role what lies next to do."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.access import may_curate
from archive.accounts import Role
from archive.catalogue import Filter, browse
from archive.desk import waiting_count
from archive.interviews import Interview, Status
from archive.organisation.rights import rights_of_viewer
from archive.timeline import years_ago
from archive.units import Unit
from web.menu import organisation_ways, sits_on_board
from web.rights import public
from web.site_settings import health
from web.visit import db, today, viewer

pages = Blueprint("front", __name__)

NEWEST_SHOWN = 4
TO_CORRECT = (Status.MACHINE_TEXT, Status.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk of a volunteer or the secretary."""

    to_correct: list[Interview]  # text that nobody has finished reading, the newest conversation first
    backup_is_old: bool  # False for who may not know
    papers: int  # what lies on the secretary's desk; 0 for others


@pages.get("/")
@public
def show() -> ResponseReturnValue:
    """What the archive is, and where to go."""
    visible = browse(db(), viewer(), Filter(), today=today())
    newest = sorted(visible, key=lambda each: each.id, reverse=True)[:NEWEST_SHOWN]
    return render_template(
        "front/front.html",
        newest=newest,
        count=len(visible),
        desk=_desk(visible),
        remembered=years_ago(db(), viewer(), today())[:1],
        led=_led(),
        board=organisation_ways() if sits_on_board() and not may_curate(viewer()) else [],
    )


def _led() -> list[Unit]:
    """The branches that this reader leads today."""
    if not viewer().role.at_least(Role.MEMBER):
        return []
    led = rights_of_viewer(db(), viewer(), today=today()).branches
    return list(db().scalars(select(Unit).where(Unit.id.in_(led)).order_by(Unit.name_key))) if led else []


def _desk(visible: list[Interview]) -> Desk | None:
    if not viewer().role.at_least(Role.VOLUNTEER):
        return None
    curates = may_curate(viewer())
    return Desk(
        to_correct=[each for each in visible if each.status in TO_CORRECT],
        backup_is_old=curates and health(db()).backup_is_old,
        papers=waiting_count(db(), today=today()) if curates else 0,
    )

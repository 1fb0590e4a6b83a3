"""How it goes with a goal or a measure, as the secretary or whoever answers for it says."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from archive.access import Viewer
from archive.errors import BadInput, NotAllowed
from archive.row_history import note_change, snapshot
from archive.typed import many_lines
from archive.workplan.items import LIMITS, ItemStatus, WorkPlanItem
from archive.workplan.looking import may_report
from archive.workplan.outline import ItemKind
from archive.workplan.plans import FIRST_YEAR, page_of


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What somebody says of an item."""

    status: ItemStatus
    note: str = ""
    on: date | None = None  # None: today
    current: float | None = None  # of a goal that is a number; None: as it was


def report_status(
    session: Session, item: WorkPlanItem, report: StatusReport, *, viewer: Viewer, now: datetime, today: date
) -> bool:
    """Write down how it goes; whether anything is different. A plan that was adopted may say it without more ado.

    Raises:
        NotAllowed: the viewer neither answers for it nor is the secretary.
        BadInput: `status` is of a "heading"; `status_on` is "future" or "far_off"; the note is too long.
    """
    if not may_report(session, viewer, item, today=today):
        raise NotAllowed("report_status")
    if item.kind is ItemKind.HEADING:
        raise BadInput("status", "heading")
    on = report.on or today
    if on > today:
        raise BadInput("status_on", "future")
    if on.year < FIRST_YEAR:
        raise BadInput("status_on", "far_off")
    note, before = many_lines(report.note, "status_note", limit=LIMITS["status_note"]), snapshot(item)
    is_said = (item.status, item.status_note) != (report.status, note) or report.on not in (None, item.status_on)
    if is_said:
        item.status, item.status_note, item.status_on = report.status, note, on
    if report.current is not None and (report.current != item.current or is_said) and item.target is not None:
        item.current, item.current_on = report.current, on
    changed = note_change(
        session, item, before, act="reported", by=viewer.user_id, now=now, thing=page_of(item.plan_id)
    )
    return changed is not None

"""The secretary's forms for a meeting: add, change, take away and bring back."""

from dataclasses import dataclass, fields

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from archive.accounts import Role
from archive.errors import BadInput
from archive.fuzzy_dates import shown
from archive.interviews import Access
from archive.meetings.found import load_meeting
from archive.meetings.history import remove_meeting, removed_meetings, undo_removal
from archive.meetings.meeting import Meeting, MeetingDetails, MeetingKind, add_meeting, change_meeting
from archive.row_history import latest_change
from archive.units import Unit, UnitKind
from archive.yearwheel.occurrences import Occurrence, load_occurrence
from archive.yearwheel.recurrence import read_clock
from web.meetings import meeting_page
from web.meetings_words import ACCESSES, KINDS
from web.rights import needs
from web.typed_interview import Fields, wording
from web.typed_unit import read_number
from web.units import check_unchanged, unit_groups
from web.visit import db, now, viewer
from web.wording import day, problem

pages = Blueprint("meetings_editing", __name__)

# Who meets; what is only ground does not.
MEETING_UNITS = [kind for kind in UnitKind if kind != UnitKind.MUNICIPALITY]
# What a unit's meetings usually are.
USUAL_KINDS = {
    UnitKind.COUNTY_BRANCH: MeetingKind.COUNTY_BOARD,
    UnitKind.LOCAL_BRANCH: MeetingKind.LOCAL_BRANCH,
    UnitKind.TOWN_DISTRICT: MeetingKind.LOCAL_BRANCH,
    UnitKind.COMMITTEE: MeetingKind.COMMITTEE,
    UnitKind.CAMPAIGN_COMMITTEE: MeetingKind.COMMITTEE,
}
# And what the duties of the year wheel are.
KIND_OF_DUTY = {
    "annual-meeting": MeetingKind.ANNUAL,
    "branch-annual-meeting": MeetingKind.ANNUAL,
    "council-meeting": MeetingKind.REPRESENTATIVES,
    "board-meeting": MeetingKind.COUNTY_BOARD,
    "committee-meeting": MeetingKind.COMMITTEE,
}


@dataclass(slots=True)
class TypedMeeting:
    """The form, field by field, as text."""

    meeting_unit: str = ""
    meeting_kind: str = ""
    meeting_title: str = ""
    meeting_dated: str = ""
    starts: str = ""
    place: str = ""
    meeting_url: str = ""
    note: str = ""
    access: str = Access.CLOSED.value
    meeting_ground: str = ""

    @classmethod
    def read(cls, form: Fields) -> "TypedMeeting":
        """As the browser sent it."""
        return cls(**{field.name: form.get(field.name, "") for field in fields(cls)})

    @classmethod
    def of(cls, meeting: Meeting) -> "TypedMeeting":
        """What stands there now."""
        return cls(
            str(meeting.unit_id),
            meeting.kind.value,
            meeting.title,
            shown(meeting.dated),
            meeting.clock.replace(":", "."),
            meeting.place,
            meeting.meeting_url,
            meeting.note,
            meeting.access.value,
            meeting.ground,
        )

    def details(self) -> MeetingDetails:
        """What is to be kept of it; who may see it is closed where that is not said.

        Raises:
            BadInput: `meeting_unit` or `meeting_kind` is "empty"; `starts` is "not_a_time".
        """
        unit_id = read_number(self.meeting_unit, "meeting_unit")
        if unit_id is None:
            raise BadInput("meeting_unit", "empty")
        if self.meeting_kind not in list(MeetingKind):
            raise BadInput("meeting_kind", "empty")
        return MeetingDetails(
            unit_id,
            MeetingKind(self.meeting_kind),
            self.meeting_title,
            self.meeting_dated,
            read_clock(self.starts, "starts"),
            self.place,
            self.meeting_url,
            self.note,
            Access(self.access) if self.access in list(Access) else Access.CLOSED,
            self.meeting_ground,
        )


@pages.get("/mote/ny")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form; `?ledd=` says who met, `?gjennomforing=` what of the year wheel becomes a meeting."""
    occurrence = _asked_occurrence()
    if occurrence is not None:
        return _form(_of_occurrence(occurrence), occurrence=occurrence)
    unit_id = request.args.get("ledd", "", type=str)
    unit = db().get(Unit, int(unit_id)) if unit_id.isascii() and unit_id.isdigit() and len(unit_id) < 10 else None
    kind = USUAL_KINDS.get(unit.kind) if unit else None
    return _form(TypedMeeting(meeting_unit=str(unit.id) if unit else "", meeting_kind=kind.value if kind else ""))


@pages.post("/mote/ny")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """A new meeting."""
    typed, occurrence = TypedMeeting.read(request.form), _asked_occurrence()
    try:
        tied = occurrence.id if occurrence else None
        meeting = add_meeting(db(), typed.details(), occurrence_id=tied, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, occurrence=_asked_occurrence()), 422
    db().commit()
    flash(f"«{meeting.title}» er lagt til. Nå kan du lime inn sakslisten.")
    return redirect(url_for("meetings.one", meeting_id=meeting.id), 303)


@pages.get("/mote/<int:meeting_id>/endre")
@needs(Role.SECRETARY)
def edit(meeting_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    meeting = load_meeting(db(), meeting_id, viewer())
    return _form(TypedMeeting.of(meeting), meeting=meeting)


@pages.post("/mote/<int:meeting_id>/endre")
@needs(Role.SECRETARY)
def change(meeting_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, meeting = TypedMeeting.read(request.form), load_meeting(db(), meeting_id, viewer())
    try:
        check_unchanged("meeting", meeting_id)
        change_meeting(db(), meeting, typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, meeting=load_meeting(db(), meeting_id, viewer())), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for("meetings.one", meeting_id=meeting_id), 303)


@pages.post("/mote/<int:meeting_id>/fjern")
@needs(Role.SECRETARY)
def remove(meeting_id: int) -> ResponseReturnValue:
    """Take it away with its cases, and offer to bring it back."""
    meeting = load_meeting(db(), meeting_id, viewer())
    try:
        removal = remove_meeting(db(), meeting, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return meeting_page(load_meeting(db(), meeting_id, viewer()), problem(bad.field, bad.problem)), 409
    db().commit()
    return redirect(url_for("meetings.show", fjernet=removal.id), 303)


@pages.get("/moter/fjernet")
@needs(Role.SECRETARY)
def removed() -> ResponseReturnValue:
    """The meetings that were taken away, each with a button that brings it back."""
    return render_template("meetings/removed.html", removals=removed_meetings(db()))


@pages.post("/moter/angre/<int:change_id>")
@needs(Role.SECRETARY)
def bring_back(change_id: int) -> ResponseReturnValue:
    """A meeting that was taken away comes back, with its cases, papers and links."""
    try:
        meeting_id = undo_removal(db(), change_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem("change", bad.problem))
        return redirect(url_for("meetings.show"), 303)
    db().commit()
    flash("Møtet er tilbake, med sakene og papirene.")
    return redirect(url_for("meetings.one", meeting_id=meeting_id), 303)


def _asked_occurrence() -> Occurrence | None:
    """The occurrence that the address or the form names.

    Raises:
        NotFound: there is none of this number.
    """
    number = request.values.get("gjennomforing", type=int)
    return None if number is None else load_occurrence(db(), number)


def _of_occurrence(occurrence: Occurrence) -> TypedMeeting:
    """What the year wheel knows of it already."""
    unit = (
        occurrence.unit
        or db()
        .scalars(select(Unit).where(Unit.kind == UnitKind.COUNTY_BRANCH, Unit.merged_into_id.is_(None)).limit(1))
        .first()
    )
    kind = KIND_OF_DUTY.get(occurrence.duty.key or "", MeetingKind.OTHER)
    return TypedMeeting(
        meeting_unit=str(unit.id) if unit else "",
        meeting_kind=kind.value,
        meeting_title=f"{occurrence.duty.title} {occurrence.year}"[:200],
        meeting_dated=day(occurrence.due_on),
        starts=occurrence.clock.replace(":", "."),
        place=occurrence.place[:200],
        meeting_url=occurrence.meeting_url,
        note=occurrence.minutes,
    )


def _form(
    typed: TypedMeeting,
    bad: BadInput | None = None,
    *,
    meeting: Meeting | None = None,
    occurrence: Occurrence | None = None,
) -> str:
    return render_template(
        "meetings/form.html",
        typed=typed,
        wrong=wording([bad] if bad else []),
        meeting=meeting,
        occurrence=occurrence,
        seen=latest_change(db(), "meeting", meeting.id) if meeting else 0,
        units=unit_groups(MEETING_UNITS),
        kinds=KINDS,
        accesses=ACCESSES,
        back=url_for("meetings.one", meeting_id=meeting.id) if meeting else url_for("meetings.show"),
    )

"""The forms of the timeline: add, suggest, change, accept and remove an event."""

from dataclasses import dataclass, fields

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput, NotAllowed
from archive.event_history import remove_event, removed_events, undo_removal
from archive.events import Event, EventDetails, EventState, accept_event, add_event, change_event
from archive.fuzzy_dates import shown
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link, load_side
from archive.row_history import latest_change
from archive.timeline import load_event
from web.link_words import address_of, as_field, read_field
from web.rights import needs
from web.typed_interview import Fields, wording
from web.units import check_unchanged
from web.visit import db, now, today, viewer
from web.wording import problem

pages = Blueprint("timeline_editing", __name__, url_prefix="/tidslinje")

ACCESS_WORDS = {
    Access.MEMBERS: "Medlemmer",
    Access.OPEN: "Alle, også de som ikke er logget inn",
    Access.CLOSED: "Bare sekretæren",
}


@dataclass(slots=True)
class TypedEvent:
    """The form, field by field, as text."""

    event_title: str = ""
    dated: str = ""
    place: str = ""
    text: str = ""
    sources: str = ""
    access: str = Access.MEMBERS.value

    @classmethod
    def read(cls, form: Fields) -> "TypedEvent":
        """As the browser sent it."""
        return cls(**{field.name: form.get(field.name, "") for field in fields(cls)})

    @classmethod
    def of(cls, event: Event) -> "TypedEvent":
        """What stands there now."""
        return cls(event.title, shown(event.dated), event.place, event.text, event.sources, event.access.value)

    def details(self) -> EventDetails:
        """What is to be kept of it; who may see it is closed where that is not said."""
        access = Access(self.access) if self.access in list(Access) else Access.CLOSED
        return EventDetails(self.event_title, self.dated, self.place, self.text, self.sources, access)


@pages.get("/ny")
@needs(Role.VOLUNTEER)
def new() -> ResponseReturnValue:
    """An empty form; `?knytt=` is what the new event is tied to at once."""
    return _form(TypedEvent(event_title=request.args.get("tittel", "")[:200]))


@pages.post("/ny")
@needs(Role.VOLUNTEER)
def add() -> ResponseReturnValue:
    """A new event, or a suggestion of one."""
    typed, tied = TypedEvent.read(request.form), read_field(request.form.get("knytt", ""))
    try:
        event = add_event(db(), typed.details(), by=viewer().user_id, now=now())
        if tied is not None:
            add_link(db(), tied, Side("event", event.id), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    is_suggestion = event.state is EventState.SUGGESTED
    flash("Takk! Sekretæren ser på forslaget." if is_suggestion else f"«{event.title}» står på tidslinjen.")
    return redirect(url_for("timeline.one", event_id=event.id), 303)


@pages.get("/<int:event_id>/endre")
@needs(Role.VOLUNTEER)
def edit(event_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    event = load_event(db(), event_id, viewer())
    if not viewer().role.at_least(Role.SECRETARY) and event.state is EventState.STANDS:
        raise NotAllowed("change_event")
    return _form(TypedEvent.of(event), event=event)


@pages.post("/<int:event_id>/endre")
@needs(Role.VOLUNTEER)
def change(event_id: int) -> ResponseReturnValue:
    """Write it anew, unless somebody else did meanwhile."""
    typed, event = TypedEvent.read(request.form), load_event(db(), event_id, viewer())
    try:
        check_unchanged("event", event_id)
        change_event(db(), event, typed.details(), by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, event=load_event(db(), event_id, viewer())), 422
    db().commit()
    flash("Endringene er lagret.")
    return redirect(url_for("timeline.one", event_id=event_id), 303)


@pages.post("/<int:event_id>/godta")
@needs(Role.SECRETARY)
def accept(event_id: int) -> ResponseReturnValue:
    """Let a suggestion stand."""
    event = load_event(db(), event_id, viewer())
    wanted = request.form.get("access", "")
    access = Access(wanted) if wanted in list(Access) else Access.MEMBERS
    accept_event(db(), event, access, by=viewer().user_id, now=now())
    db().commit()
    flash(f"«{event.title}» står på tidslinjen.")
    return redirect(url_for("timeline.one", event_id=event_id), 303)


@pages.post("/<int:event_id>/fjern")
@needs(Role.VOLUNTEER)
def remove(event_id: int) -> ResponseReturnValue:
    """Take it off the timeline, and offer to bring it back."""
    event = load_event(db(), event_id, viewer())
    removal = remove_event(db(), event, by=viewer().user_id, now=now())
    db().commit()
    return redirect(url_for("timeline.show", fjernet=removal.id), 303)


@pages.get("/fjernet")
@needs(Role.SECRETARY)
def removed() -> ResponseReturnValue:
    """What was taken off the timeline, each with a button that brings it back."""
    return render_template("timeline/removed.html", removals=removed_events(db()))


@pages.post("/angre/<int:change_id>")
@needs(Role.VOLUNTEER)
def bring_back(change_id: int) -> ResponseReturnValue:
    """An event that was removed comes back, with its links."""
    try:
        event_id = undo_removal(db(), change_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem("change", bad.problem))
        return redirect(url_for("timeline.show"), 303)
    db().commit()
    flash("Hendelsen er tilbake.")
    return redirect(url_for("timeline.one", event_id=event_id), 303)


def _form(typed: TypedEvent, bad: BadInput | None = None, *, event: Event | None = None) -> str:
    tied = read_field(request.values.get("knytt", ""))
    shown_tied = load_side(db(), tied, viewer(), today=today()) if tied else None
    decides = viewer().role.at_least(Role.SECRETARY)
    back = url_for("timeline.show")
    if shown_tied is not None and tied is not None:
        back = address_of(shown_tied, tied.ms, tied.page)
    if event is not None:
        back = url_for("timeline.one", event_id=event.id)
    return render_template(
        "timeline/form.html",
        typed=typed,
        wrong=wording([bad] if bad else []),
        event=event,
        seen=latest_change(db(), "event", event.id) if event else 0,
        tied=tied if shown_tied else None,
        tied_to=shown_tied,
        tied_field=as_field(tied) if tied and shown_tied else "",
        accesses=ACCESS_WORDS if decides and (event is None or event.state is EventState.STANDS) else {},
        decides=decides,
        back=back,
    )

"""*Papirkurv*: what was thrown away, how long it can be brought back, and *Slett nå*."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import jobs
from archive.accounts import Role
from archive.bin import KEPT_FOR, WORD, bring_back, erase_soon, in_bin, load_entry, throw_away
from archive.bin_rows import BinEntry, Binned
from archive.catalogue import load_interview
from archive.desk_changes import removed_lately, title_in, undo_any
from archive.errors import BadInput
from archive.records_found import load_record
from web.desk_words import TABLES
from web.rights import needs
from web.visit import archive, db, now, today, viewer
from web.wording import problem

pages = Blueprint("desk_bin", __name__, url_prefix="/papirkurv")

MOST_SHOWN = 200
KINDS = {Binned.INTERVIEW: "intervju", Binned.RECORD: "dokument"}


@pages.get("")
@needs(Role.SECRETARY)
def show() -> ResponseReturnValue:
    """Everything that can be brought back."""
    removed = removed_lately(db(), since=now() - KEPT_FOR, most=MOST_SHOWN)
    return render_template(
        "desk/bin.html",
        thrown=in_bin(db()),
        kinds=KINDS,
        removed=[(each, TABLES.get(each.of_table, ""), title_in(each.before)) for each in removed],
    )


@pages.post("/intervju/<int:interview_id>")
@needs(Role.SECRETARY)
def throw_interview(interview_id: int) -> ResponseReturnValue:
    """Into the bin with it."""
    interview = load_interview(db(), interview_id, viewer(), today=today())
    throw_away(db(), interview, by=viewer().user_id, now=now())
    db().commit()
    return _thrown(interview.title)


@pages.post("/dokument/<int:record_id>")
@needs(Role.SECRETARY)
def throw_record(record_id: int) -> ResponseReturnValue:
    """Into the bin with it."""
    record = load_record(db(), record_id, viewer())
    throw_away(db(), record, by=viewer().user_id, now=now())
    db().commit()
    return _thrown(record.title)


@pages.post("/<int:entry_id>/tilbake")
@needs(Role.SECRETARY)
def back(entry_id: int) -> ResponseReturnValue:
    """Out of the bin again."""
    entry = load_entry(db(), entry_id)
    kind, number, title = entry.kind, entry.thing_id, entry.title
    try:
        bring_back(db(), entry, by=viewer().user_id, now=now())
    except BadInput:
        db().rollback()
        flash("Det er slettet, og kan ikke hentes tilbake.")
        return redirect(url_for(".show"), 303)
    db().commit()
    flash(f"«{title}» er hentet tilbake, og de samme som før kan se det.")
    if kind == Binned.INTERVIEW:
        return redirect(url_for("listen.show", interview_id=number), 303)
    return redirect(url_for("records.one", record_id=number), 303)


@pages.post("/angre/<int:change_id>")
@needs(Role.SECRETARY)
def undo(change_id: int) -> ResponseReturnValue:
    """Bring back something that has no files."""
    try:
        undo_any(db(), change_id, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem("change", bad.problem))
        return redirect(url_for(".show"), 303)
    db().commit()
    flash("Det er hentet tilbake.")
    return redirect(url_for(".show"), 303)


@pages.get("/<int:entry_id>/slett")
@needs(Role.SECRETARY)
def ask(entry_id: int) -> ResponseReturnValue:
    """What erasing means, and the word to type."""
    return _ask(load_entry(db(), entry_id), "")


@pages.post("/<int:entry_id>/slett")
@needs(Role.SECRETARY)
def erase(entry_id: int) -> ResponseReturnValue:
    """For good, as soon as the worker comes to it."""
    entry = load_entry(db(), entry_id)
    title = entry.title
    try:
        erase_soon(db(), entry, request.form.get("typed", ""), by=viewer().user_id, now=now())
    except BadInput:
        db().rollback()
        return _ask(load_entry(db(), entry_id), f"Skriv ordet {WORD} for å slette for godt."), 422
    db().commit()
    jobs.ask_for_unfinished(archive().settings)
    flash(f"«{title}» blir slettet nå. Det tar vanligvis under et minutt.")
    return redirect(url_for(".show"), 303)


def _ask(entry: BinEntry, wrong: str) -> str:
    return render_template("desk/erase.html", entry=entry, kind=KINDS[entry.kind], word=WORD, wrong=wrong)


def _thrown(title: str) -> ResponseReturnValue:
    flash(f"«{title}» ligger i papirkurven. Der kan du hente det tilbake i 30 dager.")
    return redirect(url_for(".show"), 303)

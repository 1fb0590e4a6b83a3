"""What a partner organisation was invited to, and what came of it: the secretary's forms."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.fuzzy_dates import shown
from archive.organisation.invitations import (
    Invitation,
    InvitationDetails,
    add_invitation,
    change_invitation,
    load_invitation,
    remove_invitation,
)
from archive.units import Unit, load_unit
from web.rights import needs
from web.typed_interview import wording
from web.visit import db, now, viewer

pages = Blueprint("invitations", __name__, url_prefix="/organisasjon")


@pages.get("/<int:unit_id>/invitasjon")
@needs(Role.SECRETARY)
def new(unit_id: int) -> ResponseReturnValue:
    """An empty form."""
    return _form(load_unit(db(), unit_id), InvitationDetails(""))


@pages.post("/<int:unit_id>/invitasjon")
@needs(Role.SECRETARY)
def add(unit_id: int) -> ResponseReturnValue:
    """A unit was invited."""
    unit, typed = load_unit(db(), unit_id), _typed()
    try:
        add_invitation(db(), unit, typed, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        return _form(load_unit(db(), unit_id), typed, bad), 422
    db().commit()
    flash("Invitasjonen er skrevet inn.")
    return redirect(url_for("organisation.one", unit_id=unit_id), 303)


@pages.get("/invitasjon/<int:invitation_id>")
@needs(Role.SECRETARY)
def edit(invitation_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    stands = load_invitation(db(), invitation_id)
    typed = InvitationDetails(stands.invited_to, shown(stands.invited_on), stands.outcome)
    return _form(stands.unit, typed, invitation=stands)


@pages.post("/invitasjon/<int:invitation_id>")
@needs(Role.SECRETARY)
def change(invitation_id: int) -> ResponseReturnValue:
    """Write it anew."""
    invitation, typed = load_invitation(db(), invitation_id), _typed()
    try:
        change_invitation(db(), invitation, typed, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        stands = load_invitation(db(), invitation_id)
        return _form(stands.unit, typed, bad, invitation=stands), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for("organisation.one", unit_id=invitation.unit_id), 303)


@pages.post("/invitasjon/<int:invitation_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(invitation_id: int) -> ResponseReturnValue:
    """It was written down by mistake."""
    invitation = load_invitation(db(), invitation_id)
    unit_id = invitation.unit_id
    remove_invitation(db(), invitation, by=viewer().user_id, now=now())
    db().commit()
    flash("Invitasjonen er tatt bort. Du kan angre det i historikken.")
    return redirect(url_for("organisation.one", unit_id=unit_id), 303)


def _typed() -> InvitationDetails:
    form = request.form
    return InvitationDetails(form.get("invited_to", ""), form.get("invited_on", ""), form.get("outcome", ""))


def _form(
    unit: Unit, typed: InvitationDetails, bad: BadInput | None = None, *, invitation: Invitation | None = None
) -> str:
    wrong = wording([bad] if bad else [])
    return render_template("organisation/invitation.html", unit=unit, typed=typed, invitation=invitation, wrong=wrong)

"""The way back from what was decided of an account: its role, and whether anybody may log in with it."""

from datetime import datetime

from sqlalchemy.orm import Session

from archive.accounts import Role, User, is_last_with, require_at_least, shut_out
from archive.errors import BadInput, NotAllowed
from archive.row_history import RowChange
from archive.value_history import note_undone, require_undoable

_SECRETARIES = tuple(role for role in Role if role.at_least(Role.SECRETARY))


def undo_of_user(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back a role, or that an account was ended or let back in, by the rules of those acts.

    Raises:
        BadInput: as `archive.value_history.require_undoable`; it is one's "own_account", or somebody's "above_you"; or
            the "last_owner" or the "last_secretary" would be gone by it.
    """
    require_at_least(session, by, "undo_of_user", Role.SECRETARY)
    user = session.get_one(User, change.row_id)
    stands = {"role": user.role.value, "active": user.active}
    require_undoable(change, stands)
    if user.id == by:
        raise BadInput("change", "own_account")
    wanted = {name: (change.before or {}).get(name) for name in change.fields}
    role, active = Role(str(wanted.get("role", user.role))), bool(wanted.get("active", user.active))
    try:
        require_at_least(session, by, "undo_of_user", user.role, role)
    except NotAllowed:
        raise BadInput("change", "above_you") from None
    for roles, problem in (((Role.OWNER,), "last_owner"), (_SECRETARIES, "last_secretary")):
        stays = active and role in roles
        if not stays and is_last_with(session, user, roles):
            raise BadInput("change", problem)
    user.role = role
    if user.active and not active:
        shut_out(session, user, now=now)
    user.active = active
    note_undone(session, change, {name: stands[name] for name in wanted}, wanted, by=by, now=now)

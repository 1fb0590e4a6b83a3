"""The way back from what was decided of an account: its role, and whether anybody may log in with it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.accounts import Role, User, require_at_least, shut_out
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
    _keep_one(session, user, (Role.OWNER,), role, active, "last_owner")
    _keep_one(session, user, _SECRETARIES, role, active, "last_secretary")
    user.role = role
    if user.active and not active:
        shut_out(session, user, now=now)
    user.active = active
    note_undone(session, change, {name: stands[name] for name in wanted}, wanted, by=by, now=now)


def _keep_one(session: Session, user: User, roles: tuple[Role, ...], role: Role, active: bool, problem: str) -> None:
    """Refuse what would leave nobody with one of these roles who can log in."""
    goes = user.active and user.role in roles and not (active and role in roles)
    others = select(func.count()).where(User.active, User.role.in_(roles), User.id != user.id)
    if goes and not session.scalar(others):
        raise BadInput("change", problem)

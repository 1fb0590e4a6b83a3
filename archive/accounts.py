"""Who may log in as what, the links that let one person in once, and how the first owner is made."""

import enum
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, Update, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from archive.audit import note
from archive.database import Base
from archive.errors import BadInput, LinkSpent, NotAllowed
from archive.site import SiteSetting, get_setting, set_setting
from archive.typed import clean, one_line
from archive.value_history import note_values

# Long enough for a link on a slip of paper to be used after the next meeting.
LOGIN_LINK_LIVES = timedelta(days=7)
# Letters and digits that nobody mistakes for one another, also in handwriting; 8 of them are 39 bits.
_CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_KEY = "first_run_code_sha256"


class Role(enum.StrEnum):
    """What a reader may do at most; each includes the ones before it. A visitor has no account."""

    VISITOR = "visitor"
    MEMBER = "member"
    VOLUNTEER = "volunteer"
    SECRETARY = "secretary"
    OWNER = "owner"

    def at_least(self, other: "Role") -> bool:
        """Whether this role includes `other`."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class User(Base):
    """A person who may log in. `username` is what is typed at log-in: an e-mail address or a plain name, lower case."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    username: Mapped[str] = mapped_column(String(200), unique=True)
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))  # argon2; None: only links let this user in
    role: Mapped[Role] = mapped_column(default=Role.MEMBER)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)  # changes when all sessions are ended
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class LoginLink(Base):
    """A link that lets one person in once, handed over by the secretary. Only its SHA-256 is kept."""

    __tablename__ = "login_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


def add_user(
    session: Session,
    *,
    name: str,
    username: str,
    role: Role,
    now: datetime,
    email: str | None = None,
    password_hash: str | None = None,
    by: int | None,
) -> User:
    """Give somebody an account. Nobody gives a role above his own.

    Raises:
        BadInput: `username` or `email` is "taken"; `name` or `username` is "empty" or "too_long".
        NotAllowed: `by` may not give this role.
    """
    require_at_least(session, by, "add_user", Role.SECRETARY, role)
    if role == Role.VISITOR:
        raise BadInput("role", "unknown")
    user = User(
        name=one_line(name, "name", limit=200, required=True),
        username=plain_username(one_line(username, "username", limit=200, required=True)),
        email=one_line(email, "email", limit=320).lower() or None,
        password=password_hash,
        role=role,
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
    )
    # Both are typed in the same field at log-in, so nobody's name may be somebody else's address.
    for field, value in (("username", user.username), ("email", user.email)):
        if value and session.scalar(select(User.id).where(or_(User.username == value, User.email == value))):
            raise BadInput(field, "taken")
    session.add(user)
    session.flush()
    note(session, "added_user", "user", user.id, user_id=by, now=now, role=role)
    return user


def plain_username(username: str) -> str:
    """The form in which a username is kept and compared: case folded, spaces collapsed."""
    return " ".join(clean(username).casefold().split())


def find_user(session: Session, typed: str) -> User | None:
    """Who logs in with this name or e-mail address; None for nobody. An account that has ended is found too."""
    name = plain_username(typed)
    either = select(User).where(or_(User.username == name, User.email == name))
    return session.scalars(either.order_by(User.username != name)).first()


def change_role(session: Session, user: User, role: Role, *, by: int | None, now: datetime) -> None:
    """Let somebody do more or less.

    Raises:
        NotAllowed: `by` stands below the old or the new role, or it is the last owner.
    """
    require_at_least(session, by, "change_role", Role.SECRETARY, user.role, role)
    if role == Role.VISITOR:
        raise BadInput("role", "unknown")
    if role != Role.OWNER:
        _keep_one_owner(session, user, "change_role")
    before, user.role = user.role, role
    told = {"before": before, "after": role}
    was, is_now = {"role": before.value}, {"role": role.value}
    note_values(session, "user", user.id, was, is_now, act="changed_role", by=by, now=now, detail=told)
    session.flush()


def end_user(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    """End an account and log it out everywhere; what the person did stays under his name.

    Raises:
        NotAllowed: `by` stands below the user, or it is the last owner.
    """
    require_at_least(session, by, "end_user", Role.SECRETARY, user.role)
    _keep_one_owner(session, user, "end_user")
    was_active = user.active
    shut_out(session, user, now=now)
    was, is_now = {"active": was_active}, {"active": False}
    note_values(session, "user", user.id, was, is_now, act="ended_user", by=by, now=now)
    session.flush()


def shut_out(session: Session, user: User, *, now: datetime) -> None:
    """Let nobody in with an account, nor stay in with it; the caller has asked whether that may be."""
    from archive.logins import end_all_sessions  # here, since a log-in is of an account and its module imports this one

    user.active = False
    end_all_sessions(session, user, now=now)
    _end_login_links(session, user, now)
    session.flush()


def let_back_in(session: Session, user: User, *, by: int | None, now: datetime) -> None:
    """Undo `end_user`; the person logs in anew.

    Raises:
        NotAllowed: `by` stands below the user.
    """
    require_at_least(session, by, "let_back_in", Role.SECRETARY, user.role)
    was_active, user.active = user.active, True
    was, is_now = {"active": was_active}, {"active": True}
    note_values(session, "user", user.id, was, is_now, act="let_back_in", by=by, now=now)
    session.flush()


def require_at_least(session: Session, by: int | None, action: str, *roles: Role) -> None:
    """Let through the machine's owner (None) and users whose role includes all of `roles`.

    Raises:
        NotAllowed: anybody else.
    """
    if by is None:
        return
    actor = session.get(User, by)
    if actor is None or not actor.active or not all(actor.role.at_least(role) for role in roles):
        raise NotAllowed(action)


def _keep_one_owner(session: Session, user: User, action: str) -> None:
    if is_last_with(session, user, (Role.OWNER,)):
        raise NotAllowed(action)


def is_last_with(session: Session, user: User, roles: Sequence[Role]) -> bool:
    """Whether a user has one of these roles and can log in, and nobody else who has one can."""
    others = select(func.count()).where(User.role.in_(roles), User.active, User.id != user.id)
    return user.active and user.role in roles and not session.scalar(others)


# One-time links ------------------------------------------------------------------------------------------------------


def make_login_link(session: Session, user: User, *, made_by_id: int | None, now: datetime) -> str:
    """The token of a link that lets `user` in once within seven days; links made earlier stop working.

    Raises:
        NotAllowed: the account has ended, or whoever makes the link stands below the user.
    """
    require_at_least(session, made_by_id, "make_login_link", Role.SECRETARY, user.role)
    if not user.active:
        raise NotAllowed("make_login_link")
    _end_login_links(session, user, now)
    token = secrets.token_urlsafe(32)
    session.add(
        LoginLink(
            token_sha256=sha256_of(token),
            user_id=user.id,
            made_by_id=made_by_id,
            made_at=now,
            expires_at=now + LOGIN_LINK_LIVES,
        )
    )
    note(session, "made_login_link", "user", user.id, user_id=made_by_id, now=now)
    session.flush()
    return token


def read_login_link(session: Session, token: str, *, now: datetime) -> User:
    """Whom the link lets in. It is not used up: mail programs follow links before a person does.

    Raises:
        LinkSpent: used, revoked, expired or wrong.
    """
    return _open_link(session, token, now).user


def use_login_link(session: Session, token: str, *, now: datetime) -> User:
    """Use the link up and say whom it lets in.

    Raises:
        LinkSpent: used, revoked, expired or wrong.
    """
    link = _open_link(session, token, now)
    mark = update(LoginLink).where(LoginLink.id == link.id, LoginLink.used_at.is_(None)).values(used_at=now)
    if not one_row(session, mark):
        raise LinkSpent("used")  # by another browser, this very moment
    return link.user


def _open_link(session: Session, token: str, now: datetime) -> LoginLink:
    link = session.scalar(select(LoginLink).where(LoginLink.token_sha256 == sha256_of(token)))
    if link is None:
        raise LinkSpent("wrong")
    if link.used_at is not None:
        raise LinkSpent("used")
    if not link.user.active:
        raise LinkSpent("revoked")
    if link.expires_at <= now:
        raise LinkSpent("expired")
    return link


def _end_login_links(session: Session, user: User, now: datetime) -> None:
    open_ones = (LoginLink.user_id == user.id, LoginLink.used_at.is_(None), LoginLink.expires_at > now)
    session.execute(update(LoginLink).where(*open_ones).values(expires_at=now))


# The first owner -----------------------------------------------------------------------------------------------------


def first_run_code(session: Session, *, now: datetime) -> str | None:
    """A new code that the first-run page asks for, `XXXX-XXXX`; None when there is an owner. The one before is void."""
    if _has_owner(session):
        return None
    signs = "".join(secrets.choice(_CODE_SIGNS) for _ in range(8))
    set_setting(session, _CODE_KEY, sha256_of(signs))
    return f"{signs[:4]}-{signs[4:]}"


def make_owner(session: Session, *, code: str, name: str, username: str, password_hash: str, now: datetime) -> User:
    """Make the first owner, for whoever can read what the machine printed. The code works once.

    Raises:
        LinkSpent: "wrong", or "used" when there is an owner.
        BadInput: as `add_user`.
    """
    if _has_owner(session):
        raise LinkSpent("used")
    given = sha256_of("".join(sign for sign in code.upper() if sign.isalnum()))
    if not secrets.compare_digest(given, get_setting(session, _CODE_KEY) or ""):
        raise LinkSpent("wrong")
    user = add_user(
        session, name=name, username=username, role=Role.OWNER, password_hash=password_hash, now=now, by=None
    )
    setting = session.get(SiteSetting, _CODE_KEY, with_for_update=True)
    if setting is None or setting.value != given:
        raise LinkSpent("used")  # by another browser, this very moment
    session.delete(setting)
    session.flush()
    return user


def _has_owner(session: Session) -> bool:
    return session.scalar(select(User.id).where(User.role == Role.OWNER).limit(1)) is not None


def one_row(session: Session, change: Update) -> bool:
    """Whether the change met a row: of two who try at once, one."""
    done: Any = session.execute(change)
    return bool(done.rowcount == 1)


def sha256_of(secret: str) -> str:
    """What is kept of a key or a token, so that whoever reads the database cannot use it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

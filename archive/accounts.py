"""Who may log in as what, and the links that are handed over."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.database import Base


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


class JoinLink(Base):
    """The joint link for members: whoever follows it gives a name and waits for a yes."""

    __tablename__ = "join_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # shown again on the page, so kept as it is
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class JoinRequest(Base):
    """Somebody who followed the joint link. The browser keeps a secret and is let in when the answer is yes."""

    __tablename__ = "join_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("join_link.id"))
    name: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(320), default="")
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )  # set when the answer is yes
    claimed_at: Mapped[datetime | None]  # when the waiting browser was let in; once

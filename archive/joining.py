"""The joint link: whoever follows it gives a name, and is let in when the secretary says yes."""

import re
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.accounts import Role, User, add_user, one_row, plain_username, require_at_least, sha256_of
from archive.audit import note
from archive.database import Base, find_row
from archive.errors import LinkSpent, NotFound
from archive.typed import clean, one_line


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


def make_join_link(session: Session, *, made_by_id: int | None, now: datetime) -> JoinLink:
    """A new joint link for members; the one before stops working."""
    require_at_least(session, made_by_id, "make_join_link", Role.SECRETARY)
    revoke_join_link(session, by_id=made_by_id, now=now)
    link = JoinLink(token=secrets.token_urlsafe(24), made_by_id=made_by_id, made_at=now)
    session.add(link)
    session.flush()
    note(session, "made_join_link", "join_link", link.id, user_id=made_by_id, now=now)
    return link


def revoke_join_link(session: Session, *, by_id: int | None, now: datetime) -> None:
    """Make the joint link worthless. Whoever asked before still waits for an answer."""
    require_at_least(session, by_id, "revoke_join_link", Role.SECRETARY)
    link = current_join_link(session)
    if link is not None:
        link.revoked_at = now
        note(session, "revoked_join_link", "join_link", link.id, user_id=by_id, now=now)
        session.flush()


def current_join_link(session: Session) -> JoinLink | None:
    """The joint link that works now; None when there is none."""
    return session.scalar(select(JoinLink).where(JoinLink.revoked_at.is_(None)).order_by(JoinLink.id.desc()).limit(1))


def ask_to_join(session: Session, token: str, *, name: str, contact: str, now: datetime) -> str:
    """Ask to become a member's account; the secret by which the same browser later hears the answer.

    Raises:
        LinkSpent: the joint link is revoked or wrong.
        BadInput: the name is empty, or one of the two is too long.
    """
    link = session.scalar(select(JoinLink).where(JoinLink.token == clean(token)))
    if link is None or link.revoked_at is not None:
        raise LinkSpent("wrong" if link is None else "revoked")
    secret = secrets.token_urlsafe(32)
    session.add(
        JoinRequest(
            link_id=link.id,
            name=one_line(name, "name", limit=200, required=True),
            contact=one_line(contact, "contact", limit=320),
            secret_sha256=sha256_of(secret),
            asked_at=now,
        )
    )
    session.flush()
    return secret


def open_join_requests(session: Session) -> list[JoinRequest]:
    """Who waits for an answer, the longest first."""
    waiting = select(JoinRequest).where(JoinRequest.decided_at.is_(None)).order_by(JoinRequest.asked_at, JoinRequest.id)
    return list(session.scalars(waiting))


def answer_join_request(
    session: Session, request_id: int, *, yes: bool, by_id: int | None, now: datetime
) -> JoinRequest:
    """Say yes, which makes a member's account, or no. The first answer stands.

    Raises:
        NotFound: nobody asks under this number, or somebody answered before.
    """
    require_at_least(session, by_id, "answer_join_request", Role.SECRETARY)
    request = find_row(session, JoinRequest, request_id)
    if request is not None:
        session.refresh(request, with_for_update=True)  # of two who answer at once, the second sees the first answer
    if request is None or request.decided_at is not None:
        raise NotFound("join_request", request_id)
    request.decided_at = now
    request.decided_by_id = by_id
    if yes:
        username = free_username(session, name=request.name, contact=request.contact)
        user = add_user(session, name=request.name, username=username, role=Role.MEMBER, now=now, by=by_id)
        request.user_id = user.id
    note(session, "let_in" if yes else "turned_away", "join_request", request_id, user_id=by_id, now=now)
    session.flush()
    return request


def join_answer(session: Session, secret: str) -> str:
    """What the secretary answered: "waiting", "yes" or "no".

    Raises:
        LinkSpent: nobody asked with this secret.
    """
    request = _request_of(session, secret)
    if request.decided_at is None:
        return "waiting"
    return "no" if request.user_id is None else "yes"


def claim_join(session: Session, secret: str, *, now: datetime) -> User:
    """Whom the waiting browser may be logged in as; works once, after a yes.

    Raises:
        LinkSpent: claimed before ("used"), no yes was given ("wrong"), or the account has ended ("revoked").
    """
    request = _request_of(session, secret)
    user = session.get(User, request.user_id) if request.user_id is not None else None
    if user is None:
        raise LinkSpent("wrong")
    if not user.active:
        raise LinkSpent("revoked")
    mark = update(JoinRequest).where(JoinRequest.id == request.id, JoinRequest.claimed_at.is_(None))
    if not one_row(session, mark.values(claimed_at=now)):
        raise LinkSpent("used")
    return user


def _request_of(session: Session, secret: str) -> JoinRequest:
    request = session.scalar(select(JoinRequest).where(JoinRequest.secret_sha256 == sha256_of(secret)))
    if request is None:
        raise LinkSpent("wrong")
    return request


def free_username(session: Session, *, name: str, contact: str) -> str:
    """The e-mail address that was given, else the name with dots, with a number behind when it is taken."""
    contact = plain_username(contact)
    plain = contact if re.fullmatch(r"\S+@\S+\.\S+", contact) and len(contact) <= 190 else ""
    plain = plain or ".".join(re.findall(r"\w+", plain_username(name)))[:190] or "medlem"
    names = select(User.username).where(User.username.startswith(plain, autoescape=True))
    addresses = select(User.email).where(User.email == plain)
    taken = {each for each in session.scalars(names.union(addresses)) if each}
    return next(each for each in [plain, *(f"{plain}{n}" for n in range(2, len(taken) + 3))] if each not in taken)

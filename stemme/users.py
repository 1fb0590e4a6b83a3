"""`stemme user add|link|end`: accounts, and the one-time links that are handed over."""

import argparse

from sqlalchemy.orm import Session

from archive.accounts import Role, User, add_user, end_user, find_user, make_login_link
from archive.errors import NotFound
from archive.settings import Settings
from archive.site import get_setting
from stemme.arguments import PORT
from stemme.opened import PORT_KEY, now, opened_archive
from stemme.output import print_json


def add(arguments: argparse.Namespace) -> int:
    """A new account and its first link."""
    with opened_archive() as archive, archive.database.write() as session:
        user = add_user(
            session,
            name=arguments.name,
            username=arguments.username,
            role=Role(arguments.role),
            now=now(),
            by=None,
        )
        address = _address(archive.settings, session, make_login_link(session, user, made_by_id=None, now=now()))
        session.commit()
        _tell(user, address, as_json=arguments.json)
    return 0


def link(arguments: argparse.Namespace) -> int:
    """A new link for an account; the older ones stop working."""
    with opened_archive() as archive, archive.database.write() as session:
        user = _find(session, arguments.username)
        address = _address(archive.settings, session, make_login_link(session, user, made_by_id=None, now=now()))
        session.commit()
        _tell(user, address, as_json=arguments.json)
    return 0


def end(arguments: argparse.Namespace) -> int:
    """Nobody gets in with this account from now on; open browsers are logged out."""
    with opened_archive() as archive, archive.database.write() as session:
        user = _find(session, arguments.username)
        end_user(session, user, by=None, now=now())
        session.commit()
        if arguments.json:
            print_json({"username": user.username, "active": user.active})
        else:
            print(f"{user.name} ({user.username}) kommer ikke lenger inn.")
    return 0


def _find(session: Session, username: str) -> User:
    user = find_user(session, username)
    if user is None:
        raise NotFound("user", username)
    return user


def _address(settings: Settings, session: Session, token: str) -> str:
    """The link; without an address of its own the archive is where it was started last."""
    port = get_setting(session, PORT_KEY) or PORT
    return f"{settings.base_url or f'http://127.0.0.1:{port}'}/inn/{token}"


def _tell(user: User, address: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"username": user.username, "name": user.name, "role": user.role, "link": address})
        return
    print(f"Gi denne lenken til {user.name}. Den virker én gang, i sju dager:")
    print(address)

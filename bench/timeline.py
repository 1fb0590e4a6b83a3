"""How long the pages of the timeline take: 2,000 records, 1,000 people, 1,000 events, 5,000 links.

`.venv/bin/python -m bench.timeline` prints the median and the 95th percentile of each page, as a member sees it.
"""

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert, select

import archive.model  # noqa: F401 - every table
from archive import logins
from archive.accounts import Role, add_user
from archive.events import Event, EventState
from archive.interviews import Access
from archive.links import Link, LinkState
from archive.people import Person, name_key
from archive.record_series import RecordKind
from archive.records import Record
from archive.settings import read_settings
from archive.setup import initialise, open_database
from archive.units import Unit
from web.app import create_app
from web.identity import SESSION_KEY

EVENTS, PEOPLE, RECORDS, LINKS = 1_000, 1_000, 2_000, 5_000
ROUNDS = 40
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def main() -> None:
    """Fill an archive, ask for its pages, print how long they took."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"STEMME_DATA": str(Path(folder) / "data")})
        initialise(settings, now=NOW)
        database = open_database(settings)
        with database.write() as session:
            user = add_user(session, name="Mari Medlem", username="mari", role=Role.SECRETARY, now=NOW, by=None)
            add_user(session, name="Dag Drift", username="dag", role=Role.OWNER, now=NOW, by=None)
            key, number = logins.start_session(session, user, now=datetime.now(UTC)), user.fs_uniquifier
            _fill(session)
            session.commit()
        database.close()
        app = create_app(settings, keep_index=False)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update({SESSION_KEY: key, "_user_id": number, "_fresh": True})
        for path in (
            "/tidslinje",
            "/tidslinje?tiar=1970",
            "/tidslinje?ar=1974",
            "/tidslinje?person=7",
            "/tidslinje/500",
            "/folk/7",
            "/knytt/hendelse/500",
            "/knytt/hendelse/500?q=oppdiktet",
            "/tidslinje.json",
        ):
            print(f"{path:32} {_measured(client, path)}")
        app.extensions["archive"].close()


def _measured(client: FlaskClient, path: str) -> str:
    took = []
    for number in range(ROUNDS + 3):
        began = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        if number >= 3:
            took.append((time.perf_counter() - began) * 1000)
    return f"median {statistics.median(took):6.1f} ms   p95 {statistics.quantiles(took, n=20)[-1]:6.1f} ms"


def _fill(session) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(1974)
    names = [f"Person {number} Oppdiktet" for number in range(1, PEOPLE + 1)]
    session.execute(
        insert(Person),
        [{"name": name, "name_key": name_key(name), "born": "", "died": "", "note": ""} for name in names],
    )
    session.execute(
        insert(Record),
        [
            {
                "title": f"Protokoll {number}",
                "kind": RecordKind.MINUTES,
                "series": "A",
                "access": Access.MEMBERS,
                "made_at": NOW,
                "box": "",
                "place_of_paper": "",
                "dated": "",
                "note": "",
                "ground": "",
                "current_number": 0,
            }
            for number in range(RECORDS)
        ],
    )
    for number in range(EVENTS):
        session.add(
            Event(
                title=f"Hendelse {number}",
                dated=str(chance.randint(1960, 2019)),
                place=f"Sted {number % 40}",
                text="Det hendte noe her, og mange var med. " * 5,
                access=Access.MEMBERS,
                state=EventState.STANDS,
                made_at=NOW,
                sources="",
            )
        )
    session.flush()
    units = session.scalars(select(Unit.id)).all()
    others = {"person": range(1, PEOPLE + 1), "record": range(1, RECORDS + 1), "unit": units}
    for _ in range(LINKS):
        kind = chance.choice(list(others))
        sides = {"a_event_id": chance.randint(1, EVENTS), f"b_{kind}_id": chance.choice(others[kind])}
        session.add(Link(state=LinkState.STANDS, made_at=NOW, **sides))
    session.flush()


if __name__ == "__main__":
    main()

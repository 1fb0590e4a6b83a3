"""`script/bench pages`: how long every kind of page takes over an archive as large as issue 5 asks for.

One line for each page: the median and the 95th percentile by the clock, and the median of the processor's time, which
other work on the machine does not move. `script/bench pages desk plan` measures the lines whose address has a word.
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient

import archive.model  # noqa: F401 - every table
from archive import logins
from archive.accounts import Role, add_user
from archive.settings import read_settings
from archive.setup import initialise, open_database
from bench.full_archive import NOW, fill
from stemme.serving import collect_only_what_comes
from web.app import create_app
from web.identity import SESSION_KEY

ROUNDS, TO_REACH_MS = 40, 100
PATHS = (
    "/",
    "/intervju",
    "/intervju/300",
    "/intervju/300/forslag",
    "/intervjuplan",
    "/tidslinje",
    "/tidslinje?tiar=1970",
    "/tidslinje?ar=1974",
    "/tidslinje?person=7",
    "/tidslinje/500",
    "/tidslinje/500/historikk",
    "/tidslinje.json",
    "/tidslinje.ics",
    "/dokumenter",
    "/dokumenter?slag=letter&tiar=1970",
    "/dokumenter/arkivliste?arkivskaper=-",
    "/dokument/1000",
    "/dokument/1000/historikk",
    "/folk",
    "/folk?navn=oppdiktet",
    "/folk/7",
    "/folk/7/forslag",
    "/folk/7/historikk",
    "/organisasjon",
    "/organisasjon/1",
    "/organisasjon/1/historikk",
    "/organisasjon/ansvar",
    "/organisasjon/folkevalgte",
    "/moter",
    "/mote/7",
    "/arbeidsplan",
    "/arbeidsplan/1",
    "/arbeidsplan/punkt/7",
    "/arbeidsplan/1/arsmelding",
    "/arshjul",
    "/arshjul/oppgave/1",
    "/arshjul/overlevering",
    "/arshjul/utboks",
    "/oversikt",
    "/oversikt/2",
    "/oversikt/nytt",
    "/oversikt/sosiale-medier",
    "/skrivebord",
    "/skrivebord/foreslatte-koblinger",
    "/skrivebord/foreslatte-koblinger?side=100",
    "/skrivebord/frister",
    "/skrivebord/mangler-i-arshjulet",
    "/endringer",
    "/papirkurv",
    "/knytt/hendelse/500",
    "/knytt/hendelse/500?q=oppdiktet",
)


def main() -> None:
    """Fill an archive, ask for its pages, print how long they took."""
    words = sys.argv[1:]
    paths = [path for path in PATHS if not words or any(word in path for word in words)]
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder:
        settings = read_settings({"STEMME_DATA": str(Path(folder) / "data")})
        initialise(settings, now=NOW)
        database = open_database(settings)
        with database.write() as session:
            user = add_user(session, name="Siri Sekretær", username="siri", role=Role.SECRETARY, now=NOW, by=None)
            add_user(session, name="Dag Drift", username="dag", role=Role.OWNER, now=NOW, by=None)
            key, number = logins.start_session(session, user, now=datetime.now(UTC)), user.fs_uniquifier
            fill(session, by=user.id)
            session.commit()
        database.close()
        app = create_app(settings, keep_index=False)
        collect_only_what_comes()  # as `stemme serve` does
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update({SESSION_KEY: key, "_user_id": number, "_fresh": True})
        print(f"{'page':38} {'median':>7} {'p95':>7} {'processor':>9}  ms; to reach: p95 {TO_REACH_MS}")
        for path in paths:
            print(_measured(client, path), flush=True)
        app.extensions["archive"].close()


def _measured(client: FlaskClient, path: str) -> str:
    took, worked = [], []
    for number in range(ROUNDS + 3):
        began, busy = time.perf_counter(), time.process_time()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        if number >= 3:
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
    late = statistics.quantiles(took, n=20)[-1]
    sign = "" if late <= TO_REACH_MS else "  over"
    return f"{path:38} {statistics.median(took):7.1f} {late:7.1f} {statistics.median(worked):9.1f}{sign}"


if __name__ == "__main__":
    main()

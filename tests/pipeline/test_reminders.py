"""Reminders through a real mail server, and through the death of the worker at any moment."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from archive.database import Database
from archive.local_time import day_of
from archive.organisation.contacts import write_contact
from archive.people import find_or_add_person
from archive.settings import Settings
from archive.setup import secret_key
from archive.yearwheel.duties import DutyDetails, Owner, add_duty
from archive.yearwheel.occurrences import When, plan_occurrence
from archive.yearwheel.reminders import Reminder, Sending, read_link
from tests.pipeline.working import PROJECT, kill, wait_for


class Postman:
    """A mail server's own part: it keeps every letter that it said yes to, and may kill the worker at that moment."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}  # an address, and what is said of it
        self.away = 0  # so many letters are put off first
        self.victim: subprocess.Popen[bytes] | None = None  # killed once its letter is accepted, before it hears so

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Who may be written to."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """A letter."""
        if self.away:
            self.away -= 1
            return "451 kom igjen senere"
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.letters.append(parsed)
        if self.victim is not None:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim = None
        return "250 OK"

    def counts(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(str(letter["Message-ID"]) for letter in self.letters)


@pytest.fixture
def postman() -> Iterator[tuple[Postman, str]]:
    """A mail server on a port of its own, and its address."""
    postman = Postman()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    yield postman, f"smtp://127.0.0.1:{port}"
    controller.stop()


def make_due(database: Database, count: int) -> None:
    """So many people who each have a deadline tomorrow."""
    now = datetime.now(UTC)
    with database.write() as session:
        for number in range(count):
            person = find_or_add_person(session, f"Olga Oppdiktet {number}")
            write_contact(session, person, email=f"olga{number}@eksempel.example", phone="", by=None, now=now)
            details = DutyDetails(f"Oppgave {number}", owners=(Owner(person_id=person.id),))
            duty = add_duty(session, details, by=None, now=now)
            plan_occurrence(session, duty, When(day_of(now) + timedelta(days=1)), unit_id=None, by=None, now=now)
        session.commit()


@contextmanager
def mailing(settings: Settings, url: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker in a process of its own."""
    command = [sys.executable, "-m", "tests.pipeline.mailing", str(settings.data), url]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        try:
            yield process
        finally:
            process.kill()


def states(database: Database) -> Counter[Sending]:
    """How far the letters have come."""
    with database.read() as session:
        return Counter(each.state for each in session.query(Reminder))


def test_each_is_written_to_once_with_a_link_that_works(
    settings: Settings, database: Database, postman: tuple[Postman, str]
) -> None:
    server, url = postman
    make_due(database, 3)
    server.away = 1
    server.refuses["olga2@eksempel.example"] = "550 finnes ikke"
    with mailing(settings, url):
        wait_for(lambda: states(database)[Sending.SENT] >= 1 and states(database)[Sending.REFUSED] == 1)
        with database.write() as session:  # do not wait two minutes for the one that was put off
            session.query(Reminder).update({Reminder.try_again_at: None})
            session.commit()
        wait_for(lambda: states(database) == {Sending.SENT: 2, Sending.REFUSED: 1})
    assert set(server.counts().values()) == {1}
    letter = server.letters[0]
    assert letter["From"].addresses[0].addr_spec == "arkivet@eksempel.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content()
    token = text.partition("https://arkiv.example/svar/")[2].split()[0]
    with database.read() as session:
        found = read_link(session, token, today=day_of(datetime.now(UTC)))
        assert found.message_id == letter["Message-ID"] and found.person.name in text
    assert secret_key(settings) not in text


def test_without_a_mail_server_they_wait_for_a_person(settings: Settings, database: Database, tmp_path: Path) -> None:
    from tests.pipeline.working import child_worker

    make_due(database, 1)
    with child_worker(settings, tmp_path / "log", seconds=0):
        wait_for(lambda: states(database)[Sending.WAITING] == 1)
        time.sleep(1.5)
    assert states(database) == {Sending.WAITING: 1}


def _survive(settings: Settings, database: Database, server: Postman, url: str, kills: int) -> tuple[int, int]:
    """Kill the worker so often, every other time between the server's yes and our commit; (letters, sent twice)."""
    chance = random.Random(5)
    make_due(database, kills)
    in_the_gap = 0
    for number in range(kills):
        with mailing(settings, url) as process:
            if number % 2 == 0 and states(database)[Sending.SENT] < kills:
                before = len(server.letters)
                server.victim = process
                wait_for(lambda before=before: len(server.letters) > before)  # type: ignore[misc]
                process.wait(120)
                in_the_gap += 1
            else:
                time.sleep(chance.uniform(0.3, 4))
                kill(process)
            server.victim = None
    with mailing(settings, url):
        wait_for(lambda: states(database) == {Sending.SENT: kills}, seconds=240)
    counts = server.counts()
    assert len(counts) == kills  # none missed
    twice = {message_id: count for message_id, count in counts.items() if count > 1}
    with database.read() as session:
        attempts = {each.message_id: each.attempts for each in session.query(Reminder)}
    assert all(attempts[message_id] >= count for message_id, count in counts.items())  # each second letter is counted
    assert sum(count - 1 for count in twice.values()) <= kills
    return len(server.letters), len(twice)


def test_three_deaths_of_the_worker_lose_nothing_and_double_only_in_the_gap(
    settings: Settings, database: Database, postman: tuple[Postman, str]
) -> None:
    server, url = postman
    _letters, twice = _survive(settings, database, server, url, 3)
    assert 1 <= twice <= 2  # the two that were killed in the gap


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_hundred_deaths_of_the_worker(
    settings: Settings, database: Database, postman: tuple[Postman, str], capsys: pytest.CaptureFixture[str]
) -> None:
    server, url = postman
    letters, twice = _survive(settings, database, server, url, 100)
    with capsys.disabled():
        sys.stdout.write(f"\n100 kills: {letters} letters for 100 reminders, {twice} sent twice, 0 missed\n")

"""*Legg til opptak*: sound for an interview that came as a text, with real files, and everything that can be wrong."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.test import TestResponse

from archive.access import ConsentDetails, Use, open_interview
from archive.accounts import Role
from archive.audit import AuditEvent
from archive.database import Database
from archive.exchange.reading import read_text
from archive.importing import import_text
from archive.interviews import Access, Interview, InterviewDetails, Status
from archive.jobs import WorkerSlot
from archive.recordings import MachineLayer, RecordingState, Upload
from archive.settings import Settings
from archive.transcripts import segments_of
from media.store import open_store
from tests.web.conftest import NOW, Browser
from tests.web.live import PHONE, wait_for_sound
from tests.web.stories import make_sound, person_with
from tests.web.test_handin import send, tone
from tests.web.test_upload import Sender

TIMED = """WEBVTT

00:01.000 --> 00:02.000
<v Kari Nordmann>Vi stiftet laget

00:05.000 --> 00:09.000
<v I>Når var det?
"""
UNTIMED = "Kari Nordmann: Vi stiftet laget.\nIntervjuer: Når var det?\n"


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sides of a tape, a letter that calls itself one, and an empty file."""
    folder = tmp_path_factory.mktemp("sounds")
    tone(folder / "side1.mp3", 10, pitch=300)
    tone(folder / "side2.mp3", 3, pitch=500)
    (folder / "brev.mp3").write_text("Kjære Kari, takk for sist.\n" * 40)
    return folder


@pytest.fixture
def ours(database: Database) -> int:
    """A text with times that the volunteer brought in."""
    return bring_in(database, TIMED)


def bring_in(database: Database, text: str, title: str = "Laget") -> int:
    by = person_with(database, Role.VOLUNTEER)
    with database.write() as session:
        details = InterviewDetails(title=title, narrators=("Kari Nordmann",))
        read = read_text(text.encode(), name="a")
        interview = import_text(session, read, details, original_name="a", sha256="0", handed_in_by_id=by, now=NOW)
        session.commit()
        return interview.id


def page_for(number: int) -> str:
    return f"/intervju/{number}/legg-til-opptak"


def add(browser: Browser, number: int, *upload_ids: str, **more: str) -> TestResponse:
    return browser.post_form(page_for(number), {"upload": list(upload_ids), **more}, page="/lever")


def lines_of(database: Database, number: int) -> list[tuple[int, int, str]]:
    with database.read() as session:
        return [(line.start_ms, line.end_ms, line.text) for line in segments_of(session, number)]


def recordings_of(database: Database, number: int) -> list[tuple[str, int]]:
    with database.read() as session:
        return [(each.original_name, each.offset_ms) for each in session.get_one(Interview, number).recordings]


def test_the_sound_is_received_as_every_recording_is_and_the_text_stands(
    ours: int, volunteer: Browser, sounds: Path, database: Database, settings: Settings
) -> None:
    before = lines_of(database, ours)
    page = volunteer.get(f"/intervju/{ours}").text
    assert page_for(ours) in page
    form = volunteer.get(page_for(ours)).text
    assert "Teksten som er lagt inn, blir stående" in form
    assert "fra tidene i den" in form
    sender = Sender(volunteer)
    two = [send(sender, sounds / name) for name in ("side1.mp3", "side2.mp3")]
    answer = add(volunteer, ours, *two)
    assert (answer.status_code, answer.location) == (303, f"/lever/{ours}/kvittering")
    assert [name for name, _ in recordings_of(database, ours)] == ["side1.mp3", "side2.mp3"]
    assert recordings_of(database, ours)[1][1] == pytest.approx(10_000, abs=60)
    assert lines_of(database, ours) == before
    receipt = volunteer.get(answer.location).text
    assert "Mottatt og kontrollert" in receipt
    assert "Teksten som var lagt inn, står." in receipt
    with database.read() as session:
        interview = session.get_one(Interview, ours)
        assert interview.status is Status.IN_REVIEW
        assert all(open_store(settings.store_url).verify(each.sha256) for each in interview.recordings)
        assert session.scalars(select(Upload)).all() == []
        acts = list(session.scalars(select(AuditEvent.act).where(AuditEvent.thing_id == ours)))
    assert acts[-2:] == ["received", "handed_in"]


def test_the_page_says_what_the_text_is_and_plays_from_its_times(
    ours: int, volunteer: Browser, sounds: Path, database: Database
) -> None:
    add(volunteer, ours, send(Sender(volunteer), sounds / "side1.mp3"))
    with database.write() as session:
        session.add(WorkerSlot(name="worker-0", started_at=NOW, seen_at=NOW))
        session.commit()
    page = volunteer.get(f"/intervju/{ours}").text
    assert "<b>Maskinen hører opptaket.</b> Teksten du ser, blir stående" in page
    assert "opptaket på nytt" not in page
    assert "Teksten er lagt inn av mennesker." in page
    assert "data-player" in page
    assert 'aria-label="Spill fra 0:01"' in page
    assert ">Rett</a>" in page  # nobody waits for the machine with that
    assert "Legg til opptak" not in page
    with database.write() as session:
        recording = session.get_one(Interview, ours).recordings[0]
        recording.state = RecordingState.DONE
        layer = {"engine": "faster-whisper", "model": "stor", "model_sha256": "0", "options": {}, "speech_ms": 0}
        recording.layers.append(MachineLayer(run=1, started_at=NOW, finished_at=NOW, **layer))
        session.commit()
    page = volunteer.get(f"/intervju/{ours}").text
    assert "Det maskinen har hørt, ligger ved siden av." in page
    assert "skrevet av en maskin" not in page


def test_a_text_without_times_is_read_beside_the_player_and_offers_no_place_to_play_from(
    volunteer: Browser, sounds: Path, database: Database
) -> None:
    number = bring_in(database, UNTIMED)
    assert "Den har ingen tider" in volunteer.get(page_for(number)).text
    add(volunteer, number, send(Sender(volunteer), sounds / "side1.mp3"))
    page = volunteer.get(f"/intervju/{number}").text
    assert "data-player" in page
    assert "Vi stiftet laget." in page
    assert "Spill fra" not in page
    assert "mangler tekst" not in page


def test_a_file_that_is_no_sound_is_refused_and_nothing_is_lost(
    ours: int, volunteer: Browser, sounds: Path, database: Database
) -> None:
    sender = Sender(volunteer)
    good, letter = send(sender, sounds / "side1.mp3"), send(sender, sounds / "brev.mp3")
    answer = add(volunteer, ours, good, letter)
    assert answer.status_code == 422
    assert "Opptaket er ikke lagt til ennå" in answer.text
    assert "brev.mp3:</b> Dette er ikke et lydopptak" in answer.text
    assert good in answer.text
    assert recordings_of(database, ours) == []
    assert add(volunteer, ours, good).status_code == 303


def test_no_file_at_all_is_said(ours: int, volunteer: Browser) -> None:
    answer = add(volunteer, ours)
    assert (answer.status_code, "Velg opptaket du vil levere." in answer.text) == (422, True)


def test_a_second_recording_is_refused_and_stays_uploaded(
    ours: int, volunteer: Browser, sounds: Path, database: Database
) -> None:
    sender = Sender(volunteer)
    add(volunteer, ours, send(sender, sounds / "side1.mp3"))
    answer = add(volunteer, ours, send(sender, sounds / "side2.mp3"))
    assert (answer.status_code, answer.location) == (303, f"/intervju/{ours}")
    assert "Intervjuet har lyd alt." in volunteer.get(answer.location).text
    assert [name for name, _ in recordings_of(database, ours)] == ["side1.mp3"]
    assert "side2.mp3" in volunteer.get("/mine-opptak").text
    assert volunteer.get(page_for(ours)).status_code == 303


def test_a_recording_that_lies_in_the_archive_is_refused(
    ours: int, volunteer: Browser, sounds: Path, database: Database
) -> None:
    sender = Sender(volunteer)
    add(volunteer, ours, send(sender, sounds / "side1.mp3"))
    other = bring_in(database, UNTIMED, "Et annet")
    answer = add(volunteer, other, send(sender, sounds / "side1.mp3", "kopi.mp3"))
    assert answer.status_code == 422
    assert "Dette opptaket har vi fra før." in answer.text
    assert recordings_of(database, other) == []


def test_the_button_pressed_twice_adds_once(ours: int, volunteer: Browser, sounds: Path, database: Database) -> None:
    upload_id = send(Sender(volunteer), sounds / "side1.mp3")
    answers = [add(volunteer, ours, upload_id) for _ in range(2)]
    assert [each.location for each in answers] == [f"/lever/{ours}/kvittering"] * 2
    assert len(recordings_of(database, ours)) == 1


def test_without_scripts_the_file_comes_with_the_form(
    ours: int, volunteer: Browser, sounds: Path, database: Database
) -> None:
    form = {"files": (io.BytesIO((sounds / "side1.mp3").read_bytes()), "side1.mp3")}
    answer = volunteer.post_form(page_for(ours), form, page=page_for(ours), content_type="multipart/form-data")
    assert answer.status_code == 303
    assert [name for name, _ in recordings_of(database, ours)] == ["side1.mp3"]


def test_a_text_that_goes_on_after_the_sound_is_remarked_on(
    ours: int, volunteer: Browser, sounds: Path, database: Database
) -> None:
    long = bring_in(database, TIMED.replace("00:09.000", "45:00.000"), "Langt")
    answer = add(volunteer, long, send(Sender(volunteer), sounds / "side1.mp3"))
    assert "Teksten går til 45:00, men opptaket varer 10 s." in volunteer.get(answer.location).text


def test_who_may_not_see_or_edit_it_may_not_add_sound(
    ours: int, database: Database, app: Flask, browser_of: Callable[[Role], Browser], secretary: Browser
) -> None:
    def answers(role: Role) -> list[int]:
        browser = browser_of(role)
        posted = browser.post_form(page_for(ours), page="/" if role is not Role.VISITOR else "/logg-inn")
        return [browser.get(page_for(ours)).status_code, posted.status_code]

    assert answers(Role.VISITOR) == [302, 401]
    assert answers(Role.MEMBER) == [403, 403]
    with database.write() as session:
        session.get_one(Interview, ours).handed_in_by_id = None
        session.commit()
    assert answers(Role.VOLUNTEER) == [404, 404]  # closed, and nobody gave it to this volunteer
    assert secretary.get(page_for(ours)).status_code == 200
    with database.write() as session:
        consent = ConsentDetails(given_by="Kari Nordmann", use=Use.ALL, valid_from=NOW.date())
        interview = session.get_one(Interview, ours)
        open_interview(session, interview, Access.OPEN, consent=consent, by=None, now=NOW)
        session.commit()
    assert "Legg til opptak" not in browser_of(Role.MEMBER).get(f"/intervju/{ours}").text


@pytest.mark.browser
def test_a_volunteer_adds_sound_and_hears_it(
    ours: int, page_of: Callable[..., Page], tmp_path: Path, database: Database
) -> None:
    page = page_of(Role.VOLUNTEER, size=PHONE)
    page.goto(f"/intervju/{ours}")
    page.get_by_role("link", name="Legg til opptak").click()
    page.set_input_files("#files", make_sound(tmp_path / "bånd.wav", 12))
    page.get_by_role("button", name="Legg til opptaket").click()
    page.wait_for_url(re.compile("kvittering"))
    page.get_by_role("link", name="Les og hør intervjuet").click()
    expect(page.get_by_role("button", name="Spill", exact=True)).to_be_visible()  # with the script
    page.get_by_role("link", name="Spill fra 0:05").click()
    wait_for_sound(page)
    assert [name for name, _ in recordings_of(database, ours)] == ["bånd.wav"]

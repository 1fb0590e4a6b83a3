"""Handing in: the form, what goes wrong with files, the receipt, and Mine opptak."""

import hashlib
import io
import re
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from archive.accounts import Role, User
from archive.audit import AuditEvent
from archive.bin_rows import BinEntry
from archive.database import Database
from archive.handing_in import JUST_NOW, check_upload, receive_uploads
from archive.interviews import Access, Interview, InterviewDetails, Part, Status, add_interview
from archive.jobs import WorkerSlot
from archive.planning import PlanDetails, plan_interview
from archive.recordings import ReceivedFile, Upload, add_recordings
from archive.settings import Settings
from archive.transcripts import Segment
from media.store import open_store
from tests.web.conftest import NOW, Browser, enter
from tests.web.test_upload import Sender
from web.visit import now

DETAILS = {
    "title": "Blanketten",
    "narrators": ["Ragnhild Oppdiktet", ""],
    "held_on": "2022-03-14",
    "interviewers": "Ida Intervjuer",
    "heard": "",
    "place": "Namsos",
    "creator_id": "",
    "language": "nb",
    "dialect": "namdalsk",
    "order": "in_order",
}


def tone(path: Path, seconds: float = 2, *options: str, pitch: int = 440) -> Path:
    source = ["-f", "lavfi", "-i", f"sine=frequency={pitch}:duration={seconds}"]
    command = ["ffmpeg", "-v", "error", "-y", *source, *options, str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two sides, a phone's recording, a film with sound and one without, and broken copies."""
    folder = tmp_path_factory.mktemp("sounds")
    tone(folder / "side1.mp3", 2, pitch=300)
    tone(folder / "side2.mp3", 3, pitch=500)
    tone(folder / "telefon.m4a", 20, "-c:a", "aac")
    picture = ["-f", "lavfi", "-i", "testsrc=duration=1:size=64x64:rate=5"]
    silent = ["ffmpeg", "-v", "error", *picture, "-an", str(folder / "stum.mp4")]
    subprocess.run(silent, check=True, stdin=subprocess.DEVNULL)
    tone(folder / "film.mp4", 1, *picture, "-c:a", "aac", "-shortest")
    (folder / "tom.mp3").touch()
    (folder / "brev.mp3").write_text("Kjære Ragnhild, takk for sist.\n" * 40)
    whole = (folder / "side2.mp3").read_bytes()
    (folder / "avkuttet.mp3").write_bytes(whole[: len(whole) // 2])
    whole = (folder / "telefon.m4a").read_bytes()
    (folder / "avkuttet.m4a").write_bytes(whole[: len(whole) // 2])
    return folder


@pytest.fixture
def sender(volunteer: Browser) -> Sender:
    """The volunteer's way of sending pieces."""
    return Sender(volunteer)


def send(sender: Sender, path: Path, name: str | None = None) -> str:
    """Upload a file whole; gives the upload's id."""
    bytes_ = path.read_bytes()
    address = sender.begin(len(bytes_), name or path.name)
    assert sender.append(address, 0, bytes_).status_code == 204
    return address.removeprefix("/tus/")


def hand_in(browser: Browser, **fields: Any) -> TestResponse:
    return browser.post_form("/lever", {**DETAILS, **fields}, page="/lever")


def number_of(answer: TestResponse) -> int:
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/lever/(\d+)/kvittering", answer.headers["Location"])
    assert found
    return int(found[1])


def interview_of(database: Database, number: int) -> Interview:
    session = database.read()
    return session.get_one(Interview, number)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def check(sender: Sender, upload_id: str) -> TestResponse:
    return sender.browser.post(f"/lever/kontroll/{upload_id}", data={"csrf_token": sender.token})


# --- one recording, all the way ---


def test_a_recording_is_received_and_checked(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database, settings: Settings
) -> None:
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "side1.mp3")))
    interview = interview_of(database, number)
    assert (interview.title, interview.status, interview.access) == ("Blanketten", Status.RECEIVED, Access.CLOSED)
    assert [each.name for each in interview.narrators] == ["Ragnhild Oppdiktet"]
    assert [each.name for each in interview.people(Part.INTERVIEWER)] == ["Ida Intervjuer"]
    assert (str(interview.held_on), interview.place, interview.dialect) == ("2022-03-14", "Namsos", "namdalsk")
    (recording,) = interview.recordings
    assert recording.sha256 == hashlib.sha256((sounds / "side1.mp3").read_bytes()).hexdigest()
    assert open_store(settings.store_url).verify(recording.sha256)
    assert recording.duration_ms == pytest.approx(2000, abs=60)
    assert names_in(settings.incoming) == []
    receipt = volunteer.get(f"/lever/{number}/kvittering").text
    assert "Mottatt og kontrollert" in receipt
    assert "side1.mp3" in receipt
    assert recording.sha256[:16] in receipt
    with database.read() as session:
        assert session.scalars(select(Upload)).all() == []


def test_two_sides_follow_each_other_in_the_order_chosen(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database
) -> None:
    second, first = send(sender, sounds / "side2.mp3"), send(sender, sounds / "side1.mp3")
    interview = interview_of(database, number_of(hand_in(volunteer, upload=[first, second])))
    one, two = interview.recordings
    assert (one.original_name, two.original_name) == ("side1.mp3", "side2.mp3")
    assert (one.offset_ms, two.offset_ms) == (0, one.duration_ms)


def test_one_file_per_person_starts_at_the_same_time(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database
) -> None:
    ids = [send(sender, sounds / "side1.mp3"), send(sender, sounds / "side2.mp3")]
    speakers = {f"speaker-{ids[0]}": "Ragnhild Oppdiktet", f"speaker-{ids[1]}": "Ida Intervjuer"}
    interview = interview_of(database, number_of(hand_in(volunteer, upload=ids, order="one_time", **speakers)))
    assert [each.offset_ms for each in interview.recordings] == [0, 0]
    assert [each.speaker and each.speaker.name for each in interview.recordings] == list(speakers.values())
    assert interview.recordings[0].speaker == interview.narrators[0]


def test_a_film_with_sound_is_welcome(sender: Sender, volunteer: Browser, sounds: Path, database: Database) -> None:
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "film.mp4")))
    assert interview_of(database, number).recordings[0].codec == "aac"


def test_a_cut_mp3_keeps_what_there_is(sender: Sender, volunteer: Browser, sounds: Path, database: Database) -> None:
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "avkuttet.mp3")))
    assert interview_of(database, number).duration_ms == pytest.approx(1500, abs=150)


# --- from the plan ---


@pytest.fixture
def planned(database: Database) -> int:
    """Somebody we want to ask, on an agreed day."""
    with database.write() as session:
        by = session.query(User).filter_by(username="volunteer").one().id
        details = PlanDetails(narrator="Anna Oppdiktet", agreed_on=NOW.date(), haste=1, question_guide="Hva sang dere?")
        interview = plan_interview(session, details, now=NOW, by=by)
        session.commit()
        return interview.id


def test_handing_in_from_the_plan_keeps_number_and_plan(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database, planned: int
) -> None:
    form = volunteer.get(f"/lever?fra={planned}").text
    assert 'value="Anna Oppdiktet"' in form
    assert 'value="2026-03-14"' in form
    upload_id = send(sender, sounds / "side1.mp3")
    assert number_of(hand_in(volunteer, upload=upload_id, fra=planned, narrators="Anna Oppdiktet")) == planned
    interview = interview_of(database, planned)
    assert interview.plan is not None
    assert interview.plan.question_guide == "Hva sang dere?"
    assert "Anna Oppdiktet" not in volunteer.get("/intervjuplan").text


def test_a_plan_that_was_handed_in_meanwhile_is_not_taken_over(
    sender: Sender, volunteer: Browser, secretary: Browser, sounds: Path, database: Database, planned: int
) -> None:
    theirs = Sender(secretary)
    number_of(hand_in(secretary, upload=send(theirs, sounds / "side1.mp3"), fra=planned))
    mine = send(sender, sounds / "side2.mp3")
    answer = hand_in(volunteer, upload=mine, fra=planned, title="Min egen")
    assert answer.status_code == 422
    assert "levert alt" in answer.text
    assert "Min egen" in answer.text
    assert number_of(hand_in(volunteer, upload=mine, title="Min egen")) != planned
    assert interview_of(database, planned).title == "Blanketten"
    assert "levert alt" in volunteer.get(f"/lever?fra={planned}").text
    assert "levert alt" in volunteer.get("/lever?fra=99999999999999999999").text


# --- what is missing, and nothing lost ---


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(
    sender: Sender, volunteer: Browser, sounds: Path
) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    answer = hand_in(volunteer, upload=upload_id, title="", narrators="", held_on="", dialect="ekte innherredsmål")
    assert answer.status_code == 422
    for field in ("title", "narrators", "held_on"):
        assert f'id="{field}-problem"' in answer.text
    assert "ekte innherredsmål" in answer.text
    assert f'name="upload" value="{upload_id}" checked' in answer.text
    number_of(hand_in(volunteer, upload=upload_id))


@pytest.mark.parametrize("day", ["31.02.2022", "i fjor", "2022-13-01", "14.03.22"])
def test_a_day_that_is_none(sender: Sender, volunteer: Browser, sounds: Path, day: str) -> None:
    answer = hand_in(volunteer, upload=send(sender, sounds / "side1.mp3"), held_on=day)
    assert answer.status_code == 422
    assert "14.03.2022" in answer.text
    assert f'value="{day}"' in answer.text


def test_a_day_to_come_is_refused(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    answer = hand_in(volunteer, upload=send(sender, sounds / "side1.mp3"), held_on="2999-01-01")
    assert "fram i tid" in answer.text


def test_a_day_as_people_write_it(sender: Sender, volunteer: Browser, sounds: Path, database: Database) -> None:
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "side1.mp3"), held_on="14.3.2022"))
    assert str(interview_of(database, number).held_on) == "2022-03-14"


def test_without_a_file_nothing_is_handed_in(volunteer: Browser, database: Database) -> None:
    answer = hand_in(volunteer)
    assert answer.status_code == 422
    assert "Velg opptaket du vil levere" in answer.text
    with database.read() as session:
        assert session.scalars(select(Interview)).all() == []


def test_too_long_values_and_forged_choices(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    for wrong in ({"title": "x" * 400}, {"creator_id": "999"}, {"creator_id": "9" * 5000}, {"language": "klingonsk"}):
        assert hand_in(volunteer, upload=upload_id, **wrong).status_code == 422
    assert hand_in(volunteer, upload=upload_id, order="begge deler").status_code == 303


def test_names_that_cannot_be_kept_stop_it_before_any_file_moves(
    sender: Sender, volunteer: Browser, sounds: Path, settings: Settings, database: Database
) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    speaker = f"speaker-{upload_id}"
    for wrong in ({speaker: "x" * 201}, {"narrators": "\ufb2c" * 150}, {"narrators": "\x07"}):  # U+FB2C becomes three
        assert hand_in(volunteer, upload=upload_id, order="one_time", **wrong).status_code == 422
    assert names_in(Path(settings.store_url)) == []
    number = number_of(hand_in(volunteer, upload=upload_id, order="one_time", heard="\x07", **{speaker: "\x07"}))
    interview = interview_of(database, number)
    assert interview.people(Part.HEARD) == []
    assert interview.recordings[0].speaker is None


def test_one_more_name_without_javascript(sender: Sender, volunteer: Browser) -> None:
    answer = hand_in(volunteer, more="narrators", narrators="Ragnhild Oppdiktet")
    assert answer.status_code == 200
    assert answer.text.count('name="narrators"') == 2
    assert hand_in(volunteer, more="something else").status_code == 400


# --- files that cannot be received ---


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("brev.mp3", "ikke et lydopptak"),
        ("stum.mp4", "ingen lyd"),
        ("avkuttet.m4a", "skadet"),
    ],
)
def test_a_file_without_usable_sound(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database, settings: Settings, name: str, said: str
) -> None:
    good, bad = send(sender, sounds / "side1.mp3"), send(sender, sounds / name)
    told = check(sender, bad)
    assert told.status_code == 422
    assert said in told.text
    answer = hand_in(volunteer, upload=[good, bad])
    assert answer.status_code == 422
    assert said in answer.text
    assert "Blanketten" in answer.text
    assert names_in(Path(settings.store_url)) == []
    with database.read() as session:
        assert session.scalars(select(Interview)).all() == []
    number_of(hand_in(volunteer, upload=good))


def test_an_empty_file_is_refused_at_once(sender: Sender, sounds: Path) -> None:
    answer = sender.create(0, "tom.mp3")
    assert answer.status_code == 400
    assert "Filen er tom" in answer.text


def test_a_good_file_is_said_to_be_good(sender: Sender, sounds: Path) -> None:
    told = check(sender, send(sender, sounds / "side1.mp3"))
    assert told.status_code == 200
    assert "2 s lyd" in told.text


def test_a_file_that_is_not_whole_waits(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    whole = (sounds / "side1.mp3").read_bytes()
    address = sender.begin(len(whole), "side1.mp3")
    sender.append(address, 0, whole[:1000])
    answer = hand_in(volunteer, upload=address[5:])
    assert answer.status_code == 422
    assert "der den slapp" in answer.text
    sender.append(address, 1000, whole[1000:])
    number_of(hand_in(volunteer, upload=address[5:]))


def test_the_same_file_twice_in_one_hand_in(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    ids = [send(sender, sounds / "side1.mp3"), send(sender, sounds / "side1.mp3", "kopi.mp3")]
    answer = hand_in(volunteer, upload=ids)
    assert answer.status_code == 422
    assert "valgt to ganger" in answer.text
    number_of(hand_in(volunteer, upload=[ids[0], ids[0]]))


def test_a_file_received_before_is_named_to_who_may_see_it(sender: Sender, volunteer: Browser, sounds: Path) -> None:
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "side1.mp3")))
    again = send(sender, sounds / "side1.mp3", "kopi.mp3")
    for answer in (check(sender, again), hand_in(volunteer, upload=again, title="En kopi")):
        assert answer.status_code == 422
        assert "har vi fra før" in answer.text
        assert f'<a href="/intervju/{number}">Blanketten</a>' in answer.text


def test_a_file_received_before_is_not_told_of_to_others(
    volunteer: Browser, secretary: Browser, sounds: Path, database: Database
) -> None:
    number = number_of(hand_in(secretary, upload=send(Sender(secretary), sounds / "side1.mp3"), title="Hemmelig"))
    mine = Sender(volunteer)
    again = send(mine, sounds / "side1.mp3")
    for answer in (check(mine, again), hand_in(volunteer, upload=again)):
        assert "har vi fra før" in answer.text
        assert "Spør Hjelpsom Hansen, telefon 12 34 56 78" in answer.text
        assert "Hemmelig" not in answer.text
        assert f"/intervju/{number}" not in answer.text


def test_a_file_whose_interview_lies_in_the_bin_is_said_to(
    volunteer: Browser, secretary: Browser, sounds: Path, database: Database
) -> None:
    number = number_of(hand_in(volunteer, upload=send(Sender(volunteer), sounds / "side1.mp3"), title="Hemmelig"))
    secretary.post_form(f"/papirkurv/intervju/{number}", page=f"/intervju/{number}/tilgang")
    for browser, words in ((volunteer, "kan sekretæren hente det tilbake"), (secretary, 'href="/papirkurv#i-')):
        mine = Sender(browser)
        again = send(mine, sounds / "side1.mp3")
        for answer in (check(mine, again), hand_in(browser, upload=again), browser.get("/lever")):
            assert "ligger i papirkurven" in answer.text
            assert words in answer.text
            assert "Hemmelig" not in answer.text.split("ligger i papirkurven")[1]
    with database.write() as session:
        session.query(BinEntry).one().erase_at = NOW
        session.commit()
    assert "Nå blir det slettet for godt" in secretary.get("/lever").text


def test_a_hostile_name_is_only_text(sender: Sender, volunteer: Browser, sounds: Path, settings: Settings) -> None:
    name = "../../<img src=x onerror=alert(1)>👵" + "x" * 280 + ".mp3"
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "side1.mp3", name)))
    receipt = volunteer.get(f"/lever/{number}/kvittering").text
    assert "<img src=x" not in receipt
    assert "👵" in receipt
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in names_in(Path(settings.store_url)))


def test_a_form_that_is_sent_twice_at_once_is_one_interview(
    app: Flask, database: Database, settings: Settings, sender: Sender, tmp_path: Path
) -> None:
    """The second of two presses leads to the same receipt."""
    both = threading.Barrier(2)

    def press(upload_id: str) -> TestResponse:
        browser = app.test_client()
        enter(browser, database, "volunteer")
        form = {**DETAILS, "upload": upload_id, "csrf_token": Sender(browser).token}  # type: ignore[arg-type]
        both.wait()
        return browser.post("/lever", data=form)

    for number in range(4):
        upload_id = send(sender, tone(tmp_path / f"{number}.wav", 1, pitch=200 + number))
        with ThreadPoolExecutor(2) as presses:
            answers = list(presses.map(press, [upload_id, upload_id]))
        assert len({number_of(answer) for answer in answers}) == 1
    with database.read() as session:
        assert len(session.scalars(select(Interview)).all()) == 4


def test_a_form_that_comes_again_leads_to_its_receipt(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database, planned: int
) -> None:
    ids = [send(sender, sounds / "side1.mp3"), send(sender, sounds / "side2.mp3")]
    number = number_of(hand_in(volunteer, upload=ids, fra=planned))
    assert number == planned
    assert number_of(hand_in(volunteer, upload=ids, fra=planned)) == number
    with database.read() as session:
        assert len(session.scalars(select(Interview)).all()) == 1


def test_a_form_that_brings_its_files_twice_is_one_interview(
    volunteer: Browser, sounds: Path, database: Database, settings: Settings
) -> None:
    def press(**fields: Any) -> TestResponse:
        files = [((sounds / name).open("rb"), name) for name in ("side1.mp3", "side2.mp3")]
        return hand_in(volunteer, files=files, **fields)

    number = number_of(press())
    assert number_of(press(title=" Blanketten ")) == number
    with database.read() as session:
        assert len(session.scalars(select(Interview)).all()) == 1
        assert session.scalars(select(Upload)).all() == []
    assert names_in(settings.incoming) == []


def test_a_form_that_says_something_else_is_never_taken_for_the_same(
    sender: Sender, volunteer: Browser, secretary: Browser, sounds: Path
) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    number_of(hand_in(volunteer, upload=upload_id))
    other_words = hand_in(volunteer, upload=upload_id, dialect="innherredsmål")
    one_more = hand_in(volunteer, upload=[upload_id, send(sender, sounds / "side2.mp3")])
    another_person = hand_in(secretary, upload=upload_id)
    for answer in (other_words, one_more, another_person):
        assert answer.status_code == 422
        assert "ligger ikke lenger" in answer.text


def test_a_form_that_comes_again_much_later_is_told_what_became_of_the_file(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database
) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    number_of(hand_in(volunteer, upload=upload_id))
    with database.write() as session:
        for event in session.scalars(select(AuditEvent)):
            event.at -= JUST_NOW
        session.commit()
    assert "ligger ikke lenger" in hand_in(volunteer, upload=upload_id).text


def test_others_uploads_cannot_be_handed_in(volunteer: Browser, secretary: Browser, sounds: Path) -> None:
    theirs = send(Sender(secretary), sounds / "side1.mp3")
    assert check(Sender(volunteer), theirs).status_code == 422
    answer = hand_in(volunteer, upload=theirs)
    assert answer.status_code == 422
    assert "ligger ikke lenger" in answer.text


# --- crashes and full disks ---


def test_a_crash_after_the_bytes_moved_loses_nothing(
    sender: Sender, volunteer: Browser, sounds: Path, database: Database, settings: Settings
) -> None:
    """The server died between the store and the database: the file is in the store, the upload's row remains."""
    upload_id = send(sender, sounds / "side1.mp3")
    store = open_store(settings.store_url)
    with database.read() as session:
        user_id = session.get_one(Upload, upload_id).user_id
    receive_uploads(database, settings, store, [upload_id], user_id)
    assert not (settings.incoming / upload_id).exists()
    assert check(sender, upload_id).status_code == 200
    number = number_of(hand_in(volunteer, upload=upload_id))
    assert store.verify(interview_of(database, number).recordings[0].sha256)


def test_an_upload_whose_bytes_are_nowhere_says_so(
    sender: Sender, volunteer: Browser, sounds: Path, settings: Settings
) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    (settings.incoming / upload_id).unlink()
    answer = hand_in(volunteer, upload=upload_id)
    assert answer.status_code == 422
    assert "ligger ikke lenger" in answer.text


def test_a_checked_upload_takes_no_more_bytes(sender: Sender, sounds: Path, database: Database) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    check(sender, upload_id)
    size = (sounds / "side1.mp3").stat().st_size
    assert sender.append(f"/tus/{upload_id}", size, b"x").status_code in (404, 413)
    assert sender.offset(f"/tus/{upload_id}") == size


def test_a_full_store_keeps_form_and_files(
    sender: Sender, volunteer: Browser, sounds: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from media.errors import OutOfRoom

    upload_id = send(sender, sounds / "side1.mp3")

    def full(*_: object) -> None:
        raise OutOfRoom

    with monkeypatch.context() as patch:
        patch.setattr("media.store.FolderStore.adopt", full)
        answer = hand_in(volunteer, upload=upload_id, title="Tatt vare på")
    assert answer.status_code == 422
    assert "ikke plass" in answer.text
    assert "Tatt vare på" in answer.text
    number_of(hand_in(volunteer, upload=upload_id))


def test_a_locked_database_loses_nothing(app_that_waits_briefly: Browser, database: Database, sounds: Path) -> None:
    browser = app_that_waits_briefly
    upload_id = send(Sender(browser), sounds / "side1.mp3")
    with database.engine.connect() as other:
        other.exec_driver_sql("ROLLBACK")
        other.exec_driver_sql("BEGIN IMMEDIATE")
        typed = {**DETAILS, "upload": upload_id, "title": "Låst ute"}
        answer = browser.post_form("/lever", typed, page="/lever", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 503
        assert "Låst ute" in answer.text
        other.exec_driver_sql("ROLLBACK")
    number_of(hand_in(browser, upload=upload_id))


@pytest.fixture
def app_that_waits_briefly(
    settings: Settings, make_app: Callable[..., Any], database: Database, monkeypatch: pytest.MonkeyPatch
) -> Browser:
    """The volunteer's browser on a site that waits a fifth of a second for the database."""
    monkeypatch.setattr("archive.database.BUSY_TIMEOUT_MS", 200)
    browser: Browser = make_app(settings).test_client()
    enter(browser, database, Role.VOLUNTEER.value)
    return browser


# --- without JavaScript ---


def test_the_plain_form_hands_in_whole_files(volunteer: Browser, sounds: Path, database: Database) -> None:
    files = [(io.BytesIO((sounds / name).read_bytes()), name) for name in ("side1.mp3", "side2.mp3")]
    interview = interview_of(database, number_of(hand_in(volunteer, files=files)))
    assert [each.original_name for each in interview.recordings] == ["side1.mp3", "side2.mp3"]


def test_the_plain_form_keeps_its_files_when_a_field_is_missing(
    volunteer: Browser, sounds: Path, database: Database
) -> None:
    file = (io.BytesIO((sounds / "side1.mp3").read_bytes()), "side1.mp3")
    answer = hand_in(volunteer, files=file, title="")
    assert answer.status_code == 422
    found = re.search(r'name="upload" value="(\w+)" checked', answer.text)
    assert found
    number_of(hand_in(volunteer, upload=found[1], files=(io.BytesIO(), "")))


def test_the_plain_form_says_what_is_wrong_with_a_file(volunteer: Browser, sounds: Path) -> None:
    answer = hand_in(volunteer, files=(io.BytesIO(), "tom.mp3"))
    assert answer.status_code == 422
    assert "tom.mp3: Filen er tom" in answer.text


def test_the_plain_form_says_its_limit_and_holds_it(volunteer: Browser) -> None:
    assert "15 MB til sammen" in volunteer.get("/lever").text
    assert hand_in(volunteer, files=(io.BytesIO(bytes(17 * 1024 * 1024)), "stor.wav")).status_code == 413


# --- the receipt, the text growing, and Mine opptak ---


@pytest.fixture
def received(sender: Sender, volunteer: Browser, sounds: Path) -> int:
    """An interview that was just handed in."""
    return number_of(hand_in(volunteer, upload=send(sender, sounds / "side1.mp3")))


def worker_lives(database: Database) -> None:
    with database.write() as session:
        session.add(WorkerSlot(name="worker-0", seen_at=now(), started_at=now()))
        session.commit()


def test_without_a_worker_the_receipt_says_so(volunteer: Browser, received: int) -> None:
    page = volunteer.get(f"/lever/{received}/kvittering").text
    assert "ikke i gang nå" in page
    assert "omtrent" not in page


def test_a_living_worker_gives_an_honest_hour(volunteer: Browser, received: int, database: Database) -> None:
    worker_lives(database)
    page = volunteer.get(f"/lever/{received}/kvittering").text
    assert re.search(r"Ferdig omtrent (kl\.|i morgen kl\.) \d\d\.\d\d", page)


def test_who_stands_behind_others_sees_the_place(
    sender: Sender, volunteer: Browser, sounds: Path, received: int, database: Database
) -> None:
    worker_lives(database)
    number = number_of(hand_in(volunteer, upload=send(sender, sounds / "side2.mp3")))
    assert "Nr. 2 i køen" in volunteer.get(f"/intervju/{number}/framdrift").text


def test_the_text_grows_on_the_receipt(volunteer: Browser, received: int, database: Database) -> None:
    assert "hx-get" in volunteer.get(f"/intervju/{received}/framdrift").text
    with database.write() as session:
        interview = session.get_one(Interview, received)
        interview.status = Status.PROCESSING
        texts = ["Det var en nabo <b>", "som kom med en blankett."]
        recording_id = interview.recordings[0].id
        session.add_all(
            Segment(interview=interview, recording_id=recording_id, start_ms=n * 1000, end_ms=n * 1000 + 900, text=text)
            for n, text in enumerate(texts)
        )
        session.commit()
    page = volunteer.get(f"/intervju/{received}/framdrift").text
    assert "en nabo &lt;b&gt;" in page
    assert page.index("en nabo") < page.index("blankett")
    assert f'href="/intervju/{received}"' in page
    with database.write() as session:
        session.get_one(Interview, received).status = Status.MACHINE_TEXT
        session.commit()
    page = volunteer.get(f"/intervju/{received}/framdrift").text
    assert "Teksten er klar" in page
    assert "hx-get" not in page


def test_the_page_asks_more_and_more_seldom(volunteer: Browser, received: int) -> None:
    pauses = []
    for looks in (0, 29, 30, 90, 399, 400, 10**9):
        found = re.search(r"delay:(\d+)s", volunteer.get(f"/intervju/{received}/framdrift?sett={looks}").text)
        assert found
        pauses.append(int(found[1]))
    assert pauses == [2, 2, 5, 15, 15, 60, 60]


def test_a_failure_is_said_with_whom_to_ask(volunteer: Browser, received: int, database: Database) -> None:
    with database.write() as session:
        session.get_one(Interview, received).status = Status.FAILED
        session.commit()
    page = volunteer.get(f"/intervju/{received}/framdrift").text
    assert "Opptaket er trygt" in page
    assert "12 34 56 78" in page


def test_the_receipt_is_for_who_may_see_the_interview(
    received: int, member: Browser, visitor: Browser, app: Any, database: Database
) -> None:
    from archive.accounts import add_user

    with database.write() as session:
        add_user(session, name="Fride Frivillig", username="fride", role=Role.VOLUNTEER, now=NOW, by=None)
        session.commit()
    other = app.test_client()
    enter(other, database, "fride")
    for path in (f"/lever/{received}/kvittering", f"/intervju/{received}/framdrift"):
        assert other.get(path).status_code == 404
        assert member.get(path).status_code == 403
        assert visitor.get(path).status_code == 302
    assert "Blanketten" not in other.get("/mine-opptak").text


def test_mine_opptak_shows_what_i_handed_in_and_began(
    sender: Sender, volunteer: Browser, received: int, sounds: Path
) -> None:
    address = sender.begin(1000, "halv.mp3")
    sender.append(address, 0, bytes(450))
    page = volunteer.get("/mine-opptak").text
    assert "Blanketten" in page
    assert "mottatt" in page
    assert "halv.mp3" in page
    assert "45 %" in page
    assert "Fortsett" in page


def test_an_upload_can_be_removed(sender: Sender, volunteer: Browser, secretary: Browser, settings: Settings) -> None:
    upload_id = sender.begin(1000, "halv.mp3")[5:]
    sender.append(f"/tus/{upload_id}", 0, bytes(450))
    address = f"/mine-opptak/fil/{upload_id}/fjern"
    assert secretary.post_form(address, page="/lever").status_code == 404
    assert volunteer.post_form(address, page="/mine-opptak").status_code == 303
    assert "halv.mp3" not in volunteer.get("/mine-opptak").text
    assert names_in(settings.incoming) == []


def test_an_empty_mine_opptak_says_what_to_do(volunteer: Browser) -> None:
    page = volunteer.get("/mine-opptak").text
    assert "ikke levert noe ennå" in page
    assert 'href="/lever"' in page


@pytest.mark.parametrize("path", ["/lever", "/mine-opptak"])
def test_for_volunteers(path: str, member: Browser, visitor: Browser) -> None:
    assert member.get(path).status_code == 403
    assert visitor.get(path).status_code == 302


def test_checking_writes_the_hash_down(sender: Sender, sounds: Path, database: Database, settings: Settings) -> None:
    upload_id = send(sender, sounds / "side1.mp3")
    with database.read() as session:
        user_id = session.get_one(Upload, upload_id).user_id
    check_upload(database, settings, open_store(settings.store_url), upload_id, user_id)
    with database.read() as session:
        expected = hashlib.sha256((sounds / "side1.mp3").read_bytes()).hexdigest()
        assert session.get_one(Upload, upload_id).sha256 == expected


def test_two_people_hand_in_the_same_file_in_the_same_second(
    sender: Sender,
    volunteer: Browser,
    sounds: Path,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file was found new; before our transaction comes another that holds the same bytes."""
    upload_id = send(sender, sounds / "side1.mp3")

    def overtaken(*arguments: Any) -> list[ReceivedFile]:
        files = receive_uploads(*arguments)
        with database.write() as session:
            details = InterviewDetails(title="Først", narrators=("Anna Oppdiktet",))
            theirs = add_interview(session, details, handed_in_by_id=None, now=NOW)
            add_recordings(session, theirs, files, received_by_id=None, now=NOW)
            session.commit()
        return files

    monkeypatch.setattr("web.handed_files.receive_uploads", overtaken)
    answer = hand_in(volunteer, upload=upload_id, title="For sent")
    assert answer.status_code == 422
    assert "har vi fra før" in answer.text
    with database.read() as session:
        assert [each.title for each in session.scalars(select(Interview))] == ["Først"]

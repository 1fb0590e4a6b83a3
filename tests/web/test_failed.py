"""When the machine gave up on a recording: the pages say why and what to do, and work can be asked for again."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from archive.accounts import Role, User
from archive.database import Database
from archive.interviews import Access, Interview, Status, assign
from archive.jobs import ask_for_unfinished, unfinished
from archive.recordings import RecordingState
from archive.settings import Settings
from pipeline import failures
from tests.web.conftest import Browser
from tests.web.stories import open_to, person_with
from web import records_words
from web.failure_words import FAILURES


def give_up(database: Database, interview_id: int, failure: str | None, *, listen: str | None = None) -> None:
    """The machine gave up; `failure` None: only on the sound."""
    with database.write() as session:
        interview = session.get_one(Interview, interview_id)
        for recording in interview.recordings:
            recording.listen_failure = listen
            if failure is not None:
                recording.state, recording.failure, recording.attempts = RecordingState.FAILED, failure, 6
                interview.status = Status.FAILED
        session.commit()


def hand_over(database: Database, interview_id: int, role: Role) -> None:
    """The interview was handed in by the person with this role."""
    with database.write() as session:
        session.get_one(Interview, interview_id).handed_in_by_id = person_with(database, role)
        session.commit()


def again(browser: Browser, interview_id: int) -> int:
    return browser.post_form(f"/intervju/{interview_id}/prov-igjen", page="/").status_code


@pytest.mark.parametrize("key", FAILURES)
def test_every_page_says_why_and_offers_to_try_again(
    story: int, volunteer: Browser, database: Database, key: str
) -> None:
    hand_over(database, story, Role.VOLUNTEER)
    give_up(database, story, key)
    for path in (f"/intervju/{story}", f"/lever/{story}/kvittering", "/mine-opptak"):
        page = volunteer.get(path).text
        assert f"Maskinen klarte ikke å skrive teksten: {FAILURES[key].why} {FAILURES[key].what_to_do}" in page, path
        assert ("Opptaket er trygt." in page) == (key != "original_missing"), path
        assert "Ring Hjelpsom Hansen" in page, path
        assert page.count(f'action="/intervju/{story}/prov-igjen"') == 1, path


def test_a_key_that_the_worker_gives_has_its_own_sentence() -> None:
    keys = {key for _, key in failures._KEYS} | {"unknown", "out_of_room"}
    assert keys - set(FAILURES) == {"document_refused"}  # only a document's reading ends with it
    assert set(FAILURES) <= keys
    assert "document_refused" in records_words.FAILURES


def test_a_failed_text_goes_back_in_the_queue(
    story: int, volunteer: Browser, database: Database, settings: Settings
) -> None:
    hand_over(database, story, Role.VOLUNTEER)
    give_up(database, story, "out_of_room", listen="out_of_room")
    assert again(volunteer, story) == 303
    with database.read() as session:
        interview = session.get_one(Interview, story)
        (recording,) = interview.recordings
        assert (interview.status, recording.state) == (Status.PROCESSING, RecordingState.WAITING)
        assert (recording.failure, recording.listen_failure, recording.attempts) == (None, None, 0)
        assert {job.queue for job in unfinished(session, settings)} == {"process"}  # the sound waits for it
    assert ask_for_unfinished(settings) == 0  # the page asked already
    assert "Prøv igjen" not in volunteer.get(f"/intervju/{story}").text
    assert again(volunteer, story) == 303  # a second press changes nothing


def test_only_the_sound_is_made_again_where_only_the_sound_failed(
    story: int, secretary: Browser, database: Database, settings: Settings
) -> None:
    give_up(database, story, None, listen="tool_missing")
    with database.write() as session:
        session.get_one(Interview, story).status = Status.REVIEWED
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "Maskinen klarte ikke å gjøre lyden klar til å spilles her: programmet som leser lydfiler" in page
    assert "kontrollert av mennesker" in page
    assert again(secretary, story) == 303
    with database.read() as session:
        interview = session.get_one(Interview, story)
        assert (interview.status, interview.recordings[0].state) == (Status.REVIEWED, RecordingState.DONE)
        assert [job.queue for job in unfinished(session, settings)] == ["listen"]


def test_of_two_files_only_the_one_that_failed_is_done_again(
    two_files: int, secretary: Browser, database: Database
) -> None:
    give_up(database, two_files, "gave_up")
    with database.write() as session:
        first, _ = session.get_one(Interview, two_files).recordings
        first.state, first.failure = RecordingState.DONE, None
        session.commit()
    assert again(secretary, two_files) == 303
    with database.read() as session:
        states = [each.state for each in session.get_one(Interview, two_files).recordings]
    assert states == [RecordingState.DONE, RecordingState.WAITING]


@pytest.fixture
def two_files(story: int, database: Database) -> int:
    """The interview, with a second file after the first."""
    with database.write() as session:
        interview = session.get_one(Interview, story)
        (first,) = interview.recordings
        values = {column.name: getattr(first, column.name) for column in first.__table__.columns}
        values |= {"id": None, "part": 2, "offset_ms": first.duration_ms, "sha256": "f" * 64}
        interview.recordings.append(type(first)(**values))
        session.commit()
    return story


def test_only_who_works_with_the_interview_may_try_again(
    story: int, browser_of: Callable[[Role], Browser], database: Database
) -> None:
    give_up(database, story, "model_missing")
    volunteer = browser_of(Role.VOLUNTEER)
    assert again(volunteer, story) == 404
    assert browser_of(Role.OWNER).get(f"/intervju/{story}").text.count("Prøv igjen</button>") == 1
    open_to(database, story, Access.OPEN)
    for role in (Role.VISITOR, Role.MEMBER):
        page = browser_of(role).get(f"/intervju/{story}").text
        assert "Maskinen klarte ikke å skrive hele teksten." in page
        assert "Prøv igjen" not in page
        assert "talemodellen" not in page
    assert again(browser_of(Role.MEMBER), story) == 403
    with database.read() as session:
        assert session.get_one(Interview, story).status is Status.FAILED


def test_a_volunteer_it_is_assigned_to_may_try_again(story: int, volunteer: Browser, database: Database) -> None:
    give_up(database, story, "model_missing")
    with database.write() as session:
        user = session.get_one(User, person_with(database, Role.VOLUNTEER))
        assign(session, session.get_one(Interview, story), user, by=None, now=datetime.now(UTC))
        session.commit()
    assert again(volunteer, story) == 303


def test_a_recording_that_could_not_be_heard_anew_keeps_its_text_and_can_be_tried_again(
    story: int, secretary: Browser, member: Browser, database: Database
) -> None:
    open_to(database, story, Access.MEMBERS)
    with database.write() as session:
        (recording,) = session.get_one(Interview, story).recordings
        recording.run, recording.failure = 2, "model_missing"
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "Maskinen klarte ikke å høre opptaket på nytt: talemodellen er ikke installert på serveren." in page
    assert "Teksten står som før. Opptaket er trygt." in page
    assert "Det var en nabo" in page
    assert "høre opptaket på nytt" not in member.get(f"/intervju/{story}").text
    assert "La det være" in page
    assert again(secretary, story) == 303
    with database.read() as session:
        interview = session.get_one(Interview, story)
        assert (interview.status, interview.recordings[0].state) == (Status.MACHINE_TEXT, RecordingState.WAITING)
        assert interview.recordings[0].failure is None
    assert "Maskinen klarte ikke" not in secretary.get(f"/intervju/{story}").text


def test_a_run_that_failed_can_be_let_be(
    story: int, secretary: Browser, volunteer: Browser, database: Database
) -> None:
    with database.write() as session:
        (recording,) = session.get_one(Interview, story).recordings
        recording.run, recording.failure = 2, "model_missing"
        user = session.get_one(User, person_with(database, Role.VOLUNTEER))
        assign(session, recording.interview, user, by=None, now=datetime.now(UTC))
        session.commit()
    page = volunteer.get(f"/intervju/{story}").text
    assert "Prøv igjen</button>" in page and "La det være" not in page  # who only corrects did not ask for it
    assert volunteer.post_form(f"/intervju/{story}/la-det-vaere", page="/").status_code == 403
    assert secretary.post_form(f"/intervju/{story}/la-det-vaere", page="/").status_code == 303
    page = secretary.get(f"/intervju/{story}").text
    assert "Teksten står som før." in page and "Maskinen klarte ikke" not in page
    with database.read() as session:
        recording = session.get_one(Interview, story).recordings[0]
        assert (recording.state, recording.failure) == (RecordingState.DONE, None)

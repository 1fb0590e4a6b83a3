import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.access import VISITOR, Viewer, visible_to
from archive.accounts import Role, User
from archive.database import Database
from archive.errors import NotAllowed
from archive.interviews import Access, Interview, InterviewDetails, Status, add_interview
from archive.overview.sight import sight_of
from archive.planning import planned_interviews
from archive.recordings import RecordingState
from archive.search.index import open_index
from archive.search.query import search
from archive.settings import Settings
from archive.setup import open_database
from archive.site import get_setting
from archive.transcripts import history, segments_of
from media.probe import probe
from media.store import open_store
from stemme import demo
from tests.conftest import settings_for
from tests.stemme.conftest import Stemme
from web.login import DEMO_OFFICES

KEYS = (*demo.CORRECTED, demo.LEFT_TO_THE_MACHINE)


@pytest.fixture
def settings(demo_data: Path, tmp_path: Path) -> Settings:
    """Settings of a demo of its own."""
    return settings_for(Path(shutil.copytree(demo_data, tmp_path / "data")))


@pytest.fixture
def loaded(database: Database) -> Database:
    """An archive that is a demo."""
    return database


def _titles(database: Database, viewer: Viewer, today: date) -> set[str]:
    with database.read() as session:
        held = select(Interview.title).where(visible_to(viewer, today=today), Interview.status != Status.PLANNED)
        return set(session.scalars(held))


def test_who_may_see_what_is_shown_by_the_three_interviews(loaded: Database, today: date) -> None:
    everything = {"Plakater om natten", "Barnehagen i bygda", "Det første møtet"}
    assert _titles(loaded, VISITOR, today) == everything - {"Barnehagen i bygda"}
    assert _titles(loaded, Viewer(Role.MEMBER), today) == everything


def test_everything_is_marked_as_demo(loaded: Database) -> None:
    with loaded.read() as session:
        interviews = session.scalars(select(Interview)).all()
        assert len(interviews) == 6
        assert all(interview.is_demo for interview in interviews)
        assert get_setting(session, "demo") == "1"


def test_every_opening_rests_on_a_consent_that_says_demo(loaded: Database) -> None:
    with loaded.read() as session:
        for interview in session.scalars(select(Interview).where(Interview.access != Access.CLOSED)):
            [consent] = interview.consents
            assert consent.paper.startswith("Demo:")
            assert consent.recorded_by is not None and consent.recorded_by.role == Role.SECRETARY


def test_two_are_corrected_and_the_machine_s_text_is_kept(loaded: Database) -> None:
    with loaded.read() as session:
        interviews = {each.title: each for each in session.scalars(select(Interview))}
        for key, status in zip(demo.CORRECTED, (Status.REVIEWED, Status.IN_REVIEW), strict=True):
            interview = interviews[demo.read_interview(key)["title"]]
            assert interview.status == status
            assert [recording.state for recording in interview.recordings] == [RecordingState.DONE]
            lines = demo.read_interview(key)["lines"]
            for segment, line in zip(segments_of(session, interview.id), lines, strict=True):
                assert (segment.start_ms, segment.end_ms) == (line["start_ms"], line["end_ms"])
                assert segment.checked == line.get("checked", True)
                assert segment.machine_text == " ".join(word[2] for word in line["heard"])
                if segment.checked:
                    assert segment.text == line["text"]
                    assert " ".join(word[2] for word in segment.words) == line["text"]
                    assert history(session, segment.id)[0].text_before == segment.machine_text


def test_one_is_left_for_the_machine(loaded: Database, settings: Settings) -> None:
    with loaded.read() as session:
        interview = session.scalars(select(Interview).where(Interview.title == "Det første møtet")).one()
        assert interview.status == Status.RECEIVED
        [recording] = interview.recordings
        assert recording.state == RecordingState.WAITING
        assert open_store(settings.store_url).verify(recording.sha256)
        assert interview.segments == []


def test_what_was_said_is_found_at_once(loaded: Database, settings: Settings, today: date) -> None:
    index = open_index(settings)
    with loaded.read() as session:
        found = search(session, index, "maling", viewer=VISITOR, today=today)
        assert [hit.title for hit in found.hits] == ["Plakater om natten"]
        assert found.hits[0].speaker == "Oddvar Prøvemo"
        assert search(session, index, "gjerde", viewer=VISITOR, today=today).total == 0
        assert search(session, index, "ordfører", viewer=Viewer(Role.MEMBER), today=today).total == 1


def test_there_is_one_account_for_each_role_without_a_password(loaded: Database) -> None:
    with loaded.read() as session:
        users = session.scalars(select(User)).all()
        assert {user.role for user in users} == set(Role) - {Role.VISITOR}
        assert all(user.password is None and user.username.startswith("demo-") for user in users)


def test_two_members_see_more_because_of_their_offices(loaded: Database, today: date) -> None:
    with loaded.read() as session:
        number = {user.username: user.id for user in session.scalars(select(User))}
        assert {username for _, username, _ in DEMO_OFFICES} == set(demo.IN_OFFICE)
        sees = {key: sight_of(session, Viewer(Role.MEMBER, user), today=today) for key, user in number.items()}
    assert sees["demo-styremedlem"].sees_all and not sees["demo-styremedlem"].may_edit
    assert sees["demo-lagsleder"].own and not sees["demo-lagsleder"].sees_all
    assert not sees["demo-medlem"].sees_all and not sees["demo-medlem"].own


def test_the_plan_shows_whom_to_ask_first(loaded: Database) -> None:
    with loaded.read() as session:
        planned = planned_interviews(session)
        assert [interview.plan.haste for interview in planned if interview.plan] == [1, 2, 3]


def test_loading_twice_changes_nothing(loaded: Database, settings: Settings, now: datetime) -> None:
    demo.load(settings, now=now)
    with loaded.read() as session:
        assert len(session.scalars(select(Interview)).all()) == 6
        assert len(session.scalars(select(User)).all()) == len(demo.ACCOUNTS) + len(demo.IN_OFFICE)


def test_an_archive_in_use_is_never_mixed_with_the_demo(empty_archive: Path, tmp_path: Path, now: datetime) -> None:
    settings = settings_for(Path(shutil.copytree(empty_archive, tmp_path / "used")))
    database = open_database(settings)
    with database.write() as session:
        add_interview(session, InterviewDetails(title="En ekte samtale"), handed_in_by_id=None, now=now)
        session.commit()
    with pytest.raises(NotAllowed):
        demo.load(settings, now=now)
    with database.read() as session:
        assert len(session.scalars(select(Interview)).all()) == 1
        assert session.scalars(select(User)).all() == []
    assert list(open_store(settings.store_url).hashes()) == []
    database.close()


def test_the_command_makes_the_demo_and_may_be_repeated(stemme: Stemme, tmp_path: Path) -> None:
    assert stemme("init", "--demo", STEMME_DATA=str(tmp_path / "new")).exit_code == 0
    assert stemme("init", "--demo").exit_code == 0
    assert stemme("search", "plakatene", "--role", "visitor", "--json").document["total"] > 0


@pytest.mark.parametrize("key", KEYS)
def test_what_is_committed_fits_together(key: str) -> None:
    """After a change: script/make_demo_voices.py, then script/bench demo-voices --keep."""
    sound, document = demo.FOLDER / f"{key}.opus", demo.read_interview(key)
    duration_ms = probe(sound).duration_ms
    assert 60_000 < duration_ms < 130_000
    assert sound.stat().st_size < 300_000
    times = [time for line in document["lines"] for time in (line["start_ms"], line["end_ms"])]
    assert times == sorted(times)
    assert times[-1] <= duration_ms
    for line in document["lines"]:
        for start_ms, end_ms, _, _ in line["heard"]:
            assert line["start_ms"] <= start_ms <= end_ms <= line["end_ms"]


@pytest.mark.slow
@pytest.mark.weights
def test_the_third_is_heard_well_enough_to_be_searched(
    loaded: Database, settings: Settings, today: date, embedded: None
) -> None:
    """After a change of the demo's sound. That a recording becomes text and is found, test_adding.py says each time."""
    from pipeline.worker import work_until_done

    with loaded.read() as session:
        interview_id = session.scalars(select(Interview.id).where(Interview.title == "Det første møtet")).one()
    work_until_done(settings, interview_id, lambda _fraction: None)
    with loaded.read() as session:
        text = " ".join(segment.text for segment in segments_of(session, interview_id)).lower()
    words = [re.sub(r"\W", "", word) for line in demo.read_interview(demo.LEFT_TO_THE_MACHINE)["lines"]
             for word in line["text"].lower().split()]  # fmt: skip
    heard = sum(word in text for word in words)
    assert heard > len(words) / 2


@pytest.fixture
def embedded() -> None:
    """The embedded model, joined as set-up joins it."""
    from pipeline.models import install_embedded

    install_embedded()

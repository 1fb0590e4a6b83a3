"""Pause, go on, stop, hear anew: who may, what is said, and what the rows say afterwards."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview, Status
from archive.jobs import WorkerSlot
from archive.recordings import MachineLayer, Recording, RecordingState
from archive.site import set_setting
from tests.web.conftest import Browser
from tests.web.stories import open_to, person_with


def set_rows(database: Database, interview_id: int, state: RecordingState, status: Status, *, run: int = 1) -> None:
    """The machine has come this far; with `run` 2 the text of the first run stands."""
    with database.write() as session:
        interview = session.get_one(Interview, interview_id)
        interview.status = status
        (recording,) = interview.recordings
        recording.state, recording.run = state, run
        if run == 1:
            recording.layers[0].finished_at = None
        session.commit()


def rows(database: Database, interview_id: int) -> tuple[RecordingState, Status]:
    with database.read() as session:
        interview = session.get_one(Interview, interview_id)
        return interview.recordings[0].state, interview.status


def recording_of(database: Database, interview_id: int) -> Recording:
    with database.read() as session:
        return session.query(Recording).filter_by(interview_id=interview_id).one()


@pytest.fixture
def working(story: int, database: Database) -> int:
    """The interview while its first text is being made, by a worker that is alive."""
    set_rows(database, story, RecordingState.WORKING, Status.PROCESSING)
    with database.write() as session:
        now = datetime.now(UTC)
        session.add(WorkerSlot(name="worker-0", seen_at=now, started_at=now))
        session.commit()
    return story


def press(browser: Browser, interview_id: int, what: str, **typed: object) -> str:
    answer = browser.post_form(
        f"/intervju/{interview_id}/maskinen/{what}", typed, page=f"/intervju/{interview_id}", follow_redirects=True
    )
    return answer.text


def test_pause_and_go_on(working: int, secretary: Browser, database: Database) -> None:
    page = secretary.get(f"/intervju/{working}").text
    assert "Maskinen gjør opptaket klart." in page
    assert ">Pause</button>" in page and ">Fortsett</button>" not in page
    said = press(secretary, working, "pause")
    assert "Det maskinen holder på med akkurat nå, gjør den ferdig først." in said
    assert rows(database, working) == (RecordingState.PAUSED, Status.PAUSED)
    assert "Satt på pause." in said and "Maskinen venter til noen trykker Fortsett." in said
    assert ">Fortsett</button>" in said and ">Pause</button>" not in said
    assert "Arbeidet er" not in said
    said = press(secretary, working, "fortsett")
    assert "Maskinen fortsetter der den slapp." in said
    assert rows(database, working)[0] is RecordingState.WAITING


def test_to_stop_is_asked_about_first(working: int, secretary: Browser, database: Database) -> None:
    asked = secretary.get(f"/intervju/{working}/maskinen/avbryt").text
    assert "Det den har skrevet til nå, blir stående" in asked
    assert rows(database, working)[0] is RecordingState.WORKING
    said = press(secretary, working, "avbryt")
    assert rows(database, working) == (RecordingState.CANCELLED, Status.CANCELLED)
    assert "Skrivingen er avbrutt." in said
    assert ">Fortsett</button>" in said and "Avbryt …" not in said
    assert secretary.get(f"/intervju/{working}/maskinen/avbryt").status_code == 302


def test_what_is_not_under_way_cannot_be_stopped(story: int, secretary: Browser, database: Database) -> None:
    assert "Maskinen er alt ferdig" in press(secretary, story, "pause")
    assert "Maskinen er alt ferdig" in press(secretary, story, "avbryt")
    assert "Arbeidet er ikke satt på pause." in press(secretary, story, "fortsett")
    assert rows(database, story) == (RecordingState.DONE, Status.MACHINE_TEXT)


def test_who_may_stop_the_machine(working: int, browser_of: Callable[[Role], Browser], database: Database) -> None:
    open_to(database, working, Access.OPEN)
    for role in (Role.VISITOR, Role.MEMBER, Role.VOLUNTEER):
        page = browser_of(role).get(f"/intervju/{working}").text
        assert "Maskinen gjør opptaket klart." in page
        assert "Pause</button>" not in page
        assert "Avbryt …" not in page
    volunteer = browser_of(Role.VOLUNTEER)
    path = f"/intervju/{working}/maskinen"
    assert volunteer.post_form(f"{path}/pause", page="/").status_code == 403
    assert volunteer.get(f"{path}/avbryt").status_code == 403
    with database.write() as session:
        session.get_one(Interview, working).handed_in_by_id = person_with(database, Role.VOLUNTEER)
        session.commit()
    assert "Pause</button>" in volunteer.get(f"/intervju/{working}").text
    assert "Pause</button>" in volunteer.get(f"/lever/{working}/kvittering").text
    assert volunteer.post_form(f"{path}/pause", page="/").status_code == 303


def test_the_hours_are_told_to_who_waits(working: int, secretary: Browser, database: Database) -> None:
    hour = datetime.now(UTC).astimezone().hour
    with database.write() as session:  # an hour that is not now, wherever this runs
        set_setting(session, "work_from", f"{(hour + 6) % 24:02}:00")
        set_setting(session, "work_until", f"{(hour + 7) % 24:02}:00")
        session.commit()
    page = secretary.get(f"/intervju/{working}").text
    begins, ends = f"{(hour + 6) % 24:02}.00", f"{(hour + 7) % 24:02}.00"
    assert f"Maskinen arbeider fra kl. {begins} til kl. {ends}, og begynner" in page
    assert "Ferdig omtrent" in page


def test_heard_anew_the_old_text_stands_meanwhile(story: int, secretary: Browser, database: Database) -> None:
    form = secretary.get(f"/intervju/{story}/maskinen/hor-pa-nytt?opptak={recording_of(database, story).id}").text
    assert "Linjer som noen har rettet, blir stående." in form
    said = press(secretary, story, "hor-pa-nytt", recording=recording_of(database, story).id, model="")
    assert "Maskinen hører opptaket på nytt" in said
    assert "Blanketten" in said and "Det var en nabo" in said
    recording = recording_of(database, story)
    assert (recording.state, recording.run, recording.asked_model) == (RecordingState.WAITING, 2, None)
    assert rows(database, story)[1] is Status.MACHINE_TEXT
    assert ">Rett</a>" in said  # people go on correcting
    assert "Teksten som står der nå, blir stående" in secretary.get(f"/intervju/{story}/maskinen/avbryt").text
    press(secretary, story, "avbryt")
    assert rows(database, story) == (RecordingState.DONE, Status.MACHINE_TEXT)
    assert "på nytt.</b>" not in secretary.get(f"/intervju/{story}").text


def test_another_model_and_one_stretch(story: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        set_setting(session, "models_installed", json.dumps(["whisper-base", "nb-whisper-small"]))
        session.commit()
    number = recording_of(database, story).id
    path = f"/intervju/{story}/maskinen/hor-pa-nytt?opptak={number}&fra=5000&til=18000"
    form = secretary.get(path).text
    assert "stykket 0:05–0:18" in form
    assert '<option value="nb-whisper-small">' in form
    typed = {"recording": number, "model": "nb-whisper-small", "start_ms": 5000, "end_ms": 18000}
    press(secretary, story, "hor-pa-nytt", **typed)
    recording = recording_of(database, story)
    assert (recording.asked_model, recording.asked_start_ms, recording.asked_end_ms) == (
        "nb-whisper-small",
        5000,
        18000,
    )
    assert "Maskinen arbeider alt med dette opptaket." in press(secretary, story, "hor-pa-nytt", **typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"model": "finnes-ikke"}, "Velg en av modellene i listen."),
        ({"start_ms": 5, "end_ms": 5}, "Slutten må komme etter begynnelsen."),
        ({"start_ms": 0, "end_ms": 10**12}, "Stedet ligger utenfor opptaket."),
    ],
)
def test_what_cannot_be_heard_is_said(
    story: int, secretary: Browser, database: Database, typed: dict[str, object], said: str
) -> None:
    number = recording_of(database, story).id
    assert said in press(secretary, story, "hor-pa-nytt", recording=number, **typed)
    assert recording_of(database, story).run == 1


def test_another_interview_s_recording_is_not_found(story: int, secretary: Browser) -> None:
    assert secretary.get(f"/intervju/{story}/maskinen/hor-pa-nytt?opptak=99").status_code == 404
    path = f"/intervju/{story}/maskinen/hor-pa-nytt"
    assert secretary.post_form(path, {"recording": "99"}, page="/").status_code == 404


def test_a_page_that_waited_is_told_that_the_new_text_is_there(story: int, secretary: Browser) -> None:
    answer = secretary.get(f"/intervju/{story}/tekst?nytt=1&n=5&siste=5").text
    assert "Den nye teksten er klar." in answer
    assert "hx-trigger" not in answer


# --- another language than stated


def hears(database: Database, interview_id: int, languages: dict[str, float]) -> None:
    with database.write() as session:
        session.query(MachineLayer).one().languages = languages
        session.commit()


QUESTION = "Maskinen tror det snakkes <b>engelsk</b>, men det står <b>norsk (bokmål)</b>."


def test_the_language_is_asked_about_and_changed(story: int, secretary: Browser, database: Database) -> None:
    assert QUESTION not in secretary.get(f"/intervju/{story}").text
    hears(database, story, {"en": 0.9})
    assert QUESTION in secretary.get(f"/intervju/{story}").text
    path = f"/intervju/{story}/sprak"
    said = secretary.post_form(path, {"bytt": "en"}, page=f"/intervju/{story}", follow_redirects=True).text
    assert "Språket er nå engelsk, og maskinen hører opptaket på nytt." in said
    assert QUESTION not in said
    with database.read() as session:
        assert session.get_one(Interview, story).language == "en"
    assert recording_of(database, story).run == 2


def test_the_language_is_right(story: int, secretary: Browser, database: Database) -> None:
    hears(database, story, {"en": 0.9})
    path = f"/intervju/{story}/sprak"
    said = secretary.post_form(path, {}, page=f"/intervju/{story}", follow_redirects=True).text
    assert "Takk. Språket står som norsk (bokmål)." in said
    assert QUESTION not in said
    assert recording_of(database, story).run == 1
    assert secretary.post_form(path, {"bytt": "klingon"}, page="/").status_code == 400


def test_who_may_only_correct_is_asked_but_changes_nothing(
    story: int, browser_of: Callable[[Role], Browser], database: Database
) -> None:
    hears(database, story, {"en": 0.9})
    open_to(database, story, Access.OPEN)
    assert QUESTION not in browser_of(Role.MEMBER).get(f"/intervju/{story}").text
    volunteer = browser_of(Role.VOLUNTEER)
    page = volunteer.get(f"/intervju/{story}").text
    assert QUESTION in page
    assert "Bytt til" not in page
    assert volunteer.post_form(f"/intervju/{story}/sprak", {"bytt": "en"}, page="/").status_code == 403
    with database.read() as session:
        assert session.get_one(Interview, story).language == "nb"
    assert volunteer.post_form(f"/intervju/{story}/sprak", {}, page="/").status_code == 303

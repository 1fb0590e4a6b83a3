"""Names after a run: the worker's step is safe to repeat, and a prompt is as short as it says."""

import threading
from datetime import datetime

import pytest

from archive.database import Database
from archive.interviews import Interview, InterviewDetails, add_interview
from archive.names.places import places
from archive.names.prompt import short_prompt
from archive.names.suggestions import groups
from archive.settings import Settings
from archive.transcripts import Segment
from media.store import open_store
from pipeline.bench import Bench
from pipeline.models import Model
from pipeline.names import suggest_names


@pytest.fixture
def bench(settings: Settings, database: Database) -> Bench:
    """A worker's bench; no model is loaded for names."""
    return Bench(settings, database, open_store(settings.store_url), threading.Event())


def test_the_step_can_be_repeated(bench: Bench, database: Database, now: datetime) -> None:
    with database.write() as session:
        interview = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=now)
        session.add(Segment(interview=interview, start_ms=0, end_ms=4000, text="Vi bodde i Stenkær.", words=[]))
        session.commit()
    assert [suggest_names(bench, interview.id) for _ in range(3)] == [1, 1, 1]
    with database.read() as session:
        (group,) = groups(session, interview.id)
        assert (group.heard, group.name, len(group.suggestions)) == ("Stenkær", "Steinkjer", 1)
        assert session.get_one(Interview, interview.id).segments[0].text == "Vi bodde i Stenkær."


def test_an_interview_without_text_or_no_interview_has_none(bench: Bench) -> None:
    assert suggest_names(bench, 4711) == 0


@pytest.mark.weights
def test_the_prompt_of_every_municipality_is_at_most_sixty_tokens(embedded_model: Model) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(embedded_model.path / "tokenizer.json"))
    for municipality in sorted({place.municipality for place in places() if place.municipality}):
        names = [place.name for place in places() if place.municipality == municipality]
        prompt = short_prompt(["Ragnhild Oppdiktet", "Ida Dikterud", *names])
        assert len(tokenizer.encode(f" {prompt}", add_special_tokens=False).ids) <= 60, prompt

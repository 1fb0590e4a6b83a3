"""The prompt never takes the room that the answer needs."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from archive.interviews import Interview, InterviewDetails, add_interview
from archive.names.prompt import MOST_BYTES, MOST_NAMES, SETTING, prompt_for, prompt_of, short_prompt
from archive.site import set_setting
from tests.conftest import NOW

WHISPER_TOKENS, NEEDED_FOR_WORDS = 448, 224


@given(st.lists(st.text(max_size=300), max_size=60))
def test_whatever_the_names_half_of_the_models_room_is_left(names: list[str]) -> None:
    prompt = short_prompt(names)
    tokens = len(prompt.encode(errors="replace")) + 1  # at worst a token for each byte, and one that begins the prompt
    assert WHISPER_TOKENS - tokens >= NEEDED_FOR_WORDS
    assert len(prompt.encode(errors="replace")) <= MOST_BYTES
    assert prompt.count(",") < MOST_NAMES or any("," in name for name in names)


def test_people_come_first_then_the_place_and_what_lies_around_it(session: Session) -> None:
    details = InterviewDetails(
        title="X", narrators=("Olga Oppdiktet",), interviewers=("Ida Dikterud",), held_on=date(2026, 1, 1), place="Vuku"
    )
    interview = add_interview(session, details, handed_in_by_id=None, now=NOW)
    assert prompt_for(interview).startswith("Olga Oppdiktet, Ida Dikterud, Vuku, Verdal, Verdalsøra, ")
    bare = add_interview(session, InterviewDetails(title="X"), handed_in_by_id=None, now=NOW)
    assert prompt_for(bare) == ""


def test_nothing_is_told_unless_somebody_chose_it(session: Session, interview: Interview) -> None:
    assert prompt_of(session, interview) == ""
    set_setting(session, SETTING, "1")
    assert prompt_of(session, interview).startswith("Olga Oppdiktet, Frosta")

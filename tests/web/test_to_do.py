"""What waits for who corrects: voices without a name, and names that the machine wonders about."""

import pytest

from archive.database import Database
from archive.interviews import Access, Interview, Status
from archive.names import NameSuggestion
from tests.web.conftest import Browser
from tests.web.stories import lines_of, open_to


def set_voices(database: Database, interview_id: int, voices: list[int | None], *, named: int = 0) -> None:
    """Line by line; `named` of the voices have a speaker, from number 1."""
    with database.write() as session:
        lines = sorted(session.get_one(Interview, interview_id).segments, key=lambda line: line.start_ms)
        for line, voice in zip(lines, voices, strict=True):
            line.voice = voice
            if voice is not None and voice > named:
                line.speaker_id = None
        session.commit()


@pytest.mark.parametrize(
    ("voices", "named", "said"),
    [
        ([1, 2, 2, 1, 2], 0, "Maskinen hørte to stemmer. <a href="),
        ([1, 1, 1, 1, 1], 0, "Maskinen hørte én stemme. <a href="),
        ([1, 2, 2, 1, 2], 1, "Én stemme har ikke fått navn. <a href="),
        ([1, 2, 2, 1, 3], 1, "To stemmer har ikke fått navn. <a href="),
    ],
)
def test_voices_without_a_name_are_asked_about(
    story: int, secretary: Browser, database: Database, voices: list[int | None], named: int, said: str
) -> None:
    set_voices(database, story, voices, named=named)
    page = secretary.get(f"/intervju/{story}").text
    assert f'{said}"/intervju/{story}/stemmer">' in page
    assert "<b>Stemme " in page


@pytest.mark.parametrize(("voices", "named"), [([1, 2, 2, 1, 2], 2), ([None] * 5, 0)])
def test_voices_with_names_are_not(
    story: int, secretary: Browser, database: Database, voices: list[int | None], named: int
) -> None:
    set_voices(database, story, voices, named=named)
    page = secretary.get(f"/intervju/{story}").text
    assert "har ikke fått navn" not in page
    assert "Maskinen hørte" not in page
    assert "<b>Stemme " not in page
    assert ("Hvem snakker?" in page) == any(voices)  # among the tools, to change it


def test_names_that_the_machine_wonders_about_lead_to_their_page(
    story: int, secretary: Browser, member: Browser, database: Database
) -> None:
    open_to(database, story, Access.MEMBERS)
    assert f"/intervju/{story}/navn" not in secretary.get(f"/intervju/{story}").text
    line = lines_of(database, story)[4]
    with database.write() as session:
        session.add(
            NameSuggestion(
                interview_id=story,
                segment_id=line.id,
                first_word=7,
                last_word=7,
                heard="Namsos",
                name="Namsskogan",
                kind="place",
                score=0.8,
            )
        )
        session.commit()
    link = f'Maskinen lurer på ett navn. <a href="/intervju/{story}/navn">Se gjennom</a>'
    assert link in secretary.get(f"/intervju/{story}").text
    assert "Maskinen lurer" not in member.get(f"/intervju/{story}").text
    with database.write() as session:
        session.get_one(Interview, story).status = Status.PROCESSING
        session.commit()
    assert "Maskinen lurer" not in secretary.get(f"/intervju/{story}").text

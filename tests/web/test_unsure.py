"""What is unsure or missing in a text: readers see it, and those who correct are led there and helped."""

import re
from collections.abc import Callable

import pytest

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access, Interview, Status
from archive.transcripts import Segment
from tests.web.conftest import Browser
from tests.web.stories import lines_of, open_to
from web.wording import DOUBT_UNKNOWN, DOUBTS, doubts

GAP = "fra=33200&til=37800"


def test_a_doubtful_place_says_so_once_and_why(doubtful: int, volunteer: Browser, database: Database) -> None:
    open_to(database, doubtful, Access.MEMBERS)
    page = volunteer.get(f"/intervju/{doubtful}").text
    assert page.count('class="line unsure"') == 3  # two lines of one window, one of another
    assert page.count("<summary>usikkert</summary>") == 2
    assert "Maskinen gjentok seg her. Maskinen var lite sikker på ordene." in page
    assert "2 usikre steder igjen." in page
    first, second, third = re.findall(r'class="line unsure" id="(linje-\d+)"', page)
    assert f'<a href="#{first}">Gå til det første usikre stedet</a>' in page
    assert page.count(f'<a href="#{third}">Neste usikre sted</a>') == 1
    assert f'"#{second}"' not in page


def test_a_member_sees_the_marks_and_no_controls(doubtful: int, member: Browser, database: Database) -> None:
    open_to(database, doubtful, Access.MEMBERS)
    page = member.get(f"/intervju/{doubtful}").text
    assert page.count("<summary>usikkert</summary>") == 2
    assert page.count("mangler tekst</span>") == 2
    for word in ("usikre steder igjen", "Neste usikre", "Skriv det som mangler", "Det er tekst til", "Hør etter, og"):
        assert word not in page


def test_a_line_that_is_checked_is_unsure_no_more(doubtful: int, secretary: Browser, database: Database) -> None:
    doubted = [line for line in lines_of(database, doubtful) if line.doubts]
    form = {"text": doubted[0].text, "speaker": str(doubted[0].speaker_id), "base_version": "0"}
    path = f"/linje/{doubted[0].id}"
    saved = secretary.post_form(path, form, page=path, headers={"HX-Request": "true"})
    assert "unsure" not in saved.text
    assert f'<a class="correct" href="#linje-{doubted[1].id}">Neste usikre sted</a>' in saved.text
    page = secretary.get(f"/intervju/{doubtful}").text
    assert page.count("<summary>usikkert</summary>") == 2  # now it begins at the window's second line
    assert page.count('class="line unsure"') == 2


def test_a_text_that_somebody_vouches_for_has_no_doubts(doubtful: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.get_one(Interview, doubtful).status = Status.REVIEWED
        session.commit()
    page = secretary.get(f"/intervju/{doubtful}").text
    assert "unsure" not in page
    assert "usikre steder" not in page
    assert "mangler tekst</span>" in page  # a gap is a gap until it is filled


def test_coverage_is_told_with_links_to_what_is_missing(doubtful: int, secretary: Browser) -> None:
    page = secretary.get(f"/intervju/{doubtful}").text
    assert re.search(r"Det er tekst til \d\d(,\d)? % av talen\. 2 steder mangler tekst:", page)
    for place in re.findall(r'href="#(mangler-\d+)"', page):
        assert f'id="{place}"' in page
    assert "Her snakkes det, men teksten mangler: 0:15–0:20." in page


def test_nobody_speaks(story: int, secretary: Browser, database: Database) -> None:
    """A run that is whole and found no speech: the page says so, and has no gaps. Of a text that was brought in with
    nothing noted of the speech, nothing is claimed."""
    brought_in = secretary.get(f"/intervju/{story}").text
    assert "Ingen tale" not in brought_in and "mangler tekst" not in brought_in
    with database.write() as session:
        session.get_one(Interview, story).recordings[0].layers[0].speech_ms = 0
        session.commit()
    page = secretary.get(f"/intervju/{story}").text
    assert "Ingen tale funnet i opptaket." in page
    assert "mangler tekst" not in page


def test_while_the_text_grows_nothing_is_called_missing(doubtful: int, secretary: Browser, database: Database) -> None:
    with database.write() as session:
        session.get_one(Interview, doubtful).status = Status.PROCESSING
        session.commit()
    page = secretary.get(f"/intervju/{doubtful}").text
    assert "mangler tekst" not in page
    assert "usikre steder" not in page
    answer = secretary.get(f"/intervju/{doubtful}/tekst?uferdig=1&n=0&siste=0")
    assert answer.text.count("<summary>usikkert</summary>") == 2


def test_when_the_text_is_whole_the_page_that_waited_gets_all_of_it(doubtful: int, secretary: Browser) -> None:
    answer = secretary.get(f"/intervju/{doubtful}/tekst?uferdig=1&n=0&siste=0").text
    assert answer.count("mangler tekst</span>") == 2
    assert 'id="gjenstar" aria-label="Til deg som retter" hx-swap-oob="true"' in answer


def test_what_else_was_heard_is_put_in_the_form_and_saved_by_a_person(
    doubtful: int, secretary: Browser, database: Database
) -> None:
    line = next(line for line in lines_of(database, doubtful) if line.doubts)
    form = secretary.get(f"/linje/{line.id}").text
    assert "Maskinen gjentok seg her." in form
    assert "Det var en annen som kom dit." in form
    assert f'href="/linje/{line.id}?hort=1"' in form
    chosen = secretary.get(f"/linje/{line.id}?hort=1").text
    assert 'autocapitalize="off">Det var en annen som kom dit.</textarea>' in chosen
    assert lines_of(database, doubtful)[1].text == line.text  # nothing is saved by looking
    for other in ("2", "0", "-1", "x"):
        assert f'autocapitalize="off">{line.text}</textarea>' in secretary.get(f"/linje/{line.id}?hort={other}").text


def test_a_gap_is_filled_by_who_hears_it(doubtful: int, secretary: Browser, database: Database) -> None:
    page = f"/intervju/{doubtful}/ny-linje?{GAP}"
    assert "takk for at du så på" in secretary.get(page).text
    assert 'off">takk for at du så på</textarea>' in secretary.get(f"{page}&hort=1").text
    typed = {"fra": "33200", "til": "37800", "text": "Og så  dro vi.", "speaker": "annen", "other_name": "Olga"}
    answer = secretary.post_form(f"/intervju/{doubtful}/ny-linje", typed, page=page)
    added = lines_of(database, doubtful)[-1]
    assert answer.headers["Location"].endswith(f"#linje-{added.id}")
    assert (added.text, added.checked, added.version, added.window_id) == ("Og så dro vi.", True, 1, None)
    assert [word[2] for word in added.words] == ["Og", "så", "dro", "vi."]
    assert (added.words[0][0], added.words[-1][1]) == (33_200, 37_800)
    shown = secretary.get(f"/intervju/{doubtful}").text
    assert shown.count("mangler tekst</span>") == 2  # 15–20 s, and what is left before the line
    assert "Lagt til" in secretary.get(f"/linje/{added.id}/historikk").text


def test_of_two_who_fill_a_gap_the_second_is_told(doubtful: int, secretary: Browser, database: Database) -> None:
    page = f"/intervju/{doubtful}/ny-linje?{GAP}"
    typed = {"fra": "33200", "til": "37800", "text": "Og så dro vi."}
    secretary.post_form(f"/intervju/{doubtful}/ny-linje", typed, page=page)
    again = secretary.post_form(f"/intervju/{doubtful}/ny-linje", typed | {"text": "Det jeg skrev"}, page=page)
    assert again.status_code == 422
    assert "Noen har alt skrevet en linje her" in again.text
    assert "Det jeg skrev" in again.text
    assert len(lines_of(database, doubtful)) == 6


def test_where_nothing_is_said_a_person_says_so(doubtful: int, secretary: Browser, database: Database) -> None:
    page = f"/intervju/{doubtful}/ny-linje?fra=27000&til=37800"
    typed = {"fra": "27000", "til": "37800", "text": "", "handling": "ingenting"}
    assert secretary.post_form(f"/intervju/{doubtful}/ny-linje", typed, page=page).status_code == 303
    shown = secretary.get(f"/intervju/{doubtful}").text
    assert shown.count("mangler tekst</span>") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "  "}, "Skriv det som blir sagt, eller trykk"),
        ({"text": "x" * 10_001}, "Teksten er for lang"),
        ({"text": "hei", "speaker": "annen", "other_name": ""}, "Skriv navnet på den som snakker"),
        ({"text": "hei", "speaker": "99999"}, "Skriv navnet på den som snakker"),
    ],
)
def test_what_cannot_be_kept_is_said(doubtful: int, secretary: Browser, typed: dict[str, str], said: str) -> None:
    page = f"/intervju/{doubtful}/ny-linje?{GAP}"
    whole = {"fra": "33200", "til": "37800", **typed}
    answer = secretary.post_form(f"/intervju/{doubtful}/ny-linje", whole, page=page)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize("gap", ["", "fra=5&til=5", "fra=-1&til=5", "fra=0&til=9999999999999", "fra=a&til=b", "fra=1"])
def test_a_place_that_is_not_in_the_sound_is_not_found(doubtful: int, secretary: Browser, gap: str) -> None:
    assert secretary.get(f"/intervju/{doubtful}/ny-linje?{gap}").status_code == 404


def test_only_who_may_correct_may_add(doubtful: int, browser_of: Callable[[Role], Browser], database: Database) -> None:
    assert browser_of(Role.VOLUNTEER).get(f"/intervju/{doubtful}/ny-linje?{GAP}").status_code == 404
    open_to(database, doubtful, Access.MEMBERS)
    assert browser_of(Role.VOLUNTEER).get(f"/intervju/{doubtful}/ny-linje?{GAP}").status_code == 200
    assert browser_of(Role.MEMBER).get(f"/intervju/{doubtful}/ny-linje?{GAP}").status_code == 403


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_line_that_is_gone_loses_nothing_that_was_typed(
    doubtful: int, secretary: Browser, database: Database, headers: dict[str, str]
) -> None:
    """The machine heard the recording anew while somebody wrote."""
    line = lines_of(database, doubtful)[1]
    with database.write() as session:
        session.delete(session.get_one(Segment, line.id))
        session.commit()
    typed = {"text": "Det jeg <skrev>", "base_version": "0", "interview": str(doubtful)}
    answer = secretary.post_form(f"/linje/{line.id}", typed, page="/", headers=headers)
    assert answer.status_code == 409
    assert "Det jeg &lt;skrev&gt;" in answer.text
    assert f'href="/intervju/{doubtful}"' in answer.text
    unknown = secretary.post_form(f"/linje/{line.id}", typed | {"interview": "999"}, page="/", headers=headers)
    assert "Det jeg &lt;skrev&gt;" in unknown.text


def test_why_is_whole_sentences_each_once() -> None:
    assert doubts(["repeats", "new_key", "other_new", "repeats"]) == f"{DOUBTS['repeats']} {DOUBT_UNKNOWN}"
    assert doubts([]) == ""
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in DOUBTS.values())

"""Whom we want to ask."""

from tests.web.conftest import Browser

ANNA = {
    "narrator": "Anna Oppdiktet",
    "birth_year": "1931",
    "offices_held": "leder i Verran 1974–79",
    "haste": "1",
    "why_haste": "Den eneste som husker stiftelsesmøtet.",
    "who_asks": "Frode Frivillig",
    "agreed_on": "2026-04-02",
    "question_guide": "Hvem kalte inn?\nHva sang dere?",
}


def add(browser: Browser, **changes: str) -> int:
    answer = browser.post_form("/intervjuplan/ny", {**ANNA, **changes}, page="/intervjuplan/ny")
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("-", 1)[1])


def test_an_empty_plan_says_what_to_do(volunteer: Browser) -> None:
    page = volunteer.get("/intervjuplan").text
    assert "Skriv opp den første" in page
    assert "/intervjuplan/ny" in page


def test_everything_that_was_written_down_is_shown(volunteer: Browser, secretary: Browser) -> None:
    number = add(volunteer)
    page = secretary.get("/intervjuplan").text
    for words in ("Anna Oppdiktet", "født 1931", "Haster nå", "leder i Verran", "stiftelsesmøtet", "2. april 2026"):
        assert words in page
    assert "Frode Frivillig spør" in page
    assert f"/lever?fra={number}" in page
    assert "Lever opptak fra dette intervjuet" in page


def test_the_most_urgent_stands_first(volunteer: Browser) -> None:
    for name, haste, year in (("Kan Vente", "3", "1930"), ("Ung Rask", "1", "1950"), ("Eldst Rask", "1", "1929")):
        add(volunteer, narrator=name, haste=haste, birth_year=year)
    page = volunteer.get("/intervjuplan").text
    assert page.index("Eldst Rask") < page.index("Ung Rask") < page.index("Kan Vente")


def test_only_a_name_is_needed(volunteer: Browser) -> None:
    answer = volunteer.post_form("/intervjuplan/ny", {"narrator": "Bare Navn", "haste": "2"}, page="/intervjuplan/ny")
    assert answer.status_code == 303
    assert "ingen har tatt på seg å spørre" in volunteer.get("/intervjuplan").text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(volunteer: Browser) -> None:
    wrong = {**ANNA, "narrator": " ", "question_guide": "Et langt\nog dyrebart spørsmål"}
    page = volunteer.post_form("/intervjuplan/ny", wrong, page="/intervjuplan/ny")
    assert page.status_code == 422
    assert "Skriv hvem vi vil intervjue" in page.text
    assert "og dyrebart spørsmål" in page.text
    for year in ("38", "1838", "nittentrettiåtte", "2938"):
        page = volunteer.post_form("/intervjuplan/ny", {**ANNA, "birth_year": year}, page="/intervjuplan/ny")
        assert page.status_code == 422
        assert "fire sifre" in page.text
        assert f'value="{year}"' in page.text
    page = volunteer.post_form("/intervjuplan/ny", {**ANNA, "agreed_on": "i morgen"}, page="/intervjuplan/ny")
    assert "14.03.2022" in page.text
    page = volunteer.post_form("/intervjuplan/ny", {**ANNA, "haste": "9"}, page="/intervjuplan/ny")
    assert page.status_code == 422
    assert "Her står det ingen ennå" in volunteer.get("/intervjuplan").text


def test_a_plan_changes(volunteer: Browser, secretary: Browser) -> None:
    number = add(volunteer)
    form = secretary.get(f"/intervjuplan/{number}/endre").text
    assert "Hva sang dere?" in form
    assert 'value="1931"' in form
    changed = {**ANNA, "haste": "3", "agreed_on": "3.5.2026"}
    address = f"/intervjuplan/{number}/endre"
    assert secretary.post_form(address, changed, page=address).status_code == 303
    page = volunteer.get("/intervjuplan").text
    assert "Kan vente" in page
    assert "3. mai 2026" in page


def test_what_is_typed_is_text(volunteer: Browser) -> None:
    add(volunteer, narrator="<script>alert(1)</script>", why_haste="<b>fet</b>")
    page = volunteer.get("/intervjuplan").text
    assert "<script>alert(1)" not in page
    assert "<b>fet" not in page


def test_not_for_members_or_visitors(member: Browser, visitor: Browser) -> None:
    assert member.get("/intervjuplan").status_code == 403
    assert visitor.get("/intervjuplan").status_code == 302


def test_an_unknown_plan_is_a_404(volunteer: Browser) -> None:
    assert volunteer.get("/intervjuplan/99/endre").status_code == 404
    assert volunteer.get("/intervjuplan/99999999999999999999/endre").status_code == 404

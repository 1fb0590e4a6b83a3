"""Help, and the text about privacy."""

from tests.web.conftest import Browser


def test_help_says_whom_to_ring_and_what_the_reader_can_do(visitor: Browser, volunteer: Browser) -> None:
    assert "Hjelpsom Hansen" in visitor.get("/hjelp").text
    assert "Hvordan leverer jeg" not in visitor.get("/hjelp").text
    assert "Hvordan leverer jeg" in volunteer.get("/hjelp").text


def test_help_explains_every_mark_to_all_and_every_task_to_who_does_it(
    member: Browser, volunteer: Browser, secretary: Browser
) -> None:
    page = member.get("/hjelp").text
    for mark in ("«usikkert»", "«mangler tekst»", "«Stemme 1»", "«Slik ble teksten til»"):
        assert mark in page, mark
    tasks = ("Skriv det som mangler", "Hvem snakker?", "Maskinen lurer på noen navn", "«Pause»", "«Hør på nytt»")
    for task in (*tasks, "Nytt kapittel her"):
        assert task not in page and task in volunteer.get("/hjelp").text, task
    for task in ("Husk stemmen", "mellom to klokkeslett"):
        assert task not in volunteer.get("/hjelp").text and task in secretary.get("/hjelp").text, task


def test_every_page_leads_to_help_and_privacy(visitor: Browser) -> None:
    for path in ("/", "/logg-inn", "/hjelp", "/finnes-ikke"):
        page = visitor.get(path).text
        assert 'href="/hjelp"' in page
        assert 'href="/personvern"' in page


def test_the_secretary_edits_privacy_and_older_texts_stay(secretary: Browser, visitor: Browser) -> None:
    before = visitor.get("/personvern").text
    assert "samtykke" in before
    assert "Endre teksten" not in before
    new = "# Kort\n\nVi tar vare på <alt>.\n\n- én\n- to"
    secretary.post_form("/personvern/rediger", {"text": new}, page="/personvern/rediger")
    after = visitor.get("/personvern").text
    assert "<h2>Kort</h2>" in after
    assert "<p>Vi tar vare på &lt;alt&gt;.</p>" in after
    assert "<ul><li>én</li><li>to</li></ul>" in after
    assert "Dette tar vi vare på" in secretary.get("/personvern/rediger").text


def test_an_empty_text_is_refused(secretary: Browser, visitor: Browser) -> None:
    answer = secretary.post_form("/personvern/rediger", {"text": "  "}, page="/personvern/rediger")
    assert answer.status_code == 422
    assert "samtykke" in visitor.get("/personvern").text

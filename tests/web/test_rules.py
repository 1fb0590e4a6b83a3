"""*Slik retter vi*: read by all, changed by the secretary, with every version kept."""

from tests.web.conftest import Browser


def test_there_is_a_good_text_from_the_start(visitor: Browser) -> None:
    page = visitor.get("/slik-retter-vi").text
    for words in ("Lyden er kilden", "[uhørlig 12:43]", "dialekt"):
        assert words in page
    assert "Endre reglene" not in page


def test_only_the_secretary_changes_it(volunteer: Browser, secretary: Browser) -> None:
    assert volunteer.get("/slik-retter-vi/rediger").status_code == 403
    assert volunteer.get("/slik-retter-vi/historikk").status_code == 403
    secretary.post_form(
        "/slik-retter-vi/rediger", {"text": "Hør først.\n\n- Skriv etterpå"}, page="/slik-retter-vi/rediger"
    )
    page = volunteer.get("/slik-retter-vi").text
    assert "<p>Hør først.</p>" in page
    assert "<li>Skriv etterpå</li>" in page


def test_older_texts_can_be_read_and_used_again(secretary: Browser) -> None:
    for text in ("Første", "Andre"):
        secretary.post_form("/slik-retter-vi/rediger", {"text": text}, page="/slik-retter-vi/rediger")
    page = secretary.get("/slik-retter-vi/historikk").text
    assert page.index("Andre") < page.index("Første")
    older = page.split("?versjon=")[1].split('"')[0]
    assert "Første</textarea>" in secretary.get(f"/slik-retter-vi/rediger?versjon={older}").text


def test_an_empty_text_is_refused_and_markup_stays_text(secretary: Browser) -> None:
    empty = secretary.post_form("/slik-retter-vi/rediger", {"text": "  "}, page="/slik-retter-vi/rediger")
    assert empty.status_code == 422
    secretary.post_form("/slik-retter-vi/rediger", {"text": "<script>x</script>"}, page="/slik-retter-vi/rediger")
    assert "<script>x" not in secretary.get("/slik-retter-vi").text

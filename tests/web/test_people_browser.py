"""The people as a person with a telephone and a person at a desk see them, and without JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from archive.accounts import Role
from archive.database import Database
from archive.interviews import Access
from archive.people import AliasKind, Person, PersonAlias
from tests.web.live import PHONE, WIDE
from tests.web.stories import open_to

pytestmark = pytest.mark.browser

CSV = """Navn;Født;Tidligere navn;Merknad
Ragnhild Opdiktet;ca. 1931;Ragnhild Ung;Var med da laget ble stiftet.
Åse Ødegård;1944;;
Per Sæter;våren 1938;;Kasserer
"""


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_the_register_from_a_table_to_a_merge(
    page_of: Callable[..., Page], story: int, database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    open_to(database, story, Access.MEMBERS)
    (tmp_path / "folk.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "feil.csv").write_text(CSV.replace("1944", "31.02.1944"), encoding="latin-1")
    page = page_of(Role.SECRETARY, size=size, scripts=False)

    def look(name: str, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        page.wait_for_load_state()
        page.screenshot(path=tmp_path / f"{name}-{size[0]}.png", full_page=True)
        assert page.viewport_size
        width = page.locator("html").bounding_box()
        assert width and width["width"] <= page.viewport_size["width"]

    page.goto("/tabell/folk")
    look("choose", "Folk fra en tabell")
    page.get_by_label("Filen med tabellen").set_input_files(tmp_path / "feil.csv")
    page.get_by_role("button", name="Se hva tabellen gjør").click()
    expect(page.get_by_text("Den dagen finnes ikke i kalenderen")).to_be_visible()
    look("errors", "Se over tabellen")
    page.get_by_role("link", name="Velg filen på nytt").click()
    page.get_by_label("Filen med tabellen").set_input_files(tmp_path / "folk.csv")
    page.get_by_role("button", name="Se hva tabellen gjør").click()
    expect(page.get_by_role("button", name="Legg inn tabellen")).to_be_visible()
    look("preview", "Se over tabellen")
    page.get_by_role("button", name="Legg inn tabellen").click()
    look("done", "Tabellen er lagt inn")
    page.get_by_role("link", name="Gå til folk").click()
    look("list", "Folk")
    page.get_by_label("Søk etter navn").fill("ragnild")
    page.get_by_role("button", name="Finn").click()
    expect(page).to_have_url(re.compile("ragnild"))
    look("found", "Folk")
    page.get_by_role("link", name="Ragnhild Oppdiktet").click()
    look("person", "Ragnhild Oppdiktet")
    page.get_by_role("link", name="Er dette samme person").click()
    look("same", "Hvem er Ragnhild Oppdiktet samme person som?")
    page.get_by_role("link", name="Ragnhild Opdiktet").click()
    look("merge", "Slå sammen to personer")
    page.get_by_role("button", name="Slå sammen").click()
    expect(page.get_by_text("er nå én person")).to_be_visible()
    expect(page.get_by_text("født ca. 1931")).to_be_visible()
    look("merged", "Ragnhild Oppdiktet")
    page.get_by_role("link", name="Endre", exact=True).click()
    look("form", "Endre opplysningene")
    page.go_back()
    page.get_by_role("button", name=re.compile("gjør dem til to")).click()
    expect(page.get_by_text("er to personer igjen")).to_be_visible()


@pytest.mark.parametrize("path", ["/folk", "/folk/ny", "/folk/1", "/folk/1/sla-sammen?med=2", "/tabell/folk"])
def test_the_pages_can_be_used_by_everybody(
    page_of: Callable[..., Page], story: int, database: Database, path: str
) -> None:
    with database.write() as session:
        session.add(PersonAlias(person_id=1, kind=AliasKind.NICKNAME, name="Ragna"))
        session.query(Person).filter_by(id=1).one().born = "1931~"
        session.commit()
    page = page_of(Role.SECRETARY, size=PHONE)
    page.goto(path)
    assert Axe().run(page).response["violations"] == []

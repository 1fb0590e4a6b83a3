"""The pages of the work plan: written, adopted, reported, revised, undone, and what each reader sees."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import Page
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from archive.accounts import Role, User
from archive.database import Database
from archive.events import EventDetails, add_event
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link
from archive.local_time import day_of
from archive.meetings.cases import MeetingCase
from archive.meetings.meeting import MeetingDetails, MeetingKind, add_meeting
from archive.offices import OfficeDetails, OfficeKind, add_office
from archive.organisation.rights import say_who_logs_in
from archive.people import find_or_add_person
from archive.readable.blocks import Block
from archive.record_series import RecordKind
from archive.records import ReadingState, Record, RecordDetails, RecordPage, RecordVersion, add_record
from archive.units import Unit, UnitKind, find_unit
from archive.workplan.figures import Figure, write_status
from archive.workplan.item_acts import add_items
from archive.workplan.items import ItemDetails, ItemStatus, Responsible, WorkPlanItem, items_of
from archive.workplan.outline import ItemKind
from archive.workplan.plans import Adoption, PlanDetails, WorkPlan, add_plan, adopt_plan
from archive.workplan.points import points_of
from archive.workplan.report_texts import Section, write_texts
from archive.workplan.revision import next_plan
from archive.yearwheel.duties import DutyDetails, add_duty
from archive.yearwheel.occurrences import When, plan_occurrence
from tests.web.conftest import Browser
from tests.web.live import PHONE, WIDE

NOW = datetime.now(UTC)
TODAY = day_of(NOW)
YEAR = TODAY.year
LINES = ("# Flere med", "Lister i mange kommuner", "- Ringe rundt", "- Male plakater", "# Kurs", "Alle får kurs")


@pytest.fixture
def county(database: Database) -> int:
    """The number of the county branch."""
    with database.read() as session:
        unit = find_unit(session, "Trøndelag SV", UnitKind.COUNTY_BRANCH)
        assert unit is not None
        return unit.id


@pytest.fixture
def plan_id(database: Database, county: int) -> int:
    """A proposal for this year; the first goal is a number, and Mari Medlem answers for the first measure."""
    kinds = {"#": ItemKind.HEADING, "-": ItemKind.MEASURE}
    with database.write() as session:
        plan = add_plan(session, PlanDetails(f"Arbeidsplan {YEAR}", county, YEAR, YEAR), by=None, now=NOW)
        mari = find_or_add_person(session, "Mari Medlem")
        many = [
            ItemDetails(
                kinds.get(line[0], ItemKind.GOAL),
                line.lstrip("#- "),
                target=28 if "Lister" in line else None,
                measured_in="kommuner",
                responsible=(Responsible(person_id=mari.id),) if "Ringe" in line else (),
            )
            for line in LINES
        ]
        add_items(session, plan, many, by=None, now=NOW)
        session.commit()
        return plan.id


@pytest.fixture
def adopted(database: Database, plan_id: int) -> int:
    """The same, adopted."""
    with database.write() as session:
        plan = session.get_one(WorkPlan, plan_id)
        adopt_plan(session, plan, Adoption(TODAY, "Årsmøtet, sak 8"), by=None, now=NOW, today=TODAY)
        session.commit()
    return plan_id


@pytest.fixture
def mari(database: Database, member: Browser) -> Browser:
    """The member, tied to Mari Medlem of the register, who holds no office."""
    with database.write() as session:
        person = find_or_add_person(session, "Mari Medlem")
        user = session.query(User).filter_by(username=Role.MEMBER.value).one()
        say_who_logs_in(session, user, person, by=None, now=NOW)
        session.commit()
    return member


@pytest.fixture
def board_member(database: Database, mari: Browser, county: int) -> Browser:
    """The same, who sits on the county board."""
    with database.write() as session:
        person = find_or_add_person(session, "Mari Medlem")
        details = OfficeDetails(county, person.id, OfficeKind.MEMBER, "styremedlem", "2020")
        add_office(session, details, by=None, now=NOW)
        session.commit()
    return mari


def item(database: Database, plan_id: int, text: str) -> WorkPlanItem:
    """What stands in a plan under this text."""
    with database.read() as session:
        return next(each for each in items_of(session, plan_id) if each.text == text)


def seen_on(browser: Browser, path: str) -> str:
    """The number by which a form knows whether it is out of date."""
    found = re.search(r'name="seen"(?: id="seen")? value="(\d+)"', browser.get(path).text)
    assert found is not None
    return found[1]


@contextmanager
def counted(database: Database, browser: Browser) -> Iterator[list[str]]:
    """The questions that a page asks."""
    asked: list[str] = []
    engine = browser.application.extensions["archive"].database.engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    yield asked
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)


def test_the_secretary_makes_a_plan_out_of_a_pasted_list(secretary: Browser, database: Database, county: int) -> None:
    assert "Her er ingen arbeidsplan ennå" in secretary.get("/arbeidsplan").text
    form = {"title": "Plan", "unit_id": county, "first_year": YEAR, "parent_title_0": "Partiprogrammet"}
    done = secretary.post_form("/arbeidsplan/ny", form, follow_redirects=True)
    assert "Planen er tom" in done.text and "Partiprogrammet" in done.text
    with database.read() as session:
        plan_id = session.query(WorkPlan).one().id
    path = f"/arbeidsplan/{plan_id}/lim-inn"
    assert "Lim inn minst ett" in secretary.post_form(path, {"typed": " \n"}, page=path).text
    seen = secretary.post_form(path, {"typed": "Lag:\nFlere lag\n- Ringe", "usual": "goal"}, page=path).text
    assert "Slik er listen forstått" in seen
    with database.read() as session:
        assert items_of(session, plan_id) == []
    form = {"typed": "Lag:\nFlere lag\n- Ringe", "usual": "goal", "legg_inn": "ja"}
    chosen = {"slag_0": "heading", "slag_1": "goal", "slag_2": ""}
    page = secretary.post_form(path, {**form, **chosen}, page=path, follow_redirects=True).text
    assert "2 punkter er lagt inn" in page and "Flere lag" in page
    with database.read() as session:
        assert [each.kind for each in items_of(session, plan_id)] == [ItemKind.HEADING, ItemKind.GOAL]


def test_goals_are_taken_out_of_a_document_with_where_they_stand(
    secretary: Browser, member: Browser, database: Database, plan_id: int
) -> None:
    with database.write() as session:
        number = _document(session)
        session.commit()
    path = f"/arbeidsplan/{plan_id}/fra-dokument?dokument={number}"
    page = secretary.get(path).text
    assert "linje 67" in page and '<option value="goal" selected>' in page
    form = {"dokument": number, "versjon": 1, "side": 1, "slag_1": "goal", "slag_2": "measure"}
    post = f"/arbeidsplan/{plan_id}/fra-dokument"
    assert secretary.post_form(post, {**form, "versjon": 2}, page=path).status_code == 422
    assert "2 punkter er lagt inn" in secretary.post_form(post, form, page=path, follow_redirects=True).text
    goal = item(database, plan_id, "Bake mer")
    assert (goal.source_record_id, goal.source_page, goal.source_lines) == (number, 1, "67")
    assert "Gammel plan, side 1, linje 67" in secretary.get(f"/arbeidsplan/punkt/{goal.id}").text
    with database.write() as session:
        plan = session.get_one(WorkPlan, plan_id)
        adopt_plan(session, plan, Adoption(TODAY, "Årsmøtet"), by=None, now=NOW, today=TODAY)
        session.commit()
    read = member.get(f"/arbeidsplan/punkt/{goal.id}").text
    assert "Bake mer" in read and "Gammel plan" not in read  # the document is closed


def test_strengths_are_taken_out_of_a_document_and_undone_with_the_goals_of_the_same_go(
    secretary: Browser, member: Browser, database: Database, plan_id: int
) -> None:
    with database.write() as session:
        number = _document(session)
        session.commit()
    path = f"/arbeidsplan/{plan_id}/fra-dokument?dokument={number}"
    page = secretary.get(path).text
    assert '<option value="strength" selected>' in page
    assert '<option value="weakness">Svakhet' in page
    post, form = f"/arbeidsplan/{plan_id}/fra-dokument", {"dokument": number, "versjon": 1, "side": 1}
    chosen = {"slag_1": "goal", "slag_4": "strength", "slag_5": "weakness"}
    page = secretary.post_form(post, {**form, **chosen}, page=path, follow_redirects=True).text
    assert "3 punkter er lagt inn" in page and "Gammel plan, side 1, linje 70" in page
    assert f"/dokument/{number}?linje=70#linje-70" in page and "side=1#side-1" in page
    only = {"slag_4": "strength"}
    assert "sto der fra før" in secretary.post_form(post, {**form, **only}, page=path, follow_redirects=True).text
    with database.write() as session:
        plan = session.get_one(WorkPlan, plan_id)
        adopt_plan(session, plan, Adoption(TODAY, "Årsmøtet"), by=None, now=NOW, today=TODAY)
        session.commit()
    read = member.get(f"/arbeidsplan/{plan_id}").text
    assert "Sterk kaffe" in read and "Side 1, linje 70 i planens dokument" in read and "Gammel plan" not in read
    assert "Gammel plan" not in member.get(f"/arbeidsplan/{plan_id}/arsmelding").text
    with_reason = {"slag_5": "strength"}  # what is, not what is to be done: no reason is asked for
    assert "1 punkt er lagt inn" in secretary.post_form(post, form | with_reason, page=path, follow_redirects=True).text
    history = secretary.get(f"/arbeidsplan/{plan_id}/historikk").text
    undo = re.findall(rf'action="(/arbeidsplan/{plan_id}/angre/\d+)"', history)
    assert "styrker og svakheter" in history and "«Bake mer», og styrker og svakheter" in history
    secretary.post_form(undo[0], {}, page=path)
    with database.read() as session:
        assert [each.text for each in points_of(session, plan_id, YEAR)] == ["Sterk kaffe", "Kaffen er kald"]


def test_strengths_and_goals_of_one_go_are_undone_in_one_go(
    secretary: Browser, database: Database, plan_id: int
) -> None:
    path = f"/arbeidsplan/{plan_id}/lim-inn"
    form = {"typed": "Nytt mål\nStyrker:\n- Sterk kaffe", "usual": "goal", "legg_inn": "ja"}
    chosen = {"slag_0": "goal", "slag_2": "strength"}
    assert "2 punkter" in secretary.post_form(path, form | chosen, page=path, follow_redirects=True).text
    long = {"typed": "Styrker:\n- " + "lang setning " * 50, "slag_1": "strength"}
    refused = secretary.post_form(path, form | long, page=path)
    assert refused.status_code == 422 and "høyst 500 tegn" in refused.text
    history = secretary.get(f"/arbeidsplan/{plan_id}/historikk").text
    undo = re.search(rf'action="(/arbeidsplan/{plan_id}/angre/\d+)"', history)
    assert undo is not None
    secretary.post_form(undo[1], {}, page=path)
    with database.read() as session:
        assert points_of(session, plan_id, YEAR) == []
        assert "Nytt mål" not in [each.text for each in items_of(session, plan_id)]


def _document(session: Session) -> int:
    """An invented document of one page; its number."""
    record = add_record(session, RecordDetails("Gammel plan", RecordKind.WORK_PLAN), None, by=None, now=NOW)
    version = RecordVersion(
        number=1, sha256="a" * 64, size_bytes=1, original_name="p.txt", file_kind="txt", page_count=1,
        is_paged=True, received_at=NOW, state=ReadingState.DONE, is_numbered=True,
    )  # fmt: skip
    blocks = [
        Block("heading", "Mål:", 2, ((0, 66),)),
        Block("paragraph", "Bake mer", 0, ((0, 67),)),
        Block("item", "Kake"),
        Block("heading", "Våre styrker:", 3, ((0, 69),)),
        Block("item", "Sterk kaffe", 0, ((0, 70),)),
        Block("paragraph", "Kaffen er kald"),
    ]
    version.pages.append(RecordPage(number=1, blocks=[each.as_json() for each in blocks]))
    record.versions.append(version)
    record.current_number = 1
    session.flush()
    return record.id


def test_a_proposal_is_the_boards_and_an_adopted_plan_every_members(
    visitor: Browser, board_member: Browser, volunteer: Browser, secretary: Browser, database: Database, plan_id: int
) -> None:
    goal = item(database, plan_id, "Lister i mange kommuner")
    paths = (f"/arbeidsplan/{plan_id}", f"/arbeidsplan/punkt/{goal.id}", f"/arbeidsplan/{plan_id}/arsmelding")
    for path in (*paths, f"/arbeidsplan/{plan_id}/arsmelding.docx"):
        assert visitor.get(path).status_code == 302
        assert volunteer.get(path).status_code == 404
        assert board_member.get(path).status_code == secretary.get(path).status_code == 200
    assert "Arbeidsplan" not in re.sub("Arbeidsplaner", "", volunteer.get("/arbeidsplan").text.split("<main")[1])
    assert volunteer.get(f"/knytt/planpunkt/{goal.id}").status_code == 404
    for path in ("/vedta", "/endre", "/status", "/lim-inn", "/historikk", "/punkt/nytt"):
        assert board_member.get(f"/arbeidsplan/{plan_id}{path}").status_code == 403
    with database.write() as session:
        case = _meeting(session.get_one(WorkPlan, plan_id).unit_id, session)
        session.commit()
        meeting = f"{case.meeting_id}:{case.id}"
    form = {"adopted_on": TODAY.isoformat(), "meeting": meeting}
    vedta = f"/arbeidsplan/{plan_id}/vedta"
    assert "Velg dagen" in secretary.post_form(vedta, {**form, "adopted_on": ""}, page=vedta).text
    assert "Nå kan alle medlemmer" in secretary.post_form(vedta, form, page=vedta, follow_redirects=True).text
    for path in paths:
        assert volunteer.get(path).status_code == 200
    assert "Hemmelig årsmøte" not in volunteer.get(paths[0]).text  # the meeting is closed
    assert "Hemmelig årsmøte" in secretary.get(paths[0]).text
    assert f"/arbeidsplan/{plan_id}" in secretary.get(f"/mote/{meeting.partition(':')[0]}").text


def _meeting(unit_id: int, session: Session) -> MeetingCase:
    details = MeetingDetails(unit_id, MeetingKind.ANNUAL, "Hemmelig årsmøte", TODAY.isoformat())
    meeting = add_meeting(session, details, by=None, now=NOW)
    case = MeetingCase(meeting_id=meeting.id, position=1, title="Planen", decision="Hemmelig vedtak", made_at=NOW)
    session.add(case)
    session.flush()
    return case


def test_who_answers_for_an_item_reports_how_it_goes_and_nobody_else(
    mari: Browser, volunteer: Browser, secretary: Browser, database: Database, adopted: int
) -> None:
    own, other = item(database, adopted, "Ringe rundt"), item(database, adopted, "Male plakater")
    path = f"/arbeidsplan/punkt/{own.id}"
    assert "ditt ansvar" in mari.get(f"/arbeidsplan/{adopted}").text
    form = {"seen": seen_on(mari, path), "status": "done", "status_note": "Ringte alle"}
    assert "Meld hvordan det går" not in volunteer.get(path).text
    assert volunteer.post_form(f"{path}/status", form, page="/arbeidsplan").status_code == 403
    assert "Velg hvordan" in mari.post_form(f"{path}/status", {**form, "status": "x"}, page=path).text
    late = {**form, "status_on": "2199-01-01"}
    assert "fram i tid" in mari.post_form(f"{path}/status", late, page=path).text
    assert "Ringte alle" in mari.post_form(f"{path}/status", form, page=path, follow_redirects=True).text
    done = item(database, adopted, "Ringe rundt")
    assert (done.status, done.status_on) == (ItemStatus.DONE, TODAY)
    assert mari.post_form(f"{path}/status", form, page=path).status_code == 422  # out of date
    elsewhere = {"seen": seen_on(secretary, f"/arbeidsplan/punkt/{other.id}"), "status": "done"}
    answer = mari.post_form(f"/arbeidsplan/punkt/{other.id}/status", elsewhere, page=path)
    assert answer.status_code == 403 and item(database, adopted, "Male plakater").status is ItemStatus.NOT_BEGUN


def test_an_adopted_plans_words_change_only_with_a_reason_that_members_see(
    secretary: Browser, member: Browser, database: Database, adopted: int
) -> None:
    goal = item(database, adopted, "Alle får kurs")
    path = f"/arbeidsplan/punkt/{goal.id}/endre"
    form = {"seen": seen_on(secretary, path), "kind": "goal", "text": "Mange får kurs"}
    refused = secretary.post_form(path, form, page=path)
    assert refused.status_code == 422 and "Skriv hvorfor teksten endres" in refused.text
    assert item(database, adopted, "Alle får kurs").id == goal.id
    secretary.post_form(path, {**form, "why": "Styret i mai"}, page=path)
    read = member.get(f"/arbeidsplan/{adopted}").text
    assert "«Alle får kurs» er endret til «Mange får kurs»." in read and "Styret i mai" in read
    history = secretary.get(f"/arbeidsplan/{adopted}/historikk").text
    undo = re.search(rf'action="(/arbeidsplan/{adopted}/angre/\d+)"', history)
    assert undo is not None
    assert "angret" in secretary.post_form(undo[1], {}, page=path, follow_redirects=True).text
    assert item(database, adopted, "Alle får kurs").amended_on is None


def test_next_year_is_seen_first_and_figures_stand_beside_last_years(
    secretary: Browser, database: Database, adopted: int
) -> None:
    with database.write() as session:
        plan = session.get_one(WorkPlan, adopted)
        write_status(
            session, plan, YEAR, figures=[Figure("Medlemmer", 1570), Figure("Sykler", 2)], strengths=["God kaffe"],
            weaknesses=[], by=None, now=NOW, today=TODAY,
        )  # fmt: skip
        session.get_one(WorkPlanItem, item(database, adopted, "Male plakater").id).status = ItemStatus.DONE
        session.commit()
    path = f"/arbeidsplan/{adopted}/neste"
    page = secretary.get(path).text
    assert "Dette blir tatt med" in page and f"Arbeidsplan {YEAR + 1}" in page
    form = {"title": "Neste plan", "first_year": YEAR + 1}
    done = secretary.post_form(path, form, page=path, follow_redirects=True).text
    assert "er laget som forslag" in done and "Male plakater" not in done and "Ringe rundt" in done
    with database.read() as session:
        after = session.query(WorkPlan).filter_by(follows_id=adopted).one().id
    status = f"/arbeidsplan/{after}/status"
    assert "God kaffe" in secretary.get(status).text
    form = {"seen": seen_on(secretary, status), "year": YEAR + 1, "label_0": "Medlemmer", "value_0": "1 606"}
    wrong = secretary.post_form(status, {**form, "value_0": "mange"}, page=status)
    assert wrong.status_code == 422 and 'value="mange"' in wrong.text
    page = secretary.post_form(
        status, {**form, "strength": "God kaffe\nMange hender"}, page=status, follow_redirects=True
    )
    assert "36 flere enn året før" in page.text and "Mange hender" in page.text


def test_what_the_archive_counts_is_taken_over_and_said(secretary: Browser, database: Database, plan_id: int) -> None:
    path = f"/arbeidsplan/{plan_id}/status"
    page = secretary.get(path).text
    found = re.search(r'name="label_(\d+)" value="Lokallag".*?Bruk det arkivet teller: (\d+)', page, re.S)
    assert found is not None
    labels = {f"label_{row}": label for row, label in re.findall(r'name="label_(\d+)" value="([^"]+)"', page)}
    form = {"seen": seen_on(secretary, path), "year": YEAR, **labels, f"counted_{found[1]}": "yes"}
    read = secretary.post_form(path, form, page=path, follow_redirects=True).text
    assert re.search(rf"Lokallag</th><td[^>]*>{found[2]} <span class=\"note\">talt", read)


def test_the_annual_report_is_a_page_and_a_document_with_nothing_that_members_may_not_see(
    secretary: Browser, member: Browser, database: Database, adopted: int, county: int
) -> None:
    with database.write() as session:
        plan = session.get_one(WorkPlan, adopted)
        goal = next(each for each in items_of(session, adopted) if each.target)
        goal.status, goal.status_on, goal.current, goal.current_on = (
            ItemStatus.DONE,
            date(YEAR, 1, 2),
            22,
            date(YEAR, 1, 2),
        )
        shown = add_event(session, EventDetails("Grillfest", str(YEAR), access=Access.MEMBERS), by=None, now=NOW)
        hidden = add_event(session, EventDetails("Lukket samtale", str(YEAR)), by=None, now=NOW)
        duty = add_duty(session, DutyDetails("Rydde boden", minimum=1), by=None, now=NOW)
        open_duty = add_duty(session, DutyDetails("Vårfest", minimum=2, for_members=True), by=None, now=NOW)
        day = plan_occurrence(session, duty, When(TODAY), unit_id=None, by=None, now=NOW)
        for side in (Side("event", shown.id), Side("event", hidden.id), Side("occurrence", day.id)):
            add_link(session, Side("work_plan_item", goal.id), side, by=None, now=NOW)
        _meeting(county, session)
        record = Record(title="Hemmelig brev", kind=RecordKind.LETTER, series="A", made_at=NOW)
        session.add(record)
        texts = [Section("Innledning", "Et godt år.\u0000\n\n- Først\n- Sist")]
        write_texts(session, plan, YEAR, texts, by=None, now=NOW)
        write_status(
            session, plan, YEAR, figures=[Figure("Medlemmer", 1606)], strengths=["God kaffe \ufffe"], weaknesses=[],
            by=None, now=NOW, today=TODAY,
        )  # fmt: skip
        session.commit()
        assert open_duty.for_members
    path = f"/arbeidsplan/{adopted}/arsmelding"
    secrets = ("Lukket samtale", "Rydde boden", "Hemmelig årsmøte", "Hemmelig vedtak", "Hemmelig brev")
    for browser, more in ((member, ""), (member, "?for=styret"), (secretary, "")):
        page = browser.get(f"{path}{more}").text
        words = _words(browser.get(f"{path}.docx{more}").data)
        for each in ("Et godt år.", "Lister i mange kommuner", "Grillfest", "Vårfest", "God kaffe", "1606"):
            assert each in page and each in words, each
        for each in secrets:
            assert each not in page and each not in words, each
    for each in secrets:
        assert each in _words(secretary.get(f"{path}.docx?for=styret").data), each


@pytest.fixture
def full(database: Database, adopted: int, county: int) -> tuple[int, int, int]:
    """An adopted plan with a bit of everything, the proposal after it, and a document to take goals out of."""
    with database.write() as session:
        plan = session.get_one(WorkPlan, adopted)
        write_status(
            session, plan, YEAR, figures=[Figure("Medlemmer", 1570), Figure("Sykler i boden", 2.5)],
            strengths=["God kaffe på alle møter", "Mange hender"], weaknesses=["Lang vei til alt"],
            by=None, now=NOW, today=TODAY,
        )  # fmt: skip
        goal, ring = (each for each in items_of(session, adopted) if each.text in (LINES[1], "Ringe rundt"))
        goal.status, goal.current, goal.status_note = ItemStatus.UNDER_WAY, 22, "Fem kommuner står igjen."
        goal.status_on = goal.current_on = ring.status_on = TODAY
        ring.status = ItemStatus.DONE
        event = add_event(session, EventDetails("Ringedugnad", str(YEAR), access=Access.MEMBERS), by=None, now=NOW)
        add_link(session, Side("work_plan_item", ring.id), Side("event", event.id), by=None, now=NOW)
        add_items(session, plan, [ItemDetails(ItemKind.MEASURE, "Et tiltak til")], why="Styret i mai", by=None, now=NOW)
        after = next_plan(session, plan, title="Neste", first_year=YEAR + 1, last_year=YEAR + 1, by=None, now=NOW)
        texts = [Section("Innledning", "Et godt år.\n\n- Først kurs\n- Så fest")]
        write_texts(session, plan, YEAR, texts, by=None, now=NOW)
        _meeting(county, session)
        number = _document(session)
        session.commit()
        return adopted, after.id, number


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_axe_finds_nothing_and_large_text_fits(
    full: tuple[int, int, int], page_of: Callable[..., Page], database: Database, size: tuple[int, int]
) -> None:
    page, (plan, after, record) = page_of(Role.SECRETARY, size=size), full
    number = item(database, plan, LINES[1]).id
    of_plan = ("", "/endre", "/neste", "/status", "/historikk", "/arsmelding?for=styret", "/arsmelding/tekster")
    of_next = ("", "/vedta", "/lim-inn", "/punkt/nytt", "/fra-dokument", f"/fra-dokument?dokument={record}")
    paths = ["", f"/punkt/{number}", f"/punkt/{number}/endre"]
    for path in (*paths, *(f"/{plan}{each}" for each in of_plan), *(f"/{after}{each}" for each in of_next)):
        page.goto(f"/arbeidsplan{path}")
        if size == PHONE:  # for a screen see test_look
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        for text in ("", "36px") if size == PHONE else ("",):
            page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, (path, text)


def _words(content: bytes) -> str:
    """What a document says, read back; its shape is real."""
    document = Document(io.BytesIO(content))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet"} <= set(styles)
    assert [cell.text for cell in document.tables[0].rows[0].cells][1:3] == [str(YEAR), str(YEAR - 1)]
    assert document.core_properties.language == "nb-NO" and "PAGE" in document.sections[0].footer._element.xml
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert f"Gjort (2. januar {YEAR}). Målet er 28 kommuner. Nå: 22 (2. januar {YEAR})." in said
    assert "Først" in [each.text for each in document.paragraphs if each.style.name == "List Bullet"]
    return said


def test_evidence_is_seen_from_both_sides(
    secretary: Browser, member: Browser, database: Database, adopted: int
) -> None:
    goal = item(database, adopted, "Alle får kurs")
    with database.write() as session:
        event = add_event(session, EventDetails("Kurskveld", str(YEAR), access=Access.MEMBERS), by=None, now=NOW)
        add_link(session, Side("work_plan_item", goal.id), Side("event", event.id), by=None, now=NOW)
        session.commit()
        number = event.id
    assert "Kurskveld" in member.get(f"/arbeidsplan/punkt/{goal.id}").text
    assert f"/arbeidsplan/punkt/{goal.id}" in member.get(f"/tidslinje/{number}").text
    assert "Kurskveld" in secretary.get(f"/knytt/planpunkt/{goal.id}?q=kurskveld").text
    assert "Alle får kurs" in secretary.get(f"/knytt/hendelse/{number}?q=alle+får").text


@pytest.mark.parametrize(
    "page", ["/arbeidsplan/{plan}", "/arbeidsplan/{plan}/arsmelding", "/arbeidsplan/{plan}/historikk"]
)
def test_no_page_asks_more_the_longer_the_plan(secretary: Browser, database: Database, adopted: int, page: str) -> None:
    path = page.format(plan=adopted)
    secretary.get(path)
    with counted(database, secretary) as few:
        assert secretary.get(path).status_code == 200
    with database.write() as session:
        plan = session.get_one(WorkPlan, adopted)
        details = [
            ItemDetails(ItemKind.MEASURE, f"Tiltak {n}", responsible=(Responsible(unit_id=plan.unit_id),))
            for n in range(40)
        ]
        made = add_items(session, plan, details, why="Prøve", by=None, now=NOW)
        for each in made[:20]:
            event = add_event(session, EventDetails(f"Fest {each.id}", str(YEAR)), by=None, now=NOW)
            add_link(session, Side("work_plan_item", each.id), Side("event", event.id), by=None, now=NOW)
        session.commit()
    with counted(database, secretary) as many:
        secretary.get(path)
    assert len(many) <= len(few) + 3, [each for each in many if each not in few]


def test_a_proposal_is_taken_away_and_brought_back(secretary: Browser, database: Database, plan_id: int) -> None:
    gone = secretary.post_form(
        f"/arbeidsplan/{plan_id}/ta-bort", {}, page="/arbeidsplan/ny", follow_redirects=True
    ).text
    back = re.search(r'action="(/arbeidsplan/hent-tilbake/\d+)"', gone)
    assert back is not None and secretary.get(f"/arbeidsplan/{plan_id}").status_code == 404
    assert "Forslaget er tilbake" in secretary.post_form(back[1], {}, page="/arbeidsplan", follow_redirects=True).text
    assert "Ringe rundt" in secretary.get(f"/arbeidsplan/{plan_id}").text


def test_items_are_written_moved_and_taken_out(
    secretary: Browser, database: Database, plan_id: int, county: int
) -> None:
    path = f"/arbeidsplan/{plan_id}/punkt/nytt"
    form = {"kind": "goal", "text": "Et nytt mål", "target": "mange", "where_0": str(county), "office_0": "leader"}
    assert "Skriv tallet med sifre" in secretary.post_form(path, form, page=path).text
    form |= {"target": "12,5", "measured_in": "prosent", "where_1": "hver:region", "responsible_people": "Ingen Slik"}
    assert "Ingen i registeret heter dette" in secretary.post_form(path, form, page=path).text
    secretary.post_form(path, {**form, "responsible_people": "Mari Medlem"}, page=path)
    goal = item(database, plan_id, "Et nytt mål")
    page = secretary.get(f"/arbeidsplan/punkt/{goal.id}").text
    assert "Målet er 12,5 prosent." in page and "leder i Trøndelag SV" in page and "hver region" in page
    before = secretary.get(f"/arbeidsplan/{plan_id}").text
    assert before.index("Alle får kurs") < before.index("Et nytt mål")
    secretary.post_form(f"/arbeidsplan/punkt/{goal.id}/flytt", {"vei": "opp"}, page=path)
    after = secretary.get(f"/arbeidsplan/{plan_id}").text
    assert after.index("Alle får kurs") > after.index("Et nytt mål")
    secretary.post_form(f"/arbeidsplan/punkt/{goal.id}/ta-bort", {}, page=path)
    assert secretary.get(f"/arbeidsplan/punkt/{goal.id}").status_code == 404


# Who answers, on their own pages --------------------------------------------------------------------------------------


def test_what_one_answers_for_stands_on_ones_own_pages(
    database: Database, plan_id: int, county: int, mari: Browser, secretary: Browser
) -> None:
    with database.write() as session:
        plan, leader = session.get_one(WorkPlan, plan_id), find_or_add_person(session, "Lars Leder")
        region = session.query(Unit).filter_by(kind=UnitKind.REGION).order_by(Unit.id).first()
        assert region is not None
        details = OfficeDetails(region.id, leader.id, OfficeKind.LEADER, "regionleder", "2020")
        add_office(session, details, by=None, now=NOW)
        known = OfficeDetails(
            region.id, find_or_add_person(session, "Mari Medlem").id, OfficeKind.MEMBER, "medlem", "2020"
        )
        add_office(session, known, by=None, now=NOW)  # else members do not know that she is there
        who = {
            "Reise rundt": Responsible(each_of=UnitKind.REGION),
            "Skrive brev": Responsible(unit_id=region.id, office_kind=OfficeKind.LEADER),
            "Holde styremøter": Responsible(unit_id=county),
        }
        items = [ItemDetails(ItemKind.MEASURE, text, responsible=(each,)) for text, each in who.items()]
        add_items(session, plan, items, by=None, now=NOW)
        session.commit()
        person, region_id = find_or_add_person(session, "Mari Medlem").id, region.id
        pages = {
            f"/folk/{person}": {"Ringe rundt"},  # what is each region's is its leader's
            f"/folk/{leader.id}": {"Reise rundt", "Skrive brev"},
            f"/organisasjon/{region_id}": {"Reise rundt", "Skrive brev"},
            f"/organisasjon/{county}": {"Holde styremøter"},
            "/organisasjon/ansvar": {"Ringe rundt", *who},
        }
    every = {"Ringe rundt", *who}
    for path, own in pages.items():
        assert {each for each in every if each in secretary.get(path).text} == own, path
        assert not any(each in mari.get(path).text for each in every), "a proposal is not a member's to read"
    with database.write() as session:
        adopt_plan(
            session, session.get_one(WorkPlan, plan_id), Adoption(TODAY, "Årsmøtet"), by=None, now=NOW, today=TODAY
        )
        session.commit()
    for path, own in pages.items():
        assert {each for each in every if each in mari.get(path).text} == own, path


def test_pages_ask_as_often_whatever_is_answered_for(
    database: Database, adopted: int, county: int, secretary: Browser
) -> None:
    paths = ("/organisasjon/ansvar", f"/organisasjon/{county}")

    def more(count: int) -> None:
        with database.write() as session:
            plan = session.get_one(WorkPlan, adopted)
            who = [find_or_add_person(session, f"Person {number} Oppdiktet").id for number in range(count)]
            unit = Responsible(unit_id=county)
            items = [
                ItemDetails(ItemKind.MEASURE, f"Tiltak {each}", responsible=(Responsible(person_id=each), unit))
                for each in who
            ]
            add_items(session, plan, items, by=None, now=NOW, why="Vedtatt av styret.")
            session.commit()

    asked = []
    for count in (1, 12):
        more(count)
        for path in paths:
            secretary.get(path)
            with counted(database, secretary) as questions:
                secretary.get(path)
            asked.append(len(questions))
    assert asked[2:] == asked[:2]

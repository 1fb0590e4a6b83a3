"""*Møter*: the list, a meeting with its cases and papers, the forms with their undo, and who sees what."""

import io
import re
from collections.abc import Callable
from datetime import date, time

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from archive.access import MACHINE_OWNER
from archive.accounts import Role
from archive.database import Database
from archive.events import EventDetails, add_event
from archive.interviews import Access
from archive.link_kinds import Side
from archive.links import add_link
from archive.meetings.cases import CaseDetails, MeetingCase, add_cases
from archive.meetings.meeting import Meeting, MeetingDetails, MeetingKind, add_meeting
from archive.meetings.papers import PaperDetails, PaperRole, add_paper
from archive.people import find_or_add_person
from archive.record_series import RecordKind
from archive.records import RecordDetails, add_record, set_access
from archive.search.index import bring_up_to_date
from archive.settings import Settings
from archive.units import Unit, UnitKind
from archive.yearwheel.duties import DutyDetails, add_duty
from archive.yearwheel.occurrences import When, hold, plan_occurrence
from tests.conftest import NOW
from tests.web.conftest import Browser

FORM = {
    "meeting_kind": "annual",
    "meeting_title": "Årsmøte 1979",
    "meeting_dated": "våren 1979",
    "place": "Stjørdal",
    "access": "members",
    "meeting_ground": "Protokollen er sendt ut",
}
AGENDA = "Saksliste\n1/79 Godkjenning av innkalling\n2/79 Regnskap\n\nEventuelt\n"


def branch(database: Database) -> int:
    with database.read() as session:
        found = select(Unit.id).where(Unit.kind == UnitKind.COUNTY_BRANCH, Unit.merged_into_id.is_(None))
        return session.scalars(found).one()


def met(database: Database, access: Access = Access.MEMBERS, title: str = "Årsmøte 2023", cases: int = 2) -> int:
    """A meeting with cases; the first was presented by Petra Påfunn."""
    with database.write() as session:
        presenter = find_or_add_person(session, "Petra Påfunn")
        unit = session.scalars(select(Unit).where(Unit.kind == UnitKind.COUNTY_BRANCH, Unit.merged_into_id.is_(None)))
        details = MeetingDetails(
            unit.one().id, MeetingKind.ANNUAL, title, "11.03.2023", time(10), access=access, ground="Vedtatt"
        )
        meeting = add_meeting(session, details, by=None, now=NOW)
        every = [
            CaseDetails(
                f"Budsjettsak nummer {n}",
                f"{n}/23",
                "Innstilt",
                "Snakket",
                "Oppsparte midler brukes",
                "14 mot 3",
                presenter.id,
            )
            for n in range(1, cases + 1)
        ]
        add_cases(session, meeting, every, by=None, now=NOW)
        session.commit()
        return meeting.id


def paper(database: Database, meeting_id: int, access: Access = Access.MEMBERS, *, of_case: bool = False) -> int:
    """Minutes that are attached to a meeting; gives the record's number."""
    with database.write() as session:
        record = add_record(session, RecordDetails("Protokoll 2023", RecordKind.MINUTES), None, by=None, now=NOW)
        set_access(session, record, access, ground="Vedtatt", by=None, now=NOW)
        meeting = session.get_one(Meeting, meeting_id)
        case_id = meeting.cases[0].id if of_case else None
        details = PaperDetails(record.id, PaperRole.MINUTES, case_id, page=4, lines="17-24" if of_case else "")
        add_paper(session, meeting, details, MACHINE_OWNER, by=None, now=NOW)
        session.commit()
        return record.id


def first_case(database: Database, meeting_id: int) -> int:
    with database.read() as session:
        return session.scalars(select(MeetingCase.id).where(MeetingCase.meeting_id == meeting_id)).first() or 0


def test_an_empty_list_says_what_to_do(visitor: Browser, member: Browser, secretary: Browser) -> None:
    assert "logge inn" in visitor.get("/moter").text
    assert "Kom tilbake om litt" in member.get("/moter").text
    assert "Legg til et møte" in secretary.get("/moter").text


def test_the_secretary_adds_changes_removes_and_brings_back(
    secretary: Browser, member: Browser, database: Database
) -> None:
    form = {**FORM, "meeting_unit": str(branch(database))}
    answer = secretary.post_form("/mote/ny", form, page="/mote/ny")
    assert answer.status_code == 303
    page = member.get(answer.location).text
    for words in ("Årsmøte 1979", "våren 1979", "Stjørdal", "ikke skrevet inn"):
        assert words in page
    assert "Endre" not in page
    edit = secretary.get(f"{answer.location}/endre").text
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', edit)[1]  # type: ignore[index]
    assert 'value="våren 1979"' in edit
    changed = {**form, "meeting_dated": "mars 1979", "starts": "18", "seen": seen}
    assert secretary.post_form(f"{answer.location}/endre", changed, page=answer.location).status_code == 303
    assert "mars 1979</time> kl. 18.00" in member.get(answer.location).text
    assert secretary.post_form(f"{answer.location}/endre", changed, page=answer.location).status_code == 422
    undo = re.search(r'action="(/mote/\d+/angre/\d+)"', secretary.get(f"{answer.location}/historikk").text)
    assert undo
    assert secretary.post_form(undo[1], page=answer.location).status_code == 303
    assert "våren 1979" in member.get(answer.location).text
    removed = secretary.post_form(f"{answer.location}/fjern", page=answer.location)
    assert member.get(answer.location).status_code == 404
    back = re.search(r'action="(/moter/angre/\d+)"', secretary.get(removed.location).text)
    assert back
    assert "Årsmøte 1979" in secretary.get("/moter/fjernet").text
    assert secretary.post_form(back[1], page="/mote/ny").location == answer.location
    assert "våren 1979" in member.get(answer.location).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("meeting_dated", "31.02.1979", "Den dagen finnes ikke"),
        ("meeting_dated", "", "Et årstall er nok"),
        ("meeting_title", "", "Skriv hva møtet heter"),
        ("meeting_unit", "", "Velg hvem som møttes"),
        ("meeting_kind", "fest", "Velg hva slags møte"),
        ("starts", "halv sju", "Skriv det slik: 18.00"),
        ("meeting_url", "javascript:x", "begynner som regel med https"),
        ("meeting_ground", "", "Skriv hvorfor møtet kan vises"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    secretary: Browser, database: Database, field: str, typed: str, said: str
) -> None:
    form = {**FORM, "meeting_unit": str(branch(database)), field: typed}
    page = secretary.post_form("/mote/ny", form, page="/mote/ny")
    assert page.status_code == 422
    assert said in page.text
    assert 'value="Stjørdal"' in page.text
    with database.read() as session:
        assert session.scalars(select(Meeting)).all() == []


def test_an_agenda_is_pasted_looked_over_and_put_in(secretary: Browser, member: Browser, database: Database) -> None:
    meeting = f"/mote/{met(database, cases=0)}"
    wrong = secretary.post_form(f"{meeting}/saksliste", {"agenda": "1/79 En\n1/79 To\n3/79"}, page=meeting)
    assert wrong.status_code == 422
    for words in ("2 linjer må rettes først", "Linje 2", "lenger oppe", "Linje 3", "ikke hva saken gjelder"):
        assert words in wrong.text
    assert "Legg inn" not in wrong.text
    assert secretary.post_form(f"{meeting}/saksliste", {"agenda": " \n"}, page=meeting).status_code == 422
    seen = secretary.post_form(f"{meeting}/saksliste", {"agenda": AGENDA}, page=meeting)
    assert seen.status_code == 200
    assert "Legg inn 3 saker" in seen.text
    assert "uten nummer" in seen.text
    assert "Regnskap" not in member.get(meeting).text
    done = secretary.post_form(f"{meeting}/saksliste", {"agenda": AGENDA, "gjor": "legg-inn"}, page=meeting)
    assert done.status_code == 303
    page = member.get(meeting).text
    assert page.index("Godkjenning av innkalling") < page.index("Regnskap") < page.index("Eventuelt")
    again = secretary.post_form(f"{meeting}/saksliste", {"agenda": AGENDA, "gjor": "legg-inn"}, page=meeting)
    assert "alt en sak med dette nummeret" in again.text
    history = secretary.get(f"{meeting}/historikk").text
    assert "Lagt til 3 saker" in history
    undo = re.search(r'action="(/mote/\d+/angre/\d+)"', history)[1]  # type: ignore[index]
    assert secretary.post_form(undo, page=meeting).status_code == 303
    assert "Regnskap" not in member.get(meeting).text


def test_a_case_is_written_moved_and_taken_away(secretary: Browser, member: Browser, database: Database) -> None:
    meeting_id = met(database)
    meeting, case = f"/mote/{meeting_id}", f"/mote/sak/{first_case(database, meeting_id)}"
    assert secretary.get(case).location == f"{meeting}#sak-{case.rpartition('/')[2]}"
    form = {"case_number": "3/23", "case_title": "Valg", "presented_by": "Valborg Valgkomité", "vote": "enstemmig"}
    assert secretary.post_form(f"{meeting}/sak", form, page=meeting).status_code == 303
    page = member.get(meeting).text
    assert "Valborg Valgkomité" in page
    assert "Stemmer: enstemmig" in page
    taken = secretary.post_form(f"{meeting}/sak", {**form, "case_number": "Sak 3 / 23"}, page=meeting)
    assert taken.status_code == 422
    assert "Møtet har alt en sak med dette nummeret" in taken.text
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', secretary.get(f"{case}/endre").text)[1]  # type: ignore[index]
    changed = {"case_number": "1/23", "case_title": "Fond", "decision": "Fondet beholdes", "seen": seen}
    assert secretary.post_form(f"{case}/endre", changed, page=meeting).status_code == 303
    assert "Fondet beholdes" in member.get(meeting).text
    assert secretary.post_form(f"{case}/endre", changed, page=meeting).status_code == 422
    secretary.post_form(f"{case}/flytt", {"vei": "ned"}, page=meeting)
    page = member.get(meeting).text
    assert page.index("Budsjettsak nummer 2") < page.index("Fondet beholdes")
    answer = secretary.post_form(f"{case}/fjern", page=meeting)
    assert "Fondet beholdes" not in member.get(meeting).text
    undo = re.search(r'action="(/mote/\d+/angre/\d+)"', secretary.get(answer.location).text)[1]  # type: ignore[index]
    assert secretary.post_form(undo, page=meeting).status_code == 303
    assert "Fondet beholdes" in member.get(meeting).text


def test_a_paper_is_chosen_by_typing_and_a_new_one_handed_in(
    secretary: Browser, member: Browser, database: Database
) -> None:
    meeting_id = met(database)
    meeting = f"/mote/{meeting_id}"
    with database.write() as session:
        record = add_record(session, RecordDetails("Regnskap 2022", RecordKind.ACCOUNTS), None, by=None, now=NOW)
        session.commit()
    assert "Regnskap 2022" in secretary.get(f"{meeting}/papir?q=regns").text
    assert "Regnskap 2022" not in secretary.get(f"{meeting}/papir?q=løpeseddel").text
    form = {"role": "attachment", "case": "", "record": str(record.id), f"page-{record.id}": "x"}
    wrong = secretary.post_form(f"{meeting}/papir", form, page=meeting)
    assert wrong.status_code == 422
    assert "Skriv sidetallet med sifre" in wrong.text
    assert secretary.post_form(f"{meeting}/papir", {**form, f"page-{record.id}": "2"}, page=meeting).status_code == 303
    page = secretary.get(meeting).text
    assert "Regnskap 2022, side 2" in page
    assert "bare sekretæren ser det" in page
    assert "Regnskap 2022" not in member.get(meeting).text
    target = f"{meeting_id}:{first_case(database, meeting_id)}:minutes"
    assert "blir lagt ved" in secretary.get(f"/dokumenter/lever?mote={target}").text
    sent = {"title": "Protokoll", "kind": "minutes", "mote": target, "files": (io.BytesIO(b"Referat"), "ref.txt")}
    answer = secretary.post_form("/dokumenter/lever", sent, page=meeting, content_type="multipart/form-data")
    assert answer.location == f"{meeting}#papirer"
    page = secretary.get(meeting).text
    assert "Protokoll" in page
    gone = re.search(r'action="(/mote/\d+/papir/\d+/fjern)"', page)[1]  # type: ignore[index]
    assert secretary.post_form(gone, page=meeting).status_code == 303
    assert "Regnskap 2022" not in secretary.get(meeting).text
    for odd in ("x", "1:2", f"{meeting_id}:99:minutes", f"{'9' * 30}::minutes", f"{meeting_id}::fest"):
        assert secretary.get(f"/dokumenter/lever?mote={odd}").status_code == 200, odd


def test_a_volunteer_hands_in_without_attaching(volunteer: Browser, database: Database) -> None:
    meeting_id = met(database)
    page = volunteer.get(f"/dokumenter/lever?mote={meeting_id}::minutes").text
    assert "blir lagt ved" not in page
    sent = {"title": "Brev", "kind": "letter", "place_of_paper": "skapet", "mote": f"{meeting_id}::minutes"}
    answer = volunteer.post_form("/dokumenter/lever", sent, page="/dokumenter/lever")
    assert answer.location.startswith("/dokument/")
    with database.read() as session:
        assert session.get_one(Meeting, meeting_id).papers == []


SEEN = {
    Access.CLOSED: {Role.SECRETARY, Role.OWNER},
    Access.MEMBERS: {Role.MEMBER, Role.VOLUNTEER, Role.SECRETARY, Role.OWNER},
    Access.OPEN: set(Role),
}


@pytest.mark.parametrize("access", list(Access))
def test_who_sees_a_meeting_anywhere(browser_of: Callable[[Role], Browser], database: Database, access: Access) -> None:
    """The list, its own page, its case, the record's, the unit's, the person's and the event's page."""
    meeting_id = met(database, access)
    record_id = paper(database, meeting_id, Access.OPEN)
    with database.write() as session:
        event = add_event(session, EventDetails("Landsmøtet", "2023", access=Access.OPEN), by=None, now=NOW)
        add_link(session, Side("event", event.id), Side("meeting", meeting_id), by=None, now=NOW)
        person_id = find_or_add_person(session, "Petra Påfunn").id
        session.commit()
    case_id, unit_id = first_case(database, meeting_id), branch(database)
    for role in Role:
        browser, sees = browser_of(role), role in SEEN[access]
        for path in (f"/mote/{meeting_id}", f"/mote/sak/{case_id}"):
            assert browser.get(path).status_code == (404 if not sees else 302 if "sak" in path else 200), (role, path)
        for path in ("/moter", f"/dokument/{record_id}", f"/tidslinje/{event.id}"):
            page = browser.get(path)
            assert page.status_code == 200
            assert ("Årsmøte 2023" in page.text) == sees, (role, path)
        if role.at_least(Role.MEMBER):
            assert ("Årsmøte 2023" in browser.get(f"/organisasjon/{unit_id}").text) == sees
            assert ("Budsjettsak" in browser.get(f"/folk/{person_id}").text) == sees


def test_closed_minutes_of_an_open_meeting_stay_closed(member: Browser, secretary: Browser, database: Database) -> None:
    meeting_id = met(database)
    record_id = paper(database, meeting_id, Access.CLOSED, of_case=True)
    page = member.get(f"/mote/{meeting_id}").text
    assert "Budsjettsak nummer 1" in page
    assert "Protokoll" not in page
    assert "protokoll" not in member.get("/moter").text.partition("<main")[2].replace("protokollen", "")
    own = secretary.get(f"/mote/{meeting_id}").text
    assert f"/dokument/{record_id}?linje=17-24#linje-17" in own
    assert "side 4, linje 17–24" in own
    assert f"/mote/{meeting_id}#sak-" in secretary.get(f"/dokument/{record_id}").text


def test_an_event_shows_its_minutes(member: Browser, database: Database) -> None:
    meeting_id = met(database)
    paper(database, meeting_id)
    with database.write() as session:
        event = add_event(session, EventDetails("Sammenslåingen", "2023", access=Access.MEMBERS), by=None, now=NOW)
        add_link(session, Side("event", event.id), Side("meeting", meeting_id), by=None, now=NOW)
        session.commit()
    page = member.get(f"/tidslinje/{event.id}").text
    assert "Møtet og protokollen" in page
    assert "Les Protokoll 2023" in page
    assert "Sammenslåingen" in member.get(f"/mote/{meeting_id}").text


def test_a_decision_is_found_and_leads_to_its_case(
    member: Browser, visitor: Browser, database: Database, settings: Settings
) -> None:
    meeting_id = met(database, cases=1)
    met(database, Access.CLOSED, title="Lukket møte", cases=1)
    bring_up_to_date(settings, database, wait=True)
    page = member.get("/sok?q=oppsparte+midler").text
    assert f'href="/mote/{meeting_id}#sak-{first_case(database, meeting_id)}"' in page
    for words in ("Møte</span>", "Åpne saken", "Sak 1/23", "1 sted i 1 møte"):
        assert words in page
    assert "Lukket møte" not in page
    assert "Ingenting funnet" in visitor.get("/sok?q=oppsparte+midler").text


def test_an_occurrence_becomes_a_meeting_once(secretary: Browser, member: Browser, database: Database) -> None:
    with database.write() as session:
        duty = add_duty(session, DutyDetails("Årsmøte i fylkeslaget"), by=None, now=NOW)
        when = When(date(2026, 3, 10), time(18), place="Verdal")
        one = plan_occurrence(session, duty, when, unit_id=None, by=None, now=NOW)
        hold(session, one, held_on=date(2026, 3, 10), minutes="Vi ble enige", by=None, now=NOW, today=NOW.date())
        session.commit()
        path = f"/arshjul/gjennomforing/{one.id}"
    page = secretary.get(path).text
    assert "Lag møte av dette" in page
    form = secretary.get(f"/mote/ny?gjennomforing={one.id}").text
    for words in ("Årsmøte i fylkeslaget 2026", "10. mars 2026", "18.00", "Verdal", "Vi ble enige"):
        assert words in form
    sent = {**FORM, "meeting_unit": str(branch(database)), "gjennomforing": str(one.id)}
    answer = secretary.post_form("/mote/ny", sent, page="/mote/ny")
    assert answer.status_code == 303
    shown = secretary.get(path).text
    assert f'href="{answer.location}"' in shown
    assert "Lag møte av dette" not in shown
    assert path in secretary.get(answer.location).text
    twice = secretary.post_form("/mote/ny", sent, page="/mote/ny")
    assert twice.status_code == 422
    assert "har alt et møte" in twice.text


def test_the_list_is_narrowed_and_odd_values_narrow_nothing(member: Browser, database: Database) -> None:
    for number in range(5):
        met(database, title=f"Årsmøte nummer {number}", cases=0)
    page = member.get("/moter?slag=annual&tiar=2020").text
    assert "5 møter passer" in page
    assert "Ingen møter passer" in member.get("/moter?tiar=1970").text
    for odd in ("ledd=x", "ledd=99999999999", "slag=fest", "tiar=-7", "tiar=99999999", "side=9999999999999"):
        assert member.get(f"/moter?{odd}").status_code == 200, odd


def test_pages_ask_no_more_when_there_is_more(secretary: Browser, member: Browser, database: Database) -> None:
    asked: list[str] = []
    opened = secretary.application.extensions["archive"].database
    sqlalchemy_event.listen(opened.engine, "before_cursor_execute", lambda *all: asked.append(all[2]))

    def counts(meeting_id: int) -> list[int]:
        found = []
        ways = [(browser, f"/mote{end}") for browser in (secretary, member) for end in ("r", f"/{meeting_id}")]
        for browser, path in (*ways, (secretary, f"/mote/{meeting_id}/historikk")):
            browser.get(path)
            asked.clear()
            assert browser.get(path).status_code == 200
            found.append(len(asked))
        return found

    def add(meeting_id: int, number: int) -> None:
        with database.write() as session:
            meeting = session.get_one(Meeting, meeting_id)
            for n in range(number):
                person = find_or_add_person(session, f"Person {n}")
                session.flush()
                (case,) = add_cases(session, meeting, [CaseDetails("Sak", presented_by_id=person.id)], by=None, now=NOW)
                add_link(session, Side("meeting_case", case.id), Side("person", person.id), by=None, now=NOW)
            session.commit()
        for _ in range(number):
            paper(database, meeting_id, of_case=True)
            paper(database, met(database, title="Et annet møte", cases=1))

    one = met(database)
    add(one, 4)
    before = counts(one)
    add(one, 8)
    assert counts(one) == before

"""What members find, and what they never find."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from archive.access import VISITOR, Consent, Viewer
from archive.accounts import Role
from archive.interviews import Access, Interview
from archive.outbox import searchable_text_changed
from archive.search.index import bring_up_to_date
from archive.transcripts import Segment
from tests.archive.search.conftest import NOW, WORD_MS, SmallArchive

MEMBER = Viewer(Role.MEMBER)
SECRETARY = Viewer(Role.SECRETARY)


def test_a_hit_starts_at_the_first_matching_word(archive: SmallArchive) -> None:
    archive.add(
        "Fabrikken", (None, "Det var en kald vinter."), (None, "Vi sto utenfor fabrikken og frøs, fabrikken sto.")
    )
    hit = archive.search("fabrikk").hits[0]
    assert hit.start_ms == (5 + 3) * WORD_MS
    assert hit.end_ms == (5 + 8) * WORD_MS
    assert hit.text == "Det var en kald vinter. Vi sto utenfor fabrikken og frøs, fabrikken sto."
    assert [hit.text[a:b] for a, b in hit.highlights] == ["fabrikken", "fabrikken"]
    with archive.database.read() as session:
        second = session.scalars(select(Segment.id).order_by(Segment.start_ms)).all()[1]
    assert hit.url == f"/intervju/{hit.interview_id}?t=3#linje-{second}"
    assert hit.speaker is None


def test_a_hit_in_a_text_without_times_leads_to_its_line(archive: SmallArchive) -> None:
    told = archive.add("Uten tider")
    with archive.database.write() as session:
        lines = [Segment(interview_id=told, start_ms=0, end_ms=0, text=said) for said in ("Først.", "Så sang vi.")]
        session.add_all(lines)
        searchable_text_changed(session, told, now=NOW)
        session.commit()
        second = lines[1].id
    bring_up_to_date(archive.settings, archive.database, wait=True)
    hit = archive.search("sang").hits[0]
    assert (hit.url, hit.start_ms) == (f"/intervju/{told}#linje-{second}", 0)


def test_a_passage_never_joins_two_speakers(archive: SmallArchive) -> None:
    archive.add(
        "To stemmer",
        ("Kari Spør", "Hvordan begynte det? Var det streiken?"),
        ("Ola Svarer", "Det begynte med et møte. Jeg husker det."),
        ("Ola Svarer", "Så kom streiken."),
        ("Kari Spør", "Og etterpå? Hva da?"),
    )
    hit = archive.search("møte").hits[0]
    assert hit.speaker == "Ola Svarer"
    assert hit.text == "Det begynte med et møte. Jeg husker det. Så kom streiken."
    assert (hit.before, hit.after) == ("Var det streiken?", "Og etterpå?")
    assert archive.search("streiken").total == 2


def test_all_words_come_first_and_some_follow_below_a_line(archive: SmallArchive) -> None:
    both = archive.add("Begge", (None, "Kvinnene gikk til streik."))
    one = archive.add("Én", (None, "Kvinnene gikk hjem."))
    results = archive.search("kvinner streik")
    assert [hit.interview_id for hit in results.hits] == [both, one]
    assert (results.above, results.total) == (1, 2)
    results = archive.search("kvinner romskip")
    assert sorted(hit.interview_id for hit in results.hits) == [both, one]
    assert results.above == 0
    assert results.also == ["kvinner", "romskip"]
    assert archive.search("kvinner streik").also == []


def test_interviews_are_counted_beyond_the_page_that_is_shown(archive: SmallArchive) -> None:
    archive.add("Lukket", (None, "Et hemmelig lokallag."))
    twice = archive.add("To", ("Kari Spør", "Om lokallaget."), ("Ola Svarer", "Lokallaget?"), access=Access.MEMBERS)
    archive.add("Ny", (None, "Et lokallag til."), access=Access.MEMBERS, indexed=False)
    results = archive.search("lokallag", MEMBER, limit=1)
    assert (results.total, results.interviews, len(results.hits)) == (2, 1, 1)
    assert results.hits[0].interview_id == twice
    archive.update()
    results = archive.search("lokallag", MEMBER, limit=1)
    assert (results.total, results.interviews) == (3, 2)
    archive.say(twice, (None, "Og et lokallag."), indexed=False)
    results = archive.search("lokallag", MEMBER, limit=1)  # those of a changed interview are confirmed one by one
    assert (results.total, results.interviews) == (3, 2)


def test_quotation_marks_ask_for_the_exact_words_in_order(archive: SmallArchive) -> None:
    exact = archive.add("Uten", (None, "Jeg var ikke med"), (None, "i styret det året."))
    archive.add("Med", (None, "Jeg var med i styret, ikke hun."))
    for question in ('"ikke med i styret"', "«ikke med i styret»", "“ikke med i styret”", '"Ikke med i styret'):
        assert archive.found(question) == [exact]
    assert archive.found('"styret"') == archive.found("styre")
    assert archive.found('"styre"') == []
    hit = archive.search('"ikke med i styret"').hits[0]
    assert [hit.text[a:b] for a, b in hit.highlights] == ["ikke med i styret"]


def test_minus_leaves_out(archive: SmallArchive) -> None:
    archive.add("A", (None, "Lederen ringte kommunen."))
    b = archive.add("B", (None, "Lederen ringte fylket."))
    assert archive.found("leder -kommune") == [b]
    assert archive.found("-kommune") == []


def test_hvem_asks_for_who_speaks(archive: SmallArchive) -> None:
    a = archive.add("A", ("Kari Spør", "Om torvet."), ("Ola Svarer", "Torvet var fullt."))
    assert [hit.speaker for hit in archive.search("torv hvem:ola").hits] == ["Ola Svarer"]
    assert [hit.speaker for hit in archive.search('hvem:"Kari Spør" torv').hits] == ["Kari Spør"]
    assert [hit.text for hit in archive.search("hvem:ola").hits] == ["Torvet var fullt."]
    assert archive.found("hvem:ingen torv") == []
    assert archive.search("hvem:ola").hits[0].start_ms == 2 * WORD_MS
    assert archive.search("hvem:ola").hits[0].interview_id == a


def test_a_star_after_three_letters_asks_for_the_beginning_of_a_word(archive: SmallArchive) -> None:
    a = archive.add("A", (None, "Kommunestyremøtet varte lenge."))
    assert archive.found("kommunest*") == [a]
    assert archive.found("xyz*") == []
    assert archive.found("ko*") == []


def test_ikke_can_be_found(archive: SmallArchive) -> None:
    a = archive.add("A", (None, "Det ville jeg ikke."))
    archive.add("B", (None, "Det ville jeg."))
    assert archive.found("ikke") == [a]


@pytest.mark.parametrize("asked", ["leder", "lederen", "lederne", "ledere"])
def test_every_form_of_an_agent_noun_finds_every_other(archive: SmallArchive, asked: str) -> None:
    ids = [archive.add(form, (None, f"Der sto {form} ved døra.")) for form in ("leder", "lederen", "lederne", "ledere")]
    assert archive.found(asked) == ids


def test_the_description_of_an_interview_is_found_when_asked_for(archive: SmallArchive) -> None:
    a = archive.add("Steinkjer i sekstiårene", (None, "Vi var unge."), summary="Om Ungdomslaget og valget i 1969.")
    archive.name_narrator(a, "Gunnvor Fortelling")
    archive.update()
    assert archive.found("steinkjer") == []
    for question in ("steinkjer", "gunnvor", "ungdomslag", "1969"):
        (hit,) = archive.search(question, kinds=("interview",)).hits
        assert (hit.kind, hit.interview_id, hit.narrators) == ("interview", a, ["Gunnvor Fortelling"])
        assert hit.text == "Om Ungdomslaget og valget i 1969."
    assert len(archive.search("unge steinkjer", kinds=("interview", "passage")).hits) == 2


def test_pages_follow_each_other(archive: SmallArchive) -> None:
    for number in range(25):
        archive.add(f"Nr. {number}", (None, f"Torvet nummer {number}."), indexed=False)
    archive.update()
    seen = [hit.interview_id for at in (0, 10, 20) for hit in archive.search("torv", limit=10, offset=at).hits]
    assert len(seen) == len(set(seen)) == 25
    assert archive.search("torv", limit=10, offset=10).total == 25
    assert archive.search("torv", limit=0).hits == []


# Rights


@pytest.fixture
def levels(archive: SmallArchive) -> dict[Access, int]:
    return {
        access: archive.add(
            f"Hemmelig {access}", (None, "Kodeordet er blåbærskog."), access=access, summary="Blåbærskog"
        )
        for access in Access
    }


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (VISITOR, [Access.OPEN]),
        (MEMBER, [Access.MEMBERS, Access.OPEN]),
        (Viewer(Role.VOLUNTEER), [Access.MEMBERS, Access.OPEN]),
        (SECRETARY, list(Access)),
    ],
)
def test_nobody_finds_or_counts_what_he_may_not_see(
    archive: SmallArchive, levels: dict[Access, int], viewer: Viewer, seen: list[Access]
) -> None:
    wanted = sorted(levels[access] for access in seen)
    for question in ("blåbærskog", '"kodeordet er"', "kodeord romskip", "blåb*", "kodeordet -bringebær"):
        assert archive.found(question, viewer) == wanted
    assert archive.found("hemmelig", viewer, kinds=("interview",)) == wanted
    assert archive.search("blåbærskog", viewer, limit=0).total == len(wanted)


def test_a_consent_that_runs_out_closes_the_same_day(archive: SmallArchive, levels: dict[Access, int]) -> None:
    with archive.database.write() as session:
        session.execute(update(Consent).values(valid_until=date(2026, 2, 28)))
        session.commit()
    assert archive.found("blåbærskog", MEMBER) == []
    assert archive.found("blåbærskog", VISITOR) == []


def test_a_takedown_holds_at_once_though_the_index_has_not_heard_of_it(
    archive: SmallArchive, levels: dict[Access, int]
) -> None:
    with archive.database.write() as session:
        session.execute(update(Interview).values(access=Access.CLOSED))
        session.commit()
    assert archive.found("blåbærskog", MEMBER) == []
    assert archive.found("blåbærskog", VISITOR) == []
    assert archive.found("blåbærskog", VISITOR, kinds=("interview",)) == []


def test_words_that_were_taken_out_are_neither_found_nor_counted_before_the_index_hears_of_it(
    archive: SmallArchive,
) -> None:
    from archive.outbox import searchable_text_changed

    a = archive.add("A", (None, "Naboen het Grønnskjegg."))
    b = archive.add("B", (None, "Grønnskjegg var her."))
    with archive.database.write() as session:
        session.execute(update(Segment).where(Segment.interview_id == a).values(text="Naboen het noe.", words=[]))
        searchable_text_changed(session, a, now=NOW)
        session.commit()
    assert archive.found("grønnskjegg") == [b]
    assert archive.search("grønnskjegg", limit=0).total == 1
    assert archive.update() == 1
    assert archive.found("grønnskjegg") == [b]


def test_lines_that_are_gone_are_not_shown(archive: SmallArchive) -> None:
    archive.add("A", (None, "Torvet var fullt."))
    with archive.database.write() as session:
        session.execute(delete(Segment))
        session.commit()
    assert archive.found("torv") == []


# Hostile questions

HOSTILE = [
    "",
    "   ",
    "\x00\x01\x1f\x7f",
    "(" * 200,
    "[a TO z]",
    "*",
    "?*?*?*",
    "*a*",
    "a*",
    '"',
    '""',
    '"" ""',
    "-",
    "--",
    "-*",
    "hvem:",
    "hvem:-",
    'hvem:""',
    "og i er det som",
    "AND OR NOT",
    "kind:interview",
    "interview:1",
    "exact:a keys:b",
    " ".join(f"ord{n}" for n in range(3000)),
    " ".join(["det"] * 3000),
    '"' + " ".join(["det"] * 3000) + '"',
    "a" * 100_000,
    "\ud800\udfff",
    "‮‏​",
    "a\u0301" * 500,
    "🎤 🙂",
    "'; DROP TABLE segment; --",
    "<script>alert(1)</script>",
    "^~^2 foo~0.1 foo^9",
    "{!func} %s %(x)s {} \\",
    "-" * 3000 + "a",
    "a-" * 3000,
    "«»“”„",
    "det -det",
    "İstanbul ß ﬁ ǅ",
    "ko" + "m" * 60 + "*",
]


def test_no_question_is_wrong(archive: SmallArchive) -> None:
    for number in range(20):
        archive.add(f"Nr. {number}", (None, "Det er det som og i det som er. " * 40), indexed=False)
    archive.update()
    for question in HOSTILE:
        for kinds in (("passage",), ("passage", "interview"), ()):
            results = archive.search(question, kinds=kinds)
            assert results.complete, question[:40]
            assert all(hit.text for hit in results.hits)

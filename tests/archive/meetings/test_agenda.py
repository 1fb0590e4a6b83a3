import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.meetings.agenda import MOST_LINES, read_agenda


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("1/23 Godkjenning av innkalling", "1/23", "Godkjenning av innkalling"),
        ("Sak 12/2023: Budsjett 2024", "12/2023", "Budsjett 2024"),
        ("SAK 3 / 23 – Valg av møteleder", "3 / 23", "Valg av møteleder"),
        ("FS 14/22\tReferatsaker", "FS 14/22", "Referatsaker"),
        ("4a/23. Innkomne forslag", "4a/23", "Innkomne forslag"),
        ("1. Konstituering", "1", "Konstituering"),
        ("2) Årsmelding", "2", "Årsmelding"),
        ("Sak 7 Regnskap", "7", "Regnskap"),
        ("• 5/23 Uttalelser", "5/23", "Uttalelser"),
        ("- Eventuelt", "", "Eventuelt"),
        ("Eventuelt", "", "Eventuelt"),
        ("17. mai-feiring i Levanger", "", "17. mai-feiring i Levanger"),
        ("2023: Hva gikk bra?", "", "2023: Hva gikk bra?"),
        ("1/23 1/4 av budsjettet", "1/23", "1/4 av budsjettet"),
        ("Sakspapirer på nett", "", "Sakspapirer på nett"),
    ],
)
def test_a_line(line: str, number: str, title: str) -> None:
    (case,) = read_agenda(line).cases
    assert (case.number, case.title) == (number, title)


def test_an_agenda_as_it_is_pasted() -> None:
    found = read_agenda("Saksliste:\n\n1/23 Innkalling\r\n  2/23 Referat \n\nEventuelt\n")
    assert [(each.line, each.number, each.title) for each in found.cases] == [
        (3, "1/23", "Innkalling"),
        (4, "2/23", "Referat"),
        (6, "", "Eventuelt"),
    ]
    assert found.problems == ()


def test_what_is_no_case_is_said_by_its_line() -> None:
    found = read_agenda(f"1/23 Innkalling\n2/23\nSak 1 / 23 Igjen\n4/23 Fra før\n5/23 {'x' * 301}", taken={"4/23"})
    assert [(each.line, each.problem) for each in found.problems] == [
        (2, "no_title"),
        (3, "twice"),
        (4, "taken"),
        (5, "too_long"),
    ]


def test_a_whole_book_is_not_an_agenda() -> None:
    found = read_agenda("\n".join(f"{n}/23 Sak" for n in range(1, 500)))
    assert len(found.cases) == MOST_LINES
    assert [each.problem for each in found.problems] == ["too_many"]


@given(st.lists(st.tuples(st.integers(1, 999), st.from_regex(r"[A-ZÆØÅ][a-zæøå]{2,20}", fullmatch=True)), max_size=30))
def test_what_is_numbered_comes_back(cases: list[tuple[int, str]]) -> None:
    unique = list(dict(cases).items())
    found = read_agenda("\n".join(f"{number}/2023 {title}" for number, title in unique))
    assert [(each.number, each.title) for each in found.cases] == [(f"{n}/2023", title) for n, title in unique]


@given(st.text(max_size=400))
def test_any_text_is_read_line_by_line(text: str) -> None:
    found = read_agenda(text)
    lines = text.splitlines()
    numbers = [each.line for each in found.cases] + [each.line for each in found.problems]
    assert len(set(numbers)) == len(numbers)
    assert all(1 <= each <= len(lines) for each in numbers)

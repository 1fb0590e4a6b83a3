"""Accounts from the command line."""

from archive.accounts import find_user, use_login_link
from archive.database import Database
from archive.site import set_setting
from stemme.opened import PORT_KEY
from tests.conftest import NOW
from tests.stemme.conftest import StartStemme, Stemme


def test_a_new_user_gets_a_link_that_lets_him_in_once(stemme: Stemme, database: Database) -> None:
    """The address is the archive's own when it has one."""
    typed = stemme(
        "user", "add", "Kari@Example.no", "--name", "Kari Prøve", "--role", "volunteer", "--json",
        STEMME_BASE_URL="https://arkiv.example.no/",
    )  # fmt: skip
    assert typed.exit_code == 0
    assert typed.document["username"] == "kari@example.no"
    address, _, token = typed.document["link"].rpartition("/")
    assert address == "https://arkiv.example.no/inn"
    with database.write() as session:
        assert use_login_link(session, token, now=NOW).name == "Kari Prøve"


def test_a_name_that_is_taken_is_a_sentence(stemme: Stemme) -> None:
    """Nothing on standard output."""
    words = ("user", "add", "kari", "--name", "Kari Prøve", "--role", "member")
    assert stemme(*words).exit_code == 0
    again = stemme(*words)
    assert (again.exit_code, again.out) == (1, "")
    assert again.err == "Brukernavnet er i bruk fra før.\n"


def test_an_ended_user_gets_no_link(stemme: Stemme, database: Database) -> None:
    """And is not there to log in."""
    stemme("user", "add", "kari", "--name", "Kari Prøve", "--role", "member")
    assert stemme("user", "end", "kari").exit_code == 0
    with database.read() as session:
        kari = find_user(session, "kari")
        assert kari is not None
        assert not kari.active
    assert "stengt ute" in stemme("user", "link", "kari").err
    assert stemme("user", "link", "ingen").exit_code == 1


def test_the_last_owner_stays(stemme: Stemme) -> None:
    """Or nobody could let anybody in."""
    stemme("user", "add", "dag", "--name", "Dag Drift", "--role", "owner")
    typed = stemme("user", "end", "dag")
    assert typed.exit_code == 1
    assert "siste driftsansvarlige" in typed.err


def test_a_name_of_bytes_that_are_no_text_is_nobodys(start_stemme: StartStemme) -> None:
    """As a terminal with another encoding sends it."""
    out, err = start_stemme("user", "link", "k\udce5ri").communicate(timeout=120)
    assert (out, err.startswith("Fant ikke bruker"), err.count("\n")) == ("", True, 1)


def test_a_link_leads_to_where_the_archive_was_started_last(stemme: Stemme, database: Database) -> None:
    """Also where that is another port than the usual one."""
    with database.write() as session:
        set_setting(session, PORT_KEY, "9123")
        session.commit()
    typed = stemme("user", "add", "kari", "--name", "Kari Prøve", "--role", "member", "--json")
    assert typed.document["link"].startswith("http://127.0.0.1:9123/inn/")

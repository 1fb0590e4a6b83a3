"""Every address says who may call it, and nobody else can; every form needs the proof that it is ours."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from archive.accounts import Role
from tests.web.conftest import Browser
from web.menu import ENTRIES
from web.rights import needed_role

ROLES = tuple(Role)
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def path_of(app: Flask, rule: Rule) -> str:
    """An address that fits the rule, of a thing that does not exist."""
    values = {name: 987654 if "Integer" in type(kind).__name__ else "x" for name, kind in rule._converters.items()}
    with app.test_request_context():
        built = app.url_map.bind("127.0.0.1").build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
    return str(built)


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    silent = [rule.rule for rule in rules(app) if needed_role(app, rule.endpoint) is None]
    assert silent == []


@pytest.mark.parametrize("role", ROLES)
def test_pages_are_refused_below_their_role_and_never_at_it(
    app: Flask, browser_of: Callable[[Role], Browser], role: Role
) -> None:
    browser = browser_of(role)
    for rule in rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        needed = needed_role(app, rule.endpoint)
        assert needed is not None
        answer = browser.get(path_of(app, rule))
        led_to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/logg-inn")
        if role.at_least(needed):
            assert not led_to_login, rule.rule
            assert answer.status_code not in (401, 403, 500), rule.rule
        elif role is Role.VISITOR:
            assert led_to_login, rule.rule
        else:
            assert answer.status_code == 403, rule.rule


@pytest.mark.parametrize("role", ROLES)
def test_acts_are_refused_below_their_role(app: Flask, browser_of: Callable[[Role], Browser], role: Role) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # the role is what is asked here
    browser = browser_of(role)
    for rule in rules(app):
        needed = needed_role(app, rule.endpoint)
        assert needed is not None
        for method in CHANGING & (rule.methods or set()):
            if not role.at_least(needed):
                answer = browser.open(path_of(app, rule), method=method)
                assert answer.status_code == (401 if role is Role.VISITOR else 403), f"{method} {rule.rule}"


def test_every_act_needs_the_proof_that_the_form_is_ours(app: Flask, owner: Browser) -> None:
    for rule in rules(app):
        for method in CHANGING & (rule.methods or set()):
            answer = owner.open(path_of(app, rule), method=method)
            assert answer.status_code == 400, f"{method} {rule.rule}"
            assert "Siden har stått åpen lenge" in answer.text, f"{method} {rule.rule}"


@pytest.mark.parametrize("number", ["2147483648", "9223372036854775808", "9" * 30])
def test_a_number_that_no_row_can_have_is_an_unknown_address(app: Flask, owner: Browser, number: str) -> None:
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and "<int:" in rule.rule:
            assert owner.get(path_of(app, rule).replace("987654", number)).status_code == 404, rule.rule


def test_a_visitor_is_led_back_to_the_page_after_logging_in(visitor: Browser) -> None:
    answer = visitor.get("/brukere/ny?fra=her")
    assert answer.headers["Location"] == "/logg-inn?neste=/brukere/ny?fra%3Dher"


def test_every_word_of_the_menu_leads_to_a_page(app: Flask) -> None:
    paths = {rule.rule for rule in rules(app)}
    assert [entry.path for entry in ENTRIES if entry.path not in paths] == []


def test_the_menu_shows_what_the_reader_may_open(browser_of: Callable[[Role], Browser]) -> None:
    volunteer = browser_of(Role.VOLUNTEER).get("/").text
    assert 'href="/skrivebord"' not in volunteer
    assert 'href="/intervjuplan"' in volunteer
    secretary = browser_of(Role.SECRETARY).get("/brukere").text
    assert '<a href="/skrivebord" aria-current="page">Skrivebord</a>' in secretary
    assert '<a href="/intervjuplan">' not in secretary


def test_nobody_s_menu_is_longer_than_a_phone_bears() -> None:
    words = {
        role: [each for each in ENTRIES if role.at_least(each.role) and each.until.at_least(role)] for role in Role
    }
    assert max(map(len, words.values())) <= 9


def test_organisation_leads_to_what_the_reader_may_open(browser_of: Callable[[Role], Browser]) -> None:
    member, secretary = (browser_of(role).get("/organisasjon").text for role in (Role.MEMBER, Role.SECRETARY))
    for path in ("/folk", "/organisasjon/ansvar", "/organisasjon/folkevalgte", "/moter", "/arbeidsplan"):
        assert f'href="{path}"' in member, path
    assert 'href="/oversikt"' not in member
    assert 'href="/oversikt"' in secretary


def test_the_desk_leads_to_what_the_secretary_s_menu_has_no_word_for(browser_of: Callable[[Role], Browser]) -> None:
    page = browser_of(Role.SECRETARY).get("/skrivebord").text
    for path in (
        "/brukere",
        "/innstillinger",
        "/intervjuplan",
        "/mine-opptak",
        "/arshjul/utboks",
        "/papirkurv",
        "/endringer",
    ):
        assert f'<a href="{path}"><b>' in page

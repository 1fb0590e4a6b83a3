"""Headers, host names, proxies, cookies."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from archive.settings import Settings
from tests.web.conftest import Browser, with_base_url

EVERY_KIND = ("/", "/logg-inn", "/finnes-ikke", "/static/css/base.css")


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_answer_carries_the_guards(visitor: Browser, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_scripts_carry_the_nonce_of_their_own_answer(visitor: Browser) -> None:
    first, second = visitor.get("/"), visitor.get("/")
    nonces = [re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"]) for page in (first, second)]
    assert nonces[0] and nonces[1]
    assert nonces[0][1] != nonces[1][1]
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonces[0][1]}"' in script for script in scripts)


@pytest.mark.parametrize("path", ["/", "/logg-inn", "/hjelp", "/personvern"])
def test_pages_hold_nothing_inline(visitor: Browser, path: str) -> None:
    page = visitor.get(path).text
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert "<style" not in page


def test_pages_are_not_kept_by_browsers_and_static_files_are(member: Browser) -> None:
    assert member.get("/").headers["Cache-Control"] == "no-store"
    sheet = re.search(r'href="(/static/css/base\.css\?v=\d+)"', member.get("/").text)
    assert sheet
    assert "max-age=31536000" in member.get(sheet[1]).headers["Cache-Control"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8321", "[::1]:8321", "192.168.1.20", "arkivmaskin", "arkiv.local"]
)
def test_hosts_of_a_local_network_are_answered(visitor: Browser, host: str) -> None:
    assert visitor.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["ond.example", "127.0.0.1.ond.example", "localhost.ond.example"])
def test_a_foreign_host_name_is_refused(visitor: Browser, host: str) -> None:
    answer = visitor.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "Feil adresse" in answer.text


def test_with_an_address_of_its_own_the_archive_answers_to_it(
    settings: Settings, make_app: Callable[..., Flask]
) -> None:
    browser = make_app(with_base_url(settings, "https://arkiv.eksempel.no")).test_client()
    assert browser.get("/", headers={"Host": "arkiv.eksempel.no"}).status_code == 200
    assert browser.get("/", headers={"Host": "127.0.0.1"}).status_code == 200
    assert browser.get("/", headers={"Host": "arkiv.local"}).status_code == 400
    assert browser.get("/", headers={"Host": "www.arkiv.eksempel.no"}).status_code == 400


def test_https_is_asked_for_again_next_time(settings: Settings, make_app: Callable[..., Flask]) -> None:
    browser = make_app(with_base_url(settings, "https://arkiv.eksempel.no", proxies=1)).test_client()
    answer = browser.get("/", headers={"Host": "arkiv.eksempel.no", "X-Forwarded-Proto": "https"})
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_forwarded_headers_are_believed_only_from_trusted_proxies(visitor: Browser) -> None:
    lie = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
    page = visitor.get("/logg-inn", headers=lie, environ_base={"REMOTE_ADDR": "192.168.1.33"})
    assert "Her kan du ikke logge inn trygt" in page.text


def test_a_visitor_who_only_reads_gets_no_cookie(visitor: Browser) -> None:
    for path in ("/", "/hjelp", "/personvern"):
        assert "Set-Cookie" not in visitor.get(path).headers


def test_a_remembered_browser_gets_its_cookie_anew_once_a_day_and_never_with_a_file(member: Browser) -> None:
    assert "stemme=" in member.get("/").headers["Set-Cookie"]
    for path in ("/", "/hjelp", "/static/css/base.css"):
        assert "Set-Cookie" not in member.get(path).headers

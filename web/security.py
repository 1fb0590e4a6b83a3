"""What stands between the pages and the world: proxies, host names, headers, forged forms, and unsafe connections."""

import ipaddress
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.settings import Settings
from web.visit import archive

# Fonts, scripts, sounds and everything else come from here and nowhere else; nothing may frame the pages.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # the check against forged forms wants the referrer over https
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
TWO_YEARS_S = 63_072_000
# How long a browser is remembered that is not used. Long, since a new link costs an old member a telephone call.
SESSION_LIVES = timedelta(days=60)
LOOPBACK_NAMES = ("localhost", "localhost.localdomain")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

csrf = CSRFProtect()


def init_security(app: Flask, settings: Settings) -> None:
    """Put the guards around the app."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    https = bool(settings.base_url and settings.base_url.startswith("https://"))
    app.config.update(
        SESSION_COOKIE_NAME="__Host-stemme" if https else "stemme",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=SESSION_LIVES,
        SESSION_REFRESH_EACH_REQUEST=False,  # else every font and sound would carry the cookie; `load_viewer` does it
        WTF_CSRF_TIME_LIMIT=None,  # a page may stand open, and an upload may last, for hours
        WTF_CSRF_HEADERS=["X-CSRFToken"],
    )
    app.before_request(check_host)
    app.after_request(add_headers)
    app.context_processor(lambda: {"nonce": nonce()})


def nonce() -> str:
    """The word that allows this page's own script elements, new for every answer."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def check_host() -> None:
    """Refuse a host name that is not ours: a foreign name that leads here is somebody else's page at work."""
    if not _is_our_host(_host_name(), archive().settings.base_url):
        abort(400, "host")


def _is_our_host(host: str, base_url: str | None) -> bool:
    if base_url and host == (urlsplit(base_url).hostname or ""):
        return True
    if host in LOOPBACK_NAMES or _address(host) is not None:
        return True
    # Without an address of its own the archive is reached on a local network, by names that no public server can give.
    return base_url is None and ("." not in host or host.endswith((".local", ".lan", ".home.arpa")))


def _host_name() -> str:
    return (urlsplit(f"//{request.host}").hostname or "").rstrip(".").lower()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_this_machine() -> bool:
    """Whether the reader sits at the machine itself: by address and by host name, and with no proxy in between."""
    if any(header in request.headers for header in FORWARDED) or "werkzeug.proxy_fix.orig" in request.environ:
        return False
    remote, host = _address(request.remote_addr or ""), _host_name()
    if remote is None or not remote.is_loopback:
        return False
    named = _address(host)
    return host in LOOPBACK_NAMES or (named is not None and named.is_loopback)


def connection_is_safe() -> bool:
    """Whether a password may travel: over HTTPS, or not over any network at all."""
    return request.is_secure or is_this_machine()


def unsafe_page() -> ResponseReturnValue:
    """The answer to who would log in where others can listen: why not, and where to go instead."""
    return render_template("accounts/unsafe.html", base_url=archive().settings.base_url), 403


def address_of(path: str) -> str:
    """The whole address of a page, as one hands it to somebody else."""
    return (archive().settings.base_url or request.host_url.rstrip("/")) + path


def add_headers(response: Response) -> Response:
    """Tell the browser what it may do with an answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY.format(nonce=nonce()))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={TWO_YEARS_S}; includeSubDomains")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        # What is closed must be gone from the next look, and a personal page from the library's computer.
        response.headers["Cache-Control"] = "no-store"
    return response

"""The mail server that the settings name: reached, asked for an encrypted line, logged in at."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

PATIENCE_S = 30.0
# On the machine itself nobody listens in between.
_HERE = ("localhost", "127.0.0.1", "::1")


class PasswordInTheOpen(smtplib.SMTPException):
    """Raised when a password would go unencrypted to another machine."""


@contextmanager
def mail_server(smtp_url: str, *, patience_s: float = PATIENCE_S) -> Iterator[smtplib.SMTP]:
    """The server, ready to take letters: `smtps://` encrypted from the first sign, `smtp://` as soon as it offers it.

    What goes wrong while we say goodbye is nobody's business: a letter that the server took is sent.

    Raises:
        OSError: it is not reached, or (`ssl.SSLError`) its certificate is not to be trusted.
        smtplib.SMTPException: it does not let us in; PasswordInTheOpen before that.
    """
    where = urlsplit(smtp_url)
    host, safe = where.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if where.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, where.port or 465, timeout=patience_s, context=safe)
    else:
        server = smtplib.SMTP(host, where.port or 25, timeout=patience_s)
    try:
        is_encrypted = where.scheme == "smtps"
        server.ehlo()
        if not is_encrypted and server.has_extn("starttls"):
            server.starttls(context=safe)
            server.ehlo()
            is_encrypted = True
        if where.username:
            if not is_encrypted and host not in _HERE:
                raise PasswordInTheOpen
            _log_in(server, unquote(where.username), unquote(where.password or ""))
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _log_in(server: smtplib.SMTP, name: str, password: str) -> None:
    try:
        server.login(name, password)
    except smtplib.SMTPServerDisconnected as error:  # some hang up on a wrong password
        if isinstance(error.__context__, TimeoutError):  # smtplib says the same of one that has fallen silent
            raise
        raise smtplib.SMTPAuthenticationError(535, b"hung up") from error


def name_of(smtp_url: str) -> str:
    """The server and its port, as they can be shown: without name and password."""
    where = urlsplit(smtp_url)
    return f"{where.hostname or 'localhost'}:{where.port or (465 if where.scheme == 'smtps' else 25)}"


def trouble_with(smtp_url: str, *, patience_s: float) -> str | None:
    """Why no letter would get through now: "unreachable", "certificate", "login", "in_the_open", "refused"; None: fine.

    It connects and logs in, and sends nothing.
    """
    try:
        with mail_server(smtp_url, patience_s=patience_s) as server:
            server.noop()
    except ssl.SSLError:
        return "certificate"
    except PasswordInTheOpen:
        return "in_the_open"
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):  # the latter: it knows no log-in
        return "login"
    except (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected):
        return "unreachable"
    except smtplib.SMTPException:  # it is an OSError too, so it stands before
        return "refused"
    except OSError:
        return "unreachable"
    return None

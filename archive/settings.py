"""What the environment says, read once into one frozen value."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from archive.errors import BadSetting

PROJECT = Path(__file__).resolve().parent.parent
ENGINES = ("faster-whisper", "openai-whisper")
SEARCHES = ("whoosh", "postgresql")
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and what runs. Every field is one environment variable; the README lists them all."""

    data: Path  # STEMME_DATA: the folder that holds everything personal
    database_url: str  # STEMME_DATABASE_URL
    jobs_url: str  # STEMME_JOBS_URL: the job engine's own database, a cache
    store_url: str  # STEMME_STORE_URL: a folder, or any address that fsspec knows
    search: str  # STEMME_SEARCH
    engine: str  # STEMME_ENGINE
    model: str | None  # STEMME_MODEL: a name or a path; None: what `stemme model use` chose, else the embedded one
    base_url: str | None  # STEMME_BASE_URL: the address members type; None: only this machine
    trusted_proxies: int  # STEMME_TRUSTED_PROXIES: how many proxies in front may set X-Forwarded-*
    smtp_url: str | None  # STEMME_SMTP_URL: the mail server; None: reminders are handed over by a person
    mail_from: str | None  # STEMME_MAIL_FROM: the address that letters come from

    @property
    def incoming(self) -> Path:
        """Uploads that are not whole yet."""
        return self.data / "incoming"

    @property
    def derived(self) -> Path:
        """Speech files, access copies and peaks: made from originals, may be deleted."""
        return self.data / "derived"

    @property
    def index(self) -> Path:
        """The search index: a cache."""
        return self.data / "index"

    @property
    def models(self) -> Path:
        """Installed speech models."""
        return self.data / "models"


def read_settings(environ: "os._Environ[str] | dict[str, str]" = os.environ) -> Settings:
    """Settings from the environment.

    Raises:
        BadSetting: a variable has a value that cannot be used; it names the variable.
    """
    data = Path(environ.get("STEMME_DATA") or PROJECT / "var").expanduser().absolute()
    proxies = environ.get("STEMME_TRUSTED_PROXIES") or "0"
    if not (proxies.isascii() and proxies.isdigit()):
        raise BadSetting("STEMME_TRUSTED_PROXIES", proxies, "a whole number")
    base_url = (environ.get("STEMME_BASE_URL") or "").rstrip("/") or None
    if base_url and not base_url.startswith(("http://", "https://")):
        raise BadSetting("STEMME_BASE_URL", base_url, "an address that starts with https://")
    database_url = _database_url(environ, "STEMME_DATABASE_URL", data / "archive.db")
    search = _one_of(environ, "STEMME_SEARCH", SEARCHES)
    if search == "postgresql" and not database_url.startswith("postgresql"):
        raise BadSetting("STEMME_SEARCH", search, "whoosh, as long as STEMME_DATABASE_URL names no PostgreSQL")
    smtp_url, mail_from = _mail(environ, base_url)
    return Settings(
        data=data,
        database_url=database_url,
        jobs_url=_database_url(environ, "STEMME_JOBS_URL", data / "jobs.db"),
        store_url=environ.get("STEMME_STORE_URL") or str(data / "originals"),
        search=search,
        engine=_one_of(environ, "STEMME_ENGINE", ENGINES),
        model=environ.get("STEMME_MODEL") or None,
        base_url=base_url,
        trusted_proxies=int(proxies),
        smtp_url=smtp_url,
        mail_from=mail_from,
    )


def _mail(environ: "os._Environ[str] | dict[str, str]", base_url: str | None) -> tuple[str | None, str | None]:
    """The mail server and the sender: both, and an address that links in letters can lead to, or neither."""
    smtp_url, mail_from = environ.get("STEMME_SMTP_URL") or None, environ.get("STEMME_MAIL_FROM") or None
    if smtp_url is None:
        return None, mail_from
    if not smtp_url.startswith(("smtp://", "smtps://")):
        raise BadSetting(
            "STEMME_SMTP_URL", smtp_url.partition("://")[0], "an address that starts with smtp:// or smtps://"
        )
    if mail_from is None or "@" not in mail_from:
        raise BadSetting("STEMME_MAIL_FROM", mail_from or "", "an e-mail address, since STEMME_SMTP_URL is set")
    if base_url is None:
        raise BadSetting("STEMME_BASE_URL", "", "the address members type, since letters hold links to it")
    return smtp_url, mail_from


def _database_url(environ: "os._Environ[str] | dict[str, str]", name: str, file: Path) -> str:
    value = environ.get(name) or f"sqlite:///{file}"
    try:
        known = make_url(value).get_backend_name() in DATABASES
    except ArgumentError:
        known = False
    if not known:
        raise BadSetting(name, value.partition("://")[0], "an address that starts with sqlite:/// or postgresql")
    return value


def _one_of(environ: "os._Environ[str] | dict[str, str]", name: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name) or choices[0]
    if value not in choices:
        raise BadSetting(name, value, " or ".join(choices))
    return value

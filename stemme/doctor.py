"""`stemme doctor`: what is wrong, in plain words, and how to mend it."""

import argparse
import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from archive.backup import OLD_AFTER, last_backup
from archive.errors import ArchiveError, BadSetting
from archive.jobs import worker_is_alive
from archive.local_time import day_of
from archive.recordings import UNFINISHED, Recording
from archive.settings import PROJECT, Settings, read_settings
from archive.setup import open_database
from archive.site import get_setting
from media.ocr import can_read
from media.run import missing_limits
from media.store import free_bytes
from pipeline.engines.faster import arrangement_for
from pipeline.errors import PipelineError
from pipeline.models import check_model, find_model
from stemme.findings import Finding
from stemme.mail_doctor import look_at_mail
from stemme.opened import now
from stemme.output import print_json
from stemme.search_doctor import look_at_search
from stemme.serving import is_loopback
from stemme.wording import megabytes, sentence

# A long recording with its speech file and access copy needs about this much.
LITTLE_ROOM_BYTES = 5_000_000_000


def doctor(arguments: argparse.Namespace) -> int:
    """Look at everything; 1 when something is broken. With `--mend` what can be put right without asking is."""
    found = list(_examine(mends=arguments.mend))
    broken = any(each.level == "fault" for each in found)
    if arguments.json:
        print_json({"ok": not broken, "findings": [asdict(each) for each in found]})
        return int(broken)
    marks = {"ok": "  ", "advice": "! ", "fault": "× "}
    for each in found:
        print(f"{marks[each.level]}{each.says}")
        if each.mend:
            print(f"    {each.mend}")
    return int(broken)


def _examine(*, mends: bool) -> Iterator[Finding]:
    yield from _programs()
    try:
        settings = read_settings()
    except BadSetting as error:
        yield Finding("settings", "fault", sentence(error))
        return
    yield _room(settings)
    yield _address(settings)
    yield look_at_mail(settings)
    try:
        database = open_database(settings)
    except (ArchiveError, SQLAlchemyError, OSError) as error:
        yield Finding("archive", "fault", _words(error), "stemme init lager et nytt arkiv der det ikke er noe.")
        return
    try:
        with database.read() as session:
            yield from _archive(settings, session)
        yield from look_at_search(settings, database, mends=mends)
    finally:
        database.close()


def _programs() -> Iterator[Finding]:
    for program in ("ffmpeg", "ffprobe"):
        if shutil.which(program):
            yield Finding(program, "ok", f"{program} er installert.")
        else:
            yield Finding(program, "fault", f"{program} mangler; opptak kan ikke leses.", "Skriv: script/setup")
    if can_read():
        yield Finding("tesseract", "ok", "tesseract med norsk er installert.")
    else:
        says = "tesseract med norsk mangler; skannede papirer kan ses, men ikke søkes i."
        yield Finding("tesseract", "advice", says, "Skriv: script/setup")
    if (PROJECT / "web" / "static" / "vendor" / "htmx.min.js").exists():
        yield Finding("web libraries", "ok", "JavaScript og skrifter er på plass.")
    else:
        yield Finding("web libraries", "fault", "JavaScript og skrifter til sidene mangler.", "Skriv: script/setup")
    if missing := missing_limits():
        says = f"Uten {' og '.join(missing)} har ffmpeg ingen grenser; ta bare imot opptak fra folk dere kjenner."
        yield Finding("limits", "advice", says, "Bruk Linux på maskinen som andre når.")


def _room(settings: Settings) -> Finding:
    free = free_bytes(settings.data)
    if free < LITTLE_ROOM_BYTES:
        mend = "Rydd på disken, eller flytt datamappen til en større (STEMME_DATA)."
        return Finding("room", "fault", f"Bare {megabytes(free)} er ledig på disken.", mend)
    return Finding("room", "ok", f"{megabytes(free)} er ledig på disken.")


def _address(settings: Settings) -> Finding:
    if settings.base_url is None:
        return Finding("address", "ok", "Arkivet er bare for denne maskinen (STEMME_BASE_URL er ikke satt).")
    address = urlsplit(settings.base_url)
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        says = f"{settings.base_url} er uten HTTPS, så ingen får logge inn derfra."
        return Finding("address", "fault", says, "Se «Slik når medlemmene arkivet» i README.")
    if address.scheme == "https" and settings.trusted_proxies == 0:
        says = "Arkivet har HTTPS-adresse, men tror ikke på noen proxy og ser derfor alle som samme maskin."
        return Finding("address", "fault", says, "Sett STEMME_TRUSTED_PROXIES=1 når det står én proxy foran.")
    return Finding("address", "ok", f"Medlemmene bruker {settings.base_url}.")


def _archive(settings: Settings, session: Session) -> Iterator[Finding]:
    yield Finding("archive", "ok", f"Arkivet ligger i {settings.data}.")
    if Path(settings.data).stat().st_mode & 0o077:
        yield Finding(
            "privacy", "fault", "Andre brukere på maskinen kan lese datamappen.", f"chmod 700 {settings.data}"
        )
    yield _model(settings, get_setting(session, "model"))
    yield from _speed(settings, get_setting(session, "model"))
    yield _worker(session)
    yield _backup(last_backup(session))


def _model(settings: Settings, chosen: str | None) -> Finding:
    try:
        model = find_model(settings, chosen)
        check_model(model)
    except PipelineError as error:
        return Finding("model", "fault", sentence(error), "Skriv: stemme model list")
    if settings.engine == "openai-whisper" and importlib.util.find_spec("whisper") is None:
        return Finding("model", "fault", "openai-whisper er ikke installert.", "Kjør script/setup uten --light.")
    if model.is_embedded:
        mend = "Med nett: stemme model install NbAiLab/nb-whisper-small"
        return Finding("model", "advice", "Talemodellen som fulgte med, gir grov tekst.", mend)
    return Finding("model", "ok", f"Talemodellen {model.name} er hel.")


def _speed(settings: Settings, chosen: str | None) -> Iterator[Finding]:
    """How the machine will work with the model; nothing where the model itself is amiss, which stands above."""
    if settings.engine != "faster-whisper":
        return
    try:
        found = arrangement_for(find_model(settings, chosen))
    except (PipelineError, OSError):
        return
    if found.device == "cuda":
        says = f"Skjermkortet hører {found.batch} stykker på inntil 28 sekunder om gangen."
    else:
        at_once = found.replicas * found.batch
        how_many = "ett stykke" if at_once == 1 else f"{at_once} stykker"
        says = (
            f"Maskinen hører {how_many} på inntil 28 sekunder om gangen, på {found.replicas * found.threads} kjerner."
        )
    yield Finding("speed", "ok", says)


def _worker(session: Session) -> Finding:
    waiting = session.scalar(select(Recording.id).where(Recording.state.in_(UNFINISHED)).limit(1))
    if worker_is_alive(session, now()):
        return Finding("worker", "ok", "Arbeideren lever.")
    if waiting is None:
        return Finding("worker", "ok", "Ingen arbeider er i gang, og ingen opptak venter på tekst.")
    return Finding("worker", "fault", "Opptak venter på tekst, men ingen arbeider er i gang.", "Skriv: stemme serve")


def _backup(last: datetime | None) -> Finding:
    mend = "Skriv: stemme backup MAPPE, gjerne hver natt og til en annen disk."
    if last is None:
        return Finding("backup", "advice", "Det er aldri tatt sikkerhetskopi.", mend)
    says = f"Siste sikkerhetskopi er fra {day_of(last):%d.%m.%Y}."
    if now() - last > OLD_AFTER:
        return Finding("backup", "advice", says, mend)
    return Finding("backup", "ok", says)


def _words(error: Exception) -> str:
    if isinstance(error, SQLAlchemyError):
        return f"Databasen svarer ikke: {str(error).splitlines()[0]}"
    return sentence(error)

"""What went wrong, as one Norwegian sentence that says what to do."""

import errno

from archive import errors as archive
from media import errors as media
from pipeline import errors as pipeline
from web import file_problems
from web.import_words import refusal

NOT_SOUND = {
    "empty": "filen er tom",
    "not_media": "filen er ikke et opptak",
    "no_sound": "det er ingen lyd i filen",
    "too_long": "opptaket er for langt; del det i flere filer",
    "too_many_channels": "filen har flere lydspor enn vi kan ta imot",
    "unreadable": "filen er skadet og lar seg ikke lese",
}
KINDS = {"interview": "intervju", "user": "bruker", "segment": "linje", "chapter": "kapittel", "model": "talemodell"}
MODEL_PROBLEMS = {
    "not_a_model": "er ikke en talemodell vi kjenner (en CTranslate2-mappe eller en .pt-fil)",
    "no_tokenizer": "mangler; modellen kan ikke brukes uten",
    "needs_ctranslate2": "kan bare brukes av faster-whisper",
    "quantised": "er kvantisert og kan bare brukes av faster-whisper",
    "unknown_format": "har et format vi ikke kjenner",
}
BACKUP_PROBLEMS = {
    "missing": "mangler i sikkerhetskopien",
    "changed": "er skadet",
    "unknown": "er laget av en nyere utgave av programmet",
}
REFERENCE_PROBLEMS = {
    "too_large": "er for stor til å være teksten til ett intervju",
    "no_text": "er ikke en tekst. Lagre fasiten som ren tekst (.txt), VTT eller SRT",
    "encoding": "er ikke lagret som UTF-8, så æ, ø og å kan ikke leses. Lagre den på nytt som UTF-8",
}
WANTED = {
    "STEMME_TRUSTED_PROXIES": "et helt tall",
    "STEMME_BASE_URL": "en adresse som begynner med https://",
    "STEMME_DATABASE_URL": "en adresse som begynner med sqlite:/// eller postgresql",
    "STEMME_JOBS_URL": "en adresse som begynner med sqlite:/// eller postgresql",
    "--host": "en adresse denne maskinen har",
}
INPUT = {
    ("username", "taken"): "Brukernavnet er i bruk fra før.",
    ("email", "taken"): "E-postadressen er i bruk fra før.",
    ("files", "twice"): "Det samme opptaket er nevnt to ganger. Ingenting ble lagt inn.",
    ("title", "one_for_many"): "Flere filer kan ikke få samme tittel. Utelat --title, så får hver fil navnet sitt.",
    ("valid_until", "past"): "Siste dag for samtykket er alt passert.",
}
FIELDS = {
    "title": "Tittelen",
    "name": "Navnet",
    "username": "Brukernavnet",
    "narrators": "Navnet på fortelleren",
    "interviewers": "Navnet på intervjueren",
    "place": "Stedet",
    "language": "Språkkoden",
    "held_on": "Dagen",
    "given_by": "Navnet på den som samtykker",
    "paper": "Stedet der papiret ligger,",
}
PROBLEMS = {
    "empty": "mangler",
    "too_long": "er for langt",
    "unknown": "kjenner vi ikke",
    "too_old": "ligger for langt tilbake",
    "future": "ligger fram i tid",
}


def sentence(error: Exception) -> str:
    """What to tell the person at the keyboard.

    Raises:
        Exception: the error itself, when it is none of ours: a fault in the program is to be seen whole.
    """
    match error:
        case archive.ArchiveError():
            return _archive(error)
        case media.MediaError():
            return _media(error)
        case pipeline.PipelineError():
            return _pipeline(error)
        case OSError():
            return _system(error)
    if type(error).__name__ == "OperationalError":
        if "locked" in str(error):
            return "Noen andre skriver i arkivet akkurat nå. Prøv igjen om litt."
        said = " ".join(str(getattr(error, "orig", error)).split())
        return f"Databasen kan ikke brukes nå: {said}"
    raise error


def _archive(error: archive.ArchiveError) -> str:
    match error:
        case archive.BadSetting(name, value, wanted):
            wanted = WANTED.get(name) or wanted.replace(" or ", " eller ")
            return f"Innstillingen {name} er «{value}». Den må være: {wanted}"
        case archive.NotInitialised():
            return "Det er ikke noe arkiv i datamappen ennå. Skriv: stemme init"
        case archive.NewerArchive():
            return "Arkivet er laget av en nyere utgave av Stemmearkivet. Oppdater programmet først."
        case archive.NotFound(kind, id):
            return f"Fant ikke {KINDS.get(kind, kind)} {id}."
        case archive.AlreadyReceived(original_name, _, interview_id):
            return f"«{original_name}» er mottatt før, i intervju TSV-I-{interview_id:04d}. Ingenting ble lagt inn."
        case archive.ReceivedInBin():
            return _in_bin(error)
        case archive.ImportRefused():
            return refusal(error)
        case archive.BadInput(field, problem):
            return INPUT.get((field, problem)) or f"{FIELDS.get(field, field)} {PROBLEMS.get(problem, problem)}."
        case archive.NoRoom(needed_bytes, free_bytes):
            return (
                f"Det er for lite plass på disken: trenger {megabytes(needed_bytes)}, {megabytes(free_bytes)} er ledig."
            )
        case archive.NotAllowed("fill_with_demo"):
            return "Dette arkivet er i bruk, og demoen skal ikke blandes med det. Velg en tom mappe med STEMME_DATA."
        case archive.NotAllowed("end_user"):
            return "Den siste driftsansvarlige kan ikke stenges ute."
        case archive.NotAllowed("make_login_link"):
            return "Brukeren er stengt ute og kan ikke få noen lenke."
        case archive.NotAllowed():
            return "Det er det ikke lov til."
        case archive.BackupUnusable(path, problem):
            return f"{path} {BACKUP_PROBLEMS.get(problem, problem)}. Ingenting ble gjort ferdig."
        case archive.FolderTaken(where):
            return f"{where} er ikke tom. Velg en annen."
        case archive.ReferenceUnusable(path, problem):
            return f"{path} {REFERENCE_PROBLEMS.get(problem, problem)}."
        case archive.NoText(interview_id):
            return f"Intervju {interview_id} har ingen tekst ennå."
        case archive.NoConsent():
            return "Et intervju kan ikke åpnes uten at det står hvem som har samtykket."
    return f"Det gikk ikke: {error}"


def _media(error: media.MediaError) -> str:
    match error:
        case media.NotSound(reason):
            return f"Dette kan ikke legges inn: {NOT_SOUND.get(reason, reason)}."
        case media.ToolMissing(tool):
            return f"Programmet {tool} mangler. Skriv: script/setup"
        case media.StoreUnknown(kind):
            return f"Lageret i STEMME_STORE_URL ({kind}) er av et slag som ikke er installert her."
        case media.DocumentRefused(reason, line, part):
            return refusal(archive.ImportRefused(reason, line, part))
        case media.ToolFailed("document" | "paper", _, _):
            return "Dokumentet kunne ikke leses: programmet som åpner det, ga opp. Lagre det på nytt og prøv igjen."
        case media.OutOfRoom():
            return "Disken er full. Ingenting ble lagt inn."
    return f"Lyden kunne ikke leses: {error}"


def _pipeline(error: pipeline.PipelineError) -> str:
    match error:
        case pipeline.ModelMissing(name):
            return f"Talemodellen «{name}» er ikke installert. Skriv: stemme model install {name}"
        case pipeline.ModelDamaged(path, problem):
            what = "mangler" if problem == "missing" else "er endret siden den ble installert"
            return f"{path} {what}. Installer modellen på nytt."
        case pipeline.ModelUnusable(path, problem):
            return f"{path} {MODEL_PROBLEMS.get(problem, problem)}."
        case pipeline.EngineMissing(library):
            return f"{library} er ikke installert. Kjør script/setup uten --light."
        case pipeline.NoSuchModel(name, problem):
            return f"Fant ingen modell som kan brukes under navnet «{name}» ({problem})."
        case pipeline.HubUnreachable(name, _):
            return f"Fikk ikke kontakt med nettstedet som har «{name}». Er maskinen på nett?"
        case pipeline.EngineFailed():
            return "Programmet som hører et stykke av opptaket én gang til, ga opp. Prøv igjen."
        case pipeline.VoicesFailed():
            return "Programmet som skiller stemmene fra hverandre, ga opp. Teksten er like hel."
        case pipeline.VoiceTooShort():
            return "Det er for lite tale av personen til å kjenne igjen stemmen."
        case pipeline.GaveUp():
            return "Arbeideren stoppet flere ganger på det samme stykket av opptaket, og ga opp."
    return f"Teksten kunne ikke lages: {error}"


def _system(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "Porten er i bruk; kanskje er arkivet åpent fra før. Velg en annen med --port."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Disken er full."
    match error:
        case FileNotFoundError():
            return f"Finner ikke {error.filename}."
        case PermissionError():
            return f"Har ikke lov til å bruke {error.filename}."
        case IsADirectoryError():
            return f"{error.filename} er en mappe, ikke en fil."
        case FileExistsError() | NotADirectoryError():
            return f"{error.filename} er en fil, ikke en mappe."
    return f"Det gikk ikke: {error}"


def megabytes(size_bytes: int) -> str:
    """A size as a person reads it."""
    return f"{size_bytes / 1e9:.1f} GB".replace(".", ",") if size_bytes >= 1e9 else f"{round(size_bytes / 1e6)} MB"


def clock(ms: int) -> str:
    """A place in a recording: `12:43` or `1:52:10`."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _in_bin(error: archive.ReceivedInBin) -> str:
    """Since when it lies there, and how it comes back; in the words of the page where one hands in."""
    from stemme.opened import now  # here: these know the database, which `stemme --help` does without
    from web.wording import day

    said = f"«{error.original_name}», intervju TSV-I-{error.interview_id:04d}: "
    said += file_problems.IN_BIN.format(day(error.removed_at))
    if error.erase_at <= now():
        return f"{said} {file_problems.GOES_NOW}"
    back = file_problems.INSTEAD.format(day(error.erase_at))
    return f"{said} Start arkivet med stemme serve, og hent det tilbake på siden /papirkurv {back}"

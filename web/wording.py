"""Norwegian words for what the archive says in keys and numbers: roles, states, times, problems."""

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime

from archive.access import Use
from archive.accounts import Role
from archive.fuzzy_dates import shown
from archive.interviews import Access, Status
from archive.local_time import LOCAL, day_of
from archive.working_hours import WorkingHours
from web import meetings_words, organisation_words, records_words

MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)

ROLES = {
    Role.VISITOR: "besøkende",
    Role.MEMBER: "medlem",
    Role.VOLUNTEER: "frivillig",
    Role.SECRETARY: "sekretær",
    Role.OWNER: "driftsansvarlig",
}

STATUSES = {
    Status.PLANNED: "planlagt",
    Status.RECEIVED: "mottatt",
    Status.PROCESSING: "skrives ut nå",
    Status.PAUSED: "satt på pause",
    Status.CANCELLED: "avbrutt",
    Status.MACHINE_TEXT: "maskinell tekst",
    Status.IN_REVIEW: "under retting",
    Status.REVIEWED: "kontrollert",
    Status.FAILED: "gikk ikke",
}

ACCESSES = {Access.CLOSED: "lukket", Access.MEMBERS: "for medlemmer", Access.OPEN: "åpen for alle"}

USES = {Use.ARCHIVE: "bare arkivet", Use.MEMBERS: "medlemmer", Use.ALL: "alle"}


def day(value: date | datetime | None) -> str:
    """`14. mars 2022`; nothing when there is no day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = day_of(value)
    return f"{value.day}. {MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime | None) -> str:
    """The time of day where the archive is read: `14.05`."""
    return "" if value is None else f"{value.astimezone(LOCAL):%H.%M}"


def soon(value: datetime | None) -> str:
    """An hour that is to come: `kl. 15.40`, `i morgen kl. 02.10`, `14. mars kl. 02.10`."""
    if value is None:
        return ""
    days = (day_of(value) - day_of(datetime.now(UTC))).days
    if days == 0:
        return f"kl. {clock(value)}"
    return f"i morgen kl. {clock(value)}" if days == 1 else f"{day(value).rsplit(' ', 1)[0]} kl. {clock(value)}"


def moment(value: datetime | None) -> str:
    """`14. mars 2022 kl. 14.05`."""
    return "" if value is None else f"{day(value)} kl. {clock(value)}"


def position(ms: int) -> str:
    """A place in a recording: `0:07`, `12:43`, `1:52:10`."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def duration(ms: int) -> str:
    """A length in words: `45 s`, `12 min`, `1 t 52 min`."""
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} t {minutes} min" if minutes else f"{hours} t"


def size(count_bytes: int) -> str:
    """A file's size as the computer's own windows show it: `640 kB`, `1,2 GB`."""
    amount = float(count_bytes)
    for unit in ("byte", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    text = f"{amount:.0f}" if amount >= 10 or unit == "byte" else f"{amount:.1f}".replace(".", ",").removesuffix(",0")
    return f"{text} {unit}"


def counted(count: int, one: str, many: str) -> str:
    """`1 intervju`, `3 intervjuer`."""
    return f"{count} {one if count == 1 else many}"


_SMALL = ("null", "ett", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv")


def in_words(count: int, one: str, many: str, *, common: bool = False) -> str:
    """`to stemmer`, `ett navn`, `13 navn`; `common`: one of the word is `én`, not `ett`."""
    if count == 1 and common:
        return f"én {one}"
    number = _SMALL[count] if count < len(_SMALL) else str(count)
    return f"{number} {one if count == 1 else many}"


# What is wrong with what somebody typed: (field, problem) first, then the problem alone.
PROBLEMS: dict[tuple[str, str] | str, str] = {
    "empty": "Her må det stå noe.",
    "too_long": "Dette er for langt.",
    "future": "Datoen ligger fram i tid.",
    "too_old": "Så gammelt er det neppe. Se over året.",
    "unreadable": "Dette er ikke en dato vi forstår. Skriv den slik: 14.03.2022.",
    "unknown": "Velg på nytt.",
    ("birth_year", "unreadable"): "Skriv fødselsåret med fire sifre, for eksempel 1938.",
    ("birth_year", "out_of_range"): "Skriv fødselsåret med fire sifre, for eksempel 1938.",
    ("title", "empty"): "Gi intervjuet en tittel, så andre finner det igjen.",
    ("narrators", "empty"): "Skriv hvem som forteller.",
    ("narrator", "empty"): "Skriv hvem vi vil intervjue.",
    ("held_on", "empty"): "Skriv hvilken dag intervjuet ble gjort.",
    ("name", "empty"): "Skriv navnet.",
    ("username", "empty"): "Skriv et brukernavn.",
    ("username", "taken"): "Brukernavnet er i bruk av en annen. Velg et annet.",
    ("email", "taken"): "E-postadressen er i bruk av en annen.",
    (
        "email",
        "not_an_address",
    ): "Dette er ikke en e-postadresse. Den skal ha en @ og et punktum, som kari@eksempel.no.",
    ("password", "wrong"): "Passordet du har nå, stemmer ikke.",
    ("new_password", "too_short"): "Passordet er for kort. Bruk minst 12 tegn, for eksempel tre ord etter hverandre.",
    ("new_password", "too_long"): "Passordet er for langt. Bruk høyst 128 tegn.",
    (
        "new_password",
        "too_easy",
    ): "Passordet er for lett å gjette. Bruk tre ord som ikke hører sammen, og ikke ditt eget navn.",
    ("code", "wrong"): "Koden stemmer ikke. Se i vinduet der arkivet ble startet, og skriv den av nøyaktig.",
    ("role", "empty"): "Velg hva personen skal kunne gjøre.",
    ("voice_count", "out_of_range"): "Velg et tall fra 1 til 12.",
    ("voice_count", "no_sound"): "Intervjuet har ikke noe opptak.",
    ("other_name", "empty"): "Skriv navnet på den som snakker.",
    (
        "voice",
        "not_a_narrator",
    ): "Bare den som blir intervjuet, kan gå med på at stemmen huskes. Skriv navnet slik det står på intervjuet. Står "
    "det ikke der, skriver du det først inn under Endre opplysningene.",
    ("use", "empty"): "Velg hva som er avtalt.",
    ("use", "too_narrow"): "Samtykket dekker ikke så mange. Velg et videre samtykke, eller åpne for færre.",
    ("given_by", "empty"): "Skriv navnet på den som har gitt samtykket.",
    ("valid_from", "empty"): "Velg dagen samtykket gjelder fra.",
    ("valid_until", "before_start"): "Siste dag ligger før samtykket begynner å gjelde.",
    ("valid_until", "past"): "Siste dag er alt passert. Da kan intervjuet ikke åpnes på dette samtykket.",
    ("scan", "too_large"): "Filen er større enn 15 MB. Skann papiret én gang til med lavere oppløsning.",
    ("work_from", "empty"): "Skriv når maskinen kan begynne, for eksempel 22.00.",
    ("work_until", "empty"): "Skriv når maskinen skal stoppe, for eksempel 06.00.",
    ("work_from", "not_a_time"): "Dette er ikke et klokkeslett. Skriv det slik: 22.00.",
    ("work_until", "not_a_time"): "Dette er ikke et klokkeslett. Skriv det slik: 06.00.",
    (
        "work_until",
        "same",
    ): "Maskinen kan ikke begynne og stoppe på samme tid. Velg «Hele døgnet» hvis den alltid kan arbeide.",
    ("interview", "nothing_under_way"): "Maskinen er alt ferdig, så det er ingenting å stoppe.",
    ("interview", "nothing_paused"): "Arbeidet er ikke satt på pause.",
    ("recording", "under_way"): "Maskinen arbeider alt med dette opptaket. Vent til den er ferdig, eller avbryt først.",
    ("recording", "paused"): "Arbeidet med dette opptaket er satt på pause. Trykk Fortsett eller Avbryt først.",
    ("stretch", "not_a_stretch"): "Slutten må komme etter begynnelsen.",
    ("stretch", "outside"): "Stedet ligger utenfor opptaket.",
    ("stretch", "never_whole"): "La maskinen høre hele opptaket først. Etterpå kan den høre et stykke av det på nytt.",
    ("model", "too_long"): "Navnet på modellen er for langt.",
    ("model", "unknown"): "Velg en av modellene i listen.",
    ("start_ms", "taken"): "Noen har alt skrevet en linje her. Gå tilbake til intervjuet og se på den.",
    ("start_ms", "outside"): "Stedet ligger utenfor opptaket.",
    ("start_ms", "empty"): "Skriv hvor kapittelet begynner, for eksempel 12:34.",
    ("start_ms", "not_a_place"): "Skriv tiden som minutter og sekunder, for eksempel 12:34.",
    ("end_ms", "not_a_place"): "Skriv tiden som minutter og sekunder, for eksempel 12:34, eller la feltet stå tomt.",
    ("end_ms", "before_start"): "Slutten må komme etter begynnelsen.",
    ("end_ms", "outside"): "Slutten ligger utenfor opptaket.",
    ("chapter_title", "empty"): "Skriv med noen få ord hva det handler om.",
    ("chapter_title", "too_long"): "Dette er for langt for en overskrift. Skriv mer i sammendraget.",
    ("keywords", "too_many"): "Det er for mange emneord. Skriv høyst 50.",
    ("keywords", "too_long"): "Et av emneordene er for langt. Sett komma mellom dem.",
    ("scan", "kind"): "Dette er verken PDF, JPG eller PNG. Velg en slik fil.",
    # times that are more or less known
    "unreadable_date": "Dette er ikke en tid vi forstår. Skriv for eksempel 1974, mai 1974, 14.03.1974, våren 1974, "
    "ca. 1975, 1970-tallet eller 1971–1975.",
    "no_such_day": "Den dagen finnes ikke i kalenderen. Se over dag og måned.",
    "century": "Skriv årstallet med fire sifre, så vi vet hvilket århundre det er.",
    "no_year": "Årstallet mangler. Skriv det bak, for eksempel mai 1974.",
    "backwards": "Slutten kommer før begynnelsen. Se over årene.",
    "part_of_decade": "Skriv heller hvilke år det kan ha vært, for eksempel 1970–1973.",
    "weekday": "Den dagen var en annen ukedag. Se over datoen, eller skriv den uten ukedag.",
    # people
    ("died", "before_birth"): "Personen kan ikke ha vært død før fødselen. Se over begge.",
    "too_many": "Dette er for mange. Ta med de viktigste.",
    ("name", "merged"): "Denne personen er slått sammen med en annen. Endre den andre i stedet.",
    ("name", "several"): "Flere i registeret heter dette. Skriv nummeret til den du mener, i kolonnen Nummer.",
    (
        "name",
        "is_alias",
    ): "Dette er et annet navn på en som står i registeret. Bruk navnet som står der, eller skriv nummeret i kolonnen "
    "Nummer.",
    ("name", "twice"): "Den samme personen står i en annen rad over. Ta bort den ene, eller skriv fødselsår på begge.",
    ("id", "unreadable_number"): "Nummeret skal bare ha sifre.",
    ("id", "unknown_number"): "Ingen i registeret har dette nummeret. La feltet stå tomt for en ny person.",
    ("other", "same"): "Dette er den samme personen. Velg en annen.",
    ("other", "merged"): "En av dem er slått sammen med en annen fra før. Last siden på nytt.",
    ("merge", "undone_already"): "Dette er angret fra før.",
    ("merge", "merged_since"): "En av dem er slått sammen med flere siden. Angre det siste først.",
    # the timeline and links
    ("event_title", "empty"): "Skriv kort hva som hendte.",
    ("event_title", "too_long"): "Dette er for langt for en overskrift. Skriv mer under Fortell mer.",
    ("dated", "empty"): "Skriv når det hendte. Et årstall er nok, også ca. 1975 eller 1970-tallet.",
    ("link", "same"): "En ting kan ikke knyttes til seg selv. Velg noe annet.",
    ("place_in", "not_a_place"): "Skriv stedet som minutter og sekunder, for eksempel 12:34, eller la feltet stå tomt.",
    ("place_in", "not_a_page"): "Skriv sidetallet med sifre, eller la feltet stå tomt.",
    ("ms", "outside"): "Stedet ligger utenfor opptaket.",
    ("page", "outside"): "Den siden finnes ikke.",
    ("change", "undone_already"): "Dette er angret fra før.",
    ("change", "changed_since"): "Det samme er endret igjen siden. Angre den endringen først.",
    ("change", "in_use"): "Dette er tatt i bruk, for eksempel i et intervju, og kan ikke tas bort.",
    (
        "change",
        "forgotten",
    ): "Noe av dette ble fjernet for mer enn 30 dager siden, og er slettet for godt. Det kan ikke hentes tilbake.",
    ("change", "in_bin"): "Det ligger i papirkurven. Hent det tilbake først.",
    (
        "change",
        "no_consent",
    ): "Intervjuet kan ikke åpnes igjen slik: det finnes ikke noe samtykke som gjelder for så mange i dag. Skriv inn "
    "et samtykke på siden «Hvem som får se det».",
    (
        "change",
        "has_scan",
    ): "Samtykket har et bilde av papiret, og kan ikke tas bort slik. Trekk det tilbake i stedet, på siden «Hvem som "
    "får se det».",
    ("change", "held_since"): "Intervjuet er holdt siden, så planen endres ikke lenger. Endre opplysningene i stedet.",
    ("change", "person_gone"): "En person som sto der, er fjernet fra registeret siden. Hent personen tilbake først.",
    ("change", "unit_gone"): "Et ledd som sto der, er fjernet siden. Hent det tilbake først.",
    ("change", "own_account"): "Din egen rolle og konto kan bare en annen endre.",
    ("change", "above_you"): "Bare en driftsansvarlig kan angre dette.",
    ("change", "last_owner"): "Da ville arkivet stått uten driftsansvarlig. Gi en annen den rollen først.",
    ("change", "last_secretary"): "Da ville arkivet stått uten sekretær. Gi en annen den rollen først.",
    ("change", "user_ended"): "Brukeren er avsluttet. Slipp vedkommende inn igjen først.",
    ("change", "unknown"): "Den endringen finnes ikke lenger. Last siden på nytt.",
    **organisation_words.PROBLEMS,
    **records_words.PROBLEMS,
    **meetings_words.PROBLEMS,
}


# What speaks against a stretch of the machine's text, by the guard's keys.
DOUBTS = {
    "repeats": "Maskinen gjentok seg her.",
    "compression": "De samme ordene kommer mistenkelig ofte igjen.",
    "low_probability": "Maskinen var lite sikker på ordene.",
    "too_fast": "Her står det flere ord enn noen rekker å si.",
    "too_slow": "Her står det få ord for så lang tale.",
    "prompt_echo": "Ordene ligner navnene som maskinen fikk oppgitt på forhånd.",
    "stock_phrase": "Slike ord finner maskinen ofte på når det er stille.",
    "speech_without_words": "Her snakkes det, men maskinen fant få ord.",
    "words_without_speech": "Maskinen skrev ord der den ikke hørte noen snakke.",
    "other_language": "Her snakkes det kanskje et annet språk.",
}
DOUBT_UNKNOWN = "Maskinen er usikker på dette stedet."


def doubts(keys: Iterable[str]) -> str:
    """Why a place is unsure, in whole sentences."""
    return " ".join(dict.fromkeys(DOUBTS.get(key, DOUBT_UNKNOWN) for key in keys))


# How the machine came to what it kept.
WAYS = {
    "batch": "sammen med andre",
    "cut": "delt i to",
    "beam": "alene",
    "penalties": "uten gjentakelser",
    "sampled": "med andre gjetninger",
}

# Languages as one speaks of them: those of the interviews, and what a speech model may hear instead.
SPOKEN = {
    "nb": "norsk (bokmål)",
    "nn": "norsk (nynorsk)",
    "no": "norsk",
    "sv": "svensk",
    "da": "dansk",
    "en": "engelsk",
    "de": "tysk",
    "fr": "fransk",
    "es": "spansk",
    "nl": "nederlandsk",
    "fi": "finsk",
    "is": "islandsk",
    "la": "latin",
    "lv": "latvisk",
    "cy": "walisisk",
    "se": "samisk",
}


def spoken(code: str) -> str:
    """A language in words; one that we have no word for keeps its code."""
    return SPOKEN.get(code, f"språket «{code}»")


def share(value: float) -> str:
    """`98,4 %`; rounded down, so that what lacks something never reads as all."""
    text = f"{math.floor(value * 1000) / 10:.1f}".replace(".", ",").removesuffix(",0")
    return f"{text} %"


def number(value: float, decimals: int = 1) -> str:
    """A number with a Norwegian comma: `0,11`."""
    return f"{value:.{decimals}f}".replace(".", ",").replace("-", "\u2212")


def hours(worked: WorkingHours) -> str:
    """`fra kl. 22.00 til kl. 06.00`."""
    return f"fra kl. {worked.start:%H.%M} til kl. {worked.end:%H.%M}"


def problem(field: str, key: str) -> str:
    """The sentence for a problem with a field; one that has no words of its own still gets a sentence."""
    return PROBLEMS.get((field, key)) or PROBLEMS.get(key) or "Dette kan ikke brukes slik det står."


FILTERS = {
    "dato": day,
    "tidspunkt": moment,
    "snart": soon,
    "tid": position,
    "varighet": duration,
    "storrelse": size,
    "antall": counted,
    "rolle": lambda role: ROLES[Role(role)],
    "status": lambda status: STATUSES[Status(status)],
    "tilgang": lambda access: ACCESSES[Access(access)],
    "bruk": lambda use: USES[Use(use)],
    "tvil": doubts,
    "feltfeil": lambda bad: problem(bad.field, bad.problem),
    "andel": share,
    "tall": number,
    "sprak": spoken,
    "maten": lambda way: WAYS.get(way, way),
    "arbeidstid": hours,
    "tidfesting": shown,
    **organisation_words.FILTERS,
}

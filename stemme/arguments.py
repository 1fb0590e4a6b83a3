"""Every command and its arguments, as plain text.

Nothing here imports what a command needs: each names the function that carries it out (`module:function`), and
`stemme.__main__` imports that one when it is called.
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

ROLES = ("visitor", "member", "volunteer", "secretary")
USER_ROLES = ("member", "volunteer", "secretary", "owner")
ACCESS = ("closed", "members", "open")
KINDS = ("passage", "chapter", "interview", "record", "event", "meeting", "all")
TEXTS = ("machine", "current")
FORMATS = ("vtt", "srt", "txt", "json", "chapters")
PORT = 8321

# A set of subcommands; argparse keeps the type to itself.
Commands = Any

_WORDS = {
    "usage: ": "bruk: ",
    "positional arguments": "det som må være med",
    "options": "valg",
    "show this help message and exit": "vis denne hjelpen",
    "the following arguments are required: %s": "dette mangler: %s",
    "unrecognized arguments: %s": "kjenner ikke: %s",
    "expected one argument": "trenger en verdi",
    "expected at least one argument": "trenger minst én verdi",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r går ikke; velg mellom %(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r kan ikke brukes her",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
}


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, in Norwegian."""
    vars(argparse)["_"] = lambda message: _WORDS.get(message, message)
    parser = argparse.ArgumentParser(
        prog="stemme",
        description="Stemmearkivet: ta imot opptak, gjør dem om til tekst, søk i dem og ta vare på dem.",
        epilog="Mer om en kommando: stemme KOMMANDO --help",
    )
    commands = parser.add_subparsers(dest="command", metavar="KOMMANDO", required=True)
    _setting_up(commands)
    _interviews(commands)
    _serving(commands)
    _users(commands)
    _safekeeping(commands)
    _models(commands)
    return parser


def _command(commands: Commands, name: str, run: str, help: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    made.set_defaults(run=run)
    return made


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="skriv ett JSON-dokument og ikke noe annet")


def _group(commands: Commands, name: str, help: str) -> Commands:
    return commands.add_parser(name, help=help, description=help).add_subparsers(
        dest="subcommand", metavar="KOMMANDO", required=True
    )


def _setting_up(commands: Commands) -> None:
    init = _command(commands, "init", "stemme.setting_up:init", "lag datamappen og databasen; trygt å gjenta")
    init.add_argument("--demo", action="store_true", help="fyll et nytt arkiv med oppdiktet innhold")
    doctor = _command(commands, "doctor", "stemme.doctor:doctor", "si hva som er galt, og hvordan det rettes")
    doctor.add_argument("--mend", action="store_true", help="rett det i søkeregisteret som ikke stemmer med arkivet")
    _json(doctor)


def _interviews(commands: Commands) -> None:
    add = _command(commands, "add", "stemme.adding:add", "legg inn opptak som ett intervju, og be om tekst")
    add.add_argument("files", nargs="+", type=Path, metavar="FIL", help="lydfilene, i rekkefølge")
    _about(add)
    add.add_argument("--one-time", action="store_true", help="filene er tatt opp samtidig, én for hver person")
    add.add_argument("--wait", action="store_true", help="vent til teksten er ferdig")
    _json(add)

    imports = _command(commands, "import", "stemme.importing:import_files", "legg inn ferdige tekster, uten lyd")
    imports.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FIL",
        help="VTT, SRT, Word, ren tekst, logg (CSV, XLSX) eller JSON, eller en mappe med slike; ett intervju av hver",
    )
    _about(imports, title_is_needed=False)
    _json(imports)

    search = _command(commands, "search", "stemme.reading:search", "søk i alt som er sagt")
    search.add_argument("query", nargs="+", metavar="ORD", help="ord, eller en «frase» i anførselstegn")
    search.add_argument("--limit", type=_positive, default=20, metavar="N", help="hvor mange treff (vanlig: 20)")
    search.add_argument("--role", choices=ROLES, help="se med denne rollens øyne (vanlig: alt)")
    search.add_argument("--kind", choices=KINDS, default="passage", help="hva som skal finnes (vanlig: passage)")
    _json(search)

    show = _command(commands, "show", "stemme.reading:show", "vis et intervju: opplysninger, framdrift og tekst")
    show.add_argument("id", type=_interview_id, metavar="ID", help="nummeret, eller referansen TSV-I-0001")
    show.add_argument("--role", choices=ROLES, help="se med denne rollens øyne (vanlig: alt)")
    _json(show)

    export = _command(commands, "export", "stemme.reading:export", "skriv ut teksten til et intervju")
    export.add_argument("id", type=_interview_id, metavar="ID")
    export.add_argument("--format", required=True, choices=FORMATS)
    export.add_argument("-o", "--output", type=Path, metavar="FIL", help="skriv til en fil (vanlig: til skjermen)")
    export.add_argument(
        "--with", dest="extras", type=_extras, default=(), metavar="times,speakers", help="bare for txt"
    )
    export.add_argument("--role", choices=ROLES, help="se med denne rollens øyne (vanlig: alt)")

    evaluate = _command(commands, "evaluate", "stemme.evaluating:evaluate", "mål en tekst mot en fasit")
    evaluate.add_argument("id", type=_interview_id, metavar="ID")
    evaluate.add_argument(
        "--reference", required=True, type=Path, metavar="FIL", help="fasiten: ren tekst, VTT eller SRT"
    )
    evaluate.add_argument(
        "--text",
        choices=TEXTS,
        default="machine",
        help="teksten slik maskinen hørte den, eller slik den står nå (vanlig: machine)",
    )
    _json(evaluate)


def _about(command: argparse.ArgumentParser, *, title_is_needed: bool = True) -> None:
    """What is known of an interview that comes in, and who may see it."""
    title_else = None if title_is_needed else "for én fil (vanlig: det filen heter)"
    command.add_argument("--title", required=title_is_needed, metavar="TITTEL", help=title_else)
    command.add_argument("--language", default="nb", metavar="KODE", help="nb, nn, en, … (vanlig: nb)")
    command.add_argument("--narrator", action="append", default=[], metavar="NAVN", help="forteller; kan gjentas")
    command.add_argument("--interviewer", action="append", default=[], metavar="NAVN", help="intervjuer; kan gjentas")
    command.add_argument("--date", type=date.fromisoformat, metavar="ÅÅÅÅ-MM-DD", help="dagen samtalen ble holdt")
    command.add_argument("--place", default="", metavar="STED")
    command.add_argument("--access", choices=ACCESS, default="closed", help="hvem som får se det (vanlig: closed)")
    command.add_argument("--consent-by", metavar="NAVN", help="hvem som samtykket (vanlig: fortelleren)")
    command.add_argument("--consent-paper", default="", metavar="STED", help="hvor papiret ligger")
    command.add_argument(
        "--consent-until", type=date.fromisoformat, metavar="ÅÅÅÅ-MM-DD", help="siste dag samtykket gjelder"
    )


def _serving(commands: Commands) -> None:
    serve = _command(
        commands, "serve", "stemme.serving:serve", "åpne arkivet: nettsidene og arbeideren som lager tekst"
    )
    web = _command(commands, "web", "stemme.serving:web", "bare nettsidene")
    for each in (serve, web):
        each.add_argument("--host", default="127.0.0.1", help="vanlig: 127.0.0.1, bare denne maskinen")
        each.add_argument("--port", type=_port, default=PORT, help=f"vanlig: {PORT}")
    worker = _command(commands, "worker", "stemme.serving:worker", "bare arbeideren som lager tekst")
    # `serve` holds the other end: the worker ends when it closes, however `serve` ended.
    worker.add_argument("--until-input-closes", action="store_true", help=argparse.SUPPRESS)


def _users(commands: Commands) -> None:
    user = _group(commands, "user", "brukere, og engangslenker til å gi dem")
    add = _command(user, "add", "stemme.users:add", "legg til en bruker og lag en engangslenke")
    add.add_argument("username", metavar="BRUKERNAVN", help="det som skrives ved innlogging, f.eks. en e-postadresse")
    add.add_argument("--name", required=True, metavar="NAVN")
    add.add_argument("--role", required=True, choices=USER_ROLES)
    link = _command(user, "link", "stemme.users:link", "lag en ny engangslenke")
    end = _command(user, "end", "stemme.users:end", "steng en bruker ute, med én gang")
    for each in (link, end):
        each.add_argument("username", metavar="BRUKERNAVN")
    for each in (add, link, end):
        _json(each)


def _safekeeping(commands: Commands) -> None:
    backup = _command(commands, "backup", "stemme.safekeeping:backup", "ta sikkerhetskopi; bare det nye kopieres")
    backup.add_argument("destination", type=Path, metavar="MAPPE", help="gjerne på en annen disk; den samme hver gang")
    restore = _command(
        commands, "restore", "stemme.safekeeping:restore", "legg en sikkerhetskopi tilbake i en tom mappe"
    )
    restore.add_argument("source", type=Path, metavar="MAPPE")
    restore.add_argument("--into", type=Path, required=True, metavar="TOM-MAPPE")
    verify = _command(
        commands, "verify", "stemme.safekeeping:verify", "les hvert opptak på nytt og se at det er uendret"
    )
    for each in (backup, restore, verify):
        _json(each)


def _models(commands: Commands) -> None:
    model = _group(commands, "model", "talemodellene som gjør lyd om til tekst")
    listing = _command(
        model, "list", "stemme.models:list_installed", "vis dem som er installert, og hvilken som brukes"
    )
    _json(listing)
    install = _command(
        model, "install", "stemme.models:install", "hent en modell fra nettet, eller kopier den fra en mappe"
    )
    install.add_argument("model", metavar="NAVN", help="f.eks. NbAiLab/nb-whisper-small, en mappe eller en .pt-fil")
    use = _command(model, "use", "stemme.models:use", "bruk denne modellen for alt som legges inn fra nå av")
    use.add_argument("model", metavar="NAVN")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _port(text: str) -> int:
    """0 lets the system choose one."""
    number = int(text)
    if not 0 <= number < 2**16:
        raise ValueError(text)
    return number


def _interview_id(text: str) -> int:
    """`42` or `TSV-I-0042`."""
    return int(text.upper().removeprefix("TSV-I-"))


def _extras(text: str) -> tuple[str, ...]:
    extras = tuple(text.split(","))
    if not set(extras) <= {"times", "speakers"}:
        raise ValueError(text)
    return extras

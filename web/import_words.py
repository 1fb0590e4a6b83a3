"""Why a finished text cannot be read, in sentences, and what to know of one that can. For pages and command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archive.errors import ImportRefused

if TYPE_CHECKING:  # every command imports this page; the readers only those that read
    from archive.exchange.reading import Remark

FORMATS = {
    "vtt": "teksting (VTT)",
    "srt": "teksting (SRT)",
    "txt": "ren tekst",
    "docx": "Word-dokument",
    "csv": "intervjulogg (CSV)",
    "xlsx": "intervjulogg (regneark)",
    "json": "Stemmearkivets egen JSON",
}
REASONS = {
    "empty": "filen er tom",
    "too_large": "filen er større enn 32 MB, og det er ingen tekst til ett intervju",
    "line_too_long": "linjen har over 200 000 tegn. Del teksten i avsnitt",
    "binary": "dette er ikke tekst. Lagre filen som ren tekst, Word (.docx), VTT eller SRT",
    "pdf": "dette er en PDF. Lagre teksten som Word (.docx) eller ren tekst (.txt) i stedet",
    "rtf": "dette er RTF. Åpne den i Word og lagre den som .docx",
    "old_office": "dette er et dokument fra en gammel Word eller Excel. Lagre det på nytt som .docx eller .xlsx",
    "sound": "dette er et opptak og ikke en tekst. Opptak leveres under «Lever opptak»",
    "picture": "dette er et bilde og ikke en tekst",
    "xml": "dette er XML eller en nettside, og den leser vi ikke. Lagre teksten som VTT, SRT, Word eller ren tekst",
    "encoding": "bokstavene er lagret på en måte som ikke kan leses sikkert, så æ, ø og å ville blitt feil. "
    "Lagre filen på nytt som UTF-8",
    "no_header": "den første linjen skal være WEBVTT i en VTT-fil, og det er den ikke",
    "no_cues": "det er ingen replikker i filen",
    "no_rows": "loggen har overskrifter, men ingen rader",
    "no_times": "her står det tekst uten tid over",
    "arrow_in_text": "tegnene --> står midt i en replikk. Mangler det en tom linje foran tiden?",
    "bad_times": "tiden kan ikke leses. Skriv den som 00:12:30",
    "row_without_time": "raden mangler tid",
    "negative": "tiden er mindre enn null",
    "ends_before_start": "slutten kommer før begynnelsen",
    "too_late": "tiden er over 24 timer",
    "backwards": "tiden går bakover: den er tidligere enn den forrige. Hører teksten til flere opptak, "
    "så legg inn én av gangen",
    "overlaps": "replikken begynner før den forrige er ferdig, og det er den samme som snakker",
    "text_too_long": "replikken er på over 10 000 tegn",
    "speaker_too_long": "navnet på den som snakker, er på over 200 tegn",
    "too_many": "filen har over 100 000 linjer, og det har ingen intervjuer",
    "not_json": "dette er ikke gyldig JSON",
    "not_ours": "dette er JSON, men ikke et intervju fra Stemmearkivet: det mangler «segments»",
    "bad_segment": "linjen mangler tid eller tekst, eller de er av feil slag",
    "bad_chapter": "kapittelet mangler tid eller tittel, eller de er av feil slag",
    "damaged": "filen er skadet og lar seg ikke åpne",
    "locked": "filen er låst med passord. Lagre den uten passord",
    "other_package": "dette er verken et Word-dokument (.docx) eller et regneark (.xlsx)",
    "bad_xml": "dokumentet er skadet inni",
    "doctype": "dokumentet har en DOCTYPE inni seg, og slike åpner vi ikke. Lagre det på nytt fra Word eller Excel",
    "bomb": "filen er mange ganger større når den pakkes ut, og åpnes ikke",
}
REMARKS = {
    "no_times": "Teksten har ingen tider. Den kan leses og søkes i, men ikke følge et opptak linje for linje.",
    "old_encoding": "Filen er lagret på gammel Windows-måte. Se at æ, ø og å er riktige.",
    "empty_rows": "Noen rader har tid, men ingen tekst. De blir ikke med.",
}
_PLACES = {"bad_segment": "Segment nr. {}", "bad_chapter": "Kapittel nr. {}"}


def refusal(refused: ImportRefused) -> str:
    """One sentence: where, why, and that nothing was kept."""
    reason = REASONS.get(refused.problem, "filen kan ikke leses")
    where = "" if refused.line is None else f"{_PLACES.get(refused.problem, 'Linje {}').format(refused.line)}: "
    found = f" (der står det «{refused.found}»)" if refused.found and refused.line is not None else ""
    said = f"{where}{reason}{found}."
    return f"{said[0].upper()}{said[1:]} Ingenting ble lagt inn."


def remarks(found: "Sequence[Remark]") -> list[str]:
    """What to know before one says yes."""
    return [REMARKS.get(each.key, each.key) for each in found]

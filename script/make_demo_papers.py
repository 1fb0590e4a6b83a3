"""Print the demo's documents anew: `python3 script/make_demo_papers.py` after a change in here.

Only who changes them needs it, since the papers are committed in stemme/demo/. All in them is invented.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DEMO = PROJECT / "stemme" / "demo"
LINES_ON_A_PAGE = 44

MINUTES = """\
MØTEBOK FOR INNERVIKA LOKALLAG (OPPDIKTET)

Møte på skolen i Innervika, november 1975.
Til stede var elleve. To hadde med kaffe, tre hadde med kaker.

Sak 1. Skal vi ha et lag? Ja, mot ingen stemmer.
Sak 2. Hvem skal være formann? Harald Eksempelli sa at han kunne prøve i ett år.
Sak 3. Brev til kommunen om veien. Skrives av formannen og sendes før jul.

Møtet ble hevet da ovnen var kald.
\f\
Møte på kjøkkenet hos Oddvar Prøvemo, november året etter.
Til stede var sju.

Sak 1. Plakater. Seks er malt, og alle er hengt opp. En henger opp ned.
Vedtak: Den får henge. Folk snakker om den.

Sak 2. Kassen. Det står 41 kroner i kassen, og malingen har kostet 38.

Sak 3. Avisen. Oddvar tar torget på lørdager, og en annen tar butikken når det blåser.
\f\
Møte på skolen, februar 1978.
Til stede var ni.

Sak 1. Kommunen har fremdeles ikke svart på brevet om veien.
Vedtak: Et nytt brev, og en liste fra hus til hus.

Sak 2. Noen i Storlia vil ha et eget lag. Laget i Innervika ønsker lykke til og låner bort kaffekjelen.
"""

# Empty lines are numbered too, as in the papers that branches print; \f begins a page.
PLAN = """\
Arbeidsplan for Innervika lokallag 1982 (oppdiktet)

Innledning

Innervika lokallag er et lag som ikke finnes, på et sted som ikke finnes.
Planen gjelder for ett år av gangen. Årsmøtet i laget går gjennom den hver vinter og sier hva som
er gjort, hva som står igjen, og hva vi aldri burde ha lovet.

Slik står det til

- Laget har 23 medlemmer, og fem av dem er nye siden 1980.
- Vi har en i kommunestyret, som ofte er alene om å stemme for det hun sier.
- Vi holder møte den første torsdagen i måneden, med kaffe.
- Kassen er bedre enn i 1976, men det skulle bare mangle.

Dette er vi gode til

- Å gå fra hus til hus.
- Å male plakater.
- Å stå på torget når det blåser.

Dette er vi ikke gode til

- Å slutte møtene før ti.
- Å skrive ned hvem som lovet hva.
\f\
Mål for året

Barnehagen

Barnehagen i skolehuset åpnet i august 1981 og har plass til tolv barn. Nå står det atten på
listen. Vi skal be kommunen om seks plasser til før nyttår 1983.

- Møte med de som arbeider der, i løpet av våren.
- Brev til kommunestyret før sommeren.
- Det gule gjerdet males én gang til. Magnhild har spannet.

Avisen

Vi skal selge ti aviser på en god lørdag. I 1981 solgte vi sju, og kjøpte fire selv.

- To på torget hver lørdag, og en liste over hvem det er.
- Ingen kjøper mer enn én avis av laget sitt eget.
\f\
Veien

Kommunen har fått tre brev siden 1975, og svart på ingen. I år går vi dit.

- Alle som kan gå, møtes ved skolen en lørdag i mai.
- Listen med navn tas med, og ingen gir den fra seg uten kvittering.

Hvem gjør hva

- Lederen skriver brevene og innkaller.
- Kassereren sier fra før kassen er tom, ikke etterpå.
- Den som tar ordet lengst, vasker koppene.

Planen går til årsmøtet i januar 1983. Det som ikke er gjort da, står i neste plan.
"""

REPORT = (
    ("Årsmelding 1989 (oppdiktet)", None),
    (None, "Meldingen er skrevet for prøvearkivet. Ingen av møtene er holdt, og ingen av tallene er ekte."),
    ("Styret", None),
    (None, "Styret har hatt ni møter. Leder har vært Harald Eksempelli, og kasserer Peder Prøvhaug."),
    ("Lokallagene", None),
    (None, "Innervika har holdt åtte møter, Storlia fire. I Storlia er de nå få, og det snakkes om å gå sammen."),
    ("Regnskapet", None),
    (None, "Inntektene var 12 400 kroner og utgiftene 12 350. Resten gikk til en kake."),
)

LEAFLET = ("BARNEHAGE I STORLIA", "Atten barn venter.", "Skriv under på listen", "når vi banker på.", "(oppdiktet)")


def main() -> None:
    """Write all four."""
    sys.path.insert(0, str(PROJECT))
    from docx import Document

    from tests.media.papers import pdf, picture

    (DEMO / "motebok.txt").write_text(MINUTES, "utf-8")
    (DEMO / "arbeidsplan.pdf").write_bytes(pdf(list(numbered(PLAN))))
    document = Document()
    for heading, text in REPORT:
        if heading:
            document.add_heading(heading, level=1 if heading.startswith("Årsmelding") else 2)
        else:
            document.add_paragraph(text)
    document.save(str(DEMO / "arsmelding.docx"))
    (DEMO / "lopeseddel.png").write_bytes(picture(LEAFLET))


def numbered(text: str) -> Iterator[list[str]]:
    """Each page's lines with their numbers behind, which go on from page to page."""
    at = 0
    for page in text.split("\f"):
        lines = page.rstrip("\n").split("\n")
        if len(lines) > LINES_ON_A_PAGE:
            raise SystemExit(f"{len(lines)} lines are more than a page holds")
        yield [f"{line} {number}".lstrip() for number, line in enumerate(lines, at + 1)]
        at += len(lines)


if __name__ == "__main__":
    main()

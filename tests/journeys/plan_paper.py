"""An invented work plan, printed as branches print theirs: a number at the end of each line, glued to a last word, or
alone on an empty line; and a page that begins with a space, as programs that copy text out of a PDF write it.
"""

LINES_ON_A_PAGE = 24
LINES = """\
Sak 7 Arbeidsplan for dugnaden i
Lillevik 1998

Hvorfor vi dugner

Brygga fra 1974 tåler ikke en vinter til. Alle som satt i styret i 1991, har
lovet å gjøre noe med det, og noen av dem husker det ennå.

Planen gjelder for alle som har båt, og er bindende for dem som ikke har det.

Hva vi skal gjøre

- Brygga skal stå ferdig i 1999
- Naustet må få tak
- Kaia ryddes av dem som bor nede ved sjøen

Møtene holdes den andre tirsdagen i måneden, men ikke i juli, for da er alle
ute og fisker.

Økonomi

Kassereren har 12 400 kroner. Det rekker til tjære, ikke til spiker. Den som
finner spiker, leverer den til kassereren og får kvittering.

Hvem som gjør hva

- Lederen ringer rundt
- Nestlederen koker kaffe
- Den som klager på kaffen, koker den neste gang

Fristen for å melde seg på er 14.08.1998. Den som melder seg på etterpå, får
sope.

Når vi er ferdige

Da feirer vi på brygga med vafler, og den som har tjære under skoene, blir
stående på land.
""".rstrip("\n")


def printed(text: str = LINES) -> str:
    """The text as it lies in a file that was copied out of the printed paper."""
    made = []
    for at, line in enumerate(text.split("\n")):
        number = at + 1
        begins_page = " " if at % LINES_ON_A_PAGE == 0 else ""
        if not line:
            made += ["", f"{begins_page}{number} "]
        elif line.startswith("- "):
            made.append(f"{begins_page}{line}{number}")
        else:
            made.append(f"{begins_page}{line} {number} ")
    return "\n".join(made) + "\n"

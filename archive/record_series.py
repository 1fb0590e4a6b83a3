"""*Norsk allment arkivskjema*: the series A to Z of every archive creator, and the kinds of records in them."""

import enum

SERIES = {
    "A": "Møtebøker, referater og protokoller",
    "B": "Kopibøker",
    "C": "Journaler og registre over flere serier",
    "D": "Saker og korrespondanse",
    "E": "Saker og korrespondanse, ordnet på annen måte",
    "F": "Eget fagområde (F)",
    "G": "Eget fagområde (G)",
    "H": "Eget fagområde (H)",
    "I": "Eget fagområde (I)",
    "J": "Eget fagområde (J)",
    "K": "Eget fagområde (K)",
    "L": "Eget fagområde (L)",
    "M": "Eget fagområde (M)",
    "N": "Eget fagområde (N)",
    "O": "Eget fagområde (O)",
    "P": "Personale",
    "Q": "Eiendom, inventar og utstyr",
    "R": "Regnskap",
    "S": "Statistikk",
    "T": "Kart og tegninger",
    "U": "Foto, film og lyd",
    "V": "Data og mikrofilm",
    "W": "Gjenstander",
    "X": "Egne trykksaker",
    "Y": "Andre deler, diverse",
    "Z": "Hjelpemidler og kilder om arkivet",
}


class RecordKind(enum.StrEnum):
    """What a record is. The order is the one that lists have."""

    MINUTES = "minutes"
    CASE_PAPER = "case_paper"
    WORK_PLAN = "work_plan"
    PROGRAMME = "programme"
    ANNUAL_REPORT = "annual_report"
    STATUTES = "statutes"
    LETTER = "letter"
    ACCOUNTS = "accounts"
    LEAFLET = "leaflet"
    CLIPPING = "clipping"
    PICTURE = "picture"
    OTHER = "other"


# In which series a record of a kind usually lies; whoever hands it in may say otherwise.
USUAL_SERIES = {
    RecordKind.MINUTES: "A",
    RecordKind.CASE_PAPER: "A",
    RecordKind.WORK_PLAN: "A",
    RecordKind.PROGRAMME: "X",
    RecordKind.ANNUAL_REPORT: "A",
    RecordKind.STATUTES: "A",
    RecordKind.LETTER: "D",
    RecordKind.ACCOUNTS: "R",
    RecordKind.LEAFLET: "X",
    RecordKind.CLIPPING: "Y",
    RecordKind.PICTURE: "U",
    RecordKind.OTHER: "Y",
}

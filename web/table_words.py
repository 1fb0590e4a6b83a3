"""Why a table cannot be read or carried out, in sentences."""

from archive.errors import ImportRefused
from archive.exchange.tables import MOST_COLUMNS, MOST_ROWS
from web.import_words import REASONS
from web.wording import counted

TABLE_REASONS = {
    "too_large": "filen er større enn 5 MB. Del den i flere filer",
    "binary": "dette er ikke en tabell. Lagre den som regneark (.xlsx) eller CSV",
    "pdf": "dette er en PDF. Lagre tabellen som regneark (.xlsx) eller CSV i stedet",
    "xml": "dette er XML eller en nettside. Lagre tabellen som regneark (.xlsx) eller CSV",
    "sound": "dette er et opptak og ikke en tabell",
    "picture": "dette er et bilde og ikke en tabell",
    "other_package": "dette er ikke et regneark. Lagre tabellen som regneark (.xlsx) eller CSV",
    "unclosed_quote": 'her begynner et anførselstegn (") som aldri slutter. Ta det bort, eller sett et til',
    "line_too_long": 'linjen er altfor lang. Er et anførselstegn (") satt for mye?',
    "too_many": f"tabellen har over {MOST_ROWS} rader. Del den i flere filer",
    "too_many_columns": f"raden har over {MOST_COLUMNS} kolonner",
    "too_many_cells": "raden har flere felt enn det er overskrifter. Står det et skilletegn for mye i den",
    "no_header": "den første raden skal ha overskrifter, og ingen av dem er kjent",
    "column_twice": "denne overskriften står to ganger",
    "missing_column": "denne kolonnen mangler",
    "no_rows": "tabellen har overskrifter, men ingen rader",
    "formula": "her står det en formel som aldri er regnet ut. Åpne filen i regnearket, lagre den, og prøv igjen",
    "formula_error": "her står det en formel som ikke lot seg regne ut",
}
# What happened when the button was pressed, by the problem of `BadInput("table", …)`.
NOT_CARRIED_OUT = {
    "changed_since": "Noe er endret i registeret siden du så over tabellen. Se over på nytt. Ingenting er lagt inn.",
    "problems": "Tabellen har feil som må rettes først. Ingenting er lagt inn.",
    "nothing": "Alt i tabellen står i registeret fra før. Det var ingenting å gjøre.",
}
NOT_UNDONE = {
    "changed_since": "Noe av det som kom med tabellen, er endret siden. Angre det først. Ingenting er tatt bort.",
    "in_use": "Noe av det som kom med tabellen, er tatt i bruk, for eksempel i et intervju. Ingenting er tatt bort.",
    "undone_already": "Dette er angret fra før.",
}


def refusal(refused: ImportRefused) -> str:
    """One sentence: where and why."""
    reason = TABLE_REASONS.get(refused.problem) or REASONS.get(refused.problem, "filen kan ikke leses")
    where = "" if refused.line is None else f"rad {refused.line}: "
    found = f" («{refused.found}»)" if refused.found and refused.line is not None else ""
    said = f"{where}{reason}{found}."
    return f"{said[0].upper()}{said[1:]} Ingenting er lagt inn."


def summary(added: int, changed: int, same: int) -> str:
    """`12 legges til, 3 endres, 40 står der fra før`."""
    said = [f"{counted(added, 'rad', 'rader')} legges til"] if added else []
    said += [f"{counted(changed, 'rad', 'rader')} endres"] if changed else []
    said += [f"{counted(same, 'rad', 'rader')} står der fra før"] if same else []
    return ", ".join(said)

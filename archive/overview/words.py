"""What lists, programmes and posts are called in Norwegian: in the tables that move in and out, and on the pages."""

from archive.overview.unit_years import ListWork, ProgrammeWork
from archive.people import name_key

LIST_WORDS = {
    ListWork.DELIVERED: "levert",
    ListWork.UNDER_WAY: "i gang",
    ListWork.NOT_BEGUN: "ikke begynt",
    ListWork.NO_LIST: "stiller ikke",
}
PROGRAMME_WORDS = {
    ProgrammeWork.ADOPTED: "vedtatt",
    ProgrammeWork.UNDER_WAY: "i gang",
    ProgrammeWork.NOT_BEGUN: "ikke begynt",
}
_LISTS = {name_key(word): work for work, word in LIST_WORDS.items()} | {
    name_key(word): work
    for word, work in (
        ("godkjent", ListWork.DELIVERED),
        ("påbegynt", ListWork.UNDER_WAY),
        ("ikke påbegynt", ListWork.NOT_BEGUN),
        ("ingen liste", ListWork.NO_LIST),
        ("stiller ikke liste", ListWork.NO_LIST),
    )
}
_PROGRAMMES = {name_key(word): work for work, word in PROGRAMME_WORDS.items()} | {
    name_key(word): work
    for word, work in (
        ("ferdig", ProgrammeWork.ADOPTED),
        ("påbegynt", ProgrammeWork.UNDER_WAY),
        ("ikke påbegynt", ProgrammeWork.NOT_BEGUN),
    )
}


def list_work_of(word: str) -> ListWork | None:
    """How far a list has come by this word, or by its key in a form; None for no such word."""
    return _LISTS.get(name_key(word)) or next((each for each in ListWork if each.value == word), None)


def programme_work_of(word: str) -> ProgrammeWork | None:
    """How far a programme has come by this word, or by its key in a form; None for no such word."""
    return _PROGRAMMES.get(name_key(word)) or next((each for each in ProgrammeWork if each.value == word), None)

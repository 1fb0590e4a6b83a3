"""What the secretary typed about a consent, kept as typed until it can be used."""

from dataclasses import dataclass
from datetime import date

from archive.access import OPENINGS, ConsentDetails, Use
from archive.errors import BadInput, NoConsent
from archive.interviews import Access, Interview
from web import wording
from web.typed_interview import Fields, read_day

NOT_COVERED = "Ingen samtykker som gjelder i dag, dekker dette. Skriv inn et samtykke først."


def problem_words(problem: BadInput | NoConsent | None) -> dict[str, str]:
    """The sentence for the field that something is wrong with; nothing when nothing is."""
    if problem is None:
        return {}
    if isinstance(problem, NoConsent):
        return {"use": NOT_COVERED}
    return {problem.field: wording.problem(problem.field, problem.problem)}


@dataclass(frozen=True, slots=True)
class TypedConsent:
    """The form that opens an interview, field by field, as text."""

    given_by: str = ""
    use: str = ""
    access: str = ""
    valid_from: str = ""
    valid_until: str = ""
    paper: str = ""
    voice: str = ""  # "1": the box is ticked

    @classmethod
    def blank(cls, interview: Interview, today: date) -> "TypedConsent":
        """The form as it opens."""
        given_by = interview.narrators[0].name if interview.narrators else ""
        return cls(given_by=given_by, valid_from=today.isoformat())

    @classmethod
    def read(cls, form: Fields) -> "TypedConsent":
        """As the browser sent it."""
        names = ("given_by", "use", "access", "valid_from", "valid_until", "paper", "voice")
        return cls(**{name: form.get(name, "").strip() for name in names})

    @property
    def wanted(self) -> Access | None:
        """Whom the interview is to be opened to; None: it stays as it is."""
        return next((access for access in OPENINGS if access.value == self.access), None)

    def details(self) -> ConsentDetails:
        """What can be written down, without the scan.

        Raises:
            BadInput: a field is missing or cannot be read.
        """
        use = next((use for use in Use if use.value == self.use), None)
        if use is None:
            raise BadInput("use", "empty")
        if not self.given_by:
            raise BadInput("given_by", "empty")
        valid_from = read_day(self.valid_from, "valid_from")
        if valid_from is None:
            raise BadInput("valid_from", "empty")
        valid_until = read_day(self.valid_until, "valid_until")
        if valid_until is not None and valid_until < valid_from:
            raise BadInput("valid_until", "before_start")
        return ConsentDetails(
            given_by=self.given_by,
            use=use,
            valid_from=valid_from,
            valid_until=valid_until,
            paper=self.paper,
            voice=self.voice == "1",
        )

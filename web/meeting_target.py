"""The meeting that a document is handed in for: carried through the hand-in form, and what is known from it."""

from dataclasses import dataclass

from archive.accounts import Role
from archive.errors import NotFound
from archive.fuzzy_dates import shown
from archive.meetings.cases import MeetingCase
from archive.meetings.found import load_case, load_meeting
from archive.meetings.meeting import Meeting
from archive.meetings.papers import PaperDetails, PaperRole, add_paper
from archive.record_series import RecordKind
from archive.records import Record
from web.typed_record import TypedRecord
from web.visit import db, now, viewer

_KINDS = {PaperRole.MINUTES: RecordKind.MINUTES, PaperRole.CASE_PAPER: RecordKind.CASE_PAPER}
_TITLES = {PaperRole.MINUTES: "Protokoll", PaperRole.NOTICE: "Innkalling"}


@dataclass(frozen=True, slots=True)
class Target:
    """A meeting, perhaps one of its cases, and what the document is there."""

    meeting: Meeting
    case: MeetingCase | None
    role: PaperRole

    @property
    def field(self) -> str:
        """As a hidden field carries it: `12:34:minutes`."""
        return f"{self.meeting.id}:{self.case.id if self.case else ''}:{self.role.value}"

    def first_typed(self) -> TypedRecord:
        """What the form can be filled with at once."""
        kind = _KINDS.get(self.role)
        said = _TITLES.get(self.role)
        return TypedRecord(
            title=f"{said} – {self.meeting.title}" if said and not self.case else "",
            kind=kind.value if kind else "",
            unit_id=str(self.meeting.unit_id),
            dated=shown(self.meeting.dated),
        )

    def attach(self, record: Record) -> None:
        """Make what was handed in a paper of the meeting."""
        details = PaperDetails(record.id, self.role, self.case.id if self.case else None)
        add_paper(db(), self.meeting, details, viewer(), by=viewer().user_id, now=now())


def read_target(text: str) -> Target | None:
    """What `Target.field` said; None for anything else, and for who may not attach papers."""
    meeting_id, _, rest = text.partition(":")
    case_id, _, role = rest.partition(":")
    numbers = [each for each in (meeting_id, case_id) if each]
    if not meeting_id or role not in list(PaperRole) or not viewer().role.at_least(Role.SECRETARY):
        return None
    if not all(each.isascii() and each.isdigit() and len(each) <= 10 for each in numbers):
        return None
    try:
        meeting = load_meeting(db(), int(meeting_id), viewer())
        case = load_case(db(), int(case_id), viewer()) if case_id else None
    except NotFound:
        return None
    return Target(meeting, case if case and case.meeting_id == meeting.id else None, PaperRole(role))

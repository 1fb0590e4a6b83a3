"""Who may see what. There is one predicate, `visible_to`, and nothing reads around it."""

import enum
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Select, String, and_, exists, false, or_, select, true
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from archive.accounts import Role, User, require_at_least
from archive.bin_rows import Binned, outside_bin
from archive.database import Base
from archive.errors import BadInput, NoConsent
from archive.events import Event, EventState
from archive.interviews import Access, Assignment, Interview, note_one_value
from archive.local_time import day_of
from archive.meetings.meeting import Meeting
from archive.outbox import searchable_text_changed
from archive.people import Person, name_key
from archive.records import Record
from archive.row_history import Snapshot, Thing, snapshot
from archive.typed import one_line
from archive.value_history import note_values
from archive.voices import forget_prints_of


class Use(enum.StrEnum):
    """What a narrator agreed that the interview may be used for; each includes the ones before it."""

    ARCHIVE = "archive"
    MEMBERS = "members"
    ALL = "all"


class Consent(Base):
    """What was agreed: by whom, for which use, from when until when, and where the paper lies."""

    __tablename__ = "consent"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: `given_by` says who
    given_by: Mapped[str] = mapped_column(String(200))  # the name as it stands on the paper
    use: Mapped[Use]
    voice: Mapped[bool] = mapped_column(default=False)  # agrees that the archive remembers how the voice sounds
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day; None: until withdrawn
    paper: Mapped[str] = mapped_column(String(300), default="")  # where the paper lies
    scan_sha256: Mapped[str | None] = mapped_column(String(64))  # in the store
    scan_name: Mapped[str | None] = mapped_column(String(300))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    interview: Mapped[Interview] = relationship(back_populates="consents")
    person: Mapped[Person | None] = relationship()
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id], lazy="joined")

    def holds(self, today: date) -> bool:
        """Whether it is neither withdrawn nor outside its days."""
        begun = self.valid_from <= today
        return self.withdrawn_at is None and begun and (self.valid_until is None or today <= self.valid_until)


@dataclass(frozen=True, slots=True)
class ConsentDetails:
    """What stands on the paper."""

    given_by: str
    use: Use
    valid_from: date
    valid_until: date | None = None
    paper: str = ""
    scan_sha256: str | None = None
    scan_name: str | None = None
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose eyes. `user_id` is None for a visitor and for a role that the command line borrows."""

    role: Role
    user_id: int | None = None


VISITOR = Viewer(Role.VISITOR)
MACHINE_OWNER = Viewer(Role.OWNER)


def visible_to(viewer: Viewer, *, today: date) -> ColumnElement[bool]:
    """The condition on `Interview` that holds for what `viewer` may see today.

    An open interview needs a consent that covers the use today, and one from each narrator who ever gave any: what ran
    out or was withdrawn closes it at once, whatever `Interview.access` says and whatever another narrator agreed to.
    What lies in the bin is seen by nobody, until the secretary brings it back (`archive.bin`).
    """
    return and_(outside_bin(Binned.INTERVIEW, Interview.id), _open_to(viewer, today))


def _open_to(viewer: Viewer, today: date) -> ColumnElement[bool]:
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    opened = and_(Interview.access == Access.OPEN, _consented([Use.ALL], today))
    if viewer.role.at_least(Role.MEMBER):
        opened = or_(
            opened,
            and_(Interview.access.in_([Access.MEMBERS, Access.OPEN]), _consented([Use.MEMBERS, Use.ALL], today)),
        )
    if viewer.user_id is None:
        return opened
    own = Interview.handed_in_by_id == viewer.user_id if viewer.role.at_least(Role.VOLUNTEER) else false()
    return or_(opened, own, _assigned(viewer))


def records_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Record` that holds for what `viewer` may see: the same as `visible_to`.

    Nobody tells his life in a record, so none needs a consent; on what ground it was opened stands with it.
    """
    kept = outside_bin(Binned.RECORD, Record.id)
    if viewer.role.at_least(Role.SECRETARY):
        return kept
    wide_enough = [Access.MEMBERS, Access.OPEN] if viewer.role.at_least(Role.MEMBER) else [Access.OPEN]
    opened = Record.access.in_(wide_enough)
    if viewer.user_id is None or not viewer.role.at_least(Role.VOLUNTEER):
        return and_(kept, opened)
    return and_(kept, or_(opened, Record.handed_in_by_id == viewer.user_id))


def events_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Event` that holds for what `viewer` may see: as for a record.

    What is only suggested is the secretary's to see, and his who suggests it.
    """
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    wide_enough = [Access.MEMBERS, Access.OPEN] if viewer.role.at_least(Role.MEMBER) else [Access.OPEN]
    opened = and_(Event.access.in_(wide_enough), Event.state == EventState.STANDS)
    if viewer.user_id is None or not viewer.role.at_least(Role.VOLUNTEER):
        return opened
    return or_(opened, and_(Event.state == EventState.SUGGESTED, Event.made_by_id == viewer.user_id))


def meetings_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Meeting`, and by it on its cases and papers, that holds for what `viewer` may see.

    Only the secretary writes meetings, so nobody else sees a closed one. Each paper is a record with its own access.
    """
    if viewer.role.at_least(Role.SECRETARY):
        return true()
    return Meeting.access.in_([Access.MEMBERS, Access.OPEN] if viewer.role.at_least(Role.MEMBER) else [Access.OPEN])


def _consented(uses: list[Use], today: date) -> ColumnElement[bool]:
    of_narrator = aliased(Consent)
    silent = exists(
        select(of_narrator.id).where(
            of_narrator.interview_id == Interview.id,
            of_narrator.person_id.is_not(None),
            ~exists(_covering(uses, today).where(Consent.person_id == of_narrator.person_id)),
        )
    )
    return and_(exists(_covering(uses, today)), ~silent)


def _covering(uses: list[Use], today: date) -> Select[int]:
    """The consents of an interview that hold today and go as far as one of `uses`."""
    return select(Consent.id).where(
        Consent.interview_id == Interview.id,
        Consent.use.in_(uses),
        Consent.withdrawn_at.is_(None),
        Consent.valid_from <= today,
        or_(Consent.valid_until.is_(None), Consent.valid_until >= today),
    )


def _assigned(viewer: Viewer) -> ColumnElement[bool]:
    if not viewer.role.at_least(Role.VOLUNTEER):
        return false()
    return exists(
        select(Assignment.user_id).where(Assignment.interview_id == Interview.id, Assignment.user_id == viewer.user_id)
    )


def may_edit(viewer: Viewer, interview: Interview) -> bool:
    """Whether a viewer who can see this interview may correct its text."""
    return viewer.role.at_least(Role.VOLUNTEER)


def may_curate(viewer: Viewer) -> bool:
    """Whether a viewer decides who sees what."""
    return viewer.role.at_least(Role.SECRETARY)


# Which uses of a consent an opening needs.
_COVERS = {Access.MEMBERS: {Use.MEMBERS, Use.ALL}, Access.OPEN: {Use.ALL}}
OPENINGS = tuple(_COVERS)


def covers(interview: Interview, access: Access, *, today: date) -> bool:
    """Whether the consents that hold today are enough for such an opening; the same rule as in `visible_to`."""
    covering = [each for each in interview.consents if each.use in _COVERS[access] and each.holds(today)]
    asked = {each.person_id for each in interview.consents} - {None}
    return bool(covering) and asked <= {each.person_id for each in covering}


def record_consent(
    session: Session,
    interview: Interview,
    *,
    given_by: str,
    use: Use,
    valid_from: date,
    valid_until: date | None = None,
    paper: str = "",
    scan_sha256: str | None = None,
    scan_name: str | None = None,
    voice: bool = False,
    by: int | None,
    now: datetime,
) -> Consent:
    """Write down what was agreed. It opens nothing by itself.

    `voice`: the archive may remember how the giver's voice sounds; only a narrator of this interview can agree to it.

    Raises:
        BadInput: `given_by` is empty, a value is too long, or `valid_until` lies "before_start", or `voice`
            is said by one who is "not_a_narrator".
    """
    require_at_least(session, by, "record_consent", Role.SECRETARY)
    if valid_until is not None and valid_until < valid_from:
        raise BadInput("valid_until", "before_start")
    giver = one_line(given_by, "given_by", limit=200, required=True)
    narrator = next((person for person in interview.narrators if person.name_key == name_key(giver)), None)
    if voice and narrator is None:
        raise BadInput("voice", "not_a_narrator")
    consent = Consent(
        person=narrator,
        given_by=giver,
        use=use,
        voice=voice,
        valid_from=valid_from,
        valid_until=valid_until,
        paper=one_line(paper, "paper", limit=300),
        scan_sha256=scan_sha256,
        scan_name=one_line(scan_name, "scan_name", limit=300) or None,
        recorded_by_id=by,
        recorded_at=now,
    )
    interview.consents.append(consent)
    session.flush()
    _note_consent(session, consent, None, snapshot(consent), "recorded_consent", by, now)
    searchable_text_changed(session, interview.id, now=now)
    return consent


def open_interview(
    session: Session,
    interview: Interview,
    access: Access,
    *,
    consent: ConsentDetails | None,
    by: int | None,
    now: datetime,
) -> None:
    """Open an interview to members or to all, on the ground of what its narrator agreed to.

    Without `consent` one that was recorded before, and holds today, must cover it.

    Raises:
        NoConsent: nothing was agreed, or nobody is named.
        BadInput: `use` is "too_narrow" for this access; else as `record_consent`.
    """
    require_at_least(session, by, "open_interview", Role.SECRETARY)
    if access == Access.CLOSED:
        raise BadInput("access", "closed")
    if consent is None:
        if not covers(interview, access, today=day_of(now)):
            raise NoConsent
    else:
        _record_for(session, interview, access, consent, by, now)
    write_access(session, interview, access, "opened", by, now)


def _record_for(
    session: Session, interview: Interview, access: Access, consent: ConsentDetails, by: int | None, now: datetime
) -> None:
    if not consent.given_by.strip():
        raise NoConsent
    if consent.use not in _COVERS[access]:
        raise BadInput("use", "too_narrow")
    if consent.valid_until is not None and consent.valid_until < day_of(now):
        raise BadInput("valid_until", "past")
    record_consent(session, interview, **asdict(consent), by=by, now=now)


def close_now(session: Session, interview: Interview, *, by: int | None, now: datetime) -> None:
    """Close an interview for all but those who work on it. The consents stay: it can be opened again on them."""
    require_at_least(session, by, "close_now", Role.SECRETARY)
    write_access(session, interview, Access.CLOSED, "closed", by, now)


def withdraw_consent(session: Session, consent: Consent, *, by: int | None, now: datetime) -> None:
    """Somebody took a consent back: the interview closes to what the same giver's other consents still cover.

    Another's consent does not keep it open: in a conversation of two, each decides for both.
    """
    require_at_least(session, by, "withdraw_consent", Role.SECRETARY)
    if consent.withdrawn_at is not None:
        return
    before = snapshot(consent)
    consent.withdrawn_at = now
    consent.withdrawn_by_id = by
    forget_prints_of(session, consent.id)
    interview = consent.interview
    _note_consent(session, consent, before, snapshot(consent), "withdrew_consent", by, now)
    theirs = [each for each in interview.consents if name_key(each.given_by) == name_key(consent.given_by)]
    today = day_of(now)
    uses = {each.use for each in theirs if each.holds(today)}
    open_to = [each for each in OPENINGS if uses & _COVERS[each] and covers(interview, each, today=today)]
    covered = open_to[-1] if open_to else Access.CLOSED
    if list(Access).index(covered) < list(Access).index(interview.access):
        write_access(session, interview, covered, "closed", by, now)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()


def write_access(
    session: Session, interview: Interview, access: Access, act: str, by: int | None, now: datetime
) -> None:
    """Write it into the row, its history and the log of acts; the caller has seen to the rules."""
    before, interview.access = interview.access, access
    note_one_value(session, interview, "access", before, access, act=act, by=by, now=now)
    searchable_text_changed(session, interview.id, now=now)
    session.flush()


def _note_consent(
    session: Session,
    consent: Consent,
    before: Snapshot | None,
    after: Snapshot | None,
    act: str,
    by: int | None,
    now: datetime,
) -> None:
    """Write it down on the page of its interview; the log of acts names the consent, never its giver."""
    thing = Thing("interview", consent.interview_id)
    detail = {"consent": consent.id, "use": consent.use}
    note_values(session, "consent", consent.id, before, after, act=act, thing=thing, by=by, now=now, detail=detail)

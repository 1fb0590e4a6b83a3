"""Who sees the overview, and who may write in which row of it: the board reads all, a branch leader writes his own."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.access import Viewer
from archive.accounts import Role, User, require_at_least
from archive.errors import NotAllowed
from archive.offices import Office, OfficeKind
from archive.organisation.rights import person_of, rights_of_viewer
from archive.units import Unit


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees of the overview."""

    sees_all: bool = False
    may_edit: bool = False  # every row
    own: frozenset[int] = frozenset()  # the municipalities in which the viewer leads a branch
    elected_in: frozenset[int] = frozenset()  # the units that voters have sent the viewer to
    person_id: int | None = None  # who of the register the viewer is

    def sees(self, unit_id: int) -> bool:
        """Whether a row is seen."""
        return self.sees_all or unit_id in self.own

    def writes(self, unit_id: int) -> bool:
        """Whether a row may be written."""
        return self.may_edit or unit_id in self.own

    def sees_wishes(self, unit_id: int) -> bool:
        """Whether what representatives there have asked for is seen. A branch leader is not told."""
        return self.sees_all


def sight_of(session: Session, viewer: Viewer, *, today: date) -> Sight:
    """What a viewer sees, by role and by offices held today."""
    if viewer.role.at_least(Role.SECRETARY):
        return Sight(sees_all=True, may_edit=True)
    if viewer.user_id is None or not viewer.role.at_least(Role.MEMBER):
        return Sight()
    rights = rights_of_viewer(session, viewer, today=today)
    places = select(Unit.municipality_id).where(Unit.id.in_(rights.branches), Unit.municipality_id.is_not(None))
    led = session.scalars(places).all() if rights.branches else []
    person = person_of(session, viewer.user_id)
    elected: set[int] = set()
    if person is not None:
        held = select(Office.unit_id).where(
            Office.person_id == person.id,
            Office.kind == OfficeKind.ELECTED,
            Office.begins <= today,
            Office.ends >= today,
        )
        elected = set(session.scalars(held))
    return Sight(
        sees_all=rights.sees_overview,
        own=frozenset(each for each in led if each is not None),
        elected_in=frozenset(elected),
        person_id=person.id if person else None,
    )


def require_row(session: Session, by: int | None, unit_id: int, *, today: date) -> None:
    """Let through the machine's owner (None), the secretary, and whoever leads a branch there today.

    Raises:
        NotAllowed: anybody else.
    """
    if by is None:
        return
    require_at_least(session, by, "write_overview", Role.MEMBER)
    user = session.get_one(User, by)
    if not sight_of(session, Viewer(user.role, by), today=today).writes(unit_id):
        raise NotAllowed("write_overview")

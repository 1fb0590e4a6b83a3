"""Links (koblinger): anything of the archive tied to anything else, at a second or a page; seen from both sides.

A link says nothing by itself: who may not see the one side is never told, or counted, that there is one.
"""

import enum
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Connection, ForeignKey, Select, and_, or_, select, union_all
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, relationship

from archive.access import Viewer
from archive.accounts import Role, User, require_at_least
from archive.audit import note
from archive.database import Base, is_possible_id
from archive.errors import BadInput, NotFound
from archive.link_kinds import KINDS, Shown, Side
from archive.link_looks import EVENT, PERSON, note_look
from archive.local_time import day_of
from archive.row_history import (
    RowChange,
    Thing,
    note_change,
    require_not_undone,
    snapshot,
    undo_batch,
    undo_change,
)
from archive.transcripts import editing_viewer

LATEST_MS = 24 * 3_600_000  # as `archive.chapters`
MOST_PAGES = 100_000
_SIDES = ("a", "b")
# What is taken apart with its own row; a link to a person, a unit or an event keeps that from being deleted unnoticed.
_GO_ALONG = ("interview", "chapter", "record")


class LinkState(enum.StrEnum):
    """What people said of a link."""

    STANDS = "stands"
    DECLINED = "declined"  # a suggestion that somebody said no to; it is not made again


class Link(Base):
    """Two things that belong together. For each side one of its columns `<side>_<kind>_id` says which thing it is."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("a_ms IS NULL OR a_interview_id IS NOT NULL", name="a_second"),
        CheckConstraint("b_ms IS NULL OR b_interview_id IS NOT NULL", name="b_second"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    a_ms: Mapped[int | None]
    b_ms: Mapped[int | None]
    a_page: Mapped[int | None]
    b_page: Mapped[int | None]
    state: Mapped[LinkState] = mapped_column(default=LinkState.STANDS)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    made_by: Mapped[User | None] = relationship()

    def side(self, which: str) -> Side:
        """What is at one side, `a` or `b`."""
        for kind in KINDS:
            number = getattr(self, f"{which}_{kind}_id")
            if number is not None:
                return Side(kind, number, getattr(self, f"{which}_ms"), getattr(self, f"{which}_page"))
        raise ValueError(f"link {self.id} has nothing at its side {which}")


for _side in _SIDES:
    for _kind in KINDS:
        _key = ForeignKey(f"{_kind}.id", ondelete="CASCADE" if _kind in _GO_ALONG else None)
        setattr(Link, f"{_side}_{_kind}_id", mapped_column(_key, index=True, nullable=True))


def _tell_who_belongs(_mapper: Mapper[Any], connection: Connection, link: Link) -> None:
    """An event is found by the names of those who belong to it."""
    sides = {side.kind: side.id for side in map(link.side, _SIDES)}
    if sides.keys() == {EVENT, PERSON}:
        note_look(connection, EVENT, sides[EVENT])


for _moment in ("after_insert", "after_update", "after_delete"):
    sqlalchemy_event.listen(Link, _moment, _tell_who_belongs)


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as it is seen from one of its sides."""

    link_id: int
    here: Side
    other: Shown
    ms: int | None  # at the other side
    page: int | None


def links_of(session: Session, kind: str, number: int, viewer: Viewer, *, today: date) -> list[Linked]:
    """What is linked to a thing that the reader may see, as far as he may see the other side too."""
    return links_among(session, kind, [number], viewer, today=today).get(number, [])


def links_among(
    session: Session,
    kind: str,
    numbers: Collection[int],
    viewer: Viewer,
    *,
    today: date,
    others: Collection[str] = tuple(KINDS),
) -> dict[int, list[Linked]]:
    """The same for many things of one kind: one question for the links, and one for each kind at their other sides.

    `others`: the kinds at the other side that are asked for.
    """
    if not numbers:
        return {}
    others = tuple(others)
    pairs = [_Pair.of(kind, others, row) for row in session.execute(_pairs(kind, others, numbers))]
    wanted: dict[str, set[int]] = defaultdict(set)
    for pair in pairs:
        wanted[pair.other.kind].add(pair.other.id)
    there = {each: KINDS[each].load(session, ids, viewer, today=today) for each, ids in wanted.items()}
    made: dict[int, dict[tuple[object, ...], Linked]] = defaultdict(dict)
    for pair in pairs:
        here, other, shown = pair.here, pair.other, there[pair.other.kind].get(pair.other.id)
        if shown is not None:
            linked = Linked(pair.link_id, here, shown, other.ms, other.page)
            made[here.id].setdefault((here.ms, here.page, other), linked)  # a merge may leave two that say the same
    order = {each: place for place, each in enumerate(KINDS)}
    return {
        number: sorted(linked.values(), key=lambda each: (order[each.other.kind], _place(each)))
        for number, linked in made.items()
    }


def add_link(
    session: Session, one: Side, other: Side, *, state: LinkState = LinkState.STANDS, by: int | None, now: datetime
) -> Link:
    """Tie two things together; what is tied like that already is given as it is.

    Raises:
        NotFound: one of them is not there, or not for whoever does it.
        BadInput: `link` is the "same" thing twice; `ms` or `page` is "outside".
        NotAllowed: whoever does it is no volunteer.
    """
    require_at_least(session, by, "add_link", Role.VOLUNTEER)
    viewer = editing_viewer(session, by)
    if (one.kind, one.id) == (other.kind, other.id) and (one.ms, one.page) == (other.ms, other.page):
        raise BadInput("link", "same")
    for side in (one, other):
        check_side(session, side, viewer, today=day_of(now))
    link = _same(session, one, other)
    before = snapshot(link) if link else None
    if link is None:
        link = Link(made_by_id=by, made_at=now, **columns_of(one, other))
        session.add(link)
    link.state = state
    session.flush()
    act = "linked" if state is LinkState.STANDS else "declined"
    note_change(session, link, before, act=act, by=by, now=now, thing=page_of(link))
    return link


def columns_of(one: Side, other: Side) -> dict[str, int | None]:
    """What the row of a link between them holds of its two sides."""
    columns: dict[str, int | None] = {}
    for which, side in zip(_SIDES, (one, other), strict=True):
        columns |= {f"{which}_{side.kind}_id": side.id, f"{which}_ms": side.ms, f"{which}_page": side.page}
    return columns


def remove_link(
    session: Session, link: Link, *, by: int | None, now: datetime, batch: str | None = None
) -> RowChange | None:
    """Take a link away; its change can be undone.

    Raises:
        NotAllowed: whoever does it is no volunteer.
    """
    require_at_least(session, by, "remove_link", Role.VOLUNTEER)
    before, thing = snapshot(link), page_of(link)
    session.delete(link)
    return note_change(session, link, before, act="unlinked", by=by, now=now, thing=thing, batch=batch)


def undo_of_link(session: Session, change: RowChange, *, by: int | None, now: datetime) -> None:
    """Put back what one change did to a link, and what was declined in the same go.

    Raises:
        BadInput: as `archive.row_history.undo_change`.
    """
    require_at_least(session, by, "undo_of_link", Role.VOLUNTEER)
    if change.act == "declined" and change.batch is not None:
        require_not_undone(change)
        undo_batch(session, change.batch, by=by, now=now)
        note(session, "undid", change.thing, change.thing_id, user_id=by, now=now, batch=change.batch)
    else:
        undo_change(session, change, by=by, now=now)


def load_link(session: Session, link_id: int, viewer: Viewer, *, today: date) -> Link:
    """A link of which the reader may see both sides.

    Raises:
        NotFound: it is not there, or not for this reader.
    """
    link = session.get(Link, link_id) if is_possible_id(link_id) else None
    if link is not None and all(load_side(session, link.side(each), viewer, today=today) for each in _SIDES):
        return link
    raise NotFound("link", link_id)


def load_side(session: Session, side: Side, viewer: Viewer, *, today: date) -> Shown | None:
    """One side as the reader sees it; None where he may not."""
    if not is_possible_id(side.id):
        return None
    return KINDS[side.kind].load(session, [side.id], viewer, today=today).get(side.id)


def check_side(session: Session, side: Side, viewer: Viewer, *, today: date) -> Shown:
    """One side as the reader sees it.

    Raises:
        NotFound: it is not there, or not for this reader.
        BadInput: `ms` or `page` is "outside".
    """
    kind = KINDS.get(side.kind)
    shown = load_side(session, side, viewer, today=today) if kind else None
    if kind is None or shown is None:
        raise NotFound(side.kind, side.id)
    if side.ms is not None and (not kind.has_seconds or not 0 <= side.ms < LATEST_MS):
        raise BadInput("ms", "outside")
    if side.page is not None and (not kind.has_pages or not 0 < side.page <= MOST_PAGES):
        raise BadInput("page", "outside")
    return shown


def links_with(session: Session, kind: str, number: int) -> Sequence[Link]:
    """Every link of a thing, whoever may see it, declined ones too: for whoever takes the thing away."""
    return session.scalars(select(Link).where(or_(*(_column(side, kind) == number for side in _SIDES)))).all()


def pairs_of(session: Session, kind: str, other: str, numbers: Collection[int] | Select[int]) -> list[tuple[int, int]]:
    """Which of these things of `kind` are tied to which of kind `other`, whoever may see it."""
    found: list[tuple[int, int]] = []
    for here, there in (_SIDES, _SIDES[::-1]):
        both = select(_column(here, kind), _column(there, other)).where(
            Link.state == LinkState.STANDS, _column(here, kind).in_(numbers), _column(there, other).is_not(None)
        )
        found += [(one, two) for one, two in session.execute(both)]
    return found


def tied_to(kind: str, other: str, condition: ColumnElement[bool]) -> Select[Any]:
    """The numbers of the things of `kind` that a link ties to one of kind `other` that `condition` holds for."""
    ways = [
        select(_column(here, kind).label("number"))
        .join(KINDS[other].number.class_, _column(there, other) == KINDS[other].number)
        .where(Link.state == LinkState.STANDS, _column(here, kind).is_not(None), condition)
        for here, there in (_SIDES, _SIDES[::-1])
    ]
    return select(union_all(*ways).subquery().c.number)


def page_of(link: Link) -> Thing:
    """On whose page the changes of a link are told: on the event's where there is one, else on its first side's."""
    sides = [link.side(each) for each in _SIDES]
    about = next((side for side in sides if side.kind == "event"), sides[0])
    return Thing(about.kind, about.id)


def _column(side: str, kind: str) -> Any:
    return getattr(Link, f"{side}_{kind}_id")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A link as a row of `_pairs` holds it."""

    link_id: int
    here: Side
    other: Side

    @classmethod
    def of(cls, kind: str, others: Sequence[str], row: Sequence[Any]) -> "_Pair":
        """The row as sides; the first column of the others that is set says what the other side is."""
        link_id, here_id, here_ms, here_page, ms, page, *ids = row
        which, number = next((which, number) for which, number in zip(others, ids, strict=True) if number is not None)
        return cls(link_id, Side(kind, here_id, here_ms, here_page), Side(which, number, ms, page))


def _pairs(kind: str, others: Sequence[str], numbers: Collection[int]) -> Select[Any]:
    """Links that stand, from each side that is one of these things: columns, since a timeline has thousands of them."""
    ways = []
    for here, there in (_SIDES, _SIDES[::-1]):
        places = [getattr(Link, f"{side}_{what}") for side in (here, there) for what in ("ms", "page")]
        ids = [_column(there, each).label(each) for each in others]
        ways.append(
            select(Link.id.label("link_id"), _column(here, kind).label("here_id"), *places, *ids).where(
                Link.state == LinkState.STANDS,
                _column(here, kind).in_(numbers),
                or_(*(_column(there, each).is_not(None) for each in others)),
            )
        )
    both = union_all(*ways).subquery()
    return select(*both.c).order_by(both.c.link_id)


def _same(session: Session, one: Side, other: Side) -> Link | None:
    ways = [
        and_(*(_is(which, side) for which, side in zip(_SIDES, sides, strict=True)))
        for sides in ((one, other), (other, one))
    ]
    return session.scalars(select(Link).where(or_(*ways)).limit(1)).first()


def _is(which: str, side: Side) -> ColumnElement[bool]:
    places = {"ms": side.ms, "page": side.page}
    same = [getattr(Link, f"{which}_{name}").is_not_distinct_from(value) for name, value in places.items()]
    return and_(_column(which, side.kind) == side.id, *same)


def _place(linked: Linked) -> tuple[int, int, str, str, int]:
    return (linked.here.ms or 0, linked.here.page or 0, linked.other.when, linked.other.title, linked.ms or 0)

"""What was published in social media, counted by region and month; so that all of the county is seen there."""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from archive.accounts import Role, require_at_least
from archive.database import Base, find_row
from archive.errors import BadInput, NotFound
from archive.organisation.tree import Listed
from archive.row_history import RowChange, Thing, note_change, snapshot
from archive.typed import one_line
from archive.units import BRANCHES, Unit, UnitKind
from archive.yearwheel.duties import LONGEST_ADDRESS, read_address

LONGEST_TITLE = 300
FIRST_YEAR = 2000
# Of what a post may be; a unit of another kind stands for the whole county.
PLACES = (UnitKind.REGION, UnitKind.MUNICIPALITY, *BRANCHES, UnitKind.COUNTY_BRANCH)
WHOLE_COUNTY = 0  # the number that a region's has in counts, for what is of no single region
PAGE = Thing("social_post", 1)  # all of them share one history
ABOUT = ("interview", "event", "record")


class Channel(enum.StrEnum):
    """Where a post was published."""

    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    WEBSITE = "website"
    NEWSLETTER = "newsletter"
    OTHER = "other"


class Topic(enum.StrEnum):
    """What kind of content it is; the plan names these."""

    NEWS = "news"
    RECRUITING = "recruiting"
    COUNTY_COUNCIL = "county_council"
    CAUSE = "cause"
    HISTORY = "history"
    CENTRAL = "central"  # shared from the party centrally
    OTHER = "other"


class SocialPost(Base):
    """One published post. Its number is never reused."""

    __tablename__ = "social_post"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN interview_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN event_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN record_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="about_one",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    posted_on: Mapped[date] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)  # where it is from
    channel: Mapped[Channel]
    topic: Mapped[Topic]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), default="")
    interview_id: Mapped[int | None] = mapped_column(ForeignKey("interview.id", ondelete="SET NULL"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id", ondelete="SET NULL"), index=True)

    unit: Mapped[Unit] = relationship()

    @property
    def about(self) -> tuple[str, int] | None:
        """What of the archive it is about: the kind and the number; None for nothing."""
        return next(((kind, number) for kind in ABOUT if (number := getattr(self, f"{kind}_id")) is not None), None)


@dataclass(frozen=True, slots=True)
class PostDetails:
    """What the secretary writes about a post."""

    posted_on: date
    unit_id: int
    channel: Channel
    topic: Topic
    title: str
    address: str = ""
    about: tuple[str, int] | None = None


def write_post(
    session: Session,
    details: PostDetails,
    *,
    row: SocialPost | None = None,
    by: int | None,
    now: datetime,
    today: date,
) -> SocialPost:
    """A new post, or one written anew.

    Raises:
        BadInput: `posted_on` is "future" or "too_old"; `unit_id` or `about` is "unknown"; `title` is "empty" or
            "too_long"; `address` is "not_a_link" or "too_long".
    """
    require_at_least(session, by, "write_post", Role.SECRETARY)
    if details.posted_on > today:
        raise BadInput("posted_on", "future")
    if details.posted_on.year < FIRST_YEAR:
        raise BadInput("posted_on", "too_old")
    unit = find_row(session, Unit, details.unit_id)
    if unit is None or unit.kind not in PLACES:
        raise BadInput("unit_id", "unknown")
    title = one_line(details.title, "title", limit=LONGEST_TITLE, required=True)
    address = read_address(details.address, "address")
    before = snapshot(row) if row else None
    row = row or SocialPost()
    row.posted_on, row.unit_id, row.channel, row.topic = details.posted_on, unit.id, details.channel, details.topic
    row.title, row.address = title, address
    for kind in ABOUT:
        setattr(row, f"{kind}_id", details.about[1] if details.about and details.about[0] == kind else None)
    session.add(row)
    note_change(session, row, before, act="changed" if before else "added", by=by, now=now, thing=PAGE)
    return row


def remove_post(session: Session, row: SocialPost, *, by: int | None, now: datetime) -> RowChange | None:
    """Take away what was written down by mistake; the history brings it back."""
    require_at_least(session, by, "remove_post", Role.SECRETARY)
    before = snapshot(row)
    session.delete(row)
    return note_change(session, row, before, act="removed", by=by, now=now, thing=PAGE)


def load_post(session: Session, post_id: int) -> SocialPost:
    """One post.

    Raises:
        NotFound: there is none of this number.
    """
    row = find_row(session, SocialPost, post_id)
    if row is None:
        raise NotFound("post", post_id)
    return row


def posts_in(session: Session, year: int) -> Sequence[SocialPost]:
    """The posts of a year, the latest first; one question."""
    found = select(SocialPost).where(SocialPost.posted_on.between(date(year, 1, 1), date(year, 12, 31)))
    found = found.options(joinedload(SocialPost.unit))
    return session.scalars(found.order_by(SocialPost.posted_on.desc(), SocialPost.id.desc())).all()


def posted_about(session: Session) -> set[tuple[str, int]]:
    """What of the archive has been posted about already."""
    rows = session.execute(select(SocialPost.interview_id, SocialPost.event_id, SocialPost.record_id))
    return {(kind, number) for row in rows for kind, number in zip(ABOUT, row, strict=True) if number is not None}


# Counting ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegionCount:
    """The posts of one region in a year, month by month."""

    region_id: int  # `WHOLE_COUNTY` for what is of no single region
    name: str
    months: tuple[int, ...]  # twelve
    last: date | None  # the latest post of the year; None: none

    @property
    def total(self) -> int:
        """All of the year."""
        return sum(self.months)


def count_by_region(posts: Iterable[SocialPost], units: Sequence[Listed]) -> list[RegionCount]:
    """The posts of one year by region and month, every region of today, then the whole county. Pure."""
    by_id = {each.id: each for each in units}
    regions = [each for each in units if each.kind == UnitKind.REGION]
    counts: dict[int, Counter[int]] = {}
    last: dict[int, date] = {}
    for post in posts:
        region_id = region_of(post.unit_id, by_id)
        counts.setdefault(region_id, Counter())[post.posted_on.month] += 1
        last[region_id] = max(post.posted_on, last.get(region_id, post.posted_on))
    shown = [(each.id, each.name) for each in regions if each.is_active or each.id in counts]
    shown.append((WHOLE_COUNTY, "Hele fylket eller utenfor regionene"))
    return [
        RegionCount(
            number, name, tuple(counts.get(number, Counter())[month] for month in range(1, 13)), last.get(number)
        )
        for number, name in shown
    ]


def region_of(unit_id: int, by_id: Mapping[int, Listed]) -> int:
    """The region that a unit lies in; `WHOLE_COUNTY` for none. Pure."""
    unit = by_id.get(unit_id)
    if unit is None:
        return WHOLE_COUNTY
    if unit.kind == UnitKind.REGION:
        return unit.id
    place = by_id.get(unit.municipality_id) if unit.municipality_id is not None else None
    return (place.region_id if place else unit.region_id) or WHOLE_COUNTY

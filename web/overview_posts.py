"""*Sosiale medier*: what was published, counted by region and month beside each other, and what could be published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.errors import BadInput
from archive.link_kinds import KINDS, Shown, Side
from archive.links import load_side
from archive.organisation.tree import list_units
from archive.overview.posts import (
    ABOUT,
    FIRST_YEAR,
    PLACES,
    Channel,
    PostDetails,
    RegionCount,
    SocialPost,
    Topic,
    count_by_region,
    load_post,
    posts_in,
    remove_post,
    write_post,
)
from archive.overview.proposals import proposals
from archive.row_history import latest_change
from web.overview import asked_year, refused, sight
from web.overview_words import CHANNELS, TOPICS, wrong
from web.rights import needs
from web.typed_interview import Fields, read_day
from web.typed_unit import read_number
from web.units import check_unchanged, unit_groups
from web.visit import db, now, today, viewer
from web.wording import MONTHS

pages = Blueprint("overview_posts", __name__, url_prefix="/oversikt/sosiale-medier")

QUIET_DAYS = 60  # so long without a post, and the page says so of a region


@dataclass(slots=True)
class TypedPost:
    """The form, field by field, as text."""

    posted_on: str = ""
    unit_id: str = ""
    channel: str = Channel.FACEBOOK
    topic: str = Topic.NEWS
    title: str = ""
    address: str = ""
    about: str = ""  # interview-42; "": nothing of the archive

    @classmethod
    def read(cls, form: Fields) -> "TypedPost":
        """As the browser sent it."""
        return cls(**{name: form.get(name, "") for name in cls.__slots__})

    @classmethod
    def of(cls, row: SocialPost) -> "TypedPost":
        """What stands there now."""
        about = f"{row.about[0]}-{row.about[1]}" if row.about else ""
        return cls(row.posted_on.isoformat(), str(row.unit_id), row.channel, row.topic, row.title, row.address, about)

    def details(self) -> PostDetails:
        """What can be kept of it.

        Raises:
            BadInput: the first field that cannot be used.
        """
        day = read_day(self.posted_on, "posted_on")
        if day is None:
            raise BadInput("posted_on", "empty")
        if self.channel not in list(Channel):
            raise BadInput("channel", "unknown")
        if self.topic not in list(Topic):
            raise BadInput("topic", "unknown")
        return PostDetails(
            posted_on=day,
            unit_id=read_number(self.unit_id, "unit_id") or 0,
            channel=Channel(self.channel),
            topic=Topic(self.topic),
            title=self.title,
            address=self.address,
            about=self._about(),
        )

    def _about(self) -> tuple[str, int] | None:
        """What of the archive it is about, as far as whoever writes may see it."""
        kind, _dash, number = self.about.partition("-")
        if not kind:
            return None
        side = Side(kind, read_number(number, "about") or 0) if kind in ABOUT else None
        if side is None or load_side(db(), side, viewer(), today=today()) is None:
            raise BadInput("about", "unknown")
        return side.kind, side.id


@pages.get("")
@needs(Role.MEMBER)
def show() -> ResponseReturnValue:
    """The posts of a year by region and month, the list of them, and what could be posted."""
    sees, year = sight(), max(asked_year(), FIRST_YEAR)
    if not sees.sees_all:
        return refused(sees)
    units = list_units(db(), today=today())
    posts = posts_in(db(), year)
    counts = count_by_region(posts, units)
    is_this_year = year == today().year
    return render_template(
        "overview/posts.html",
        sees=sees,
        year=year,
        months=MONTHS,
        this_month=today().month if is_this_year else 12,
        posts=posts,
        counts=counts,
        most=max((max(each.months) for each in counts), default=0),
        about=_about(posts),
        quiet=[each for each in counts if each.region_id and _is_quiet(each)] if is_this_year else [],
        proposals=proposals(db(), units, counts, now=now(), today=today()) if is_this_year else [],
        names={each.id: each.name for each in units},
    )


def _is_quiet(count: RegionCount) -> bool:
    """Whether a region has been silent for so long. Early in a year nobody can tell: the year before is not asked."""
    since = max(count.last or date.min, date(today().year, 1, 1))
    return (today() - since).days > QUIET_DAYS


def _about(posts: Sequence[SocialPost]) -> dict[tuple[str, int], Shown]:
    """What the posts are about, as far as this reader may see it; one question for each kind."""
    numbers: dict[str, set[int]] = {}
    for post in posts:
        if post.about:
            numbers.setdefault(post.about[0], set()).add(post.about[1])
    found = {}
    for kind, wanted in numbers.items():
        shown = KINDS[kind].load(db(), wanted, viewer(), today=today())
        found.update({(kind, number): each for number, each in shown.items()})
    return found


@pages.get("/nytt")
@needs(Role.SECRETARY)
def new() -> ResponseReturnValue:
    """An empty form, or one that a proposal fills."""
    typed = TypedPost(posted_on=today().isoformat())
    for name in ("unit_id", "title", "about"):
        setattr(typed, name, request.args.get(name, "")[:300])
    if typed.about:
        typed.topic = Topic.HISTORY
    return _form(typed)


@pages.post("/nytt")
@needs(Role.SECRETARY)
def add() -> ResponseReturnValue:
    """A post was published."""
    typed = TypedPost.read(request.form)
    try:
        row = write_post(db(), typed.details(), by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad), 422
    db().commit()
    flash("Innlegget er ført opp.")
    return redirect(url_for(".show", ar=row.posted_on.year), 303)


@pages.get("/<int:post_id>")
@needs(Role.SECRETARY)
def edit(post_id: int) -> ResponseReturnValue:
    """The form with what stands there."""
    row = load_post(db(), post_id)
    return _form(TypedPost.of(row), row=row)


@pages.post("/<int:post_id>")
@needs(Role.SECRETARY)
def change(post_id: int) -> ResponseReturnValue:
    """Write it anew."""
    typed, row = TypedPost.read(request.form), load_post(db(), post_id)
    try:
        check_unchanged("social_post", post_id)
        write_post(db(), typed.details(), row=row, by=viewer().user_id, now=now(), today=today())
    except BadInput as bad:
        db().rollback()
        return _form(typed, bad, row=load_post(db(), post_id)), 422
    db().commit()
    flash("Endringene er lagret. Du kan angre dem i historikken.")
    return redirect(url_for(".show", ar=row.posted_on.year), 303)


@pages.post("/<int:post_id>/ta-bort")
@needs(Role.SECRETARY)
def remove(post_id: int) -> ResponseReturnValue:
    """It was written down by mistake."""
    row = load_post(db(), post_id)
    year = row.posted_on.year
    remove_post(db(), row, by=viewer().user_id, now=now())
    db().commit()
    flash("Innlegget er tatt bort. Du kan angre det i historikken.")
    return redirect(url_for(".show", ar=year), 303)


def _form(typed: TypedPost, bad: BadInput | None = None, *, row: SocialPost | None = None) -> str:
    kind, _dash, number = typed.about.partition("-")
    side = Side(kind, int(number)) if kind in ABOUT and number.isascii() and number.isdigit() else None
    return render_template(
        "overview/post_form.html",
        typed=typed,
        wrong=wrong(bad),
        row=row,
        seen=latest_change(db(), "social_post", row.id) if row else 0,
        units=unit_groups(PLACES),
        channels=CHANNELS,
        topics=TOPICS,
        about=load_side(db(), side, viewer(), today=today()) if side else None,
    )

"""The search page: the sentence around each hit, and a button that plays it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from archive.recordings import Recording
from archive.search import query
from archive.search.index import open_index
from archive.search.query import Hit
from archive.search.schema import INTERVIEW, PASSAGE
from web.excerpt import Passage, excerpt
from web.rights import public
from web.visit import archive, db, today, viewer

pages = Blueprint("search", __name__)

PAGE_OF = 20
# A listener needs a moment to find the thread.
BEFORE_WORD_MS = 2000
LONGEST_QUERY = 300


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as the page shows it."""

    hit: Hit
    said: Markup  # the sentences around the words, which are marked
    hear_ms: int  # where *Hør* begins
    hear_url: str
    has_sound: bool


@pages.get("/sok")
@public
def show() -> ResponseReturnValue:
    """The hits of `?q=`, a page at a time."""
    typed = request.args.get("q", "").strip()[:LONGEST_QUERY]
    page = max(1, request.args.get("side", 1, int))
    if not typed:
        return render_template("search/search.html", typed="", found=None, hits=[], page=1, pages=0)
    found = query.search(
        db(),
        open_index(archive().settings),
        typed,
        viewer=viewer(),
        today=today(),
        limit=PAGE_OF,
        offset=(page - 1) * PAGE_OF,
        kinds=(PASSAGE, INTERVIEW),
    )
    sounding = _with_sound(found.hits)
    return render_template(
        "search/search.html",
        typed=typed,
        found=found,
        hits=[_shown(hit, hit.interview_id in sounding) for hit in found.hits],
        page=page,
        pages=-(-found.total // PAGE_OF),
    )


def _with_sound(hits: Sequence[Hit]) -> set[int]:
    """Those of the interviews found that have sound; a text can be handed in without."""
    ids = {hit.interview_id for hit in hits}
    return set(db().scalars(select(Recording.interview_id).where(Recording.interview_id.in_(ids)).distinct()))


def _shown(hit: Hit, has_sound: bool) -> ShownHit:
    hear_ms = max(0, hit.start_ms - BEFORE_WORD_MS)
    # Whole seconds, downwards: the link is one that people copy.
    address = url_for("listen.show", interview_id=hit.interview_id, t=hear_ms // 1000, spill=1)
    said = excerpt(Passage(hit.text, hit.highlights, hit.before, hit.after))
    return ShownHit(hit, said, hear_ms, address, has_sound and hit.kind == PASSAGE)

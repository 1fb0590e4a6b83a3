"""The search page: the sentence around each hit, and a button that plays it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from archive.recordings import Recording
from archive.search import query
from archive.search.hits import Hit
from archive.search.holders import is_interview
from archive.search.index import open_index
from archive.search.narrowing import Facet, Narrow, Sort, Text, as_it_stands
from archive.search.query import Results, Wish
from archive.search.schema import CHAPTER, EVENT, INTERVIEW, KINDS, MEETING, RECORD
from archive.search.suggesting import suggest
from web.browse import Choice
from web.excerpt import Passage, excerpt
from web.rights import public
from web.typed_interview import LANGUAGES
from web.visit import archive, db, today, viewer

pages = Blueprint("search", __name__)

PAGE_OF = 20
SORTS: dict[Sort, str] = {"relevance": "det som passer best", "date": "nyeste intervju", "place": "sted"}
TEXTS: dict[Text, str] = {"reviewed": "kontrollert", "machine": "ikke kontrollert ennå"}
OF_SOME = ("nevner", "om_tiar", "ledd")  # not every hit has any of these, so even one is something to choose
# What is looked among, where somebody wants only one of them.
SORTS_OF_HITS = {
    "opptak": tuple(kind for kind in KINDS if kind not in (RECORD, EVENT, MEETING)),
    "dokument": (RECORD,),
    "hendelse": (EVENT,),
    "mote": (MEETING,),
}
SORT_WORDS = {"opptak": "det som er sagt", "dokument": "dokumenter", "hendelse": "hendelser", "mote": "møter"}
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
    """The hits of `?q=`, a page at a time, narrowed by what else the address asks for."""
    typed = request.args.get("q", "").strip()[:LONGEST_QUERY]
    page = max(1, request.args.get("side", 1, int))
    wish = _wish()
    if not typed:
        return render_template("search/search.html", typed="", found=None, wish=wish, hits=[], page=1, pages=0)
    found = query.search(
        db(),
        open_index(archive().settings),
        typed,
        viewer=viewer(),
        today=today(),
        limit=PAGE_OF,
        offset=(page - 1) * PAGE_OF,
        kinds=SORTS_OF_HITS.get(request.args.get("slag", ""), KINDS),
        wish=wish,
    )
    sounding = _with_sound(found.hits)
    in_one = found.hits[0].title if wish.narrow.interview_id and found.hits else None
    return render_template(
        "search/search.html",
        typed=typed,
        found=found,
        wish=wish,
        in_one=in_one,
        sorts=SORTS,
        choices=_choices(wish, found),
        meant=_with_what_was_meant(typed, found.meant),
        asked=_asked(typed),
        hits=[_shown(hit, hit.interview_id in sounding) for hit in found.hits],
        page=page,
        pages=-(-(_holders(found) if wish.by_interview else found.total) // PAGE_OF),
    )


def _holders(found: Results) -> int:
    return found.interviews + found.records + found.events + found.meetings


@pages.get("/sok/forslag")
@public
def suggestions() -> ResponseReturnValue:
    """What `?q=` may become, as the options of the search field; only from what this reader may see."""
    typed = request.args.get("q", "").lstrip()[:LONGEST_QUERY]
    found = suggest(db(), open_index(archive().settings), typed, viewer=viewer(), today=today())
    return render_template("search/_suggestions.html", suggestions=found)


def _wish() -> Wish:
    """The form and the links, as far as they can be understood: an odd value narrows nothing."""
    asked = request.args
    return Wish(
        narrow=as_it_stands(
            db(),
            Narrow(
                speaker_id=asked.get("taler", type=int),
                place=asked.get("sted", "").strip() or None,
                decade=asked.get("tiar", type=int),
                language=asked.get("sprak", "").strip() or None,
                text=next((text for text in TEXTS if text == asked.get("tekst")), None),
                interview_id=asked.get("intervju", type=int),
                about_decade=asked.get("om_tiar", type=int),
                person_id=asked.get("nevner", type=int),
                unit_id=asked.get("ledd", type=int),
            ),
        ),
        sort=next((sort for sort in SORTS if sort == asked.get("sorter")), "relevance"),
        by_interview=asked.get("samle") == "1",
        with_facets=True,
    )


def _choices(wish: Wish, found: Results) -> list[Choice]:
    """The drop-downs that have anything to choose between, or where something is chosen."""
    narrow, offered = wish.narrow, found.facets
    sort_of_hit = request.args.get("slag", "")
    there = {"opptak": found.interviews, "dokument": found.records, "hendelse": found.events, "mote": found.meetings}
    sorts_of_hit = tuple((sort, SORT_WORDS[sort]) for sort, count in there.items() if count or sort == sort_of_hit)
    made = [
        Choice(
            "slag",
            "Hva",
            sorts_of_hit,
            sort_of_hit if sort_of_hit in SORT_WORDS else "",
        ),
        Choice("taler", "Hvem som snakker", _options(offered.speakers), _written(narrow.speaker_id)),
        Choice("nevner", "Hvem som nevnes", _options(offered.people), _written(narrow.person_id)),
        Choice("om_tiar", "Snakker om årene", _options(offered.about_decades, _decade), _written(narrow.about_decade)),
        Choice("ledd", "Organisasjonsledd", _options(offered.units), _written(narrow.unit_id)),
        Choice("sted", "Sted", _options(offered.places), narrow.place or ""),
        Choice("tiar", "Tatt opp", _options(offered.decades, _decade), _written(narrow.decade)),
        Choice("sprak", "Språk", _options(offered.languages, _language), narrow.language or ""),
        Choice("tekst", "Tekst", _options(offered.texts, lambda value: TEXTS[cast(Text, value)]), narrow.text or ""),
    ]
    return [_with_chosen(each) for each in made if len(each.options) > (each.name not in OF_SOME) or each.chosen]


def _with_chosen(choice: Choice) -> Choice:
    """What is chosen can be seen and taken away also where no hit has it."""
    if not choice.chosen or any(value == choice.chosen for value, _ in choice.options):
        return choice
    return Choice(choice.name, choice.label, (*choice.options, (choice.chosen, "det du har valgt")), choice.chosen)


def _options(facets: Sequence[Facet], named: Callable[[str], str] | None = None) -> tuple[tuple[str, str], ...]:
    return tuple((each.value, f"{named(each.value) if named else each.name} ({each.count})") for each in facets)


def _written(number: int | None) -> str:
    return "" if number is None else str(number)


def _decade(first: str) -> str:
    return f"{first}–{int(first) + 9}"


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


def _asked(typed: str) -> dict[str, str]:
    """The address of this search, without the page: what links to others of its pages and forms take along."""
    kept = (
        "slag",
        "taler",
        "nevner",
        "om_tiar",
        "ledd",
        "sted",
        "tiar",
        "sprak",
        "tekst",
        "intervju",
        "sorter",
        "samle",
    )
    return {"q": typed, **{name: request.args[name] for name in kept if request.args.get(name)}}


def _with_what_was_meant(typed: str, meant: Mapping[str, str]) -> str | None:
    """The question with the words that are said in place of those that nobody says; None: nothing to change."""
    written = typed
    for word, said in meant.items():
        written = re.sub(rf"(?i)\b{re.escape(word)}\b", lambda _, said=said: said, written)  # type: ignore[misc]
    return written if written != typed else None


def _with_sound(hits: Sequence[Hit]) -> set[int]:
    """Those of the interviews found that have sound; a text can be handed in without."""
    ids = {hit.interview_id for hit in hits}
    return set(db().scalars(select(Recording.interview_id).where(Recording.interview_id.in_(ids)).distinct()))


def _shown(hit: Hit, has_sound: bool) -> ShownHit:
    hear_ms = max(0, hit.start_ms - (0 if hit.kind == CHAPTER else BEFORE_WORD_MS))  # a chapter begins where it says
    # Whole seconds, downwards: the link is one that people copy.
    address = hit.url
    if is_interview(hit.interview_id):
        address = url_for("listen.show", interview_id=hit.interview_id, t=hear_ms // 1000, spill=1)
    said = excerpt(Passage(hit.text, hit.highlights, hit.before, hit.after))
    return ShownHit(hit, said, hear_ms, address, has_sound and hit.kind not in (INTERVIEW, RECORD, EVENT, MEETING))

"""*Dokumenter*: the list, a record's page with its text page by page, its file, and the *arkivliste* to print."""

import logging
import re
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from werkzeug.wsgi import wrap_file

from archive.accounts import Role
from archive.readable.blocks import Block
from archive.record_series import SERIES, RecordKind
from archive.records import TO_READ, Record, RecordPage, RecordVersion
from archive.records_found import (
    PAGE_OF,
    Facets,
    Filter,
    archive_list,
    creator_key,
    facets,
    find_creator,
    list_records,
    load_record,
    page_with_line,
    pages_of,
    pages_read,
)
from media.places import page_picture
from web.browse import Choice
from web.records_words import FILE_KINDS, KINDS, citation, failure_words, line_words, page_word, series_words
from web.rights import public
from web.visit import archive, db, viewer

log = logging.getLogger(__name__)

pages = Blueprint("records", __name__)

# Fewer than this are seen at a glance; choosing among them would only be in the way.
NARROWED_FROM = 4
# Pages of a record that are shown together: what a phone draws at once.
PAGES_TOGETHER = 50
PRIVATE = "private, no-cache"
# What a browser may show by itself; everything else is saved.
SHOWN_TYPES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
# A file is never a page of ours: nothing in it may run or be fetched; a browser's own reader of PDFs needs the rest.
FILE_POLICY = "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_LINES = re.compile(r"(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A heading, paragraph, item or row as the page shows it."""

    kind: str
    rank: int  # of a heading: `<h3>` is 3
    html: Markup
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page with its blocks; items that follow each other stand in one list."""

    page: RecordPage
    groups: list[tuple[str, list[ShownBlock]]]


@pages.get("/dokumenter")
@public
def show() -> ResponseReturnValue:
    """The list, narrowed by a plain form."""
    chosen = _chosen()
    page = max(1, request.args.get("side", 1, int))
    records, total = list_records(db(), viewer(), chosen, page=page)
    offered = facets(db(), viewer())
    choices = _choices(chosen, offered) if not chosen.is_empty or total >= NARROWED_FROM else []
    asked = {name: value for name, value in request.args.items() if name != "side" and value}
    return render_template(
        "records/list.html",
        records=records,
        total=total,
        choices=choices,
        narrowed=not chosen.is_empty,
        kinds=KINDS,
        page=page,
        pages=-(-total // PAGE_OF),
        asked=asked,
        creator=chosen.creator,
    )


@pages.get("/dokument/<int:record_id>")
@public
def one(record_id: int) -> ResponseReturnValue:
    """What it is, its text, and how it is cited; `?linje=113-114` marks printed lines, `?side=` turns to a page."""
    record = load_record(db(), record_id, viewer())
    version = _version(record)
    is_read = version is not None and version.state not in TO_READ
    lines, line_page = _asked_lines(version) if version and is_read else (None, None)
    number = max(request.args.get("side", 0, int), 0) or line_page or 1
    page_count = version.page_count if version and is_read else 0
    first = min(number - 1, max(page_count - 1, 0)) // PAGES_TOGETHER * PAGES_TOGETHER
    read = pages_of(db(), version, first + 1, first + PAGES_TOGETHER) if version and is_read else []
    return render_template(
        "records/one.html",
        record=record,
        version=version,
        shown=[_shown(page, lines) for page in read],
        done=pages_read(db(), version) if version and not is_read else 0,
        first=first,
        together=PAGES_TOGETHER,
        page_count=page_count,
        lines=lines,
        typed_lines=request.args.get("linje", "")[:20],
        cited=citation(record, line_page or request.args.get("side", type=int), lines),
        line_words=line_words,
        failure=failure_words(version) if version else "",
        is_read=is_read,
        page_word=page_word(version) if version else "side",
        kind_word=KINDS[record.kind],
        series_words=series_words(record.series),
        file_kinds=FILE_KINDS,
        creator_key=creator_key(record),
        may_edit=viewer().role.at_least(Role.SECRETARY),
    )


@pages.get("/dokument/<int:record_id>/fil")
@public
def file(record_id: int) -> ResponseReturnValue:
    """The file itself, whole or the part that was asked for. Rights are looked up for every part."""
    record = load_record(db(), record_id, viewer())
    version = _version(record)
    if version is None:
        abort(404)
    try:
        stream = archive().store.open(version.sha256)
    except FileNotFoundError:
        log.error("the file of version %s of record %s is not in the store", version.number, record.id)
        abort(404, "original_missing")
    start = stream.read(16)
    size_bytes = stream.seek(0, 2)
    stream.seek(0)
    kind = next((kind for magic, kind in SHOWN_TYPES.items() if start.startswith(magic)), "")
    response = Response(
        wrap_file(request.environ, stream), mimetype=kind or "application/octet-stream", direct_passthrough=True
    )
    is_saved = not kind or request.args.get("lagre") == "1"
    response.headers.set(
        "Content-Disposition", "attachment" if is_saved else "inline", filename=version.original_name or "dokument"
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.content_length = size_bytes
    response.set_etag(version.sha256)
    response.headers["Cache-Control"] = PRIVATE
    response.make_conditional(request, accept_ranges=True, complete_length=size_bytes)
    return response


@pages.get("/dokument/<int:record_id>/bilde/<int:number>")
@public
def picture(record_id: int, number: int) -> ResponseReturnValue:
    """One drawn page of a scan."""
    record = load_record(db(), record_id, viewer())
    version = _version(record)
    if version is None:
        abort(404)
    path = page_picture(archive().settings.derived, version.sha256, number)
    if not path.exists():
        abort(404)
    response = send_file(path, mimetype="image/jpeg", conditional=True)
    response.headers["Cache-Control"] = PRIVATE
    return response


@pages.get("/dokumenter/arkivliste")
@public
def printed() -> ResponseReturnValue:
    """The *arkivliste* of one creator, to print."""
    key = request.args.get("arkivskaper", "-")
    creator = find_creator(db(), key)
    if creator is None and key != "-":
        abort(404)
    found = archive_list(db(), viewer(), key)
    if not found and creator is None:
        abort(404)
    return render_template(
        "records/archive_list.html",
        creator=creator,
        found={series_words(letter): records for letter, records in found.items()},
        kinds=KINDS,
        back=url_for(".show", arkivskaper=key),
    )


def _version(record: Record) -> RecordVersion | None:
    """The version that the address asks for, else the one that is shown."""
    asked = request.args.get("versjon", type=int)
    if asked is None:
        return record.current
    found = next((each for each in record.versions if each.number == asked), None)
    if found is None:
        abort(404)
    return found


def _chosen() -> Filter:
    """The form, as far as it can be understood: an odd value narrows nothing."""
    asked = request.args
    series = asked.get("serie", "")
    return Filter(
        creator=asked.get("arkivskaper", "").strip()[:20] or None,
        series=series if series in SERIES else None,
        kind=next((kind for kind in RecordKind if kind.value == asked.get("slag")), None),
        decade=asked.get("tiar", type=int),
    )


def _choices(chosen: Filter, offered: Facets) -> list[Choice]:
    """The drop-downs that have anything to choose between."""
    made = [
        Choice(
            "arkivskaper",
            "Arkivskaper",
            tuple((each.key, each.name) for each in offered.creators),
            chosen.creator or "",
        ),
        Choice("serie", "Serie", tuple((each, series_words(each)) for each in offered.series), chosen.series or ""),
        Choice(
            "slag",
            "Slag",
            tuple((each.value, KINDS[each]) for each in offered.kinds),
            chosen.kind.value if chosen.kind else "",
        ),
        Choice(
            "tiar",
            "Fra årene",
            tuple((str(each), f"{each}–{each + 9}") for each in offered.decades),
            str(chosen.decade or ""),
        ),
    ]
    return [each for each in made if len(each.options) > 1 or each.chosen]


def _asked_lines(version: RecordVersion) -> tuple[tuple[int, int] | None, int | None]:
    """The printed lines that the address asks for, where the file has them, and the page that they begin on."""
    found = _LINES.fullmatch(request.args.get("linje", "").strip())
    if found is None or not version.is_numbered:
        return None, None
    first, last = sorted((int(found[1]), int(found[2] or found[1])))
    page = page_with_line(db(), version, first, last)
    return ((first, last), page) if page is not None else (None, None)


def _shown(page: RecordPage, lines: tuple[int, int] | None) -> ShownPage:
    groups: list[tuple[str, list[ShownBlock]]] = []
    rank = 2  # of the heading above; none is more than one below it, for those who hear the page
    for kept in page.blocks:
        block = Block.from_json(kept)
        if block.kind == "heading":
            rank = min(max(block.level + 2, 3), rank + 1, 6)
        together = block.kind in ("item", "row") and groups and groups[-1][0] == block.kind
        if not together:
            groups.append((block.kind, []))
        cells = tuple(block.text.split("\t")) if block.kind == "row" else ()
        groups[-1][1].append(ShownBlock(block.kind, rank, _html(block, lines), cells))
    return ShownPage(page, groups)


_NUMBER = Markup('<a class="ln" id="linje-{0}" href="?linje={0}#linje-{0}" aria-label="linje {0}">{0}</a>')


def _html(block: Block, lines: tuple[int, int] | None) -> Markup:
    """A block's text with its printed line numbers, and the lines that are asked for marked."""
    if not block.marks:
        return Markup("<br>").join(block.text.split("\n"))
    made = [escape(block.text[: block.marks[0][0]])]
    ends = [offset for offset, _ in block.marks[1:]] + [len(block.text)]
    for (start, number), end in zip(block.marks, ends, strict=True):
        said = Markup("<br>").join(block.text[start:end].split("\n"))
        is_asked = lines is not None and lines[0] <= number <= lines[1]
        made.append(_NUMBER.format(number) + (Markup("<mark>{}</mark>").format(said) if is_asked else said))
    return Markup("").join(made)

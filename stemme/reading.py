"""`stemme search`, `show` and `export`: what was said."""

import argparse
import sys
from typing import Any

from archive import exchange
from archive.catalogue import load_interview
from archive.fuzzy_dates import shown
from archive.search.holders import is_interview
from archive.search.index import bring_up_to_date, open_index
from archive.search.query import Hit
from archive.search.query import search as find
from archive.search.schema import CHAPTER, EVENT, INTERVIEW, MEETING, PASSAGE, RECORD
from archive.search.schema import KINDS as ALL_KINDS
from stemme.opened import eyes_of, opened_archive, today
from stemme.output import print_json
from stemme.wording import clock

KINDS = {
    "passage": (PASSAGE,),
    "chapter": (CHAPTER,),
    "interview": (INTERVIEW,),
    "record": (RECORD,),
    "event": (EVENT,),
    "meeting": (MEETING,),
    "all": ALL_KINDS,
}
BOLD, PLAIN = "\033[1m", "\033[0m"
SHOWN = 160  # letters on a terminal, about


def search(arguments: argparse.Namespace) -> int:
    """Find passages; what waits for the index is brought in first, when nobody else is at it."""
    with opened_archive() as archive:
        bring_up_to_date(archive.settings, archive.database, wait=False)
        with archive.database.read() as session:
            results = find(
                session,
                open_index(archive.settings),
                " ".join(arguments.query),
                viewer=eyes_of(arguments.role),
                today=today(),
                limit=arguments.limit,
                kinds=KINDS[arguments.kind],
            )
    if arguments.json:
        hits = [_document(hit) for hit in results.hits]
        more = {"above": results.above, "meant": dict(results.meant)}
        print_json({"total": results.total, "took_ms": results.took_ms, "hits": hits, **more})
        return 0
    for word, said in results.meant.items():
        print(f"Fant ikke «{word}». Mente du «{said}»? Her er treff på det.\n")
    if results.apart:
        print(f"Ingen sier hele ordet. Disse avsnittene har begge delene av det, {' og '.join(results.apart)}:\n")
    if results.also:
        print("Ingen avsnitt har alle ordene. Dette har noen av dem:\n")
    for place, hit in enumerate(results.hits):
        if place and place == results.above:
            print("Disse har noen av ordene, men ikke alle:\n")
        speaker = (
            f", {hit.speaker}"
            if hit.speaker
            else f", stemme {hit.voice}"
            if hit.voice
            else ", kapittel"
            if hit.kind == CHAPTER
            else ""
        )
        if hit.record_id:
            page = f", side {hit.page}" if hit.page else ""
            print(f"{hit.title}{page}  (dokument {hit.record_id})")
        elif hit.event_id:
            print(f"{hit.title}, {shown(hit.dated)}  (hendelse {hit.event_id})")
        elif hit.meeting_id:
            print(f"{hit.title}, {shown(hit.dated)}  (møte {hit.meeting_id})")
        else:
            print(f"{hit.title}, {clock(hit.start_ms)}{speaker}  (intervju {hit.interview_id})")
        print(f"  {_around_the_first(hit)}\n")
    print(f"{results.total} treff." if results.total else "Ingen treff.")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """What is known about an interview, and its text."""
    with opened_archive() as archive, archive.database.read() as session:
        interview = load_interview(session, arguments.id, eyes_of(arguments.role), today=today())
        document = exchange.document(session, interview)
    if arguments.json:
        print_json(document)
        return 0
    print(f"{document['title']}  ({document['status']}, {document['access']})\n")
    for chapter in (each for each in document["chapters"] if each["segment_id"] is None):
        print(f"{clock(chapter['start_ms']):>8}  Kapittel: {chapter['title']}")
    for segment in document["segments"]:
        speaker = f"{segment['speaker']}: " if segment["speaker"] else ""
        print(f"{clock(segment['start_ms']):>8}  {speaker}{segment['text']}")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """The text in a format that other programs read, to a file or to standard output, as UTF-8 everywhere."""
    with opened_archive() as archive, archive.database.read() as session:
        interview = load_interview(session, arguments.id, eyes_of(arguments.role), today=today())
        text = exchange.EXPORTS[arguments.format](session, interview, extras=arguments.extras)
    content = text.encode()
    if arguments.output:
        arguments.output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
    return 0


def _document(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "interview_id": hit.interview_id if is_interview(hit.interview_id) else None,
        "title": hit.title,
        "speaker": hit.speaker,
        "start_ms": hit.start_ms,
        "end_ms": hit.end_ms,
        "text": hit.text,
        "highlights": [list(each) for each in hit.highlights],
        "url": hit.url,
        **({"record_id": hit.record_id, "page": hit.page} if hit.record_id else {}),
        **({"event_id": hit.event_id, "dated": hit.dated} if hit.event_id else {}),
        **({"meeting_id": hit.meeting_id, "case_id": hit.case_id, "dated": hit.dated} if hit.meeting_id else {}),
    }


def _around_the_first(hit: Hit) -> str:
    """Some words before and after the first one that was found, which stands in bold on a terminal."""
    if not hit.highlights:
        return hit.text[:SHOWN]
    start, end = hit.highlights[0]
    first = max(0, hit.text.rfind(" ", 0, max(start - SHOWN // 3, 0)) + 1)
    last = hit.text.find(" ", end + SHOWN)
    before, word = hit.text[first:start], hit.text[start:end]
    after = hit.text[end:] if last < 0 else f"{hit.text[end:last]} …"
    bold, plain = (BOLD, PLAIN) if sys.stdout.isatty() else ("", "")
    return f"{'… ' if first else ''}{before}{bold}{word}{plain}{after}"

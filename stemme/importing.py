"""`stemme import`: a finished text in, an interview out."""

import argparse
import errno
import hashlib
import stat
from pathlib import Path

from archive.access import open_interview
from archive.exchange.reading import LARGEST_BYTES, read_text
from archive.importing import details_with, import_text
from archive.interviews import Access
from archive.search.index import bring_up_to_date
from stemme.adding import consent_of, details_of
from stemme.opened import now, opened_archive
from stemme.output import print_json


def import_file(arguments: argparse.Namespace) -> int:
    """Read the whole file, write it down in one transaction, and let search hear of it before returning."""
    details = details_of(arguments)
    with opened_archive() as archive:
        content = _content(arguments.file)
        text = read_text(content, name=arguments.file.name)
        access = Access(arguments.access)
        with archive.database.write() as session:
            interview = import_text(
                session,
                text,
                details_with(text, details),
                original_name=arguments.file.name,
                sha256=hashlib.sha256(content).hexdigest(),
                handed_in_by_id=None,
                now=now(),
            )
            if access != Access.CLOSED:
                open_interview(session, interview, access, consent=consent_of(arguments, access), by=None, now=now())
            session.commit()
            document = {"interview_id": interview.id, "segments": len(text.cues), "status": interview.status}
        bring_up_to_date(archive.settings, archive.database, wait=True)
    if arguments.json:
        print_json(document)
    else:
        print(f"Lagt inn: intervju {document['interview_id']}, {document['segments']} linjer.")
        print(f"Les teksten med: stemme show {document['interview_id']}")
    return 0


def _content(path: Path) -> bytes:
    """The file, as much of it as may be; a pipe or a device, which may have no end, is no text."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode) or not stat.S_ISREG(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is no file", str(path))
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)

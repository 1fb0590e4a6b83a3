"""`stemme import`: finished texts in, an interview out of each."""

import argparse
import errno
import hashlib
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.access import open_interview
from archive.errors import BadInput
from archive.exchange.reading import LARGEST_BYTES, read_text
from archive.importing import details_with, import_text
from archive.interviews import LIMITS, Access
from archive.search.index import bring_up_to_date
from archive.typed import clean
from stemme.adding import consent_of, details_of
from stemme.opened import Opened, now, opened_archive
from stemme.output import print_json
from stemme.wording import sentence

# What a folder is looked through for; a file that is named is read whatever it is called.
ENDINGS = (".vtt", ".srt", ".docx", ".txt", ".csv", ".xlsx", ".json")

Document = dict[str, Any]


def import_files(arguments: argparse.Namespace) -> int:
    """Read each file whole, write it down in one transaction, and let search hear of them before returning."""
    files = list(_files(arguments.files))
    if len(files) == 1:
        return _import_one(arguments, files[0])
    if arguments.title is not None:
        raise BadInput("title", "one_for_many")
    return _import_many(arguments, files)


def _import_one(arguments: argparse.Namespace, path: Path) -> int:
    with opened_archive() as archive:
        document = _import(archive, arguments, path)
        bring_up_to_date(archive.settings, archive.database, wait=True)
    if arguments.json:
        print_json(document)
    else:
        print(_said(document))
        print(f"Les teksten med: stemme show {document['interview_id']}")
    return 0


def _import_many(arguments: argparse.Namespace, files: list[Path]) -> int:
    """Files that cannot be used are told of, and do not stand in the way of the others."""
    imported: list[Document] = []
    refused: list[Document] = []
    with opened_archive() as archive:
        for path in files:
            try:
                document = {"file": str(path), **_import(archive, arguments, path)}
            except Exception as error:  # what is none of ours comes out of `sentence` again
                refused.append({"file": str(path), "why": sentence(error)})
                print(f"{path}: {refused[-1]['why']}", file=sys.stderr)
                continue
            imported.append(document)
            if not arguments.json:
                print(f"{path}: {_said(document)}")
        bring_up_to_date(archive.settings, archive.database, wait=True)
    if arguments.json:
        print_json({"imported": imported, "refused": refused})
    else:
        print(f"{len(imported)} av {len(files)} filer er lagt inn.")
    return int(bool(refused))


def _import(archive: Opened, arguments: argparse.Namespace, path: Path) -> Document:
    content = _content(path)
    text = read_text(content, name=path.name)
    told = text.details.title if text.details else ""
    title = arguments.title if arguments.title is not None else told or _title_of(path)
    details = details_of(argparse.Namespace(**{**vars(arguments), "title": title}))
    access = Access(arguments.access)
    with archive.database.write() as session:
        interview = import_text(
            session,
            text,
            details_with(text, details),
            original_name=path.name,
            sha256=hashlib.sha256(content).hexdigest(),
            handed_in_by_id=None,
            now=now(),
        )
        if access != Access.CLOSED:
            open_interview(session, interview, access, consent=consent_of(arguments, access), by=None, now=now())
        session.commit()
        return {"interview_id": interview.id, "segments": len(text.cues), "status": interview.status}


def _said(document: Document) -> str:
    return f"Lagt inn: intervju {document['interview_id']}, {document['segments']} linjer."


def _files(named: list[Path]) -> Iterator[Path]:
    """The files that are named, and those that lie in the folders that are, by their names."""
    for path in named:
        if not path.is_dir():
            yield path
            continue
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in ENDINGS and each.is_file())
        if not found:
            raise FileNotFoundError(errno.ENOENT, "holds no text", str(path / f"*{ENDINGS[0]}"))
        yield from found


def _title_of(path: Path) -> str:
    """What a file is called, as a title: `samtale_med_kari.vtt` is *samtale med kari*."""
    return " ".join(clean(path.stem).replace("_", " ").split())[: LIMITS["title"]]


def _content(path: Path) -> bytes:
    """The file, as much of it as may be; a pipe or a device, which may have no end, is no text."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is no file", str(path))
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)

"""The scan of a signed consent: received small and of a known kind, handed out as a file to save."""

from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.wsgi import wrap_file

from archive.errors import BadInput, NoRoom
from archive.typed import safe_name
from media.errors import OutOfRoom
from media.store import Store

LARGEST_BYTES = 15 * 1024 * 1024
# What the file itself begins with decides, not what it is called.
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that lies in the store."""

    sha256: str
    name: str


def receive(store: Store, file: FileStorage | None) -> Scan | None:
    """Put the scan in the store; None when the form had none.

    Raises:
        BadInput: "too_large", or "kind" when it is neither a PDF, a JPEG nor a PNG.
        NoRoom: the disk is full.
    """
    if file is None or not file.filename:
        return None
    start = file.stream.read(16)
    if not any(start.startswith(kind) for kind in KINDS):
        raise BadInput("scan", "kind")
    file.stream.seek(0, 2)
    if file.stream.tell() > LARGEST_BYTES:
        raise BadInput("scan", "too_large")
    file.stream.seek(0)
    try:
        stored = store.put(cast(BinaryIO, file.stream))
    except OutOfRoom as error:
        raise NoRoom(LARGEST_BYTES, 0) from error
    return Scan(stored.sha256, safe_name(file.filename))


def send(store: Store, sha256: str, name: str) -> Response:
    """The scan as a download: a browser never shows a received file as a page of ours."""
    stream = store.open(sha256)
    start = stream.read(16)
    stream.seek(0)
    kind = next((kind for magic, kind in KINDS.items() if start.startswith(magic)), "application/octet-stream")
    response = Response(wrap_file(request.environ, stream), mimetype=kind, direct_passthrough=True)
    response.headers.set("Content-Disposition", "attachment", filename=name or "samtykke")
    return response

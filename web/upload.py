"""Receiving files in pieces, as tus 1.0 says: https://tus.io/protocols/resumable-upload

A file comes in pieces of 8 MiB, each on the disk before it is answered, so a lost network or a killed server costs at
most one piece. Every answer that is not a success carries a sentence for the person who waits.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import IO, BinaryIO, cast

from flask import Blueprint, Response, request, url_for

from archive.accounts import Role
from archive.errors import BadInput, NoRoom, NotFound, UploadOutOfStep
from archive.recordings import Upload
from archive.uploads import CHECKSUMS, clear_expired, end_upload, load_upload, start_upload, write_piece
from web import file_problems
from web.rights import needs
from web.visit import archive, db, now, viewer

pages = Blueprint("uploads", __name__, url_prefix="/tus")

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination,expiration"
# Twelve hours, the longest we receive, of uncompressed stereo at 48 kHz and 24 bits are 12.4 GB.
LARGEST_FILE_BYTES = 16 * 1024**3
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460  # the number that tus has given it; HTTP knows none


class Refused(Exception):
    """Raised when a request cannot be answered as asked."""

    def __init__(self, status: int, problem: str) -> None:
        self.status = status
        self.problem = problem


@pages.after_request
def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.errorhandler(Refused)
def _refuse(refused: Refused) -> Response:
    response = Response(
        file_problems.sentence(refused.problem), refused.status, content_type="text/plain; charset=utf-8"
    )
    if refused.status == 412:
        response.headers["Tus-Version"] = VERSION
    return response


@pages.route("/", methods=["OPTIONS"], provide_automatic_options=False)
@needs(Role.VOLUNTEER)
def abilities() -> Response:
    """What this server can do."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(LARGEST_FILE_BYTES),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return Response(status=204, headers=headers)


@pages.route("/", methods=["POST"], provide_automatic_options=False)
@needs(Role.VOLUNTEER)
def create() -> Response:
    """Begin a file: its length and its name come first, its bytes afterwards."""
    _check_version()
    size_bytes = _whole_number("Upload-Length")
    name = read_metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
    upload = start(name, size_bytes)
    return Response(status=201, headers={"Location": url_for("uploads.state", upload_id=upload.id), **_expiry(upload)})


def start(original_name: str, size_bytes: int) -> Upload:
    """Begin a file for whoever is logged in, and commit.

    Raises:
        Refused: it is too large, empty, or there is no room.
    """
    if size_bytes == 0:
        raise Refused(400, "empty")
    if size_bytes > LARGEST_FILE_BYTES:
        raise Refused(413, "too_large")
    clear_expired(archive().database, archive().settings, now=now())  # what nobody came back to makes room
    try:
        upload = start_upload(
            db(),
            user_id=require_user_id(),
            original_name=original_name,
            size_bytes=size_bytes,
            now=now(),
            settings=archive().settings,
        )
    except NoRoom:
        raise Refused(507, "no_room") from None
    db().commit()
    return upload


@pages.route("/<upload_id>", methods=["HEAD"], provide_automatic_options=False)
@needs(Role.VOLUNTEER)
def state(upload_id: str) -> Response:
    """How much has come."""
    _check_version()
    upload = _load(upload_id)
    headers = {"Upload-Offset": str(upload.offset_bytes), "Upload-Length": str(upload.size_bytes), **_expiry(upload)}
    return Response(status=200, headers=headers)


@pages.route("/<upload_id>", methods=["PATCH"], provide_automatic_options=False)
@needs(Role.VOLUNTEER)
def append(upload_id: str) -> Response:
    """The next piece."""
    _check_version()
    if request.mimetype != PIECE_TYPE:
        raise Refused(415, "bad_request")
    offset_bytes = _whole_number("Upload-Offset")
    checksum = read_checksum(request.headers.get("Upload-Checksum"))
    expiry = _expiry(_load(upload_id))
    db().close()  # the piece has a transaction of its own, and no lock is held while bytes come
    try:
        reached = write(upload_id, offset_bytes, request.stream, checksum)
    except UploadOutOfStep as out:
        answer = _refuse(Refused(409, "out_of_step"))
        answer.headers["Upload-Offset"] = str(out.offset_bytes)
        return answer
    return Response(status=204, headers={"Upload-Offset": str(reached), **expiry})


def write(upload_id: str, offset_bytes: int, stream: IO[bytes], checksum: tuple[str, bytes] | None) -> int:
    """Append a piece for whoever is logged in: how many bytes there are afterwards, all on the disk.

    Raises:
        UploadOutOfStep: the piece does not start where the received bytes end.
        Refused: for every other reason.
    """
    try:
        return write_piece(
            archive().database,
            archive().settings,
            upload_id,
            require_user_id(),
            offset_bytes,
            cast(BinaryIO, stream),
            checksum=checksum,
            now=now(),
        )
    except BadInput as bad:
        raise _refusal(bad) from None
    except NotFound:
        raise Refused(404, "gone") from None
    except NoRoom:
        raise Refused(507, "no_room") from None


@pages.route("/<upload_id>", methods=["DELETE"], provide_automatic_options=False)
@needs(Role.VOLUNTEER)
def remove(upload_id: str) -> Response:
    """The person regrets: the bytes go."""
    _check_version()
    end_upload(db(), archive().settings, _load(upload_id))
    db().commit()
    return Response(status=204)


OVERRIDDEN: Mapping[str, Callable[[str], Response]] = {"PATCH": append, "DELETE": remove, "HEAD": state}


@pages.route("/<upload_id>", methods=["POST"], provide_automatic_options=False)
@needs(Role.VOLUNTEER)
def overridden(upload_id: str) -> Response:
    """The same three for whoever sits behind a proxy that lets only GET and POST through."""
    meant = OVERRIDDEN.get(request.headers.get("X-HTTP-Method-Override", "").upper())
    if meant is None:
        raise Refused(405, "bad_request")
    return meant(upload_id)


def read_metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of key and base64 value, separated by commas; a value may be missing.

    Raises:
        Refused: a value is not base64. Bytes that are not UTF-8 become the replacement sign: a name is only shown.
    """
    pairs: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _, value = pair.partition(" ")
        pairs[key] = _decode64(value).decode("utf-8", "replace")
    return pairs


def read_checksum(header: str | None) -> tuple[str, bytes] | None:
    """`Upload-Checksum`: the algorithm and the base64 digest; None when the client sent none.

    Raises:
        Refused: an algorithm that `Tus-Checksum-Algorithm` does not name, or a digest of the wrong length.
    """
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    digest = _decode64(value)
    if algorithm not in CHECKSUMS or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise Refused(400, "bad_request")
    return algorithm, digest


def _decode64(value: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(400, "bad_request") from None


def require_user_id() -> int:
    """Who is logged in; every view here needs at least a volunteer, so somebody is."""
    user_id = viewer().user_id
    if user_id is None:
        raise RuntimeError("a view that receives files was called without a user")
    return user_id


def _refusal(bad: BadInput) -> Refused:
    if bad.field == "checksum":
        return Refused(CHECKSUM_MISMATCH, "checksum")
    return Refused(413, "longer_than_announced")


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused(412, "bad_request")


def _whole_number(header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        raise Refused(400, "bad_request")
    return int(value)


def _load(upload_id: str) -> Upload:
    try:
        upload = load_upload(db(), upload_id, require_user_id())
    except NotFound:
        raise Refused(404, "gone") from None
    if upload.expires_at <= now():
        raise Refused(410, "gone")
    return upload


def _expiry(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(upload.expires_at, usegmt=True)}

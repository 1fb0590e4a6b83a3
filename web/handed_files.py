"""The files of a form: those that came with it, who speaks in each, and taking them into the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from archive.errors import AlreadyReceived, BadInput, NoRoom, NotFound, UploadRefused
from archive.handing_in import handed_in_just_now, receive_uploads
from archive.interviews import LIMITS
from archive.people import Person, find_or_add_person
from archive.recordings import ReceivedFile, Upload
from archive.typed import one_line
from archive.uploads import end_upload, uploads_of
from web import file_problems, upload
from web.typed_interview import Fields
from web.visit import archive, db, now, viewer
from web.waiting import Trouble, lasting_troubles, trouble_of

# What the plain form may carry in all; `web.app` stops a body a little above it.
PLAIN_FORM_MB = 15


@dataclass(slots=True)
class TypedFiles:
    """The files' uploads in order, and who speaks in each."""

    upload_ids: list[str] = field(default_factory=list)
    speakers: dict[str, str] = field(default_factory=dict)
    one_time: bool = False

    @classmethod
    def read(cls, form: Fields) -> "TypedFiles":
        """As the browser sent it."""
        upload_ids = list(dict.fromkeys(form.getlist("upload")))
        return cls(
            upload_ids=upload_ids,
            speakers={each: form.get(f"speaker-{each}", "").strip() for each in upload_ids},
            one_time=form.get("order") == "one_time",
        )

    def people(self) -> list[Person | None]:
        """Whose microphone each file is, in the register of the caller's session; None: nobody's in particular."""
        names = [self.speakers[each] if self.one_time else "" for each in self.upload_ids]
        return [find_or_add_person(db(), name) if name else None for name in names]


@dataclass(slots=True)
class Wrong:
    """Everything that is wrong with a form, by where it is shown."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Trouble] = field(default_factory=dict)  # by the upload's id
    form: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.files or self.form)


def read_files(form: Fields, sent: Sequence[FileStorage], wrong: Wrong) -> TypedFiles:
    """The files of a form, also those that came with it; what is wrong with them goes to `wrong`."""
    typed = TypedFiles.read(form)
    _keep_plain_files(sent, typed, wrong)
    return typed


def check_files(typed: TypedFiles, wrong: Wrong) -> None:
    """Whether there is any file, and whether its speaker can be kept, before any file moves."""
    if not typed.upload_ids and not wrong.form:
        wrong.fields["files"] = file_problems.NO_FILE
    if not typed.one_time:
        return
    for upload_id, name in typed.speakers.items():
        try:
            typed.speakers[upload_id] = one_line(name, "speaker", limit=LIMITS["name"])
        except BadInput:
            wrong.files[upload_id] = Trouble(file_problems.SPEAKER_TOO_LONG)


def receive(typed: TypedFiles, write_down: Callable[[Sequence[ReceivedFile]], int], wrong: Wrong) -> int | None:
    """Store the files and let `write_down` keep them: what it gives, or None with the reasons in `wrong`."""
    here = archive()
    user_id = upload.require_user_id()
    try:
        return write_down(receive_uploads(here.database, here.settings, here.store, typed.upload_ids, user_id))
    except UploadRefused as refused:
        db().rollback()
        wrong.files[refused.upload_id] = trouble_of(refused)
    except AlreadyReceived as received:  # by somebody else, in this very second
        db().rollback()
        upload_id = _upload_named(typed.upload_ids, received.sha256)
        wrong.files[upload_id] = trouble_of(UploadRefused(upload_id, "already_received", received.interview_id))
    except NotFound:  # what it belongs to, or an upload, was somebody else's a moment ago
        db().rollback()
        wrong.form.append(file_problems.sentence("gone"))
    except NoRoom:
        db().rollback()
        wrong.form.append(file_problems.sentence("no_room"))
    return None


def received_as(typed: TypedFiles) -> int | None:
    """The interview that these very files went to a moment ago: the button was pressed twice."""
    db().close()
    here, user_id = archive(), upload.require_user_id()
    return handed_in_just_now(here.database, here.settings, here.store, typed.upload_ids, user_id, now=now())


def forget_copies(typed: TypedFiles) -> None:
    """What came once more goes, and the session is committed."""
    for copy in uploads_of(db(), upload.require_user_id(), now=now()):
        if copy.id in typed.upload_ids:
            end_upload(db(), archive().settings, copy)
    db().commit()


def shown(typed: TypedFiles) -> dict[str, Any]:
    """What the part of a form with its files needs to know."""
    uploads = uploads_of(db(), upload.require_user_id(), now=now())
    waiting = {each.id: each for each in uploads}
    chosen = [waiting.pop(each) for each in typed.upload_ids if each in waiting]
    return {
        "files": typed,
        "chosen": chosen,
        "waiting": list(waiting.values()),
        "troubles": lasting_troubles(uploads),
        "user_id": viewer().user_id,
        "plain_form_mb": PLAIN_FORM_MB,
    }


def _keep_plain_files(files: Sequence[FileStorage], typed: TypedFiles, wrong: Wrong) -> None:
    """Files that came with the form become uploads too: a form that fails for another reason keeps them."""
    for file in files:
        if not file.filename:
            continue
        size_bytes = file.stream.seek(0, 2)
        file.stream.seek(0)
        try:
            begun = upload.start(file.filename, size_bytes)
            upload.write(begun.id, 0, file.stream, None)
        except upload.Refused as refused:
            wrong.form.append(f"{file.filename}: {file_problems.sentence(refused.problem)}")
        else:
            typed.upload_ids.append(begun.id)
            typed.speakers[begun.id] = ""


def _upload_named(upload_ids: Sequence[str], sha256: str) -> str:
    found = db().scalar(select(Upload.id).where(Upload.id.in_(upload_ids), Upload.sha256 == sha256))
    return found or upload_ids[0]

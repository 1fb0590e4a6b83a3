import hashlib
import io
import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media.errors import OutOfRoom, StoreUnknown
from media.store import Store, free_bytes, full_disk_named, open_store, place_of

SOUND = b"a life story" * 100_000
SHA256 = hashlib.sha256(SOUND).hexdigest()


@pytest.fixture(params=["folder", "fsspec-folder", "fsspec-memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A folder of our own, then two stores that fsspec reaches."""
    return open_store(
        {
            "folder": str(tmp_path / "originals"),
            "fsspec-folder": (tmp_path / "originals").as_uri(),
            "fsspec-memory": f"memory://{uuid4().hex}",
        }[request.param]
    )


def test_what_was_put_is_read_back(store: Store) -> None:
    stored = store.put(io.BytesIO(SOUND))
    assert (stored.sha256, stored.size_bytes, stored.was_new) == (SHA256, len(SOUND), True)
    with store.open(SHA256) as file:
        file.seek(5)
        assert file.read() == SOUND[5:]
    with store.local(SHA256) as path:
        assert path.read_bytes() == SOUND
    assert store.has(SHA256)
    assert store.size_bytes(SHA256) == len(SOUND)
    assert list(store.hashes()) == [SHA256]
    assert store.verify(SHA256)


def test_an_adopted_file_is_gone_from_where_it_lay(store: Store, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(SOUND)
    assert store.adopt(upload).was_new
    assert not upload.exists()
    with store.open(SHA256) as file:
        assert file.read() == SOUND


def test_the_same_bytes_twice_are_kept_once(store: Store, tmp_path: Path) -> None:
    store.put(io.BytesIO(SOUND))
    upload = tmp_path / "upload"
    upload.write_bytes(SOUND)
    assert not store.adopt(upload).was_new
    assert not upload.exists()
    assert not store.put(io.BytesIO(SOUND)).was_new
    assert list(store.hashes()) == [SHA256]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "g" * 64, "A" * 64])
def test_what_is_not_there_is_not_found(store: Store, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        store.open(name)
    with pytest.raises(FileNotFoundError):
        store.open(SHA256)
    with pytest.raises(FileNotFoundError), store.local(SHA256):
        pass
    with pytest.raises(FileNotFoundError):
        store.size_bytes(SHA256)
    assert not store.has(SHA256)
    assert not store.verify(SHA256)
    assert list(store.hashes()) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=3000))
def test_any_bytes_lie_under_their_own_hash(tmp_path: Path, content: bytes) -> None:
    store = open_store(str(tmp_path / "originals"))
    stored = store.put(io.BytesIO(content))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    with store.open(stored.sha256) as file:
        assert file.read() == content


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.put(io.BytesIO(SOUND))
    place = tmp_path / place_of(SHA256)
    place.chmod(0o640)
    place.write_bytes(b"b" + SOUND[1:])
    assert not store.verify(SHA256)


def test_an_original_that_lost_its_end_is_mended_by_the_same_file_handed_in_again(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.put(io.BytesIO(SOUND))
    place = tmp_path / place_of(SHA256)
    place.chmod(0o640)
    os.truncate(place, 1000)
    store.put(io.BytesIO(SOUND))
    assert store.verify(SHA256)


def test_an_original_that_rotted_is_mended_by_the_same_file_handed_in_again(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "originals"))
    store.put(io.BytesIO(SOUND))
    with store.local(SHA256) as original:
        original.chmod(0o600)
        original.write_bytes(b"?" * len(SOUND))
    assert not store.verify(SHA256)
    assert store.put(io.BytesIO(SOUND)).was_new
    assert store.verify(SHA256)


def test_originals_are_for_their_owner_and_not_to_be_written(tmp_path: Path) -> None:
    root = tmp_path / "originals"
    open_store(str(root)).put(io.BytesIO(SOUND))
    place = root / place_of(SHA256)
    assert place.relative_to(root).parts[:2] == (SHA256[:2], SHA256[2:4])
    assert stat.S_IMODE(place.stat().st_mode) == 0o440
    for folder in (root, place.parent.parent, place.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_crash_left_half_written_is_no_original(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.put(io.BytesIO(SOUND))
    (tmp_path / ".receiving-abc").write_bytes(b"half")
    (tmp_path / SHA256[:2] / SHA256[2:4] / f"{SHA256}.part").write_bytes(b"half")
    assert list(store.hashes()) == [SHA256]


def test_a_broken_stream_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        open_store(str(tmp_path)).put(Broken(SOUND))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second disk")
def test_a_file_on_another_disk_is_copied_over(tmp_path: Path) -> None:
    upload = Path("/dev/shm") / uuid4().hex
    upload.write_bytes(SOUND)
    try:
        assert open_store(str(tmp_path)).adopt(upload).sha256 == SHA256
        assert not upload.exists()
    finally:
        upload.unlink(missing_ok=True)


def test_a_full_disk_is_named() -> None:
    with pytest.raises(OutOfRoom), full_disk_named(), Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")


def test_free_room_is_told_for_a_folder_that_is_not_made_yet(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") == pytest.approx(free_bytes(tmp_path), rel=0.1)


def test_a_store_of_an_unknown_kind_is_named_without_its_secrets() -> None:
    with pytest.raises(StoreUnknown) as raised:
        open_store("nonsense://name:secret@place")
    assert "secret" not in str(raised.value)

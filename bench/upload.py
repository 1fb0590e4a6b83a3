"""`script/bench upload`: a 1 GB recording over loopback, in 8 MiB pieces, beside the disk's own write speed.

What is sent is a real WAV file of noise, so that the whole way is measured: pieces, fsync, hash, probe, store.
"""

import base64
import os
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.site import Site, site

SIZE_BYTES = 1_000_000_000
PIECE_BYTES = 8 * 1024 * 1024


def make_recording(path: Path) -> None:
    """A stereo WAV file of about 1 GB, noise from a fixed seed."""
    seconds = SIZE_BYTES // (48_000 * 2 * 2)
    source = f"anoisesrc=d={seconds}:c=pink:r=48000:a=0.2:s=1"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-ac", "2", "-c:a", "pcm_s16le", str(path)]
    subprocess.run(command, check=True)


def disk_speed(folder: Path) -> float:
    """Bytes a second that this disk takes in pieces of the same size, each on the disk before the next."""
    piece = os.urandom(PIECE_BYTES)
    target = folder / "disk-speed"
    began = time.monotonic()
    with target.open("wb") as file:
        for _ in range(SIZE_BYTES // PIECE_BYTES):
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    took = time.monotonic() - began
    target.unlink()
    return SIZE_BYTES / took


def send(running: Site, path: Path) -> tuple[str, float]:
    """Send a file as tus says; its upload id and the seconds it took."""
    token = running.token("/lever")
    common = {"Tus-Resumable": "1.0.0", "X-CSRFToken": token}
    size = path.stat().st_size
    name = base64.b64encode(path.name.encode()).decode()
    began = time.monotonic()
    answer, body = running.ask(
        "POST", "/tus/", b"", {**common, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    )
    if answer.status != 201:
        raise RuntimeError(f"{answer.status}: {body.decode()}")
    address = answer.headers["Location"]
    offset = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            headers = {**common, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            answer, body = running.ask("PATCH", address, piece, headers)
            if answer.status != 204:
                raise RuntimeError(f"{answer.status}: {body.decode()}")
            offset += len(piece)
    return address.rsplit("/", 1)[1], time.monotonic() - began


def hand_in(running: Site, upload_id: str) -> float:
    """Submit the form; seconds until "Mottatt og kontrollert"."""
    began = time.monotonic()
    fields = {
        "title": "Oppdiktet opptak",
        "narrators": "Oppdiktet Forteller",
        "held_on": date.today().isoformat(),  # noqa: DTZ011 - any day will do
        "upload": upload_id,
    }
    answer, body = running.submit("/lever", fields)
    if answer.status not in (302, 303):
        raise RuntimeError(f"{answer.status}: {body.decode()[:2000]}")
    return time.monotonic() - began


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="stemme-bench-") as folder, site() as running:
        recording = Path(folder) / "opptak.wav"
        make_recording(recording)
        before = running.resident_bytes()
        upload_id, took = send(running, recording)
        received = hand_in(running, upload_id)
        size = recording.stat().st_size
        disk = disk_speed(Path(folder))
        speed = size / (took + received)
        print(f"{size // 10**6} MB: pieces {took:.1f} s, then checked and stored {received:.1f} s")
        print(
            f"speed: {speed / 1e6:.0f} MB/s, the disk's own {disk / 1e6:.0f} MB/s: {speed / disk:.2f} (to reach: 0.5)"
        )
        print(
            f"memory of the web process: {before / 1e6:.0f} MB before, peak {running.peak_bytes() / 1e6:.0f} MB: "
            f"grew by {(running.peak_bytes() - before) / 1e6:.0f} MB (to reach: under 50 MB)"
        )


if __name__ == "__main__":
    main()

"""Uploaded files that try to make ffmpeg read something else: another recording, a system file, the network."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from media.convert import decode_speech
from media.errors import MediaError, NotSound, ToolFailed
from media.measure import read_samples
from media.probe import probe
from tests.media.conftest import KINDS, ffmpeg

CANARY = "canary.wav"  # another person's recording, in the same folder

CORPUS = {
    "ffconcat": "ffconcat version 1.0\nfile 'canary.wav'\n",
    "ffconcat, whole path": "ffconcat version 1.0\nfile 'file:{folder}/canary.wav'\nduration 5\n",
    "ffconcat, our own name": "ffconcat version 1.0\nfile original\nfile canary.wav\n",
    "ffconcat, http": "ffconcat version 1.0\nfile '{http}/a.wav'\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\ncanary.wav\n#EXT-X-ENDLIST\n",
    "hls, file": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile://{folder}/canary.wav\n#EXT-X-ENDLIST\n",
    "hls, http": "#EXTM3U\n#EXTINF:10.0,\n{http}/a.ts\n#EXT-X-ENDLIST\n",
    "hls, concat": "#EXTM3U\n#EXTINF:10.0,\nconcat:{http}/a|file:{folder}/canary.wav\n#EXT-X-ENDLIST\n",
    "hls, subfile": "#EXTM3U\n#EXTINF:1.0,\nsubfile,,start,0,end,99999,,:{folder}/canary.wav\n#EXT-X-ENDLIST\n",
    "hls, data": "#EXTM3U\n#EXTINF:1.0,\ndata:audio/wav;base64,UklGRiQAAABXQVZF\n#EXT-X-ENDLIST\n",
    "hls, key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{http}/key"\n#EXTINF:1,\ncanary.wav\n#EXT-X-ENDLIST\n',
    "hls, master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{http}/other.m3u8\n",
    "hls after an mp3's tag": "ID3\x03\x00\x00\x00\x00\x00\x00#EXTM3U\n#EXTINF:1,\ncanary.wav\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="audio/wav"><Representation id="1" bandwidth="1"><BaseURL>{http}/a.wav</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "dash, file": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="audio/wav"><Representation id="1" bandwidth="1"><BaseURL>canary.wav</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
    "asx": '<asx version="3.0"><entry><ref href="{http}/a.wma"/></entry></asx>',
    "asf reference": "[Reference]\nRef1={http}/a.wma\n",
    "rtsp text": "rtsptext\nrtsp://127.0.0.1:{port}/a\n",
    "pls": "[playlist]\nFile1=canary.wav\nNumberOfEntries=1\n",
    "m3u": "canary.wav\n",
    "smil": '<smil><body><audio src="canary.wav"/></body></smil>',
    "xspf": '<playlist version="1"><trackList><track><location>canary.wav</location></track></trackList></playlist>',
    "vobsub": "# VobSub index file, v7\nsize: 720x576\nid: en, index: 0\ntimestamp: 00:00:01:000, filepos: 000000000\n",
    "metadata": ";FFMETADATA1\ntitle=canary.wav\n",
    "imf": '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016">canary.wav'
    "</CompositionPlaylist>",
    "subtitles": "WEBVTT\n\n00:00.000 --> 00:10.000\ncanary.wav\n",
}


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A loud tone of 5 s that must never be heard."""
    path = tmp_path_factory.mktemp("canary") / CANARY
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=5", str(path))
    return path


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server that counts who asks: (its port, what was asked)."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                asked.append(b"asked")
                connection.close()

    threading.Thread(target=answer, daemon=True).start()
    yield server.getsockname()[1], asked
    server.close()


@pytest.mark.parametrize("attack", CORPUS)
def test_a_file_never_makes_us_read_anything_else(
    attack: str, canary: Path, listener: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    port, asked = listener
    (tmp_path / CANARY).write_bytes(canary.read_bytes())
    evil = tmp_path / "opptak.mp3"
    text = CORPUS[attack].format(folder=tmp_path, http=f"http://127.0.0.1:{port}", port=port)
    evil.write_bytes(text.encode("latin-1"))
    with pytest.raises(NotSound) as refused:
        probe(evil)
    assert refused.value.reason in ("not_media", "unreadable")
    with suppress(ToolFailed):  # were the probe ever fooled, decoding must hold by itself
        decode_speech(evil, tmp_path / "speech.wav", duration_ms=1000)
        assert not read_samples(tmp_path / "speech.wav", 0, 60_000).any()
    assert asked == []


def test_a_plain_ffmpeg_would_read_another_recording(canary: Path, tmp_path: Path) -> None:
    """The corpus is real: the first attack works where only the protocols are limited."""
    (tmp_path / CANARY).write_bytes(canary.read_bytes())
    (tmp_path / "evil").write_text(CORPUS["ffconcat"])
    ffmpeg("-protocol_whitelist", "file", "-i", str(tmp_path / "evil"), str(tmp_path / "stolen.wav"))
    assert read_samples(tmp_path / "stolen.wav", 0, 1000).any()


def test_an_mp4_that_points_at_another_file_reads_nothing(recording: Callable[[str], Path], tmp_path: Path) -> None:
    content = recording("m4a-index-first").read_bytes()
    own = content.index(b"url \x00\x00\x00\x01")  # "the sound is in this file"
    (tmp_path / "evil").write_bytes(content[:own] + b"url \x00\x00\x00\x00" + content[own + 8 :])
    with suppress(MediaError):
        probe(tmp_path / "evil")
        decode_speech(tmp_path / "evil", tmp_path / "speech.wav", duration_ms=1000)


def test_a_small_file_that_swells_is_bounded(tmp_path: Path) -> None:
    silence = ["-f", "lavfi", "-i", "anullsrc=sample_rate=8000:channel_layout=mono", "-t", "7200"]
    ffmpeg(*silence, "-c:a", "flac", "-f", "flac", str(tmp_path / "bomb"))
    assert (tmp_path / "bomb").stat().st_size < 2_000_000
    assert probe(tmp_path / "bomb").duration_ms == pytest.approx(7_200_000, abs=600)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("aiff", "caf", "3gp", "mp3-vbr-bare")])
def test_mutated_files_are_refused_or_read_and_nothing_crashes(
    kind: str, recording: Callable[[str], Path], tmp_path: Path
) -> None:
    """10 mutants of each kind; an exit by signal would be a crash of ffmpeg."""
    original = recording(kind).read_bytes()[:40_000]
    for seed in range(10):
        mutant = tmp_path / f"{kind}-{seed}"
        mutant.write_bytes(_mutated(original, random.Random(f"{kind}{seed}")))
        try:
            probed = probe(mutant)
            decoded = decode_speech(mutant, tmp_path / "speech.wav", duration_ms=probed.duration_ms)
        except NotSound:
            continue
        except ToolFailed as failed:
            assert failed.exit_code is not None, f"{mutant.name} took too long"
            assert failed.exit_code > 0, f"{mutant.name} crashed ffmpeg: {failed}"
        else:
            assert decoded.duration_ms >= probed.duration_ms


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """Flip, zero, cut out and double pieces, more often in the header than after it."""
    mutant = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(min(len(mutant), 512) if chance.random() < 0.5 else len(mutant))
        length = chance.choice([1, 1, 2, 4, 64, 700])
        match chance.randrange(4):
            case 0:
                mutant[at : at + length] = chance.randbytes(len(mutant[at : at + length]))
            case 1:
                mutant[at : at + length] = bytes(len(mutant[at : at + length]))
            case 2:
                del mutant[at : at + length]
            case _:
                mutant[at:at] = mutant[at : at + length]
    return bytes(mutant[: chance.randint(len(mutant) // 3, len(mutant))])

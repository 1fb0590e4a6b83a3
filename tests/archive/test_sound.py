from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from archive.interviews import Interview
from archive.recordings import ReceivedFile, add_recordings
from archive.settings import Settings
from archive.sound import access_copy_path, original_playable, peaks_path, sound_key


@pytest.fixture
def of_two(session: Session, interview: Interview, now: datetime, received: Callable[..., ReceivedFile]) -> Interview:
    """An interview of two files, one after the other."""
    files = [received("side1.mp3"), received("side2.mp3")]
    add_recordings(session, interview, files, received_by_id=None, now=now)
    return interview


def test_the_key_follows_the_sound_and_nothing_else(of_two: Interview) -> None:
    key = sound_key(of_two)
    of_two.title, of_two.recordings[0].original_name = "Ny tittel", "nytt.mp3"
    of_two.recordings.reverse()
    assert sound_key(of_two) == key
    of_two.recordings[0].offset_ms = 0
    assert sound_key(of_two) != key
    del of_two.recordings[1]
    assert sound_key(of_two) != key


def test_what_is_made_lies_under_the_key(settings: Settings, of_two: Interview) -> None:
    for path in (access_copy_path(settings, of_two), peaks_path(settings, of_two)):
        assert path.is_relative_to(settings.derived)
        assert path.stem == sound_key(of_two)


@pytest.mark.parametrize(
    ("container", "codec", "plays"),
    [
        ("mp3", "mp3", True),
        ("mov,mp4,m4a,3gp,3g2,mj2", "aac", True),
        ("mov,mp4,m4a,3gp,3g2,mj2", "alac", False),
        ("wav", "pcm_s16le", True),
        ("wav", "pcm_s24le", False),
        ("flac", "flac", True),
        ("ogg", "vorbis", False),
        ("asf", "wmav2", False),
        ("amr", "amr_nb", False),
    ],
)
def test_one_original_that_every_browser_knows_plays_as_it_is(
    of_two: Interview, container: str, codec: str, plays: bool
) -> None:
    assert not original_playable(of_two)  # two files are not one sound
    del of_two.recordings[1]
    of_two.recordings[0].container, of_two.recordings[0].codec = container, codec
    assert original_playable(of_two) == plays

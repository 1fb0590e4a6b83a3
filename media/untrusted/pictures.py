"""Pictures as pages: a photo, or a scan of several sheets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from media.untrusted.pdf import MOST_PIXELS
from media.untrusted.refusal import Refused

LARGEST_PICTURE_PIXELS = 200_000_000


def frames(path: Path, most: int) -> Iterator[Any]:
    """The pages of a picture: a TIFF may hold several."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE_PIXELS // 2
    try:
        picture = Image.open(path)
        if picture.width * picture.height > LARGEST_PICTURE_PIXELS:
            raise Refused("bomb", None, "")
        if picture.format != "TIFF":  # what moves is one picture
            picture.load()
            yield picture
            return
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            if number >= most:
                raise Refused("too_many_pages", number + 1, "")
            yield frame
    except (Image.DecompressionBombError, MemoryError) as error:
        raise Refused("bomb", None, "") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("damaged", None, "") from error


def turned(path: Path, at: int) -> Any:
    """One page of a picture, the way up that the camera said, not larger than a page needs."""
    from PIL import ImageOps

    for number, frame in enumerate(frames(path, at + 1)):
        if number == at:
            picture = ImageOps.exif_transpose(frame) or frame
            shrink = (MOST_PIXELS / max(picture.width * picture.height, 1)) ** 0.5
            if shrink < 1:
                picture = picture.resize((max(1, int(picture.width * shrink)), max(1, int(picture.height * shrink))))
            return picture
    raise Refused("damaged", at, "")

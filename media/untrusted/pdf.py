"""PDF: its text page by page, and its pages drawn."""

import re
from pathlib import Path
from typing import Any

from media.untrusted.gathered import LONGEST_PAGE
from media.untrusted.refusal import Refused

OCR_DPI = 300  # what tesseract's documentation asks for at least
MOST_PIXELS = 20_000_000  # of a drawn page: A3 at 300 dpi
LEAST_LETTERS = 8  # a page with fewer that holds pictures was scanned


def open_pdf(path: Path) -> Any:
    """The document, opened."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Refused("locked" if locked else "damaged", None, "") from error


def text_of(document: Any, at: int) -> tuple[str, bool]:
    """What stands on a page, and whether it was scanned. A broken page is an empty one: the others can be read."""
    import pypdfium2

    try:
        sheet = document[at]
        said = sheet.get_textpage().get_text_bounded()[:LONGEST_PAGE]
    except pypdfium2.PdfiumError:
        return "", False
    said = re.sub(r"[\x02\ufffe\xad](?=\r?\n)", "-", said.replace("\r\n", "\n").replace("\r", "\n"))
    said = "".join(
        letter for letter in said if letter in "\n\t" or (ord(letter) >= 32 and letter not in "\ufffe\uffff")
    )
    if sum(map(str.isalnum, said)) >= LEAST_LETTERS:
        return said, False
    return said, _is_scanned(sheet, has_text=any(map(str.isalnum, said)))


def _is_scanned(sheet: Any, *, has_text: bool) -> bool:
    """Whether there is something to read that is no text: a picture, or letters drawn as lines."""
    from pypdfium2 import raw

    drawn = {each.type for each in sheet.get_objects(max_depth=3)}
    return raw.FPDF_PAGEOBJ_IMAGE in drawn or (not has_text and bool(drawn & {raw.FPDF_PAGEOBJ_PATH}))


def drawn(path: Path, at: int) -> Any:
    """A page as a picture of the library Pillow."""
    import pypdfium2

    try:
        sheet = open_pdf(path)[at]
        width, height = sheet.get_size()
        scale = min(OCR_DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        return sheet.render(scale=scale, grayscale=False).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise Refused("damaged", at, "") from error

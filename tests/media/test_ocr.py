"""Text on pictures, read by the real tesseract where it is installed."""

from pathlib import Path

import pytest

from media.ocr import can_read, read_picture
from media.papers import draw_page
from tests.media import papers


@pytest.mark.skipif(not can_read(), reason="tesseract with Norwegian is not installed")
def test_norwegian_letters_and_years_are_read_off_a_scanned_page(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(papers.picture(["Kari Brygge møtte på årsmøtet", "i Lillevik våren 1974"], "PDF"))
    grey, _shown = draw_page(path, "pdf", 0, tmp_path)
    said = " ".join(read_picture(grey).split())
    assert "årsmøtet" in said
    assert "Lillevik våren 1974" in said

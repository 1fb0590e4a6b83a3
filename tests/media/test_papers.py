"""What papers say, page by page; and that those made to do harm are refused."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from media.errors import DocumentRefused
from media.papers import Paper, draw_page, look_at, read_pages
from tests.media import papers


@pytest.fixture
def put(tmp_path: Path):
    def write(content: bytes) -> Path:
        path = tmp_path / "original"
        path.write_bytes(content)
        return path

    return write


def test_a_pdf_gives_the_text_of_each_page(put) -> None:
    path = put(papers.pdf([["Møte på brygga", "i 1974"], ["Side to"]]))
    assert look_at(path, "møte.pdf") == Paper("pdf", 2, is_paged=True)
    first, second = read_pages(path, "pdf", 0, 50)
    assert first.raw.split("\n") == ["Møte på brygga", "i 1974"]
    assert second.raw.strip() == "Side to"
    assert not first.is_scan and first.blocks is None
    assert [page.raw.strip() for page in read_pages(path, "pdf", 1, 2)] == ["Side to"]


def test_a_scanned_page_is_known_and_drawn(put, tmp_path: Path) -> None:
    path = put(papers.picture(["Kari Brygge møtte i 1974"], "PDF"))
    (page,) = read_pages(path, "pdf", 0, 9)
    assert page.is_scan
    grey, shown = draw_page(path, "pdf", 0, tmp_path)
    assert Image.open(grey).mode == "L"
    assert max(Image.open(shown).size) <= 2_800


def test_a_word_document_keeps_headings_lists_rows_and_pages(tmp_path: Path) -> None:
    path = papers.docx(tmp_path / "plan.docx")
    assert look_at(path, "plan.docx") == Paper("docx", 2, is_paged=True)
    first, second = read_pages(path, "docx", 0, 9)
    assert first.blocks == [
        ["heading", 1, "Plan for brygga", []],
        ["paragraph", 0, "Brygga er fra 1974.", []],
        ["item", 0, "Rydde kaia", []],
        ["row", 0, "Kari\tspade", []],
    ]
    assert second.blocks == [["heading", 2, "Naustet", []], ["paragraph", 0, "Naustet får tak.", []]]


def test_an_open_document_keeps_the_same(put) -> None:
    path = put(papers.odt())
    assert look_at(path, "plan.odt") == Paper("odt", 2, is_paged=True)
    first, second = read_pages(path, "odt", 0, 9)
    assert first.blocks == [
        ["heading", 1, "Plan for brygga", []],
        ["paragraph", 0, "Brygga er fra 1974.", []],
        ["item", 0, "Rydde kaia", []],
    ]
    assert second.blocks == [["paragraph", 0, "Naustet får tak.", []]]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_text_is_read_in_any_of_the_usual_encodings(put, encoding: str) -> None:
    path = put("Møte på brygga\r\n1974\fSide to".encode(encoding))
    assert look_at(path, "møte.txt") == Paper("txt", 2, is_paged=True)
    assert [page.raw for page in read_pages(path, "txt", 0, 9)] == ["Møte på brygga\n1974", "Side to"]


def test_markdown_loses_its_signs_and_keeps_its_shape(put) -> None:
    path = put(b"# Plan\n\nVi **rydder** [kaia](http://x.no)\nog naustet.\n\n- spade\n- kaffe\n\n1. Kari")
    assert look_at(path, "plan.md").kind == "md"
    (page,) = read_pages(path, "md", 0, 9)
    assert page.blocks == [
        ["heading", 1, "Plan", []],
        ["paragraph", 0, "Vi rydder kaia og naustet.", []],
        ["item", 0, "spade", []],
        ["item", 0, "kaffe", []],
        ["item", 0, "1. Kari", []],
    ]


def test_a_long_text_without_pages_comes_in_parts(put) -> None:
    path = put("\n\n".join(f"Avsnitt {n} om brygga. " + "Vi rydder kaia. " * 20 for n in range(60)).encode())
    paper = look_at(path, "langt.md")
    assert not paper.is_paged
    assert 4 < paper.pages < 12


def _zip(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


_DOCTYPE = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (papers.locked_pdf(), "locked"),
        (b"%PDF-1.7\nthis is no pdf at all", "damaged"),
        (papers.pdf([["En side"]] * 3_000), "too_many_pages"),
        (papers.bomb_docx(), "bomb"),
        (_zip(word__document_xml=_DOCTYPE), "doctype"),
        (_zip(word__document_xml=b"<w><open></w>"), "bad_xml"),
        (_zip(noe=b"annet"), "other_package"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_word"),
        (b"{\\rtf1 hei}", "old_word"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(60), "heic"),
        (bytes(range(256)) * 40, "not_document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged"),
        (papers.odt('<text:p xmlns:text="x">' * 200_000), "bad_xml"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(put, content: bytes, reason: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        look_at(put(content), "fil")
    assert refused.value.reason == reason


def test_a_picture_with_more_points_than_any_camera_takes_is_refused(put) -> None:
    made = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(made, "PNG")
    with pytest.raises(DocumentRefused) as refused:
        look_at(put(made.getvalue()), "fil.png")
    assert refused.value.reason == "bomb"

"""The child process that opens word processors' documents: what it finds, and what it never does."""

import io
import zipfile

import pytest

from media.documents import look_into
from media.errors import DocumentRefused

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(body: str, head: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        xml = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        package.writestr("word/document.xml", xml)
    return buffer.getvalue()


def test_words_are_found_and_what_was_deleted_is_not() -> None:
    body = (
        "<w:p><w:pPr><w:t>ikke med</w:t></w:pPr><w:r><w:t>Kari</w:t></w:r><w:r><w:tab/><w:t>sa</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>bort</w:delText><w:t>bort</w:t></w:r></w:del><w:ins><w:r><w:t>inn</w:t></w:r></w:ins></w:p>"
        "<w:p><w:r><w:t>en</w:t><w:br/><w:t>to</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert look_into(document(body)).paragraphs == ("Kari sa", "inn", "en", "to", "a b\tc")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;">]>',
        "<!DOCTYPE a>",
    ],
)
def test_a_document_type_is_refused_with_its_line_and_part(head: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        look_into(document("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", head))
    assert (refused.value.reason, refused.value.line, refused.value.part) == ("doctype", 1, "word/document.xml")


def test_a_header_that_lies_about_the_size_does_not_help() -> None:
    """Counted is what comes out, not what the zip says."""
    content = bytearray(document("<w:p/>" + " " * 90_000_000))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(DocumentRefused):
        look_into(bytes(content))


def test_a_zip_inside_itself_and_a_password_are_refused() -> None:
    content = bytearray(document("<w:p/>"))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1  # what says that the part is encrypted
    with pytest.raises(DocumentRefused) as refused:
        look_into(bytes(content))
    assert refused.value.reason == "locked"

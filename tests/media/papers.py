"""Papers that tests make: small, invented, and some of them bad."""

import io
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from docx import Document
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with these lines on its pages, in Latin-1 letters."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects.append(font)
    kids = []
    for lines in pages:
        said = "".join(f"({_escaped(line)}) Tj 0 -16 Td " for line in lines)
        stream = f"BT /F1 11 Tf 60 780 Td {said}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        resources = "<< /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
        objects.append(f"{page} /Resources {resources} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    made += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(made)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def locked_pdf() -> bytes:
    """A PDF with a password."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf([["Hemmelig"]]))))
    writer.encrypt("brygge", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def picture(lines: Sequence[str], kind: str = "PNG") -> bytes:
    """Lines written on a picture; as PDF a scanned page."""
    sheet = Image.new("L", (1240, 300 + 90 * len(lines)), 255)
    pen = ImageDraw.Draw(sheet)
    for at, line in enumerate(lines):
        pen.text((100, 120 + 90 * at), line, fill=0, font=_font())
    made = io.BytesIO()
    sheet.save(made, kind, resolution=150)
    return made.getvalue()


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The site's own font, for it has æ, ø and å; Pillow's has not."""
    fonts = Path(__file__).parents[2] / "web/static/vendor/fonts"
    found = sorted(fonts.glob("atkinson*-latin-400-normal.woff2"))
    return ImageFont.truetype(str(found[0]), 46) if found else ImageFont.load_default(46)


def docx(path: Path) -> Path:
    """A document with headings, a list, a table and a page break."""
    document = Document()
    document.add_heading("Plan for brygga", level=1)
    document.add_paragraph("Brygga er fra 1974.")
    document.add_paragraph("Rydde kaia", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Kari", "spade"
    document.add_page_break()
    document.add_heading("Naustet", level=2)
    document.add_paragraph("Naustet får tak.")
    document.save(str(path))
    return path


def odt(body: str = "") -> bytes:
    """An ODT with a heading, a list and a soft page break."""
    spaces = "urn:oasis:names:tc:opendocument:xmlns"
    body = body or (
        '<text:h text:outline-level="1">Plan for brygga</text:h><text:p>Brygga er <text:span>fra</text:span> 1974.'
        "</text:p><text:list><text:list-item><text:p>Rydde kaia</text:p></text:list-item></text:list>"
        "<text:soft-page-break/><text:p>Naustet får tak.</text:p>"
    )
    content = (
        f'<office:document-content xmlns:office="{spaces}:office:1.0" xmlns:text="{spaces}:text:1.0">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", content)
    return made.getvalue()


@cache
def bomb_docx() -> bytes:
    """A small file that says it is a document, and unpacks to half a gigabyte."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<w:document xmlns:w='x'><w:body>")
        for _ in range(500):
            part.write(b" " * 1_000_000)
        part.write(b"</w:body></w:document>")
    return made.getvalue()

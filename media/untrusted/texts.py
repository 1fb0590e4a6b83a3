"""Plain text and Markdown, in whatever encoding they were saved."""

import re
from pathlib import Path

from media.untrusted.gathered import Pages
from media.untrusted.refusal import Refused

LARGEST_TEXT_BYTES = 20_000_000
_LOOKED_AT = 65_536  # letters by which a text is told from something else


def decoded(path: Path) -> str:
    """The text of a file: UTF-16 where it says so, else UTF-8, else what older Windows wrote."""
    content = path.read_bytes()
    if len(content) > LARGEST_TEXT_BYTES:
        raise Refused("bomb", None, "")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        written = content.decode("utf-16", "replace")
    else:
        try:
            written = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            written = content.decode("cp1252", "replace")
    odd = sum(1 for letter in written[:_LOOKED_AT] if ord(letter) < 32 and letter not in "\t\n\r\f")
    if odd * 100 > len(written[:_LOOKED_AT]):
        raise Refused("not_document", None, "")
    if not written.strip():
        raise Refused("empty", None, "")
    return "".join(letter for letter in written if letter in "\t\n\r\f" or ord(letter) >= 32)


def read_markdown(path: Path, pages: Pages) -> None:
    """Headings, items, rows and paragraphs of a Markdown file."""
    growing: list[str] = []

    def end_paragraph() -> None:
        pages.keep("paragraph", 0, " ".join(growing))
        growing.clear()

    for line in decoded(path).replace("\f", "\n\n").splitlines():
        if heading := re.fullmatch(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*", line):
            end_paragraph()
            pages.keep("heading", len(heading[1]), _plain(heading[2]))
        elif item := re.match(r"\s*(?:[-*+]\s+|(?=\d{1,3}[.)]\s))(.+)", line):
            end_paragraph()
            pages.keep("item", 0, _plain(item[1]))
        elif line.lstrip().startswith("|"):
            end_paragraph()
            if not re.fullmatch(r"[\s|:-]+", line):
                pages.keep("row", 0, "\t".join(_plain(cell) for cell in line.strip().strip("|").split("|")))
        elif not line.strip():
            end_paragraph()
        elif not growing and pages.made[-1] and pages.made[-1][-1][0] == "item" and line[:1] == " ":
            pages.made[-1][-1][2] += f" {_plain(line.strip())}"
        else:
            growing.append(_plain(line.strip()))
    end_paragraph()


def _plain(text: str) -> str:
    """Markdown without its signs."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    return re.sub(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)

"""Where in a document something of a plan stands."""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.typed import one_line

LONGEST_LINES = 20


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a document."""

    record_id: int
    page: int | None = None
    lines: str = ""  # as printed: 73, or 80-82


class FromDocument:
    """The columns of what may have been taken out of a document; what somebody typed has nothing in them."""

    source_record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id", ondelete="SET NULL"), index=True)
    source_page: Mapped[int | None]
    source_lines: Mapped[str] = mapped_column(String(LONGEST_LINES), default="")  # the printed lines: 73, or 80-82

    @property
    def has_source(self) -> bool:
        """Whether anything is known of where it stands."""
        return bool(self.source_record_id or self.source_page or self.source_lines)

    def take_source(self, source: Source) -> None:
        """Say where it stands.

        Raises:
            BadInput: `source_lines` are "too_long".
        """
        self.source_record_id, self.source_page = source.record_id, source.page
        self.source_lines = one_line(source.lines, "source_lines", limit=LONGEST_LINES)

    def stands_as(self, other: "FromDocument") -> None:
        """It stands where another of these does."""
        self.source_record_id, self.source_page = other.source_record_id, other.source_page
        self.source_lines = other.source_lines

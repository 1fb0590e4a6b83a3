"""What is new, put into words: a plain text for a letter, and the same as HTML for a website. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from archive.chapters import Chapter
from archive.events import Event
from archive.fuzzy_dates import shown
from archive.overview.news import NewInterview, News
from archive.records import Record
from web.wording import day, duration, position

LONGEST_SUMMARY = 400


@dataclass(frozen=True, slots=True)
class Address:
    """What a link leads to."""

    kind: str  # interview, event, record
    id: int
    ms: int | None = None  # where in an interview


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that is new: a title that leads to it, what is said of it, and places in it."""

    title: str
    about: str
    text: str
    to: Address
    places: tuple[tuple[str, Address], ...] = ()


_To = Callable[[Address], str]


def as_text(news: News, address: _To) -> str:
    """A letter's text: what lies under each heading, each thing with its address on a line of its own."""
    lines = ["Nytt i arkivet", ""]
    for heading, items in _sections(news):
        lines += [heading.upper(), ""]
        for item in items:
            lines.append(f"{item.title}{f' ({item.about})' if item.about else ''}")
            lines += [item.text] if item.text else []
            lines.append(address(item.to))
            for title, to in item.places:
                lines.append(f"  {title}: {address(to)}")
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def as_html(news: News, address: _To) -> str:
    """The same for a website: headings, lists and links, and nothing that needs a style."""
    parts = [Markup("<h2>Nytt i arkivet</h2>")]
    for heading, items in _sections(news):
        parts.append(Markup("<h3>{}</h3>\n<ul>").format(heading))
        for item in items:
            about = Markup(" ({})").format(item.about) if item.about else ""
            text = Markup("<br>{}").format(item.text) if item.text else ""
            places = Markup("").join(
                Markup('\n  <br>Hør: <a href="{}">{}</a>').format(address(to), title) for title, to in item.places
            )
            link = Markup('<a href="{}">{}</a>').format(address(item.to), item.title)
            parts.append(Markup("<li>{}{}{}{}</li>").format(link, about, text, places))
        parts.append(Markup("</ul>"))
    return "\n".join(parts) + "\n"


def _sections(news: News) -> Iterable[tuple[str, list[_Item]]]:
    sections = [
        ("Nye intervjuer", [_interview(each) for each in news.interviews]),
        ("Nytt på tidslinjen", [_event(each) for each in news.events]),
        ("Nye dokumenter", [_record(each) for each in news.records]),
        ("Nye steder å høre", [_chapter(each) for each in news.chapters]),
    ]
    return [(heading, items) for heading, items in sections if items]


def _interview(each: NewInterview) -> _Item:
    title = each.title
    if each.narrators and not any(name in each.title for name in each.narrators):
        title = f"{', '.join(each.narrators)}: {each.title}"
    about = [each.place, day(each.held_on), duration(each.duration_ms) if each.duration_ms else ""]
    places = tuple(
        (f"{chapter.title}, {position(chapter.start_ms)}", Address("interview", each.id, chapter.start_ms))
        for chapter in each.chapters
    )
    return _Item(title, _joined(about), _short(each.summary), Address("interview", each.id), places)


def _event(each: Event) -> _Item:
    about = _joined([shown(each.dated), each.place])
    return _Item(each.title, about, _short(each.text), Address("event", each.id))


def _record(each: Record) -> _Item:
    return _Item(each.title, shown(each.dated), "", Address("record", each.id))


def _chapter(each: Chapter) -> _Item:
    about = f"{each.interview.title}, {position(each.start_ms)}"
    return _Item(each.title, about, _short(each.synopsis), Address("interview", each.interview_id, each.start_ms))


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _short(text: str) -> str:
    """A text on one line, ended at a word when it is long."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_SUMMARY:
        return line
    return f"{line[:LONGEST_SUMMARY].rsplit(' ', 1)[0].rstrip(',.;:')} …"

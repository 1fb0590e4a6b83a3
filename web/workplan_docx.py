"""The annual report as a document (DOCX) with real headings, lists and tables, for whoever goes on writing in it."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from archive.fuzzy_dates import shown
from archive.local_time import day_of
from archive.units import Unit
from archive.workplan.amounts import shown_amount
from archive.workplan.items import WorkPlanItem
from archive.workplan.looking import Answering
from archive.workplan.report import AnnualReport
from web import wording
from web.workplan_words import (
    STATES,
    STATUSES,
    amendment_words,
    answers_words,
    counts_words,
    difference_words,
    target_words,
)
from web.year_wheel_words import count_words, minimum_words

# What XML cannot carry, and what a text from elsewhere may hold all the same.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_document(report: AnnualReport, *, archive_name: str, now: datetime) -> bytes:
    """The document. Its sections are those of the page, in the same order."""
    paper = _Paper(Document())
    unit: Unit = report.plan.unit
    paper.set_up(f"Årsmelding {report.year}, {unit.name}", archive_name, now)
    paper.title(f"Årsmelding {report.year}")
    paper.line(f"{unit.name}. {report.plan.title} ({STATES[report.plan.state]}). Laget {wording.day(day_of(now))}.")
    for text in report.texts:
        paper.heading(text.heading, 1)
        paper.plain_text(text.text)
    _plan(paper, report)
    _status(paper, report)
    _wheel(paper, report)
    _meetings(paper, report)
    _collected(paper, report)
    return paper.content()


def _plan(paper: "_Paper", report: AnnualReport) -> None:
    paper.heading("Arbeidsplanen: hva vi gjorde", 1)
    if not report.items:
        paper.line("Planen har ingen mål eller tiltak.")
        return
    paper.line(f"{counts_words(report.counts()).capitalize()}.")
    for chapter in report.chapters:
        if chapter.heading is not None:
            paper.heading(chapter.heading.text, 2)
        for goal in chapter.goals:
            if goal.goal is not None:
                paper.heading(f"Mål: {goal.goal.text}", 3)
                paper.line(_standing(goal.goal))
                paper.bullets(_proof(report, goal.goal))
            for measure in goal.measures:
                answering = _answering(report.answers.of(measure))
                paper.bullets([f"{measure.text}: {_standing(measure)}{f' Ansvar: {answering}.' if answering else ''}"])
                paper.bullets(_proof(report, measure), level=2)
    if report.amendments:
        paper.heading("Endret etter at planen ble vedtatt", 2)
        paper.bullets(f"{wording.day(each.on)}: {amendment_words(each)} {each.why}" for each in report.amendments)


def _standing(item: WorkPlanItem) -> str:
    """`Gjort (12. mai 2026). Målet er 28 kommuner. Nå: 22. …`."""
    said = f" ({wording.day(item.status_on)})" if item.status_on else ""
    parts = [f"{STATUSES[item.status].capitalize()}{said}.", target_words(item), " ".join(item.status_note.split())]
    return " ".join(part for part in parts if part)


def _proof(report: AnnualReport, item: WorkPlanItem) -> list[str]:
    return [
        f"{each.other.title}{f', {shown(each.other.when)}' if each.other.when else ''}"
        f"{f', side {each.page}' if each.page else ''}"
        for each in report.evidence.get(item.id, [])
    ]


def _answering(answers: Iterable[Answering]) -> str:
    found = []
    for each in answers:
        names = ", ".join(office.person.name for office in each.offices)
        found.append(f"{answers_words(each.row)} ({names})" if names else answers_words(each.row))
    return "; ".join(found)


def _status(paper: "_Paper", report: AnnualReport) -> None:
    status = report.status
    if status.says_nothing:
        return
    paper.heading(f"Slik står det til i {report.year}", 1)
    if status.figures:
        rows = [
            (each.label, shown_amount(each.value) or "–", shown_amount(each.before) or "–", difference_words(each))
            for each in status.figures
        ]
        paper.table(("Hva", str(report.year), str(report.year - 1), "Forskjell"), rows)
    for heading, points in (("Styrker", status.strengths), ("Svakheter", status.weaknesses)):
        if not points.is_empty:
            paper.heading(heading, 2)
            paper.bullets(f"{each.text}{' (ny)' if points.is_new(each) else ''}" for each in points.now)
            if points.gone:
                paper.line(f"Sto i {report.year - 1}, og ikke nå:" if points.now else f"I {report.year - 1} sto det:")
                paper.bullets(points.gone)


def _wheel(paper: "_Paper", report: AnnualReport) -> None:
    if not report.standings:
        return
    paper.heading(f"Årshjulet {report.year}", 1)
    rows = [(each.duty.title, minimum_words(each.duty), count_words(each.whole)) for each in report.standings]
    paper.table(("Oppgave", "Hvor mange", "Hvordan det gikk"), rows)


def _meetings(paper: "_Paper", report: AnnualReport) -> None:
    if not report.meetings:
        return
    paper.heading("Møter og vedtak", 1)
    for meeting in report.meetings:
        paper.heading(f"{meeting.title}, {shown(meeting.dated)}", 2)
        decided = [case for case in meeting.cases if case.decision]
        paper.bullets(f"{case.name}: {' '.join(case.decision.split())}" for case in decided)
        if not decided:
            paper.line("Ingen vedtak er skrevet inn.")


def _collected(paper: "_Paper", report: AnnualReport) -> None:
    found = report.collected
    if found.is_empty:
        return
    paper.heading(f"Det arkivet samlet i {report.year}", 1)
    paper.line(collected_words(found.interviews, found.records, found.events))
    paper.bullets(
        f"{each.title}{f', {wording.day(each.held_on)}' if each.held_on else ''} ({each.reference})"
        for each in found.named_interviews
    )
    paper.bullets(f"{each.title} ({each.reference})" for each in found.named_records)


def collected_words(interviews: int, records: int, events: int) -> str:
    """`3 intervjuer, 12 dokumenter og 4 hendelser på tidslinjen.`; what is nought is left out."""
    parts = [
        wording.counted(number, one, many)
        for number, one, many in (
            (interviews, "intervju", "intervjuer"),
            (records, "dokument", "dokumenter"),
            (events, "hendelse på tidslinjen", "hendelser på tidslinjen"),
        )
        if number
    ]
    return f"{parts[0] if len(parts) == 1 else ', '.join(parts[:-1]) + ' og ' + parts[-1]}."


class _Paper:
    """A document that is written from the top down."""

    def __init__(self, document: Any) -> None:
        self._document = document
        # Looked up once: python-docx goes through every style for every paragraph otherwise.
        self._ids = {each.name: each.style_id for each in document.styles}

    def set_up(self, title: str, author: str, now: datetime) -> None:
        """A4, Norwegian for the spelling check, a page number below, and who made it when."""
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
        style = self._document.styles["Normal"]
        style.font.size = Pt(11)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "nb-NO")
        style.element.get_or_add_rPr().append(language)
        properties = self._document.core_properties
        properties.title, properties.author, properties.language = _xml(title), _xml(author), "nb-NO"
        properties.comments, properties.created, properties.modified = "", now, now
        line = section.footer.paragraphs[0]
        line.add_run("Side ")
        _add_page_number(line)

    def title(self, text: str) -> None:
        """What the whole is called."""
        self._paragraph(text, "Title")

    def heading(self, text: str, level: int) -> None:
        """A heading, of which the document can make a table of contents."""
        self._paragraph(" ".join(text.split()), f"Heading {level}")

    def line(self, text: str) -> None:
        """A paragraph."""
        if text.strip():
            self._paragraph(text)

    def bullets(self, texts: Iterable[str], *, level: int = 1) -> None:
        """Items of a list."""
        for text in texts:
            self._paragraph(text, "List Bullet" if level == 1 else "List Bullet 2")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose heads come again on each page."""
        table = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.paragraphs[0].add_run(_xml(head)).bold = True
        again = OxmlElement("w:tblHeader")
        again.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(again)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = _xml(text)
        self._document.add_paragraph()

    def plain_text(self, text: str) -> None:
        """A text of the secretary's, read as `parts.plain_text` reads it."""
        for block in text.replace("\r\n", "\n").strip().split("\n\n"):
            lines = block.strip().split("\n")
            if lines[0].startswith("- "):
                self.bullets(line.removeprefix("- ") for line in lines)
            elif lines[0].startswith("# ") and len(lines) == 1:
                self.heading(lines[0].removeprefix("# "), 2)
            else:
                self.line("\n".join(lines))

    def _paragraph(self, text: str, style: str = "") -> None:
        paragraph = self._document.add_paragraph(_xml(text))
        if style:
            paragraph._p.style = self._ids[style]

    def content(self) -> bytes:
        """The file."""
        kept = io.BytesIO()
        self._document.save(kept)
        return kept.getvalue()


def _add_page_number(paragraph: Any) -> None:
    """The field that a word processor fills with the page's number."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()._r
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run.append(part)


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)

"""The demo's overview for the county board: what branches reported, what somebody asked for, and help."""

from datetime import timedelta

from archive.local_time import day_of
from archive.overview.helping import HelpDetails, write_help
from archive.overview.unit_years import Figures, ListWork, ProgrammeWork, write_unit_year
from archive.overview.wishes import ask_follow_up
from archive.people import find_or_add_person
from stemme.demo_organisation import Writer, read_organisation


def put_in_overview(writer: Writer) -> None:
    """Two years of figures, one wish for follow-up, and one branch that was offered help and asked for it."""
    told, today = read_organisation()["overview"], day_of(writer.now)
    for year, members in zip((today.year - 1, today.year), told["county"], strict=True):
        _report(writer, "county", year, Figures(members=members, list_goal=told["goal"], note=told["note"]))
    for unit, before, members, is_active, list_work, programme in told["reported"]:
        _report(writer, unit, today.year - 1, Figures(members=before, is_active=is_active, note=told["note"]))
        now = Figures(
            members=members,
            is_active=is_active,
            list_work=ListWork(list_work),
            programme_work=ProgrammeWork(programme),
            note=told["note"],
        )
        _report(writer, unit, today.year, now)
    wish, asked = told["wish"], told["help"]
    person = find_or_add_person(writer.session, wish["person"])
    wishing = writer.units[wish["unit"]]
    ask_follow_up(writer.session, wishing, person.id, wish["wish"], wished_on=today, today=today, **writer.act)
    details = HelpDetails(
        asked["about"],
        offered_on=today - timedelta(days=asked["offered_days_ago"]),
        asked_on=today - timedelta(days=asked["asked_days_ago"]),
    )
    write_help(writer.session, writer.units[asked["unit"]], details, today=today, **writer.act)


def _report(writer: Writer, unit: str, year: int, figures: Figures) -> None:
    write_unit_year(writer.session, writer.units[unit], year, figures, today=day_of(writer.now), **writer.act)

"""*Slå sammen*: two people of the register were one. What moves is shown first, and it can be taken back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.accounts import Role
from archive.database import find_row
from archive.errors import BadInput, NotFound
from archive.interviews import Interview
from archive.merging import MergePreview, PersonMerge, merge_people, overlapping_offices, preview_merge, undo_merge
from archive.people import AliasKind, Person, load_person
from archive.people_found import likely_same, list_people, search_people
from web.rights import needs
from web.visit import db, now, today, viewer
from web.wording import counted, problem

pages = Blueprint("people_merging", __name__, url_prefix="/folk/<int:person_id>")

NAME_IS = {
    AliasKind.SPELLING: "Det er bare skrevet feil, eller på en annen måte",
    AliasKind.FORMER: "Det er et tidligere navn",
    AliasKind.NICKNAME: "Det er et navn personen ble kalt",
}
# What moves, by table and column: one and many of it. What has no words of its own is counted together.
MOVED = {
    ("participation", "person_id"): ("deltakelse i intervju", "deltakelser i intervjuer"),
    ("segment", "speaker_id"): ("linje som personen sier", "linjer som personen sier"),
    ("recording", "speaker_id"): ("opptak der bare personen snakker", "opptak der bare personen snakker"),
    ("voice", "person_id"): ("stemme i et intervju", "stemmer i intervjuer"),
    ("voice", "suggested_id"): ("forslag om hvem som snakker", "forslag om hvem som snakker"),
    ("voice_print", "person_id"): ("stemme som maskinen husker", "stemmer som maskinen husker"),
    ("consent", "person_id"): ("samtykke", "samtykker"),
    ("office", "person_id"): ("verv", "verv"),
    ("record", "person_id"): ("dokument fra personens arkiv", "dokumenter fra personens arkiv"),
    ("work_plan_responsible", "person_id"): ("ansvar i arbeidsplanen", "ansvar i arbeidsplaner"),
    ("duty_owner", "person_id"): ("oppgave i årshjulet", "oppgaver i årshjulet"),
    ("reminder", "person_id"): ("påminnelse", "påminnelser"),
    ("meeting_case", "presented_by_id"): ("sak som personen la fram", "saker som personen la fram"),
    ("contribution", "person_id"): ("bidrag om personen", "bidrag om personen"),
    ("link", "a_person_id"): ("kobling fra personen", "koblinger fra personen"),
    ("link", "b_person_id"): ("kobling til personen", "koblinger til personen"),
    ("person_alias", "person_id"): ("annet navn", "andre navn"),
    ("person_contact", "person_id"): ("kontaktopplysning", "kontaktopplysninger"),
    ("user_person", "person_id"): ("brukerkonto", "brukerkontoer"),
    ("follow_up_wish", "person_id"): ("ønske om oppfølging", "ønsker om oppfølging"),
}
# What is not merged where both have it; it waits with the one that goes, for the merge to be undone.
STAYS = {
    "voice_print": "Maskinen husker stemmen til begge. Stemmen til {kept} brukes.",
    "person_contact": "Begge har kontaktopplysninger. De som står på {kept}, brukes.",
    "user_person": "Begge har en brukerkonto. Kontoen til {kept} gjelder; avslutt den andre under Brukere.",
}
FIELDS = {"born": "fødselsdato", "died": "dødsdato", "note": "merknad"}


@pages.get("/sla-sammen")
@needs(Role.SECRETARY)
def choose(person_id: int) -> ResponseReturnValue:
    """Who else it may be; or what would move, once somebody is chosen."""
    person = load_person(db(), person_id)
    if chosen := request.args.get("med", ""):
        return _preview(person, _other(chosen))
    typed = request.args.get("navn", "")[:200].strip()
    everybody = [each for each in list_people(db(), viewer(), today=today()) if each.id != person.id]
    found = [each for group in search_people(everybody, typed) for each in group][:30] if typed else []
    return render_template(
        "people/choose_same.html",
        person=person,
        typed=typed,
        found=found,
        likely=likely_same(everybody, person) if not typed else [],
    )


@pages.post("/sla-sammen")
@needs(Role.SECRETARY)
def merge(person_id: int) -> ResponseReturnValue:
    """Make two people one; the one of the address is kept."""
    kept, gone = load_person(db(), person_id), _other(request.form.get("med", ""))
    chosen = request.form.get("name_is", "")
    name_is = AliasKind(chosen) if chosen in list(AliasKind) else AliasKind.SPELLING
    gone_name = gone.name
    try:
        done = merge_people(db(), kept, gone, name_is=name_is, by=viewer().user_id, today=today(), now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem(bad.field, bad.problem))
        return redirect(url_for(".choose", person_id=person_id), 303)
    closed = [db().get_one(Interview, each[0]).title for each in done.did["closed"]]
    db().commit()
    flash(f"{gone_name} og {kept.name} er nå én person.")
    for title in closed:
        flash(
            f"«{title}» ble lukket for dem som ikke kunne se det før. Åpne det på nytt hvis samtykket gjelder for alle."
        )
    return redirect(url_for("people.one", person_id=kept.id), 303)


@pages.post("/skill-igjen/<int:merge_id>")
@needs(Role.SECRETARY)
def undo(person_id: int, merge_id: int) -> ResponseReturnValue:
    """Make one person two again."""
    done = find_row(db(), PersonMerge, merge_id)
    if done is None or done.kept_id != person_id:
        raise NotFound("merge", merge_id)
    names = f"{done.kept.name} og {done.gone.name}"
    try:
        undo_merge(db(), done, by=viewer().user_id, now=now())
    except BadInput as bad:
        db().rollback()
        flash(problem(bad.field, bad.problem))
        return redirect(url_for("people.one", person_id=person_id), 303)
    db().commit()
    flash(f"{names} er to personer igjen.")
    return redirect(url_for("people.one", person_id=person_id), 303)


def _preview(kept: Person, gone: Person) -> ResponseReturnValue:
    try:
        found = preview_merge(db(), kept, gone)
    except BadInput as bad:
        flash(problem(bad.field, bad.problem))
        return redirect(url_for(".choose", person_id=kept.id))
    return render_template(
        "people/merge.html",
        kept=kept,
        gone=gone,
        moving=_moving(found),
        remarks=[*_remarks(found, kept), *_overlapping(kept, gone)],
        taken=[FIELDS[name] for name in found.taken_over],
        differing=[(FIELDS[name], getattr(kept, name), getattr(gone, name)) for name in found.differing],
        name_is=NAME_IS,
        same_name=kept.name_key == gone.name_key,
    )


def _moving(found: MergePreview) -> list[str]:
    """What moves, as words; tables that have none are told together."""
    said, others = [], 0
    for each in found.moving:
        words = MOVED.get((each.table, each.column))
        if words is None:
            others += each.rows
        elif each.rows > each.doubles:
            said.append(counted(each.rows - each.doubles, *words))
    return said + ([counted(others, "annen opplysning", "andre opplysninger")] if others else [])


def _remarks(found: MergePreview, kept: Person) -> list[str]:
    said = []
    for each in found.moving:
        if each.doubles and each.table in STAYS:
            said.append(STAYS[each.table].format(kept=kept.name))
        elif each.doubles and each.table == "participation":
            said.append(
                f"Begge står i {counted(each.doubles, 'intervju', 'intervjuer')} med samme rolle. "
                "Etterpå står personen der én gang."
            )
        elif each.doubles and each.table == "link":
            said.append(
                f"{counted(each.doubles, 'kobling', 'koblinger')} går mellom de to eller står på begge. "
                "Etterpå står hver av dem høyst én gang."
            )
        elif each.doubles and each.table == "office":
            said.append(
                f"Begge står med {counted(each.doubles, 'verv', 'verv')} som er helt like. "
                "Etterpå står hvert av dem én gang."
            )
    return said


def _overlapping(kept: Person, gone: Person) -> list[str]:
    return [
        f"Begge står som «{title}» i samme ledd, i tider som går inn i hverandre. "
        "Begge blir stående. Se over dem etterpå."
        for title in overlapping_offices(db(), kept, gone)
    ]


def _other(typed: str) -> Person:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10):
        raise NotFound("person", typed)
    return load_person(db(), int(typed))

"""What a reminder says, as a letter that is sent or handed over. Pure."""

from dataclasses import dataclass
from datetime import date

_MONTHS = "januar februar mars april mai juni juli august september oktober november desember".split()


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text."""

    subject: str
    text: str


def write_letter(
    *, name: str, title: str, unit: str, due_on: date, about: str, checklist: list[str], link: str, sender: str
) -> Letter:
    """The letter to one person about one deadline. `unit`: "" for the county branch's own duty."""
    day = f"{due_on.day}. {_MONTHS[due_on.month - 1]} {due_on.year}"
    what = f"{title} – {unit}" if unit else title
    lines = [f"Hei {name}!", "", f"{what}: {day}.", *([about] if about else []), ""]
    if checklist:
        lines += ["Å huske på:", *(f"- {step}" for step in checklist), ""]
    lines += [
        "Trykk på lenken og si hvordan det går. Du trenger ikke å logge inn:",
        link,
        "",
        "Der kan du velge «Holdt», «Planlagt til en dag» eller «Vi trenger hjelp», og legge ved referatet.",
        f"Lenken er bare for deg. Den virker én gang, til og med {day}.",
        "",
        "Hilsen",
        sender,
    ]
    return Letter(f"Påminnelse: {what}, {day}", "\n".join(lines) + "\n")

"""What `stemme doctor` says of mail: whether reminders leave by themselves, or wait for a person."""

from archive.settings import Settings
from pipeline.mail import name_of, trouble_with
from stemme.findings import Finding

# A server that does not answer in this time is not there as far as a person who waits is concerned.
PATIENCE_S = 5.0
_SAID = {
    "unreachable": (
        "svarer ikke",
        "Se over navn og port i STEMME_SMTP_URL, og at brannmuren slipper ut.",
    ),
    "certificate": (
        "har et sertifikat som ikke er til å stole på",
        "Bruk navnet som står i sertifikatet i STEMME_SMTP_URL, eller be den som drifter e-posten, ordne det.",
    ),
    "login": (
        "tar ikke imot navnet og passordet",
        "Se over navn og passord i STEMME_SMTP_URL. Tegn som @ og : må skrives som %40 og %3A.",
    ),
    "in_the_open": (
        "tilbyr ingen kryptering, så passordet er ikke sendt",
        "Bruk smtps:// i STEMME_SMTP_URL, eller en annen e-posttjener.",
    ),
    "refused": ("vil ikke ta imot noe fra oss", "Spør den som drifter e-posten."),
}


def look_at_mail(settings: Settings) -> Finding:
    """Connect and log in, send nothing."""
    if settings.smtp_url is None:
        return Finding("mail", "ok", "Påminnelser legges i Utboks, for STEMME_SMTP_URL er ikke satt.")
    server = name_of(settings.smtp_url)
    trouble = trouble_with(settings.smtp_url, patience_s=PATIENCE_S)
    if trouble is None:
        return Finding("mail", "ok", f"E-posttjeneren {server} tar imot påminnelser fra {settings.mail_from}.")
    says, mend = _SAID[trouble]
    waits = "Påminnelsene venter så lenge, og kan leveres fra Utboks i årshjulet."
    return Finding("mail", "fault", f"E-posttjeneren {server} {says}.", f"{mend} {waits}")

"""Why the machine gave up, in words, by the keys of `Recording.failure`. The pages and the command line both read it.

What went wrong is said once; what to do about it depends on who reads: a volunteer on a page, or who runs the machine.
Nothing here needs Flask, so that the command line can read it too.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FailureWords:
    """One failure: `why` ends the sentence that begins with «Maskinen klarte ikke …:»."""

    why: str
    what_to_do: str  # for who works with the interview
    command: str  # for who sits at the machine; begins as a sentence does


_TELL = "Si fra til den som drifter arkivet, og prøv igjen når det er ordnet."
_DAMAGED = "Kopier filen fra opptakeren én gang til, og lever kopien."

FAILURES = {
    "not_sound": FailureWords("filen lar seg ikke lese.", _DAMAGED, _DAMAGED),
    "tool_missing": FailureWords(
        "programmet som leser lydfiler, er ikke installert på serveren.", _TELL, "Det heter ffmpeg. Skriv: script/setup"
    ),
    "tool_failed": FailureWords(
        "programmet som leser lydfiler, ga opp.",
        "Går det ikke når du prøver igjen, er filen skadet: kopier den fra opptakeren én gang til, og lever kopien.",
        "Det heter ffmpeg. Går det ikke neste gang heller, er filen skadet.",
    ),
    "out_of_room": FailureWords(
        "disken på serveren er full.",
        "Si fra til den som drifter arkivet, og prøv igjen når det er plass.",
        "Rydd plass, og trykk Prøv igjen på siden.",
    ),
    "original_missing": FailureWords(
        "lydfilen ligger ikke der den skal i arkivet.",
        "Si fra til den som drifter arkivet: filen må hentes fra sikkerhetskopien. Prøv igjen når den er på plass.",
        "Se hvilken med: stemme verify",
    ),
    "model_missing": FailureWords(
        "talemodellen er ikke installert på serveren.", _TELL, "Se hva som er installert med: stemme model list"
    ),
    "model_damaged": FailureWords(
        "talemodellen på serveren er skadet.", _TELL, "Se hvilken fil det gjelder med: stemme doctor"
    ),
    "model_unusable": FailureWords("talemodellen på serveren kan ikke brukes.", _TELL, "Se hvorfor med: stemme doctor"),
    "engine_missing": FailureWords(
        "talemotoren er ikke installert på serveren.", _TELL, "Skriv: script/setup (uten --light)"
    ),
    "out_of_memory": FailureWords(
        "serveren har for lite minne.",
        "Prøv igjen. Går det ikke da heller, trengs en mindre talemodell.",
        "Velg en mindre talemodell med: stemme model use",
    ),
    "gave_up": FailureWords("arbeidet stoppet flere ganger på samme sted.", _TELL, "Loggen til arbeideren sier hvor."),
    "voices_failed": FailureWords(  # never of a whole recording: the text stands without it
        "programmet som skiller stemmer, ga opp.",
        "Teksten er like hel. Hvem som snakker, kan skrives ved hver linje.",
        "Se i loggen til arbeideren.",
    ),
    "voice_too_short": FailureWords(  # never of a recording: a voice that was to be remembered
        "personen sier for lite i opptaket.",
        "Prøv med et intervju der personen sier mer.",
        "Prøv med et intervju der personen sier mer.",
    ),
    "unknown": FailureWords(
        "noe uventet gikk galt.",
        "Prøv igjen. Går det ikke da heller, må den som drifter arkivet, se i loggen.",
        "Se i loggen til arbeideren.",
    ),
}


def failure_words(key: str | None) -> FailureWords:
    """The words for a key; one that we do not know, and None, are something unexpected."""
    return FAILURES.get(key or "unknown", FAILURES["unknown"])

"""What can be wrong with a file, each as a sentence that says what to do."""

SENTENCES = {
    # about the sound itself; the keys are those of media.errors.NotSound
    "empty": "Filen er tom. Se etter på opptakeren om opptaket ligger i en annen fil.",
    "not_media": "Dette er ikke et lydopptak. Velg selve opptaket, for eksempel en fil som slutter på .m4a eller .mp3.",
    "no_sound": "Det er ingen lyd i denne filen. Velg filen som har lyden.",
    "too_long": "Opptaket er lengre enn tolv timer. Del det i flere filer og lever dem i rekkefølge.",
    "too_many_channels": "Filen har flere lydspor enn vi kan ta imot. Be om en vanlig stereofil.",
    "unreadable": "Filen er skadet og lar seg ikke lese. Kopier den fra opptakeren én gang til, og prøv igjen.",
    # about handing it in
    "twice": "Samme opptak er valgt to ganger. Fjern det ene.",
    "not_whole": "Filen er ikke helt lastet opp ennå. Velg den samme filen igjen, så fortsetter den der den slapp.",
    "gone": "Filen ligger ikke lenger på serveren. Er den ikke levert, velger du den på nytt.",
    # about the way here
    "too_large": "Filen er for stor. Del den i mindre filer og lever dem i rekkefølge.",
    "longer_than_announced": "Filen ble større underveis. Vent til opptaket er ferdig, og velg den på nytt.",
    "no_room": "Det er ikke plass til filen på serveren nå. Ingenting er gått tapt. Si fra, og prøv igjen senere.",
    "out_of_step": "Opplastingen fortsetter fra der den slapp.",
    "checksum": "En bit av filen ble skadet på veien. Den sendes på nytt.",
    "bad_request": "Opplastingen ble ikke forstått. Last siden på nytt og prøv igjen.",
}

RECEIVED_BEFORE = "Dette opptaket har vi fra før. Du trenger ikke å levere det på nytt."
IN_BIN = "Dette opptaket har vi fra før, men det ligger i papirkurven. Det ble flyttet dit {}."
GOES_NOW = "Nå blir det slettet for godt. Vil du levere det likevel, prøver du igjen om noen minutter."
INSTEAD = "i stedet for å levere det på nytt. Ellers blir det slettet for godt {}."
NO_FILE = "Velg opptaket du vil levere."
SPEAKER_TOO_LONG = "Navnet på den som snakker, er for langt. Skriv bare navnet."
PLAN_TAKEN = "Opptaket fra dette planlagte intervjuet er levert alt. Leverer du nå, blir det et nytt intervju."


def sentence(problem: str) -> str:
    """The sentence for a problem's key; a key we have no sentence for reads as a file that cannot be read."""
    return SENTENCES.get(problem, SENTENCES["unreadable"])

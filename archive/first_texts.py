"""The texts that a new archive begins with. The secretary changes them on the page; they are never written again."""

ARCHIVE_CREATORS = ("Nord-Trøndelag SV", "Sør-Trøndelag SV", "Trøndelag SV")

HOW_WE_CORRECT = """\
Lyden er kilden. Teksten skal hjelpe oss å finne fram og forstå, men det er opptaket som gjelder.

- Hør linjen før du retter den. Skriv det som blir sagt, i den rekkefølgen det blir sagt.
- Skriv bokmål eller nynorsk, etter hva som ligger nærmest det fortelleren sier. Behold dialektord og uttrykk: \
«itj», «artig» og «dugurd» skal stå.
- Ikke pynt på språket. Halve setninger er halve, og gjentakelser får stå. Bare «eh» og ord som er snublet i, kan du \
ta bort.
- Ikke rett på det fortelleren sier, heller ikke årstall du vet er feil. Si fra til sekretæren i stedet.
- Skriv navn på folk, steder og lag helt ut når du er sikker. Er du usikker, skriv [usikker] etter navnet.
- Hører du ikke hva som blir sagt, skriv [uhørlig 12:43], med tiden der det skjer. Gjett aldri.
- Skriv [ler], [pause] eller [gråter] når det betyr noe for det som blir sagt.
- Skriv tall fra én til tolv med bokstaver, større tall og årstall med siffer: «to møter», «1975», «16. mars».
- Står det «usikkert» ved en linje, tviler maskinen på det den skrev. Hør ekstra nøye der.
- Står det «mangler tekst», snakker noen uten at maskinen fant ordene. Hør stykket, og skriv det du hører.
- Velg hvem som snakker når du vet det. La det stå «Vet ikke» når du ikke vet.

Stemmer linjen alt, trykker du «Teksten stemmer», så vet de andre at den er hørt gjennom.

Er du i tvil om noe bør stå åpent, så spør sekretæren før du gjør mer. Ingenting du skriver kan gå tapt: alle \
versjoner blir tatt vare på, og du kan alltid hente fram en eldre.
"""

PRIVACY = """\
Stemmearkivet tar vare på samtaler med folk som har bygd organisasjonen. Det de forteller om politikk, er følsomt, så \
alt er lukket til vi har fått et samtykke som er skrevet ned.

Dette tar vi vare på:

- opptaket og teksten av det, og hvem som forteller, spør og ellers blir hørt
- hva den som forteller, har gått med på, fra når og til når, og hvor papiret ligger
- hvordan en stemme lyder, så den kan kjennes igjen: bare når den som eier stemmen, har gått med på akkurat det. \
Trekkes samtykket tilbake, blir det slettet med det samme
- hvem som har, og har hatt, verv i organisasjonen, og hvordan de som har verv i dag, kan nås
- navn og brukernavn på dem som kan logge inn, og hvem som har rettet eller åpnet hva

Hvem som kan se hva:

- Er intervjuet lukket, kan bare den som leverte det, de frivillige som skal rette det, sekretæren og driftsansvarlig \
lese og høre det.
- Er det for medlemmer, kan alle som har logget inn, lese og høre det.
- Er det åpent, kan hvem som helst lese og høre det.

- Hvem som har hatt verv, ser alle som har logget inn. Telefonnummer og e-post ser bare sekretæren, og den som i dag \
leder laget eller regionen der vervet er.

Har du fortalt, kan du når som helst trekke samtykket tilbake. Si fra til sekretæren, så blir intervjuet lukket med \
det samme. Du kan også be om å få se det vi har om deg, og få rettet det som er feil.

Alt ligger på en maskin vi selv rår over. Ingenting blir sendt til andre. Vi bruker bare informasjonskapsler \
som trengs for å logge inn.
"""

FIRST_TEXTS = {"slik-retter-vi": HOW_WE_CORRECT, "personvern": PRIVACY}

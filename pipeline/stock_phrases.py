"""What Whisper writes where nobody speaks: the ends of subtitled programmes, which it learned by heart.

Compiled from what users of Whisper report for Norwegian, Danish, Swedish, English and German sound (among others
openai/whisper's discussions 679 and 928). Phrases are as `plain_words` gives them: small letters, no signs.
"""

import re
from collections.abc import Sequence

# A sentence that is one of these, with or without a name behind, tells who wrote subtitles. Nobody says so in an
# interview, but somebody may say "teksting av filmer tok lang tid, og …": such a sentence is longer.
_CREDITS = re.compile(
    r"""
    (?:
        (?:norsk|norske|dansk|danske|svensk|svenske)?\ ?
        (?:tekst|tekster|teksting|tekstning|tekstet|textning|textad|undertekst\w*|undertext\w*|oversatt|oversettelse
           |oversat|oversættelse|översatt|översättning)
        (?:\ og\ undertekst\w*)?\ (?:av|af)
      | (?:subtitles?|subtitled|captions?|captioning|captioned|transcribed|transcription|translated)\ by
      | (?:untertitel|untertitelung)\ (?:von|der|des|im|aufgrund)
    )\b.*
    """,
    re.VERBOSE,
)
_MOST_CREDIT_WORDS = 8
# These give themselves away wherever they stand.
_COMPANIES = re.compile(
    r"\b(?:amara org|ai media|scandinavian text service|btistudios|bti studios|broadcast text|sdi media"
    r"|castingwords|opensubtitles|btf lingvo)\b"
)
# These may be said, and are believed where there is a voice under them and something else around them.
_FAREWELLS = re.compile(
    r"""
    (?:tusen\ )?(?:takk|tak|tack)\ (?:for|fordi|för)(?:\ (?:at|att))?\ (?:du|dere|dykk|de|i|ni|alle)
        \ (?:så|kiggede|kikkede|tittade)(?:\ (?:på|med|med\ i\ dag))?(?:\ (?:videoen|filmen|programmet))?
  | (?:tusen\ )?(?:takk|tak|tack)\ for\ (?:at\ se\ med|å\ ha\ sett\ på|oppmerksomheten|meg|nå)
  | ha\ det\ (?:bra|så\ bra)?|vi\ (?:ses|sees|ses\ neste\ gang|snakkes)|på\ gjensyn
  | (?:husk\ å\ )?(?:lik|like)\ og\ abonner\w*|abonner(?:\ på\ kanalen)?|ikke\ glem\ å\ abonnere
  | (?:thanks?|thank\ you)(?:\ (?:so|very)\ much)?\ for\ (?:watching|listening|your\ attention)
  | thank\ you(?:\ very\ much)?|(?:good)?\ ?bye(?:\ bye)*|see\ you(?:\ (?:next\ time|later))?|please\ subscribe
  | to\ be\ continued|fortsettelse\ følger|fortsætter
  | norsk\ (?:bokmål|nynorsk|samtale|tekst)|norske\ navn|nrk|tv\ ?2
  | vielen\ dank(?:\ fürs\ zuschauen)?|musikk?|music|applaus|applause|latter|stillhet|klapping
    """,
    re.VERBOSE,
)


def plain_words(text: str) -> list[str]:
    """The words without signs, in small letters."""
    return re.findall(r"\w+", text.casefold())


def is_credit(words: Sequence[str]) -> bool:
    """Whether this sentence (as `plain_words` gives it) says who made subtitles."""
    sentence = " ".join(words)
    return bool(_COMPANIES.search(sentence)) or (
        len(words) <= _MOST_CREDIT_WORDS and _CREDITS.fullmatch(sentence) is not None
    )


def is_farewell(words: Sequence[str]) -> bool:
    """Whether this sentence is nothing but what a programme ends with."""
    return _FAREWELLS.fullmatch(" ".join(words)) is not None

"""The little words that every sentence has, by which a text shows its language. Facts, not a dictionary.

Words that are spelled the same in two of the languages here say nothing and are left out when the two are compared.
"""

from functools import cache

_WORDS = {
    "no": (  # bokmål, nynorsk, Danish and Swedish together
        "jeg eg jag vi me du han hun ho hon de dere dykk det den dette denne som at og eller men om hvis når då da så"
        " ikke ikkje inte icke er var har hadde hade vil ville skal skulle kan kunne blir ble vart må måtte"
        " i på til av fra frå med for för etter før hos mot over under ved en ei et ein eit ett"
        " noe noko noen nokon alle alt mye mykje mange mycket hva kva hvem kven hvor kor der her også også bare berre"
        " meg deg seg oss min din sin vår deres sånn slik opp ut inn ned nå no nu jo vel nei ja"
    ),
    "en": (
        "the and of to is was were are that this these those it he she we they you i in on at with from for by about"
        " not have has had would will can could should do did does be been but or if when what which who how there"
        " here my your our their his her its so as an"
    ),
    "de": (
        "der die das und ist war waren sind dass dieser diese es er sie wir ihr ich in auf mit von für bei über nicht"
        " haben hat hatte würde wird kann konnte sollte aber oder wenn was wer wie dort hier mein dein unser ein eine"
        " einen einem zu zum zur auch noch nur so als den dem des"
    ),
    "fr": (
        "le la les et est était sont que qui ce cette il elle nous vous ils je tu dans sur avec de du des pour par"
        " pas ne ai as avons avez ont mais ou si quand comme mon ton notre leur un une au aux plus"
    ),
    "es": (
        "el la los las y es era son que este esta esto ella nosotros ellos yo tú en con de del para por no he ha han"
        " pero o si cuando como mi tu su nuestro un una al más muy lo le se"
    ),
}


@cache
def function_words(own: str) -> dict[str, frozenset[str]]:
    """The little words of each language, those of the others without what `own` spells the same way."""
    sets = {code: frozenset(words.split()) for code, words in _WORDS.items()}
    mine = sets.get(own, frozenset())
    return {code: words if code == own else words - mine for code, words in sets.items()}

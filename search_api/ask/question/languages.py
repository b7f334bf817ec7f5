"""The language of a question, by the small words that every sentence of a language has."""

from __future__ import annotations

import re

from search_api.ask.question.content import PLAIN_WORDS

SMALL_WORDS = {
    "German": "der die das und ist wie was wer wo warum welche welcher wird werden wurde wurden "
    "von für mit den dem ein eine einer nicht auf im zu sind hat haben über es sich bei aus nach",
    "French": "le la les des est une et que qui quoi quel quelle quels quelles pourquoi comment "
    "où dans pour sur avec du au aux ont été sont ce cette il elle pas combien",
    "Spanish": "el los las es una y que qué quién quiénes cuál cuáles cómo dónde cuándo por para "
    "con del al se fue fueron son está están su sus hay cuántos cuántas",
    "Italian": "il lo gli di è una che chi cosa quale quali come dove quando perché per con del "
    "della dei delle nel nella sono stato stata si non quanti quante",
    "Portuguese": "o os as é uma e que quem qual quais como onde quando por porque para com do da "
    "dos das no na foi foram são está não quantos quantas",
    "Dutch": "de het een en is wat wie waar waarom hoe welke van voor met op in zijn werd werden "
    "niet aan te door bij uit heeft hebben hoeveel",
    "Polish": "jest są co kto gdzie kiedy dlaczego jak jaki jaka jakie które który w na z do nie "
    "się i oraz dla przez był była było ile",
    "Welsh": "y yr yn a mae oedd beth pwy ble pam sut pa o i ar gan am wedi eu ei fod nid yw faint",
}
ENGLISH_WORDS = (
    "the of and is are was were what who where when why how which do does did in on to for with by "
    "at from that this it as has have had be been not a an there their"
)
ENGLISH = frozenset(ENGLISH_WORDS.split())
PROFILES = {
    name: frozenset(word for word in words.split() if len(word) > 1) - PLAIN_WORDS
    for name, words in SMALL_WORDS.items()
}
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = {
    "Greek": re.compile(r"[\u0370-\u03ff]"),
    "Cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "Devanagari": re.compile(r"[\u0900-\u097f]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
    "Japanese": re.compile(r"[\u3040-\u30ff]"),
    "Korean": re.compile(r"[\uac00-\ud7af]"),
    "Chinese": re.compile(r"[\u4e00-\u9fff]"),
}
FEWEST = 2


def foreign_language(text: str) -> str | None:
    """The language that a question is put in, by name; None for English and where it is unclear."""
    words = [word.casefold() for word in WORD.findall(text)]
    letters = sum(char.isalpha() for char in text)
    for script, pattern in SCRIPTS.items():
        if 2 * len(pattern.findall(text)) > letters:
            return script
    if not words:
        return None
    english = sum(word in ENGLISH for word in words)
    counts = {name: sum(word in small for word in words) for name, small in PROFILES.items()}
    best = max(counts, key=lambda name: counts[name])
    share = counts[best] / len(words)
    return best if counts[best] >= FEWEST and counts[best] > english and share >= 0.25 else None

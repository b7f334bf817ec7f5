"""The form of a question: what kind of thing it asks for, by its first words."""

from __future__ import annotations

import re

# In this order; the first that fits names the form.
FORMS = {
    "percent": r"what (?:percentage|per ?cent|proportion|share)\b"
    r"|how (?:big|large|high) an? (?:percentage|proportion|share)\b",
    "how many": r"how (?:many|much|old|often|big|large|far|high)\b"
    r"|what (?:number|amount|age|rate|sum)\b",
    "how long": r"how (?:long|soon|quickly|recently)\b",
    "how well": r"how (?:well|good|effective|adequate|satisf|strong|poor|bad)",
    "when": r"when\b|(?:on |by |in |since )?(?:what|which) (?:date|day|month|year|time)\b",
    "where": r"where\b|(?:in |at )?(?:what|which) (?:place|town|city|area)\b",
    "who": r"who(?:se|m)?\b|by whom|to whom",
    "why": r"why\b|how come|what (?:stopped|caused|led|prevented)\b|for what reason",
    "list": r"list\b|name (?:all|the|every)\b|what (?:are|were) (?:all )?the \w+s\b",
    "what said": r"what (?:did|do|does|was|were|had) .*\b"
    r"(?:say|said|think|thought|find|found|conclude|report|argue|recommend|told|tell|view)",
    "yes or no": r"(?:is|are|was|were|did|do|does|has|have|had)\b"
    r"|(?:can|could|should|may|must|will|would)\b",
    "how": r"how\b|in what way",
    "which": r"which\b",
    "what": r"what\b",
}
_FORMS = {form: re.compile(pattern) for form, pattern in FORMS.items()}
# How far into a question its form is looked for, after words that lead up to it.
LONGEST = 300
OTHER = "other"


def form_of(question: str) -> str:
    """The form of a question, one of FORMS; OTHER for keywords and the like."""
    words = " ".join(question[:LONGEST].casefold().split())
    start = re.search(r"\b(?:who|whom|whose|what|when|where|which|why|how|list|name)\b", words)
    for text in (words, words[start.start() :] if start else ""):
        for form, pattern in _FORMS.items():
            if text and pattern.match(text):
                return form
    return OTHER

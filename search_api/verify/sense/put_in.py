"""What a bracket puts in, alone or for words of the source, and whether it says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from search_api.verify.sense import lexicon as lex
from search_api.verify.words import keys_of, word_set

YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
MONTHS = word_set(
    "january february march april may june july august september october november december"
)
# Endings that change a word's number, tense or part, not what it says.
ENDINGS = (
    "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ers", "er", "ied", "ies",
    "est", "ed", "es", "en", "ly", "al", "s", "e", "d", "y",
)  # fmt: skip
SPELLINGS = (("our", "or"), ("is", "iz"), ("ys", "yz"), ("tre", "ter"), ("ogue", "og"), ("ll", "l"))
AGAINST = ("un", "in", "im", "ir", "il", "dis", "non", "mis")
GLOSSES = word_set("who which that namely ie formerly then now the its his her their a an")
LEAST_STEM = 3


def is_editorial(keys: Sequence[str]) -> bool:
    """True for what an editor says: "sic", "emphasis added"."""
    return bool(keys) and keys[0] in lex.EDITORIAL_HEADS and all(k in lex.EDITORIAL for k in keys)


def turned_by_insertion(inside: str, known: Iterable[str]) -> str:
    """The word that is put in and turns the sense, or nothing; `known` are the passage's words."""
    keys = keys_of(inside)
    if not keys or is_editorial(keys):
        return ""
    gloss = len(keys) > 3 and keys[0] in GLOSSES
    for key in keys:
        if lex.is_negation(key) and not gloss:
            return key
        if key in lex.CONDITIONS or key in lex.HEDGES or _judges(key):
            return key
        if key in lex.MODALS and not gloss and not set(keys) & MONTHS:
            return key
        if not gloss and any(key in group for group in lex.QUANTITIES.values()):
            return key
    return _new_number(inside, keys, known)


def _new_number(inside: str, keys: Sequence[str], known: Iterable[str]) -> str:
    """A number put in that the passage lacks, unless it is a date, a sum or a reference."""
    if set(keys) & (
        MONTHS | {"$", "£", "€", "para", "section", "s", "art", "page", "p", "article"}
    ):
        return ""
    if re.search(r"[$£€]|\b(?:US|EUR|GBP|km|kg|miles|metres)\b", inside):
        return ""
    here = {lex.number(key) for key in known}
    new = [key for key in keys if lex.is_number(key) and lex.number(key) not in here]
    return next((key for key in new if not YEAR.fullmatch(key)), "")


def _judges(key: str) -> bool:
    return key in lex.GOOD or key in lex.BAD


def says_the_same(inside: str, replaced: Sequence[str], printed: str) -> bool:
    """True when what a bracket puts in may stand for the words that it replaces.

    Args:
        inside: what stands in the bracket.
        replaced: the keys of the source's words.
        printed: the same words as the source prints them.
    """
    mine, theirs = keys_of(inside), list(replaced)
    if "".join(mine) == "".join(theirs):
        return True
    if not mine or is_editorial(mine):
        return False
    if bool(lex.negations(mine)) != bool(lex.negations(theirs)):
        return False
    if _numbers(mine) != _numbers(theirs) and not _tells_when(mine, theirs):
        return False
    if not _same_groups(mine, theirs):
        return False
    if _polar(mine, theirs):
        return False
    left, right = _matter(mine), _matter(theirs)
    if any(_judges(key) for key in left) and not _all_like(left, right):
        return False
    if tells_otherwise(mine, theirs) and _tells(theirs):
        return False
    if any(_are_opposed(left, right, group) for group in lex.OPPOSED):
        return False
    if not right:
        return True
    if not left:
        return _refers(theirs, printed) or (_stands_for(mine) and not _judges_any(theirs))
    if _all_like(left, right) or _all_like(right, left):
        return True
    if len(theirs) == 1 and printed.isupper() and len(printed) > 1:
        return True
    if inside.isupper() and _initials(theirs).startswith(inside.lower()):
        return True
    return _renames(inside, mine, theirs, printed)


def _are_opposed(left: Sequence[str], right: Sequence[str], group: frozenset[str]) -> bool:
    """True when two parties of a case, or two of a family, stand for one another."""
    mine, theirs = ({_party(key) for key in keys} & group for keys in (left, right))
    return bool(mine and theirs) and not mine & theirs


def _party(key: str) -> str:
    key = key.removesuffix("'s").removesuffix("'")
    key = lex.IRREGULAR.get(key, key) if key in lex.PLURALS else key
    return key.removesuffix("s")


def names_another(mine: Sequence[str], subject: Sequence[str]) -> bool:
    """True when a bracket names as who does it another than the source does.

    Args:
        mine: the keys of what stands in the bracket.
        subject: those of the source's subject, one word or one with an article, unlike it.
    """
    parts = [_matter(keys) for keys in (mine, subject)]
    return (
        all(len(part) == 1 for part in parts)
        and not any(map(_judges_any, parts))
        and len(subject) <= 2
    )


def tells_otherwise(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """True when "that ..." is told by another verb: "[It was found] that" for "She said that"."""
    told = _tells(mine)
    return bool(told) and not any(is_form_of(told[-1], key) for key in theirs)


def _tells(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key in lex.ATTITUDES | lex.FACTIVE]


def _numbers(keys: Iterable[str]) -> set[str]:
    return {lex.number(key) for key in keys if lex.is_number(key)}


def _tells_when(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """True when a date stands for "last year"."""
    dates = [key for key in mine if lex.is_number(key)]
    when = any(YEAR.fullmatch(key) for key in dates) or bool(set(mine) & MONTHS)
    return when and bool(set(theirs) & lex.DEICTIC) and not _numbers(theirs)


def _same_groups(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """True when neither has an amount, a duty or a doubt that the other lacks."""

    def groups(keys: Sequence[str]) -> set[str]:
        found = {name for name, words in lex.QUANTITIES.items() if words & set(keys)}
        found |= {lex.MODALS[key] for key in keys if key in lex.MODALS}
        found |= {"if"} if lex.CONDITIONS & set(keys) else set()
        return found | ({"hedge"} if lex.HEDGES & set(keys) else set())

    return groups(mine) == groups(theirs)


def _polar(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """True when a word such as "before" is on one side alone."""
    polar = {key for key in set(mine) ^ set(theirs) if key in lex.POLAR - {"in", "to", "for", "on"}}
    only_mine, only_theirs = polar & set(mine), polar & set(theirs)
    if only_mine == {"and"} and "or" not in theirs:
        only_mine = set()
    if only_mine == {"or"} and "and" not in theirs:
        only_mine = set()
    if only_theirs == {"and"} and "or" not in mine:
        only_theirs = set()
    return bool(only_mine or only_theirs)


def _matter(keys: Iterable[str]) -> list[str]:
    return [
        key
        for key in keys
        if not lex.is_function(key) and key not in lex.DEICTIC and not lex.is_number(key)
    ]


def _all_like(some: Sequence[str], others: Sequence[str]) -> bool:
    return all(any(is_form_of(key, other) for other in others) for key in some)


def is_form_of(mine: str, theirs: str) -> bool:
    """True for another form of one word: its number, tense or spelling."""
    if mine == theirs or lex.IRREGULAR.get(mine, mine) == lex.IRREGULAR.get(theirs, theirs):
        return True
    if lex.is_function(mine) or lex.is_function(theirs):
        return _same_grammar(mine, theirs)
    left, right = _stem(mine), _stem(theirs)
    return left == right and len(left) >= LEAST_STEM - 1


def _same_grammar(mine: str, theirs: str) -> bool:
    for group in (lex.AUXILIARIES, lex.PRONOUNS | lex.DETERMINERS):
        if mine in group and theirs in group:
            return lex.is_negation(mine) == lex.is_negation(theirs)
    if mine in lex.MODALS and theirs in lex.MODALS:
        alike = lex.MODALS[mine] == lex.MODALS[theirs]
        return alike and lex.is_negation(mine) == lex.is_negation(theirs)
    return False


def _stem(key: str) -> str:
    key = lex.IRREGULAR.get(key, key).removesuffix("'s").removesuffix("'")
    for ending in ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= LEAST_STEM:
            key = key[: -len(ending)]
            break
    key = key.removesuffix("e")
    key = key[:-1] if len(key) > LEAST_STEM and key[-1] == key[-2:-1] else key
    key = f"{key[:-1]}i" if key.endswith("y") else key
    for one, other in SPELLINGS:
        key = key.replace(one, other)
    return key.removesuffix("i")


def _initials(keys: Iterable[str]) -> str:
    return "".join(key[0] for key in keys if key not in lex.PREPOSITIONS | lex.ARTICLES | {"and"})


def _refers(keys: Sequence[str], printed: str) -> bool:
    """True for words that point at something: a name, or "the ..."."""
    return bool(keys) and (keys[0] in lex.DETERMINERS or printed[:1].isupper())


def _stands_for(mine: Sequence[str]) -> bool:
    return all(key in lex.PRONOUNS for key in mine)


def _renames(inside: str, mine: Sequence[str], theirs: Sequence[str], printed: str) -> bool:
    """True when one reference to a party or a thing named before stands for another."""
    if not _refers(mine, inside):
        return False
    named = printed[:1].isupper() and theirs[0] not in lex.DETERMINERS
    if named:
        # Another name is another thing; "the council" may be what is named.
        return mine[0] in lex.DETERMINERS and not _judges_any(mine)
    if theirs[0] in lex.DETERMINERS - lex.ARTICLES:
        return True
    return theirs[0] in lex.ARTICLES and bool(set(theirs) & lex.ROLES)


def _judges_any(keys: Iterable[str]) -> bool:
    return any(map(_judges, keys))


def is_negated_form(mine: str, theirs: str) -> bool:
    """True when one word denies the other by a part of it: "unsafe", "careless"."""
    for one, other in ((mine, theirs), (theirs, mine)):
        if any(one == prefix + other for prefix in AGAINST):
            return True
        if one.endswith("less") and other.startswith(one[:-4]):
            return True
    return False

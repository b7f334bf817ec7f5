"""The words that make a claim another one: what relates, joins, turns, counts and limits."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COUNTED = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty
"""
FIGURES = {word: str(number) for number, word in enumerate(_COUNTED.split())}

BE = dict.fromkeys(_words("am is are"), "is") | dict.fromkeys(_words("was were"), "was")
BE |= dict.fromkeys(_words("be been being"), "be")
PREPOSITIONS = _words("""
    about above across after against among amongst at before behind below beneath between beyond
    by despite during for from in inside into of off on onto outside over past through throughout
    to toward towards under upon via with within
""")
DETERMINERS = _words(
    "a an the this that these those such its their his her our your my both either"
)
AUXILIARY = _words("""
    has have had having do does did it they them he him she we us i you there here then however
    itself themselves
""")
# A word that joins or begins a clause; after those of the second kind it hangs on the one before.
JOINS = _words("and or but although though while whereas as")
TURNS = dict.fromkeys(_words("but although though whereas"), "but")
HANGS = _words("which who whom whose that how what why")

# May be left out of a sentence without making it untrue, but not be added to it.
WEAK = _words("""
    very highly extremely especially particularly also now still currently already recently too
""")

# What turns a claim round, or says of how many, how surely, by whose word, or why it holds.
NEGATIONS = _words("no not never none nor neither nobody nothing cannot without")
WHOLE = _words("all every each always everyone everybody everything")
OPERATORS = _words("""
    most majority minority some several many much few fewer little less more least almost nearly
    approximately around roughly only just mainly mostly largely generally usually often sometimes
    occasionally rarely seldom hardly barely scarcely partly partially slightly somewhat overall
    any half than other others same times extent principle theory degree

    may might could can should must shall would will ought likely unlikely possible possibly
    probably perhaps potential potentially apparently allegedly reportedly seemingly supposedly
    appear appears appeared seem seems seemed felt believed believes thought considered considers
    expected expects expect intended intends intend planned proposed proposes hoped hopes aim aims
    aimed understood acknowledged recognised recognized said says say told tells stated states
    alleged alleges claimed claims argued argues suggested suggests reported report reports
    indicate indicates indicated

    lack lacks lacked lacking fail fails failed failing failure refuse refuses refused decline
    declines declined unable absence absent cease ceases ceased stop stops stopped prevent
    prevents prevented avoid avoids avoided deny denies denied insufficient yet

    because so therefore thus hence since due consequently caused causes cause
""")
# A condition or exception anywhere in a sentence limits all of it.
CONDITIONS = _words("""
    if unless until except excepting exception exceptions excluding provided whether otherwise
    where when once
""")

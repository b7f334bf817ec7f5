"""Words by what they do to the sense of a sentence: deny it, limit it, qualify it, judge."""

from __future__ import annotations

from collections.abc import Iterable

from search_api.verify.words import word_set

NEGATIONS = word_set(
    "not no never none nobody nothing nowhere neither nor cannot without hardly scarcely",
    "barely rarely seldom unable unlikely lacking lacked lacks lack",
)
ALL = word_set(
    "all every each everyone everybody everything everywhere always both whole entire full",
    "fully wholly entirely completely totally altogether any anyone anybody anything",
    "unanimously universally invariably exclusively",
)
FEW = word_set(
    "few fewer little less least minority handful occasionally infrequently slightly",
    "marginally partly partially insufficiently under below minimally",
)
SOME = word_set("some several sometimes certain somewhat various half")
MANY = word_set(
    "many much more most mostly often frequently numerous majority usually generally",
    "commonly largely mainly widely significantly substantially considerably greatly highly",
    "very extremely overwhelmingly vast countless multiple repeatedly regularly over above",
    "exceeding",
)
ONLY = word_set("only merely solely alone just simply")
ALMOST = word_set("almost nearly virtually practically approximately")
QUANTITIES = {"all": ALL, "few": FEW, "some": SOME, "many": MANY, "only": ONLY, "almost": ALMOST}
# Said right before what they measure; without them it is another amount.
MEASURES = word_set(
    "few fewer little less least some several most many half all both each every majority",
    "minority proportion third quarter part number none only merely solely almost nearly",
    "barely hardly partly partially insufficiently sufficiently more under over below above",
    "any neither either one handful rest remainder",
)
# Before a degree they lower it: "reasonably good", "not sufficiently".
DOWNTONERS = word_set(
    "reasonably fairly partly partially somewhat insufficiently relatively almost nearly",
    "barely hardly scarcely marginally slightly quasi semi less least",
)
MODALS = {
    "may": "may", "might": "may", "can": "can", "could": "can", "shall": "should",
    "should": "should", "ought": "should", "must": "must", "need": "must", "needs": "must",
    "will": "will", "would": "will", "cannot": "can",
}  # fmt: skip
HEDGES = word_set(
    "allegedly apparently reportedly supposedly purportedly ostensibly possibly probably",
    "perhaps maybe arguably seemingly potentially presumably conceivably likely",
    "theoretically nominally so-called alleged supposed purported suspected claimed possible",
    "probable apparent potential presumed",
)
CONDITIONS = word_set("unless except excepting excluding until till if provided providing save")
CONDITION_PHRASES = (
    ("so", "long", "as"), ("as", "long", "as"), ("subject", "to"), ("other", "than"),
    ("apart", "from"), ("but", "for"), ("in", "the", "absence", "of"), ("on", "condition"),
    ("only", "when"), ("only", "where"), ("with", "the", "exception"), ("not", "including"),
    ("in", "part"), ("in", "theory"), ("on", "paper"), ("in", "principle"), ("at", "best"),
    ("according", "to"), ("at", "first"), ("for", "the", "most", "part"), ("to", "some", "extent"),
)  # fmt: skip
# "with the consent of", "with one exception"
GRANTS = word_set("consent agreement approval permission leave exception exceptions exemption")
WHEREVER = word_set("where wherever when whenever")
# What an author who speaks of himself is, he tells as found.
OWN_VOICE = word_set("satisfied persuaded convinced confident sure")
# At the end of a denial they say when or where it holds.
RESTRICTORS = word_set(
    "without before after until till since during within beyond unless except where when while",
    "because prior following",
)
UNITS_OF_TIME = word_set("day days week weeks month months year years hour hours minute minutes")
CONCESSIVE = word_set("although though albeit if")
# Right after a negation: "not always", "not yet".
DEGREES = word_set("always just only merely yet very so too quite all every both enough ever")
# How generally something holds.
GENERALLY = word_set(
    "generally usually normally mostly largely mainly broadly typically ordinarily sometimes",
    "occasionally often frequently routinely commonly",
)
# Beside a number they make a limit of it.
BOUNDS = word_set(
    "up least most more less fewer over under above below about around nearly almost roughly",
    "approximately minimum maximum exceeding longer later earlier within",
)
DUTIES = word_set("must should shall may ought duty duties required requires require obliged need")
# "ask if", "even if": these ifs set no condition.
ASKED = word_set("ask asked asks asking know knew known see saw wonder wondered even as what check")
AUXILIARIES = word_set(
    "is are was were be been being am has have had having do does did done isn't aren't",
    "wasn't weren't hasn't haven't hadn't don't doesn't didn't",
)
FINITE = word_set("is are was were am has have had do does did") | frozenset(MODALS)
PRONOUNS = word_set(
    "i we he she it they you me us him her them my our his its their your mine ours hers",
    "theirs this that these those who whom whose which there here one such myself himself",
    "herself itself themselves ourselves latter former same then now therein thereof",
    "thereby hereby",
)
SUBJECTS = word_set("i we he she it they you this these those there who which that")
DEICTIC = word_set(
    "today yesterday tomorrow last next this year month week ago previous following current",
    "recently now then past coming",
)
ARTICLES = word_set("a an the")
DETERMINERS = ARTICLES | word_set("this that these those my our his her its their your such")
COORDINATORS = word_set("and but or nor yet while whereas")
SUBORDINATORS = word_set(
    "which who whom whose because since when while whereas although though where so as if",
    "unless until after before that",
)
RELATIVES = word_set("which who whom whose that where when")
PREPOSITIONS = word_set(
    "of in on at by for to from with without into onto upon about against among between",
    "through during towards within across behind beside beyond near off out over under",
    "above below up down before after per via than as like since",
)
NEUTRAL = word_set("and but also so thus hence that then et al who which")
# After one of these a clause is told as known; after the others, as somebody's.
FACTIVE = word_set(
    "found find finds finding noted note notes saw see seen shown shows showed show knew",
    "know known recognised realised discovered established confirmed confirms observed",
    "clear true fact explained explains learned accepted acknowledged agreed agrees",
    "identified concluded concludes reported reports demonstrated meant means ensured",
    "ensure so such day date reveals held holds hold ruled rules decided decides determined",
)
ATTITUDES = word_set(
    "alleged alleges allege allegation allegations claimed claims claim said says say",
    "saying told tell tells stated states argued argues submitted submits contended",
    "contends suggested suggests suggestion believed believe believes belief thought thinks",
    "think felt feel feels asserted asserts complained complains complaint feared fears",
    "fear hoped hopes hope doubted doubt doubts denied denies deny denial supposed suppose",
    "assumed assume assumption imagined expected expects expect evidence case sign proof",
    "view opinion risk possibility danger chance likelihood appears appeared appear seems",
    "seemed seem likely unlikely possible impossible probable intended intends planned",
    "plans tried tries attempted failed fails fail refused refuses declined able unable",
    "wished wanted wants sought offered promised threatened required asked due reluctant",
    "unwilling willing meant ought allowed permitted forbidden entitled liable aimed aims",
    "considered rumoured speculated proposed recommended warned wondered question",
    "questioned rejected predicted estimated accused suspected insisted maintained",
    "understood satisfied persuaded convinced confident sure proposition idea notion rumour",
)
# In a parenthesis, ", he claimed,", they leave what is said to somebody.
SAYING = word_set(
    "alleged alleges claimed claims said says argued argues submitted submits contended contends",
    "believed believes thought thinks asserted asserts felt suspects suspected feared rumoured",
)
EDITORIAL = word_set(
    "sic emphasis added original mine ours supplied omitted footnote footnotes citation",
    "citations italics in my our recte translation redacted name names removed internal",
    "quotation marks references reference inaudible pause laughter his her their author's",
    "author",
)
EDITORIAL_HEADS = word_set(
    "sic emphasis italics footnote footnotes citation citations recte translation redacted",
    "inaudible pause laughter references internal reference",
)
GOOD = word_set(
    "good better best excellent outstanding adequate satisfactory effective efficient safe",
    "sound successful strong robust positive proper properly appropriate timely exemplary",
    "welcome well acceptable reliable reasonable fair fairly rightly right correct",
    "correctly true competent impressive admirable fortunate fortunately lawful lawfully",
    "legal valid innocent honest genuine sufficient strengths success improved improving",
    "prompt promptly thorough clear clearly",
)
BAD = word_set(
    "bad worse worst poor poorly weak inadequate unsatisfactory ineffective inefficient",
    "unsafe dangerous dangerously failing failed failure failures unsuccessful flawed",
    "negative improper improperly inappropriate late shameful disgraceful appalling",
    "dreadful terrible unacceptable unreliable unreasonable unfair unfairly wrong wrongly",
    "incorrect incorrectly false falsely incompetent deplorable unfortunate unfortunately",
    "unlawful unlawfully illegal invalid guilty dishonest dishonestly corrupt negligent",
    "negligently reckless recklessly deliberate deliberately wilful wilfully intentional",
    "intentionally knowingly criminal insufficient weaknesses serious seriously severe",
    "severely trivial minor major critical important unimportant chaotic scandalous sham",
    "fake useless worthless costly harmful refused refuses denied denies rejected excludes",
    "excluded ignored abandoned illegally secretly",
)
# Nouns for a party that is named elsewhere: another name for it says the same.
ROLES = word_set(
    "appellant appellants respondent respondents claimant claimants defendant defendants",
    "applicant applicants authority authorities organisation organization company firm",
    "department agency body board service establishment institution provider landlord court",
    "tribunal minister secretary judge chair chairman author authors inspectors inspector",
    "committee commission council party parties government state trust association school",
    "prison hospital man woman boy girl child mother father patient prisoner report review",
    "inquiry document act bill scheme house inspectorate panel ombudsman recorder",
    "commissioner corporation plaintiff witness officer",
)
# Of each group one party is never another.
OPPOSED = tuple(
    map(
        word_set,
        (
            "mother father child son daughter brother sister husband wife",
            "man woman boy girl",
            "claimant defendant respondent prosecution",
            "appellant respondent",
            "applicant respondent",
            "plaintiff defendant",
            "landlord tenant leaseholder",
            "judge witness party counsel",
            "court tribunal minister parliament",
            "patient doctor nurse",
            "employer employee",
            "teacher pupil parent",
            "prisoner officer",
            "buyer seller",
            "lender borrower",
        ),
    )
)
# Where something stands in a text: what it is can be said instead.
POINTERS = word_set("above below overleaf herein hereof supra infra")
DIVISIONS = word_set("paragraph paragraphs para paras section chapter part clause page annex")
IRREGULAR = {
    form: lemma
    for lemma, forms in {
        "go": "went gone goes", "hold": "held", "take": "took taken", "give": "gave given",
        "make": "made", "find": "found", "say": "said", "tell": "told", "see": "saw seen",
        "come": "came", "become": "became", "leave": "left", "keep": "kept", "feel": "felt",
        "think": "thought", "bring": "brought", "begin": "began begun", "run": "ran",
        "fall": "fell fallen", "rise": "rose risen", "grow": "grew grown", "know": "knew known",
        "show": "shown", "write": "wrote written", "speak": "spoke spoken", "meet": "met",
        "pay": "paid", "lead": "led", "send": "sent", "lose": "lost", "build": "built",
        "spend": "spent", "stand": "stood", "choose": "chose chosen", "break": "broke broken",
        "draw": "drew drawn", "drive": "drove driven", "eat": "ate eaten", "get": "got gotten",
        "sit": "sat", "seek": "sought", "teach": "taught", "catch": "caught", "win": "won",
        "buy": "bought", "sell": "sold", "hear": "heard", "lie": "lay lain", "mean": "meant",
        "understand": "understood", "wear": "wore worn", "throw": "threw thrown",
        "forget": "forgot forgotten", "hide": "hid hidden", "arise": "arose arisen",
        "bear": "bore borne", "deal": "dealt", "learn": "learnt", "die": "dying",
        "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet",
        "life": "lives", "wife": "wives", "half": "halves",
    }.items()
    for form in forms.split()
}  # fmt: skip
NUMERALS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: str(value)
    for value, word in zip(
        range(20, 100, 10),
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        strict=True,
    )
}
NUMERALS |= {"hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"}
NUMERALS |= {"twice": "2x", "double": "2x", "doubled": "2x", "once": "1x", "dozen": "12"}
NUMERALS |= {"half": "1/2", "halved": "1/2", "third": "1/3", "quarter": "1/4", "treble": "3x"}
# Of the irregular forms, those of nouns.
PLURALS = word_set("men women children people feet lives wives halves")
# Of each pair one word says what the other denies; either may stand for neither.
POLAR = word_set(
    "another other different opposite same",
    "before after with without above below over under up down in out for against to from",
    "until since more less or and unless if inside outside on off towards",
)


def is_negation(key: str) -> bool:
    """True for a word that denies: "not", "cannot", "wasn't"."""
    return key in NEGATIONS or key.endswith("n't")


def negations(keys: Iterable[str]) -> list[str]:
    """The words among these that deny."""
    return [key for key in keys if is_negation(key)]


def is_past(key: str) -> bool:
    """True for a past form that no ending shows: "sought"."""
    return key in IRREGULAR and key not in PLURALS


def may_be_verb(key: str) -> bool:
    """True for a word that may be a sentence's verb."""
    return key in FINITE or is_past(key) or key.endswith("ed")


def is_number(key: str) -> bool:
    """True for figures and for numbers in words ("one" is oftener a pronoun)."""
    return key[:1].isdigit() or (key in NUMERALS and key != "one")


def number(key: str) -> str:
    """A number's figures, whatever way it is written."""
    return NUMERALS.get(key, key.replace(",", ""))


def is_function(key: str) -> bool:
    """True for a word that carries grammar rather than matter."""
    return (
        key in PRONOUNS
        or key in DETERMINERS
        or key in AUXILIARIES
        or key in MODALS
        or key in COORDINATORS
        or key in SUBORDINATORS
        or key in PREPOSITIONS
        or key in NEUTRAL
        or is_negation(key)
    )

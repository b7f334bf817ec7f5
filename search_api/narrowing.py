"""What a search can be kept to, each in a sentence, for the command line and for HTTP alike.

Nothing heavy is imported here, so that `pilcrow --help` answers at once.
"""

ONLY = {
    "report": "Only in this report (its id)",
    "section": "Only under headings with this text",
    "kind": "Only in reports of this kind",
    "publisher": "Only in reports of this publisher",
    "published_from": "Only in reports published on this day or later",
    "published_to": "Only in reports published on this day or before",
}
SORTS = ("relevance", "document")
# Every passage is more or less near to a query: so many of the best are put in document order.
MOST_SORTED = 30
SORTED = (
    f"`document`: the {MOST_SORTED} best hits, report by report, in the order they are printed in"
)

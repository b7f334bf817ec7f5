"""The reader: which sentence answers, and whether any does."""

from search_api.reader.confidence import confidence, signals
from search_api.reader.cross_encoder import identify, judge
from search_api.reader.quotes import Span, best_sentence, choose_quotes

NAME = "reader-2"

__all__ = [
    "NAME",
    "Span",
    "best_sentence",
    "choose_quotes",
    "confidence",
    "identify",
    "judge",
    "signals",
]

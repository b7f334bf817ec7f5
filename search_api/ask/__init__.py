"""A question to an answer: passages ranked, sentences quoted, and whether any answers."""

from search_api.ask.confidence import confidence, signals
from search_api.ask.cross_encoder import identify, judge
from search_api.ask.quotes import Span, best_sentence, choose_quotes

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

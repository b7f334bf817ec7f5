"""Prose from a language model, kept honest: each sentence is borne out or dropped.

answer ─ sources ─ prompt ─> endpoint ─ sentences ─> check (tokens, bearing) ─> prose, dropped
"""

from search_api.prose.endpoint import KEY, MODEL, URL, Endpoint, EndpointError, Limits, endpoint_of
from search_api.prose.write import prose_answer, write_prose
from search_api.types.prose import DroppedSentence, ProseAnswer, ProseEnd, ProseSentence

__all__ = [
    "KEY",
    "MODEL",
    "URL",
    "DroppedSentence",
    "Endpoint",
    "EndpointError",
    "Limits",
    "ProseAnswer",
    "ProseEnd",
    "ProseSentence",
    "endpoint_of",
    "prose_answer",
    "write_prose",
]

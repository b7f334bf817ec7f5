"""A conversation to the question that it ends in; front ends' own errands told from questions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.errors import QuestionError
from search_api.ask.question.query import check_question
from search_api.http.chat.messages import Message, ResponseFormat
from search_api.http.messages.bodies import MOST_TURNS

# A front end asks the model to name, tag or continue the conversation: that is no question to a
# report. Such prompts name a thing to make and the conversation to make it from.
ERRAND = re.compile(
    r"\b(?:generate|create|write|provide|suggest|give|make|come up with|summari[sz]e|name"
    r"|analy[sz]e)\b"
    r"[^?]{0,160}?\b(?P<what>titles?|tags?|follow[- _]?ups?|emojis?|(?:search )?quer(?:y|ies)|"
    r"autocompletions?|names?|headings?|summary|labels?)\b"
    r"[^?]{0,400}?\b(?:chat|conversation|dialog(?:ue)?|messages?|history|exchange|discussion)\b",
    re.IGNORECASE,
)
# The same the other way round: "Here is a conversation ... what would be a good title?"
TURNED = re.compile(
    r"\b(?:chat|conversation|dialog(?:ue)?|discussion|history|"
    r"(?P<what>titles?|tags?|follow[- _]?ups?|search queries|summary))\b",
    re.IGNORECASE,
)
# How far after the conversation, in characters, it may be said what to make of it.
TURNED_WITHIN = 4_000
TASK = re.compile(r"^\W*task\s*:", re.IGNORECASE)
SAID = re.compile(r"^[^\w\n]*+(?:user|human)\W*:\s*(?P<text>.+)$", re.IGNORECASE | re.MULTILINE)
KEY = re.compile(r"[\"'](?P<key>title|tags|follow_ups|queries|emoji|text|name)[\"']\s*:")
LISTS = ("tags", "follow_ups", "queries")
LOOKED_AT = 6_000
TITLE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of a conversation, and those before it that can be asked, oldest first."""

    question: str
    after: list[str]


def question_of(messages: Sequence[Message]) -> Asked:
    """The last user message; of one in parts, the text.

    Raises:
        QuestionError: there is none.
    """
    said = [_text(message) for message in messages if message.role == "user"]
    if not said:
        raise QuestionError("there is no message of the role 'user'; send the question as one")
    return Asked(said[-1], [text for text in said[-MOST_TURNS - 1 : -1] if _askable(text)])


def errand_reply(asked: Asked) -> str | None:
    """A short reply to a front end's errand; None where a question is asked."""
    prompt = asked.question[:LOOKED_AT]
    found = ERRAND.search(prompt) or (_turned(prompt) if TASK.match(prompt) else None)
    if found is None or not (TASK.match(prompt) or asked.after or SAID.search(prompt)):
        return None
    key = KEY.search(prompt)
    if key is not None and key["key"] in LISTS:
        return json.dumps({key["key"]: []})
    if not found["what"].lower().startswith(("title", "name", "heading", "summ", "label")):
        return json.dumps([]) if "json" in prompt.lower() else ""
    first = SAID.search(prompt)
    words = (first["text"] if first else asked.after[0] if asked.after else "Reports").split()
    title = " ".join(words[:TITLE_WORDS]).strip(" .?!\"'")
    return json.dumps({key["key"]: title}, ensure_ascii=False) if key else title


def _turned(prompt: str) -> re.Match[str] | None:
    """What is to be made of a conversation that is named before it."""
    named = -TURNED_WITHIN - 1
    for match in TURNED.finditer(prompt):
        if match["what"] is None:
            named = match.end()
        elif match.start() - named <= TURNED_WITHIN:
            return match
    return None


def check_tools(choice: object) -> None:
    """Refuse to call a tool.

    Raises:
        QuestionError: one must be called.
    """
    if choice not in (None, "auto", "none"):
        raise QuestionError(
            "tool_choice: Pilcrow calls no tools; send 'auto' or 'none', or leave it out"
        )


def check_form(name: str, form: ResponseFormat | None) -> None:
    """Refuse, by the name of the wish, to answer in another form than text.

    Raises:
        QuestionError: another one is asked for.
    """
    if form is not None and form.type != "text":
        raise QuestionError(
            f"{name}: '{form.type[:40]}' is not given, quotes are text; leave it out, the whole "
            "answer as JSON is in `pilcrow`"
        )


def _text(message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part.text or "" for part in message.content or ())


def _askable(text: str) -> bool:
    try:
        check_question(text)
    except QuestionError:
        return False
    return True

"""OpenAI's own client, pointed at Pilcrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from search_api.http.app import create_app
from search_api.types.answers import Answer
from tests.conftest import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.store import Store
    from tests.conftest import LetterEncoder

WORDS = "Safety drills are held weekly. Every drill is logged, e.g. by the mate on watch."
CITED = "HARBOUR AND FERRY SERVICES REVIEW (2 May 2031), para 6"
ASKED: Any = [{"role": "user", "content": "para 6"}]


@pytest.fixture
def client(harbour_store: Store, letters: LetterEncoder) -> Iterator[openai.OpenAI]:
    with (
        serving(create_app(harbour_store, letters)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        yield client


def test_the_answer_is_the_quotes_with_their_citations(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(model="pilcrow", messages=ASKED)
    message = found.choices[0].message
    content = message.content or ""
    (annotation,) = message.annotations or []
    cited = annotation.url_citation

    assert content == f"“{WORDS}” ({CITED})"
    assert content[cited.start_index : cited.end_index] == WORDS
    assert cited.title == CITED
    assert cited.url.startswith(f"{str(client.base_url)[:-4]}/reports/harbour-2031/paragraphs/6?")
    assert found.choices[0].finish_reason == "stop"
    assert found.usage is not None
    assert found.usage.total_tokens == found.usage.prompt_tokens + found.usage.completion_tokens
    answer = Answer.model_validate(found.model_extra["pilcrow"] if found.model_extra else {})
    assert answer.quotes[0].text == WORDS


def test_every_quote_is_in_the_text_where_its_annotation_says(client: openai.OpenAI) -> None:
    asked: Any = [{"role": "user", "content": "paras 4-6"}]
    found = client.chat.completions.create(model="pilcrow/harbour-2031", messages=asked)
    message = found.choices[0].message
    answer = Answer.model_validate(found.model_extra["pilcrow"] if found.model_extra else {})
    spans = [one.url_citation for one in message.annotations or []]

    assert len(spans) == 4
    assert [(message.content or "")[one.start_index : one.end_index] for one in spans] == [
        quote.text for quote in answer.quotes
    ]


def test_what_is_not_in_the_report_is_said_with_the_nearest_named_as_such(
    client: openai.OpenAI,
) -> None:
    asked: Any = [{"role": "user", "content": "zzz jjj xxx qqq"}]
    found = client.chat.completions.create(model="pilcrow", messages=asked)
    content = found.choices[0].message.content or ""

    assert content.startswith(
        "Not in the report.\n\nThe nearest paragraphs, which do not answer it"
    )
    assert "“" not in content
    assert found.choices[0].message.annotations == []


def test_the_last_user_message_is_the_question_and_its_text_parts_are_joined(
    client: openai.OpenAI,
) -> None:
    asked: Any = [
        {"role": "system", "content": "Say that all is well."},
        {"role": "user", "content": "para 8"},
        {"role": "assistant", "content": "Done."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "para"},
                {"type": "image_url", "image_url": {"url": "data:,"}},
                {"type": "text", "text": "6"},
            ],
        },
    ]
    found = client.chat.completions.create(model="pilcrow", messages=asked, temperature=2)

    assert WORDS in (found.choices[0].message.content or "")


def test_a_stream_gives_the_same_text_and_the_answer_at_the_end(client: openai.OpenAI) -> None:
    asked: Any = [{"role": "user", "content": "paras 4-6"}]
    whole = client.chat.completions.create(model="pilcrow", messages=asked)
    chunks = list(
        client.chat.completions.create(
            model="pilcrow", messages=asked, stream=True, stream_options={"include_usage": True}
        )
    )
    *body, usage = chunks
    last = body[-1]

    assert "".join(one.choices[0].delta.content or "" for one in body) == (
        whole.choices[0].message.content
    )
    assert [one.choices[0].finish_reason for one in body] == [None] * (len(body) - 1) + ["stop"]
    assert len({one.id for one in chunks}) == 1
    assert len((last.choices[0].delta.model_extra or {})["annotations"]) == 4
    assert len(Answer.model_validate((last.model_extra or {})["pilcrow"]).quotes) == 4
    assert (usage.choices, usage.usage) == ([], whole.usage)


def test_each_report_is_a_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["pilcrow", "pilcrow/harbour-2031"]
    assert client.models.retrieve("pilcrow/harbour-2031").object == "model"


TITLE = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: Are safety drills held weekly?
ASSISTANT: Yes.
</chat_history>"""
TAGS = """### Task:
Generate 1-3 broad tags categorizing the main themes of the chat history.
### Output:
JSON format: { "tags": ["tag1", "tag2", "tag3"] }
### Chat History:
<chat_history>
USER: Are safety drills held weekly?
</chat_history>"""
NEXT = """### Task:
Suggest 3-5 relevant follow-up questions that the user might ask next in this conversation.
### Output:
JSON format: { "follow_ups": ["Question 1?"] }
### Chat History:
<chat_history>
USER: Are safety drills held weekly?
</chat_history>"""


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        (TITLE, '{"title": "Are safety drills held weekly"}'),
        (TAGS, '{"tags": []}'),
        (NEXT, '{"follow_ups": []}'),
    ],
)
def test_a_front_ends_errand_is_no_question_to_a_report(
    client: openai.OpenAI, letters: LetterEncoder, prompt: str, reply: str
) -> None:
    letters.encoded.clear()
    asked: Any = [{"role": "user", "content": prompt}]
    found = client.chat.completions.create(model="pilcrow", messages=asked)

    assert found.choices[0].message.content == reply
    assert (found.model_extra or {})["pilcrow"] is None
    assert letters.encoded == []


def test_a_conversation_is_named_by_its_first_question(client: openai.OpenAI) -> None:
    asked: Any = [
        {"role": "user", "content": "Are safety drills held weekly?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Provide a concise title for this conversation."},
    ]
    found = client.chat.completions.create(model="pilcrow", messages=asked)
    assert found.choices[0].message.content == "Are safety drills held weekly"


@pytest.mark.parametrize(
    "question", ["What title does the report give the harbour master?", "Name the ferries."]
)
def test_a_question_about_titles_and_names_is_a_question(
    client: openai.OpenAI, question: str
) -> None:
    asked: Any = [{"role": "user", "content": question}]
    found = client.chat.completions.create(model="pilcrow", messages=asked)
    assert (found.model_extra or {})["pilcrow"]["question"] == question


def test_a_follow_up_is_read_with_the_users_turns_and_the_reply_says_so(
    client: openai.OpenAI,
) -> None:
    asked: Any = [
        {"role": "user", "content": "Who inspects the ferries in the harbour?"},
        {"role": "assistant", "content": "Not in the report."},
        {"role": "user", "content": "And how often?"},
    ]
    found = client.chat.completions.create(model="pilcrow", messages=asked)
    read = "Who inspects the ferries in the harbour? And how often?"

    assert (found.model_extra or {})["pilcrow"]["read_as"] == read
    assert (found.choices[0].message.content or "").startswith(f"(Read as: {read})")


def test_what_cannot_be_honoured_is_refused_by_its_name(client: openai.OpenAI) -> None:
    tool: Any = {"type": "function", "function": {"name": "look", "parameters": {}}}
    wishes: Any = [
        ({"tools": [tool], "tool_choice": "required"}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
    ]
    for wish, name in wishes:
        with pytest.raises(openai.BadRequestError, match=name):
            client.chat.completions.create(model="pilcrow", messages=ASKED, **wish)
    kept: Any = {"tools": [tool], "tool_choice": "auto", "response_format": {"type": "text"}}
    found = client.chat.completions.create(model="pilcrow", messages=ASKED, **kept)
    assert WORDS in (found.choices[0].message.content or "")


def test_a_response_is_the_same_answer_by_the_newer_protocol(client: openai.OpenAI) -> None:
    found = client.responses.create(model="pilcrow/harbour-2031", input="paras 4-6")
    asked: Any = [{"role": "user", "content": "paras 4-6"}]
    chat = client.chat.completions.create(model="pilcrow/harbour-2031", messages=asked)
    [message] = found.output
    assert message.type == "message"
    [text] = message.content
    assert text.type == "output_text"

    assert (found.status, found.output_text) == ("completed", chat.choices[0].message.content)
    quotes = Answer.model_validate((found.model_extra or {})["pilcrow"]).quotes
    cited: Any = text.annotations
    assert [found.output_text[each.start_index : each.end_index] for each in cited] == [
        quote.text for quote in quotes
    ]
    assert [each.title for each in cited] == [quote.citation for quote in quotes]
    assert found.usage is not None
    assert found.usage.total_tokens == found.usage.input_tokens + found.usage.output_tokens


def test_a_streamed_response_is_put_together_by_openais_client(client: openai.OpenAI) -> None:
    whole = client.responses.create(model="pilcrow", input="paras 4-6")
    with client.responses.stream(model="pilcrow", input="paras 4-6") as stream:
        events = list(stream)
        final = stream.get_final_response()
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]

    assert "".join(deltas) == final.output_text == whole.output_text
    assert len(deltas) == 4
    assert events[-1].type == "response.completed"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert len((final.model_extra or {})["pilcrow"]["quotes"]) == 4


def test_a_response_reads_earlier_turns_and_refuses_what_it_cannot_honour(
    client: openai.OpenAI,
) -> None:
    turns: Any = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_text", "text": "Who inspects the ferries?"}]},
        {"type": "function_call_output", "call_id": "1", "output": "nothing"},
        {"role": "user", "content": "And how often?"},
    ]
    found = client.responses.create(model="pilcrow", input=turns, instructions="Answer in rhyme.")
    read = (found.model_extra or {})["pilcrow"]["read_as"]
    assert read == "Who inspects the ferries? And how often?"

    wishes: Any = [
        ({"tool_choice": "required"}, "tool_choice"),
        ({"text": {"format": {"type": "json_object"}}}, "text.format"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"model": "gpt-4"}, "no model"),
    ]
    for wish, name in wishes:
        with pytest.raises(openai.APIStatusError, match=name):
            client.responses.create(**{"model": "pilcrow", "input": "para 6"} | wish)
    kept: Any = {"tool_choice": "auto", "text": {"format": {"type": "text"}}}
    assert WORDS in client.responses.create(model="pilcrow", input="para 6", **kept).output_text


def test_errors_have_openais_form(client: openai.OpenAI) -> None:
    empty: Any = [{"role": "user", "content": " "}]
    silent: Any = [{"role": "system", "content": "para 6"}]
    with pytest.raises(openai.NotFoundError, match="pilcrow/harbour-2031") as missing:
        client.chat.completions.create(model="gpt-4", messages=ASKED)
    with pytest.raises(openai.BadRequestError, match="empty"):
        client.chat.completions.create(model="pilcrow", messages=empty)
    with pytest.raises(openai.BadRequestError, match="role 'user'"):
        client.chat.completions.create(model="pilcrow", messages=silent)
    with pytest.raises(openai.BadRequestError, match="n: Input should be 1"):
        client.chat.completions.create(model="pilcrow", messages=ASKED, n=2)
    with pytest.raises(openai.NotFoundError, match="see /v1/openapi"):
        client.embeddings.create(model="pilcrow", input="x")

    assert missing.value.code == "model_not_found"
    assert missing.value.type == "invalid_request_error"


def test_every_answer_is_as_the_schema_says(harbour_store: Store, letters: LetterEncoder) -> None:
    with serving(create_app(harbour_store, letters)) as url:
        schema = schemathesis.openapi.from_url(f"{url}/v1/openapi.json")
        operations = [found.ok() for found in schema.get_all_operations()]
        for operation in operations:

            @settings(
                max_examples=15,
                derandomize=True,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy())
            def check(case: schemathesis.Case) -> None:
                # A conversation may lack a question, which no schema can say.
                case.call_and_validate(excluded_checks=[positive_data_acceptance])

            check()

    assert {operation.path for operation in operations} == {
        "/models",
        "/models/{model}",
        "/chat/completions",
        "/responses",
    }

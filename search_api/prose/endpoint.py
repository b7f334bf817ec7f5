"""The language model: an OpenAI-compatible endpoint, asked once and read as it writes."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from indexer.errors import PilcrowError

URL, MODEL, KEY = "PILCROW_LLM_URL", "PILCROW_LLM_MODEL", "PILCROW_LLM_KEY"
LONGEST_NAME = 200
# Asked of the model; an endpoint that writes on is cut off by the limits.
MOST_TOKENS = 600
T = TypeVar("T")


class EndpointError(PilcrowError):
    """The endpoint is set wrongly, cannot be reached, or does not answer as it should."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two pieces, and in all; bytes and characters of a reply."""

    connect: float = 5.0
    read: float = 60.0
    total: float = 180.0
    most_bytes: int = 4_000_000
    most_text: int = 20_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of the model: the base URL, as in `http://127.0.0.1:8080/v1`."""

    url: str
    model: str = ""
    key: str = field(default="", repr=False)
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        try:
            parts = httpx.URL(self.url)
        except httpx.InvalidURL:
            parts = httpx.URL("")
        if parts.scheme not in ("http", "https") or not parts.host:
            raise EndpointError(f"{URL} is no address; give one such as http://127.0.0.1:8080/v1")
        if parts.userinfo or parts.query or parts.fragment:
            raise EndpointError(
                f"{URL} holds more than an address; leave out what follows '?' or stands before "
                f"'@', and give a key as {KEY}"
            )
        if not (self.key.isascii() and self.key.isprintable()) or " " in self.key:
            raise EndpointError(f"{KEY} holds characters that no key has; set it again")


@dataclass(slots=True)
class Reply:
    """A reply besides its text: the model's name; whether it came to its end."""

    model: str | None
    complete: bool = False


def endpoint_of(environment: Mapping[str, str] = os.environ) -> Endpoint | None:
    """The endpoint that the environment names; None without one.

    Raises:
        EndpointError: what it names cannot be one.
    """
    url = environment.get(URL, "").strip()
    if not url:
        return None
    model, key = environment.get(MODEL, "").strip(), environment.get(KEY, "").strip()
    return Endpoint(url, model, key)


async def write(
    endpoint: Endpoint, messages: list[dict[str, str]], reply: Reply
) -> AsyncGenerator[str, None]:
    """The model's text in pieces, as they come; `reply` is filled in on the way.

    Raises:
        EndpointError: the endpoint cannot be reached, is too slow, or sends something else.
    """
    limits = endpoint.limits
    deadline = asyncio.get_running_loop().time() + limits.total
    body: dict[str, Any] = {
        "messages": messages,
        "stream": True,
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
    }
    body |= {"model": endpoint.model} if endpoint.model else {}
    # Not compressed: a few bytes could unfold to very many.
    headers = {"Accept-Encoding": "identity", "Accept": "text/event-stream"}
    headers |= {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    address = endpoint.url.rstrip("/") + "/chat/completions"
    try:
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as client:
            request = client.build_request("POST", address, json=body, headers=headers)
            response = await _until(deadline, client.send(request, stream=True))
            try:
                async with aclosing(_pieces(response, limits, deadline, reply)) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                await response.aclose()
    except (httpx.TimeoutException, TimeoutError) as error:
        raise EndpointError(
            "the language model's endpoint is too slow; try again, or set a faster one"
        ) from error
    except httpx.HTTPError as error:
        raise EndpointError(
            f"the language model's endpoint broke off or cannot be reached "
            f"({type(error).__name__}); see that it runs at {URL}"
        ) from error


async def _until(deadline: float, waited: Awaitable[T]) -> T:
    return await asyncio.wait_for(waited, deadline - asyncio.get_running_loop().time())


async def _pieces(
    response: httpx.Response, limits: Limits, deadline: float, reply: Reply
) -> AsyncGenerator[str, None]:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.is_redirect:
        raise EndpointError(
            f"the language model's endpoint points to another address; set {URL} to the one meant"
        )
    if response.status_code != 200:
        raise EndpointError(
            f"the language model's endpoint answered {response.status_code}; see its log, {URL}, "
            f"{MODEL} and {KEY}"
        )
    if kind not in ("text/event-stream", "application/json"):
        raise EndpointError(
            f"{URL} is not OpenAI-compatible: it sent {kind[:40] or 'no type'}; the base URL often "
            "ends in /v1"
        )
    whole = kind == "application/json"
    size = 0
    async with aclosing(_lines(response, limits, deadline, whole)) as lines:
        async for line in lines:
            if not whole and not line.startswith("data:"):
                continue
            data = line.removeprefix("data:").strip()
            if data == "[DONE]":
                reply.complete = True
                return
            text = _text(data, reply)
            size += len(text)
            if size > limits.most_text:
                raise EndpointError(
                    f"the language model wrote more than {limits.most_text:,} characters; try again"
                )
            yield text


async def _lines(
    response: httpx.Response, limits: Limits, deadline: float, whole: bool
) -> AsyncGenerator[str, None]:
    """The lines of a reply, or all of it as one; no more is held than the limit."""
    held = b""
    size = 0
    chunks = response.aiter_raw()
    while (chunk := await _until(deadline, anext(chunks, None))) is not None:
        size += len(chunk)
        if size > limits.most_bytes:
            raise EndpointError("the language model's endpoint sends without end; see its log")
        held += chunk
        if not whole:
            *lines, held = held.split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace").rstrip("\r")
    if held:
        yield held.decode("utf-8", "replace")


def _name(model: str) -> str | None:
    """The endpoint's name for its model; of a file of its own, the name."""
    is_file = model.startswith(("/", "\\")) or model[1:3] == ":\\"
    return (re.split(r"[/\\]", model)[-1] if is_file else model)[:LONGEST_NAME] or None


def _text(data: str, reply: Reply) -> str:
    """The text of a chunk, or of a whole completion."""
    try:
        chunk = json.loads(data)
        reply.model = reply.model or _name(str(chunk.get("model") or ""))
        if "choices" not in chunk:
            raise ValueError("an error, most likely")
        if not chunk["choices"]:
            return ""
        choice = chunk["choices"][0]
        reply.complete = reply.complete or choice.get("finish_reason") == "stop"
        text = (choice.get("delta") or choice.get("message") or {}).get("content") or ""
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EndpointError(
            "the language model's endpoint sent something that is no chat completion; see its log"
        ) from error
    return text

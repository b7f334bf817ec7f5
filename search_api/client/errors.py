"""Errors of a server's replies, in the family that the local library raises.

PilcrowError
├── UnreachableError            nothing answers at the address, or not in time
└── ServerError                 the server refused or failed; with its status and title
    ├── ServerNotFoundError     also a NotFoundError
    └── ServerQuestionError     also a QuestionError
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.errors import NotFoundError, PilcrowError, QuestionError

Faults = Sequence[Mapping[str, Any]]


class UnreachableError(PilcrowError):
    """Nothing answers at the address, or not in time."""


class ServerError(PilcrowError):
    """The server refused or failed.

    The message is the `detail` of its problem document (RFC 9457); `status`, `title` and `errors`,
    what is wrong with which part, are as they stand there.
    """

    def __init__(self, detail: str, status: int, title: str, errors: Faults = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.errors = errors


class ServerNotFoundError(ServerError, NotFoundError):
    """The server has no such report or paragraph."""


class ServerQuestionError(ServerError, QuestionError):
    """The question cannot be asked as it is."""

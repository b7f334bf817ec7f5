"""Every error a user can cause, each with the fix in its message.

PilcrowError
├── ReportError      a report file cannot be read or has no numbered paragraphs
│   └── OtherDocumentError   another document has the id that the file would have
├── ModelError       the encoder cannot be loaded or is not the expected one
├── StoreError       the store is missing, damaged, or was built by another model or version
├── NotFoundError    no such report or paragraph
└── QuestionError    the question cannot be asked as it is
"""

from indexer.text import one_line

# What is quoted of the input may be longer than any reader wants; the fix stands at the end.
LONGEST_HEAD = 1_000
LONGEST_TAIL = 500


class PilcrowError(Exception):
    """Base of all; the message is one line, whatever it quotes, and names the fix."""

    def __init__(self, message: str) -> None:
        said = one_line(message)
        if len(said) > LONGEST_HEAD + LONGEST_TAIL:
            said = f"{said[:LONGEST_HEAD]} ... {said[-LONGEST_TAIL:]}"
        super().__init__(said)


class ReportError(PilcrowError):
    """A report file cannot be read or has no numbered paragraphs."""


class OtherDocumentError(ReportError):
    """Another document has the id that a report file would have."""


class ModelError(PilcrowError):
    """The encoder cannot be loaded or is not the expected one."""


class StoreError(PilcrowError):
    """The store is missing, damaged, or was built by another model or version."""


class NotFoundError(PilcrowError):
    """No such report or paragraph."""


class QuestionError(PilcrowError):
    """The question cannot be asked as it is."""

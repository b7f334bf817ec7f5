"""Every error a user can cause, each with the fix in its message.

PilcrowError
├── ReportError      a report file cannot be read or has no numbered paragraphs
├── ModelError       the encoder cannot be loaded or is not the expected one
├── StoreError       the store is missing, damaged, or was built by another model or version
├── NotFoundError    no such report or paragraph
└── QuestionError    the question cannot be asked as it is
"""


class PilcrowError(Exception):
    """Base of all; the message is one line and names the fix."""


class ReportError(PilcrowError):
    """A report file cannot be read or has no numbered paragraphs."""


class ModelError(PilcrowError):
    """The encoder cannot be loaded or is not the expected one."""


class StoreError(PilcrowError):
    """The store is missing, damaged, or was built by another model or version."""


class NotFoundError(PilcrowError):
    """No such report or paragraph."""


class QuestionError(PilcrowError):
    """The question cannot be asked as it is."""

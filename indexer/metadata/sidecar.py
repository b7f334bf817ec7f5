"""The file NAME.toml beside a report, which says what the report itself may not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from indexer.errors import ReportError
from indexer.metadata.fields import checked
from indexer.outside import bytes_of

LARGEST = 1_000_000


def read_sidecar(path: Path) -> dict[str, Any]:
    """The fields that a sidecar sets; none without one.

    Raises:
        ReportError: it is not valid TOML, or a field is unknown or has the wrong type.
    """
    if not path.exists():
        return {}
    if not path.is_file():
        raise ReportError(f"{path} is no file; put it elsewhere, or write there what is known")
    try:
        found = tomllib.loads(bytes_of(path, LARGEST).decode())
    except (ValueError, RecursionError) as error:  # also numbers of too many digits, deep arrays
        raise ReportError(f"{path.name} is not valid TOML: {error}") from error
    except OSError as error:
        raise ReportError(f"{path} cannot be read ({error.strerror}); mend it") from error
    return checked(found, path.name)

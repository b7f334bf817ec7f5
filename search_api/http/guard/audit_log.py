"""The record of writes: who changed what, when; lines of JSON that are only ever added."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import PilcrowError


class Audit:
    """A file that grows by a line for each thing done; without a path nothing is recorded."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def record(self, event: str, **fields: str | None) -> None:
        """Add a line; it is on the disk when this returns.

        Raises:
            PilcrowError: it cannot be written; what it tells of must not be done.
        """
        if self._path is None:
            return
        said = {name: value for name, value in fields.items() if value}
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **said}
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # One write, so that two processes' lines do not mix.
                os.write(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise PilcrowError(
                f"{self._path} cannot be written ({error.strerror}); nothing is changed without a "
                "record: mend that and try again"
            ) from error

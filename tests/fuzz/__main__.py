"""Coverage-guided fuzzing of one target: `python -m tests.fuzz TARGET [libFuzzer options]`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["indexer", "search_api"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run a target until it fails or its time is over."""
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"python -m tests.fuzz TARGET; targets are {', '.join(TARGETS)}")
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

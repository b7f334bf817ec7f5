"""The documentation names what there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from indexer.store import Store
from search_api.cli import main
from search_api.http.app import create_app
from tests.conftest import ROOT, LetterEncoder

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *ROOT.glob("indexer/**/README.md"), *ROOT.glob("search_api/**/README.md"),
         ROOT / "tests" / "benchmarks" / "README.md"]  # fmt: skip
DOCUMENTED = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_every_verb_is_in_a_readme_and_has_help() -> None:
    for name, command in main.commands.items():
        assert f"`pilcrow {name}" in DOCUMENTED, name
        assert command.help


def test_every_route_is_in_a_readme(harbour_store: Store, letters: LetterEncoder) -> None:
    for path in create_app(harbour_store, letters).openapi()["paths"]:
        short = path.replace("{report}", "{id}").removesuffix("/paragraphs")
        assert short in DOCUMENTED, path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_linked_file_of_a_page_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_readme_stays_a_newcomers_page() -> None:
    assert len(README) < 10_000, "put details into the README of the package"


def test_every_module_is_in_the_contributors_table() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for module in [*ROOT.glob("indexer/*.py"), *ROOT.glob("search_api/*.py")]:
        if module.stem not in ("__init__", "errors", "load", "types"):
            assert module.name in table, module

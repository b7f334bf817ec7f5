"""The documentation names what there is."""

from __future__ import annotations

from pathlib import Path

from indexer.store import Store
from search_api.cli import main
from search_api.http.app import create_app
from tests.conftest import ROOT, LetterEncoder

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_verb_is_in_the_readme_and_has_help() -> None:
    for name, command in main.commands.items():
        assert f"`pilcrow {name}" in README
        assert command.help


def test_every_route_is_in_the_readme(harbour_store: Store, letters: LetterEncoder) -> None:
    for path in create_app(harbour_store, letters).openapi()["paths"]:
        short = path.replace("{report}", "{id}").removesuffix("/paragraphs")
        assert short in README, path


def test_every_linked_file_of_the_readme_is_there() -> None:
    import re

    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert Path(ROOT, target).exists(), target


def test_every_module_is_in_the_contributors_table() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for module in [*ROOT.glob("indexer/*.py"), *ROOT.glob("search_api/*.py")]:
        if module.stem not in ("__init__", "errors", "load", "types"):
            assert module.name in table, module
